"""What commodity words and economy words stand for.

A commodity word is a commodity (`dysprosium oxide`), a mineral (`dysprosium`), a group (`rare
earths`), any of them at a stage (`rare earths: magnet`), or `all`. HS codes match in both
directions: `8505` covers `8505110070`, and `8505110070` covers a commodity listed under `850511`.
Case, plurals, hyphens and underscores do not matter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from oresight.errors import InputError, unknown
from oresight.world.model import World

STAGES: Mapping[str, tuple[str, ...]] = {
    "mining": ("mining",),
    "mine": ("mining",),
    "ore": ("mining",),
    "concentrate": ("mining",),
    "separation": ("separation",),
    "oxide": ("separation",),
    "refining": ("refining", "separation"),
    "processing": ("refining", "separation"),
    "metal": ("metal",),
    "magnet": ("magnet",),
}

# Other words for what the tables name once.
ALIASES: Mapping[str, str] = {
    "ree": "rare earths",
    "rare earth element": "rare earths",
    "rare earth mineral": "rare earths",
    "rare earth oxide": "rare earths: separation",
    "rare earth ore": "rare earths: mining",
    "magnet rare earth": "magnet rare earths",
    "heavy rare earth element": "heavy rare earths",
    "light rare earth element": "light rare earths",
    "critical raw material": "critical minerals",
    "strategic mineral": "critical minerals",
    "ndpr": "neodymium",
    "ndfeb": "NdFeB magnet",
    "smco": "SmCo magnet",
    "magnet": "rare earths: magnet",
    "rare earth magnet": "rare earths: magnet",
    "permanent magnet": "rare earths: magnet",
}
MAGNET_ELEMENTS = ("neodymium", "praseodymium", "dysprosium", "terbium")

ECONOMY_ALIASES: Mapping[str, str] = {
    "u.s.": "USA",
    "us": "USA",
    "united states of america": "USA",
    "america": "USA",
    "uk": "GBR",
    "britain": "GBR",
    "great britain": "GBR",
    "european union": "EU",
    "republic of korea": "KOR",
    "korea": "KOR",
    "burma": "MMR",
    "viet nam": "VNM",
    "turkey": "TUR",
    "turkiye": "TUR",
    "czech republic": "CZE",
    "lao pdr": "LAO",
    "russian federation": "RUS",
    "people's republic of china": "CHN",
    "world": "all",
}


def plain(word: str) -> str:
    """A word without case, plural, hyphens and underscores, for comparison."""
    words = re.sub(r"[\s_\-–]+", " ", word.strip().casefold()).split()
    return " ".join(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in words)


@lru_cache(maxsize=8)
def _vocabulary(world: World) -> tuple[dict[str, tuple[int, ...]], tuple[str, ...]]:
    """Commodity indices by plain word, and the words as the tables write them."""
    index: dict[str, set[int]] = defaultdict(set)
    written: set[str] = {"all"}
    for c, commodity in enumerate(world.commodities):
        for word in (commodity.name, *commodity.minerals, *commodity.groups):
            index[plain(word)].add(c)
            written.add(word)
        if set(commodity.minerals) & set(MAGNET_ELEMENTS):
            index[plain("magnet rare earths")].add(c)
            written.add("magnet rare earths")
    return {word: tuple(sorted(found)) for word, found in index.items()}, tuple(sorted(written))


def resolve(world: World, words: Iterable[str], hs: Iterable[str] = (), where: str = "") -> tuple[int, ...]:
    """Indices of the commodities that the words or HS codes stand for, in the world's order.

    Raises InputError naming the nearest words for one that is not known.
    """
    found: set[int] = set()
    for word in words:
        found.update(_one(world, word, where))
    for code in hs:
        found.update(_by_code(world, str(code), where))
    return tuple(sorted(found))


def _one(world: World, word: str, where: str) -> tuple[int, ...]:
    index, written = _vocabulary(world)
    name, colon, stage = word.partition(":")
    key = plain(name)
    if not colon and key in ALIASES and key not in index:
        return _one(world, ALIASES[key], where)
    if key == "all":
        found = tuple(range(len(world.commodities)))
    elif key in index:
        found = index[key]
    elif key in ALIASES:
        found = _one(world, ALIASES[key], where)
    else:
        raise unknown("commodity", word.strip(), written, where)
    if not colon:
        return found
    if plain(stage) not in STAGES:
        raise unknown("stage", stage.strip(), STAGES, where)
    at_stage = tuple(c for c in found if world.commodities[c].stage in STAGES[plain(stage)])
    if not at_stage:
        stages = sorted({world.commodities[c].stage for c in found})
        place = f" in {where}" if where else ""
        raise InputError(
            f"{name.strip()!r} has no commodity at stage {stage.strip()!r}{place}; "
            f"stages: {', '.join(stages)}"
        )
    return at_stage


def _by_code(world: World, code: str, where: str) -> tuple[int, ...]:
    digits = code.replace(".", "").replace(" ", "")
    place = f" in {where}" if where else ""
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 10):
        raise InputError(f"HS code {code!r}{place}; give two to ten digits, such as 850511")
    found = tuple(
        c
        for c, commodity in enumerate(world.commodities)
        if any(own.startswith(digits) or digits.startswith(own) for own in commodity.hs)
    )
    if not found:
        raise unknown("HS code", digits, {own for c in world.commodities for own in c.hs}, where)
    return found


def economies(world: World, words: Iterable[str], where: str = "") -> tuple[str, ...]:
    """Codes of the economies that words stand for, in the world's order: ISO3, a group, a name, or `all`."""
    found: set[str] = set()
    by_word: dict[str, set[str]] = defaultdict(set)
    for economy in world.economies:
        by_word["all"].add(economy.code)
        for word in (economy.code, economy.name, *economy.groups):
            by_word[word.casefold()].add(economy.code)
    for word in words:
        key = word.strip().casefold()
        key = ECONOMY_ALIASES.get(key.removeprefix("the "), key.removeprefix("the ")).casefold()
        if key not in by_word:
            written = {e.code for e in world.economies} | {e.name for e in world.economies}
            raise unknown(
                "economy", word.strip(), written | {g for e in world.economies for g in e.groups}, where
            )
        found |= by_word[key]
    return tuple(e.code for e in world.economies if e.code in found)

"""What is gathered while a text becomes policy, and the words the rules share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from oresight.errors import InputError
from oresight.policy.records import Agreement, Measure, Provision, State
from oresight.policy.say import day
from oresight.reader import gazetteer
from oresight.reader.document import Record
from oresight.reader.policy_language import UNNAMED, goods_said
from oresight.world.model import World
from oresight.world.scope import resolve

STATES = {
    "in_force": "in_force",
    "held": "in_force",
    "signed": "signed",
    "announced": "announced",
    "planned": "announced",
    "threatened": "threatened",
    "proposed": "proposed",
    "under_negotiation": "proposed",
    "suspended": "suspended",
    "removed": "ended",
}

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")


@dataclass
class Draft:
    """What has been read so far; entries are added in the order of the text."""

    world: World
    published: str
    measures: list[Measure]
    agreements: list[tuple[Record, Agreement]]
    provisions: list[Provision]
    asked: list[str]
    missing: list[str] = field(default_factory=list)  # goods of measures that the baseline does not hold


def named(records: Iterable[Record]) -> tuple[str, ...]:
    """Every mineral that some record names, once, in the order of the text."""
    return tuple(dict.fromkeys(m for r in records for m in r.minerals))


def commodity_word(mineral: str) -> str:
    """A mineral of a record, `rare_earths`, as the baseline's vocabulary writes it."""
    return mineral.replace("_", " ")


def is_modelled(word: str, world: World) -> bool:
    """Whether the baseline holds a commodity for a word."""
    try:
        return bool(resolve(world, (word,)))
    except InputError:
        return False


def modelled(minerals: Iterable[str], world: World) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Mineral names as commodity words the world holds, and the names it does not hold."""
    words = tuple(dict.fromkeys(commodity_word(m) for m in minerals))
    held = tuple(w for w in words if is_modelled(w, world))
    return held, tuple(w for w in words if w not in held)


def governments(names: Iterable[str]) -> tuple[str, ...]:
    """The economies among names of actors; organisations and companies are left out."""
    codes = gazetteer.load().codes
    return tuple(n for n in names if n in codes)


def phrase(kind: str) -> str:
    """A snake_case kind in words."""
    return kind.replace("_", " ")


def commodities_in(record: Record, b: Draft) -> tuple[str, ...]:
    """Commodity words that a record is on: its minerals, and its products where the baseline holds them.

    A record on other goods alone keeps their names, which reach nothing; one on no goods gives ().
    """
    minerals = tuple(commodity_word(m) for m in record.minerals)
    products = tuple(commodity_word(p) for p in record.products)
    held = tuple(p for p in products if is_modelled(p, b.world))
    return tuple(dict.fromkeys((*minerals, *held))) or products


def restricted_goods(record: Record, b: Draft) -> tuple[str, ...]:
    """Commodity words that a restriction is on; all goods only where the text says so.

    Goods that the baseline does not hold keep their names, reach nothing and are noted as missing.
    """
    words = commodities_in(record, b) or goods_said(record.quote)
    for word in words:
        if word not in ("all", UNNAMED) and not is_modelled(word, b.world):
            b.missing.append(word)
    if words == (UNNAMED,):
        b.asked.append(f"On which goods? The text does not say of: “{short(record.quote)}”")
    return words


def states_of(record: Record, b: Draft, fallback: str = "announced") -> tuple[State, ...]:
    """The state that a record tells, with its day where the text gives a whole one."""
    state = STATES.get(record.status or "", fallback)
    when = record.date if record.date and ISO_DAY.match(record.date) else ""
    note = ""
    if record.date and not when:
        note = f"the text says {day(record.date)}"
    if record.date_role in ("deadline", "expiry", "condition"):
        return (State(state, b.published, b.published, until=when, note=note),)
    return (State(state, when, b.published, note=note),)


def short(quote: str, most: int = 110) -> str:
    """A quote on one line, cut at a word where it is long."""
    text = " ".join(quote.split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"

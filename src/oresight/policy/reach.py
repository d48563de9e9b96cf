"""Which commodities, economies and routes of a world a measure reaches.

The ledger speaks of the whole world, a baseline of some of it: economies and minerals that a world
does not hold are passed over here (economies are then part of `ROW`), while words in a scenario
that a user wrote are checked before they get this far.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oresight.errors import InputError, unknown
from oresight.policy.records import Measure
from oresight.world.model import World
from oresight.world.scope import economies, resolve


def members(world: World, words: Sequence[str]) -> tuple[str, ...]:
    """Codes of the economies that words such as ("MYS", "EU") or ("all",) stand for, in world order."""
    wanted = set(words)
    for word in words:
        if not word.isupper() and word != "all":  # a name rather than a code
            try:
                wanted.update(economies(world, (word,)))
            except InputError:
                continue
    return tuple(
        e.code for e in world.economies if "all" in wanted or e.code in wanted or wanted & set(e.groups)
    )


def check_words(measure: Measure, world: World) -> None:
    """Raises InputError for an economy or a commodity word of a measure that the world does not hold."""
    if measure.imposer not in world.economy_index:
        raise unknown("economy", measure.imposer, world.economy_index, measure.id)
    for words in (measure.targets, measure.except_targets):
        economies(world, [w for w in words if w != "all"], measure.id)
    resolve(world, (*measure.commodities, *measure.except_commodities), measure.hs, measure.id)


def reaches(measure: Measure, world: World) -> NDArray[np.bool_]:
    """Which economies are targets, shape (N,); never the imposer itself."""
    out = set(members(world, measure.except_targets)) | {measure.imposer}
    hit = set(members(world, measure.targets)) - out
    return np.array([e.code in hit for e in world.economies])


def commodities_of(world: World, words: Sequence[str], hs: Sequence[str] = ()) -> tuple[int, ...]:
    """Indices of the commodities that words and code prefixes stand for; unmodelled ones are passed over."""
    found: set[int] = set()
    for word in words:
        if word == "all":
            return tuple(range(len(world.commodities)))
        try:
            found.update(resolve(world, (word,)))
        except InputError:
            continue
    for code in hs:
        try:
            found.update(resolve(world, (), hs=(code,)))
        except InputError:
            continue
    return tuple(sorted(found))


def commodity_reach(measure: Measure, world: World) -> tuple[int, ...]:
    """Indices of the commodities a measure is on."""
    if not measure.commodities and not measure.hs:
        return tuple(range(len(world.commodities)))
    out = set(commodities_of(world, measure.except_commodities, measure.except_hs))
    return tuple(c for c in commodities_of(world, measure.commodities, measure.hs) if c not in out)


def is_import_measure(measure: Measure) -> bool:
    """Whether it acts on goods that enter the imposer rather than on goods that leave it."""
    return measure.instrument in ("import_tariff", "import_ban")


def routes(measure: Measure, world: World) -> NDArray[np.int64]:
    """Routes (commodity, origin, destination) that a measure reaches, shape (R, 3); never a domestic one."""
    home = world.economy_index.get(measure.imposer)
    others = np.flatnonzero(reaches(measure, world))
    if home is None:
        return np.zeros((0, 3), dtype=np.int64)
    rows = [
        (c, o, home) if is_import_measure(measure) else (c, home, o)
        for c in commodity_reach(measure, world)
        for o in others
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)

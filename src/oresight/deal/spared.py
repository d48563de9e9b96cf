"""Which risks a promise forbids, and what is left of a measure when promises are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from oresight.policy.compile import FORBIDS
from oresight.policy.constructors import measure_id
from oresight.policy.reach import commodities_of, commodity_reach, is_import_measure, members, reaches, routes
from oresight.policy.records import Measure, Provision
from oresight.world.model import World

Spared = frozenset[tuple[int, str]]  # (commodity, economy) that a measure leaves alone

# A tariff held at a rate forbids a rise as a standstill does.
STOPS = {**FORBIDS, "tariff_held": ("import_tariff",)}

NOT_VALUED = {
    "tariff_removal": "a duty taken away is no risk stopped; simulate it as a scenario",
    "cooperation": "it promises talks and projects, no measure that could be valued",
}


def stops(provision: Provision, measure: Measure, world: World) -> Spared:
    """The (commodity, economy) pairs of a measure that a provision forbids; empty when none.

    The promisor must be the imposer, the instrument among those forbidden, the beneficiary among
    the targets, the commodities must overlap, and there must be trade to spare.
    """
    forbidden = provision.instruments or STOPS.get(provision.kind, ())
    if provision.promisor != measure.imposer or measure.instrument not in forbidden:
        return frozenset()
    promised = set(commodities_of(world, provision.commodities or ("all",)))
    whom = {world.economy_index[e] for e in members(world, (provision.beneficiary,))}
    side = 1 if is_import_measure(measure) else 2
    return frozenset(
        (int(route[0]), world.economies[route[side]].code)
        for route in routes(measure, world)
        if int(route[0]) in promised and int(route[side]) in whom and world.flows[tuple(route)] > 0.0
    )


def remainder(
    measure: Measure, spared: Spared, commodities: Iterable[int], world: World
) -> tuple[Measure, ...]:
    """The measure on some commodities only, less what is spared, as measures for a scenario.

    Commodities with the same spared economies stay together, so that a quota keeps one limit over
    them. Nothing is left of a measure whose every target is spared.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    reached = {world.economies[n].code for n in reaches(measure, world).nonzero()[0]}
    reach = commodity_reach(measure, world)
    for c in sorted(set(commodities) & set(reach)):
        left_alone = tuple(sorted(e for k, e in spared if k == c))
        if reached - set(left_alone):
            groups.setdefault(left_alone, []).append(world.commodities[c].name)
    amount = next(
        (
            f"{value:g}"
            for value in (
                measure.rate_percent,
                measure.approval_share,
                measure.share_of_baseline,
                measure.limit_t,
            )
            if value is not None
        ),
        "",
    )
    left = []
    for left_alone, names in groups.items():
        excepted = tuple(dict.fromkeys((*measure.except_targets, *left_alone)))
        name = measure_id(measure.instrument, measure.imposer, measure.targets, names, amount)
        left.append(
            replace(
                measure,
                id=name + (f" except {','.join(excepted)}" if excepted else ""),
                commodities=tuple(names),
                hs=(),
                except_hs=(),
                except_commodities=(),
                except_targets=excepted,
            )
        )
    return tuple(left)

"""The scenarios that a text calls for, with and without what it promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from oresight.policy.compile import assumption
from oresight.policy.constructors import ExportBan, ExportLicensing, status_quo
from oresight.policy.ledger import Ledger, measures_in_force
from oresight.policy.reach import commodities_of, commodity_reach, members, reaches
from oresight.policy.records import Measure, Provision, Scenario
from oresight.policy.say import economy_name, goods, join, possessive
from oresight.reader.reading import Reading
from oresight.world.model import World


def document_scenario(
    reading: Reading,
    name: str = "the deal",
    as_of: str = "",
    known_by: str = "",
    ledger: Ledger | None = None,
    world: World | None = None,
) -> Scenario:
    """What a text agrees, on top of the ledger on a day. Threats are left out.

    Promises come with the force the text gives them. Of the measures a text tells as announced, a text
    with agreements brings the import tariffs between their parties, one without brings all; each only
    with an amount, and not where the ledger of that day holds the same. Reciprocal tariffs are left to
    the ledger, which knows what they exempt.
    """
    start = status_quo(as_of, known_by)
    held = measures_in_force(ledger, as_of, known_by) if ledger is not None and as_of else ()
    added = tuple(m for m in reading.measures if _agreed(m, reading) and _comes_anew(m, held, world))
    return replace(start, name=name, measures=added, provisions=reading.provisions)


def threat_scenario(reading: Reading, as_of: str = "", known_by: str = "") -> Scenario | None:
    """The threats of a text carried out on top of the ledger, or None when it makes none with an amount."""
    threats = tuple(
        m
        for m in reading.measures
        if m.states[0].state == "threatened"
        and (m.instrument != "import_tariff" or m.rate_percent is not None)
    )
    if not threats:
        return None
    return replace(status_quo(as_of, known_by), name="the threat carried out", measures=threats)


def _agreed(measure: Measure, reading: Reading) -> bool:
    if measure.states[0].state not in ("announced", "signed"):
        return False
    if not reading.agreements:
        return True
    return measure.instrument == "import_tariff" and any(
        measure.imposer in a.parties and set(measure.targets) & set(a.parties) for a in reading.agreements
    )


def _comes_anew(measure: Measure, held: Sequence[Measure], world: World | None) -> bool:
    if measure.instrument in ("import_tariff", "export_tax") and measure.rate_percent is None:
        return False
    if measure.instrument == "export_quota" and measure.limit_t is None and measure.share_of_baseline is None:
        return False
    if "reciprocal" in measure.basis:
        return False
    return not any(
        other.imposer == measure.imposer
        and other.instrument == measure.instrument
        and _same_act(measure, other)
        and _overlap(measure, other, world)
        for other in held
    )


def _same_act(measure: Measure, other: Measure) -> bool:
    """Whether an entry on record is what the text tells: by its rate or, for a change, by its day."""
    if measure.instrument != "import_tariff":
        return True
    if (measure.rate_percent or 0.0) < 0:
        return any(s.on and s.on == measure.states[0].on for s in other.states)
    return other.rate_percent == measure.rate_percent


def _overlap(measure: Measure, other: Measure, world: World | None) -> bool:
    if world is None:
        return True
    if not np.any(reaches(measure, world) & reaches(other, world)):
        return False
    return bool(set(commodity_reach(measure, world)) & set(commodity_reach(other, world)))


def dominant_restrictor(
    reading: Reading, world: World, ledger: Ledger, as_of: str = ""
) -> tuple[str, tuple[str, ...]]:
    """The economy whose restrictions a stress supposes, and the commodity words it restricts.

    The text's own restrictor with the largest baseline exports, else the ledger's on that day, else the
    largest exporter. The scope is what it restricts; without that, what the text names (the narrower words
    where it names both `critical minerals` and some of them); without that, all critical minerals.
    """
    scope = tuple(w for w in reading.commodities if w != "critical minerals") or reading.commodities
    candidates: dict[str, tuple[str, ...]] = {}
    for m in reading.restricting():
        words = tuple(w for w in m.commodities if w in reading.commodities)
        if words and m.imposer in world.economy_index:
            candidates[m.imposer] = tuple(dict.fromkeys((*candidates.get(m.imposer, ()), *words)))
    scope = scope or ("all",)
    if not candidates and as_of:
        for m in measures_in_force(ledger, as_of):
            touched = set(commodity_reach(m, world)) & set(commodities_of(world, scope))
            if m.instrument.startswith("export_") and touched and m.imposer in world.economy_index:
                candidates[m.imposer] = scope
    if not candidates:
        candidates = {e.code: scope for e in world.economies if e.code != "ROW"}
    best = max(candidates, key=lambda code: (_exports(world, code, candidates[code]), code))
    return best, candidates[best]


def _exports(world: World, code: str, words: tuple[str, ...]) -> float:
    """Value of baseline exports of commodities, USD a year."""
    n = world.economy_index[code]
    at = list(commodities_of(world, words))
    leaving = world.flows[at, n, :].sum(axis=1) - world.flows[at, n, n]
    return float(leaving @ world.prices[at])


def brief_scenarios(
    world: World, ledger: Ledger, reading: Reading, as_of: str = "", known_by: str = ""
) -> tuple[Scenario, ...]:
    """The scenarios of a brief: status quo, the deal, a stress, both, and what promises insure against.

    The stress is export licensing by `dominant_restrictor` on all others, with the approved share of the
    assumption `licence_approval_share_stress`. The last two add that each economy which promised not to
    restrict exports bans them to the one it promised: without the promise, and with it. A scenario that
    would repeat another is left out: a text that agrees nothing has no deal.
    """
    quo = status_quo(as_of, known_by)
    who, words = dominant_restrictor(reading, world, ledger, as_of)
    share = assumption(world, "licence_approval_share_stress", commodities_of(world, words)[0])
    stress = ExportLicensing(who, commodities=words, approval_share=share)
    stress = replace(
        stress, assumed=("approval_share",), title=f"{possessive(who, world)} licensing of {goods(words)}"
    )
    restricts = f"{economy_name(who, world)} restricts everything"
    restricts = restricts[:1].upper() + restricts[1:]
    stressed = replace(quo, name=restricts, measures=(stress,))
    deal = document_scenario(reading, "the deal", as_of, known_by, ledger, world)
    if not deal.measures and not deal.provisions:
        return (quo, stressed)
    both = replace(deal, name=f"the deal, and {restricts}", measures=(*deal.measures, stress))
    promises = [p for p in reading.provisions if _insures(p, world)]
    if not promises:
        return (quo, deal, stressed, both)
    bans = tuple(
        dict.fromkeys(ExportBan(p.promisor, p.beneficiary, p.commodities or "all") for p in promises)
    )
    whom = join(list(dict.fromkeys(economy_name(p.promisor, world) for p in promises)))
    without = replace(
        stressed,
        name=f"{restricts}, {whom} too, no promise",
        measures=(stress, *bans),
        drop=_promising(ledger, promises),
    )
    kept = replace(
        both,
        name=f"{restricts}, {whom} too, promise kept",
        measures=(*deal.measures, stress, *bans),
        drop=without.drop,
    )
    return (quo, deal, stressed, both, without, kept)


def _insures(promise: Provision, world: World) -> bool:
    return (
        promise.kind == "no_export_restriction"
        and promise.promisor in world.economy_index
        and bool(members(world, (promise.beneficiary,)))
        and bool(commodities_of(world, promise.commodities or ("all",)))
    )


def _promising(ledger: Ledger, promises: Sequence[Provision]) -> tuple[str, ...]:
    """Agreements on record with the same promises: they step aside, or nothing would be without a promise."""
    pairs = {(p.promisor, p.beneficiary) for p in promises}
    return tuple(
        a.id
        for a in ledger.agreements
        if any(
            p.kind == "no_export_restriction" and (p.promisor, p.beneficiary) in pairs for p in a.provisions
        )
    )

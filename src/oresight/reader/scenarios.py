"""The scenarios that a text calls for, with and without what it promises."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from oresight.policy.compile import FORBIDS, assumption_range
from oresight.policy.constructors import ExportBan, ExportLicensing, status_quo
from oresight.policy.ledger import Ledger, measures_in_force
from oresight.policy.reach import commodities_of, commodity_reach, members, reaches
from oresight.policy.records import Measure, Provision, Scenario
from oresight.policy.say import day, economy_name, goods, join, measure_name, possessive
from oresight.reader.reading import Reading
from oresight.world.model import World

_LOWERED = re.compile(r"\b(?:lower|reduc|cut)", re.IGNORECASE)


EVERYTHING = ("critical minerals",)  # the group that every commodity of the world is in


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
    drop = _suspended(reading, ledger) if ledger is not None and as_of else ()
    return replace(start, name=name, measures=added, provisions=reading.provisions, drop=drop)


def _suspended(reading: Reading, ledger: Ledger) -> tuple[str, ...]:
    """Entries on record that the text tells as suspended or ended, told by the day of their announcement."""
    found = []
    for m in reading.measures:
        told, day_of = m.states[0].state, m.states[0].on
        if told not in ("suspended", "ended") or not m.instrument.startswith("export_") or not day_of:
            continue
        for other in ledger.measures:
            days = {d for s in other.states for d in (s.on, s.known)}
            if other.imposer == m.imposer and other.instrument.startswith("export_") and day_of in days:
                found.append(other.id)
    return tuple(dict.fromkeys(found))


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
    if (measure.rate_percent or 0.0) > 0 and _LOWERED.search(measure.quote):
        return False  # a new level below one the text does not tell: no step can be told from it
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
        begun = {s.on for s in other.states if s.state == "in_force"} - {""}
        return measure.states[0].on in begun
    return other.rate_percent == measure.rate_percent


def _overlap(measure: Measure, other: Measure, world: World | None) -> bool:
    if world is None:
        return True
    if not np.any(reaches(measure, world) & reaches(other, world)):
        return False
    return bool(set(commodity_reach(measure, world)) & set(commodity_reach(other, world)))


def dominant_restrictor(reading: Reading, world: World, ledger: Ledger, as_of: str = "") -> str:
    """The economy whose restrictions a stress supposes.

    The text's own restrictor with the largest baseline exports of what it restricts, else the ledger's on
    that day, else the largest exporter of what the text names, or of all critical minerals.
    """
    scope = _narrow(reading.commodities) or ("critical minerals",)
    candidates: dict[str, tuple[str, ...]] = {}
    for m in reading.restricting():
        words = tuple(w for w in m.commodities if w in reading.commodities)
        if words and m.imposer in world.economy_index:
            candidates[m.imposer] = tuple(dict.fromkeys((*candidates.get(m.imposer, ()), *words)))
    candidates = {code: _narrow(words) for code, words in candidates.items()}
    if not candidates and as_of:
        for m in measures_in_force(ledger, as_of):
            touched = set(commodity_reach(m, world)) & set(commodities_of(world, scope))
            if m.instrument.startswith("export_") and touched and m.imposer in world.economy_index:
                candidates[m.imposer] = scope
    if not candidates:
        candidates = {e.code: scope for e in world.economies if e.code != "ROW"}
    return max(candidates, key=lambda code: (_exports(world, code, candidates[code]), code))


def _narrow(words: Sequence[str]) -> tuple[str, ...]:
    """The words without the widest group, where narrower ones stand beside it."""
    return tuple(w for w in words if w not in ("critical minerals", "all")) or tuple(words)


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

    The stress is export licensing by `dominant_restrictor` of all that the world holds, on all others,
    with the approved share of the assumption `licence_approval_share_stress`. The last two add that each
    economy which promised not to restrict exports bans them to the one it promised: without the promise,
    and with it. A scenario that would repeat another is left out: a text that agrees nothing has no deal,
    a promise that does not bind stops nothing.
    """
    if as_of and as_of < f"{world.year}-01-01":
        as_of = known_by = ""  # the ledger of a day before the baseline has nothing to add to it
    quo = status_quo(as_of, known_by)
    who, words = dominant_restrictor(reading, world, ledger, as_of), EVERYTHING
    share = assumption_range(world, "licence_approval_share_stress", commodities_of(world, words)[0])
    stress = ExportLicensing(who, commodities=words, approval_share=share.central)
    stress = replace(
        stress,
        assumed=("approval_share",),
        approval_range=(share.low, share.high),
        title=f"{possessive(who, world)} licensing of {goods(words)}",
    )
    restricts = f"{economy_name(who, world)} restricts everything"
    restricts = restricts[:1].upper() + restricts[1:]
    stressed = replace(quo, name=restricts, measures=(stress,))
    name = "the deal" if reading.agreements or reading.provisions else "what the text announces"
    deal = document_scenario(reading, name, as_of, known_by, ledger, world)
    flows = [m for m in deal.measures if m.instrument.startswith(("import_", "export_"))]
    acts = any(commodity_reach(m, world) for m in flows) or any(_on_trade(p) for p in deal.provisions)
    if not (reading.agreements or acts):
        return (quo, stressed)
    both = replace(deal, name=f"{name}, and {restricts}", measures=(*deal.measures, stress))
    promises = [p for p in reading.provisions if _insures(p, world) and p.promisor != who]
    if not promises:
        return (quo, deal, stressed, both)
    bans = tuple(
        dict.fromkeys(
            replace(ExportBan(p.promisor, p.beneficiary, p.commodities or "all"), source="text")
            for p in promises
        )
    )
    whom = join(list(dict.fromkeys(economy_name(p.promisor, world) for p in promises)))
    without = replace(
        stressed,
        name=f"{restricts}, {whom} too, no promise",
        measures=(stress, *bans),
        drop=_promising(ledger, promises),
    )
    if not any(p.binding for p in promises):
        return (quo, deal, stressed, both, without)
    kept = replace(
        both,
        name=f"{restricts}, {whom} too, promise kept",
        measures=(*deal.measures, stress, *bans),
        drop=(*deal.drop, *without.drop),
    )
    return (quo, deal, stressed, both, without, kept)


def _on_trade(promise: Provision) -> bool:
    return promise.kind not in ("cooperation", "investment")


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


def against_promises(reading: Reading, world: World, ledger: Ledger, as_of: str) -> tuple[str, ...]:
    """Questions about measures on record, in force on a day, that a promise of the text would forbid."""
    asked = []
    for promise in reading.provisions:
        forbidden = promise.instruments or FORBIDS.get(promise.kind, ())
        covered = set(commodities_of(world, promise.commodities or ("all",)))
        others = {world.economy_index[e] for e in members(world, (promise.beneficiary,))}
        if promise.kind != "no_export_restriction":
            continue
        for m in measures_in_force(ledger, as_of):
            hit = covered & set(commodity_reach(m, world)) and others & set(np.flatnonzero(reaches(m, world)))
            if m.imposer == promise.promisor and m.instrument in forbidden and hit:
                since = next(
                    (s.on for s in reversed(m.states) if s.state == "in_force" and s.on <= as_of), ""
                )
                when = f" since {day(since)}" if since else ""
                asked.append(
                    f"{measure_name(m, world)} has been in force{when}: does the promise of"
                    f" {economy_name(promise.promisor, world)} end it? The text does not say."
                )
    return tuple(dict.fromkeys(asked))

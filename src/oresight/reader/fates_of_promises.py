"""What became of the promises of a text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from oresight.policy.compile import FORBIDS
from oresight.policy.ledger import Standing, standing, state_on
from oresight.policy.reach import commodities_of, commodity_reach, members, reaches
from oresight.policy.records import Agreement, Measure, Provision, State
from oresight.policy.repeats import same_agreements, same_measures
from oresight.policy.say import day as in_words
from oresight.policy.say import economy_name, join, measure_name
from oresight.policy.stacking import days_of_change, duty_matrix
from oresight.reader.fates import Case, Fate, by_entry, state_in_words, undecided_by_ledger

SUPPORT = ("stockpile", "subsidy", "equity_stake")


def of_promise(promise: Provision, case: Case) -> list[Fate]:
    """What became of a promise.

    A promise to keep a tariff has the fate of the entry that levies it; one not to raise tariffs is held
    against every duty of the ledger, day by day; one of no restriction against the restrictions that stand;
    any other against the agreement that holds it.
    """
    fate = Fate("promise", promise.id, promise.text or promise.id, "open", "", "")
    if promise.kind == "tariff_held" and promise.rate_percent is not None:
        return [_of_tariff_held(fate, promise, case)]
    if promise.kind == "tariff_standstill":
        return [_of_standstill(fate, promise, case)]
    if promise.kind in ("no_export_restriction", "restriction_removal"):
        return [_of_restraint(fate, promise, case)]
    return [_of_other_promise(fate, promise, case)]


def _of_tariff_held(fate: Fate, promise: Provision, case: Case) -> Fate:
    duty = Measure(
        id="",
        instrument="import_tariff",
        imposer=promise.promisor,
        targets=(promise.beneficiary,),
        commodities=promise.commodities or ("all",),
        rate_percent=promise.rate_percent,
    )
    entries = same_measures(duty, case.ledger, case.world, min(case.published, case.known_by))
    if not entries:
        return undecided_by_ledger(fate)
    found = by_entry(fate, entries[0], case)
    if found.verdict == "in force":
        return replace(found, verdict="held" if case.later else "open")
    return found


def _of_standstill(fate: Fate, promise: Provision, case: Case) -> Fate:
    """Whether a duty of the promisor on a beneficiary was higher on a later day than on that of the text."""
    whom = members(case.world, _beneficiaries(promise, case))
    home = case.world.economy_index.get(promise.promisor)
    if home is None or not whom or not case.later or not _covered(promise, case):
        return undecided_by_ledger(fate)
    at = [case.world.economy_index[e] for e in whom if e != promise.promisor]
    goods = list(commodities_of(case.world, promise.commodities or ("all",)))
    before = duty_matrix(case.ledger, case.world, case.published, case.known_by)
    named = join([economy_name(e, case.world) for e in whom])
    days = [d for d in days_of_change(case.ledger) if case.published < d <= case.known_by]
    for day in sorted(days):
        now = duty_matrix(case.ledger, case.world, day, case.known_by)
        rise = (now - before)[np.ix_(goods, at, [home])]
        if rise.max(initial=0.0) > 1e-9:
            begun = _begun_on(day, promise.promisor, whom, case)
            sentence = f"{fate.told}: on {in_words(day)} a duty on goods of {named} rose"
            sentence += f" ({measure_name(begun, case.world)})." if begun is not None else "."
            return replace(
                fate,
                verdict="not kept",
                on=day,
                sentence=sentence,
                entry=begun.id if begun is not None else "",
                source=begun.source if begun is not None else "",
                verified=begun is not None and begun.verified,
            )
    sentence = f"{fate.told}: no duty on goods of {named} rose after {in_words(case.published)}"
    limit = case.ledger.beyond(promise.promisor, case.known_by)
    if limit:
        sentence += f", as far as the ledger goes: {limit}"
    return replace(
        fate,
        verdict="held",
        on=case.published,
        sentence=sentence + ".",
        source="all import duties of the ledger, compared day by day",
        verified=not limit,
        assumed=bool(limit),
    )


def _covered(promise: Provision, case: Case) -> bool:
    """Whether the ledger claims to hold the promisor's measures from the day of the text on.

    Where it does not, that no measure is on record says nothing.
    """
    return any(c.imposer == promise.promisor and c.since <= case.published for c in case.ledger.coverage)


def _beneficiaries(promise: Provision, case: Case) -> tuple[str, ...]:
    """Whom a promise to nobody in particular is to: those whose tariffs the text speaks of beside it."""
    if promise.beneficiary != "all":
        return (promise.beneficiary,)
    others = [p.beneficiary for p in case.reading.provisions if p.kind == "tariff_held"]
    return tuple(dict.fromkeys(others)) or ("all",)


def _begun_on(day: str, imposer: str, whom: tuple[str, ...], case: Case) -> Measure | None:
    for s in standing(case.ledger, day, case.known_by):
        if isinstance(s.entry, Measure) and s.entry.imposer == imposer and s.in_force and s.state.on == day:
            hit = reaches(s.entry, case.world)
            if s.entry.instrument == "import_tariff" and any(
                hit[case.world.economy_index[e]] for e in whom if e in case.world.economy_index
            ):
                return s.entry
    return None


def _of_restraint(fate: Fate, promise: Provision, case: Case) -> Fate:
    """Whether restrictions that a promise forbids, or is to end, stand on the last day that counts."""
    now = _against(promise, case, case.known_by)
    then = _against(promise, case, min(case.published, case.known_by))
    held = agreement_of(promise, case)
    suffix = f"; {held[0].title} {state_in_words(held[1], '')}" if held is not None else ""
    standing_still = {s.entry.id for s in now}
    eased = [s for s in then if s.entry.id not in standing_still]
    if promise.kind == "restriction_removal" and eased and case.later:
        done = [by_entry(replace(fate, told=""), s, case) for s in eased]
        told = "; ".join(d.sentence.removeprefix(": ").removesuffix(".") for d in done)
        rest = f"; {join([_name(s) for s in now])} stood on {in_words(case.known_by)}" if now else ""
        verdict = "begun" if now else "held"
        return replace(done[0], told=fate.told, verdict=verdict, sentence=f"{fate.told}: {told}{rest}.")
    if now:
        s = now[0]
        already = s.entry.id in {x.entry.id for x in then}
        since = "already stood when the text appeared, and stands" if already else "stands"
        why = f" ({s.note})" if s.note else ""
        # Licences may ease a restriction that stands; on the day of the text nothing is decided yet.
        undecided = promise.kind == "restriction_removal" or not case.later
        due = held is not None and held[1].state == "in_force"
        return replace(
            fate,
            verdict="open" if undecided else "not kept",
            on="" if undecided else case.published if already else s.state.on,
            sentence=f"{fate.told}: {_name(s)} {since} on {in_words(case.known_by)}{why}{suffix}.",
            entry=s.entry.id,
            source=s.state.source or s.entry.source,
            verified=s.entry.verified,
            assumed=not due or already,
        )
    if not case.later:
        return undecided_by_ledger(fate)
    covered = _covered(promise, case)
    missing = "" if covered else ", though the ledger does not claim to hold all measures of the promisor"
    day = in_words(case.known_by)
    return replace(
        fate,
        verdict="held" if covered else "open",
        on=case.published if covered else "",
        sentence=f"{fate.told}: no such restriction is on record on {day}{missing}{suffix}.",
        entry=held[0].id if held is not None else "",
        source=held[0].source if held is not None else "all export measures of the ledger" if covered else "",
        verified=held[0].verified if held is not None else False,
        assumed=True,
    )


def _name(s: Standing) -> str:
    return measure_name(s.entry) if isinstance(s.entry, Measure) else s.entry.id


def _against(promise: Provision, case: Case, day: str) -> list[Standing]:
    """Measures in force on a day, as known then, that a promise forbids."""
    forbidden = promise.instruments or FORBIDS[promise.kind]
    goods = set(commodities_of(case.world, promise.commodities or ("all",)))
    whom = members(case.world, (promise.beneficiary,))
    found = []
    for s in standing(case.ledger, day):
        if not isinstance(s.entry, Measure) or not s.in_force or s.entry.imposer != promise.promisor:
            continue
        hit = reaches(s.entry, case.world)
        on_them = any(hit[case.world.economy_index[e]] for e in whom)
        if s.entry.instrument in forbidden and on_them and goods & set(commodity_reach(s.entry, case.world)):
            found.append(s)
    return found


def _of_other_promise(fate: Fate, promise: Provision, case: Case) -> Fate:
    """A promise whose keeping no entry decides: the agreement that holds it, or what answers to it."""
    if promise.kind == "investment":
        goods = set(commodities_of(case.world, promise.commodities or ("all",)))
        for m in case.ledger.measures:
            first = min((s.known for s in m.states), default="")
            answers = m.imposer == promise.promisor and m.instrument in (
                "stockpile",
                "subsidy",
                "equity_stake",
            )
            if (
                answers
                and case.published < first <= case.known_by
                and goods & set(commodity_reach(m, case.world))
            ):
                sentence = f"{fate.told}: {measure_name(m, case.world)} was announced on {in_words(first)}."
                return replace(
                    fate,
                    verdict="begun",
                    on=first,
                    sentence=sentence,
                    entry=m.id,
                    source=m.source,
                    verified=m.verified,
                )
    held = agreement_of(promise, case)
    if held is None:
        return undecided_by_ledger(fate)
    agreement, state = held
    sentence = (
        f"{fate.told}: nothing on record says whether it was kept; {agreement.title}"
        f" {state_in_words(state, '')}."
    )
    return replace(
        fate,
        sentence=sentence,
        entry=agreement.id,
        source=state.source or agreement.source,
        verified=agreement.verified,
    )


def agreement_of(promise: Provision, case: Case) -> tuple[Agreement, State] | None:
    """The ledger's agreement that holds a promise of the text, with its state on the last day that counts."""
    told = next((a for a in case.reading.agreements if a.id == promise.source), None)
    if told is None:
        return None
    both = {promise.promisor, promise.beneficiary}
    for agreement in same_agreements(told, case.ledger, case.known_by, case.published):
        state, _ = state_on(agreement.states, case.known_by, case.known_by)
        if state is not None and both <= set(agreement.parties):
            return agreement, state
    return None

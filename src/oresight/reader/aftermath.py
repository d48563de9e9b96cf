"""What became of what a text says: its promises, threats, measures and agreements, by the ledger.

Every fate names the entry that decides it and the source of that entry; where the ledger holds nothing, the
fate says so. Nothing counts that became known after `known_by`. What follows from a rule and not from an
entry (a suspension that ran out, a deadline that passed in silence) has `assumed` set.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from oresight.policy.compile import FORBIDS
from oresight.policy.ledger import Ledger, Standing, iso_day, standing, state_on
from oresight.policy.reach import commodities_of, commodity_reach, members, reaches
from oresight.policy.records import Agreement, Measure, Provision, State
from oresight.policy.repeats import same_agreements, same_measures
from oresight.policy.say import day as in_words
from oresight.policy.say import economy_name, join, measure_name
from oresight.policy.stacking import days_of_change, duty_matrix
from oresight.reader.reading import Reading
from oresight.world.model import World

VERDICTS = (
    "held",  # a promise kept so far
    "not kept",
    "carried out",
    "begun",  # something on record answers to the promise; whether it is enough, nobody can say
    "in force",
    "back in force",  # a suspension ran out
    "suspended",
    "withdrawn",
    "lapsed",
    "ended",
    "struck down",
    "open",  # nothing on record decides it yet
)

SUPPORT = ("stockpile", "subsidy", "equity_stake")

_OF_STATE = {
    "in_force": "in force",
    "suspended": "suspended",
    "withdrawn": "withdrawn",
    "lapsed": "lapsed",
    "ended": "ended",
    "struck_down": "struck down",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one thing that a text says."""

    kind: str  # promise | threat | measure | agreement
    item: str  # its id in the reading
    told: str  # what the text says, in our words
    verdict: str  # one of VERDICTS
    on: str  # ISO day from which the verdict holds; "" when nothing decides it
    sentence: str
    entry: str = ""  # id of the ledger entry that decides it
    source: str = ""
    verified: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """Where a question is asked from."""

    reading: Reading
    ledger: Ledger
    world: World
    published: str
    known_by: str

    @property
    def later(self) -> bool:
        """Whether anything can have happened since the text."""
        return self.known_by > self.published


def aftermath(
    reading: Reading, ledger: Ledger, world: World, published: str = "", known_by: str = ""
) -> tuple[Fate, ...]:
    """The fate of each promise, threat, measure and agreement of a text, as known by a day.

    `published` is the reading's own day when empty, `known_by` the day of the text. A measure that several
    entries of the ledger carry out has a fate for each. Raises InputError for a day that is none, and
    where neither the reading nor the caller knows the day of the text.
    """
    published = iso_day(published or reading.published, "published")
    known_by = iso_day(known_by or published, "known_by")
    case = _Case(reading, ledger, world, published, known_by)
    fates: list[Fate] = []
    for promise in reading.provisions:
        fates.extend(_of_promise(promise, case))
    for measure in reading.measures:
        threat = measure.states[0].state in ("threatened", "proposed")
        fates.extend(_of_threat(measure, case) if threat else _of_measure(measure, case))
    for agreement in reading.agreements:
        fates.extend(_of_agreement(agreement, case))
    return tuple(fates)


# Measures and threats ----------------------------------------------------------------------------


def _of_measure(measure: Measure, case: _Case) -> list[Fate]:
    fate = Fate("measure", measure.id, _told(measure, case), "open", "", "")
    entries = same_measures(measure, case.ledger, case.world, min(case.published, case.known_by))
    return [_by_entry(fate, s, case) for s in entries] or [_unknown(fate)]


def _told(measure: Measure, case: _Case) -> str:
    """What the text says, in our words."""
    name = measure_name(measure, case.world)
    if measure.instrument == "import_tariff" and measure.rate_percent is not None:
        name = name.replace("import tariff on", f"import tariff of {measure.rate_percent:g} % on")
    whom = [economy_name(t, case.world) for t in measure.targets if t != "all"]
    if whom and measure.instrument in ("import_tariff", "import_ban"):
        name += f" of {join(whom)}"
    elif whom and measure.instrument in FORBIDS["restriction_removal"]:
        name += f" to {join(whom)}"
    return name[:1].upper() + name[1:]


def _unknown(fate: Fate) -> Fate:
    return replace(fate, sentence=f"{fate.told}: the ledger holds nothing that decides it.")


def _by_entry(fate: Fate, then: Standing, case: _Case) -> Fate:
    """A fate by the state of one entry on the last day that counts."""
    entry = then.entry
    state, note = state_on(entry.states, case.known_by, case.known_by)
    if state is None:
        return _unknown(fate)
    verdict = _OF_STATE.get(state.state, "open")
    paused = _paused_since(entry.states, case)
    assumed = bool(note)
    since = state.on
    if verdict == "in force" and paused is not None and note:
        verdict, since = "back in force", _day_after(paused.until)
        what = (
            f"was suspended on {in_words(paused.on)} until {in_words(paused.until)}; nothing on record"
            " renewed that, so it is assumed to apply again"
        )
    else:
        what = _state_in_words(state, note)
    title = entry.title if not isinstance(entry, Measure) else measure_name(entry, case.world)
    told = "" if fate.told == title else f"{fate.told}: "
    return replace(
        fate,
        verdict=verdict,
        on=since,
        sentence=f"{told}{title} {what}.",
        entry=entry.id,
        source=(paused.source if verdict == "back in force" and paused else state.source) or entry.source,
        verified=entry.verified,
        assumed=assumed,
    )


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _paused_since(states: Iterable[State], case: _Case) -> State | None:
    """The last suspension that became known after the text."""
    found = [s for s in states if s.state == "suspended" and case.published < s.known <= case.known_by]
    return max(found, key=lambda s: (s.known, s.on)) if found else None


def _state_in_words(state: State, note: str) -> str:
    when = f" on {in_words(state.on)}" if state.on else ""
    said = {
        "in_force": f"is in force since {in_words(state.on)}" if state.on else "is in force",
        "suspended": f"was suspended{when}" + (f" until {in_words(state.until)}" if state.until else ""),
        "withdrawn": f"was withdrawn{when}",
        "lapsed": f"lapsed{when}",
        "ended": f"ended{when}",
        "struck_down": f"was struck down{when}",
        "signed": f"was signed{when} and is not in force as far as is known",
        "announced": f"was announced{when}; nothing more is on record",
        "threatened": f"was threatened{when}" + (f" for {in_words(state.until)}" if state.until else ""),
        "proposed": f"was proposed{when}; nothing more is on record",
    }[state.state]
    why = "; ".join(n for n in (note, state.note) if n)
    return f"{said} ({why})" if why else said


def _of_threat(measure: Measure, case: _Case) -> list[Fate]:
    told = f"Threat: {_told(measure, case)}"
    fate = Fate("threat", measure.id, told, "open", "", "")
    done = _carried_out(measure, case)
    if done is not None:
        return [replace(_by_entry(fate, done, case), verdict="carried out", on=done.state.on)]
    entries = same_measures(measure, case.ledger, case.world, min(case.published, case.known_by))
    if entries:
        return [_by_entry(fate, s, case) for s in entries]
    deadline = measure.states[0].until
    if deadline and deadline < case.known_by:
        sentence = (
            f"{told}: its day, {in_words(deadline)}, passed and nothing on record followed: taken as lapsed."
        )
        return [replace(fate, verdict="lapsed", on=deadline, sentence=sentence, assumed=True)]
    return [_unknown(fate)]


def _carried_out(threat: Measure, case: _Case) -> Standing | None:
    """An entry in force that began after the text and does what was threatened."""
    for s in same_measures(threat, case.ledger, case.world, case.known_by):
        if s.in_force and s.state.on > case.published:
            return s
    return None


# Promises ----------------------------------------------------------------------------------------


def _of_promise(promise: Provision, case: _Case) -> list[Fate]:
    fate = Fate("promise", promise.id, promise.text or promise.id, "open", "", "")
    if promise.kind == "tariff_held" and promise.rate_percent is not None:
        return [_of_tariff_held(fate, promise, case)]
    if promise.kind == "tariff_standstill":
        return [_of_standstill(fate, promise, case)]
    if promise.kind in ("no_export_restriction", "restriction_removal"):
        return [_of_restraint(fate, promise, case)]
    return [_of_other_promise(fate, promise, case)]


def _of_tariff_held(fate: Fate, promise: Provision, case: _Case) -> Fate:
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
        return _unknown(fate)
    found = _by_entry(fate, entries[0], case)
    if found.verdict == "in force":
        return replace(found, verdict="held" if case.later else "open")
    return found


def _of_standstill(fate: Fate, promise: Provision, case: _Case) -> Fate:
    """Whether a duty of the promisor on a beneficiary was higher on a later day than on that of the text."""
    whom = members(case.world, _beneficiaries(promise, case))
    home = case.world.economy_index.get(promise.promisor)
    if home is None or not whom or not case.later:
        return _unknown(fate)
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


def _beneficiaries(promise: Provision, case: _Case) -> tuple[str, ...]:
    """Whom a promise to nobody in particular is to: those whose tariffs the text speaks of beside it."""
    if promise.beneficiary != "all":
        return (promise.beneficiary,)
    others = [p.beneficiary for p in case.reading.provisions if p.kind == "tariff_held"]
    return tuple(dict.fromkeys(others)) or ("all",)


def _begun_on(day: str, imposer: str, whom: tuple[str, ...], case: _Case) -> Measure | None:
    for s in standing(case.ledger, day, case.known_by):
        if isinstance(s.entry, Measure) and s.entry.imposer == imposer and s.in_force and s.state.on == day:
            hit = reaches(s.entry, case.world)
            if s.entry.instrument == "import_tariff" and any(
                hit[case.world.economy_index[e]] for e in whom if e in case.world.economy_index
            ):
                return s.entry
    return None


def _of_restraint(fate: Fate, promise: Provision, case: _Case) -> Fate:
    """Whether restrictions that a promise forbids, or is to end, stand on the last day that counts."""
    now = _against(promise, case, case.known_by)
    then = {s.entry.id for s in _against(promise, case, min(case.published, case.known_by))}
    held = _agreement_of(promise, case)
    suffix = f"; {held[0].title} {_state_in_words(held[1], '')}" if held is not None else ""
    if now:
        s = now[0]
        since = "already stood when the text appeared, and stands" if s.entry.id in then else "stands"
        why = f" ({s.note})" if s.note else ""
        names = measure_name(s.entry, case.world) if isinstance(s.entry, Measure) else s.entry.id
        sentence = f"{fate.told}: {names} {since} on {in_words(case.known_by)}{why}{suffix}."
        # Licences may ease a restriction that stands; on the day of the text nothing is decided yet.
        undecided = promise.kind == "restriction_removal" or not case.later
        due = held is not None and held[1].state == "in_force"
        return replace(
            fate,
            verdict="open" if undecided else "not kept",
            on="" if undecided else case.published if s.entry.id in then else s.state.on,
            sentence=sentence,
            entry=s.entry.id,
            source=s.state.source or s.entry.source,
            verified=s.entry.verified,
            assumed=not due or s.entry.id in then,
        )
    if not case.later:
        return _unknown(fate)
    sentence = f"{fate.told}: no such restriction is on record on {in_words(case.known_by)}{suffix}."
    entry = held[0] if held is not None else None
    return replace(
        fate,
        verdict="held",
        on=case.published,
        sentence=sentence,
        entry=entry.id if entry is not None else "",
        source=entry.source if entry is not None else "no entry of the ledger",
        verified=entry.verified if entry is not None else False,
        assumed=True,
    )


def _against(promise: Provision, case: _Case, day: str) -> list[Standing]:
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


def _of_other_promise(fate: Fate, promise: Provision, case: _Case) -> Fate:
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
    held = _agreement_of(promise, case)
    if held is None:
        return _unknown(fate)
    agreement, state = held
    sentence = (
        f"{fate.told}: nothing on record says whether it was kept; {agreement.title}"
        f" {_state_in_words(state, '')}."
    )
    return replace(
        fate,
        sentence=sentence,
        entry=agreement.id,
        source=state.source or agreement.source,
        verified=agreement.verified,
    )


def _agreement_of(promise: Provision, case: _Case) -> tuple[Agreement, State] | None:
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


# Agreements --------------------------------------------------------------------------------------


def _of_agreement(agreement: Agreement, case: _Case) -> list[Fate]:
    fate = Fate("agreement", agreement.id, agreement.title, "open", "", "")
    found = []
    for entry in same_agreements(agreement, case.ledger, min(case.known_by, case.published), case.published):
        state, _ = state_on(entry.states, case.known_by, case.known_by)
        if state is None:
            continue
        made = _by_entry(fate, Standing(entry, state), case)
        after = _follows(entry, case)
        if after is not None and made.verdict == "ended":
            made = replace(
                made,
                verdict="carried out",
                sentence=f"{made.sentence.removesuffix('.')}; {after.title} came after it.",
            )
        found.append(made)
    return found or [_unknown(fate)]


def _follows(entry: Agreement, case: _Case) -> Agreement | None:
    """An agreement of the same parties that became known after the text."""
    for other in case.ledger.agreements:
        first = min(s.known for s in other.states)
        same = set(other.parties) == set(entry.parties) and other.id != entry.id
        if same and case.published < first <= case.known_by:
            return other
    return None

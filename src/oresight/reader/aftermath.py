"""What became of what a text says: its promises, threats, measures and agreements, by the ledger.

Every fate names the entry that decides it and the source of that entry; where the ledger holds nothing, the
fate says so. Nothing counts that became known after `known_by`. What follows from a rule and not from an
entry (a suspension that ran out, a deadline that passed in silence) has `assumed` set.
"""

from __future__ import annotations

from dataclasses import replace

from oresight.errors import InputError
from oresight.policy.compile import FORBIDS
from oresight.policy.ledger import Ledger, Standing, iso_day, state_on
from oresight.policy.records import Agreement, Measure
from oresight.policy.repeats import same_agreements, same_measures
from oresight.policy.say import day as in_words
from oresight.policy.say import economy_name, join, measure_name
from oresight.reader.fates import VERDICTS, Case, Fate, by_entry, undecided_by_ledger
from oresight.reader.fates_of_promises import of_promise
from oresight.reader.reading import Reading
from oresight.world.model import World

__all__ = ["VERDICTS", "Fate", "aftermath"]


def aftermath(
    reading: Reading, ledger: Ledger, world: World, published: str = "", known_by: str = ""
) -> tuple[Fate, ...]:
    """The fate of each promise, threat, measure and agreement of a text, as known by a day.

    `published` is the reading's own day when empty, `known_by` the day of the text. A measure that several
    entries of the ledger carry out has a fate for each. Raises InputError for a day that is none, and
    where neither the reading nor the caller knows the day of the text.
    """
    if not (published or reading.published):
        raise InputError("what became of a text needs the day it appeared; say it with --published DATE")
    published = iso_day(published or reading.published, "published")
    known_by = iso_day(known_by or published, "known_by")
    case = Case(reading, ledger, world, published, known_by)
    fates: list[Fate] = []
    for promise in reading.provisions:
        fates.extend(of_promise(promise, case))
    for measure in reading.measures:
        threat = measure.states[0].state in ("threatened", "proposed")
        fates.extend(_of_threat(measure, case) if threat else _of_measure(measure, case))
    for agreement in reading.agreements:
        fates.extend(_of_agreement(agreement, case))
    return tuple(fates)


def _of_measure(measure: Measure, case: Case) -> list[Fate]:
    fate = Fate("measure", measure.id, _told(measure, case), "open", "", "")
    entries = same_measures(measure, case.ledger, case.world, min(case.published, case.known_by))
    return [by_entry(fate, s, case) for s in entries] or [undecided_by_ledger(fate)]


def _told(measure: Measure, case: Case) -> str:
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


def _of_threat(measure: Measure, case: Case) -> list[Fate]:
    told = f"Threat: {_told(measure, case)}"
    fate = Fate("threat", measure.id, told, "open", "", "")
    done = _carried_out(measure, case)
    if done is not None:
        return [replace(by_entry(fate, done, case), verdict="carried out", on=done.state.on)]
    entries = same_measures(measure, case.ledger, case.world, min(case.published, case.known_by))
    if entries:
        return [by_entry(fate, s, case) for s in entries]
    deadline = measure.states[0].until
    if deadline and deadline < case.known_by:
        sentence = (
            f"{told}: its day, {in_words(deadline)}, passed and nothing on record followed: taken as lapsed."
        )
        return [replace(fate, verdict="lapsed", on=deadline, sentence=sentence, assumed=True)]
    return [undecided_by_ledger(fate)]


def _carried_out(threat: Measure, case: Case) -> Standing | None:
    """An entry in force that began after the text and does what was threatened."""
    for s in same_measures(threat, case.ledger, case.world, case.known_by):
        ordered = [x.known for x in s.entry.states if x.state == "in_force"]
        if s.in_force and s.state.on > case.published and min(ordered) > case.published:
            return s
    return None


def _of_agreement(agreement: Agreement, case: Case) -> list[Fate]:
    fate = Fate("agreement", agreement.id, agreement.title, "open", "", "")
    found = []
    for entry in same_agreements(agreement, case.ledger, min(case.known_by, case.published), case.published):
        state, _ = state_on(entry.states, case.known_by, case.known_by)
        if state is None:
            continue
        made = by_entry(fate, Standing(entry, state), case)
        after = _follows(entry, case)
        if after is not None and made.verdict == "ended":
            made = replace(
                made,
                verdict="carried out",
                sentence=f"{made.sentence.removesuffix('.')}; {after.title} came after it.",
            )
        found.append(made)
    return found or [undecided_by_ledger(fate)]


def _follows(entry: Agreement, case: Case) -> Agreement | None:
    """An agreement of the same parties that became known after the text."""
    for other in case.ledger.agreements:
        first = min((s.known for s in other.states), default="")
        same = set(other.parties) == set(entry.parties) and other.id != entry.id
        if same and case.published < first <= case.known_by:
            return other
    return None

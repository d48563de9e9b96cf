"""What became of one thing that a text says, and how the state of a ledger entry decides it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from oresight.policy.ledger import Ledger, Standing, state_on
from oresight.policy.records import Measure, State
from oresight.policy.say import day as in_words
from oresight.policy.say import measure_name
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
class Case:
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


def undecided_by_ledger(fate: Fate) -> Fate:
    """The fate of what the ledger says nothing about."""
    return replace(fate, sentence=f"{fate.told}: the ledger holds nothing that decides it.")


def by_entry(fate: Fate, then: Standing, case: Case) -> Fate:
    """A fate by the state of one entry on the last day that counts."""
    entry = then.entry
    state, note = state_on(entry.states, case.known_by, case.known_by)
    if state is None:
        return undecided_by_ledger(fate)
    verdict = _OF_STATE.get(state.state, "open")
    paused = _paused_since(entry.states, case)
    assumed = bool(note)
    since = state.on
    if verdict == "in force" and paused is not None and note:
        verdict, since = "back in force", _day_after(paused.until)
        what = (
            f"was suspended on {in_words(paused.on)} until {in_words(paused.until)}; nothing on record"
            f" renewed that, so it is assumed to apply since {in_words(since)}"
        )
    else:
        what = state_in_words(state, note)
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


def _paused_since(states: Iterable[State], case: Case) -> State | None:
    """The last suspension that became known after the text."""
    found = [s for s in states if s.state == "suspended" and case.published < s.known <= case.known_by]
    return max(found, key=lambda s: (s.known, s.on)) if found else None


def state_in_words(state: State, note: str) -> str:
    """What an entry was from a day on, as the end of a sentence; notes stand in brackets."""
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

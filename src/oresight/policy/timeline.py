"""Status changes as events: what happened to each entry of the ledger, and what is assumed to happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from oresight.policy.ledger import EVER, Entry, Ledger, state_on
from oresight.policy.listing import Row, ledger_rows
from oresight.policy.records import Measure, State
from oresight.world.model import World


@dataclass(frozen=True, slots=True)
class Event:
    """A day on which an entry's state changed; `planned` when that day lies after the last known one."""

    on: str  # ISO day; "" for what stood before the ledger begins
    entry: str
    title: str
    state: str
    until: str
    known: str
    note: str  # what is said of it, and what it assumes
    source: str
    assumed: bool  # follows from a date that passed, not from an act on record
    planned: bool


def events(entry: Entry, known_by: str) -> tuple[Event, ...]:
    """The life of one entry as known by a day, in order; states that later news overtook are left out."""
    known = [s for s in entry.states if s.known <= known_by]
    days = sorted({s.on for s in known} | {_after(s.until) for s in known if s.until})
    found: list[Event] = []
    last: tuple[State, str] | None = None
    for day in days:
        state, note = state_on(known, day or "0001-01-01", known_by)
        if state is None or (last is not None and (state, note) == last):
            continue
        last = (state, note)
        found.append(
            Event(
                on=day,
                entry=entry.id,
                title=entry.title,
                state=state.state,
                until=state.until,
                known=state.known,
                note="; ".join(n for n in (note, state.note, _cause(entry, state)) if n),
                source=state.source or entry.source,
                assumed=bool(note),
                planned=day > known_by,
            )
        )
    return tuple(found)


def _cause(entry: Entry, state: State) -> str:
    """What a threat answers to."""
    cause = entry.cause if isinstance(entry, Measure) and state.state == "threatened" else ""
    return f"in answer to {cause}" if cause else ""


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def timeline_rows(
    ledger: Ledger,
    world: World,
    known_by: str,
    since: str = "",
    imposer: str = "",
    target: str = "",
    commodity: str = "",
) -> list[Row]:
    """Events since a day of the entries that pass the filters of `ledger_rows`, in order, as dictionaries."""
    wanted = _passing(ledger, world, known_by, imposer, target, commodity)
    entries: tuple[Entry, ...] = (*ledger.measures, *ledger.exemptions, *ledger.agreements)
    lives = (events(entry, known_by) for entry in entries if entry.id in wanted)
    found = [event for life in lives for event in life if event.on >= since]
    return [
        {
            "on": e.on or None,
            "state": e.state,
            "title": e.title,
            "id": e.entry,
            "until": e.until or None,
            "known": e.known or None,
            "assumed": e.assumed,
            "planned": e.planned,
            "note": e.note or None,
            "source": e.source,
        }
        for e in sorted(found, key=lambda e: (e.on, e.known, e.entry))
    ]


def _passing(
    ledger: Ledger, world: World, known_by: str, imposer: str, target: str, commodity: str
) -> set[str]:
    """Ids of the entries that pass, also of those that are planned for later."""
    rows = ledger_rows(ledger, world, EVER, known_by, imposer, target, commodity)
    return {str(row["id"]) for row in rows}

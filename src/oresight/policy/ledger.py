"""What is in force on a day, given what was known by a day.

The ledger is dated YAML: measures, exemptions and agreements, each with its source and the states
it went through. Two days matter: the one asked about (`as_of`) and the one up to which news counts
(`known_by`), so that a brief for October does not know of November.

How states combine: a state known later lies over those known earlier; among states known on the
same day the later one lies on top, and of two on one day the one that comes later in a measure's life
(`records.STATES`). The topmost state that has begun decides, unless its `until` has passed. Then a
suspension uncovers what lay beneath, a threat or a plan has lapsed, and a measure in force has ended.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from oresight.errors import InputError, shown, unknown
from oresight.policy.records import (
    INSTRUMENTS,
    PROVISION_KINDS,
    STATES,
    Agreement,
    Exemption,
    Measure,
    Provision,
    State,
)
from oresight.world.plain_yaml import DEEPEST as DEEPEST
from oresight.world.plain_yaml import parse_yaml as parse_yaml

WRITTEN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = (1900, 2200)  # first and last that a user may ask about
EVER = "9999-12-31"  # known_by for "all that is on record"

Entry = Measure | Agreement | Exemption


@dataclass(frozen=True, slots=True)
class Coverage:
    """The days for which the ledger claims to hold the measures of an economy."""

    imposer: str
    since: str  # ISO day
    until: str  # ISO day of the last act that was looked for
    note: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """Duty that was collected on a tariff line over a year, in percent of the customs value."""

    importer: str
    origin: str
    year: int
    line: str
    percent: float
    source: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Measures, exemptions and agreements on record, and the tariff lines of commodities.

    `tariff_lines` maps a commodity to (HTS line, weight) pairs; weights of a commodity sum to one.
    """

    measures: tuple[Measure, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    tariff_lines: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()
    coverage: tuple[Coverage, ...] = ()
    collected: tuple[Collected, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all measures and agreements, in order."""
        return (*(m.id for m in self.measures), *(a.id for a in self.agreements))

    @property
    def fingerprint(self) -> str:
        """sha256 of all that is on record, so that a run can name the ledger it used."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def beyond(self, imposer: str, day: str) -> str:
        """That a day lies outside what the ledger claims to hold of an economy, in a sentence; else ""."""
        for c in self.coverage:
            if c.imposer == imposer and day < c.since:
                return f"the ledger holds the measures of {imposer} since {c.since} only"
            if c.imposer == imposer and day > c.until:
                said = f"the ledger holds no measure of {imposer} announced after {c.until}"
                return f"{said}: {c.note}" if c.note else said
        return ""

    def lines(self, commodity: str) -> tuple[tuple[str, float], ...]:
        """HTS lines of a commodity with their weights; empty when none are on record."""
        return next((lines for name, lines in self.tariff_lines if name == commodity), ())


@dataclass(frozen=True, slots=True)
class Standing:
    """One entry with the state it is in; `note` says what is assumed about it."""

    entry: Entry
    state: State
    note: str = ""

    @property
    def in_force(self) -> bool:
        """Whether it acts on that day."""
        return self.state.state == "in_force"


def state_on(states: Iterable[State], as_of: str, known_by: str = "") -> tuple[State | None, str]:
    """The state on a day as known by a day (by default the same), and what that assumes.

    None when nothing was known, or nothing had begun.
    """
    known = [s for s in states if s.known <= (known_by or as_of)]
    note = ""
    for state in sorted(known, key=_rank, reverse=True):
        if state.on > as_of:
            continue
        if not state.until or as_of <= state.until:
            return state, note
        if state.state == "suspended":
            note = f"suspended until {state.until}, and nothing on record renewed that: taken to apply again"
            continue
        if state.state in ("threatened", "proposed", "announced"):
            said = f"the day set, {state.until}, passed and nothing on record followed: taken as lapsed"
            return State("lapsed", state.until, state.known, source=state.source), said
        return State("ended", state.until, state.known, source=state.source), f"ran out on {state.until}"
    return None, note


def _rank(s: State) -> tuple[str, str, int, str, str]:
    return (s.known, s.on, STATES.index(s.state), s.until, s.note)


def standing(ledger: Ledger, as_of: str, known_by: str = "") -> tuple[Standing, ...]:
    """Every measure and agreement that was known and had begun, with its state on that day.

    Exemptions follow measures. `known_by` is `as_of` when empty. Raises InputError for a day that
    is not an ISO date.
    """
    iso_day(as_of, "as_of")
    if known_by and known_by != EVER:
        iso_day(known_by, "known_by")
    found = []
    entries: tuple[Entry, ...] = (*ledger.measures, *ledger.exemptions, *ledger.agreements)
    for entry in entries:
        state, note = state_on(entry.states, as_of, known_by)
        if state is not None:
            found.append(Standing(entry, state, "; ".join(n for n in (note, state.note) if n)))
    return tuple(found)


def measures_in_force(ledger: Ledger, as_of: str, known_by: str = "") -> tuple[Measure, ...]:
    """The measures that act on a day, as known by a day."""
    return tuple(
        s.entry for s in standing(ledger, as_of, known_by) if s.in_force and isinstance(s.entry, Measure)
    )


def iso_day(text: str, where: str) -> str:
    """`text` if it is a day written YYYY-MM-DD; raises InputError naming `where` otherwise."""
    try:
        if WRITTEN_DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise InputError(f"{where}: {shown(text)} is not a date; write it as 2025-10-26")


def asked_day(text: str, where: str) -> str:
    """A day that a user asks about: as `iso_day`, of the years 1900 to 2200, so that days beside it exist."""
    if not YEARS[0] <= int(iso_day(text, where)[:4]) <= YEARS[1]:
        raise InputError(f"{where}: {text} should lie between the years {YEARS[0]} and {YEARS[1]}")
    return text


# Reading ------------------------------------------------------------------------------------------


def load_ledger(directory: str | Path | None = None) -> Ledger:
    """Read every `*.yaml` of a directory, by default the bundled ledger, into one Ledger.

    Raises InputError naming file and entry when something is missing, unknown or said twice.
    """
    if directory is None:
        return _bundled()
    return _read(Path(directory))


@cache
def _bundled() -> Ledger:
    return _read(Path(__file__).with_name("data"))


def _read(directory: Path) -> Ledger:
    files = sorted(directory.glob("*.yaml"))
    if not files:
        raise InputError(f"no ledger in {directory}: it should hold YAML files with measures and agreements")
    return ledger_of({file.name: read_yaml(file) for file in files})


def ledger_of(contents: Mapping[str, Mapping[str, Any]]) -> Ledger:
    """One Ledger from the mappings that ledger files hold, by file name.

    Raises InputError naming file and entry when something is missing, unknown or said twice.
    """
    measures: list[Measure] = []
    agreements: list[Agreement] = []
    exemptions: list[Exemption] = []
    lines: list[tuple[str, tuple[tuple[str, float], ...]]] = []
    coverage: list[Coverage] = []
    collected: list[Collected] = []
    for name, content in contents.items():
        for n, raw in _entries(content, "measures", name):
            measures.append(_measure(raw, f"{name}: measures[{n}]"))
        for n, raw in _entries(content, "exemptions", name):
            exemptions.append(_build(Exemption, raw, f"{name}: exemptions[{n}]"))
        for n, raw in _entries(content, "agreements", name):
            agreements.append(_agreement(raw, f"{name}: agreements[{n}]"))
        for n, raw in _entries(content, "coverage", name):
            coverage.append(_build(Coverage, raw, f"{name}: coverage[{n}]"))
        for n, raw in _entries(content, "collected", name):
            collected.append(_build(Collected, raw, f"{name}: collected[{n}]"))
        for commodity, shares in (content.get("tariff_lines") or {}).items():
            lines.append((commodity, _weights(shares, f"{name}: tariff_lines[{commodity}]")))
    seen: set[str] = set()
    everything: tuple[Entry, ...] = (*measures, *exemptions, *agreements)
    for entry in everything:
        if entry.id in seen:
            where = ", ".join(contents)
            raise InputError(
                f"two entries of the ledger in {where} are called {shown(entry.id)}; ids must differ"
            )
        seen.add(entry.id)
    return Ledger(
        measures=tuple(measures),
        agreements=tuple(agreements),
        exemptions=tuple(exemptions),
        tariff_lines=tuple(lines),
        coverage=tuple(coverage),
        collected=tuple(collected),
    )


def read_yaml(file: Path) -> dict[str, Any]:
    """A YAML file as a mapping, with safe types only; raises InputError for anything else."""
    return read_hashed_yaml(file)[0]


def read_hashed_yaml(file: Path) -> tuple[dict[str, Any], str]:
    """A YAML file as `read_yaml` gives it, with the sha256 of the bytes that were parsed."""
    text = read_text(file)
    return parse_yaml(text, file.name), hashlib.sha256(text.encode()).hexdigest()


def read_text(file: Path) -> str:
    """The text of a YAML file; raises InputError when it cannot be read or is not UTF-8."""
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as fault:
        raise InputError(f"cannot read {file}: {fault.strerror or fault}") from None
    except UnicodeDecodeError:
        raise InputError(f"{file.name}: not a UTF-8 text; a scenario or ledger is a YAML file") from None


def _entries(content: Mapping[str, Any], key: str, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for n, raw in enumerate(content.get(key) or ()):
        if not isinstance(raw, dict):
            raise InputError(f"{file}: {key}[{n}] should be a mapping")
        yield n, raw


def _text(value: Any) -> Any:
    """Dates as ISO text, lists as tuples: what the records hold."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return tuple(_text(v) for v in value)
    return value


def _build(kind: Any, raw: Mapping[Any, Any], where: str) -> Any:
    known = {f.name: f for f in fields(kind)}
    # YAML 1.1 reads the bare key `on` as true.
    values = {"on" if key is True else key: _text(value) for key, value in raw.items()}
    for key in values:
        if key not in known:
            raise unknown("key", str(key), known, where)
    if "states" in known:
        states = values.get("states") or ()
        values["states"] = tuple(_state(s, f"{where}.states[{i}]") for i, s in enumerate(states))
    for name, field in known.items():
        if name in values and str(field.type).startswith("tuple") and isinstance(values[name], str):
            values[name] = (values[name],)
    try:
        return kind(**values)
    except TypeError as fault:
        raise InputError(f"{where}: {str(fault).split(') ')[-1]}") from None


def _state(raw: Mapping[str, Any], where: str) -> State:
    state: State = _build(State, raw, where)
    if state.state not in STATES:
        raise unknown("state", state.state, STATES, where)
    for day in (state.on, state.known, state.until):
        if day:
            iso_day(day, where)
    return state


def _measure(raw: Mapping[str, Any], where: str) -> Measure:
    measure: Measure = _build(Measure, raw, where)
    if measure.instrument not in INSTRUMENTS:
        raise unknown("instrument", measure.instrument, INSTRUMENTS, where)
    if not measure.states:
        raise InputError(f"{where} ({measure.id}): needs states, each with its dates")
    return measure


def _agreement(raw: Mapping[str, Any], where: str) -> Agreement:
    given: Sequence[Mapping[str, Any]] = raw.get("provisions") or ()
    provisions = []
    for n, item in enumerate(given):
        provision: Provision = _build(Provision, item, f"{where}.provisions[{n}]")
        if provision.kind not in PROVISION_KINDS:
            raise unknown("provision", provision.kind, PROVISION_KINDS, f"{where}.provisions[{n}]")
        provisions.append(provision)
    bare: Agreement = _build(Agreement, {**raw, "provisions": ()}, where)
    day = agreed_on(bare)
    told = tuple(replace(p, agreement=bare.title, agreed_on=p.agreed_on or day) for p in provisions)
    return replace(bare, provisions=told)


def agreed_on(agreement: Agreement) -> str:
    """The day an agreement was signed or, failing that, announced; empty when neither is known."""
    for wanted in ("signed", "in_force", "announced"):
        for state in agreement.states:
            if state.state == wanted and state.on:
                return state.on
    return ""


def _weights(shares: Mapping[str, Any], where: str) -> tuple[tuple[str, float], ...]:
    pairs = tuple((str(code), float(weight)) for code, weight in shares.items())
    if abs(sum(weight for _, weight in pairs) - 1) > 1e-6:
        raise InputError(f"{where}: the weights of the lines should sum to 1")
    return pairs

"""Capacity that is planned: what opens where, when, and how late it may be.

A row is what a company or a government said, with its source; the delay is ours, by status. An
equity stake that a scenario holds brings a project's start forward.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from oresight.errors import InputError, unknown
from oresight.policy.records import Measure

COLUMNS = (
    *("project", "title", "economy", "commodity", "process", "feed", "capacity_t", "basis", "start"),
    *("delay_low", "delay_high", "status", "source", "kind", "note"),
)
BASES = ("added", "total")
FEEDS = ("market", "own")
KINDS = ("reported", "derived", "assumed")
MIDDLE_OF_YEAR = 0.5  # of a start that is given as a year only


@dataclass(frozen=True, slots=True)
class Project:
    """A plant or a mine that is to open; `kind` speaks of the capacity, delays are always assumed."""

    project: str  # a short id, as an equity stake names it
    title: str
    economy: str
    commodity: str
    process: (
        str  # name of the kind of process without the economy, "" for the one that lives off the commodity
    )
    feed: str  # market: buys its inputs; own: they come from a mine or stock of its own
    capacity_t: float  # t/yr of the commodity
    basis: str  # added: on top of what stands; total: of the whole site after the expansion
    start: float  # as planned, in years: 2028.5 is July 2028
    delay_low: float  # months after the plan, all assumed
    delay_high: float
    status: str
    source: str
    kind: str
    note: str = ""

    @property
    def opens(self) -> float:
        """When it opens in the central case, in years: the plan and the middle of its delays."""
        return self.start + 0.5 * (self.delay_low + self.delay_high) / 12.0

    def open_share(self, year: int) -> float:
        """Part of a calendar year in which it is open, 0 to 1."""
        return min(max(year + 1.0 - self.opens, 0.0), 1.0)


def load_projects(path: str | Path | None = None) -> tuple[Project, ...]:
    """Read a table of projects, by default the bundled one.

    Raises InputError naming the file and the row for a missing column, a number that is none or
    negative, a delay range that falls, an unknown basis or kind, and an id given twice.
    """
    file = Path(path) if path else Path(__file__).with_name("data") / "projects.csv"
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            missing = [c for c in COLUMNS if c not in (rows.fieldnames or ())]
            if missing:
                raise InputError(f"{file.name}: needs the column {missing[0]!r}")
            found = tuple(_project(row, f"{file.name} row {n}") for n, row in enumerate(rows, start=2))
    except OSError as fault:
        raise InputError(f"cannot read {file}: {fault.strerror or fault}") from None
    except UnicodeDecodeError:
        raise InputError(f"{file.name}: not a UTF-8 text; projects are a CSV table") from None
    seen: set[str] = set()
    for project in found:
        if project.project in seen:
            raise InputError(f"{file.name}: {project.project!r} is given twice; keep one")
        seen.add(project.project)
    return found


def _project(row: dict[str, str], where: str) -> Project:
    if any(row.get(column) is None for column in COLUMNS):
        raise InputError(f"{where}: has too few cells; every column of the first line needs one")
    if row["basis"] not in BASES:
        raise unknown("basis", row["basis"], BASES, where)
    if row["kind"] not in KINDS:
        raise unknown("kind", row["kind"], KINDS, where)
    if row["feed"] not in FEEDS:
        raise unknown("feed", row["feed"], FEEDS, where)
    low, high = _number(row, "delay_low", where), _number(row, "delay_high", where)
    if low > high:
        raise InputError(f"{where}: delay_low is above delay_high; give the months in order")
    return Project(
        project=row["project"],
        title=row["title"],
        economy=row["economy"],
        commodity=row["commodity"],
        process=row["process"],
        feed=row["feed"],
        capacity_t=_number(row, "capacity_t", where),
        basis=row["basis"],
        start=_start(row["start"], where),
        delay_low=low,
        delay_high=high,
        status=row["status"],
        source=row["source"],
        kind=row["kind"],
        note=row["note"],
    )


def _number(row: dict[str, str], column: str, where: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0.0):
        raise InputError(f"{where}: {column} is {row[column]!r}; give a number of at least 0")
    return value


def _start(text: str, where: str) -> float:
    """`2028` or `2028-07` in years; a year alone is taken at its middle."""
    match = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2]))?", text)
    if match is None:
        raise InputError(f"{where}: start is {text!r}; write a year or a month, such as 2028 or 2028-07")
    year, month = match.groups()
    return int(year) + (MIDDLE_OF_YEAR if month is None else (int(month) - 1) / 12.0)


def bring_forward(
    projects: tuple[Project, ...], measures: Iterable[Measure]
) -> tuple[tuple[Project, ...], tuple[str, ...]]:
    """The projects with the starts that equity stakes bring about, and a sentence per stake.

    Raises InputError for a stake in a project that is not in the table.
    """
    by_id = {p.project: p for p in projects}
    notes = []
    for measure in measures:
        if measure.instrument != "equity_stake":
            continue
        if measure.project not in by_id:
            raise unknown("project", measure.project, by_id, "equity_stake")
        project, months = by_id[measure.project], measure.accelerates_months
        if not months:
            notes.append(f"{project.title}: the stake does not say by how many months it opens earlier")
            continue
        by_id[project.project] = replace(project, start=project.start - months / 12.0)
        notes.append(f"{project.title}: opens {months:g} months earlier with the stake of {measure.imposer}")
    return tuple(by_id.values()), tuple(notes)

"""The register of risks: measures that a government may take, with a yearly probability.

A register is a table, `data/risks.csv` or a user's own. A row without `given` happens with its
probability in any year. A row with `given` happens only in a year in which that other risk does,
with the probability of that row: so a crisis with all that may come with it is a tree of rows.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from oresight.deal.outages import OUTAGE
from oresight.errors import InputError, shown, unknown
from oresight.policy.constructors import measure_id
from oresight.policy.reach import commodities_of, members, routes
from oresight.policy.records import INSTRUMENTS, Measure
from oresight.world.model import Range, World
from oresight.world.tables import KINDS, Row, Tables, unique

COLUMNS = (
    "id",
    "title",
    "instrument",
    "imposer",
    "targets",
    "commodities",
    "approval_share",
    "share_of_baseline",
    "rate_percent",
    "probability_low",
    "probability",
    "probability_high",
    "months",
    "given",
    "source",
    "kind",
    "note",
)

AMOUNTS = {
    "export_ban": "",
    "import_ban": "",
    "export_licensing": "approval_share",
    "export_quota": "share_of_baseline",
    "export_tax": "rate_percent",
    "import_tariff": "rate_percent",
    OUTAGE: "share_of_baseline",  # the part of the economy's output that is left
}

LICENCE = (
    "licence_approval_share"  # assumptions that begin so are shares of trade that a licence lets through
)

BUNDLED = Path(__file__).with_name("data") / "risks.csv"


@dataclass(frozen=True, slots=True)
class Risk:
    """A measure that may come, how likely in a year, and how long it lasts once it has."""

    id: str
    title: str
    measure: Measure
    probability: Range  # in a year, given that the risk named in `given` happens, if one is named
    months: float  # above 0, to 12: a risk is counted for a year at the most
    given: str  # id of the risk that must happen too; "" for none
    source: str
    kind: str  # reported | derived | assumed
    note: str = ""


def load_risks(world: World, path: str | Path | None = None) -> tuple[Risk, ...]:
    """Read the bundled register, or a user's, for a world.

    An amount is a number; an approved share may be the name of a licence assumption of the world, such
    as `licence_approval_share_stress`. In a user's file an economy or commodity that the world lacks
    is an error; bundled rows about such are left out.

    Raises InputError naming file, line and remedy.
    """
    file = BUNDLED if path is None else Path(path)
    if not os.path.isfile(file):  # noqa: PTH113 - pathlib raises for a name that is too long
        raise InputError(
            f"register of risks {shown(str(file))}: no such file; give a CSV with {','.join(COLUMNS)}"
        )
    rows = Tables(file.parent).rows(file.name, COLUMNS)
    unique(rows, lambda row: (row.text("id"),))
    risks = tuple(_risk(row, world) for row in rows)
    _check_given(rows, risks)
    if path is not None:
        for row, risk in zip(rows, risks, strict=True):
            _check_words(row, risk, world)
        return risks
    return _with_parents(tuple(r for r in risks if len(routes(r.measure, world))), risks)


def _risk(row: Row, world: World) -> Risk:
    instrument = row.text("instrument")
    if instrument not in AMOUNTS:
        known = [name for name in (*INSTRUMENTS, OUTAGE) if name in AMOUNTS]
        raise unknown("instrument", instrument, known, f"{row.file}, line {row.line}")
    needed = AMOUNTS[instrument]
    amounts: dict[str, float] = {}
    for name in ("approval_share", "share_of_baseline", "rate_percent"):
        given = row.text(name, required=False)
        if name == needed:
            amounts[name] = _amount(row, name, world)
        elif given:
            raise row.error(f"column {name} is {given}; {instrument} takes {needed or 'no amount'}")
    targets, scope = row.words("targets"), row.words("commodities")
    for column, words in (("targets", targets), ("commodities", scope)):
        if not words:
            raise row.error(f"column {column} is empty; give words separated by ';', or all")
    imposer, title = row.text("imposer"), row.text("title")
    amount = f"{amounts[needed]:g}" if needed else ""
    return Risk(
        id=row.text("id"),
        title=title,
        measure=Measure(
            id=measure_id(instrument, imposer, targets, scope, amount),
            instrument=instrument,
            imposer=imposer,
            targets=targets,
            commodities=scope,
            title=title,
            source=row.text("source"),
            approval_range=_range_of(row, world) if needed == "approval_share" else None,
            **amounts,  # type: ignore[arg-type]
        ),
        probability=_probability(row),
        months=_months(row),
        given=row.text("given", required=False),
        source=row.text("source"),
        kind=row.choice("kind", KINDS),
        note=row.text("note", required=False),
    )


def _amount(row: Row, name: str, world: World) -> float:
    named = _assumed(row, world) if name == "approval_share" else None
    if named is not None:
        return named.central
    return row.number(name, low=0.0, high=1.0 if name == "approval_share" else float("inf"))


def _assumed(row: Row, world: World) -> Range | None:
    """The licence assumption that a row's approved share names; None for a number."""
    name = row.text("approval_share")
    for assumption in world.assumptions:
        if assumption.name == name:
            value = assumption.value
            if not name.startswith(LICENCE) or not 0.0 <= value.low <= value.high <= 1.0:
                raise row.error(f"approval_share is {name}; name a share such as {LICENCE}, or give 0 to 1")
            return value
    return None


def _range_of(row: Row, world: World) -> tuple[float, float] | None:
    """The ends of the assumption that an approved share is taken from; None for a number."""
    named = _assumed(row, world)
    return None if named is None else (named.low, named.high)


def _months(row: Row) -> float:
    months = row.number("months", low=0.0, high=12.0)
    if months <= 0.0:
        raise row.error("column months is 0; a risk that comes lasts a while, up to 12 months")
    return months


def _probability(row: Row) -> Range:
    low, central, high = (
        row.number(name, low=0.0, high=1.0) for name in ("probability_low", "probability", "probability_high")
    )
    if not low <= central <= high:
        raise row.error(f"probabilities {low:g}, {central:g}, {high:g} should rise from low to high")
    return Range(central, low, high)


def _check_given(rows: Sequence[Row], risks: Sequence[Risk]) -> None:
    parent = {risk.id: risk.given for risk in risks}
    for row, risk in zip(rows, risks, strict=True):
        if risk.given and risk.given not in parent:
            raise unknown("risk", risk.given, parent, f"{row.file}, line {row.line}, column given")
        seen, at = {risk.id}, risk.given
        while at:
            if at in seen:
                raise row.error(f"column given: {risk.id} comes back to itself; a crisis needs a first risk")
            seen.add(at)
            at = parent[at]


def _check_words(row: Row, risk: Risk, world: World) -> None:
    """Every word of a user's row must mean something in this world."""
    where = f"{row.file}, line {row.line}"
    economies = {*world.economy_index, "all", *(g for e in world.economies for g in e.groups)}
    if risk.measure.imposer not in world.economy_index:
        raise unknown("economy", risk.measure.imposer, world.economy_index, f"{where}, column imposer")
    for word in risk.measure.targets:
        if word not in economies:
            raise unknown("economy", word, economies, where)
    for word in risk.measure.commodities:
        if not commodities_of(world, (word,)):
            known = {w for c in world.commodities for w in (c.name, *c.minerals, *c.groups)}
            raise unknown("commodity", word, known | {"all"}, where)
    if not set(members(world, risk.measure.targets)) - {risk.measure.imposer}:
        raise row.error("the targets hold nobody but the imposer; name others, or all")


def _with_parents(kept: tuple[Risk, ...], risks: Sequence[Risk]) -> tuple[Risk, ...]:
    """The kept risks and those they depend on, in the order of the register."""
    parent = {risk.id: risk.given for risk in risks}
    wanted: set[str] = set()
    for risk in kept:
        at = risk.id
        while at:
            wanted.add(at)
            at = parent[at]
    return tuple(risk for risk in risks if risk.id in wanted)

"""The rows that a brief rests on, gathered while it is assembled, each with its place on the page."""

from __future__ import annotations

from dataclasses import dataclass, field

from oresight.brief.content import AssumptionRow, Estimate, FactRow, ResultRow, SourceRow
from oresight.impact.rows import Row
from oresight.policy.say import economy_name
from oresight.world.model import Assumption, Fact, World

_UNITS = {"percent": "%", "0 to 10,000": ""}
BASELINE = "baseline"  # the source of what is worked out from the balanced baseline


@dataclass(slots=True)
class Anchors:
    """Facts, results and assumptions in the order in which the brief first mentions them."""

    world: World
    facts: dict[Fact, FactRow] = field(default_factory=dict)
    results: dict[tuple[object, ...], ResultRow] = field(default_factory=dict)

    def fact(self, fact: Fact) -> Estimate:
        """A sourced figure as an estimate that links to its row."""
        row = self.facts.get(fact)
        if row is None:
            row = FactRow(
                anchor=f"fact-{len(self.facts) + 1}",
                what=fact_words(fact, self.world),
                figure=Estimate(fact.value, _unit(fact.unit)),
                year=fact.year,
                kind=fact.kind if fact.chosen else f"{fact.kind}, not used by the model",
                source=fact.source,
                note=fact.note,
            )
            self.facts[fact] = row
        return Estimate(fact.value, _unit(fact.unit), link=row.anchor)

    def derived(self, subject: str, attribute: str, value: float, unit: str, note: str) -> Estimate:
        """A figure worked out from the balanced baseline, as a row of its own."""
        year = self.world.year
        return self.fact(Fact(subject, "", "", attribute, value, unit, year, BASELINE, "derived", True, note))

    def result(self, row: Row, *, change: bool = False) -> Estimate | None:
        """A result of the run as an estimate that links to its row; None where the run gave none."""
        if row.central is None:
            return None
        key = (row.scenario, row.variable, row.commodity, row.origin, row.destination, row.sector)
        known = self.results.get(key)
        if known is None:
            known = ResultRow(
                anchor=f"run-{len(self.results) + 1}",
                scenario=row.scenario,
                commodity=row.commodity or row.sector or "",
                origin=row.origin or "",
                destination=row.destination or "",
                variable=row.variable.replace("_", " "),
                figure=Estimate(row.central, _unit(row.unit), row.low, row.high),
            )
            self.results[key] = known
        return Estimate(row.central, _unit(row.unit), row.low, row.high, change, known.anchor)

    def fact_rows(self) -> tuple[FactRow, ...]:
        """The facts used."""
        return tuple(self.facts.values())

    def result_rows(self) -> tuple[ResultRow, ...]:
        """The results quoted."""
        return tuple(self.results.values())


def fact_words(fact: Fact, world: World) -> str:
    """What a fact is about: "rare earths, mining, supply share, China"."""
    where = economy_name(fact.economy, world, article=False) if fact.economy not in {"", "WLD"} else ""
    if fact.economy == "WLD":
        where = "world"
    from_whom = f"from {economy_name(fact.partner, world, article=False)}" if fact.partner else ""
    words = (fact.subject, fact.stage, fact.attribute.replace("_", " "), where, from_whom)
    return ", ".join(w for w in words if w)


def assumption_rows(assumptions: tuple[Assumption, ...]) -> tuple[AssumptionRow, ...]:
    """The parameters of the model as rows of the page."""
    return tuple(
        AssumptionRow(
            anchor=f"assumption-{n}",
            name=a.name.replace("_", " "),
            scope="all" if a.scope == "*" else a.scope,
            value=Estimate(
                a.value.central, "" if a.unit == "none" else _unit(a.unit), a.value.low, a.value.high
            ),
            description=a.description,
            source=a.source,
            kind=a.kind,
        )
        for n, a in enumerate(assumptions, start=1)
    )


def source_rows(world: World, used: set[str]) -> tuple[SourceRow, ...]:
    """The sources that the rows name, in the order of their keys."""
    rows = []
    for key in sorted(used - {""}):
        if key == BASELINE:
            title = f"Balanced baseline of {world.year}, worked out from the sources of its tables"
            rows.append(SourceRow(key, "Oresight", title, world.year, "Apache-2.0"))
        elif key in world.sources:
            s = world.sources[key]
            rows.append(SourceRow(key, s.publisher, s.title, s.year, s.licence, s.where, s.url))
    return tuple(rows)


def _unit(unit: str) -> str:
    return _UNITS.get(unit, unit)

"""What the explorer answers: a scenario solved, as the contract's JSON and as tables for a buyer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from oresight.brief.content import Estimate
from oresight.brief.numerals import in_table, interval, shown
from oresight.errors import InputError
from oresight.impact import quantities, table
from oresight.impact.head import scenario_head
from oresight.impact.rows import Row
from oresight.impact.rows import interval as spread
from oresight.impact.run_record import run_record
from oresight.market.outcome import Outcome
from oresight.policy.compile import to_wedges
from oresight.policy.ledger import Ledger
from oresight.policy.records import Scenario
from oresight.policy.scenario import parse_scenario
from oresight.world.model import World

MOST_DRAWS = 500  # a page should come back within seconds
SMALLEST_CHANGE = 0.05  # percent; less is not shown


@dataclass(frozen=True, slots=True)
class Answer:
    """A scenario with its solve and its rows."""

    scenario: Scenario
    outcome: Outcome
    rows: tuple[Row, ...]
    json: dict[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """What changes for a buyer in one commodity, as words."""

    commodity: str
    price: str
    price_interval: str
    shortfall: str
    shortfall_interval: str
    shortfall_share: str
    reliance_before: str
    reliance_after: str
    size: float  # of the price change, to sort by


def simulate(
    content: Mapping[str, Any], where: str, world: World, ledger: Ledger, draws: int, seed: int
) -> Answer:
    """Solve the scenario in a mapping. Raises InputError as `parse_scenario` does."""
    from oresight.market.solve import solve

    if not 0 <= draws <= MOST_DRAWS:
        raise InputError(f"draws is {draws}; the explorer takes 0 to {MOST_DRAWS}, the command line more")
    if not 0 <= seed < 2**63:
        raise InputError(f"seed is {seed}; give a number of at least 0")
    scenario = parse_scenario(content, where, world, ledger, name="scenario")
    outcome = solve(world, [to_wedges(scenario, world, ledger)], draws=draws, seed=seed)
    imposers = tuple(dict.fromkeys(m.imposer for m in scenario.measures)) or ("CHN",)
    rows = table.rows(outcome, chains=tuple(o for o in imposers if o in world.economy_index))
    digest = hashlib.sha256(repr(sorted(content.items(), key=lambda item: str(item[0]))).encode()).hexdigest()
    return Answer(
        scenario=scenario,
        outcome=outcome,
        rows=tuple(rows),
        json={
            "scenarios": [scenario_head(solution) for solution in outcome.solutions],
            "results": [row.to_json() for row in rows],
            "run": run_record(outcome, {"request": digest}, ledger.fingerprint, rows),
        },
    )


def buyer_lines(answer: Answer, buyer: str) -> list[Line]:
    """A buyer's commodities that the scenario touches, the dearest first."""
    outcome = answer.outcome
    world, solution = outcome.world, outcome.solutions[0]
    n = world.economy_index[buyer]
    lines = []
    for c, commodity in enumerate(world.commodities):
        before = quantities.baseline_flows_of(outcome, c)
        used = float(before[0].sum(axis=0)[n])
        if used <= 0:
            continue
        price = Estimate(
            *_ordered(100.0 * (solution.buyer_price[:, c, n] / commodity.price_usd_per_t - 1.0)), change=True
        )
        short = quantities.shortfall(outcome, solution, c)[:, n]
        lost = Estimate(*_ordered(short, "t/yr"))
        share = Estimate(*_ordered(100.0 * short / used))
        if abs(price.central) < SMALLEST_CHANGE and share.central < SMALLEST_CHANGE:
            continue
        after = quantities.net_import_reliance(
            quantities.flows_of(outcome, solution.flow, c), solution.stock_drawn[:, c, :]
        )[:, n]
        reliance = quantities.net_import_reliance(before)[0, n]
        lines.append(
            Line(
                commodity.name,
                in_table(price),
                interval(price),
                in_table(lost),
                interval(lost),
                in_table(share),
                in_table(Estimate(float(reliance), "%")),
                in_table(Estimate(*_ordered(after))),
                abs(price.central),
            )
        )
    return sorted(lines, key=lambda line: (-line.size, line.commodity))


def _ordered(values: Any, unit: str = "%") -> tuple[float, str, float | None, float | None]:
    central, low, high = spread(np.asarray(values))
    return (float("nan") if central is None else central, unit, low, high)


def losses(answer: Answer, most: int = 8) -> list[tuple[str, str]]:
    """The economies that lose or gain most, as (name, amount in words), losers first."""
    names = {e.code: e.name for e in answer.outcome.world.economies}
    totals: dict[str, tuple[float, str]] = {}
    for row in answer.rows:
        if row.variable == "loss" and row.commodity is None and row.destination and row.central is not None:
            amount = Estimate(row.central, "million USD/yr", row.low, row.high)
            totals[names[row.destination]] = (row.central, shown(amount))
    largest = sorted(totals, key=lambda name: -abs(totals[name][0]))[:most]
    found = [(name, totals[name][1]) for name in sorted(largest, key=lambda name: -totals[name][0])]
    return [(name, words) for name, words in found if abs(totals[name][0]) >= 0.05]

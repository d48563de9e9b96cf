"""A path over years as rows: what a table or a chart of an outlook shows."""

from __future__ import annotations

import numpy as np

from oresight.impact import quantities, table
from oresight.impact.rows import Row, plain
from oresight.outlook.horizon import assumption_rows
from oresight.outlook.path import Year
from oresight.world.model import World

VARIABLES = (
    *("producer_price_change", "buyer_price_change", "production", "consumption", "shortfall"),
    *("net_import_reliance", "hhi", "sector_loss", "loss"),
)
WITHOUT = "without the scenario"


def year_rows(years: list[Year]) -> list[dict[str, object]]:
    """Rows of the contract with `year`, scenarios first, then the year as it stands without one.

    A change is against the same year without the scenario; the last rows say how that year itself
    differs from the baseline year: production, net import reliance and concentration. Rows by pair
    of economies are left out; a single year has them through `table.rows`.
    """
    found: list[dict[str, object]] = []
    for year in years:
        rows = [row for row in table.rows(year.outcome) if row.variable in VARIABLES]
        found += [{"year": year.year, **row.to_json()} for row in (*rows, *_standing(year.outcome.world))]
    return found


def _standing(world: World) -> list[Row]:
    """Production, net import reliance and concentration of a baseline."""
    rows = []
    for c, commodity in enumerate(world.commodities):
        flows = world.flows[c][None]
        made, used = flows[0].sum(axis=1), flows[0].sum(axis=0)
        reliance = quantities.net_import_reliance(flows)[0]
        for n, economy in enumerate(world.economies):
            if made[n] > 0:
                rows.append(_row("production", "t/yr", made[n], commodity.name, origin=economy.code))
            if used[n] > 0:
                rows.append(
                    _row(
                        "net_import_reliance",
                        "percent",
                        reliance[n],
                        commodity.name,
                        destination=economy.code,
                    )
                )
        rows.append(_row("hhi", "0 to 10,000", quantities.production_hhi(flows)[0], commodity.name))
    return rows


def _row(
    variable: str,
    unit: str,
    value: np.float64,
    commodity: str,
    origin: str | None = None,
    destination: str | None = None,
) -> Row:
    central = plain(float(value))
    return Row(WITHOUT, variable, unit, central, central, central, commodity, origin, destination)


def outlook_json(years: list[Year]) -> dict[str, object]:
    """The path as the command line prints it, the run record left to the caller."""
    return {
        "years": [
            {
                "year": year.year,
                "scenarios": [
                    {"name": s.wedges.name, "status": s.status, "message": s.message}
                    for s in year.outcome.solutions
                ],
                "opened": [
                    {
                        "project": o.project.project,
                        "title": o.project.title,
                        "economy": o.project.economy,
                        "commodity": o.project.commodity,
                        "open_share": o.open_share,
                        "capacity_t": o.capacity_t,
                        "output_t": o.output_t,
                        "kind": o.project.kind,
                        "source": o.project.source,
                    }
                    for o in year.opened
                ],
            }
            for year in years
        ],
        "left_out": list(dict.fromkeys(note for year in years for note in year.notes)),
        "assumptions": assumption_rows(),
        "results": year_rows(years),
    }


def print_table(years: list[Year], buyer: str) -> list[dict[str, object]]:
    """One line per year, scenario and commodity for a buyer: the rows to print on a terminal."""
    world = years[0].outcome.world
    n = world.economy_index[buyer]
    lines: list[dict[str, object]] = []
    for year in years:
        outcome = year.outcome
        for solution in outcome.solutions:
            for c, commodity in enumerate(world.commodities):
                base = outcome.world.flows[c][:, n].sum()
                if base <= 0:
                    continue
                price = 100.0 * (solution.buyer_price[0, c, n] / commodity.price_usd_per_t - 1.0)
                short = quantities.shortfall(outcome, solution, c)[0, n]
                if abs(price) < 0.05 and short < 0.0005 * base:
                    continue
                flows = quantities.flows_of(outcome, solution.flow[:1], c)
                reliance = quantities.net_import_reliance(flows, solution.stock_drawn[:1, c, :])[0, n]
                lines.append(
                    {
                        "year": year.year,
                        "scenario": solution.wedges.name,
                        "commodity": commodity.name,
                        "price change %": round(float(price), 1),
                        "shortfall t": round(float(short), 1),
                        "shortfall %": round(100.0 * float(short / base), 1),
                        "net import reliance %": round(float(reliance), 1),
                        "status": solution.status,
                    }
                )
    return lines

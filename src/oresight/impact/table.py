"""Every variable of the contract as rows, scenario by scenario."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from oresight.impact import chain, money, quantities, sectors
from oresight.impact.rows import UNITS, Row, intervals, plain
from oresight.market.costs import delivered_price_change
from oresight.market.outcome import Outcome, Solution

Floats = NDArray[np.float64]
Labels = list[dict[str, str]]
Batch = tuple[str, Floats, Labels]  # a variable, its values (D, L), a label for each of the L

SMALLEST_FLOW = 1e-6  # t/yr: a gram; a route that carries less in every case has no row
MILLION = 1e6


def rows(outcome: Outcome, *, chains: tuple[str, ...] = (), about: str | None = None) -> list[Row]:
    """All results of an outcome, scenario by scenario in a fixed order.

    `chains` names the origins for which chain shares are traced. `about` keeps the rows of one
    economy, as origin or destination, and those of the world as a whole.
    """
    return [row for solution in outcome.solutions for row in scenario_rows(outcome, solution, chains, about)]


def scenario_rows(
    outcome: Outcome, solution: Solution, chains: tuple[str, ...] = (), about: str | None = None
) -> list[Row]:
    """The results of one scenario; see `rows`."""
    groups = (
        _prices(outcome, solution),
        _routes(outcome, solution, about),
        _tonnes(outcome, solution, about),
        _chain(outcome, solution, chains),
        _money(outcome, solution),
    )
    return [row for group in groups for batch in group for row in _told(solution.wedges.name, batch, about)]


def _told(scenario: str, batch: Batch, about: str | None) -> Iterator[Row]:
    """The rows of a batch; what is not defined in the central case is left out."""
    variable, values, labels = batch
    if about is not None:
        keep = [n for n, label in enumerate(labels) if _is_about(label, about)]
        values, labels = values[:, keep], [labels[n] for n in keep]
    if not labels:
        return
    central, low, high = intervals(values)
    unit = UNITS[variable]
    for n in np.flatnonzero(np.isfinite(central)):
        yield Row(scenario, variable, unit, float(central[n]), plain(low[n]), plain(high[n]), **labels[n])


def _is_about(label: dict[str, str], economy: str) -> bool:
    ends = (label.get("origin"), label.get("destination"))
    return economy in ends or ends == (None, None)


def _prices(outcome: Outcome, solution: Solution) -> Iterator[Batch]:
    world = outcome.world
    codes = [e.code for e in world.economies]
    for c, commodity in enumerate(world.commodities):
        p0 = commodity.price_usd_per_t
        for variable, prices, side in (
            ("producer_price_change", solution.producer_price, "origin"),
            ("buyer_price_change", solution.buyer_price, "destination"),
        ):
            labels = [{"commodity": commodity.name, side: code} for code in codes]
            yield variable, 100.0 * (prices[:, c, :] / p0 - 1.0), labels


def _routes(outcome: Outcome, solution: Solution, about: str | None) -> Iterator[Batch]:
    world = outcome.world
    seen = np.maximum(solution.flow.max(axis=0), outcome.baseline_flow) > SMALLEST_FLOW
    if about is not None and about in world.economy_index:
        seen &= (outcome.routes[:, 1:] == world.economy_index[about]).any(axis=1)
    keep = np.flatnonzero(seen)
    labels = [
        {
            "commodity": world.commodities[c].name,
            "origin": world.economies[i].code,
            "destination": world.economies[j].code,
        }
        for c, i, j in outcome.routes[keep]
    ]
    yield "flow", solution.flow[:, keep], labels
    # The baseline is the same in every draw.
    yield "baseline_flow", np.tile(outcome.baseline_flow[keep], (solution.flow.shape[0], 1)), labels
    yield "delivered_price_change", delivered_price_change(outcome, solution)[:, keep], labels


def _tonnes(outcome: Outcome, solution: Solution, about: str | None) -> Iterator[Batch]:
    world = outcome.world
    codes = np.array([e.code for e in world.economies])
    for c, commodity in enumerate(world.commodities):
        flows = quantities.flows_of(outcome, solution.flow, c)
        before = quantities.baseline_flows_of(outcome, c)[0]
        drawn = solution.stock_drawn[:, c, :]
        made, used = before.sum(axis=1) > 0, before.sum(axis=0) > 0
        uses = flows.sum(axis=1) + drawn
        name = commodity.name
        makers = [{"commodity": name, "origin": str(code)} for code in codes[made]]
        users = [{"commodity": name, "destination": str(code)} for code in codes[used]]
        yield "production", flows.sum(axis=2)[:, made], makers
        yield "consumption", uses[:, used], users
        yield "shortfall", np.maximum(before.sum(axis=0) - uses, 0.0)[:, used], users
        yield "net_import_reliance", quantities.net_import_reliance(flows, drawn)[:, used], users
        i, j = np.nonzero((flows.max(axis=0) > SMALLEST_FLOW) & ~np.eye(len(codes), dtype=bool))
        if about is not None:
            near = (codes[i] == about) | (codes[j] == about)
            i, j = i[near], j[near]
        pairs = [
            {"commodity": name, "origin": str(a), "destination": str(b)}
            for a, b in zip(codes[i], codes[j], strict=True)
        ]
        yield "import_share", quantities.import_shares(flows, i, j), pairs
        yield "hhi", quantities.production_hhi(flows)[:, None], [{"commodity": name}]
        yield "hhi", quantities.import_hhi(flows)[:, used], users


def _chain(outcome: Outcome, solution: Solution, origins: tuple[str, ...]) -> Iterator[Batch]:
    world = outcome.world
    for origin in origins:
        shares = chain.chain_shares(outcome, solution.flow, solution.activity, world.economy_index[origin])
        for c, commodity in enumerate(world.commodities):
            labels = [
                {"commodity": commodity.name, "origin": origin, "destination": e.code}
                for e in world.economies
            ]
            yield "chain_share", shares[:, c, :], labels


def _money(outcome: Outcome, solution: Solution) -> Iterator[Batch]:
    world = outcome.world
    codes = [e.code for e in world.economies]
    account = money.money(outcome, solution)
    for variable, values, side in (
        ("tariff_revenue", account.tariff_revenue, "destination"),
        ("quota_rent", account.quota_rent, "origin"),
        ("consumer_surplus_change", account.consumer_surplus_change, "destination"),
        ("producer_surplus_change", account.producer_surplus_change, "origin"),
    ):
        c, n = np.nonzero(np.abs(np.nan_to_num(values)).max(axis=0) > 0)
        labels = [{"commodity": world.commodities[a].name, side: codes[b]} for a, b in zip(c, n, strict=True)]
        yield variable, values[:, c, n] / MILLION, labels
    balance = account.trade_change - account.trade_change.transpose(0, 2, 1)
    i, j = np.nonzero(np.abs(balance).max(axis=0) > 0)
    partners = [{"origin": codes[a], "destination": codes[b]} for a, b in zip(i, j, strict=True)]
    yield "trade_balance_change", balance[:, i, j] / MILLION, partners
    losses = sectors.sector_losses(outcome, solution)
    by_sector = [{"destination": code, "sector": sector} for code in codes for sector in sectors.SECTORS]
    yield "sector_loss", losses.reshape(losses.shape[0], -1) / MILLION, by_sector
    yield "loss", account.loss / MILLION, [{"destination": code} for code in codes]

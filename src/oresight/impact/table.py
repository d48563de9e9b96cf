"""Every variable of the contract as rows, scenario by scenario."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from oresight.impact import chain, money, quantities, sectors
from oresight.impact.rows import UNITS, Row, intervals, plain
from oresight.market.costs import delivered_price_change
from oresight.market.outcome import Outcome, Solution
from oresight.world.model import World

Floats = NDArray[np.float64]

SMALLEST_FLOW = 1e-6  # t/yr: a gram; a route that carries less in every case has no row
MILLION = 1e6


def rows(outcome: Outcome, *, chains: tuple[str, ...] = ()) -> list[Row]:
    """All results of an outcome. `chains` names the origins for which chain shares are traced."""
    return [row for solution in outcome.solutions for row in scenario_rows(outcome, solution, chains=chains)]


def scenario_rows(outcome: Outcome, solution: Solution, *, chains: tuple[str, ...] = ()) -> list[Row]:
    """All results of one scenario, in a fixed order."""
    return [
        *_prices(outcome, solution),
        *_tonnes(outcome, solution),
        *_chain(outcome, solution, chains),
        *_money(outcome, solution),
    ]


def _emit(
    solution: Solution,
    variable: str,
    values: Floats,
    labels: list[dict[str, str]],
) -> Iterator[Row]:
    """Rows of `values`, shape (D, L), one per label; what is not defined in the central case is left out."""
    if not labels:
        return
    central, low, high = intervals(values)
    for n, label in enumerate(labels):
        if np.isfinite(central[n]):
            yield Row(
                scenario=solution.wedges.name,
                variable=variable,
                unit=UNITS[variable],
                central=float(central[n]),
                low=plain(low[n]),
                high=plain(high[n]),
                **label,
            )


def _prices(outcome: Outcome, solution: Solution) -> Iterator[Row]:
    world = outcome.world
    codes = [e.code for e in world.economies]
    for c, commodity in enumerate(world.commodities):
        p0 = commodity.price_usd_per_t
        for variable, prices, side in (
            ("producer_price_change", solution.producer_price, "origin"),
            ("buyer_price_change", solution.buyer_price, "destination"),
        ):
            labels = [{"commodity": commodity.name, side: code} for code in codes]
            yield from _emit(solution, variable, 100.0 * (prices[:, c, :] / p0 - 1.0), labels)
    yield from _delivered(outcome, solution)


def _delivered(outcome: Outcome, solution: Solution) -> Iterator[Row]:
    world = outcome.world
    values = delivered_price_change(outcome, solution)
    keep = np.flatnonzero(solution.flow.max(axis=0) > SMALLEST_FLOW)
    yield from _emit(
        solution, "delivered_price_change", values[:, keep], [_route(world, outcome.routes[r]) for r in keep]
    )


def _route(world: World, route: NDArray[np.int64]) -> dict[str, str]:
    c, i, j = (int(x) for x in route)
    return {
        "commodity": world.commodities[c].name,
        "origin": world.economies[i].code,
        "destination": world.economies[j].code,
    }


def _tonnes(outcome: Outcome, solution: Solution) -> Iterator[Row]:
    world = outcome.world
    codes = [e.code for e in world.economies]
    seen = np.maximum(solution.flow.max(axis=0), outcome.baseline_flow)
    keep = np.flatnonzero(seen > SMALLEST_FLOW)
    routes = [_route(world, outcome.routes[r]) for r in keep]
    yield from _emit(solution, "flow", solution.flow[:, keep], routes)
    for r, label in zip(keep, routes, strict=True):
        # The baseline is the same in every draw.
        value = float(outcome.baseline_flow[r])
        end = value if outcome.draws else None
        yield Row(solution.wedges.name, "baseline_flow", "t/yr", value, end, end, **label)
    for c, commodity in enumerate(world.commodities):
        flows = quantities.flows_of(outcome, solution.flow, c)
        makes = flows.sum(axis=2)
        uses = quantities.consumption(outcome, solution, c)
        before = quantities.baseline_flows_of(outcome, c)[0]
        made = [n for n in range(len(codes)) if before[n].sum() > 0]
        used = [n for n in range(len(codes)) if before[:, n].sum() > 0]
        at = [{"commodity": commodity.name, "origin": codes[n]} for n in made]
        to = [{"commodity": commodity.name, "destination": codes[n]} for n in used]
        yield from _emit(solution, "production", makes[:, made], at)
        yield from _emit(solution, "consumption", uses[:, used], to)
        yield from _emit(solution, "shortfall", quantities.shortfall(outcome, solution, c)[:, used], to)
        drawn = solution.stock_drawn[:, c, :]
        yield from _emit(
            solution, "net_import_reliance", quantities.net_import_reliance(flows, drawn)[:, used], to
        )
        shares = quantities.import_shares(flows)
        pairs = [(i, j) for i in made for j in used if i != j and flows[:, i, j].max() > SMALLEST_FLOW]
        labels = [
            {"commodity": commodity.name, "origin": codes[i], "destination": codes[j]} for i, j in pairs
        ]
        if pairs:
            yield from _emit(
                solution, "import_share", np.stack([shares[:, i, j] for i, j in pairs], axis=1), labels
            )
        yield from _emit(
            solution, "hhi", quantities.production_hhi(flows)[:, None], [{"commodity": commodity.name}]
        )
        yield from _emit(solution, "hhi", quantities.import_hhi(flows)[:, used], to)


def _chain(outcome: Outcome, solution: Solution, origins: tuple[str, ...]) -> Iterator[Row]:
    world = outcome.world
    for origin in origins:
        shares = chain.chain_shares(outcome, solution.flow, solution.activity, world.economy_index[origin])
        for c, commodity in enumerate(world.commodities):
            labels = [
                {"commodity": commodity.name, "origin": origin, "destination": e.code}
                for e in world.economies
            ]
            yield from _emit(solution, "chain_share", shares[:, c, :], labels)


def _money(outcome: Outcome, solution: Solution) -> Iterator[Row]:
    world = outcome.world
    codes = [e.code for e in world.economies]
    account = money.money(outcome, solution)
    for variable, values, side in (
        ("tariff_revenue", account.tariff_revenue, "destination"),
        ("quota_rent", account.quota_rent, "origin"),
        ("consumer_surplus_change", account.consumer_surplus_change, "destination"),
        ("producer_surplus_change", account.producer_surplus_change, "origin"),
    ):
        touched = np.argwhere(np.abs(np.nan_to_num(values)).max(axis=0) > 0)
        labels = [{"commodity": world.commodities[c].name, side: codes[n]} for c, n in touched]
        picked = values[:, touched[:, 0], touched[:, 1]] / MILLION
        yield from _emit(solution, variable, picked, labels)
    balance = account.trade_change - account.trade_change.transpose(0, 2, 1)
    pairs = np.argwhere(np.abs(balance).max(axis=0) > 0)
    labels = [{"origin": codes[i], "destination": codes[j]} for i, j in pairs]
    yield from _emit(solution, "trade_balance_change", balance[:, pairs[:, 0], pairs[:, 1]] / MILLION, labels)
    losses = sectors.sector_losses(outcome, solution)
    labels = [{"destination": code, "sector": sector} for code in codes for sector in sectors.SECTORS]
    yield from _emit(solution, "sector_loss", losses.reshape(losses.shape[0], -1) / MILLION, labels)
    yield from _emit(solution, "loss", account.loss / MILLION, [{"destination": code} for code in codes])

"""Money: duty revenue, quota rents, surplus, trade balance, and the loss that sums them.

Dollars of the baseline year, a year. Arrays have D draws first. Customs value is the price at the
producing node with export tax, before duty and without the scarcity rent, as in the delivered cost
of the market.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.market.costs import cap_routes, rent_per_route
from oresight.market.outcome import Outcome, Solution

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Money:
    """One scenario's money by commodity and economy, shapes (D, C, N), USD/yr."""

    tariff_revenue: Floats  # by importer, in the scenario
    tariff_revenue_change: Floats
    export_tax_revenue: Floats  # by exporter
    quota_rent: Floats  # by the economy that imposed the cap
    consumer_surplus_change: Floats
    producer_surplus_change: Floats  # by the process's most valuable output
    stock_gain: Floats  # of those who hold stock and draw it above the baseline price
    trade: Floats  # (D, N, N) value of exports from origin to destination, all commodities
    trade_change: Floats

    @property
    def loss_by_commodity(self) -> Floats:
        """The loss of each economy by the commodity whose market it shows in, shape (D, C, N), USD/yr.

        The fall in the sum of consumer surplus, producer surplus, duty and export-tax revenue, the
        rents that the economy keeps and what stock drawn saves over buying at the day's price. A
        gain is negative.
        """
        total: Floats = (
            self.consumer_surplus_change
            + self.producer_surplus_change
            + self.tariff_revenue_change
            + self.export_tax_revenue
            + self.quota_rent
            + self.stock_gain
        )
        return -total

    @property
    def loss(self) -> Floats:
        """The loss of each economy over all commodities, shape (D, N), USD/yr; a gain is negative."""
        total: Floats = self.loss_by_commodity.sum(axis=1)
        return total


def money(outcome: Outcome, solution: Solution) -> Money:
    """Account for one scenario's money against the baseline."""
    world = outcome.world
    D, C, N = solution.flow.shape[0], len(world.commodities), len(world.economies)
    c, i, j = outcome.routes.T
    abroad = i != j
    wedges = solution.wedges
    price = np.nan_to_num(solution.producer_price[:, c, i])
    taxed = price * (1.0 + wedges.export_tax[c, i, j])
    rent = rent_per_route(outcome, solution)
    duty_rate = np.where(abroad, world.duty[c, i, j] + wedges.import_duty[c, i, j], 0.0)
    price0 = world.prices[c]
    duty0 = np.where(abroad, world.duty[c, i, j], 0.0) * price0 * outcome.baseline_flow
    value = (taxed + rent) * solution.flow * abroad
    value0 = price0 * outcome.baseline_flow * abroad
    duty = duty_rate * taxed * solution.flow
    tax = np.where(abroad, wedges.export_tax[c, i, j], 0.0) * price * solution.flow
    revenue = _sum_over(duty, c, j, (D, C, N))
    return Money(
        tariff_revenue=revenue,
        tariff_revenue_change=revenue - _sum_over(np.broadcast_to(duty0, duty.shape), c, j, (D, C, N)),
        export_tax_revenue=_sum_over(tax, c, i, (D, C, N)),
        quota_rent=_rents_by_owner(outcome, solution),
        consumer_surplus_change=solution.consumer_surplus_change,
        producer_surplus_change=_surplus_by_commodity(outcome, solution),
        stock_gain=solution.stock_drawn
        * np.nan_to_num(solution.buyer_price - world.prices[None, :, None], nan=0.0),
        trade=_pairs(value, i, j, (D, N, N)),
        trade_change=_pairs(value - value0, i, j, (D, N, N)),
    )


def _sum_over(values: Floats, c: Ints, n: Ints, shape: tuple[int, int, int]) -> Floats:
    """Sum route values (D, R) into (D, C, N) by commodity and one end of the route."""
    D, C, N = shape
    flat = c * N + n
    summed = [np.bincount(flat, weights=row, minlength=C * N).astype(np.float64) for row in values]
    return np.stack(summed).reshape(D, C, N)


def _pairs(values: Floats, i: Ints, j: Ints, shape: tuple[int, int, int]) -> Floats:
    """Sum route values (D, R) into (D, N, N) by origin and destination."""
    D, N, _ = shape
    flat = i * N + j
    summed = [np.bincount(flat, weights=row, minlength=N * N).astype(np.float64) for row in values]
    return np.stack(summed).reshape(D, N, N)


def _rents_by_owner(outcome: Outcome, solution: Solution) -> Floats:
    """Quota rents by commodity and owner, shape (D, C, N), USD/yr."""
    world = outcome.world
    out = np.zeros((solution.flow.shape[0], len(world.commodities), len(world.economies)))
    for m, cap in enumerate(solution.wedges.caps):
        owner = world.economy_index[cap.owner]
        at = cap_routes(outcome, cap.routes)
        for c in np.unique(outcome.routes[at, 0]):
            of_c = at[outcome.routes[at, 0] == c]
            out[:, c, owner] += solution.rent[:, m] * solution.flow[:, of_c].sum(axis=1)
    return out


def _surplus_by_commodity(outcome: Outcome, solution: Solution) -> Floats:
    """Profit change of processes, shape (D, C, N), USD/yr, under each one's most valuable output."""
    world = outcome.world
    out = np.zeros((solution.flow.shape[0], len(world.commodities), len(world.economies)))
    for k, process in enumerate(world.processes):
        main = max(
            process.outputs,
            key=lambda name: process.outputs[name] * world.prices[world.commodity_index[name]],
        )
        out[:, world.commodity_index[main], world.economy_index[process.economy]] += (
            solution.producer_surplus_change[:, k]
        )
    return out

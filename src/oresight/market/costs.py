"""What a tonne costs where it lands: producer price, taxes, duty and scarcity rent (equation 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oresight.market.outcome import Outcome, Solution

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def cap_routes(outcome: Outcome, covered: Ints) -> Ints:
    """Places in `outcome.routes` of (commodity, origin, destination) rows, shape (Q, 3)."""
    N = len(outcome.world.economies)

    def key(rows: Ints) -> Ints:
        return (rows[:, 0] * N + rows[:, 1]) * N + rows[:, 2]

    return np.flatnonzero(np.isin(key(outcome.routes), key(covered)))


def rent_per_route(outcome: Outcome, solution: Solution) -> Floats:
    """Scarcity rent on each route, shape (D, R), USD/t: the sum over the caps that cover it."""
    rent = np.zeros_like(solution.flow)
    for m, cap in enumerate(solution.wedges.caps):
        rent[:, cap_routes(outcome, cap.routes)] += solution.rent[:, m : m + 1]
    return rent


def delivered_price_change(outcome: Outcome, solution: Solution) -> Floats:
    """Change of the delivered price of each route against the baseline, percent, shape (D, R).

    NaN on a route that a ban has closed: nothing is offered there.
    """
    world, wedges = outcome.world, solution.wedges
    c, i, j = outcome.routes.T
    before = world.prices[c] * (1.0 + world.duty[c, i, j])
    factor = (1.0 + wedges.export_tax[c, i, j]) * (1.0 + world.duty[c, i, j] + wedges.import_duty[c, i, j])
    after = solution.producer_price[:, c, i] * factor + rent_per_route(outcome, solution)
    return np.where(wedges.closed[c, i, j], np.nan, 100.0 * (after / before - 1.0))

"""What a solve gives back: prices, tonnes, rents and surplus for every scenario and draw.

Draw 0 is the central case; draws 1 to D-1 sample the assumptions, the same sample in every
scenario, so that differences between scenarios are taken draw by draw. C is commodities, N
economies, R routes, M caps, K processes. Every draw reproduces the same baseline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.policy.wedges import Wedges
from oresight.world.model import World

Floats = NDArray[np.float64]

STATUSES = ("converged", "shortage", "capacity", "failed")


@dataclass(frozen=True, slots=True)
class Solution:
    """One scenario solved, with the sentence and the certificate that vouch for it."""

    wedges: Wedges
    status: str  # one of STATUSES, of the central case; the worst of any draw is in `draw_status`
    message: str
    certificate: Mapping[str, float]  # duality_gap, residual: both relative, the worst over draws
    worst_market: str  # "dysprosium oxide in CHN"
    draw_status: tuple[str, ...]  # (D,)
    producer_price: Floats  # (D, C, N) USD/t, NaN where nothing is produced
    buyer_price: Floats  # (D, C, N) USD/t, what buyers face; NaN where nothing is used
    flow: Floats  # (D, R) t/yr over the program's routes
    rent: Floats  # (D, M) USD/t, one per cap
    activity: Floats  # (D, K) of each process
    consumption: Floats  # (D, C, N) t/yr used in final demand, from supply or stock
    unmet: Floats  # (D, C, N) t/yr of final and process demand that no supplier meets (the backstop)
    stock_drawn: Floats  # (D, C, N) t/yr
    consumer_surplus_change: Floats  # (D, C, N) USD/yr, final demand, against the baseline
    producer_surplus_change: Floats  # (D, K) USD/yr, against the baseline


@dataclass(frozen=True, slots=True)
class Outcome:
    """Scenarios solved on the same world with the same draws."""

    world: World
    routes: NDArray[np.int64]  # (R, 3) commodity, origin, destination
    baseline_flow: Floats  # (R,) t/yr
    solutions: tuple[Solution, ...]
    sampled: Mapping[str, Floats]  # assumption name -> (D,) or (D, C) values used, draw 0 central
    seed: int

    @property
    def draws(self) -> int:
        """The number of sampled draws, the central case not counted."""
        return int(self.solutions[0].flow.shape[0] - 1) if self.solutions else 0

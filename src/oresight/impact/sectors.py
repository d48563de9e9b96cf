"""Which uses a shortfall falls on: technology, energy, defence and the rest.

Final demand of a commodity is split by the end-use shares of the world's tables. A process's own
demand (oxide for magnets) is not a final use: its loss shows where the magnets are used.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oresight.market.outcome import Outcome, Solution

Floats = NDArray[np.float64]

SECTORS = ("technology", "energy", "defence", "other")


def sector_shares(outcome: Outcome) -> Floats:
    """Share of each commodity's final demand by sector, shape (C, S); zero where no end use is known."""
    world = outcome.world
    shares = np.zeros((len(world.commodities), len(SECTORS)))
    for use in world.end_uses:
        shares[world.commodity_index[use.commodity], SECTORS.index(use.sector)] += use.share
    return shares


def sector_losses(outcome: Outcome, solution: Solution) -> Floats:
    """Consumer surplus lost by sector of use, shape (D, N, S), USD/yr; a gain is negative.

    Every use of a commodity in an economy is taken to lose in proportion to its share: the data do
    not say which buyer outbids which.
    """
    by_use: Floats = np.einsum(
        "dcn,cs->dns", -np.nan_to_num(solution.consumer_surplus_change), sector_shares(outcome)
    )
    return by_use


def final_shortfall(outcome: Outcome, solution: Solution) -> Floats:
    """Fall of final use, shape (D, C, N), t/yr, zero where use did not fall."""
    return np.maximum(outcome.world.final_demand[None] - solution.consumption, 0.0)

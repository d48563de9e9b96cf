"""Tonnes: who makes, who uses, who relies on whom, before and after.

Arrays have D draws first; draw 0 is the central case.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oresight.market.outcome import Outcome, Solution

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def flows_of(outcome: Outcome, flow: Floats, commodity: int) -> Floats:
    """Flows of one commodity as (D, N, N), origin by destination, from flows over routes (D, R) in t/yr."""
    n = len(outcome.world.economies)
    here = outcome.routes[:, 0] == commodity
    dense = np.zeros((flow.shape[0], n, n))
    dense[:, outcome.routes[here, 1], outcome.routes[here, 2]] = flow[:, here]
    return dense


def baseline_flows_of(outcome: Outcome, commodity: int) -> Floats:
    """Baseline flows of one commodity, shape (1, N, N), t/yr."""
    return flows_of(outcome, outcome.baseline_flow[None, :], commodity)


def consumption(outcome: Outcome, solution: Solution, commodity: int) -> Floats:
    """Tonnes used in each economy, in final demand and in processes, shape (D, N), t/yr.

    Supply received plus stock drawn; demand at the backstop is not use.
    """
    received: Floats = flows_of(outcome, solution.flow, commodity).sum(axis=1)
    return received + solution.stock_drawn[:, commodity, :]


def shortfall(outcome: Outcome, solution: Solution, commodity: int) -> Floats:
    """Baseline use that is no longer met, shape (D, N), t/yr, zero where use did not fall.

    It holds what the price has rationed as well as what nobody offers at any price below the
    backstop.
    """
    before = baseline_flows_of(outcome, commodity).sum(axis=1)
    fall: Floats = np.maximum(before - consumption(outcome, solution, commodity), 0.0)
    return fall


def net_import_reliance(flows: Floats, stock_drawn: Floats | float = 0.0) -> Floats:
    """Net import reliance, percent, shape (D, N), from flows (D, N, N).

    The definition of the USGS Mineral Commodity Summaries (Appendix B): imports less exports, plus
    stock drawn, over apparent consumption, which is production plus the same. An economy that
    exports more than it imports has 0 here where the USGS prints an E. NaN where nothing is used.
    """
    own = np.einsum("dii->di", flows)
    imports = flows.sum(axis=1) - own
    exports = flows.sum(axis=2) - own
    net = imports - exports + stock_drawn
    apparent = own + exports + net
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(apparent > 0, 100.0 * np.maximum(net, 0.0) / apparent, np.nan)


def imports(flows: Floats) -> Floats:
    """Tonnes imported by each economy, shape (D, N), t/yr; own supply is no import."""
    total: Floats = (flows * (1.0 - np.eye(flows.shape[1]))).sum(axis=1)
    return total


def import_shares(flows: Floats, i: Ints, j: Ints) -> Floats:
    """Share of origins i in the imports of destinations j, pair by pair, percent, shape (D, pairs)."""
    total = imports(flows)[:, j]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, 100.0 * flows[:, i, j] / total, np.nan)


def herfindahl(parts: Floats, axis: int) -> Floats:
    """Herfindahl-Hirschman index, 0 to 10,000, of parts along `axis`; NaN where they sum to 0."""
    total = parts.sum(axis=axis, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where(total > 0, 100.0 * parts / total, np.nan)
    out: Floats = (shares**2).sum(axis=axis)
    return out


def production_hhi(flows: Floats) -> Floats:
    """Concentration of production over economies, shape (D,)."""
    return herfindahl(flows.sum(axis=2), axis=1)


def import_hhi(flows: Floats) -> Floats:
    """Concentration of each economy's imports over origins, shape (D, N); NaN where nothing is imported."""
    # Own supply is set to zero, not subtracted: next to it the rest could be lost in rounding.
    abroad = flows * (1.0 - np.eye(flows.shape[1]))
    squares, total = np.einsum("dij,dij->dj", abroad, abroad), abroad.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, 1e4 * squares / total**2, np.nan)

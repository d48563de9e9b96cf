"""Tonnes: who makes, who uses, who relies on whom, before and after.

Arrays have D draws first; draw 0 is the central case.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oresight.market.outcome import Outcome, Solution

Floats = NDArray[np.float64]


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


def import_shares(flows: Floats) -> Floats:
    """Each origin's share of a destination's imports, percent, shape (D, N, N); own supply is no import."""
    n = flows.shape[1]
    abroad = flows * (1.0 - np.eye(n))
    total = abroad.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, 100.0 * abroad / total, np.nan)


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
    """Concentration of each economy's imports over origins, shape (D, N)."""
    n = flows.shape[1]
    return herfindahl(flows * (1.0 - np.eye(n)), axis=1)

"""Chain reliance: how much of what an economy uses passed through another at some stage.

A magnet bought from Japan counts as Chinese in so far as its oxides, or the ore behind them, came
from China. Inputs count by their value at baseline prices, so that a little dysprosium weighs what
it costs. The method is that of tracing embodied content through an input-output chain (Koopman,
Wang and Wei 2014, "Tracing value-added and double counting in gross exports", American Economic
Review 104(2)), with "passed through" in the place of "added value in".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oresight.impact.quantities import flows_of
from oresight.market.outcome import Outcome

Floats = NDArray[np.float64]

LONGEST_CHAIN = 12  # stages; a recycling loop converges long before


def chain_shares(outcome: Outcome, flow: Floats, activity: Floats, origin: int) -> Floats:
    """Share of each economy's supply that passed through `origin`, percent, shape (D, C, N).

    flow: (D, R) t/yr; activity: (D, K). Supply made in `origin` counts whole. Elsewhere a maker's
    product carries the value-weighted share of its inputs. NaN where an economy receives nothing.
    """
    world = outcome.world
    D, C, N = flow.shape[0], len(world.commodities), len(world.economies)
    flows = [flows_of(outcome, flow, c) for c in range(C)]
    received = np.stack([f.sum(axis=1) for f in flows], axis=1)  # (D, C, N)
    price = world.prices
    made_share = np.zeros((D, C, N))  # of what is made of c in n
    made_share[:, :, origin] = 1.0
    used_share = np.zeros((D, C, N))  # of what is received of c in n
    for _ in range(LONGEST_CHAIN):
        for c in range(C):
            with np.errstate(invalid="ignore", divide="ignore"):
                passed = np.einsum("dij,di->dj", flows[c], made_share[:, c, :])
                used_share[:, c, :] = np.where(received[:, c, :] > 0, passed / received[:, c, :], 0.0)
        fresh = np.zeros((D, C, N))
        weight = np.zeros((D, C, N))
        for k, process in enumerate(world.processes):
            n = world.economy_index[process.economy]
            inputs = [(world.commodity_index[name], u) for name, u in process.inputs.items()]
            cost = sum(price[c] * u for c, u in inputs)
            carried = np.zeros(D)
            if cost > 0:
                carried = np.sum([price[c] * u * used_share[:, c, n] for c, u in inputs], axis=0) / cost
            for name, y in process.outputs.items():
                c = world.commodity_index[name]
                fresh[:, c, n] += y * activity[:, k] * carried
                weight[:, c, n] += y * activity[:, k]
        with np.errstate(invalid="ignore", divide="ignore"):
            updated = np.where(weight > 0, fresh / weight, 0.0)
        updated[:, :, origin] = 1.0
        if np.max(np.abs(updated - made_share), initial=0.0) < 1e-9:
            break
        made_share = updated
    return np.where(received > 0, 100.0 * used_share, np.nan)

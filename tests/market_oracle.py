"""The market's equations in plain NumPy and dollars, written apart from the kernel to check it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, root

from oresight.market.program import supply_ramp
from oresight.policy.wedges import Wedges
from oresight.world.model import World


@dataclass
class State:
    excess: np.ndarray  # (C, N) supply less what is taken, t/yr
    flow: np.ndarray  # (C, N, N)
    buyer_price: np.ndarray  # (C, N)
    wanted: np.ndarray  # (C, N)
    unmet: np.ndarray  # (C, N), the baseline's own backstop tonnes included
    stock: np.ndarray
    activity: np.ndarray  # (K,)
    demand: np.ndarray


def demand_curve(price: float, p0: float, eta: float) -> float:
    rel = price / p0
    if rel >= 0.05:
        return rel**-eta
    return 0.05**-eta * math.exp(min(-eta * (rel / 0.05 - 1), 600.0))


def supply_curve(x: float, room: float) -> float:
    low, high, slope, width = supply_ramp(max(room, 1.01))
    return slope * (_soft(x - low, width) - _soft(x - high, width))


def _soft(x: float, width: float) -> float:
    return 0.5 * (x + math.sqrt(x * x + width * width))


def evaluate(
    world: World, wedges: Wedges, values: Mapping[str, float], p: np.ndarray, rents: np.ndarray
) -> State:
    """Everything at producer prices p (C, N) USD/t and rents (M,) USD/t, one value per parameter name."""
    C, N = world.final_demand.shape
    flows, prices = world.flows, world.prices
    sigma, eta, B, months = (
        values[name] for name in ("sigma", "demand_elasticity", "backstop_multiple", "stock_months")
    )
    withheld = np.zeros((C, N, N))
    for draw in wedges.draws:
        for c, i, j in draw.routes:
            withheld[c, i, j] = draw.withheld_share * flows[c, i, j]
    rent = np.zeros((C, N, N))
    shut = wedges.closed.copy()
    for m, cap in enumerate(wedges.caps):
        for c, i, j in cap.routes:
            rent[c, i, j] += rents[m]
            shut[c, i, j] |= cap.limit_t == 0
    use, most_used = np.zeros((C, N)), np.zeros((C, N))
    for process in world.processes:
        for name, tonnes in process.inputs.items():
            at = world.commodity_index[name], world.economy_index[process.economy]
            use[at] += tonnes * process.activity
            most_used[at] += tonnes * max(process.capacity, 1.01 * process.activity)
    P, ratio, share, back = (np.zeros((C, N)) for _ in range(4))
    shares = np.zeros((C, N, N))
    for c in range(C):
        p0, lam = prices[c], sigma / prices[c]
        b = math.exp(-lam * (B - 1) * p0)
        for j in range(N):
            total = flows[c, :, j].sum()
            if total == 0:
                continue
            U = b
            for i in range(N):
                if flows[c, i, j] > 0 and not shut[c, i, j]:
                    duty = 1 + world.duty[c, i, j]
                    cost = p[c, i] * (1 + wedges.export_tax[c, i, j]) * (duty + wedges.import_duty[c, i, j])
                    cost += rent[c, i, j] - p0 * duty
                    shares[c, i, j] = (1 - b) * flows[c, i, j] / total * math.exp(-lam * cost)
                    U += shares[c, i, j]
            shares[c, :, j] /= U
            back[c, j] = b / U
            stock = min(withheld[c, :, j].sum(), months / 12 * total, 0.95 * total)
            final = world.final_demand[c, j] / (1 - b)
            rest = total / (1 - b) - final - use[c, j] + most_used[c, j]
            P[c, j] = p0 - math.log(U) / lam
            if stock > 0:

                def taken(price: float) -> float:
                    x = min((price / p0 - 1) / 0.1, 1.0)  # noqa: B023
                    most = final * demand_curve(price, p0, eta) + rest  # noqa: B023
                    return stock * x * x * (3 - 2 * x) / most  # noqa: B023

                def gap(price: float) -> float:
                    left = 1 - taken(price)
                    return lam * (price - p0) + math.log(U) - math.log(max(left, 1e-300))  # noqa: B023

                if P[c, j] > p0:
                    P[c, j] = brentq(gap, p0, P[c, j], xtol=1e-13 * p0, rtol=8.9e-16)
                    ratio[c, j] = taken(P[c, j])
            share[c, j] = b
    demand, wanted = np.zeros((C, N)), np.zeros((C, N))
    for c in range(C):
        for j in range(N):
            if flows[c, :, j].sum() > 0:
                b = share[c, j]
                demand[c, j] = world.final_demand[c, j] / (1 - b) * demand_curve(P[c, j], prices[c], eta)
                wanted[c, j] = demand[c, j] + use[c, j] * b / (1 - b)
    activity, supply = np.zeros(len(world.processes)), np.zeros((C, N))
    for k, process in enumerate(world.processes):
        i = world.economy_index[process.economy]
        worth = sum(y * prices[world.commodity_index[c]] for c, y in process.outputs.items())
        margin = 0.0
        for name, y in process.outputs.items():
            c = world.commodity_index[name]
            margin += y * (p[c, i] - prices[c])
        for name, u in process.inputs.items():
            c = world.commodity_index[name]
            margin -= u * (P[c, i] - prices[c])
        x = values.get("supply_elasticity", process.supply_elasticity.central) * margin / worth
        activity[k] = process.activity * supply_curve(x, process.capacity / process.activity)
        for name, y in process.outputs.items():
            supply[world.commodity_index[name], i] += y * activity[k]
        for name, u in process.inputs.items():
            wanted[world.commodity_index[name], i] += u * activity[k]
    bought = wanted * (1 - ratio)
    flow = shares * bought[:, None, :]
    output = flows.sum(axis=2)
    disposal = output * np.exp(np.minimum(-p / (0.02 * prices[:, None]), 600))
    excess = np.where(output > 0, supply - flow.sum(axis=2) - disposal, 0.0)
    return State(excess, flow, P, wanted, back * bought, wanted * ratio, activity, demand)


def solve(
    world: World, wedges: Wedges, values: Mapping[str, float], start: np.ndarray | None = None
) -> np.ndarray:
    """Producer prices that clear every node, without caps, by scipy's hybrid method; (C, N) USD/t."""
    output = world.flows.sum(axis=2)
    made = output > 0
    p0 = np.broadcast_to(world.prices[:, None], output.shape)

    def residual(v: np.ndarray) -> np.ndarray:
        p = p0.copy()
        p[made] = v * p0[made]
        return evaluate(world, wedges, values, p, np.zeros(len(wedges.caps))).excess[made] / output[made]

    found = root(residual, np.ones(made.sum()) if start is None else start[made] / p0[made], tol=1e-13)
    assert np.abs(found.fun).max() < 1e-9, found.message
    p = np.full(output.shape, np.nan)
    p[made] = found.x * p0[made]
    return p


def consumer_surplus_change(price: float, p0: float, eta: float, tonnes: float) -> float:
    """Minus the area left of the demand curve between the two prices, by quadrature, USD/yr."""
    area, _ = quad(lambda q: demand_curve(q, p0, eta), p0, price, epsabs=0, epsrel=1e-12, limit=400)
    return -tonnes * area


def producer_surplus_change(world: World, place: int, before: float, after: float) -> float:
    """The area under the supply curve between two margins (USD per unit of activity), by quadrature."""
    process = world.processes[place]
    worth = sum(y * world.prices[world.commodity_index[c]] for c, y in process.outputs.items())
    eta, room = process.supply_elasticity.central, process.capacity / process.activity
    area, _ = quad(
        lambda m: supply_curve(eta * (m - before) / worth, room), before, after, epsrel=1e-11, limit=400
    )
    return process.activity * area

"""Newton on one block, the ways round when it fails, and the results of a batch of draws."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oresight.market.kernel import (
    LINEAR,
    LOG,
    Block,
    Work,
    compile_loops,
    demand_integral,
    evaluate,
    jacobian,
    residuals,
    soft_integral,
    workspace,
)

Floats = NDArray[np.float64]

TOLERANCE = 1e-11  # on the log residual of every node and cap
NEARLY = 1e-9  # good enough when rounding lets no step get lower
MAX_ITERATIONS = 80
MAX_STEP = 4.0  # in relative price, for one Newton step


@compile_loops
def solve_linear(A: Floats, y: Floats) -> bool:
    """Solve A y = y in place by Gaussian elimination with row exchange; False when A is singular."""
    n = y.size
    for c in range(n):
        pivot, best = c, abs(A[c, c])
        for i in range(c + 1, n):
            if abs(A[i, c]) > best:
                pivot, best = i, abs(A[i, c])
        if not best > 1e-300:
            return False
        if pivot != c:
            for a in range(c, n):
                A[c, a], A[pivot, a] = A[pivot, a], A[c, a]
            y[c], y[pivot] = y[pivot], y[c]
        inverse = 1.0 / A[c, c]
        for i in range(c + 1, n):
            ratio = A[i, c] * inverse
            if ratio != 0.0:
                for a in range(c + 1, n):
                    A[i, a] -= ratio * A[c, a]
                y[i] -= ratio * y[c]
    for c in range(n - 1, -1, -1):
        total = y[c]
        for a in range(c + 1, n):
            total -= A[c, a] * y[a]
        y[c] = total / A[c, c]
    return True


@compile_loops
def newton(
    b: Block,
    k: Work,
    v: Floats,
    sigma: Floats,
    eta: Floats,
    backstop: Floats,
    months: Floats,
    supply: Floats,
    form: int,
) -> tuple[bool, int]:
    """Newton with a backtracked step on the merit, from `v` and into `v`; (converged, iterations)."""
    evaluate(b, k, v, sigma, eta, backstop, months, supply)
    merit = residuals(b, k, v, form)
    size = v.size
    length = 1.0
    merit_before = np.inf
    for iteration in range(MAX_ITERATIONS):
        worst = 0.0
        for a in range(size):
            worst = max(worst, abs(k.residual[a]))
        if worst <= TOLERANCE or (worst <= NEARLY and merit > 0.25 * merit_before):
            return True, iteration
        merit_before = merit
        jacobian(b, k, v, sigma, form)
        for a in range(size):
            k.step[a] = -k.residual[a]
        if not solve_linear(k.jacobian, k.step):
            return False, iteration
        longest = 0.0
        for a in range(size):
            longest = max(longest, abs(k.step[a]))
        if not longest < np.inf:
            return False, iteration
        # where supply and demand are both flat a Newton step overshoots by far in one price: first
        # hold back that price alone, then, if the merit does not fall, the whole step
        accepted = False
        trial_merit = merit
        limit = MAX_STEP
        for attempt in range(36):
            clip = attempt < 6 and longest > MAX_STEP
            if attempt == 6 or not clip:
                length = min(1.0, MAX_STEP / longest) if attempt in (0, 6) else 0.5 * length
            for a in range(size):
                if clip:
                    k.trial[a] = v[a] + min(max(k.step[a], -limit), limit)
                else:
                    k.trial[a] = v[a] + length * k.step[a]
            evaluate(b, k, k.trial, sigma, eta, backstop, months, supply)
            trial_merit = residuals(b, k, k.trial, form)
            least = 1e-4 if clip else 1e-4 * length
            if trial_merit <= (1.0 - least) * merit or (worst <= NEARLY and trial_merit <= merit):
                accepted = True
                break
            limit *= 0.4
        if not accepted:
            # the last digits: no step gets lower than rounding allows
            evaluate(b, k, v, sigma, eta, backstop, months, supply)
            residuals(b, k, v, form)
            return worst <= NEARLY, iteration
        merit = trial_merit
        for a in range(size):
            v[a] = k.trial[a]
    return False, MAX_ITERATIONS


@compile_loops
def solve_draws(
    b: Block,
    start: Floats,
    sigma: Floats,
    eta: Floats,
    backstop: Floats,
    months: Floats,
    supply: Floats,
    limits: Floats,
    unknowns: Floats,
    price: Floats,
    flow: Floats,
    activity: Floats,
    consumption: Floats,
    unmet: Floats,
    stock: Floats,
    consumer: Floats,
    producer: Floats,
    record: Floats,
) -> None:
    """Solve a block for each row of the parameters (draws first); results are written in place.

    `record` has, per draw: converged (1 or 0), iterations, the largest relative residual, the place
    of it, the duality gap over the baseline turnover in relative prices (equation 14), and for one
    commodity without rents a bound on the error of any relative price, else NaN.
    """
    n = b.node_output.size
    caps = b.cap_limit.size
    k = workspace(n, caps, b.absorption.size, b.share.size, b.activity.size)
    v = np.empty(n + caps)
    for d in range(sigma.shape[0]):
        v[:] = start
        b.cap_limit[:] = limits[d]
        args = (sigma[d], eta[d], backstop[d], months[d], supply[d])
        converged, iterations = newton(b, k, v, *args, LOG)
        if not converged:
            converged, used = approach(b, k, v, *args, LOG)
            iterations += used
        if not converged:
            converged, used = approach(b, k, v, *args, LINEAR)
            iterations += used
        record[d, 0] = 1.0 if converged else 0.0
        record[d, 1] = iterations
        _certify(b, k, v, record[d])
        record[d, 5] = np.nan
        if not converged:
            continue
        if d == 0 and caps == 0 and b.input_market.size == 0:
            record[d, 5] = _price_bound(b, k, v, sigma[d])
        for a in range(n + caps):
            unknowns[d, a] = v[a]
        _report(b, k, sigma[d], eta[d], backstop[d], supply[d], v, price[d], flow[d], activity[d],
                consumption[d], unmet[d], stock[d], consumer[d], producer[d])  # fmt: skip


@compile_loops
def _price_bound(b: Block, k: Work, v: Floats, sigma: Floats) -> float:
    """The row-sum bound on the error of any relative price (equation 15); NaN where it does not apply."""
    residuals(b, k, v, LINEAR)
    jacobian(b, k, v, sigma, LINEAR)
    worst = 0.0
    for i in range(v.size):
        row = 0.0
        for a in range(v.size):
            row += k.jacobian[i, a]
        worst = max(worst, abs(k.residual[i]) / row) if row > 0.0 else np.nan
        if worst != worst:
            break
    return worst


@compile_loops
def approach(
    b: Block,
    k: Work,
    v: Floats,
    sigma: Floats,
    eta: Floats,
    backstop: Floats,
    months: Floats,
    supply: Floats,
    form: int,
) -> tuple[bool, int]:
    """Come to a rigid market from a pliant one, elastic and with a near backstop, step by step."""
    n = b.node_output.size
    v[:n] = 1.0
    v[n:] = 0.0
    best = v.copy()
    bent_sigma, bent_eta, bent_backstop, bent_supply = (
        sigma.copy(),
        eta.copy(),
        backstop.copy(),
        supply.copy(),
    )
    done, stride, iterations = -1.0, 1.0, 0
    while done < 1.0 and stride > 1e-3:
        t = min(1.0, done + stride) if done >= 0.0 else 0.0
        for c in range(eta.size):
            bent_eta[c] = max(eta[c], 1.0) ** (1.0 - t) * max(eta[c], 1e-3) ** t if t < 1.0 else eta[c]
            bent_sigma[c] = min(sigma[c], 4.0) ** (1.0 - t) * sigma[c] ** t if t < 1.0 else sigma[c]
            near = min(backstop[c], 3.0) - 1.0
            bent_backstop[c] = 1.0 + near ** (1.0 - t) * (backstop[c] - 1.0) ** t if t < 1.0 else backstop[c]
        for p in range(supply.size):
            bent_supply[p] = max(supply[p], 1.0) ** (1.0 - t) * supply[p] ** t if t < 1.0 else supply[p]
        converged, used = newton(b, k, v, bent_sigma, bent_eta, bent_backstop, months, bent_supply, form)
        iterations += used
        if converged:
            best[:] = v
            stride = stride * 1.5 if done >= 0.0 else 0.25
            done = t
        elif done < 0.0:
            return False, iterations
        else:
            v[:] = best
            stride *= 0.4
    return done >= 1.0, iterations


@compile_loops
def _certify(b: Block, k: Work, v: Floats, record: Floats) -> None:
    """The largest residual over the scale of its node or cap, and the duality gap (equation 14)."""
    n = b.node_output.size
    worst, place, gap, turnover = 0.0, 0, 0.0, 0.0
    for i in range(n):
        excess = abs(k.S[i] - k.X[i])
        turnover += b.node_output[i]
        gap += abs(v[i]) * excess
        if not excess / b.node_output[i] <= worst:
            worst, place = excess / b.node_output[i], i
    for m in range(b.cap_limit.size):
        slack = k.S[n + m] - k.X[n + m]
        rent = max(v[n + m], 0.0)
        gap += rent * abs(slack)
        over = max(-slack, 0.0) / b.cap_base[m]
        over = max(over, min(rent, max(slack, 0.0) / b.cap_base[m]))
        if not over <= worst:
            worst, place = over, n + m
    record[2] = worst
    record[3] = place
    record[4] = gap / turnover


@compile_loops
def _report(
    b: Block,
    k: Work,
    sigma: Floats,
    eta: Floats,
    backstop: Floats,
    supply: Floats,
    v: Floats,
    price: Floats,
    flow: Floats,
    activity: Floats,
    consumption: Floats,
    unmet: Floats,
    stock: Floats,
    consumer: Floats,
    producer: Floats,
) -> None:
    for j in range(b.absorption.size):
        c = b.market_parameter[j]
        base = math.exp(-sigma[c] * (backstop[c] - 1.0))
        price[j] = k.P[j]
        missing = k.back[j] * k.M[j]
        unmet[j] = max(0.0, missing - base * b.absorption[j] / (1.0 - base))
        consumption[j] = k.D[j] * (1.0 - missing / k.N[j])
        stock[j] = k.psi[j] * k.N[j]
        consumer[j] = -b.final_demand[j] / (1.0 - base) * demand_integral(k.P[j], eta[c])
        for q in range(b.market_start[j], b.market_start[j + 1]):
            flow[q] = k.x[q]
    for p in range(b.activity.size):
        low, high, slope, width = b.ramp[p, 0], b.ramp[p, 1], b.ramp[p, 2], b.ramp[p, 3]
        margin = 0.0
        for a in range(b.output_start[p], b.output_start[p + 1]):
            margin += b.output_value[a] * (v[b.output_node[a]] - 1.0)
        for a in range(b.input_start[p], b.input_start[p + 1]):
            margin -= b.input_value[a] * (k.P[b.input_market[a]] - 1.0)
        xi = supply[p] * margin
        gain = soft_integral(xi - low, width) - soft_integral(xi - high, width)
        gain -= soft_integral(-low, width) - soft_integral(-high, width)
        producer[p] = b.activity[p] * slope * gain / supply[p]
        activity[p] = k.z[p]


def compiled() -> bool:
    """Whether machine code of `solve_draws` is in memory or in numba's cache on disk."""
    dispatcher: Any = solve_draws
    if dispatcher.signatures:
        return True
    cache = getattr(dispatcher, "_cache", None)
    path = getattr(cache, "_cache_file", None)
    return bool(path is not None and Path(path._index_path).exists())

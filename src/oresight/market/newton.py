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
    compile_inline,
    compile_loops,
    demand_integral,
    evaluate,
    jacobian,
    residuals,
    soft_integral,
)

Floats = NDArray[np.float64]

TOLERANCE = 1e-11  # on the log residual of every node and cap
NEARLY = 1e-9  # good enough when rounding lets no step get lower
MAX_ITERATIONS = 80
MAX_STEP = 4.0  # in relative price, for one Newton step
CLIPPED, ATTEMPTS = 6, 36  # trial steps with single prices held back, and in all


@compile_inline
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


@compile_inline
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
    """Newton with a backtracked step on the merit, from `v` and into `v`; (converged, iterations).

    One place evaluates: compiled code holds the equations once for each place that calls them.
    """
    size = v.size
    merit, merit_before, worst, longest, length, limit = np.inf, np.inf, np.inf, 0.0, 1.0, MAX_STEP
    iteration, attempt, final = -1, 0, False
    k.trial[:] = v
    while True:
        evaluate(b, k, k.trial, sigma, eta, backstop, months, supply)
        trial_merit = residuals(b, k, k.trial, form)
        if final:
            return worst <= NEARLY, iteration
        # where supply and demand are both flat a Newton step overshoots by far in one price: first
        # hold back that price alone, then, if the merit does not fall, the whole step
        clipped = attempt < CLIPPED and longest > MAX_STEP
        least = 1e-4 if clipped else 1e-4 * length
        fell = trial_merit <= (1.0 - least) * merit or (worst <= NEARLY and trial_merit <= merit)
        if iteration < 0 or fell:
            iteration += 1
            v[:] = k.trial
            merit = trial_merit
            worst = 0.0
            for a in range(size):
                worst = max(worst, abs(k.residual[a]))
            if worst <= TOLERANCE or (worst <= NEARLY and merit > 0.25 * merit_before):
                return True, iteration
            if iteration == MAX_ITERATIONS:
                return worst <= NEARLY, iteration
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
            attempt, length, limit = 0, min(1.0, MAX_STEP / max(longest, 1e-300)), MAX_STEP
        else:
            attempt += 1
            if clipped:
                limit *= 0.4
            else:
                length *= 0.5
        if attempt == ATTEMPTS:
            # the last digits: no step gets lower than rounding allows
            final = True
            k.trial[:] = v
        elif attempt < CLIPPED and longest > MAX_STEP:
            for a in range(size):
                k.trial[a] = v[a] + min(max(k.step[a], -limit), limit)
        else:
            for a in range(size):
                k.trial[a] = v[a] + length * k.step[a]


@compile_loops
def solve_draws(
    b: Block,
    k: Work,
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
    v = np.empty(n + caps)
    for d in range(sigma.shape[0]):
        v[:] = start
        b.cap_limit[:] = limits[d]
        converged, iterations = reach(b, k, v, sigma[d], eta[d], backstop[d], months[d], supply[d])
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


@compile_inline
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


@compile_inline
def reach(
    b: Block,
    k: Work,
    v: Floats,
    sigma: Floats,
    eta: Floats,
    backstop: Floats,
    months: Floats,
    supply: Floats,
) -> tuple[bool, int]:
    """Newton from `v`; failing that, through pliant markets; failing that, so with linear residuals.

    A pliant market has elastic demand and supply, a near backstop and a modest sigma; from its
    solution the true market is reached step by step.
    """
    n = b.node_output.size
    best = v.copy()
    bent_sigma, bent_eta, bent_backstop, bent_supply = (
        sigma.copy(),
        eta.copy(),
        backstop.copy(),
        supply.copy(),
    )
    way, form, t, done, stride, total = 0, LOG, 1.0, -1.0, 1.0, 0
    while True:
        for c in range(eta.size):
            near = min(backstop[c], 3.0) - 1.0
            bent_eta[c] = max(eta[c], 1.0) ** (1.0 - t) * max(eta[c], 1e-3) ** t if t < 1.0 else eta[c]
            bent_sigma[c] = min(sigma[c], 4.0) ** (1.0 - t) * sigma[c] ** t if t < 1.0 else sigma[c]
            bent_backstop[c] = 1.0 + near ** (1.0 - t) * (backstop[c] - 1.0) ** t if t < 1.0 else backstop[c]
        for p in range(supply.size):
            bent_supply[p] = max(supply[p], 1.0) ** (1.0 - t) * supply[p] ** t if t < 1.0 else supply[p]
        converged, used = newton(b, k, v, bent_sigma, bent_eta, bent_backstop, months, bent_supply, form)
        total += used
        if converged and t == 1.0:
            return True, total
        if way > 0 and converged:
            best[:] = v
            stride = stride * 1.5 if done >= 0.0 else 0.25
            done = t
            t = min(1.0, done + stride)
        elif way > 0 and done >= 0.0 and stride > 1e-3:
            v[:] = best
            stride *= 0.4
            t = done + stride
        elif way < 2:
            way += 1
            form = LOG if way == 1 else LINEAR
            t, done, stride = 0.0, -1.0, 1.0
            v[:n] = 1.0
            v[n:] = 0.0
        else:
            return False, total


@compile_inline
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


@compile_inline
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

"""The equations of one block of markets: tonnes, residual and Jacobian, in compiled loops.

The equations and their numbers are those of `docs/equations.md`. Prices are relative to the
baseline price of their commodity, rents to the mean price of what the cap covers, so that every
unknown is of order one: `v` holds the relative price of each producing node, then the relative
rent of each cap. Nothing is allocated once a workspace stands, and the global interpreter lock is
released, so blocks and draws run on threads.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., Any])

DEMAND_FLOOR = 0.05  # relative price below which final demand goes on as an exponential
STOCK_PREMIUM = 0.1  # above the baseline price: where holders have let go all their stock
DISPOSAL_SCALE = 0.02  # of the baseline price: how near zero a by-product is thrown away

# not Python's int: numba would compile every function anew for each literal
LOG, LINEAR = cast(int, np.int64(0)), cast(int, np.int64(1))

_SOURCE = hashlib.sha256(
    b"".join(Path(__file__).with_name(name).read_bytes() for name in ("kernel.py", "newton.py"))
).hexdigest()[:12]


def compile_loops(function: F) -> F:
    """Compile with numba: no fast-math, no interpreter lock, machine code kept on disk if a folder allows."""
    return _compile(function, "never")


def compile_inline(function: F) -> F:
    """The same for a function with one caller, into which it is written: it is then compiled once."""
    return _compile(function, "always")


def _compile(function: F, inline: str) -> F:
    # numba's cache follows the file of a function, not the files of those it calls: name the code of
    # both, or an edit in one would leave stale code in the other
    function.__qualname__ = f"{function.__qualname__}_{_SOURCE}"
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "boundscheck": False,
        "inline": inline,
    }
    try:
        return cast(F, numba.njit(cache=True, **options)(function))
    except RuntimeError:  # no folder can be written: compile anew in every process
        return cast(F, numba.njit(**options)(function))


class Block(NamedTuple):
    """What a scenario fixes in a block of n nodes, J markets, Q routes, M caps and K processes."""

    node_output: Floats  # (n,) t/yr at the baseline
    node_offset: Floats  # (n,) t/yr that closes the rounding of the baseline's balance
    market_start: Ints  # (J + 1,) first route of each market
    market_parameter: Ints  # (J,) column of the commodity's parameters in a draw
    final_demand: Floats  # (J,) t/yr
    process_use: Floats  # (J,) t/yr of process input at the baseline
    process_most: Floats  # (J,) t/yr of process input when every process runs at capacity
    absorption: Floats  # (J,) t/yr, all of it
    withheld: Floats  # (J,) t/yr that restrictions take, for which stocks may stand in
    route_node: Ints  # (Q,)
    share: Floats  # (Q,) of the market's baseline absorption
    factor: Floats  # (Q,) delivered cost per unit of producer price
    factor_base: Floats  # (Q,) the same at the baseline
    route_cap_start: Ints  # (Q + 1,)
    route_cap: Ints  # caps that cover a route
    route_cap_weight: Floats  # relative delivered cost per unit of relative rent
    cap_limit: Floats  # (M,) t/yr
    cap_base: Floats  # (M,) baseline flow over the cap's routes, t/yr
    touch_start: Ints  # (J + 1,)
    touch: Ints  # unknowns that a market's routes touch
    route_node_place: Ints  # (Q,) place of the route's node in `touch` of its market
    route_cap_place: Ints  # aligned with route_cap
    activity: Floats  # (K,) baseline
    ramp: Floats  # (K, 4) low, high, slope, width of the supply ramp
    output_start: Ints  # (K + 1,)
    output_node: Ints
    output_tonnes: Floats
    output_value: Floats  # value of the output over the value of all outputs, at the baseline
    input_start: Ints  # (K + 1,)
    input_market: Ints
    input_tonnes: Floats
    input_value: Floats  # over the value of all outputs
    reach_start: Ints  # (K + 1,)
    reach: Ints  # unknowns on which a process depends
    output_place: Ints  # aligned with output_node: place in `reach`
    input_place_start: Ints  # (inputs + 1,)
    input_place: Ints  # place in `reach` of each unknown that the input's market touches


class Work(NamedTuple):
    """Scratch of one solve."""

    P: Floats  # (J,) relative buyer price
    N: Floats  # (J,) tonnes wanted
    M: Floats  # (J,) tonnes wanted from suppliers or the backstop, after stocks
    D: Floats  # (J,)
    D1: Floats  # (J,) dD/dP
    psi: Floats  # (J,) part of N that comes from stock
    psi1: Floats  # (J,) dpsi/dP
    tau: Floats  # (J,) dP over the change in the mean delivered cost
    back: Floats  # (J,) share of M that goes to the backstop
    s: Floats  # (Q,) share of M
    x: Floats  # (Q,) tonnes
    z: Floats  # (K,) activity
    z1: Floats  # (K,) its derivative with respect to the margin, relative
    S: Floats  # (n + M,) supply at nodes, limits at caps
    X: Floats  # (n + M,) tonnes taken at nodes with what is disposed of, flow over caps
    w: Floats  # (n,) disposal
    left: Floats  # (n + M,)
    right: Floats  # (n + M,)
    f: Floats  # (n + M,)
    g: Floats  # (n + M,)
    residual: Floats  # (n + M,)
    jacobian: Floats  # (n + M, n + M)
    step: Floats  # (n + M,)
    trial: Floats  # (n + M,)


def workspace(n: int, caps: int, markets: int, routes: int, processes: int) -> Work:
    """Allocate the scratch of one solve."""
    v = n + caps
    return Work(
        np.ones(markets), np.zeros(markets), np.zeros(markets), np.zeros(markets), np.zeros(markets),
        np.zeros(markets), np.zeros(markets), np.ones(markets), np.zeros(markets),
        np.zeros(routes), np.zeros(routes), np.zeros(processes), np.zeros(processes),
        np.zeros(v), np.zeros(v), np.zeros(n), np.zeros(v), np.zeros(v), np.zeros(v), np.zeros(v),
        np.zeros(v), np.zeros((v, v)), np.zeros(v), np.zeros(v),
    )  # fmt: skip


@compile_loops
def demand(price: float, eta: float) -> float:
    """Final demand over its baseline, at a relative price (equation 5)."""
    if price >= DEMAND_FLOOR:
        return math.pow(price, -eta)
    return math.pow(DEMAND_FLOOR, -eta) * math.exp(-eta * (price - DEMAND_FLOOR) / DEMAND_FLOOR)


@compile_loops
def demand_integral(price: float, eta: float) -> float:
    """The integral of `demand` from 1 to a relative price: consumer surplus lost (equation 17)."""
    top = max(price, DEMAND_FLOOR)
    log = math.log(top)
    # expm1 keeps the value smooth through an elasticity of one, where the power rule divides by zero
    area = log if abs((1.0 - eta) * log) < 1e-12 else math.expm1((1.0 - eta) * log) / (1.0 - eta)
    if price < DEMAND_FLOOR:
        below = DEMAND_FLOOR**-eta * DEMAND_FLOOR / eta if eta > 0.0 else 0.0
        if eta > 0.0:
            area -= below * math.expm1(-eta * (price - DEMAND_FLOOR) / DEMAND_FLOOR)
        else:
            area += price - DEMAND_FLOOR
    return area


@compile_loops
def soft(x: float, width: float) -> float:
    """max(x, 0), rounded over `width`."""
    root = math.sqrt(x * x + width * width)
    return 0.5 * (x + root) if x >= 0.0 else 0.5 * width * width / (root - x)


@compile_loops
def soft_integral(x: float, width: float) -> float:
    """The integral of `soft` up to a constant."""
    root = math.sqrt(x * x + width * width)
    return 0.25 * (x * x + x * root + width * width * math.asinh(x / width))


@compile_loops
def released(price: float) -> tuple[float, float]:
    """Part of the stock that holders let go at a relative price, and its slope (equation 8).

    None at or below the baseline price, all of it at `STOCK_PREMIUM` above, smooth between: stocks
    hold a price up to where they run out, and never push it below where it was.
    """
    x = (price - 1.0) / STOCK_PREMIUM
    if x <= 0.0:
        return 0.0, 0.0
    if x >= 1.0:
        return 1.0, 0.0
    return x * x * (3.0 - 2.0 * x), 6.0 * x * (1.0 - x) / STOCK_PREMIUM


@compile_loops
def _stock_price(
    log_u: float, sigma: float, eta: float, stock: float, final: float, rest: float
) -> tuple[float, float, float]:
    """Buyer price, the stock's share of use and its slope when stocks stand in (equation 8).

    Solves sigma (P - 1) + ln U - ln(1 - psi(P)) = 0 with psi = stock released(P) over the most that
    may be wanted, final demand(P) + rest. The left side rises in P; Newton is held inside the
    bracket found so far: the baseline price and the price without stocks.
    """
    high = 1.0 - log_u / sigma
    if high <= 1.0:
        return high, 0.0, 0.0
    low = 1.0
    price = min(high, 1.0 + 0.5 * STOCK_PREMIUM)
    psi, slope = 0.0, 0.0
    for _ in range(200):
        part, rise = released(price)
        bought = final * demand(price, eta)
        most = bought + rest
        psi = stock * part / most
        slope = stock * rise / most + psi * bought * eta / (price * most)
        if psi >= 1.0:
            high = price
            newton = low
        else:
            value = sigma * (price - 1.0) + log_u - math.log(1.0 - psi)
            if value > 0.0:
                high = price
            else:
                low = price
            newton = price - value / (sigma + slope / (1.0 - psi))
            if abs(newton - price) <= 4e-15 * price:
                break
        if newton <= low or newton >= high:
            newton = 0.5 * (low + high)
        price = newton
    return price, min(psi, 1.0 - 1e-15), slope


@compile_loops
def evaluate(
    b: Block, k: Work, v: Floats, sigma: Floats, eta: Floats, backstop: Floats, months: Floats, supply: Floats
) -> bool:
    """Fill `k` with prices, tonnes and activity at `v`; False when a number overflows."""
    n = b.node_output.size
    caps = b.cap_limit.size
    for j in range(b.absorption.size):
        c = b.market_parameter[j]
        sig = sigma[c]
        top = -sig * (backstop[c] - 1.0)
        base = math.exp(top)
        first, last = b.market_start[j], b.market_start[j + 1]
        log_back = top
        for q in range(first, last):
            cost = b.factor[q] * v[b.route_node[q]] - b.factor_base[q]
            for a in range(b.route_cap_start[q], b.route_cap_start[q + 1]):
                cost += b.route_cap_weight[a] * v[n + b.route_cap[a]]
            k.s[q] = -sig * cost
            top = max(top, k.s[q])
        total = math.exp(log_back - top)
        k.back[j] = total
        for q in range(first, last):
            k.s[q] = b.share[q] * (1.0 - base) * math.exp(k.s[q] - top)
            total += k.s[q]
        for q in range(first, last):
            k.s[q] /= total
        k.back[j] /= total
        log_u = top + math.log(total)
        full = b.absorption[j] / (1.0 - base)
        stock = min(b.withheld[j], months[c] / 12.0 * b.absorption[j], 0.95 * b.absorption[j])
        if stock > 0.0:
            final = b.final_demand[j] / (1.0 - base)
            rest = full - final - b.process_use[j] + b.process_most[j]
            price, psi, slope = _stock_price(log_u, sig, eta[c], stock, final, rest)
            k.psi[j] = psi
            k.psi1[j] = slope
            k.tau[j] = sig / (sig + k.psi1[j] / (1.0 - psi))
        else:
            price = 1.0 - log_u / sig
            k.psi[j] = 0.0
            k.psi1[j] = 0.0
            k.tau[j] = 1.0
        k.P[j] = price
        k.D[j] = b.final_demand[j] / (1.0 - base) * demand(price, eta[c])
        k.D1[j] = -k.D[j] * eta[c] / max(price, DEMAND_FLOOR)
        k.N[j] = k.D[j] + full - (b.final_demand[j] / (1.0 - base) + b.process_use[j])
    for i in range(n):
        k.S[i] = b.node_offset[i]
    for p in range(b.activity.size):
        margin = 0.0
        for a in range(b.output_start[p], b.output_start[p + 1]):
            margin += b.output_value[a] * (v[b.output_node[a]] - 1.0)
        for a in range(b.input_start[p], b.input_start[p + 1]):
            margin -= b.input_value[a] * (k.P[b.input_market[a]] - 1.0)
        xi = supply[p] * margin
        low, high, slope, width = b.ramp[p, 0], b.ramp[p, 1], b.ramp[p, 2], b.ramp[p, 3]
        k.z[p] = b.activity[p] * slope * (soft(xi - low, width) - soft(xi - high, width))
        rise = (xi - low) / math.hypot(xi - low, width) - (xi - high) / math.hypot(xi - high, width)
        k.z1[p] = b.activity[p] * slope * 0.5 * rise * supply[p]
        for a in range(b.output_start[p], b.output_start[p + 1]):
            k.S[b.output_node[a]] += b.output_tonnes[a] * k.z[p]
        for a in range(b.input_start[p], b.input_start[p + 1]):
            k.N[b.input_market[a]] += b.input_tonnes[a] * k.z[p]
    for i in range(n):
        k.w[i] = b.node_output[i] * math.exp(min(-v[i] / DISPOSAL_SCALE, 600.0))
        k.X[i] = k.w[i]
    for m in range(caps):
        k.S[n + m] = b.cap_limit[m]
        k.X[n + m] = 0.0
    for j in range(b.absorption.size):
        k.M[j] = k.N[j] * (1.0 - k.psi[j])
        for q in range(b.market_start[j], b.market_start[j + 1]):
            k.x[q] = k.s[q] * k.M[j]
            k.X[b.route_node[q]] += k.x[q]
            for a in range(b.route_cap_start[q], b.route_cap_start[q + 1]):
                k.X[n + b.route_cap[a]] += k.x[q]
    return True


@compile_loops
def residuals(b: Block, k: Work, v: Floats, form: int) -> float:
    """Fill `k.residual` from an evaluation and return the merit; infinite when out of range.

    Nodes: ln S - ln X (or the same difference over the baseline output); caps: the
    Fischer-Burmeister function of the rent and the log slack, which is zero exactly when both are
    non-negative and one is zero.
    """
    n = b.node_output.size
    merit = 0.0
    for i in range(n):
        if form == LOG:
            k.residual[i] = math.log(k.S[i]) - math.log(k.X[i]) if k.S[i] > 0.0 and k.X[i] > 0.0 else np.inf
        else:
            k.residual[i] = (k.S[i] - k.X[i]) / b.node_output[i]
        merit += k.residual[i] ** 2
    for m in range(b.cap_limit.size):
        slack = math.log(k.S[n + m]) - math.log(max(k.X[n + m], 1e-300))
        rent = v[n + m]
        k.residual[n + m] = math.hypot(rent, slack) - rent - slack
        merit += k.residual[n + m] ** 2
    return 0.5 * merit if merit == merit else np.inf


@compile_loops
def jacobian(b: Block, k: Work, v: Floats, sigma: Floats, form: int) -> None:
    """Fill `k.jacobian` with the derivative of the residuals at the last evaluation."""
    n = b.node_output.size
    size = n + b.cap_limit.size
    J = k.jacobian
    J[:, :] = 0.0
    # `left` and `right` serve as row weights until the processes need them
    supply_weight, take_weight = k.step, k.trial
    for i in range(n):
        supply_weight[i] = 1.0 / k.S[i] if form == LOG else 1.0 / b.node_output[i]
        take_weight[i] = 1.0 / k.X[i] if form == LOG else 1.0 / b.node_output[i]
        J[i, i] = take_weight[i] * k.w[i] / DISPOSAL_SCALE
    for m in range(n, size):
        supply_weight[m] = 0.0
        take_weight[m] = 1.0 / max(k.X[m], 1e-300)
    for j in range(b.absorption.size):
        sig = sigma[b.market_parameter[j]]
        t0, t1 = b.touch_start[j], b.touch_start[j + 1]
        for a in range(t0, t1):
            k.f[a - t0] = 0.0
            k.g[a - t0] = 0.0
        spread = sig * k.M[j]
        for q in range(b.market_start[j], b.market_start[j + 1]):
            s, i = k.s[q], b.route_node[q]
            slope = s * b.factor[q]
            k.f[b.route_node_place[q]] += s
            k.g[b.route_node_place[q]] += slope
            J[i, i] += take_weight[i] * spread * slope
            for a in range(b.route_cap_start[q], b.route_cap_start[q + 1]):
                m = n + b.route_cap[a]
                pull = s * b.route_cap_weight[a]
                k.f[b.route_cap_place[a]] += s
                k.g[b.route_cap_place[a]] += pull
                J[i, m] += take_weight[i] * spread * pull
                J[m, i] += take_weight[m] * spread * slope
                for a2 in range(b.route_cap_start[q], b.route_cap_start[q + 1]):
                    J[m, n + b.route_cap[a2]] += take_weight[m] * spread * s * b.route_cap_weight[a2]
        direct = (1.0 - k.psi[j]) * k.D1[j] - k.N[j] * k.psi1[j]
        pull = spread + direct * k.tau[j]
        for a in range(t0, t1):
            row = b.touch[a]
            weight = -take_weight[row] * k.f[a - t0] * pull
            if weight != 0.0:
                for a2 in range(t0, t1):
                    J[row, b.touch[a2]] += weight * k.g[a2 - t0]
    _processes(b, k, supply_weight, take_weight)
    for m in range(n, size):
        slack = math.log(k.S[m]) - math.log(max(k.X[m], 1e-300))
        rent = v[m]
        length = math.hypot(rent, slack)
        by_rent = rent / length - 1.0 if length > 0.0 else -0.3
        by_slack = slack / length - 1.0 if length > 0.0 else -0.3
        for a in range(size):
            J[m, a] *= by_slack
        J[m, m] += by_rent - 1e-10  # caps that overlap exactly would leave their rents open


@compile_inline
def _processes(b: Block, k: Work, supply_weight: Floats, take_weight: Floats) -> None:
    """Add to the Jacobian what goes through processes: output sold and input bought move together."""
    J = k.jacobian
    for p in range(b.activity.size):
        r0, r1 = b.reach_start[p], b.reach_start[p + 1]
        for a in range(r1 - r0):
            k.left[a] = 0.0
            k.right[a] = 0.0
        for a in range(b.output_start[p], b.output_start[p + 1]):
            place = b.output_place[a]
            k.left[place] += b.output_tonnes[a] * supply_weight[b.output_node[a]]
            k.right[place] += b.output_value[a]
        for a in range(b.input_start[p], b.input_start[p + 1]):
            j = b.input_market[a]
            t0 = b.touch_start[j]
            p0 = b.input_place_start[a]
            tonnes = b.input_tonnes[a] * (1.0 - k.psi[j])
            value = b.input_value[a] * k.tau[j]
            for q in range(b.market_start[j], b.market_start[j + 1]):
                s, i = k.s[q], b.route_node[q]
                place = b.input_place[p0 + b.route_node_place[q]]
                k.left[place] -= tonnes * s * take_weight[i]
                k.right[place] -= value * s * b.factor[q]
                for c in range(b.route_cap_start[q], b.route_cap_start[q + 1]):
                    place = b.input_place[p0 + b.route_cap_place[c]]
                    k.left[place] -= tonnes * s * take_weight[b.touch[t0 + b.route_cap_place[c]]]
                    k.right[place] -= value * s * b.route_cap_weight[c]
        for a in range(r0, r1):
            weight = k.left[a - r0] * k.z1[p]
            if weight != 0.0:
                row = b.reach[a]
                for a2 in range(r0, r1):
                    J[row, b.reach[a2]] += weight * k.right[a2 - r0]

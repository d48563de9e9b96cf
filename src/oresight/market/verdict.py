"""What a solve is worth: status, sentence, certificate, and the market that fares worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.market.blocks import Part
from oresight.market.program import Program
from oresight.policy.wedges import Wedges

Floats = NDArray[np.float64]

RESIDUAL = 1e-8  # relative; above it a solve counts as failed
SHORTAGE = 0.05  # of a market's baseline use unmet
PINNED = 0.995  # of capacity


@dataclass(frozen=True, slots=True)
class Solved:
    """What the kernel wrote for one block: D draws first, shapes as in `newton.solve_draws`."""

    part: Part
    unknowns: Floats
    price: Floats
    flow: Floats
    activity: Floats
    consumption: Floats
    unmet: Floats
    stock: Floats
    consumer: Floats
    producer: Floats
    record: Floats


@dataclass(frozen=True, slots=True)
class Verdict:
    """One scenario's statuses by draw, with the sentence of the central case."""

    status: tuple[str, ...]
    message: str
    certificate: Mapping[str, float]
    worst_market: str


def judge(
    base: Program,
    wedges: Wedges,
    blocks: Sequence[Solved],
    buyer_price: Floats,
    unmet: Floats,
    activity: Floats,
) -> Verdict:
    """Pass the verdict on a scenario.

    `failed`: a block did not meet the residual. `shortage`: somewhere more than 5 % of baseline use
    is unmet. `capacity`: a process is above 99.5 % of its capacity and above its baseline. Else `converged`.
    """
    world = base.world
    names, codes = [c.name for c in world.commodities], [e.code for e in world.economies]

    def market(c: int, j: int) -> str:
        return f"{names[c]} in {codes[j]}"

    D = unmet.shape[0]
    failed = np.zeros(D, bool)
    residual, gap = np.zeros(D), np.zeros(D)
    bound = np.nan
    for solved in blocks:
        record = solved.record
        failed |= (record[:, 0] == 0) | ~(record[:, 2] <= RESIDUAL)
        residual = np.fmax(residual, record[:, 2])
        gap = np.fmax(gap, record[:, 4])
        bound = np.fmax(bound, record[0, 5])
    use = np.zeros(unmet.shape[1:])
    use[tuple(base.markets.T)] = base.absorption
    missing = np.divide(unmet, use, out=np.zeros_like(unmet), where=use > 0)
    short = np.asarray((missing > SHORTAGE).any(axis=(1, 2)))
    capacity = np.array([p.capacity for p in world.processes])
    before = np.array([p.activity for p in world.processes])
    pinned = (activity > PINNED * capacity) & (activity > before * (1 + 1e-6))
    full = np.asarray(pinned.any(axis=1))
    status = tuple(
        "failed" if f else "shortage" if s else "capacity" if p else "converged"
        for f, s, p in zip(failed, short, full, strict=True)
    )
    prices = world.prices[:, None]
    if status[0] == "failed":
        worst = max(blocks, key=lambda solved: float(np.nan_to_num(solved.record[0, 2], nan=np.inf)))
        where, text = _failure(base, wedges, worst)
        message = f"No equilibrium found: {text} is off by {worst.record[0, 2]:.1e} of its baseline tonnes."
    elif status[0] == "shortage":
        c, j = _largest(unmet[0] * prices)
        where = market(c, j)
        others = int((missing[0] > SHORTAGE).sum()) - 1
        message = f"{100 * missing[0, c, j]:.0f} % of baseline use of {where} goes unmet" + (
            f", and more than 5 % in {others} other markets." if others > 0 else "."
        )
    else:
        c, j = _largest((buyer_price[0] - prices) * use)
        where = market(c, j)
        if status[0] == "capacity":
            over = np.divide(activity[0], capacity, out=np.zeros_like(capacity), where=pinned[0])
            message = f"{world.processes[int(np.argmax(over))].name} runs at capacity" + (
                f", as do {int(pinned[0].sum()) - 1} other processes." if pinned[0].sum() > 1 else "."
            )
        else:
            rise = buyer_price[0, c, j] / prices[c, 0] - 1.0
            message = (
                f"Every market clears; buyers of {where} see the costliest change, {rise:+.1%} in price."
            )
    certificate = {"residual": float(residual.max()), "duality_gap": float(gap.max())}
    if np.isfinite(bound):
        certificate["price_error_bound"] = float(bound)
    return Verdict(status, message, certificate, where)


def _largest(table: Floats) -> tuple[int, int]:
    c, j = np.unravel_index(int(np.argmax(np.nan_to_num(table, nan=-np.inf))), table.shape)
    return int(c), int(j)


def _failure(base: Program, wedges: Wedges, solved: Solved) -> tuple[str, str]:
    place, n = int(solved.record[0, 3]), solved.part.nodes.size
    if place < n:
        c, i = base.nodes[solved.part.nodes[place]]
        name = f"{base.world.commodities[c].name} in {base.world.economies[i].code}"
        return name, name
    cap = wedges.caps[int(solved.part.caps[place - n])]
    c, i, _ = cap.routes[0]
    name = f"{base.world.commodities[c].name} in {base.world.economies[i].code}"
    return name, f"the quota {cap.measure} on {name}"

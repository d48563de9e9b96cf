"""New output taken into a baseline, at unchanged prices.

A plant that opens changes everybody's baseline: what it sells, others no longer do, and what it
buys must come from somewhere. Of all worlds that balance with the new output, this takes the one
closest to the old in cross-entropy, the measure behind RAS (Bacharach 1970, "Biproportional
Matrices and Input-Output Change", chapter 6): with prior v0 and flexibility w,

    min over v of  sum (v log(v / v0) - v + v0) / w   subject to  A v + b = 0

whose solution is v = v0 exp(w A'y), with y from a convex problem that Newton's method solves. The
unknowns are flows, the activity of all other processes, and final use, which is stiff.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from oresight.errors import InputError
from oresight.world.model import World

Floats = NDArray[np.float64]

STEPS = 100
TOLERANCE = 1e-9  # of the tonnes that pass a node
LARGEST_EXPONENT = 50.0
ARMIJO = 1e-4


def absorb(world: World, activity: Mapping[int, float], stiffness: float) -> World:
    """The world in which some processes run at another level, balanced again.

    activity: place of a process in `world.processes` -> its activity. What a new producer sells is
    spread like other imports before the balancing, what a new user buys like other exports.
    stiffness: how far final use gives way, as a fraction of what flows and other processes do.
    Capacities rise to the activity where that is above them. Raises InputError when no balance is
    found, which says that the output is more than the rest of the world can make room for.
    """
    from scipy import sparse

    C, N = world.final_demand.shape
    running = [k for k, p in enumerate(world.processes) if p.activity > 0]
    free = [k for k in running if k not in activity]
    prior = _prior(world, activity)
    r = np.argwhere(prior > 0)
    used = np.argwhere(world.final_demand > 0)
    node, market = np.arange(C * N).reshape(C, N), C * N + np.arange(C * N).reshape(C, N)
    R, K = len(r), len(free)
    rows = [node[r[:, 0], r[:, 1]], market[r[:, 0], r[:, 2]]]
    columns = [np.arange(R), np.arange(R)]
    values = [-np.ones(R), np.ones(R)]
    for at, k in enumerate(free):
        place, tonnes = _stoichiometry(world, k, node, market)
        rows.append(place)
        columns.append(np.full(len(place), R + at))
        values.append(tonnes)
    rows.append(market[used[:, 0], used[:, 1]])
    columns.append(R + K + np.arange(len(used)))
    values.append(-np.ones(len(used)))
    fixed = np.zeros(2 * C * N)
    for k, level in activity.items():
        place, tonnes = _stoichiometry(world, k, node, market)
        np.add.at(fixed, place, tonnes * level)
    start = np.concatenate(
        [prior[tuple(r.T)], [world.processes[k].activity for k in free], world.final_demand[tuple(used.T)]]
    )
    flexible = np.concatenate([np.ones(R + K), np.full(len(used), stiffness)])
    A = sparse.csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(2 * C * N, len(start)),
    )
    live = np.flatnonzero(np.diff(A.indptr))
    found = _closest(A[live], fixed[live], start, flexible)
    flows, final = np.zeros((C, N, N)), np.zeros((C, N))
    flows[tuple(r.T)] = found[:R]
    final[tuple(used.T)] = found[R + K :]
    level_of = dict(activity) | {k: float(found[R + at]) for at, k in enumerate(free)}
    processes = tuple(
        replace(p, activity=level_of.get(k, 0.0), capacity=max(p.capacity, level_of.get(k, 0.0)))
        for k, p in enumerate(world.processes)
    )
    return replace(world, flows=flows, final_demand=final, processes=processes)


def _prior(world: World, activity: Mapping[int, float]) -> Floats:
    """Flows before the balancing, shape (C, N, N): grown with their node, spread where none were."""
    C, N = world.final_demand.shape
    made, making, using = np.zeros((C, N)), np.zeros((C, N)), np.zeros((C, N))
    for k, process in enumerate(world.processes):
        n = world.economy_index[process.economy]
        for name, tonnes in process.outputs.items():
            c = world.commodity_index[name]
            made[c, n] += tonnes * process.activity
            making[c, n] += tonnes * activity.get(k, process.activity)
        for name, tonnes in process.inputs.items():
            using[world.commodity_index[name], n] += tonnes * activity.get(k, process.activity)
    growth = np.divide(making, made, out=np.ones((C, N)), where=made > 0)
    prior: Floats = world.flows * growth[:, :, None]
    traded = world.flows * (1.0 - np.eye(N))
    for c, n in np.argwhere((made == 0) & (making > 0)):
        buyers = traded[c].sum(axis=0) if traded[c].any() else world.flows[c].sum(axis=0)
        prior[c, n] = making[c, n] * buyers / buyers.sum()
    for c, n in np.argwhere((world.flows.sum(axis=1) == 0) & (using > 0)):
        sellers = traded[c].sum(axis=1) if traded[c].any() else world.flows[c].sum(axis=1)
        prior[c, :, n] = using[c, n] * sellers / sellers.sum()
    return prior


def _stoichiometry(
    world: World, k: int, node: NDArray[np.int64], market: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats]:
    """Rows that a unit of activity enters, and with how many tonnes: into nodes, out of markets."""
    process = world.processes[k]
    n = world.economy_index[process.economy]
    places = [node[world.commodity_index[c], n] for c in process.outputs]
    places += [market[world.commodity_index[c], n] for c in process.inputs]
    tonnes = [*process.outputs.values(), *(-u for u in process.inputs.values())]
    return np.array(places, np.int64), np.array(tonnes, np.float64)


def _closest(A: object, b: Floats, start: Floats, flexible: Floats) -> Floats:
    """Newton's method on the dual; rows are scaled by the tonnes that pass them."""
    from scipy import sparse
    from scipy.sparse.linalg import splu

    size = np.maximum(np.abs(A) @ start, 1e-9)  # type: ignore[call-overload]
    M = sparse.diags(1.0 / size) @ A
    target = b / size
    y = np.zeros(len(b))

    def primal(y: Floats) -> Floats:
        return np.asarray(start * np.exp(np.clip(flexible * (M.T @ y), -LARGEST_EXPONENT, LARGEST_EXPONENT)))

    def dual(y: Floats, v: Floats) -> float:
        return float((v / flexible).sum() + target @ y)

    v = primal(y)
    for _ in range(STEPS):
        gap = M @ v + target
        if np.max(np.abs(gap)) < TOLERANCE:
            return v
        H = (M @ sparse.diags(flexible * v) @ M.T).tocsc()
        ridge = sparse.diags(1e-13 * H.diagonal() + 1e-300)
        step = -splu((H + ridge).tocsc()).solve(gap)
        length, here, slope = 1.0, dual(y, v), float(gap @ step)
        while True:
            trial = primal(y + length * step)
            if dual(y + length * step, trial) <= here + ARMIJO * length * slope + 1e-12 * abs(here):
                break
            length *= 0.5
            if length < 1e-12:
                raise InputError(
                    "the projects that open cannot be taken into the baseline: no balance was found"
                )
        y, v = y + length * step, trial
    raise InputError("the projects that open cannot be taken into the baseline: no balance was found")

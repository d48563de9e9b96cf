"""Solve scenarios on a world: threads over scenarios, blocks and draws, and a verdict on each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from oresight.errors import InputError
from oresight.market import newton
from oresight.market.blocks import Part, parts
from oresight.market.kernel import workspace
from oresight.market.outcome import Outcome, Solution
from oresight.market.parameters import Parameters, cap_limits, override, sample
from oresight.market.program import Program, program
from oresight.market.verdict import Solved, judge
from oresight.policy.wedges import Wedges
from oresight.world.model import World

Floats = NDArray[np.float64]

CHUNK = 16  # draws solved between two reports of progress


def solve(
    world: World,
    scenarios: Sequence[Wedges],
    draws: int = 0,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Solve every scenario for the central case and `draws` sampled ones.

    Args:
        world: the baseline; it must balance at every node.
        scenarios: wedges over the world's routes, as `policy` makes them.
        draws: how many quasi-random parameter sets beside the central one.
        seed: of the draws; the same seed gives the same sample in every scenario.
        progress: called with (done, total) as work ends, from the calling thread.

    A draw that finds no equilibrium has status `failed` and NaN in its results; all others are
    finite where something is produced or used. Raises InputError when the world or a scenario is
    not sound.
    """
    if draws < 0:
        raise InputError(f"draws is {draws}; give 0 for the central case only, or a positive number")
    base = program(world)
    drawn = sample(world, draws, seed)
    work: list[tuple[Wedges, Parameters, list[Solved]]] = []
    # Scenarios share most blocks: a deal that moves nothing, chains that a measure does not touch.
    # A block that looks the same in two of them is solved once, and its results serve both.
    once: dict[bytes, tuple[Solved, Wedges, Parameters]] = {}
    for wedges in scenarios:
        mine = override(world, drawn, wedges.assume)
        blocks = []
        for part in parts(base, wedges):
            key = _likeness(part, wedges)
            if key not in once:
                once[key] = _room(part, draws + 1), wedges, mine
            blocks.append(replace(once[key][0], part=part))
        work.append((wedges, mine, blocks))
    total = len(once) * (draws + 1)
    done = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
        # the central cases first, since the others start from them
        for chunks in ([(0, 1)], _chunks(draws + 1)):
            pending: dict[Future[None], int] = {
                threads.submit(_solve, solved, base, wedges, mine, first, last): last - first
                for first, last in chunks
                for solved, wedges, mine in once.values()
            }
            for future, count in pending.items():
                future.result()
                done += count
                if progress is not None:
                    progress(done, total)
    return Outcome(
        world=world,
        routes=base.routes,
        baseline_flow=base.flow,
        solutions=tuple(_gather(base, wedges, mine, blocks) for wedges, mine, blocks in work),
        sampled={name: getattr(drawn, name) for name in Parameters.__dataclass_fields__},
        seed=seed,
    )


def compiled() -> bool:
    """Whether the solver's machine code is at hand; if not, the first solve takes some seconds longer."""
    return newton.compiled()


def _chunks(draws: int) -> list[tuple[int, int]]:
    return [(first, min(first + CHUNK, draws)) for first in range(1, draws, CHUNK)]


def _likeness(part: Part, wedges: Wedges) -> bytes:
    """A digest of all that a block's solution depends on, but for the world and the draws."""
    digest = hashlib.sha256(repr(wedges.assume).encode())
    for cap in (wedges.caps[m] for m in part.caps):
        digest.update(repr((cap.limit_t, cap.low_t, cap.high_t)).encode())
    for array in (part.commodities, *part.block):
        digest.update(array.tobytes())
    return digest.digest()


def _room(part: Part, draws: int) -> Solved:
    b = part.block
    J, Q, K = b.absorption.size, b.share.size, b.activity.size

    def empty(width: int) -> Floats:
        return np.full((draws, width), np.nan)

    return Solved(
        part=part,
        unknowns=empty(b.node_output.size + b.cap_limit.size),
        price=empty(J),
        flow=empty(Q),
        activity=empty(K),
        consumption=empty(J),
        unmet=empty(J),
        stock=empty(J),
        consumer=empty(J),
        producer=empty(K),
        record=np.zeros((draws, 6)),
    )


def _solve(solved: Solved, base: Program, wedges: Wedges, mine: Parameters, first: int, last: int) -> None:
    # the kernel writes each draw's limits into the block: give every task its own
    b = solved.part.block._replace(cap_limit=solved.part.block.cap_limit.copy())
    limits = cap_limits([wedges.caps[m] for m in solved.part.caps], mine.cap_quantile)
    start = np.concatenate([np.ones(b.node_output.size), np.zeros(b.cap_limit.size)])
    if first > 0 and solved.record[0, 0]:
        start = solved.unknowns[0].copy()
    rows = slice(first, last)
    scratch = workspace(
        b.node_output.size, b.cap_limit.size, b.absorption.size, b.share.size, b.activity.size
    )
    newton.solve_draws(
        b,
        scratch,
        start,
        np.ascontiguousarray(mine.sigma[rows]),
        np.ascontiguousarray(mine.demand_elasticity[rows]),
        np.ascontiguousarray(mine.backstop_multiple[rows]),
        np.ascontiguousarray(mine.stock_months[rows]),
        np.ascontiguousarray(mine.supply_elasticity[rows][:, base.processes[solved.part.processes]]),
        np.ascontiguousarray(limits[rows]),
        solved.unknowns[rows],
        solved.price[rows],
        solved.flow[rows],
        solved.activity[rows],
        solved.consumption[rows],
        solved.unmet[rows],
        solved.stock[rows],
        solved.consumer[rows],
        solved.producer[rows],
        solved.record[rows],
    )


def _gather(base: Program, wedges: Wedges, mine: Parameters, blocks: list[Solved]) -> Solution:
    """Put the blocks' results into the world's shapes and pass the verdict."""
    world = base.world
    C, N = world.final_demand.shape
    D = mine.sigma.shape[0]
    prices = world.prices
    producer_price = np.full((D, C, N), np.nan)
    buyer_price = np.full((D, C, N), np.nan)
    consumption, unmet, stock, consumer = (np.zeros((D, C, N)) for _ in range(4))
    flow = np.zeros((D, len(base.routes)))
    rent = np.zeros((D, len(wedges.caps)))
    activity = np.zeros((D, len(world.processes)))
    producer = np.zeros((D, len(world.processes)))
    for solved in blocks:
        part = solved.part
        n = part.nodes.size
        c, i = base.nodes[part.nodes].T
        producer_price[:, c, i] = solved.unknowns[:, :n] * prices[c]
        c, j = base.markets[part.markets].T
        buyer_price[:, c, j] = solved.price * prices[c]
        consumption[:, c, j] = solved.consumption
        unmet[:, c, j] = solved.unmet
        stock[:, c, j] = solved.stock
        consumer[:, c, j] = solved.consumer * prices[c]
        flow[:, part.routes] = solved.flow
        rents = solved.unknowns[:, n:]
        rent[:, part.caps] = np.where(rents < 1e-10, 0.0, rents) * part.cap_price
        places = base.processes[part.processes]
        activity[:, places] = solved.activity
        producer[:, places] = solved.producer * base.value[part.processes]
        failed = solved.record[:, 0] == 0
        flow[np.ix_(failed, np.flatnonzero(np.isin(base.route_market, part.markets)))] = np.nan
    verdict = judge(base, wedges, blocks, buyer_price, unmet, activity)
    return Solution(
        wedges=wedges,
        status=verdict.status[0],
        message=verdict.message,
        certificate=verdict.certificate,
        worst_market=verdict.worst_market,
        draw_status=verdict.status,
        producer_price=producer_price,
        buyer_price=buyer_price,
        flow=flow,
        rent=rent,
        activity=activity,
        consumption=consumption,
        unmet=unmet,
        stock_drawn=stock,
        consumer_surplus_change=consumer,
        producer_surplus_change=producer,
    )

"""A market that needs no solving, for tests of the deal room: what is withheld is lost, dollar for dollar."""

from __future__ import annotations

import numpy as np

from oresight.market.outcome import Outcome, Solution
from oresight.policy.wedges import Wedges
from oresight.world.model import World


def linear_solve(world: World, wedges: list[Wedges], draws: int, seed: int) -> Outcome:
    """Buyers lose the baseline value of tonnes that a ban or a cap takes, and the duty on the rest."""
    return Outcome(
        world=world,
        routes=np.zeros((0, 3), dtype=np.int64),
        baseline_flow=np.zeros(0),
        solutions=tuple(_solved(world, w, draws + 1) for w in wedges),
        sampled={},
        seed=seed,
    )


def _solved(world: World, wedges: Wedges, D: int) -> Solution:
    C, N = world.final_demand.shape
    worth = world.flows * world.prices[:, None, None]
    lost = np.where(wedges.closed, worth, worth * wedges.import_duty)
    for cap in wedges.caps:
        at = tuple(cap.routes.T)
        lost[at] += worth[at] * (1.0 - cap.limit_t / world.flows[at].sum())
    surplus = np.broadcast_to(-lost.sum(axis=1), (D, C, N)).copy()
    none, nothing, idle = np.zeros((D, C, N)), np.zeros((D, 0)), np.zeros((D, len(world.processes)))
    return Solution(
        wedges=wedges,
        status="converged",
        message="",
        certificate={"duality_gap": 0.0},
        worst_market="",
        draw_status=("converged",) * D,
        producer_price=none,
        buyer_price=none,
        flow=nothing,
        rent=np.zeros((D, len(wedges.caps))),
        activity=idle,
        consumption=none,
        unmet=none,
        stock_drawn=none,
        consumer_surplus_change=surplus,
        producer_surplus_change=idle,
    )

"""The market on the bundled baseline."""

from __future__ import annotations

import numpy as np
import pytest

from oresight.market.solve import solve
from oresight.policy.wedges import Cap, Draw
from oresight.world.model import World
from synthetic_worlds import wedges


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


def exports(world: World, origin: str, group: str) -> np.ndarray:
    i = world.economy_index[origin]
    goods = [n for n, c in enumerate(world.commodities) if group in c.groups]
    return np.array([(c, i, j) for c in goods for j in range(len(world.economies)) if j != i], np.int64)


def test_the_baseline_stands_still(world: World) -> None:
    outcome = solve(world, [wedges(world)], draws=3)
    solution = outcome.solutions[0]
    assert set(solution.draw_status) == {"converged"}
    for flow in solution.flow:
        np.testing.assert_allclose(flow, outcome.baseline_flow, rtol=1e-10)
    assert np.nanmax(np.abs(solution.buyer_price / world.prices[:, None] - 1.0)) < 1e-10


def test_a_ban_by_the_dominant_supplier_is_solved_in_every_draw(world: World) -> None:
    routes = exports(world, "CHN", "critical minerals")
    closed = np.zeros(world.flows.shape, bool)
    closed[tuple(routes.T)] = True
    scenario = wedges(world, closed=closed, draws=(Draw("ban", routes, 1.0),))
    solution = solve(world, [scenario], draws=31, seed=1).solutions[0]
    assert set(solution.draw_status) == {"shortage"}
    assert solution.certificate["residual"] < 1e-8
    usa, magnet = world.economy_index["USA"], world.commodity_index["NdFeB magnet"]
    assert (solution.buyer_price[:, magnet, usa] > world.prices[magnet]).all()


def test_one_quota_over_all_rare_earths_lifts_the_cheap_ones_most(world: World) -> None:
    """A rent per tonne weighs on cheap oxides more than on dear ones, as in 2011."""
    routes = exports(world, "CHN", "rare earths")
    oxides = [
        n for n, c in enumerate(world.commodities) if "rare earths" in c.groups and c.stage == "separation"
    ]
    routes = routes[np.isin(routes[:, 0], oxides)]
    limit = 0.4 * world.flows[tuple(routes.T)].sum()
    solution = solve(world, [wedges(world, caps=(Cap("quota", routes, limit, "CHN"),))]).solutions[0]
    rent = solution.rent[0, 0]
    assert rent > 0
    china = world.economy_index["CHN"]
    cheap, dear = (
        world.commodity_index[n] for n in ("lanthanum-cerium oxide", "neodymium-praseodymium oxide")
    )
    ratio = 1.0 + rent / solution.producer_price[0, [cheap, dear], china]
    assert ratio[0] > 2.0 * ratio[1]

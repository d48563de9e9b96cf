"""The compiled kernel against the same equations in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import market_oracle as oracle
from oresight.market.solve import solve
from oresight.policy.wedges import Wedges
from oresight.world.model import World
from synthetic_worlds import DEFAULTS, cap, stock, synthetic_world, wedges

CENTRAL = {name: value.central for name, (value, _) in DEFAULTS.items()}


def scenario(world: World, seed: int) -> Wedges:
    """Tariffs, taxes, bans, quotas over several commodities and stocks, all at once."""
    rng = np.random.default_rng(seed)
    shape, C = world.flows.shape, len(world.commodities)
    closed = rng.random(shape) < 0.05
    closed[0, 0, 1:] |= bool(rng.random() < 0.5)
    return wedges(
        world,
        import_duty=np.where(rng.random(shape) < 0.2, rng.choice([0.1, 0.5, 2.0, 100.0], shape), 0.0),
        export_tax=np.where(rng.random(shape) < 0.1, rng.choice([0.1, 0.5], shape), 0.0),
        closed=closed,
        caps=(cap(world, 0, list(range(C)), 0.5), cap(world, 1, [0], 0.7), cap(world, 0, [0], 0.0, to=[2])),
        draws=(stock(world, 0, list(range(C)), 0.5),),
        assume=(
            ("demand_elasticity", float(rng.choice([0.2, 0.5, 1.0]))),
            ("sigma", float(rng.choice([3.0, 6.0]))),
        ),
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), network=st.booleans())
def test_the_kernel_s_solution_satisfies_the_equations_written_apart_from_it(
    seed: int, network: bool
) -> None:
    world = synthetic_world(seed % 50, network=network)
    wedge = scenario(world, seed)
    outcome = solve(world, [wedge])
    solution = outcome.solutions[0]
    assert solution.status != "failed"
    values = {**CENTRAL, **dict(wedge.assume)}
    state = oracle.evaluate(world, wedge, values, solution.producer_price[0], solution.rent[0])
    output = np.maximum(world.flows.sum(axis=2), 1e-300)
    assert np.abs(state.excess / output).max() < 1e-8
    at = tuple(outcome.routes.T)
    scale = outcome.baseline_flow
    np.testing.assert_allclose(solution.flow[0] / scale, state.flow[at] / scale, atol=1e-8, rtol=1e-7)
    np.testing.assert_allclose(solution.activity[0], state.activity, rtol=1e-8)
    used = world.flows.sum(axis=1) > 0
    np.testing.assert_allclose(solution.buyer_price[0][used], state.buyer_price[used], rtol=1e-9)
    np.testing.assert_allclose(solution.stock_drawn[0][used], state.stock[used], rtol=1e-8, atol=1e-9)
    met = 1 - state.unmet[used] / state.wanted[used]
    np.testing.assert_allclose(
        solution.consumption[0][used], (state.demand[used] * met), rtol=1e-7, atol=1e-7
    )


@pytest.mark.parametrize("seed", range(6))
def test_scipy_finds_the_same_prices_from_the_baseline(seed: int) -> None:
    world = synthetic_world(seed, network=seed >= 4, economy_count=4)
    rng = np.random.default_rng(seed)
    shape = world.flows.shape
    wedge = wedges(
        world, import_duty=np.where(rng.random(shape) < 0.3, 0.3, 0.0), closed=rng.random(shape) < 0.05
    )
    solution = solve(world, [wedge]).solutions[0]
    prices = oracle.solve(world, wedge, CENTRAL)
    np.testing.assert_allclose(solution.producer_price[0], prices, rtol=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_surplus_is_the_area_under_the_curves(seed: int) -> None:
    world = synthetic_world(seed, network=True)
    wedge = scenario(world, seed)
    solution = solve(world, [wedge]).solutions[0]
    values = {**CENTRAL, **dict(wedge.assume)}
    b = np.exp(-values["sigma"] * (values["backstop_multiple"] - 1))
    for c, j in np.argwhere(world.final_demand > 0)[:8]:
        expected = oracle.consumer_surplus_change(
            solution.buyer_price[0, c, j],
            world.prices[c],
            values["demand_elasticity"],
            world.final_demand[c, j] / (1 - b),
        )
        assert solution.consumer_surplus_change[0, c, j] == pytest.approx(expected, rel=1e-8, abs=1e-6)
    for k, process in enumerate(world.processes):
        i = world.economy_index[process.economy]
        before, after = 0.0, 0.0
        for name, y in process.outputs.items():
            c = world.commodity_index[name]
            before, after = before + y * world.prices[c], after + y * solution.producer_price[0, c, i]
        for name, u in process.inputs.items():
            c = world.commodity_index[name]
            before, after = before - u * world.prices[c], after - u * solution.buyer_price[0, c, i]
        expected = oracle.producer_surplus_change(world, k, before, after)
        scale = process.activity * before * 1e-8
        assert solution.producer_surplus_change[0, k] == pytest.approx(expected, rel=1e-6, abs=scale)

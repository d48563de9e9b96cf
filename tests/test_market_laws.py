"""What must hold of every solve, whatever the world and the policy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.market.outcome import Outcome, Solution
from oresight.market.solve import solve
from oresight.policy.wedges import Cap, Wedges
from oresight.world.model import World
from synthetic_worlds import cap, stock, synthetic_world, wedges

EXAMPLES = settings(max_examples=20, deadline=None)
SEEDS = st.integers(0, 10_000)


def hard(world: World, seed: int, rents: bool = True) -> Wedges:
    """Tariffs up to 10,000 %, bans, quotas with one rent over several goods, stocks."""
    rng = np.random.default_rng(seed)
    shape, C, N = world.flows.shape, len(world.commodities), len(world.economies)
    closed = rng.random(shape) < rng.choice([0.0, 0.1, 0.4])
    closed[:, 0, 1:] |= bool(rng.random() < 0.3)
    caps = tuple(
        cap(world, int(rng.integers(N)), list(rng.permutation(C)[: rng.integers(1, C + 1)]), float(share))
        for share in rng.choice([0.0, 0.05, 0.4, 0.9, 1.5], 3)
    )
    return wedges(
        world,
        import_duty=np.where(rng.random(shape) < 0.2, rng.choice([0.1, 1.0, 100.0], shape), 0.0),
        export_tax=np.where(rng.random(shape) < 0.1, rng.choice([0.1, 1.0], shape), 0.0),
        closed=closed,
        caps=caps if rents else (),
        draws=(stock(world, 0, list(range(C)), 0.6),) if rents and rng.random() < 0.5 else (),
    )


def run(world: World, wedge: Wedges) -> tuple[Outcome, Solution]:
    outcome = solve(world, [wedge])
    assert outcome.solutions[0].status != "failed"
    return outcome, outcome.solutions[0]


@EXAMPLES
@given(seed=SEEDS, network=st.booleans())
def test_no_policy_change_reproduces_the_baseline_in_every_draw(seed: int, network: bool) -> None:
    world = synthetic_world(seed, network=network)
    outcome = solve(world, [wedges(world)], draws=5, seed=seed)
    solution = outcome.solutions[0]
    assert set(solution.draw_status) == {"converged"}
    C, N = world.final_demand.shape
    made, used = world.flows.sum(axis=2) > 0, world.flows.sum(axis=1) > 0
    prices = np.broadcast_to(world.prices[:, None], (C, N))
    for d in range(6):
        np.testing.assert_allclose(solution.flow[d], outcome.baseline_flow, rtol=1e-10)
        np.testing.assert_allclose(solution.producer_price[d][made], prices[made], rtol=1e-10)
        np.testing.assert_allclose(solution.buyer_price[d][used], prices[used], rtol=1e-10)
        np.testing.assert_allclose(solution.consumption[d], world.final_demand, rtol=1e-10, atol=1e-9)
        np.testing.assert_allclose(solution.activity[d], [p.activity for p in world.processes], rtol=1e-10)
        assert solution.unmet[d].max() < 1e-9
        scale = (world.prices[:, None] * world.final_demand).sum()
        assert np.abs(solution.consumer_surplus_change[d]).sum() < 1e-10 * scale
        assert np.abs(solution.producer_surplus_change[d]).sum() < 1e-10 * scale


@EXAMPLES
@given(seed=SEEDS, network=st.booleans())
def test_tonnes_balance_at_every_node(seed: int, network: bool) -> None:
    world = synthetic_world(seed % 40, network=network)
    outcome, solution = run(world, hard(world, seed))
    C, N = world.final_demand.shape
    c, i, j = outcome.routes.T
    sold, bought, made, used = (np.zeros((C, N)) for _ in range(4))
    np.add.at(sold, (c, i), solution.flow[0])
    np.add.at(bought, (c, j), solution.flow[0])
    for k, process in enumerate(world.processes):
        at = world.economy_index[process.economy]
        for name, y in process.outputs.items():
            made[world.commodity_index[name], at] += y * solution.activity[0, k]
        for name, u in process.inputs.items():
            used[world.commodity_index[name], at] += u * solution.activity[0, k]
    price = np.nan_to_num(solution.producer_price[0], nan=np.inf) / world.prices[:, None]
    thrown_away = world.flows.sum(axis=2) * np.exp(-price / 0.02)
    scale = np.maximum(world.flows.sum(axis=2), 1.0)
    assert np.abs((made - sold - thrown_away) / scale).max() < 1e-8
    # what buyers get, from suppliers and stocks, is what they use; the rest of what processes want is unmet
    got = bought + solution.stock_drawn[0]
    absorbed = world.flows.sum(axis=1)
    final_only = (used == 0) & (absorbed > 0)
    np.testing.assert_allclose(got[final_only], solution.consumption[0][final_only], rtol=1e-7, atol=1e-8)
    process_met = got - solution.consumption[0]
    assert (process_met <= used * (1 + 1e-7) + 1e-7 * absorbed).all()
    np.testing.assert_array_less(-1e-9, solution.unmet[0])


@EXAMPLES
@given(seed=SEEDS, network=st.booleans())
def test_a_binding_quota_s_flow_is_the_quota_and_a_slack_one_has_no_rent(seed: int, network: bool) -> None:
    world = synthetic_world(seed % 40, network=network)
    outcome, solution = run(world, hard(world, seed))
    number = {tuple(route): q for q, route in enumerate(outcome.routes.tolist())}
    for m, quota in enumerate(solution.wedges.caps):
        flow = sum(solution.flow[0, number[tuple(r)]] for r in quota.routes.tolist() if tuple(r) in number)
        assert flow <= quota.limit_t * (1 + 1e-8) + 1e-9
        if solution.rent[0, m] > 0:
            assert flow == pytest.approx(quota.limit_t, rel=1e-7)
        if flow < quota.limit_t * (1 - 1e-6):
            assert solution.rent[0, m] == 0


@EXAMPLES
@given(seed=SEEDS, network=st.booleans(), step=st.sampled_from([0.01, 0.3, 5.0]))
def test_raising_one_tariff_never_raises_that_flow(seed: int, network: bool, step: float) -> None:
    world = synthetic_world(seed % 40, network=network)
    before = hard(world, seed)
    number = int(np.random.default_rng(seed).integers(len(np.argwhere(world.flows > 0))))
    raised = before.import_duty.copy()
    raised[tuple(np.argwhere(world.flows > 0)[number])] += step
    outcome = solve(world, [before, replace(before, import_duty=raised)])
    first, second = (solution.flow[0, number] for solution in outcome.solutions)
    assert second <= first + 1e-8 * outcome.baseline_flow[number]


@EXAMPLES
@given(seed=SEEDS)
def test_order_and_names_do_not_matter(seed: int) -> None:
    world = synthetic_world(seed % 40)
    wedge = hard(world, seed)
    rng = np.random.default_rng(seed)
    C, N = world.final_demand.shape
    goods, places = rng.permutation(C), rng.permutation(N)
    code = {e.code: f"X{n}" for n, e in enumerate(world.economies)}
    word = {c.name: f"good {n}" for n, c in enumerate(world.commodities)}

    def turn(array: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(array[np.ix_(goods, places, places)])

    turned = replace(
        world,
        economies=tuple(replace(world.economies[n], code=code[world.economies[n].code]) for n in places),
        commodities=tuple(replace(world.commodities[c], name=word[world.commodities[c].name]) for c in goods),
        processes=tuple(
            replace(
                p,
                name=f"plant {k}",
                economy=code[p.economy],
                outputs={word[c]: y for c, y in p.outputs.items()},
                inputs={word[c]: u for c, u in reversed(list(p.inputs.items()))},
            )
            for k, p in reversed(list(enumerate(world.processes)))
        ),
        flows=turn(world.flows),
        duty=turn(world.duty),
        final_demand=np.ascontiguousarray(world.final_demand[np.ix_(goods, places)]),
    )
    good_at, place_at = np.argsort(goods), np.argsort(places)

    def move(cap: Cap) -> Cap:
        c, i, j = cap.routes.T
        return replace(cap, routes=np.column_stack([good_at[c], place_at[i], place_at[j]])[::-1])

    changed = replace(
        wedge,
        name="other",
        import_duty=turn(wedge.import_duty),
        export_tax=turn(wedge.export_tax),
        closed=turn(wedge.closed),
        caps=tuple(move(c) for c in wedge.caps),
        draws=tuple(replace(d, routes=move(Cap("", d.routes, 0.0, "")).routes) for d in wedge.draws),
    )
    _, first = run(world, wedge)
    _, second = run(turned, changed)
    back = np.ix_(good_at, place_at)
    np.testing.assert_allclose(second.producer_price[0][back], first.producer_price[0], rtol=1e-7)
    np.testing.assert_allclose(second.buyer_price[0][back], first.buyer_price[0], rtol=1e-7)
    np.testing.assert_allclose(second.activity[0][::-1], first.activity[0], rtol=1e-6, atol=1e-7)
    assert first.status == second.status


def split(world: World, last: int) -> World:
    """The same world with its last economy cut into two equal halves that trade with each other too."""
    N = len(world.economies)
    grow = [*range(N), last]

    def halve(array: np.ndarray, axes: tuple[int, ...], scale: bool) -> np.ndarray:
        for axis in axes:
            array = np.take(array, grow, axis=axis)
            if scale:
                weight = np.ones(N + 1)
                weight[[last, N]] = 0.5
                array = array * weight.reshape([-1 if a == axis else 1 for a in range(array.ndim)])
        return np.ascontiguousarray(array)

    twins = []
    for p in world.processes:
        if p.economy != world.economies[last].code:
            twins.append(p)
            continue
        half = replace(p, activity=p.activity / 2, capacity=p.capacity / 2)
        twins += [half, replace(half, name=p.name + " twin", economy="TWN")]
    return replace(
        world,
        economies=(*world.economies, replace(world.economies[last], code="TWN")),
        processes=tuple(twins),
        flows=halve(world.flows, (1, 2), True),
        final_demand=halve(world.final_demand, (1,), True),
        duty=halve(world.duty, (1, 2), False),
    )


@EXAMPLES
@given(seed=SEEDS, network=st.booleans())
def test_merging_two_identical_economies_changes_no_aggregate(seed: int, network: bool) -> None:
    whole = synthetic_world(seed % 40, network=network)
    last = len(whole.economies) - 1
    parted = split(whole, last)
    rng = np.random.default_rng(seed)
    duty = np.where(rng.random(whole.flows.shape) < 0.3, 0.4, 0.0)
    closed = np.zeros(whole.flows.shape, bool)
    closed[:, 0, 1:3] = True
    grow = [*range(last + 1), last]
    goods = list(range(len(whole.commodities)))
    one = wedges(whole, import_duty=duty, closed=closed, caps=(cap(whole, 1, goods, 0.5),))
    two = wedges(
        parted,
        import_duty=np.ascontiguousarray(duty[:, grow][:, :, grow]),
        closed=np.ascontiguousarray(closed[:, grow][:, :, grow]),
        caps=(cap(parted, 1, goods, 0.5),),
    )
    _, first = run(whole, one)
    _, second = run(parted, two)
    np.testing.assert_allclose(first.rent, second.rent, rtol=1e-6)
    np.testing.assert_allclose(first.producer_price[0], second.producer_price[0][:, :-1], rtol=1e-7)
    np.testing.assert_allclose(
        first.consumption[0].sum(axis=1), second.consumption[0].sum(axis=1), rtol=1e-8, atol=1e-8
    )
    for name in ("consumer_surplus_change", "producer_surplus_change", "activity"):
        a, b = getattr(first, name)[0].sum(), getattr(second, name)[0].sum()
        assert a == pytest.approx(b, rel=1e-7, abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_welfare_does_not_depend_on_the_path(seed: int) -> None:
    """Surplus lost is the integral of tonnes over the rise of wedges, along any path of wedges."""
    world = synthetic_world(seed, economy_count=4)
    rng = np.random.default_rng(seed)
    shape = world.flows.shape
    first, second = (np.where(rng.random(shape) < 0.4, rng.uniform(0, 0.5, shape), 0.0) for _ in range(2))

    def along(corner: np.ndarray, end: np.ndarray) -> float:
        total = 0.0
        for start, stop in ((np.zeros(shape), corner), (corner, end)):
            fine = np.linspace(0.0, 1.0, 129)
            outcome = solve(world, [wedges(world, import_duty=start + t * (stop - start)) for t in fine])
            c, i, j = outcome.routes.T
            x = np.array([s.flow[0] for s in outcome.solutions])
            p = np.array([s.producer_price[0, c, i] for s in outcome.solutions])
            duty = np.array([s.wedges.import_duty[c, i, j] for s in outcome.solutions])
            wedge = p * (world.duty[c, i, j] + duty)
            # trapezium rule and its halving: Richardson leaves an error of fourth order
            whole = (0.5 * (x[2::2] + x[:-2:2]) * np.diff(wedge[::2], axis=0)).sum()
            half = (0.5 * (x[1:] + x[:-1]) * np.diff(wedge, axis=0)).sum()
            total -= (4 * half - whole) / 3
        return float(total)

    end = first + second
    _, solution = run(world, wedges(world, import_duty=end))
    surplus = solution.consumer_surplus_change[0].sum() + solution.producer_surplus_change[0].sum()
    one, other = along(first, end), along(second, end)
    assert one == pytest.approx(other, rel=1e-6)
    assert surplus == pytest.approx(one, rel=1e-6)


@EXAMPLES
@given(seed=SEEDS)
def test_the_certificate_is_small_and_the_price_bound_holds(seed: int) -> None:
    world = synthetic_world(seed % 40, network=False)
    _, solution = run(world, hard(world, seed, rents=False))
    assert 0 <= solution.certificate["residual"] < 1e-8
    assert 0 <= solution.certificate["duality_gap"] < 1e-8
    # ad valorem rates that differ by buyer can rob the Jacobian of its dominance; then there is no bound
    assert 0 <= solution.certificate.get("price_error_bound", 0.0) < 1e-6


def test_one_commodity_without_rents_has_a_price_bound() -> None:
    world = synthetic_world(1, network=False)
    closed = np.zeros(world.flows.shape, bool)
    closed[:, 0, 1:] = True
    _, solution = run(world, wedges(world, closed=closed))
    assert 0 <= solution.certificate["price_error_bound"] < 1e-8


def test_the_same_seed_gives_the_same_bytes_and_draw_zero_is_the_central_case() -> None:
    world = synthetic_world(3)
    wedge = hard(world, 3)
    first, again, other = (solve(world, [wedge], draws=40, seed=seed) for seed in (7, 7, 8))
    central = solve(world, [wedge])
    for name in ("flow", "producer_price", "buyer_price", "rent", "consumer_surplus_change"):
        a, b, c = (getattr(outcome.solutions[0], name) for outcome in (first, again, other))
        assert a.tobytes() == b.tobytes()
        if a.any() and name != "rent":
            assert not np.array_equal(a[1:], c[1:], equal_nan=True)
        np.testing.assert_array_equal(a[0], getattr(central.solutions[0], name)[0])

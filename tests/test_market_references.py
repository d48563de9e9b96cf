"""Published models next to ours: GSIM and CES Armington, reproduced small, then met in the limit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

from oresight.market.solve import solve
from oresight.world.model import Commodity, Process, Range, World
from synthetic_worlds import assumptions, economies, wedges

# Francois and Hall, Global Simulation Analysis of Industry-Level Trade Policy, the worked example with
# four economies (US, JP, EU, RW; rows export): trade at world prices and tariff factors. The United
# States and the European Union drop their tariffs on each other.
TRADE = np.array([[0, 50, 200, 300], [500, 0, 150, 200], [300, 100, 200, 200], [50, 100, 110, 20]], float)
FACTOR = np.array(
    [[1, 1.21, 1.41, 1.22], [1.37, 1, 1.31, 1.23], [1.32, 1.36, 1, 1.18], [1.57, 1.41, 1.25, 1.15]]
)
GSIM_PUBLISHED = [0.0792, -0.0316, 0.048, -0.0184]
GSIM_RECOMPUTED = [0.07918131, -0.03162094, 0.0480493, -0.01837171]


def gsim(
    trade: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    demand: float,
    supply: float,
    substitution: float,
) -> np.ndarray:
    """Relative changes of producer prices in the linear model: supply Ex p_r = sum of demand changes."""
    n = len(trade)
    theta = trade * before / (trade * before).sum(axis=0)
    phi = trade / trade.sum(axis=1, keepdims=True)
    shock = after / before - 1.0

    def excess(p: np.ndarray) -> np.ndarray:
        landed = p[:, None] + shock
        index = (theta * landed).sum(axis=0)
        wanted = (demand + substitution) * index[None, :] - substitution * landed
        return supply * p - (phi * wanted).sum(axis=1)

    constant = excess(np.zeros(n))
    slope = np.column_stack([excess(e) - constant for e in np.eye(n)])
    return np.linalg.solve(slope, -constant)


def armington(
    share: np.ndarray, tariff: np.ndarray, sigma: float, demand: float, supply: np.ndarray
) -> tuple[np.ndarray, float]:
    """Producer prices and the price index of one CES market, baseline prices one (nonlinear)."""

    def index(p: np.ndarray) -> float:
        return float((share * (p * tariff) ** (1 - sigma)).sum() ** (1 / (1 - sigma)))

    def excess(log_p: np.ndarray) -> np.ndarray:
        p = np.exp(log_p)
        return supply * log_p - ((sigma + demand) * np.log(index(p)) - sigma * np.log(p * tariff))

    p = np.exp(root(excess, np.zeros(share.size), tol=1e-14).x)
    return p, index(p)


def one_good(flows: np.ndarray, supply: np.ndarray, sigma: float, demand: float) -> World:
    """A world of one commodity at price one with the given flows and elasticities, far from capacity."""
    N = len(flows)
    places = economies(N)

    def fixed(value: float) -> Range:
        return Range(value, value, value)

    output = flows.sum(axis=1)
    return World(
        year=2024,
        economies=places,
        commodities=(Commodity("good", ("good",), "mining", (), "tonne", 1.0),),
        processes=tuple(
            Process(
                f"mine {n}",
                places[n].code,
                "mining",
                {"good": 1.0},
                {},
                output[n],
                50 * output[n],
                fixed(supply[n]),
            )
            for n in range(N)
            if output[n] > 0
        ),
        flows=flows[None],
        final_demand=flows.sum(axis=0)[None],
        duty=np.zeros((1, N, N)),
        assumptions=assumptions(
            {
                "sigma": fixed(sigma),
                "demand_elasticity": fixed(demand),
                "backstop_multiple": fixed(20.0),
                "stock_months": fixed(0.0),
            }
        ),
        facts=(),
        sources={},
        end_uses=(),
    )


def test_the_small_gsim_reference_reproduces_the_worked_example() -> None:
    after = FACTOR.copy()
    after[0, 2] = after[2, 0] = 1.0
    change = gsim(TRADE, FACTOR, after, -1.25, 1.5, 5.0)
    np.testing.assert_allclose(change, GSIM_RECOMPUTED, atol=5e-9)
    np.testing.assert_allclose(change, GSIM_PUBLISHED, atol=5.1e-5)


@pytest.mark.parametrize("pairs", [((0, 2), (2, 0)), ((1, 0),), ((3, 0), (0, 1), (2, 3))])
def test_small_tariffs_move_prices_as_in_gsim(pairs: tuple[tuple[int, int], ...]) -> None:
    """Without tariffs at the start GSIM's value shares are our tonnage shares; a second-order gap remains."""
    world = one_good(TRADE, np.full(4, 1.5), sigma=5.0, demand=1.25)
    gaps = []
    for step in (1e-3, 1e-4):
        duty = np.zeros((1, 4, 4))
        for i, j in pairs:
            duty[0, i, j] = step
        solution = solve(world, [wedges(world, import_duty=duty)]).solutions[0]
        ours = solution.producer_price[0, 0] - 1.0
        linear = gsim(TRADE, np.ones((4, 4)), 1.0 + duty[0], -1.25, 1.5, 5.0)
        gaps.append(np.abs(ours - linear).max() / np.abs(linear).max())
        # quantities too: sigma, eta and the supply elasticity are GSIM's Es, Em and Ex
        np.testing.assert_allclose(
            solution.activity[0] / TRADE.sum(axis=1) - 1.0, 1.5 * linear, atol=20 * step**2
        )
    assert gaps[1] < 2e-3
    assert gaps[1] < 0.2 * gaps[0]


def test_the_small_ces_reference_reproduces_the_example_with_four_suppliers() -> None:
    """AD.PartialEquilibriumApi wiki: four equal suppliers, 5 % on the third."""
    p, index = armington(np.full(4, 0.25), np.array([1, 1, 1.05, 1]), 4.0, -1.0, np.full(4, 5.0))
    found = [index, p[0], p[2], 1.05 * p[2]]
    np.testing.assert_allclose(found, [1.0099, 1.0032, 0.9817, 1.0308], atol=1e-4)  # published
    np.testing.assert_allclose(found, [1.009908, 1.003292, 0.98177, 1.030858], atol=1e-6)  # recomputed


def test_the_small_ces_reference_reproduces_the_example_with_three_varieties() -> None:
    """paulofelipe/emr: values 60, 30 and 10, a factor of 1.1 on the second."""
    tariff = np.array([1, 1.1, 1])
    p, index = armington(np.array([0.6, 0.3, 0.1]), tariff, 4.0, -1.0, np.array([1.0, 10.0, 10.0]))
    np.testing.assert_allclose(p * tariff, [1.02124038, 1.07851502, 1.00753465], atol=1e-7)
    assert index == pytest.approx(1.03565069, abs=1e-7)


@pytest.mark.parametrize(
    ("share", "supply", "taxed"), [([0.25] * 4, [5.0] * 4, 2), ([0.6, 0.3, 0.1], [1.0, 10.0, 10.0], 1)]
)
def test_logit_and_ces_agree_to_first_order(share: list[float], supply: list[float], taxed: int) -> None:
    """At the baseline both have cross elasticity sigma; they part in the square of the shock."""
    n = len(share)
    flows = np.zeros((n + 1, n + 1))
    flows[:n, n] = share
    world = one_good(flows, np.array([*supply, 1.0]), sigma=4.0, demand=1.0)
    gaps = []
    for step in (4e-2, 4e-3):
        tariff = np.ones(n)
        tariff[taxed] += step
        ces, index = armington(np.array(share), tariff, 4.0, -1.0, np.array(supply))
        duty = np.zeros((1, n + 1, n + 1))
        duty[0, taxed, n] = step
        solution = solve(world, [wedges(world, import_duty=duty)]).solutions[0]
        gaps.append(
            max(
                np.abs(solution.producer_price[0, 0, :n] - ces).max(),
                abs(solution.buyer_price[0, 0, n] - index),
            )
        )
    assert gaps[0] < 0.1 * 4e-2
    assert gaps[1] < 0.02 * gaps[0]

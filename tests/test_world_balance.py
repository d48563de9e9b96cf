"""Balancing: margins are met, zeros stay, order does not matter, what cannot be met is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.errors import InputError
from oresight.world.balance import balance, distances, gravity, prior_flows
from oresight.world.demand import final_demand
from oresight.world.model import Commodity, Economy, Fact

PLACES = tuple(
    Economy(code, code, latitude=lat, longitude=lon)
    for code, lat, lon in (
        ("CHN", 39.9, 116.4),
        ("JPN", 35.7, 139.8),
        ("USA", 38.9, -77.0),
        ("DEU", 52.5, 13.4),
        ("AUS", -35.3, 149.1),
    )
)
tonnes = st.floats(0.5, 1e5)
margins = st.tuples(
    st.lists(tonnes, min_size=5, max_size=5), st.lists(tonnes, min_size=5, max_size=5), st.integers(0, 2**31)
)


def test_distances_are_great_circles() -> None:
    d = distances(PLACES)
    assert d[0, 1] == pytest.approx(2100, rel=0.02)  # Beijing to Tokyo
    assert d[2, 3] == pytest.approx(6720, rel=0.02)  # Washington to Berlin
    assert np.array_equal(d, d.T)
    assert (np.diag(d) == 100).all()


def test_gravity_falls_with_distance_and_leaves_own_supply_out() -> None:
    g = gravity(np.ones(5), np.ones(5), distances(PLACES))
    assert g.sum() == pytest.approx(1)
    assert not np.diag(g).any()
    assert g[0, 1] > g[0, 3] > 0


@settings(max_examples=40, deadline=None)
@given(margins)
def test_margins_are_met_and_nothing_is_negative(given_margins: tuple[list[float], list[float], int]) -> None:
    supply, use = np.array(given_margins[0]), np.array(given_margins[1])
    use *= supply.sum() / use.sum()
    evidence = np.random.default_rng(given_margins[2]).random((5, 5))
    prior = prior_flows(supply, use, evidence, distances(PLACES), 0.7, 0.5)
    flows = balance(prior, supply, use, PLACES, "test ore")
    assert np.abs(flows.sum(axis=1) - supply).max() < 1e-9 * supply.sum()
    assert np.abs(flows.sum(axis=0) - use).max() < 1e-9 * supply.sum()
    assert (flows >= 0).all()
    assert (flows[prior == 0] == 0).all()


@settings(max_examples=20, deadline=None)
@given(margins, st.permutations(range(5)))
def test_the_order_of_economies_does_not_matter(
    given_margins: tuple[list[float], list[float], int], order: list[int]
) -> None:
    supply, use = np.array(given_margins[0]), np.array(given_margins[1])
    use *= supply.sum() / use.sum()
    prior = np.random.default_rng(given_margins[2]).random((5, 5)) + 0.1
    flows = balance(prior, supply, use, PLACES, "test ore")
    places = [PLACES[n] for n in order]
    other = balance(prior[np.ix_(order, order)], supply[order], use[order], places, "test ore")
    assert np.allclose(other, flows[np.ix_(order, order)], rtol=1e-6, atol=1e-6)


def test_a_balanced_prior_stays_as_it_is() -> None:
    prior = np.random.default_rng(3).random((5, 5))
    flows = balance(prior, prior.sum(axis=1), prior.sum(axis=0), PLACES, "test ore")
    assert np.allclose(flows, prior, rtol=1e-12)


def test_row_and_column_factors_explain_the_result() -> None:
    """At the entropy optimum ln(x / prior) is a row term plus a column term."""
    rng = np.random.default_rng(5)
    prior, supply, use = rng.random((5, 5)) + 0.1, rng.random(5), rng.random(5)
    use *= supply.sum() / use.sum()
    ratio = np.log(balance(prior, supply, use, PLACES, "test ore") / prior)
    interaction = ratio - ratio.mean(axis=0) - ratio.mean(axis=1)[:, None] + ratio.mean()
    assert np.abs(interaction).max() < 1e-9


def test_unequal_totals_are_refused_with_both() -> None:
    with pytest.raises(InputError, match=r"test ore: 5\.000 t are made but 10\.000 t are used"):
        balance(np.ones((5, 5)), np.ones(5), 2 * np.ones(5), PLACES, "test ore")


def test_a_buyer_without_supplier_is_named() -> None:
    prior = np.ones((5, 5))
    prior[:, 2] = 0
    with pytest.raises(InputError, match="USA uses it but has no supplier"):
        balance(prior, np.ones(5), np.ones(5), PLACES, "test ore")


def test_margins_that_zeros_forbid_are_refused() -> None:
    prior = np.zeros((5, 5))
    prior[0, :2] = prior[1:, 2:] = 1  # two buyers want more than their one supplier has
    with pytest.raises(InputError, match="no flows meet the margins"):
        balance(prior, np.ones(5), np.ones(5), PLACES, "test ore", rounds=200)


ORE = Commodity("test ore", ("test",), "mining", ("tests",), "ore", 1.0)


def _use(
    economy: str, value: float, kind: str, attribute: str = "consumption", subject: str = "test ore"
) -> Fact:
    return Fact(subject, economy, "mining", attribute, value, "t/yr", 2024, "x", kind, True)


def test_final_demand_divides_the_remainder_by_shares() -> None:
    facts = [
        _use("USA", 20, "reported"),
        _use("CHN", 75, "assumed", "consumption_share"),
        _use("JPN", 25, "assumed", "consumption_share"),
    ]
    found = final_demand(ORE, np.full(5, 20.0), np.array([40.0, 0, 0, 0, 0]), PLACES, facts)
    assert found.tonnes == pytest.approx([30, 10, 20, 0, 0])
    assert found.kinds == ("assumed", "assumed", "reported", "", "")


def test_final_demand_without_shares_scales_what_is_not_reported_and_says_so() -> None:
    facts = [_use("USA", 20, "reported"), _use("CHN", 30, "derived"), _use("JPN", 10, "assumed")]
    found = final_demand(ORE, np.full(5, 20.0), np.zeros(5), PLACES, facts)
    assert found.tonnes == pytest.approx([60, 20, 20, 0, 0])
    assert "scaled by 2.0000" in found.report[0]


@pytest.mark.parametrize(
    ("facts", "inputs", "says"),
    [
        ([], 0.0, "have no use"),
        ([_use("USA", 200, "reported")], 0.0, "have no use"),
        ([_use("USA", 200, "reported"), _use("CHN", 1, "assumed")], 0.0, "lower it"),
        ([_use("CHN", 90, "assumed", "consumption_share")], 0.0, "add up to 90"),
        (
            [_use("CHN", 200, "assumed"), _use("CHN", 100, "assumed", "consumption_share")],
            0.0,
            "lower the rows",
        ),
        ([], 500.0, "processes take 500.0 t but only 100.0 t are made"),
        ([_use("FRA", 5, "assumed")], 0.0, "unknown economy 'FRA'"),
    ],
)
def test_demand_that_does_not_close_is_refused(facts: list[Fact], inputs: float, says: str) -> None:
    with pytest.raises(InputError) as caught:
        final_demand(ORE, np.full(5, 20.0), np.array([inputs, 0, 0, 0, 0]), PLACES, facts)
    assert says in str(caught.value)

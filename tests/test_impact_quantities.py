"""Reliance, shares and concentration on tables small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from oresight.impact import quantities
from oresight.impact.rows import interval, intervals

# Two economies: A makes 10, keeps 4, sells 6 to B; B makes 2 and keeps it.
FLOWS = np.array([[[4.0, 6.0], [0.0, 2.0]]])


def test_net_import_reliance_follows_the_usgs_definition() -> None:
    # B: imports 6, apparent consumption 2 + 6 = 8, so 75 %. A is a net exporter: 0.
    assert quantities.net_import_reliance(FLOWS)[0] == pytest.approx([0.0, 75.0])


def test_stock_drawn_counts_as_not_produced_at_home() -> None:
    drawn = np.array([[0.0, 2.0]])
    # B: (6 + 2) / (2 + 6 + 2)
    assert quantities.net_import_reliance(FLOWS, drawn)[0, 1] == pytest.approx(80.0)


def test_an_economy_that_uses_nothing_has_no_reliance() -> None:
    assert np.isnan(quantities.net_import_reliance(np.array([[[0.0, 5.0], [0.0, 0.0]]]))[0, 0])


def test_own_supply_is_no_import() -> None:
    shares = quantities.import_shares(FLOWS, np.array([0, 1]), np.array([1, 0]))[0]
    assert shares[0] == pytest.approx(100.0)
    assert np.isnan(shares[1])  # A imports nothing


def test_concentration_of_production() -> None:
    # 10 of 12 and 2 of 12.
    assert quantities.production_hhi(FLOWS)[0] == pytest.approx((10 / 12 * 100) ** 2 + (2 / 12 * 100) ** 2)


@given(arrays(np.float64, (1, 4, 4), elements=st.floats(0.0, 1e6)))
def test_measures_stay_in_their_bounds(flows: np.ndarray) -> None:
    reliance = quantities.net_import_reliance(flows)
    assert np.all(np.isnan(reliance) | ((reliance >= 0) & (reliance <= 100 + 1e-9)))
    hhi = quantities.import_hhi(flows)
    assert np.all(np.isnan(hhi) | ((hhi >= 10_000 / 3 - 1e-6) & (hhi <= 10_000 + 1e-6)))
    for j in range(4):
        others = np.array([i for i in range(4) if i != j])
        total = quantities.import_shares(flows, others, np.full(3, j)).sum()
        assert np.isnan(total) or np.isclose(total, 100.0)


def test_the_interval_leaves_the_central_case_out() -> None:
    values = np.concatenate([[1000.0], np.linspace(0, 100, 101)])
    assert interval(values) == (1000.0, 5.0, 95.0)
    central, low, high = intervals(values[:, None])
    assert (central[0], low[0], high[0]) == (1000.0, 5.0, 95.0)


def test_without_draws_there_is_no_interval() -> None:
    assert interval(np.array([3.0])) == (3.0, None, None)
    assert interval(np.array([np.nan])) == (None, None, None)

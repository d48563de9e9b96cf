"""The event study finds what was put in, and nothing where nothing was."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from oresight.errors import InputError
from oresight.evidence.event_study import Prices, reactions, read_prices


def market_and_share(jump: float, seed: int = 3, days: int = 320) -> tuple[Prices, str]:
    """A share that follows the market with beta 1.5 and jumps by `jump` (log) on day 290."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0003, 0.01, days)
    share = 0.0001 + 1.5 * market + rng.normal(0, 0.005, days)
    share[290] += jump
    start = datetime.date(2024, 1, 1)
    names = tuple((start + datetime.timedelta(n)).isoformat() for n in range(days))
    values = np.exp(np.cumsum(np.column_stack([share, market]), axis=0))
    return Prices(names, ("MINE", "INDEX"), values), names[290]


def test_a_jump_is_found_with_its_size() -> None:
    prices, event = market_and_share(jump=0.10)
    found = {r.window: r for r in reactions(prices, event, market="INDEX")}
    assert found[(0, 0)].low_percent < 10.0 < found[(0, 0)].high_percent
    assert found[(0, 0)].p_value < 1e-6
    assert found[(0, 0)].first_day == event


def test_no_jump_is_mostly_not_significant() -> None:
    # The 10 % test should reject about one time in ten; 200 samples give it room.
    rejected = sum(
        reactions(*market_and_share(0.0, seed=s), market="INDEX")[0].p_value < 0.10 for s in range(200)
    )
    assert 8 <= rejected <= 34


def test_the_interval_agrees_with_the_textbook_regression() -> None:
    # The single-day prediction interval of ordinary least squares, written out.
    from scipy import stats

    prices, event = market_and_share(jump=0.02)
    found = reactions(prices, event, market="INDEX")[0]
    returns = np.diff(np.log(prices.values), axis=0)
    row = prices.days.index(event) - 1
    y, x = returns[row - 250 : row - 10].T
    fit = stats.linregress(x, y)
    n = len(x)
    s2 = ((y - fit.intercept - fit.slope * x) ** 2).sum() / (n - 2)
    at = returns[row, 1]
    se = np.sqrt(s2 * (1 + 1 / n + (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()))
    abnormal = returns[row, 0] - fit.intercept - fit.slope * at
    assert found.abnormal_return_percent == pytest.approx(100 * abnormal, rel=1e-9)
    assert found.t_statistic == pytest.approx(abnormal / se, rel=1e-9)


def test_bad_prices_are_named(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    for text, says in (
        ("Date,MINE\n2024-01-01,1\n2024-01-01,2\n", "line 3"),
        ("Date,MINE\n2024-01-01,abc\n", "column MINE"),
        ("Date,MINE\n2024-01-01,-1\n", "positive"),
        ("Date,MINE\nyesterday,1\n", "is not a date"),
        ("Date,MINE\n2024-01-01\n", "cells"),
        ("", "header"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=says):
            read_prices(str(file))
    file.write_text("Date,MINE\n2024-01-01,1\n2024-01-02,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="outside the prices"):
        reactions(read_prices(str(file)), "2030-01-01")
    with pytest.raises(InputError, match="needed"):
        reactions(read_prices(str(file)), "2024-01-02")


def test_real_series_of_a_rare_earth_fund() -> None:
    folder = Path(__file__).parents[2] / "shared" / "data" / "stocks"
    if not folder.is_dir():
        pytest.skip("the trial price series are not beside this checkout")
    found = reactions(read_prices(str(folder / "REMX_2020_2025.csv")), "2023-07-03")
    assert [r.window for r in found] == [(0, 0), (-1, 1), (0, 5), (0, 10)]
    assert all(r.model == "constant mean" for r in found)

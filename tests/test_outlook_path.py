"""A path over years: the first year is the plain solve, later years have more room and no stocks."""

from __future__ import annotations

import json

import numpy as np
import pytest

from oresight.errors import InputError
from oresight.impact.years import outlook_json, print_table, year_rows
from oresight.market.solve import solve
from oresight.outlook.path import Year, path
from oresight.outlook.projects import Project
from oresight.policy.wedges import Draw, Wedges
from outlook_world import chain_world

WORLD = chain_world()
MAGNET, CHN, USA, JPN = 3, 0, 1, 2


def ban(name: str = "China bans magnets") -> Wedges:
    C, N = WORLD.final_demand.shape
    closed = np.zeros((C, N, N), bool)
    closed[MAGNET, CHN, 1:] = True
    routes = np.argwhere(closed)
    none = np.zeros((C, N, N))
    return Wedges(name, none, none, closed, (), (Draw(name, routes, 1.0),), (), ())


def plant(start: float, capacity: float = 300.0) -> Project:
    return Project(
        "p",
        "Plant",
        "USA",
        "magnet",
        "",
        "market",
        capacity,
        "added",
        start,
        0,
        0,
        "announced",
        "own",
        "assumed",
    )


@pytest.fixture(scope="module")
def years() -> list[Year]:
    return path(WORLD, [ban()], 2028, (plant(2026.0),))


def price(year: Year) -> float:
    return float(year.outcome.solutions[0].buyer_price[0, MAGNET, USA])


def test_the_first_year_is_the_plain_solve(years: list[Year]) -> None:
    plain = solve(WORLD, [ban()])
    assert np.array_equal(years[0].outcome.solutions[0].flow, plain.solutions[0].flow)


def test_stocks_are_drawn_in_the_first_year_only(years: list[Year]) -> None:
    drawn = [float(y.outcome.solutions[0].stock_drawn.sum()) for y in years]
    assert drawn[0] > 0
    assert drawn[1:] == [0.0] * 4


def test_without_stocks_it_is_worse_and_with_the_plant_better(years: list[Year]) -> None:
    at = {y.year: price(y) for y in years}
    assert at[2025] > at[2024]
    assert at[2026] < at[2025]
    assert at[2028] < at[2026]


def test_no_policy_stays_at_each_years_baseline() -> None:
    C, N = WORLD.final_demand.shape
    none = np.zeros((C, N, N))
    idle = Wedges("nothing", none, none, none.astype(bool), (), (), (), ())
    for year in path(WORLD, [idle], 2027, (plant(2026.0),)):
        solution = year.outcome.solutions[0]
        assert solution.status == "converged"
        assert np.allclose(solution.flow[0], year.outcome.baseline_flow, rtol=1e-8)


def test_an_earlier_start_never_hurts_the_buyer() -> None:
    late = path(WORLD, [ban()], 2026, (plant(2026.5),))
    early = path(WORLD, [ban()], 2026, (plant(2025.5),))
    assert price(early[-1]) < price(late[-1])


def test_rows_and_json_carry_the_year_and_repeat_byte_for_byte(years: list[Year]) -> None:
    rows = year_rows(years)
    assert {row["year"] for row in rows} == {2024, 2025, 2026, 2027, 2028}
    assert {row["scenario"] for row in rows} == {"China bans magnets", "without the scenario"}
    again = path(WORLD, [ban()], 2028, (plant(2026.0),))
    one, two = (json.dumps(outlook_json(y), allow_nan=False) for y in (years, again))
    assert one == two
    told = outlook_json(years)
    assert told["years"][2]["opened"][0]["output_t"] == pytest.approx(210.0)  # type: ignore[index]
    assert any(line["commodity"] == "magnet" for line in print_table(years, "USA"))


@pytest.mark.parametrize("until", [2020, 2090])
def test_a_year_out_of_reach_is_one_line(until: int) -> None:
    with pytest.raises(InputError, match="should be between 2024"):
        path(WORLD, [ban()], until, ())

"""An episode made from the model's own world is predicted as it was made; other years say so."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from oresight.evidence.episodes import Episode, Observation
from oresight.evidence.hindcast import hindcast, hindcast_json, printed_rows, summary, window
from oresight.market.solve import solve
from oresight.policy.compile import to_wedges
from oresight.policy.ledger import Ledger
from oresight.policy.records import Measure, Scenario
from outlook_world import chain_world

WORLD = chain_world()
LEDGER = Ledger()
MAGNET, CHN = 3, 0


def ban(goods: tuple[str, ...] = ("magnet",)) -> Scenario:
    return Scenario("ban", measures=(Measure("b", "export_ban", "CHN", ("all",), goods),))


def seen(variable: str, value: float, unit: str = "percent", **places: str) -> Observation:
    return Observation(variable, unit, value, None, None, "made up", "magnet", **places)


def episode(*observed: Observation, year: int = 2024, months: float = 12.0) -> Episode:
    return Episode("made-up", "China bans magnets", year, months, ban(), observed)


def test_the_price_outside_is_the_mean_weighted_by_use() -> None:
    made = hindcast([episode(seen("buyer_price_change", 0, destination="outside"))], WORLD, LEDGER)[0]
    outcome = solve(WORLD, [to_wedges(ban(), WORLD, LEDGER)])
    price = outcome.solutions[0].buyer_price[0, MAGNET, 1:] / WORLD.prices[MAGNET] - 1
    used = WORLD.flows[MAGNET].sum(axis=0)[1:]
    assert made.rows[0].predicted == pytest.approx(100 * (price * used).sum() / used.sum())
    assert made.rows[0].predicted is not None
    assert made.rows[0].predicted > 0


def test_what_the_model_says_of_itself_is_inside_its_interval() -> None:
    blank = (
        seen("buyer_price_change", 0, destination="outside"),
        seen("flow_change", 0, origin="CHN", destination="outside"),
        seen("production", 0, "t/yr", origin="USA"),
        seen("outside_inside_price_ratio", 0, "ratio", origin="CHN"),
        seen("net_import_reliance", 0, destination="USA"),
    )
    first = hindcast([episode(*blank)], WORLD, LEDGER, draws=64)[0]
    middles = [
        replace(r.observation, value=0.5 * (r.low + r.high))
        for r in first.rows
        if r.low is not None and r.high is not None
    ]
    assert len(middles) == len(blank)
    again = hindcast([episode(*middles)], WORLD, LEDGER, draws=64)
    told = summary(again[0].rows)
    assert told["coverage_percent"] == 100.0
    assert told["inside"] == len(blank)


def test_a_ban_takes_all_trade() -> None:
    row = hindcast([episode(seen("flow_change", -95, origin="CHN", destination="outside"))], WORLD, LEDGER)[
        0
    ].rows[0]
    assert row.predicted == pytest.approx(-100.0)
    assert row.inside is None
    assert row.width is None


def test_a_short_window_leans_more_on_stocks() -> None:
    def price(months: float) -> float:
        made = hindcast(
            [episode(seen("buyer_price_change", 0, destination="outside"), months=months)], WORLD, LEDGER
        )
        return float(made[0].rows[0].predicted or 0.0)

    assert price(3) < price(6) < price(12) < price(24)
    wedges = replace(to_wedges(ban(), WORLD, LEDGER), assume=(("stock_months", 1.0), ("sigma", 4.0)))
    windowed, rest = window(WORLD, wedges, 6.0)
    assert rest.assume == (("sigma", 4.0),)
    assert next(a.value.central for a in windowed.assumptions if a.name == "stock_months") == 2.0


def test_an_open_approval_share_is_drawn_over_its_range() -> None:
    licence = Measure("l", "export_licensing", "CHN", ("all",), ("magnet",))
    told = (seen("flow_change", -40, origin="CHN", destination="outside"),)
    made = Episode("open", "a licence", 2024, 12.0, Scenario("licence", measures=(licence,)), told)
    row = hindcast([made], WORLD, LEDGER, draws=64)[0].rows[0]
    assert row.low is not None
    assert row.high is not None
    # The default of the made-up world is 0.6, within 0.3 to 0.85.
    assert row.predicted == pytest.approx(-40.0, abs=0.01)
    assert -70.0 < row.low < -55.0
    assert -30.0 < row.high < -15.0
    stated = replace(made, scenario=Scenario("licence", measures=(replace(licence, approval_share=0.6),)))
    fixed = hindcast([stated], WORLD, LEDGER, draws=64)[0].rows[0]
    assert fixed.width == pytest.approx(0.0, abs=0.01)


def test_another_baseline_year_is_said_on_every_row() -> None:
    made = hindcast(
        [episode(seen("buyer_price_change", 10, destination="outside"), year=2010)], WORLD, LEDGER
    )
    told = hindcast_json(made)
    assert "2010" in str(told["rows"][0]["note"])  # type: ignore[index]
    assert "baseline of 2024" in told["episodes"][0]["caveats"][0]  # type: ignore[index]
    same = hindcast([episode(seen("buyer_price_change", 10, destination="outside"))], WORLD, LEDGER)
    assert same[0].rows[0].note == ""


def test_what_the_baseline_does_not_hold_is_not_predicted() -> None:
    row = hindcast([episode(seen("production_change", 10, origin="ROW"))], WORLD, LEDGER, draws=4)[0].rows[0]
    assert (row.predicted, row.inside) == (None, None)
    assert row.note


def test_the_json_repeats_byte_for_byte_and_holds_the_contracts_fields() -> None:
    def once() -> str:
        made = hindcast([episode(seen("buyer_price_change", 10, destination="outside"))], WORLD, LEDGER, 8, 3)
        assert printed_rows(made)[0]["inside"] in ("yes", "no")
        return json.dumps(hindcast_json(made), allow_nan=False)

    told = once()
    assert told == once()
    assert {"predicted", "low", "high", "inside", "width"} <= set(json.loads(told)["rows"][0])
    assert np.isfinite(json.loads(told)["summary"]["by_unit"]["percent"]["mean_width"])

from __future__ import annotations

import json

import numpy as np
import pytest

from deal_market import linear_solve
from oresight.deal.choices import Choice, Move, Side, Table, table
from oresight.deal.leverage import judge, leverage, verdict
from oresight.deal.tables import bargain_rows, leverage_json, leverage_rows, matrix_rows
from oresight.errors import InputError
from oresight.policy.constructors import ExportBan, ImportTariff
from oresight.policy.ledger import Ledger, load_ledger
from oresight.policy.records import Agreement, Measure, Provision, Scenario, State
from policy_world import small_world

M = 1e6


def move(measure: Measure, state: str = "threatened") -> Move:
    return Move(measure, measure.id, state, False)


def board() -> Table:
    ban, tariff = move(ExportBan("CHN", "USA", "gallium")), move(ImportTariff("USA", "CHN", rate_percent=100))
    first = Side("USA", (Choice("nothing", ()), Choice("tariff", (tariff,))), 0, (tariff,))
    second = Side("CHN", (Choice("nothing", ()), Choice("ban", (ban,))), 0, (ban,))
    return Table(first, second, Scenario("start"), (), ())


def judged(first: list[list[float]], second: list[list[float]]):  # type: ignore[no-untyped-def]
    one, two = np.array([first]) * M, np.array([second]) * M
    return judge(board(), one, two, np.zeros((2, 1, 2, 2)), 1.0, (), 0, 0)


def test_costs_damage_and_ratio_are_read_off_the_matrix() -> None:
    got = judged([[0, 30], [5, 36]], [[0, 6], [20, 27]])
    tariff, ban = got.effects
    assert (tariff.own_cost.central, tariff.damage.central, tariff.ratio) == pytest.approx((5, 20, 4))
    assert (ban.own_cost.central, ban.damage.central, ban.ratio) == pytest.approx((6, 30, 5))


def test_mutual_harm_ends_in_peace_and_threats_are_bluff() -> None:
    got = judged([[0, 30], [5, 36]], [[0, 6], [20, 27]])
    assert [(c.first, c.second) for c in got.cells if c.equilibrium] == [("nothing", "nothing")]
    assert {t.verdict for t in got.threats} == {"bluff"}
    assert got.agreed == ("nothing", "nothing")


def test_a_measure_that_pays_is_credible_and_has_no_ratio() -> None:
    got = judged([[0, 30], [-2, 28]], [[0, 6], [20, 27]])
    assert got.effects[0].ratio is None
    assert [t.verdict for t in got.threats] == ["credible", "bluff"]
    assert got.threats[0].after_answer.central == pytest.approx(2)


def test_a_threat_moves_the_bargain_by_the_difference_of_harm() -> None:
    got = judged([[0, 30], [5, 36]], [[0, 6], [20, 27]])
    from_tariff = next(b for b in got.bargains if (b.first, b.second) == ("tariff", "nothing"))
    # Threat point (5, 20): the gain of 25 is halved, the first ends at -7.5 and is paid that.
    assert from_tariff.gain.central == pytest.approx(25)
    assert from_tariff.transfer.central == pytest.approx(7.5)
    assert from_tariff.moved.central == pytest.approx(7.5)


def test_no_pure_equilibrium_gives_the_mixed_one() -> None:
    got = judged([[0, 2], [2, 0]], [[2, 0], [0, 2]])
    assert not any(c.equilibrium for c in got.cells)
    (mix,) = got.equilibria
    assert not mix.pure
    assert [p for _, p in (*mix.first, *mix.second)] == pytest.approx([0.5] * 4)
    assert mix.loss_first == pytest.approx(1.0)


def test_verdict_counts_draws() -> None:
    assert verdict(1.0, None, 0.1) == "credible"
    assert verdict(0.05, None, 0.1) == "bluff"
    assert [verdict(1.0, share, 0.1) for share in (0.95, 0.5, 0.05)] == ["credible", "uncertain", "bluff"]


def law(*states: State, agreements: tuple[Agreement, ...] = ()) -> Ledger:
    import dataclasses

    ban = dataclasses.replace(ExportBan("CHN", "USA", "gallium"), id="ban", states=states)
    return Ledger(measures=(ban,), agreements=agreements)


TARIFF = Scenario("tariff", measures=(ImportTariff("USA", "CHN", "all", rate_percent=100),))


def test_choices_come_from_the_ledger_of_the_day_and_the_scenario() -> None:
    ledger = law(State("in_force", "2025-01-01", "2025-01-01"))
    got = table(small_world(), ledger, "USA", "CHN", TARIFF, as_of="2025-06-01")
    assert got.first.choices[0].name == "nothing"
    assert [m.state for m in got.first.moves] == ["scenario"]
    assert [m.state for m in got.second.moves] == ["in_force"]
    assert got.second.choices[got.second.stands].moves == got.second.moves
    assert got.first.choices[got.first.stands].moves == ()
    assert got.cell(1, 0).drop == ("ban",)
    assert got.cell(0, 1).drop == ()


def test_what_stood_in_the_baseline_year_is_no_move() -> None:
    ledger = law(State("in_force", "2023-01-01", "2023-01-01"))
    got = table(small_world(), ledger, "USA", "CHN", TARIFF, as_of="2025-06-01")
    assert got.second.moves == ()


def test_a_lapsed_threat_is_no_move() -> None:
    ledger = law(State("threatened", "2025-01-01", "2025-01-01", until="2025-02-01"))
    got = table(small_world(), ledger, "USA", "CHN", TARIFF, as_of="2025-06-01")
    assert got.second.moves == ()


def test_a_text_that_repeats_the_ledger_adds_no_second_move() -> None:
    ledger = law(State("threatened", "2025-01-01", "2025-01-01"))
    again = Scenario("again", measures=(ExportBan("CHN", "USA", "gallium metal"),))
    got = table(small_world(), ledger, "USA", "CHN", again, as_of="2025-06-01")
    assert len(got.second.moves) == 1


def test_promises_between_the_two_are_set_aside() -> None:
    promise = Provision("p", "no_export_restriction", "CHN", "USA", ("gallium",), True)
    state = (State("in_force", "2025-03-01", "2025-03-01"),)
    agreement = Agreement("pact", "Pact", "framework", ("USA", "CHN"), True, (promise,), state)
    ledger = law(State("in_force", "2025-01-01", "2025-01-01"), agreements=(agreement,))
    got = leverage(
        small_world(), ledger, "USA", "CHN", TARIFF, as_of="2025-06-01", draws=0, solve=linear_solve
    )
    assert any("pact" in note for note in got.notes)
    assert got.effects[-1].damage.central == pytest.approx(40 * 0.5)  # the ban acts in full


def test_linear_market_gives_the_losses_by_hand() -> None:
    ledger = law(State("in_force", "2025-01-01", "2025-01-01"))
    scenario = Scenario("t", measures=(ImportTariff("USA", "CHN", "gallium", rate_percent=50),))
    got = leverage(
        small_world(), ledger, "USA", "CHN", scenario, as_of="2025-06-01", draws=3, solve=linear_solve
    )
    assert [(c.first != "nothing", c.second != "nothing") for c in got.cells] == [
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    ]
    assert [c.loss_first.central for c in got.cells] == pytest.approx([0, 20, 10, 20])
    json.dumps(leverage_json(got), allow_nan=False)
    assert len(leverage_rows(got)) == 2
    assert len(matrix_rows(got)) == 2
    assert bargain_rows(got)


@pytest.mark.parametrize(
    ("side", "other", "message"),
    [("USA", "USA", "both USA"), ("USB", "CHN", "USA"), ("JPN", "DEU", "neither JPN nor DEU")],
)
def test_sides_that_make_no_game_are_told_in_a_line(side: str, other: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        table(small_world(), Ledger(), side, other, as_of="2025-06-01")


def test_october_2025_has_the_threat_of_100_percent_against_the_controls() -> None:
    from oresight.world.model import World

    world = World.load()
    got = table(world, load_ledger(), "USA", "CHN", as_of="2025-10-26")
    assert any(m.state == "threatened" and m.measure.rate_percent == 100 for m in got.first.moves)
    assert any(m.measure.instrument == "export_licensing" for m in got.second.moves)
    assert any("baseline holds none of its goods" in line for line in got.left_out)
    later = table(world, load_ledger(), "USA", "CHN", as_of="2025-12-01")
    assert not any(m.state == "threatened" for m in later.first.moves)


def test_the_rent_that_an_imposer_keeps_is_shown_and_can_be_taken_off() -> None:
    one, two = np.array([[[0, 30], [5, 36]]]) * M, np.array([[[0, -6], [20, 15]]]) * M
    rents = np.zeros((2, 1, 2, 2))
    rents[1, 0, 0, 1] = 16 * M
    got = judge(board(), one, two, rents, 1.0, (), 0, 0)
    ban = got.effects[1]
    assert (ban.own_cost.central, ban.rent.central, ban.without_rent.central) == pytest.approx((-6, 16, 10))
    told = leverage_json(got)["effects"][1]  # type: ignore[index]
    assert told["own_cost_without_rent"]["central"] == pytest.approx(10)


def test_a_threat_moves_the_bargain_by_half_of_what_it_hurts_the_other_more() -> None:
    # Carried out, the tariff costs its maker 5 and the other 20; the other's ban answers nothing.
    got = judged([[0, 30], [5, 36]], [[0, 6], [20, 27]])
    tariff, ban = got.threats
    assert tariff.bargain_without is not None
    assert tariff.bargain_with is not None
    assert tariff.moved is not None
    assert (tariff.bargain_without.central, tariff.bargain_with.central) == pytest.approx((0, 7.5))
    assert tariff.moved.central == pytest.approx((20 - 5) / 2)
    assert ban.moved is not None
    assert ban.moved.central == pytest.approx((30 - 6) / 2)


def test_a_threat_moves_the_bargain_in_step_with_belief_in_it() -> None:
    got = judged([[0, 30], [5, 36]], [[0, 6], [20, 27]])
    tariff = [b for b in got.beliefs if b.side == "USA"]
    assert [b.chance for b in tariff] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert [b.moved.central for b in tariff] == pytest.approx([7.5 * b.chance for b in tariff])


def test_a_measure_that_would_replace_what_is_in_force_is_no_threat_on_top() -> None:
    ledger = law(State("in_force", "2025-01-01", "2025-01-01"))
    more = Scenario("more", measures=(ExportBan("CHN", "USA", "dysprosium oxide"),))
    got = leverage(small_world(), ledger, "USA", "CHN", more, as_of="2025-06-01", draws=0, solve=linear_solve)
    moved = {t.name: t.moved for t in got.threats if t.side == "CHN"}
    assert [name for name, value in moved.items() if value is not None] == ["all it has or threatens"]


def test_only_named_measures_of_the_ledger_are_choices() -> None:
    ledger = law(State("in_force", "2025-01-01", "2025-01-01"))
    with pytest.raises(InputError, match="neither"):
        table(small_world(), ledger, "USA", "CHN", as_of="2025-06-01", only=("another",))


def test_a_measure_on_record_that_names_goods_outside_the_world_can_be_a_choice() -> None:
    state = (State("threatened", "2025-01-01", "2025-01-01"),)
    wide = Measure(
        "wide",
        "import_tariff",
        "USA",
        ("CHN", "QAT"),
        hs=("81129210", "250490"),
        rate_percent=25,
        states=state,
    )
    ledger = Ledger(measures=(wide,))
    got = leverage(small_world(), ledger, "USA", "CHN", as_of="2025-06-01", draws=0, solve=linear_solve)
    assert got.effects[0].damage.central == 0.0
    assert got.effects[0].own_cost.central == pytest.approx(40 * 0.5 * 0.25)

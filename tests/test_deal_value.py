from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deal_market import linear_solve
from oresight.deal.rank import rank
from oresight.deal.register import Risk, load_risks
from oresight.deal.tables import rank_json, rank_rows, sweep_rows, value_json, value_rows
from oresight.deal.value import Valuation, clause_values, relevant, value
from oresight.deal.words import million
from oresight.errors import InputError
from oresight.policy.constructors import (
    ExportBan,
    ExportLicensing,
    ImportTariff,
    NoExportRestriction,
    status_quo,
)
from oresight.policy.ledger import Ledger
from oresight.policy.records import Agreement, Measure, Provision, Scenario, State
from oresight.world.model import Assumption, Range, World
from policy_world import small_world

KEPT, HALF_KEPT = 0.9, 0.6
DYSPROSIUM = 8 * 250e3 / 1e6  # million USD a year from Malaysia to the United States


def world() -> World:
    def assume(name: str, central: float, low: float, high: float) -> Assumption:
        return Assumption(
            name, "*", "probability", Range(central, low, high), (0.0, 1.0), name, "own", "assumed"
        )

    base = small_world()
    more = (
        assume("compliance_binding", KEPT, 0.75, 0.98),
        assume("compliance_non_binding", HALF_KEPT, 0.3, 0.85),
    )
    return replace(base, assumptions=(*base.assumptions, *more))


def risk(name: str, measure: Measure, probability: float = 0.1, months: float = 12, given: str = "") -> Risk:
    chance = Range(probability, probability / 2, min(1.0, probability * 2))
    return Risk(name, name, measure, chance, months, given, "made up", "assumed")


def promise(promisor: str, whom: str, goods: str = "critical minerals", binding: bool = True) -> Provision:
    return NoExportRestriction(promisor, whom, goods, binding=binding)


def valued(provisions: list[Provision], risks: list[Risk], whom: str = "USA", draws: int = 0) -> Valuation:
    return value(world(), Ledger(), provisions, risks, whom, draws=draws, seed=1, solve=linear_solve)


MYS_BAN = ExportBan("MYS", "all", "dysprosium oxide")


def test_value_is_probability_times_loss_times_compliance() -> None:
    got = valued([promise("MYS", "USA")], [risk("ban", MYS_BAN)])
    assert got.loss_without.central == pytest.approx(0.1 * DYSPROSIUM)
    assert got.provisions[0].worth.central == pytest.approx(0.1 * DYSPROSIUM * KEPT)
    assert got.loss_with.central == pytest.approx(0.1 * DYSPROSIUM * (1 - KEPT))
    assert got.provisions[0].verdict == "valued"


def test_a_measure_of_some_months_costs_that_part_of_a_year() -> None:
    got = valued([promise("MYS", "USA")], [risk("ban", MYS_BAN, months=3)])
    assert got.loss_without.central == pytest.approx(0.1 * DYSPROSIUM / 4)


def test_a_promise_that_does_not_bind_is_kept_less_often() -> None:
    got = valued([promise("MYS", "USA", binding=False)], [risk("ban", MYS_BAN)])
    assert got.provisions[0].worth.central == pytest.approx(0.1 * DYSPROSIUM * HALF_KEPT)


def test_a_conditional_risk_is_as_likely_as_both_together() -> None:
    crisis = risk("crisis", ExportBan("CHN", "USA", "dysprosium oxide"), 0.2)
    follows = risk("follows", MYS_BAN, 0.5, given="crisis")
    got = valued([promise("MYS", "USA")], [crisis, follows])
    assert got.provisions[0].worth.central == pytest.approx(0.2 * 0.5 * DYSPROSIUM * KEPT)
    assert got.loss_without.central == pytest.approx(0.2 * 40 * 0.25 + 0.2 * 0.5 * DYSPROSIUM)


def test_a_shorter_measure_ends_before_the_longer_one() -> None:
    crisis = risk("crisis", ExportBan("CHN", "USA", "dysprosium oxide"), 1.0, months=12)
    follows = risk("follows", MYS_BAN, 1.0, months=6, given="crisis")
    got = valued([], [crisis, follows])
    assert got.loss_without.central == pytest.approx(40 * 0.25 + 0.5 * DYSPROSIUM)


def test_two_promises_against_one_risk_share_what_they_avoid_evenly() -> None:
    twice = [promise("MYS", "USA"), promise("MYS", "USA", "dysprosium oxide")]
    got = valued(twice, [risk("ban", MYS_BAN)])
    both = 0.1 * DYSPROSIUM * (1 - (1 - KEPT) ** 2)
    assert got.avoided.central == pytest.approx(both)
    assert [v.worth.central for v in got.provisions] == pytest.approx([both / 2] * 2)
    assert got.provisions[0].alone.central == pytest.approx(0.1 * DYSPROSIUM * KEPT)
    assert got.provisions[0].last.central == pytest.approx(both - 0.1 * DYSPROSIUM * KEPT)


def test_many_promises_are_sampled_with_an_error_and_still_add_up() -> None:
    many = [replace(promise("MYS", "USA"), id=f"p{k}") for k in range(13)]
    got = valued(many, [risk("ban", MYS_BAN)])
    assert sum(v.worth.central for v in got.provisions) == pytest.approx(got.avoided.central)
    assert got.avoided.central == pytest.approx(0.1 * DYSPROSIUM * (1 - (1 - KEPT) ** 13))
    for v in got.provisions:
        assert v.worth.central == pytest.approx(got.avoided.central / 13, abs=5 * v.sampling_error)
        assert v.sampling_error > 0.0


@pytest.mark.parametrize(
    "idle",
    [
        promise("THA", "USA"),  # no risk comes from there
        promise("MYS", "THA"),  # buys nothing from Malaysia
        promise("MYS", "USA", "gallium"),  # another mineral
        Provision("t", "tariff_held", "MYS", "USA", ("all",), True, 19.0),  # another instrument
    ],
)
def test_a_provision_that_forbids_nothing_relevant_is_worth_exactly_zero(idle: Provision) -> None:
    got = valued([promise("MYS", "USA"), idle], [risk("ban", MYS_BAN)], draws=8)
    told = got.provisions[1]
    assert (told.worth.central, told.worth.low, told.worth.high) == (0.0, 0.0, 0.0)
    assert told.verdict == "zero"
    assert "exactly zero" in told.sentence
    assert got.provisions[0].worth.central == pytest.approx(0.1 * DYSPROSIUM * KEPT)


IDLE = st.builds(
    Provision,
    st.just("idle"),
    st.sampled_from(["no_export_restriction", "tariff_held", "tariff_standstill", "restriction_removal"]),
    st.sampled_from(["THA", "JPN", "DEU"]),  # none of them imposes anything in the register
    st.sampled_from(["USA", "JPN", "THA"]),
    st.sampled_from([("all",), ("critical minerals",), ("gallium",)]),
    st.booleans(),
)


@given(IDLE)
@settings(max_examples=20, deadline=None)
def test_whatever_forbids_nothing_relevant_is_worth_nothing_and_takes_nothing(idle: Provision) -> None:
    kept = promise("MYS", "USA")
    risks = [risk("ban", MYS_BAN), risk("china", ExportBan("CHN", "USA", "gallium"))]
    alone, beside = valued([kept], risks, draws=4), valued([kept, idle], risks, draws=4)
    told = beside.provisions[1]
    assert (told.worth.central, told.worth.low, told.worth.high) == (0.0, 0.0, 0.0)
    assert told.verdict == "zero"
    assert beside.provisions[0].worth == alone.provisions[0].worth


def test_value_rises_in_step_with_how_often_promises_are_kept() -> None:
    got = valued([promise("MYS", "USA"), promise("CHN", "USA", binding=False)], [risk("ban", MYS_BAN)])
    assert [swept.kept for swept in got.sweep] == [0.25, 0.5, 0.75, 1.0]
    for swept in got.sweep:
        assert swept.worths[0].central == pytest.approx(0.1 * DYSPROSIUM * swept.kept)
        assert swept.worths[1].central == 0.0
        assert swept.avoided.central == pytest.approx(swept.worths[0].central)
    assert value_json(got)["compliance_sweep"][1]["kept"] == 0.5  # type: ignore[index]
    assert sweep_rows(got)[0]["kept 50 %"] == million(0.05 * DYSPROSIUM)


def test_the_sweep_shares_out_what_all_promises_avoid() -> None:
    got = valued([promise("MYS", "USA"), promise("MYS", "USA", "dysprosium oxide")], [risk("ban", MYS_BAN)])
    for swept in got.sweep:
        both = 0.1 * DYSPROSIUM * (1 - (1 - swept.kept) ** 2)
        assert swept.avoided.central == pytest.approx(both)
        assert [w.central for w in swept.worths] == pytest.approx([both / 2] * 2)


def test_progress_runs_once_from_nothing_to_all() -> None:
    seen: list[tuple[int, int]] = []
    value(
        world(),
        Ledger(),
        [promise("MYS", "USA")],
        [risk("ban", MYS_BAN)],
        draws=0,
        solve=linear_solve,
        progress=lambda done, of: seen.append((done, of)),
    )
    assert seen[0][0] == 0
    assert seen == sorted(seen)
    assert len({of for _, of in seen}) == 1
    assert seen[-1][0] == seen[-1][1]


def test_every_state_is_solved_once() -> None:
    solved: list[str] = []

    def counting(w: World, wedges: list, draws: int, seed: int):  # type: ignore[no-untyped-def]
        solved.extend(x.closed.tobytes() for x in wedges)
        return linear_solve(w, wedges, draws, seed)

    twice = [risk("ban", MYS_BAN), risk("again", MYS_BAN, 0.2)]
    many = [promise("MYS", "USA"), promise("MYS", "USA", "dysprosium oxide")]
    got = value(world(), Ledger(), many, twice, draws=0, solve=counting)
    assert len(solved) == len(set(solved)) == got.solves == 2  # the ban, and the ban that spares one


def test_a_promise_spares_its_beneficiary_and_not_the_others() -> None:
    got = valued([promise("MYS", "USA")], [risk("ban", MYS_BAN)], whom="JPN")
    assert got.loss_without.central == pytest.approx(0.1 * 4 * 0.25)
    assert got.loss_with.central == pytest.approx(got.loss_without.central)


def test_a_promise_on_some_commodities_leaves_the_rest_of_the_measure() -> None:
    ban = ExportBan("MYS", "all", "rare earths")
    got = valued([promise("MYS", "USA", "dysprosium")], [risk("ban", ban)])
    assert got.provisions[0].worth.central == pytest.approx(0.1 * DYSPROSIUM * KEPT)
    assert [part.name for part in got.provisions[0].by_commodity] == ["dysprosium oxide"]


def test_a_held_tariff_stops_a_rise() -> None:
    rise = ImportTariff("USA", ("MYS", "CHN"), "dysprosium oxide", rate_percent=10)
    held = Provision("held", "tariff_held", "USA", "MYS", ("all",), True, 19.0)
    got = valued([held], [risk("rise", rise)])
    assert got.provisions[0].worth.central == pytest.approx(0.1 * 0.1 * DYSPROSIUM * KEPT)
    assert got.loss_without.central == pytest.approx(0.1 * 0.1 * (8 + 40) * 0.25)


def test_the_value_splits_over_risks_and_commodities_without_a_remainder() -> None:
    risks = [
        risk("all", ExportLicensing("CHN", "all", "critical minerals", approval_share=0.4), 0.2),
        risk("also", ExportBan("CHN", "USA", "gallium"), 0.5, given="all"),
        risk("alone", ExportBan("CHN", "USA", "gallium")),
    ]
    got = valued([promise("CHN", "USA")], risks)
    told = got.provisions[0]
    assert {part.name for part in told.by_risk} == {"all", "also", "alone"}
    assert sum(part.central for part in told.by_risk) == pytest.approx(told.worth.central)
    assert sum(part.central for part in told.by_commodity) == pytest.approx(told.worth.central)


def test_order_of_provisions_and_risks_does_not_matter() -> None:
    risks = [risk("ban", MYS_BAN), risk("china", ExportBan("CHN", "USA", "gallium"))]
    provisions = [promise("MYS", "USA"), promise("CHN", "USA", binding=False)]
    one = valued(provisions, risks, draws=16)
    two = valued(provisions[::-1], risks[::-1], draws=16)
    by_id = {v.provision.id: v.worth for v in two.provisions}
    for v in one.provisions:
        again = by_id[v.provision.id]
        assert (v.worth.central, v.worth.low, v.worth.high) == pytest.approx(
            (again.central, again.low, again.high)
        )


def test_crises_without_a_promise_do_not_change_what_promises_are_worth() -> None:
    risks = [risk("ban", MYS_BAN), risk("china", ExportBan("CHN", "USA", "gallium"))]
    provisions = [promise("MYS", "USA")]
    fewer = relevant(risks, provisions, world())
    assert [r.id for r in fewer] == ["ban"]
    assert (
        valued(provisions, list(fewer), draws=9).provisions == valued(provisions, risks, draws=9).provisions
    )


def test_intervals_hold_the_central_case_and_repeat_with_the_seed() -> None:
    got = valued([promise("MYS", "USA")], [risk("ban", MYS_BAN)], draws=64)
    worth = got.provisions[0].worth
    assert worth.low < worth.central < worth.high
    assert value_json(got) == value_json(valued([promise("MYS", "USA")], [risk("ban", MYS_BAN)], draws=64))


def test_what_cannot_be_valued_is_listed_with_the_reason() -> None:
    opening = Provision("open", "market_opening", "KHM", "USA", (), True)
    got = valued([opening, promise("MYS", "USA")], [risk("ban", MYS_BAN)])
    assert [p.id for p, _, _ in got.not_valued] == ["open"]
    lines = clause_values(got)
    assert lines[0].central == pytest.approx(got.provisions[0].worth.central)
    assert lines[-1].central is None
    assert "not valued" in lines[-1].sentence


def test_a_state_without_an_equilibrium_is_no_number() -> None:
    def broken(w: World, wedges: list, draws: int, seed: int):  # type: ignore[no-untyped-def]
        outcome = linear_solve(w, wedges, draws, seed)
        for solution in outcome.solutions:
            solution.consumer_surplus_change[:] = np.nan
        return outcome

    got = value(world(), Ledger(), [promise("MYS", "USA")], [risk("ban", MYS_BAN)], solve=broken, draws=2)
    assert got.failed
    assert value_json(got)["provisions"][0]["central"] is None  # type: ignore[index]
    assert "no equilibrium" in got.provisions[0].sentence
    json.dumps(value_json(got), allow_nan=False)


def test_a_risk_that_already_stands_costs_nothing_more() -> None:
    got = value(
        world(),
        Ledger(),
        [promise("MYS", "USA")],
        [risk("ban", MYS_BAN)],
        solve=linear_solve,
        draws=0,
        start=Scenario("standing", measures=(MYS_BAN,)),
    )
    assert got.loss_without.central == pytest.approx(0.0)
    assert got.provisions[0].verdict == "noise"


def test_an_agreement_on_record_does_not_count_beside_its_own_provision() -> None:
    kept = promise("MYS", "USA")
    state = (State("in_force", "2025-01-01", "2025-01-01"),)
    pact = Agreement("pact", "Pact", "framework", ("USA", "MYS"), True, (kept,), state)
    ledger = Ledger(agreements=(pact,))
    got = value(
        world(),
        ledger,
        [kept],
        [risk("ban", MYS_BAN)],
        solve=linear_solve,
        draws=0,
        start=status_quo("2025-06-01"),
    )
    assert got.provisions[0].worth.central == pytest.approx(0.1 * DYSPROSIUM * KEPT)


def test_no_risks_and_no_provisions_are_worth_nothing() -> None:
    assert valued([promise("MYS", "USA")], []).provisions[0].worth.central == 0.0
    assert valued([], [risk("ban", MYS_BAN)]).provisions == ()


def test_an_unknown_beneficiary_is_named() -> None:
    with pytest.raises(InputError, match="USA"):
        valued([], [risk("ban", MYS_BAN)], whom="USB")


def test_rank_orders_commodities_by_expected_loss() -> None:
    risks = [risk("ban", MYS_BAN, 0.5), risk("gallium", ExportBan("CHN", "USA", "gallium"), 0.3)]
    got = rank(world(), Ledger(), "USA", risks, draws=8, seed=1, solve=linear_solve)
    assert got.ranked[0].commodity == "gallium metal"
    assert got.ranked[0].expected_loss.central == pytest.approx(0.3 * 40 * 0.5)
    assert got.ranked[1].commodity == "dysprosium oxide"
    assert got.ranked[1].share_of_spending == pytest.approx(0.5 * 8 / 60)
    assert got.ranked[0].worst_crisis == "gallium"
    json.dumps(rank_json(got), allow_nan=False)
    assert len(rank_rows(got)) == 5


def test_the_bundled_register_values_malaysias_promise_on_the_bundled_world() -> None:
    base = World.load()
    risks = load_risks(base)
    provisions = [
        NoExportRestriction("MYS", "USA", ("critical minerals", "rare earths")),
        NoExportRestriction("KHM", "USA", "critical minerals"),
    ]
    got = value(base, Ledger(), provisions, relevant(risks, provisions, base), "USA", draws=8)
    assert not got.failed
    malaysia, cambodia = got.provisions
    assert malaysia.worth.central > 0.0
    assert malaysia.worth.central <= got.loss_without.central
    assert cambodia.worth.central == 0.0
    assert got.loss_without.central - got.loss_with.central == pytest.approx(got.avoided.central)
    json.dumps(value_json(got), allow_nan=False)
    assert len(value_rows(got)) == 4 + len(got.rents)
    # China's licence on rare earths is the one limit in these crises: it keeps what scarcity is worth.
    assert got.rents[0].name == "China"
    assert got.rents[0].central > 0.0
    assert {part["name"] for part in value_json(got)["rents_kept_by_imposers"]} == {r.name for r in got.rents}  # type: ignore[attr-defined]

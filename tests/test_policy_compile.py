"""From scenarios to wedges: which routes are touched, by how much, and what a promise takes out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oresight.errors import InputError
from oresight.policy.compile import to_wedges
from oresight.policy.constructors import (
    ExportBan,
    ExportLicensing,
    ExportQuota,
    ExportTax,
    ImportTariff,
    NoExportRestriction,
    status_quo,
)
from oresight.policy.ledger import Ledger, load_ledger
from oresight.policy.records import Measure, Provision, Scenario, State
from policy_world import CODES, small_world

WORLD = small_world()
LEDGER = load_ledger()
NONE = Ledger()
I = {code: n for n, code in enumerate(CODES)}  # noqa: E741
DY, NDPR, MAGNET, GALLIUM, TUNGSTEN = range(5)


def wedges(*parts: Measure | Provision, base: Scenario | None = None, ledger: Ledger = NONE):  # type: ignore[no-untyped-def]
    scenario = base or Scenario("test")
    for part in parts:
        scenario = scenario + part
    return to_wedges(scenario, WORLD, ledger)


def test_the_bare_baseline_changes_nothing() -> None:
    w = wedges()
    assert not w.import_duty.any()
    assert not w.export_tax.any()
    assert not w.closed.any()
    assert w.caps == ()
    assert w.draws == ()
    assert w.blocked == ()


def test_what_stood_in_the_baseline_year_is_not_added_again() -> None:
    assert not wedges(base=status_quo("2024-07-01"), ledger=LEDGER).caps
    then = {c.measure for c in wedges(base=status_quo("2025-10-26"), ledger=LEDGER).caps}
    assert then == {"cn-tungsten-2025", "cn-rare-earths-2025-04"}  # gallium was licensed in 2024 already
    earlier = to_wedges(status_quo("2024-07-01"), small_world(2022), LEDGER)
    assert {c.measure for c in earlier.caps} == {"cn-gallium-germanium-2023"}


def test_a_ban_closes_routes_and_lets_buyers_draw_on_stocks() -> None:
    w = wedges(ExportBan("CHN", ["USA", "JPN"], "dysprosium"))
    assert w.closed.sum() == 2
    assert w.closed[DY, I["CHN"], I["USA"]]
    (draw,) = w.draws
    assert draw.withheld_share == 1
    assert len(draw.routes) == 2


def test_a_quota_is_one_cap_over_all_it_covers() -> None:
    w = wedges(ExportQuota("CHN", commodities="rare earths", share_of_baseline=0.5))
    (cap,) = w.caps
    at = tuple(cap.routes.T)
    assert set(cap.routes[:, 0]) == {DY, NDPR, MAGNET}
    assert cap.limit_t == pytest.approx(0.5 * WORLD.flows[at].sum())
    assert cap.owner == "CHN"
    assert w.draws[0].withheld_share == pytest.approx(0.5)
    (fixed,) = wedges(ExportQuota("CHN", commodities="rare earths", limit_t=100)).caps
    assert fixed.limit_t == 100


def test_a_licence_is_a_cap_per_commodity_at_the_approved_share() -> None:
    w = wedges(ExportLicensing("CHN", commodities=["dysprosium", "NdFeB magnet"]))
    limits = {int(c.routes[0, 0]): c.limit_t for c in w.caps}
    assert limits == pytest.approx({DY: 0.5 * 110, MAGNET: 0.7 * 110})  # the narrowest assumption holds
    assert any("not published" in n for n in w.notes)
    given_share = wedges(ExportLicensing("CHN", commodities="dysprosium", approval_share=0.25))
    assert given_share.caps[0].limit_t == pytest.approx(0.25 * 110)
    assert not given_share.notes


def test_a_licence_counts_only_the_routes_that_a_ban_leaves_open() -> None:
    for order in (1, -1):
        parts = [
            ExportBan("CHN", "USA", "gallium"),
            ExportLicensing("CHN", commodities="gallium", approval_share=0.5),
        ]
        (cap,) = wedges(*parts[::order]).caps
        assert cap.limit_t == pytest.approx(0.5 * (110 - 40))
        assert I["USA"] not in cap.routes[:, 2]


def test_a_limit_that_leaves_nothing_closes_the_route() -> None:
    w = wedges(ExportQuota("CHN", commodities="gallium", limit_t=0))
    assert not w.caps
    assert w.closed[GALLIUM, I["CHN"]].sum() == len(CODES) - 1


def test_taxes_and_tariffs_add() -> None:
    w = wedges(
        ExportTax("CHN", commodities="tungsten", rate_percent=20),
        ImportTariff("USA", "CHN", rate_percent=100),
        ImportTariff("USA", "CHN", "tungsten", rate_percent=5),
    )
    assert w.export_tax[TUNGSTEN, I["CHN"], I["JPN"]] == pytest.approx(0.2)
    assert w.import_duty[DY, I["CHN"], I["USA"]] == pytest.approx(1.0)
    assert w.import_duty[TUNGSTEN, I["CHN"], I["USA"]] == pytest.approx(1.05)
    assert not w.import_duty[:, :, I["JPN"]].any()


def test_a_binding_promise_takes_the_beneficiary_out() -> None:
    promise = NoExportRestriction("MYS", "USA", ["critical minerals"])
    w = wedges(ExportBan("MYS", commodities="rare earths"), promise)
    assert not w.closed[:, I["MYS"], I["USA"]].any()
    assert w.closed[DY, I["MYS"], I["JPN"]]
    (blocked,) = w.blocked
    assert blocked.sentence == (
        "Malaysia's export ban on rare earths does not reach the United States:"
        " its promise to the United States forbids it"
    )


def test_the_sentence_names_the_day_of_the_agreement() -> None:
    promise = Provision(
        "p",
        "no_export_restriction",
        "MYS",
        "USA",
        ("rare earths",),
        True,
        agreement="ART",
        agreed_on="2025-10-26",
    )
    (blocked,) = wedges(ExportBan("MYS", "USA", "rare earths"), promise).blocked
    assert blocked.sentence.endswith(
        "the United States: its agreement of 26 October 2025, taken to be in force, forbids it"
    )


def test_a_promise_that_does_not_bind_is_told_and_blocks_nothing() -> None:
    promise = NoExportRestriction("MYS", "USA", "rare earths", binding=False)
    w = wedges(ExportBan("MYS", "USA", "rare earths"), promise)
    assert w.closed[DY, I["MYS"], I["USA"]]
    assert not w.blocked
    assert any("does not bind" in n for n in w.notes)


def test_a_promise_forbids_only_what_it_names() -> None:
    promise = NoExportRestriction("CHN", "USA", "dysprosium", instruments=["export_ban", "export_quota"])
    w = wedges(ExportLicensing("CHN", commodities="rare earths", approval_share=0.5), promise)
    assert not w.blocked
    other = wedges(ExportBan("CHN", "USA", "tungsten"), promise)
    assert other.closed[TUNGSTEN, I["CHN"], I["USA"]]
    tax = wedges(ExportTax("CHN", "USA", "dysprosium", rate_percent=9), NoExportRestriction("CHN", "USA"))
    assert tax.export_tax.any()


def test_a_standstill_that_binds_stops_a_new_tariff() -> None:
    still = Provision("s", "tariff_standstill", "USA", "MYS", (), True)
    w = wedges(ImportTariff("USA", ["MYS", "CHN"], rate_percent=10), still)
    assert not w.import_duty[:, I["MYS"], I["USA"]].any()
    assert w.import_duty[:, I["CHN"], I["USA"]].all()
    assert len(w.blocked) == 1


def test_measures_of_the_ledger_meet_promises_too() -> None:
    promise = NoExportRestriction("CHN", "USA", "rare earths")
    w = wedges(promise, base=status_quo("2025-10-26"), ledger=LEDGER)
    assert any(b.measure == "cn-rare-earths-2025-04" for b in w.blocked)
    assert all(I["USA"] not in c.routes[:, 2] for c in w.caps if c.measure == "cn-rare-earths-2025-04")


def test_a_signed_agreement_does_not_bind_before_it_is_in_force() -> None:
    w = wedges(ExportBan("MYS", "USA", "rare earths"), base=status_quo("2025-10-26"), ledger=LEDGER)
    assert w.closed[DY, I["MYS"], I["USA"]]
    assert any("does not bind" in n for n in w.notes)


def test_dropping_a_ledger_entry_takes_it_out() -> None:
    scenario = Scenario(
        "x", "ledger", "2025-10-26", "2025-10-26", drop=("cn-us-ban-2024", "us-ieepa-fentanyl-china-20")
    )
    w = to_wedges(scenario, WORLD, LEDGER)
    assert not w.closed.any()
    assert w.import_duty[DY, I["CHN"], I["USA"]] == pytest.approx(0.0)


def test_equal_limits_on_the_same_routes_are_one() -> None:
    state = (State("in_force", "2025-01-01", "2025-01-01"),)
    a = Measure("a", "export_licensing", "CHN", ("all",), ("gallium",), approval_share=0.5, states=state)
    b = Measure("b", "export_licensing", "CHN", ("all",), ("gallium",), approval_share=0.5, states=state)
    assert len(wedges(a, b).caps) == 1


def test_what_one_period_cannot_show_is_a_sentence() -> None:
    stake = Measure("s", "equity_stake", "USA", (), project="a magnet plant", accelerates_months=12)
    floor = Measure("f", "price_floor", "USA", ("all",), ("NdFeB magnet",))
    w = wedges(stake, floor)
    assert "a magnet plant starts 12 months earlier" in w.notes[0]
    assert "price floor" in w.notes[1]


def test_a_missing_assumption_is_an_error_with_its_name() -> None:
    from dataclasses import replace

    with pytest.raises(InputError, match="no licence_approval_share"):
        to_wedges(
            Scenario("x", measures=(ExportLicensing("CHN", commodities="gallium"),)),
            replace(WORLD, assumptions=()),
            NONE,
        )


def test_adding_on_two_days_is_refused() -> None:
    with pytest.raises(InputError, match="starts on one day"):
        status_quo("2025-10-26") + status_quo("2025-11-26")


measures = st.one_of(
    st.builds(
        ExportBan, st.sampled_from(CODES[:3]), st.sampled_from(["all", "JPN", "ROW"]), st.just("rare earths")
    ),
    st.builds(
        ExportQuota,
        st.sampled_from(CODES[:3]),
        commodities=st.sampled_from(["gallium", "all", "heavy rare earths"]),
        share_of_baseline=st.floats(0, 1.5),
    ),
    st.builds(ExportLicensing, st.sampled_from(CODES[:3]), approval_share=st.floats(0, 1)),
    st.builds(
        ImportTariff,
        st.sampled_from(CODES[:3]),
        st.sampled_from(["all", "ROW"]),
        rate_percent=st.floats(0, 200),
    ),
)


@given(st.lists(measures, max_size=5), st.booleans())
def test_domestic_routes_are_never_touched(parts: list[Measure], ledger: bool) -> None:
    base = status_quo("2025-10-26") if ledger else None
    w = wedges(*parts, base=base, ledger=LEDGER if ledger else NONE)
    home = np.arange(len(CODES))
    assert not w.closed[:, home, home].any()
    assert not w.import_duty[:, home, home].any()
    assert not w.export_tax[:, home, home].any()
    for item in (*w.caps, *w.draws):
        assert np.all(item.routes[:, 1] != item.routes[:, 2])
    assert all(c.limit_t > 0 for c in w.caps)
    assert np.all(WORLD.duty + w.import_duty >= 0)


@given(
    st.permutations(
        [ExportBan("CHN", "USA", "gallium"), ExportTax("CHN", rate_percent=5), ExportLicensing("CHN")]
    )
)
def test_the_order_of_measures_does_not_matter(parts: list[Measure]) -> None:
    a, b = wedges(*parts), wedges(*parts[::-1])
    assert np.array_equal(a.closed, b.closed)
    assert np.array_equal(a.export_tax, b.export_tax)
    assert sorted(c.limit_t for c in a.caps) == sorted(c.limit_t for c in b.caps)

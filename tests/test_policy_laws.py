"""Laws of the ledger: order does not matter, later knowledge changes nothing known before, parts add up."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oresight.policy.duties import duties, general_duty
from oresight.policy.ledger import EVER, Ledger, load_ledger, standing, state_on
from oresight.policy.listing import ledger_rows
from oresight.policy.records import STATES, State
from oresight.policy.stacking import days_of_change, duty_matrix, stacked_duty
from oresight.policy.timeline import events, timeline_rows
from policy_world import CODES, small_world

WORLD = small_world()
LEDGER = load_ledger()
GOODS = [c.name for c in WORLD.commodities]

SINCE_2018 = st.dates(date(2018, 7, 6), date(2027, 12, 31)).map(str)
FEW_DAYS = st.integers(0, 6).map(lambda n: (date(2025, 1, 1) + timedelta(days=n)).isoformat())
STATE = st.builds(
    State, st.sampled_from(STATES), FEW_DAYS, FEW_DAYS, until=st.just("") | FEW_DAYS, note=st.just("")
)


def shuffled(ledger: Ledger, seed: int) -> Ledger:
    dice = random.Random(seed)

    def turn(entries: tuple) -> tuple:
        turned = [replace(e, states=tuple(dice.sample(e.states, len(e.states)))) for e in entries]
        dice.shuffle(turned)
        return tuple(turned)

    return replace(
        ledger,
        measures=turn(ledger.measures),
        exemptions=turn(ledger.exemptions),
        agreements=turn(ledger.agreements),
    )


@settings(max_examples=25, deadline=None)
@given(SINCE_2018, SINCE_2018, st.integers(0, 9))
def test_the_order_of_entries_does_not_matter(as_of: str, known_by: str, seed: int) -> None:
    other = shuffled(LEDGER, seed)
    ours = {s.entry.id: (s.state, s.note) for s in standing(LEDGER, as_of, known_by)}
    assert ours == {s.entry.id: (s.state, s.note) for s in standing(other, as_of, known_by)}
    matrix = duty_matrix(LEDGER, WORLD, as_of, known_by)
    assert duty_matrix(other, WORLD, as_of, known_by) == pytest.approx(matrix, abs=1e-12)


@given(st.lists(STATE, max_size=6), st.randoms(use_true_random=False), FEW_DAYS, FEW_DAYS)
def test_the_order_of_states_does_not_matter(
    states: list[State], dice: random.Random, as_of: str, known_by: str
) -> None:
    other = list(states)
    dice.shuffle(other)
    assert state_on(states, as_of, known_by) == state_on(other, as_of, known_by)


@given(st.lists(STATE, max_size=5), STATE, FEW_DAYS, FEW_DAYS)
def test_knowing_more_changes_nothing_that_was_known_before(
    states: list[State], news: State, as_of: str, known_by: str
) -> None:
    assume(news.known > known_by)
    assert state_on([*states, news], as_of, known_by) == state_on(states, as_of, known_by)


@settings(max_examples=20, deadline=None)
@given(SINCE_2018, SINCE_2018)
def test_the_ledger_of_a_day_is_what_had_been_written_by_then(as_of: str, known_by: str) -> None:
    def cut(entries: tuple) -> tuple:
        kept = (replace(e, states=tuple(s for s in e.states if s.known <= known_by)) for e in entries)
        return tuple(e for e in kept if e.states)

    written = replace(
        LEDGER,
        measures=cut(LEDGER.measures),
        exemptions=cut(LEDGER.exemptions),
        agreements=cut(LEDGER.agreements),
    )
    now = {s.entry.id: (s.state, s.note) for s in standing(LEDGER, as_of, known_by)}
    assert now == {s.entry.id: (s.state, s.note) for s in standing(written, as_of, EVER)}
    assert general_duty(written, "USA", "CHN", as_of, EVER) == general_duty(
        LEDGER, "USA", "CHN", as_of, known_by
    )


@settings(max_examples=60, deadline=None)
@given(SINCE_2018, SINCE_2018, st.sampled_from(CODES), st.sampled_from(GOODS))
def test_the_total_is_the_sum_of_its_parts_and_the_matrix(
    as_of: str, known_by: str, origin: str, good: str
) -> None:
    duty = stacked_duty(LEDGER, WORLD, origin, "USA", good, as_of, known_by)
    assert duty.total_percent == pytest.approx(sum(p.percent for p in duty.parts))
    assert math.isfinite(duty.total_percent)
    for part in duty.parts:
        assert 0 <= part.percent <= part.rate_percent + 1e-9
        assert part.reason
        assert part.source
        if part.percent == 0 and part.rate_percent > 0:
            assert any(word in part.reason for word in ("exempt", "free", "ceiling")), part.reason
    at = (
        WORLD.commodity_index[good],
        WORLD.economy_index[origin],
        WORLD.economy_index["USA"],
    )
    assert duty_matrix(LEDGER, WORLD, as_of, known_by)[at] == pytest.approx(duty.total_percent / 100)


@settings(max_examples=60, deadline=None)
@given(SINCE_2018, SINCE_2018)
def test_nothing_is_in_force_before_it_was_announced_and_took_effect(as_of: str, known_by: str) -> None:
    for s in standing(LEDGER, as_of, known_by):
        assert min(state.known for state in s.entry.states) <= known_by
        if s.in_force:
            begun = [state for state in s.entry.states if state.state == "in_force" and state.on <= as_of]
            assert any(state.known <= known_by for state in begun), s.entry.id


@given(st.lists(STATE, max_size=6), FEW_DAYS, FEW_DAYS)
def test_no_states_put_in_force_what_was_not(states: list[State], as_of: str, known_by: str) -> None:
    found, note = state_on(states, as_of, known_by)
    if found is None:
        return
    assert found.known <= known_by
    if found.state == "in_force":
        assert found in states
        assert found.on <= as_of
        # It applies again after a suspension only with a word on what that assumes.
        over = [s for s in states if s.known <= known_by and s.on <= as_of and s.state == "suspended"]
        top = max((s.known, s.on, STATES.index("suspended")) for s in over) if over else None
        if top and top > (found.known, found.on, STATES.index("in_force")):
            assert "taken to apply again" in note


@settings(max_examples=15, deadline=None)
@given(SINCE_2018, SINCE_2018)
def test_any_day_since_2018_is_answered(as_of: str, known_by: str) -> None:
    rows = ledger_rows(LEDGER, WORLD, as_of, known_by)
    assert rows
    assert all(row["source"] for row in rows)
    assert [d.commodity for d in duties(LEDGER, WORLD, "CHN", "USA", "rare earths", as_of, known_by)]


def test_between_two_days_of_change_no_duty_changes() -> None:
    days = [d for d in days_of_change(LEDGER) if d >= "2018-07-06"]
    for first, second in pairwise(days):
        last = (date.fromisoformat(second) - timedelta(days=1)).isoformat()
        assert duty_matrix(LEDGER, WORLD, first, EVER) == pytest.approx(
            duty_matrix(LEDGER, WORLD, last, EVER)
        ), (first, last)


@given(st.lists(STATE, max_size=6), FEW_DAYS, FEW_DAYS)
def test_the_timeline_is_the_state_of_every_day(states: list[State], as_of: str, known_by: str) -> None:
    entry = replace(LEDGER.measures[0], states=tuple(states))
    passed = [e for e in events(entry, known_by) if e.on <= as_of]
    state, note = state_on(states, as_of, known_by)
    if state is None:
        # Nothing had begun, or a suspension ran out with nothing on record beneath it.
        assert all(e.state == "suspended" and e.until < as_of for e in passed[-1:])
    else:
        assert (passed[-1].state, passed[-1].known, passed[-1].until) == (
            state.state,
            state.known,
            state.until,
        )
        assert passed[-1].assumed == bool(note)
    assert [e.on for e in passed] == sorted(e.on for e in passed)


def test_the_timeline_tells_threats_suspensions_and_what_is_assumed() -> None:
    rows = timeline_rows(LEDGER, WORLD, "2026-11-23", imposer="CHN", commodity="gallium metal")
    ban = [(r["on"], r["state"], r["assumed"], r["planned"]) for r in rows if r["id"] == "cn-us-ban-2024"]
    assert ban == [
        ("2024-12-03", "in_force", False, False),
        ("2025-11-09", "suspended", False, False),
        ("2026-11-28", "in_force", True, True),  # nothing on record renews the suspension
    ]
    threat = [
        r
        for r in timeline_rows(LEDGER, WORLD, "2025-11-05", imposer="USA", target="CHN")
        if r["id"] == "us-threat-china-100"
    ]
    assert [(r["on"], r["state"]) for r in threat] == [
        ("2025-10-10", "threatened"),
        ("2025-11-01", "withdrawn"),
    ]
    assert threat[0]["until"] == "2025-11-01"
    assert "in answer to China's export controls" in str(threat[0]["note"])
    before = timeline_rows(LEDGER, WORLD, "2025-10-26", imposer="USA", target="CHN")
    lapse = [r for r in before if r["id"] == "us-threat-china-100"][-1]
    assert (lapse["state"], lapse["assumed"], lapse["planned"]) == ("lapsed", True, True)


def test_exemptions_are_listed_with_their_basis() -> None:
    rows = ledger_rows(LEDGER, WORLD, "2025-10-26", commodity="NdFeB magnet", imposer="USA")
    found = {r["id"]: r["basis"] for r in rows if r["kind"] == "exemption"}
    assert found["us-annex-ii-september"] == "IEEPA reciprocal"
    assert "us-annex-ii-april" not in found

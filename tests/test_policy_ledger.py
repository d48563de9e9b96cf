"""The ledger: what stands on a day, given what was known by a day."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oresight.errors import InputError
from oresight.policy.ledger import EVER, load_ledger, standing, state_on
from oresight.policy.records import Measure, State

LEDGER = load_ledger()


def states(as_of: str, known_by: str = "") -> dict[str, str]:
    return {s.entry.id: s.state.state for s in standing(LEDGER, as_of, known_by)}


def test_a_brief_for_26_october_2025_knows_nothing_of_november() -> None:
    then = standing(LEDGER, "2025-10-26")
    assert all(s.state.known <= "2025-10-26" for s in then)
    found = states("2025-10-26")
    assert found["us-threat-china-100"] == "threatened"
    assert found["cn-us-ban-2024"] == "in_force"
    assert found["us-malaysia-art"] == "signed"
    assert "us-china-arrangement" not in found
    assert "us-japan-framework" not in found
    # What was planned then is seen as it was planned then, even for a later day.
    assert states("2026-01-15", "2025-10-26")["cn-rare-earths-2025-10-57"] == "in_force"
    assert states("2026-01-15")["cn-rare-earths-2025-10-57"] == "suspended"


def test_a_suspension_that_ran_out_uncovers_the_measure_and_says_so() -> None:
    found = {s.entry.id: s for s in standing(LEDGER, "2026-12-01")}
    ban = found["cn-us-ban-2024"]
    assert ban.in_force
    assert "suspended until 2026-11-27" in ban.note


def test_a_threat_whose_day_passed_without_news_has_lapsed() -> None:
    found = {s.entry.id: s for s in standing(LEDGER, "2025-11-02", "2025-10-26")}
    assert found["us-threat-china-100"].state.state == "lapsed"
    assert "2025-11-01" in found["us-threat-china-100"].note
    assert states("2025-11-02")["us-threat-china-100"] == "withdrawn"


def test_the_surcharge_ends_by_itself() -> None:
    assert states("2026-07-23")["us-122-surcharge"] == "in_force"
    assert states("2026-07-24")["us-122-surcharge"] == "ended"


def test_every_entry_names_its_source_and_says_whether_it_was_checked() -> None:
    for entry in (*LEDGER.measures, *LEDGER.exemptions, *LEDGER.agreements):
        assert entry.source, entry.id
        assert isinstance(entry.verified, bool)
    for measure in LEDGER.measures:
        if measure.instrument == "export_licensing":
            assert measure.approval_share is None
            assert "approval_share" in measure.assumed, measure.id


def test_states_are_known_before_they_are_asked_about() -> None:
    for entry in (*LEDGER.measures, *LEDGER.exemptions, *LEDGER.agreements):
        for state in entry.states:
            assert not state.until or state.until >= state.on, entry.id


@given(
    as_of=st.dates(min_value=date(2023, 1, 1)).map(str),
    known=st.dates(min_value=date(2023, 1, 1)).map(str),
)
def test_nothing_is_used_that_was_not_known(as_of: str, known: str) -> None:
    for s in standing(LEDGER, as_of, known):
        assert s.state.known <= known
        assert s.state.on <= as_of


def test_later_knowledge_lies_over_earlier() -> None:
    steps = (
        State("announced", "2025-01-01", "2025-01-01"),
        State("in_force", "2025-06-01", "2025-01-01"),
        State("withdrawn", "2025-05-01", "2025-05-01"),
    )
    assert state_on(steps, "2025-07-01", "2025-04-01")[0] == steps[1]
    assert state_on(steps, "2025-07-01")[0] == steps[2]
    assert state_on(steps, "2024-12-31", EVER) == (None, "")


def test_dates_are_checked() -> None:
    with pytest.raises(InputError, match="as_of: '2025-13-01' is not a date"):
        standing(LEDGER, "2025-13-01")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("measures: [{id: a, instrument: export_bann, imposer: CHN, targets: [all]}]", "export_ban"),
        ("measures: [{id: a, instrument: export_ban, imposer: CHN, targets: [all]}]", "needs states"),
        ("measures: [{id: a, instrument: export_ban, imposer: CHN, targts: [all]}]", "targets"),
        ("measures: [{id: a}]", "measures[0]"),
        ("tariff_lines: {dysprosium oxide: {'28': 0.5}}", "sum to 1"),
        ("a: [", "not valid YAML"),
        ("a: 1\na: 2", "given twice"),
    ],
)
def test_a_ledger_with_a_fault_names_file_and_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as fault:
        load_ledger(tmp_path)
    assert "own.yaml" in str(fault.value)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_ids_differ(tmp_path: Path) -> None:
    entry = (
        "{id: a, instrument: export_ban, imposer: CHN, targets: [all],"
        " states: [{state: in_force, on: 2025-01-01, known: 2025-01-01}]}"
    )
    (tmp_path / "own.yaml").write_text(f"measures: [{entry}, {entry}]", encoding="utf-8")
    with pytest.raises(InputError, match="are called 'a'"):
        load_ledger(tmp_path)


def test_measures_keep_their_dates_as_text() -> None:
    assert all(isinstance(s.on, str) for e in LEDGER.measures if isinstance(e, Measure) for s in e.states)


MONTHS = [date(2025, month, 1).strftime("%B") for month in range(1, 13)]


def days_in(text: str) -> list[str]:
    found = re.findall(r"(\d{1,2}) ([A-Z][a-z]+) (20\d\d)", text)
    return [f"{year}-{MONTHS.index(month) + 1:02}-{int(day):02}" for day, month, year in found]


def test_no_entry_tells_of_what_came_after_it_became_known() -> None:
    """Titles, notes and sources show from the first day an entry is known; later news belongs to a state."""
    for entry in (*LEDGER.measures, *LEDGER.exemptions, *LEDGER.agreements):
        known = min((s.known for s in entry.states if s.known), default=EVER)
        said = " ".join((entry.title, entry.note, entry.source, getattr(entry, "cause", "")))
        assert all(told <= known for told in days_in(said)), entry.id
        for state in entry.states:
            told_then = days_in(f"{state.note} {state.source}")
            assert all(told <= max(state.known, state.until, state.on) for told in told_then), entry.id

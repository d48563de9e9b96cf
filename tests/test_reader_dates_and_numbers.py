"""Dates and figures as texts write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oresight.reader.dates import dates_of
from oresight.reader.numbers import numbers_of

SUNDAY = dt.date(2025, 10, 26)


@pytest.mark.parametrize(
    ("words", "value", "role", "basis"),
    [
        ("it took effect on july 31, 2025", "2025-07-31", "effective", "text"),
        ("signed on 4 may 2011", "2011-05-04", "event", "text"),
        ("signed on 2011-05-04", "2011-05-04", "event", "text"),
        ("a july 1986 agreement", "1986-07", "event", "text"),
        ("in 2006", "2006", "event", "text"),
        ("by the end of 2027", "2027-12-31", "deadline", "text"),
        ("a tariff by nov. 1", "2025-11-01", "deadline", "docdate"),
        ("signed on sunday", "2025-10-26", "event", "docdate"),
        ("they will meet on thursday", "2025-10-30", "event", "docdate"),
        ("they met last monday", "2025-10-20", "event", "docdate"),
        ("he said yesterday", "2025-10-25", "event", "docdate"),
        ("from january 1", "2026-01-01", "effective", "docdate"),
        ("until november 10", "2025-11-10", "expiry", "docdate"),
        ("by the end of the year", "2025-12-31", "deadline", "docdate"),
        ("next month", "2025-11", "event", "docdate"),
        ("last year", "2024", "event", "docdate"),
        ("over the next 10 years", "2035", "deadline", "docdate"),
        ("effective 7 days after the date of this order", "2025-11-02", "effective", "docdate"),
        ("on april 30", "2025-04-30", "event", "docdate"),
    ],
)
def test_a_date_is_read(words: str, value: str, role: str, basis: str) -> None:
    (date,) = dates_of(words, SUNDAY)
    assert (date.value, date.role, date.basis) == (value, role, basis)


@pytest.mark.parametrize(
    "words", ["on sunday", "by nov. 1", "next month", "yesterday", "by the end of the year"]
)
def test_a_relative_date_stays_open_without_a_day_of_publication(words: str) -> None:
    (date,) = dates_of(words, None)
    assert date.value is None
    assert date.basis == "docdate"


def test_a_day_that_no_month_has_is_no_date() -> None:
    assert dates_of("on 31 june 2025", SUNDAY) == []


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_every_day_written_out_is_read_back(day: dt.date) -> None:
    for words in (f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%B} {day.year}", day.isoformat()):
        (date,) = dates_of(words.lower(), None)
        assert date.value == day.isoformat()


@given(st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2090, 12, 31)), st.integers(-150, 150))
def test_a_day_without_a_year_is_the_nearest_one(published: dt.date, gap: int) -> None:
    day = published + dt.timedelta(days=gap)
    (date,) = dates_of(f"on {day:%B} {day.day}".lower(), published)
    assert date.value == day.isoformat() or (day.month, day.day) == (2, 29)


@pytest.mark.parametrize(
    ("words", "kind", "value", "unit", "qualifier"),
    [
        ("nearly 90% of supply", "percent", 90, "", "nearly"),
        ("a 25 per cent tariff", "percent", 25, "", None),
        ("75 pct of the equity", "percent", 75, "", None),
        ("by 24 percentage points", "points", 24, "", None),
        ("a zero percent rate", "percent", 0, "", None),
        ("at least 12.5 percent", "percent", 12.5, "", "at_least"),
        ("more than two-thirds of output", "percent", 66.7, "fraction", "more_than"),
        ("investing $35.6 million", "money", 35.6e6, "USD", None),
        ("approximately usd70 billion", "money", 70e9, "USD", "approximately"),
        ("about 80 mln dlrs", "money", 80e6, "USD", "about"),
        ("a 500 mln yen plant", "money", 500e6, "JPY", None),
        ("3.2 billion usd", "money", 3.2e9, "USD", None),
        ("€2.5bn", "money", 2.5e9, "EUR", None),
        ("a$1.2 billion", "money", 1.2e9, "AUD", None),
        ("96,000 tonnes", "quantity", 96000, "t", None),
        ("four mln tonnes", "quantity", 4e6, "t", None),
        ("up to 1,000 metric tons", "quantity", 1000, "t", "up_to"),
    ],
)
def test_a_figure_is_read(words: str, kind: str, value: float, unit: str, qualifier: str | None) -> None:
    (number,) = numbers_of(words)
    assert (number.kind, number.value, number.unit, number.qualifier) == (kind, value, unit, qualifier)


def test_a_rate_that_moves_gives_both_rates() -> None:
    assert [n.value for n in numbers_of("reduced from 20 to 10 percent")] == [20, 10]
    assert [n.value for n in numbers_of("drops to 15 percent from 27.5 percent")] == [15, 27.5]


@given(st.integers(0, 10_000_000))
def test_thousands_separators_do_not_matter(value: int) -> None:
    (plain,) = numbers_of(f"{value} tonnes")
    (parted,) = numbers_of(f"{value:,} tonnes")
    assert plain.value == parted.value == value

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oresight.brief.content import Estimate
from oresight.brief.numerals import MINUS, central, in_table, interval, numeral, reported, shown, tonnes_words


def said(estimate: Estimate) -> str:
    return shown(estimate).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (Estimate(12.3, "%", 5.2, 30.4, change=True), "+12 % (90 %: +5 to +30)"),
        (Estimate(-0.84, "%", -3.1, 0.42, change=True), "−0.8 % (90 %: −3.1 to +0.4)"),
        (Estimate(1234.0, "t"), "1,230 t"),
        (Estimate(1234.0, "t", 1230.0, 1238.0), "1,230 t (90 %: 1,230 to 1,240)"),
        (Estimate(69.0, "%"), "69 %"),
        (Estimate(69.04, "%"), "69.0 %"),
        (Estimate(40.0, "%", -2.0, 900.0, change=True), "+40 % (90 %: −2 to +900)"),
        (Estimate(1e-9, "%", -1e-9, 1e-9, change=True), "no change"),
        (Estimate(0.0, "%", 0.0, 0.0, change=True), "no change"),
        (Estimate(0.01, "%"), "under 0.1 %"),
        (Estimate(0.0, "t/yr"), "0 t/yr"),
        (Estimate(0.01, "%", -4.0, 4.0, change=True), "0 % (90 %: −4.0 to +4.0)"),
        (Estimate(float("nan"), "t"), "not known"),
    ],
)
def test_a_number_is_rounded_to_what_its_interval_bears(estimate: Estimate, words: str) -> None:
    assert said(estimate) == words


def test_the_sign_and_the_unit_never_part_from_the_number() -> None:
    words = shown(Estimate(-12.0, "million USD/yr", -20.0, -4.0, change=True))
    assert words.startswith(MINUS)
    assert "-" not in words
    assert words.count(" ") == 1  # only before the interval may a line break


def test_a_table_that_names_the_unit_shows_it_once() -> None:
    assert in_table(Estimate(12.0, "million USD/yr")) == "12"
    assert in_table(Estimate(12.0, "%")).endswith("%")


def test_a_reported_figure_is_not_rounded() -> None:
    assert reported(270_000, "t/yr").replace("\u202f", " ") == "270,000 t/yr"
    assert reported(98.55, "%").startswith("98.55")


def test_tonnes_in_drawings_have_three_digits() -> None:
    assert tonnes_words(71_140).replace("\u202f", " ") == "71,100 t"
    assert tonnes_words(0.0).startswith("0")


@given(st.floats(-1e9, 1e9), st.integers(-6, 9))
def test_a_number_that_is_not_zero_is_never_shown_as_zero(value: float, power: int) -> None:
    words = numeral(value, 10.0**power)
    if abs(value) > 1e-12:
        assert words.strip("+" + MINUS + "0.,") != ""


@given(st.floats(-1e8, 1e8), st.floats(0, 1e8), st.floats(0, 1e8))
def test_the_interval_shown_holds_the_sign_of_its_ends(middle: float, below: float, above: float) -> None:
    estimate = Estimate(middle, "t", middle - below, middle + above, change=True)
    ends = interval(estimate)
    central(estimate)
    if ends and (low := middle - below) < -1e-9:
        assert ends.startswith(MINUS)
        assert low < 0

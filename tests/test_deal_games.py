from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oresight.deal.games import credibility, mixed_2x2, nash_bargain, pure_equilibria


def losses(*rows: list[float]) -> np.ndarray:
    return np.array(rows, dtype=float)


def test_prisoners_dilemma_ends_with_both_acting() -> None:
    # Years in prison; the second choice is to confess.
    first = losses([1, 10], [0, 5])
    assert pure_equilibria(first, first.T) == [(1, 1)]


def test_battle_of_the_sexes_has_two_pure_equilibria() -> None:
    first, second = -losses([2, 0], [0, 1]), -losses([1, 0], [0, 2])
    assert pure_equilibria(first, second) == [(0, 0), (1, 1)]
    # The mixed one: each goes to what it likes with probability 2/3.
    p, q = mixed_2x2(first, second)
    assert (p, q) == pytest.approx((1 / 3, 2 / 3))


def test_chicken_has_the_two_asymmetric_equilibria() -> None:
    first = -losses([0, -1], [1, -10])
    assert pure_equilibria(first, first.T) == [(0, 1), (1, 0)]


def test_matching_pennies_has_no_pure_equilibrium_and_mixes_evenly() -> None:
    first = losses([-1, 1], [1, -1])
    assert pure_equilibria(first, -first) == []
    assert mixed_2x2(first, -first) == pytest.approx((0.5, 0.5))


def test_inspection_game_mixes_so_that_the_other_is_indifferent() -> None:
    # Rows: inspect or not; columns: shirk or work (Fudenberg and Tirole 1991, section 1.1.2, with
    # wage 4, effort 3, output 6, inspection 1): work with chance 1 - h/w, inspect with g/w.
    first = -losses([-1, 1], [-4, 2])
    second = -losses([0, 1], [4, 1])
    assert pure_equilibria(first, second) == []
    not_inspect, work = mixed_2x2(first, second)
    assert not_inspect == pytest.approx(1 - 3 / 4)
    assert work == pytest.approx(1 - 1 / 4)


def test_a_gain_under_the_tolerance_moves_nobody() -> None:
    first = losses([1.0, 1.0], [0.9999, 1.0])
    second = np.zeros((2, 2))
    assert (0, 0) not in pure_equilibria(first, second)
    assert (0, 0) in pure_equilibria(first, second, tolerance=1e-3)


def test_other_shapes_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="two choices"):
        mixed_2x2(np.zeros((3, 2)), np.zeros((3, 2)))


def test_bargain_splits_the_joint_gain_evenly() -> None:
    # Doing nothing costs nothing; the war costs 10 and 4. The gain of 14 gives 7 to each, so the
    # first ends at 3 and the second at -3: it is paid 3.
    bargain = nash_bargain(losses([0, 5], [6, 10]), losses([0, 1], [2, 4]), threat=(1, 1))
    assert bargain.cell == (0, 0)
    assert bargain.gain == pytest.approx(14)
    assert (bargain.first, bargain.second) == pytest.approx((3, -3))
    assert bargain.transfer == pytest.approx(-3)


@given(st.lists(st.floats(-100, 100), min_size=12, max_size=12), st.integers(0, 1), st.integers(0, 2))
def test_bargain_is_the_closed_form_and_hurts_nobody(values: list[float], a: int, b: int) -> None:
    first, second = np.array(values[:6]).reshape(2, 3), np.array(values[6:]).reshape(2, 3)
    bargain = nash_bargain(first, second, (a, b))
    best = bargain.cell
    closed = 0.5 * ((first[best] - second[best]) - (first[a, b] - second[a, b]))
    assert bargain.transfer == pytest.approx(closed, abs=1e-9)
    assert bargain.first <= first[a, b] + 1e-9
    assert bargain.second <= second[a, b] + 1e-9
    assert bargain.first + bargain.second == pytest.approx(first[best] + second[best], abs=1e-9)


def test_a_threat_that_hurts_its_maker_is_not_carried_out() -> None:
    # The chain store: fighting entry costs the incumbent more than sharing the market.
    told = credibility(losses([1, 0], [3, 0]), losses([0, 1], [2, 1]), act=1, instead=0, other_stays=0)
    assert told.at_once == pytest.approx(-2)
    assert (told.answer, told.answer_to_nothing) == (1, 0)
    # It scares the entrant away, so carried out in advance it would pay: 1 - 0.
    assert told.after_answer == pytest.approx(1)

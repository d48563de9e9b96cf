from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.deal.games import (
    Mixed,
    credibility,
    mixed_equilibria,
    nash_bargain,
    pure_equilibria,
    undominated,
)


def losses(*rows: list[float]) -> np.ndarray:
    return np.array(rows, dtype=float)


def inside(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The chances of the one equilibrium in which both leave their choice to chance."""
    (mixed,) = [e for e in mixed_equilibria(first, second) if (e.first > 0).sum() > 1]
    return mixed.first, mixed.second


def test_prisoners_dilemma_ends_with_both_acting() -> None:
    # Years in prison; the second choice is to confess.
    first = losses([1, 10], [0, 5])
    assert pure_equilibria(first, first.T) == [(1, 1)]


def test_battle_of_the_sexes_has_two_pure_equilibria() -> None:
    first, second = -losses([2, 0], [0, 1]), -losses([1, 0], [0, 2])
    assert pure_equilibria(first, second) == [(0, 0), (1, 1)]
    # The mixed one: each goes to what it likes with probability 2/3.
    p, q = inside(first, second)
    assert (p[1], q[1]) == pytest.approx((1 / 3, 2 / 3))


def test_chicken_has_the_two_asymmetric_equilibria() -> None:
    first = -losses([0, -1], [1, -10])
    assert pure_equilibria(first, first.T) == [(0, 1), (1, 0)]


def test_matching_pennies_has_no_pure_equilibrium_and_mixes_evenly() -> None:
    first = losses([-1, 1], [1, -1])
    assert pure_equilibria(first, -first) == []
    p, q = inside(first, -first)
    assert [*p, *q] == pytest.approx([0.5] * 4)


def test_inspection_game_mixes_so_that_the_other_is_indifferent() -> None:
    # Rows: inspect or not; columns: shirk or work (Fudenberg and Tirole 1991, section 1.1.2, with
    # wage 4, effort 3, output 6, inspection 1): work with chance 1 - h/w, inspect with g/w.
    first = -losses([-1, 1], [-4, 2])
    second = -losses([0, 1], [4, 1])
    assert pure_equilibria(first, second) == []
    (_, not_inspect), (_, work) = inside(first, second)
    assert not_inspect == pytest.approx(1 - 3 / 4)
    assert work == pytest.approx(1 - 1 / 4)


def test_a_gain_under_the_tolerance_moves_nobody() -> None:
    first = losses([1.0, 1.0], [0.9999, 1.0])
    second = np.zeros((2, 2))
    assert (0, 0) not in pure_equilibria(first, second)
    assert (0, 0) in pure_equilibria(first, second, tolerance=1e-3)


def test_rock_paper_scissors_mixes_evenly_over_three() -> None:
    first = losses([0, 1, -1], [-1, 0, 1], [1, -1, 0])
    (found,) = mixed_equilibria(first, -first)
    assert [*found.first, *found.second] == pytest.approx([1 / 3] * 6)
    assert found.loss_first == pytest.approx(0.0)


def test_a_game_of_three_by_two_mixes_over_supports_of_one_size() -> None:
    # Von Stengel, Computing equilibria for two-person games (Handbook of Game Theory 3, 2002),
    # example 2.3: three equilibria, one pure and two mixed.
    first, second = -losses([0, 6], [2, 5], [3, 3]), -losses([1, 0], [0, 2], [4, 3])
    found = mixed_equilibria(first, second)
    told = sorted((tuple(np.round(e.first, 6)), tuple(np.round(e.second, 6))) for e in found)
    third = round(1 / 3, 6)
    assert told == [
        ((0.0, 0.0, 1.0), (1.0, 0.0)),
        ((0.0, third, round(2 / 3, 6)), (round(2 / 3, 6), third)),
        ((round(2 / 3, 6), third, 0.0), (third, round(2 / 3, 6))),
    ]


def same(one: list[Mixed], two: list[tuple[np.ndarray, np.ndarray]]) -> bool:
    def told(pairs: list[tuple[np.ndarray, np.ndarray]]) -> list[list[float]]:
        return sorted([float(x) for x in (*p.round(6), *q.round(6))] for p, q in pairs)

    mine, others = told([(e.first, e.second) for e in one]), told(two)
    return len(mine) == len(others) and np.allclose(mine, others, atol=1e-5)


@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(2, 4))
@settings(max_examples=40, deadline=None)
def test_equilibria_are_those_that_nashpy_finds(seed: int, rows: int, columns: int) -> None:
    nashpy = pytest.importorskip("nashpy", reason="nashpy is the yardstick here and is not installed")
    # Losses drawn from a continuum: the game is nondegenerate, and both lists are complete.
    first, second = np.random.default_rng(seed).normal(size=(2, rows, columns))
    # Its vertex enumeration: its support enumeration compares floats with no tolerance and misses some.
    theirs = list(nashpy.Game(-first, -second).vertex_enumeration())
    assert same(mixed_equilibria(first, second), theirs)


@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_equilibria_are_odd_in_number_and_leave_nobody_better_off(seed: int, rows: int, columns: int) -> None:
    first, second = np.random.default_rng(seed).normal(size=(2, rows, columns))
    found = mixed_equilibria(first, second)
    assert len(found) % 2 == 1  # Wilson 1971, of nondegenerate games
    for e in found:
        assert e.first.sum() == pytest.approx(1.0)
        assert e.second.sum() == pytest.approx(1.0)
        assert e.loss_first == pytest.approx(float((first @ e.second).min()), abs=1e-9)
        assert e.loss_second == pytest.approx(float((e.first @ second).min()), abs=1e-9)


@given(st.integers(0, 10_000), st.floats(1e-3, 1e9), st.floats(-1e3, 1e3))
@settings(max_examples=30, deadline=None)
def test_unit_and_origin_of_losses_change_no_equilibrium(seed: int, unit: float, shift: float) -> None:
    first, second = np.random.default_rng(seed).normal(size=(2, 3, 3))
    moved = mixed_equilibria((first + shift) * unit, (second - shift) * unit)
    assert same(moved, [(e.first, e.second) for e in mixed_equilibria(first, second)])


def test_choices_that_always_lose_more_are_struck_in_turn() -> None:
    # The third row loses to the first; then the first column loses to the second; then so does the first row.
    first, second = -losses([3, 0], [0, 0.5], [1, -1]), -losses([0, 1], [0, 1], [3, 0])
    assert undominated(first, second) == ([1], [1])
    assert undominated(losses([0, 5], [1, 6]), losses([3, 1], [0, 9])) == ([0], [1])


def test_pure_equilibria_are_among_all() -> None:
    first, second = np.random.default_rng(5).normal(size=(2, 4, 5))
    pure = {
        (int(e.first.argmax()), int(e.second.argmax()))
        for e in mixed_equilibria(first, second)
        if e.first.max() == e.second.max() == 1.0
    }
    assert pure == set(pure_equilibria(first, second))


def test_bargain_splits_the_joint_gain_evenly() -> None:
    # Doing nothing costs nothing; the war costs 10 and 4. The gain of 14 gives 7 to each, so the
    # first ends at 3 and the second at -3: it is paid 3.
    bargain = nash_bargain(losses([0, 5], [6, 10]), losses([0, 1], [2, 4]), (10.0, 4.0))
    assert bargain.cell == (0, 0)
    assert bargain.gain == pytest.approx(14)
    assert (bargain.first, bargain.second) == pytest.approx((3, -3))
    assert bargain.transfer == pytest.approx(-3)


@given(st.lists(st.floats(-100, 100), min_size=12, max_size=12), st.integers(0, 1), st.integers(0, 2))
def test_bargain_is_the_closed_form_and_hurts_nobody(values: list[float], a: int, b: int) -> None:
    first, second = np.array(values[:6]).reshape(2, 3), np.array(values[6:]).reshape(2, 3)
    bargain = nash_bargain(first, second, (float(first[a, b]), float(second[a, b])))
    best = bargain.cell
    closed = 0.5 * ((first[best] - second[best]) - (first[a, b] - second[a, b]))
    assert bargain.transfer == pytest.approx(closed, abs=1e-9)
    assert bargain.first <= first[a, b] + 1e-9
    assert bargain.second <= second[a, b] + 1e-9
    assert bargain.first + bargain.second == pytest.approx(first[best] + second[best], abs=1e-9)


@given(st.lists(st.floats(-100, 100), min_size=12, max_size=12), st.floats(0, 50), st.floats(0, 50))
def test_the_bargain_maximises_the_nash_product(values: list[float], one: float, two: float) -> None:
    first, second = np.array(values[:6]).reshape(2, 3), np.array(values[6:]).reshape(2, 3)
    joint = float((first + second).min())
    d = (joint / 2 + one, joint / 2 + two)
    bargain = nash_bargain(first, second, d)
    product = (d[0] - bargain.first) * (d[1] - bargain.second)
    split = joint + np.linspace(-60, 60, 241)  # what the first might bear instead
    others = (d[0] - split) * (d[1] - (joint - split))
    allowed = (d[0] >= split) & (d[1] >= joint - split)
    assert (others[allowed] <= product + 1e-6).all()


@given(st.floats(0, 1), st.integers(0, 1000))
def test_a_threat_moves_the_bargain_in_step_with_how_likely_it_is(chance: float, seed: int) -> None:
    first, second = np.random.default_rng(seed).normal(size=(2, 2, 2))
    at = [nash_bargain(first, second, (float(first[c]), float(second[c]))).transfer for c in ((0, 0), (1, 1))]
    between = tuple(float((1 - chance) * m[0, 0] + chance * m[1, 1]) for m in (first, second))
    moved = nash_bargain(first, second, (between[0], between[1])).transfer
    assert moved == pytest.approx((1 - chance) * at[0] + chance * at[1], abs=1e-9)


def test_hurting_the_other_more_than_oneself_moves_the_bargain_by_half_the_difference() -> None:
    peace = np.zeros((1, 1))
    assert nash_bargain(peace, peace, (3.0, 11.0)).transfer == pytest.approx((11 - 3) / 2)


def test_a_threat_that_hurts_its_maker_is_not_carried_out() -> None:
    # The chain store: fighting entry costs the incumbent more than sharing the market.
    told = credibility(losses([1, 0], [3, 0]), losses([0, 1], [2, 1]), act=1, instead=0, other_stays=0)
    assert told.at_once == pytest.approx(-2)
    assert (told.answer, told.answer_to_nothing) == (1, 0)
    # It scares the entrant away, so carried out in advance it would pay: 1 - 0.
    assert told.after_answer == pytest.approx(1)

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oresight.deal.shapley import owen, sampled, shapley

Worth = Callable[[frozenset[int]], np.ndarray]


def subsets(n: int) -> Iterable[frozenset[int]]:
    for size in range(n + 1):
        for subset in combinations(range(n), size):
            yield frozenset(subset)


def game(values: list[float], n: int) -> Worth:
    table = {s: np.array([v]) for s, v in zip(subsets(n), values, strict=True)}
    return table.__getitem__


worths = st.lists(st.integers(-20, 20).map(float), min_size=16, max_size=16)


@given(worths)
def test_shares_add_up_to_what_all_have(values: list[float]) -> None:
    worth = game(values, 4)
    total = sum(share[0] for share in shapley(worth, range(4)).values())
    assert total == pytest.approx(values[-1] - values[0], abs=1e-9)


@given(worths, worths)
def test_value_of_a_sum_is_the_sum_of_values(one: list[float], two: list[float]) -> None:
    both = shapley(game([a + b for a, b in zip(one, two, strict=True)], 4), range(4))
    first, second = shapley(game(one, 4), range(4)), shapley(game(two, 4), range(4))
    for player in range(4):
        assert both[player][0] == pytest.approx(first[player][0] + second[player][0], abs=1e-9)


@given(worths)
def test_a_player_who_adds_nothing_gets_exactly_nothing(values: list[float]) -> None:
    worth = game(values, 4)
    shares = shapley(lambda s: worth(s - {2}), range(4))
    assert shares[2][0] == 0.0


@given(worths)
def test_players_who_add_the_same_get_the_same(values: list[float]) -> None:
    worth = game(values, 4)

    def even(s: frozenset[int]) -> np.ndarray:
        swapped = frozenset({0: 1, 1: 0}.get(p, p) for p in s)
        return worth(s) + worth(swapped)

    shares = shapley(even, range(4))
    assert shares[0][0] == pytest.approx(shares[1][0], abs=1e-9)


def test_the_glove_game_has_its_textbook_value() -> None:
    # One left glove, two right ones: the left is worth 2/3, each right 1/6.
    shares = shapley(lambda s: np.array([float(0 in s and bool(s & {1, 2}))]), range(3))
    assert [shares[p][0] for p in range(3)] == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@given(worths)
def test_a_group_gets_the_shapley_value_of_the_game_between_groups(values: list[float]) -> None:
    worth = game(values, 4)
    groups = [[0, 1], [2], [3]]
    shares = owen(worth, groups)
    between = shapley(lambda s: worth(frozenset(p for g in s for p in groups[g])), range(3))
    for g, group in enumerate(groups):
        assert sum(shares[p][0] for p in group) == pytest.approx(between[g][0], abs=1e-9)


def test_a_sample_of_orders_is_right_within_its_error_and_adds_up() -> None:
    def worth(s: frozenset[int]) -> np.ndarray:
        return np.array([float(sum(s)) ** 1.5 - 3.0 * (2 in s and 5 in s)])

    exact = shapley(worth, range(7))
    share, error = sampled(worth, [[p] for p in range(7)], orders=400, seed=1)
    assert sum(s[0] for s in share.values()) == pytest.approx(worth(frozenset(range(7)))[0])
    for player in range(7):
        assert error[player][0] > 0.0 or player == 0
        assert abs(share[player][0] - exact[player][0]) <= 4.5 * error[player][0] + 1e-12


def test_a_sample_keeps_groups_together() -> None:
    worth = lambda s: np.array([float(len(s) ** 2)])  # noqa: E731
    groups = [[0, 1, 2], [3]]
    exact = owen(worth, groups)
    share, error = sampled(worth, groups, orders=1000, seed=3)
    for player in range(4):
        assert share[player][0] == pytest.approx(exact[player][0], abs=4.5 * error[player][0] + 1e-9)

"""Sharing a joint value: the Shapley value, and the Owen value when players come in groups.

The Shapley value is the mean of what a player adds over all orders in which players may arrive
(L. S. Shapley, A value for n-person games, 1953). The Owen value keeps the players of a group next
to each other in the order (G. Owen, Values of games with a priori unions, 1977); what a group gets
in sum is the Shapley value of the game between groups. Here a provision is a group and its players
are the risks that it acts on, so that a provision's value splits over risks without a remainder.

Worth may be an array, say (D, C) by draw and commodity: shares are then arrays of that shape.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations
from math import comb
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
P = TypeVar("P", bound=Hashable)
T = TypeVar("T")

EXACT_LIMIT = 12  # groups, and players in a group, up to which all orders are counted


def shapley(worth: Callable[[frozenset[P]], Floats], players: Sequence[P]) -> dict[P, Floats]:
    """Exact Shapley value of each player; `worth` of the empty coalition is subtracted."""
    return owen(worth, [[player] for player in players])


def owen(worth: Callable[[frozenset[P]], Floats], groups: Sequence[Sequence[P]]) -> dict[P, Floats]:
    """Exact Owen value of each player; no player may stand in two groups.

    `worth` is called about 2^(groups + players of a group) times: give it a cache.
    """
    shares: dict[P, Floats] = {}
    for g, group in enumerate(groups):
        others = [frozenset(other) for k, other in enumerate(groups) if k != g]
        for player in group:
            mates = [mate for mate in group if mate != player]
            share: Floats = np.zeros_like(worth(frozenset()))
            for outside, weight in _subsets(others):
                before = frozenset().union(*outside)
                for inside, inner in _subsets(mates):
                    coalition = before | frozenset(inside)
                    share = share + weight * inner * (worth(coalition | {player}) - worth(coalition))
            shares[player] = share
    return shares


def _subsets(items: Sequence[T]) -> Iterable[tuple[tuple[T, ...], float]]:
    """Every subset of n items with the chance that just these come before one more in a random order."""
    n = len(items)
    for size in range(n + 1):
        weight = 1.0 / ((n + 1) * comb(n, size))
        for subset in combinations(items, size):
            yield subset, weight


def sampled(
    worth: Callable[[frozenset[P]], Floats], groups: Sequence[Sequence[P]], orders: int, seed: int
) -> tuple[dict[P, Floats], dict[P, Floats]]:
    """The Owen value from a sample of orders, and its standard error, both in the shape of `worth`.

    Each order is taken with its reverse, and the error is that of the means of such pairs. `orders`
    is rounded up to an even number of at least four.
    """
    generator = np.random.default_rng(seed)
    pairs = max(2, (orders + 1) // 2)
    total: dict[P, Floats] = {}
    square: dict[P, Floats] = {}
    for _ in range(pairs):
        order = [
            [group[k] for k in generator.permutation(len(group))]
            for group in (groups[g] for g in generator.permutation(len(groups)))
        ]
        forward = [player for group in order for player in group]
        gains = [_gains(worth, forward), _gains(worth, forward[::-1])]
        for player in forward:
            mean = (gains[0][player] + gains[1][player]) / 2.0
            total[player] = total.get(player, np.zeros_like(mean)) + mean
            square[player] = square.get(player, np.zeros_like(mean)) + mean**2
    share = {player: value / pairs for player, value in total.items()}
    error = {
        player: np.sqrt(np.maximum(square[player] / pairs - share[player] ** 2, 0.0) / (pairs - 1))
        for player in share
    }
    return share, error


def _gains(worth: Callable[[frozenset[P]], Floats], order: Sequence[P]) -> dict[P, Floats]:
    """What each player adds when they arrive in this order."""
    coalition: frozenset[P] = frozenset()
    before = worth(coalition)
    gains: dict[P, Floats] = {}
    for player in order:
        coalition |= {player}
        after = worth(coalition)
        gains[player] = after - before
        before = after
    return gains

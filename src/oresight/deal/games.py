"""Games between two sides, on plain arrays.

Rows are the first side's choices, columns the second's. Entries are losses: each side wants its own
small. Bargains assume that money can change hands and that both count it alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def pure_equilibria(first: Floats, second: Floats, tolerance: float = 0.0) -> list[tuple[int, int]]:
    """Cells in which neither side can lose less by changing its choice alone.

    Args:
        first, second: losses of the two sides, shape (A, B).
        tolerance: in the unit of the losses; a smaller gain moves nobody.
    """
    best = (first <= first.min(axis=0, keepdims=True) + tolerance) & (
        second <= second.min(axis=1, keepdims=True) + tolerance
    )
    return [(int(a), int(b)) for a, b in np.argwhere(best)]


@dataclass(frozen=True, eq=False)
class Mixed:
    """An equilibrium in which sides may leave their choice to chance."""

    first: Floats  # (A,) chance of each choice
    second: Floats  # (B,)
    loss_first: float  # expected
    loss_second: float


def mixed_equilibria(first: Floats, second: Floats, tolerance: float = 1e-9) -> list[Mixed]:
    """All equilibria of a nondegenerate game, pure and mixed, by enumeration of supports.

    In such a game both sides mix over equally many choices (Nisan, Roughgarden, Tardos and Vazirani,
    Algorithmic Game Theory, 2007, section 3.2): for every pair of supports of one size, each side
    mixes so that the other loses alike from all of its support, and no choice outside would lose it
    less. A degenerate game may have more equilibria than are found. The count of supports grows
    exponentially, so choices that lose strictly more than another whatever comes are struck first:
    no equilibrium holds them. What is left may have eight choices a side, some 13,000 supports.

    Args:
        first, second: losses of the two sides, shape (A, B).
        tolerance: relative to the spread of the losses.
    """
    scale = max(float(np.ptp(first)), float(np.ptp(second)), 1e-300)
    one, two = first / scale, second / scale
    mine, theirs = undominated(one, two)
    found: list[Mixed] = []
    for size in range(1, min(len(mine), len(theirs)) + 1):
        for rows in combinations(mine, size):
            for columns in combinations(theirs, size):
                q = _indifferent(one[np.ix_(rows, columns)])
                p = _indifferent(two[np.ix_(rows, columns)].T)
                if p is None or q is None:
                    continue
                x, y = np.zeros(first.shape[0]), np.zeros(first.shape[1])
                x[list(rows)], y[list(columns)] = p, q
                loss_first, loss_second = float(x @ one @ y), float(x @ two @ y)
                if (one @ y).min() < loss_first - tolerance or (x @ two).min() < loss_second - tolerance:
                    continue
                found.append(Mixed(x, y, loss_first * scale, loss_second * scale))
    return found


def undominated(first: Floats, second: Floats) -> tuple[list[int], list[int]]:
    """Choices left when those that lose strictly more than another choice, always, are struck in turn."""
    rows, columns = list(range(first.shape[0])), list(range(first.shape[1]))
    while True:
        a, b = first[np.ix_(rows, columns)], second[np.ix_(rows, columns)].T
        worse_a, worse_b = (
            [any((m[k] > m[other]).all() for other in range(len(m))) for k in range(len(m))] for m in (a, b)
        )
        if not any(worse_a) and not any(worse_b):
            return rows, columns
        rows = [r for r, worse in zip(rows, worse_a, strict=True) if not worse]
        columns = [c for c, worse in zip(columns, worse_b, strict=True) if not worse]


def _indifferent(losses: Floats) -> Floats | None:
    """Chances of the columns, all above zero, at which every row of a square matrix loses alike."""
    n = len(losses)
    if n == 1:
        return np.ones(1)
    system = np.vstack([losses[1:] - losses[0], np.ones(n)])
    right = np.zeros(n)
    right[-1] = 1.0
    # Rows that hang together leave no one mix, or a whole line of them.
    if np.linalg.cond(system) > 1e12:
        return None
    chances: Floats = np.linalg.solve(system, right)
    return chances if (chances > 1e-12).all() else None


def best_answers(losses: Floats, tolerance: float = 0.0) -> NDArray[np.int64]:
    """The choice with the least loss in each row; among those within the tolerance, the first."""
    close = losses <= losses.min(axis=1, keepdims=True) + tolerance
    first: NDArray[np.int64] = close.argmax(axis=1).astype(np.int64)
    return first


@dataclass(frozen=True, slots=True)
class Bargain:
    """How two sides split what they gain by agreeing, rather than staying at the disagreement point.

    They choose the cell with the least joint loss; each side's net loss is its loss at disagreement
    less half of the joint gain; `transfer` is the money that brings this about, from the second side
    to the first (negative: from the first to the second).
    """

    cell: tuple[int, int]
    gain: float  # joint
    transfer: float
    first: float  # net loss
    second: float


def nash_bargain(first: Floats, second: Floats, disagreement: tuple[float, float]) -> Bargain:
    """The Nash bargain with money, from the losses that the two expect if they do not agree.

    With transferable money the Nash product (d1 - x1)(d2 - x2) over x1 + x2 = joint loss is largest
    where both gain alike (J. F. Nash, The bargaining problem, 1950), so that

        transfer = ((first at the best cell - second there) - (d1 - d2)) / 2

    Where the best cell is no better than disagreement the gain is not above zero and there is nothing
    to agree on.
    """
    joint = first + second
    cell = np.unravel_index(int(np.argmin(joint)), joint.shape)
    best = (int(cell[0]), int(cell[1]))
    gain = float(sum(disagreement) - joint[best])
    net_first, net_second = disagreement[0] - gain / 2.0, disagreement[1] - gain / 2.0
    return Bargain(best, gain, float(first[best]) - net_first, net_first, net_second)


@dataclass(frozen=True, slots=True)
class Credibility:
    """Whether a side that has been refused gains by doing what it said it would."""

    at_once: float  # fall of the side's own loss when it acts and the other stays; negative: it hurts
    after_answer: float  # the same once the other has answered as is best for it
    answer: int  # the other's best answer to the act
    answer_to_nothing: int


def credibility(own: Floats, others: Floats, act: int, instead: int, other_stays: int) -> Credibility:
    """Compare carrying out a threat with leaving it, by backward induction.

    Args:
        own: losses of the side that threatens, shape (A, B), its choices in the rows.
        others: losses of the other side, same shape.
        act: the row threatened. instead: the row otherwise played.
        other_stays: the column that the other side plays when the threat has failed.
    """
    answers = best_answers(others)
    return Credibility(
        at_once=float(own[instead, other_stays] - own[act, other_stays]),
        after_answer=float(own[instead, answers[instead]] - own[act, answers[act]]),
        answer=int(answers[act]),
        answer_to_nothing=int(answers[instead]),
    )

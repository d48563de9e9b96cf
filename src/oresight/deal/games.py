"""Games between two sides, on plain arrays.

Rows are the first side's choices, columns the second's. Entries are losses: each side wants its own
small. Bargains assume that money can change hands and that both count it alike.
"""

from __future__ import annotations

from dataclasses import dataclass

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


def mixed_2x2(first: Floats, second: Floats) -> tuple[float, float] | None:
    """The equilibrium in mixed choices of a game of two choices each, as the chance of the second choices.

    Each side mixes so that the other is indifferent. None when no such pair lies strictly inside 0
    to 1. Raises ValueError for another shape.
    """
    if first.shape != (2, 2) or second.shape != (2, 2):
        raise ValueError(f"two choices each are needed, not {first.shape}")
    turn_first = first[0, 0] - first[0, 1] - first[1, 0] + first[1, 1]
    turn_second = second[0, 0] - second[0, 1] - second[1, 0] + second[1, 1]
    if turn_first == 0.0 or turn_second == 0.0:
        return None
    p = float((second[0, 0] - second[0, 1]) / turn_second)
    q = float((first[0, 0] - first[1, 0]) / turn_first)
    return (p, q) if 0.0 < p < 1.0 and 0.0 < q < 1.0 else None


def best_answers(losses: Floats, tolerance: float = 0.0) -> NDArray[np.int64]:
    """The choice with the least loss in each row; among those within the tolerance, the first."""
    close = losses <= losses.min(axis=1, keepdims=True) + tolerance
    first: NDArray[np.int64] = close.argmax(axis=1).astype(np.int64)
    return first


@dataclass(frozen=True, slots=True)
class Bargain:
    """How two sides split what they gain by agreeing, rather than staying at a threat point.

    They choose the cell with the least joint loss; each side's net loss is its loss at the threat
    point less half of the joint gain; `transfer` is the money that brings this about, from the
    second side to the first (negative: from the first to the second).
    """

    cell: tuple[int, int]
    gain: float  # joint, zero or more
    transfer: float
    first: float  # net loss
    second: float


def nash_bargain(first: Floats, second: Floats, threat: tuple[int, int]) -> Bargain:
    """The Nash bargain with money from the threat point, a cell of the matrices.

    With transferable money the Nash product (d1 - x1)(d2 - x2) over x1 + x2 = joint loss is largest
    where both gain alike (J. F. Nash, The bargaining problem, 1950).
    """
    joint = first + second
    cell = np.unravel_index(int(np.argmin(joint)), joint.shape)
    best = (int(cell[0]), int(cell[1]))
    gain = float(joint[threat] - joint[best])
    net_first = float(first[threat]) - gain / 2.0
    net_second = float(second[threat]) - gain / 2.0
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

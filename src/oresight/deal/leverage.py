"""Who can hurt whom, at what own cost: the game of two sides, its equilibria, threats and bargains.

Losses are what each side loses against the two doing nothing to each other, from one solve for each
pair of choices. What third parties do stays as it stands on the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.deal.choices import Move, Table, table
from oresight.deal.games import credibility, mixed_2x2, nash_bargain, pure_equilibria
from oresight.deal.losses import BATCH, Solve, solve_market
from oresight.deal.value import Amount, amount_of
from oresight.impact.money import money
from oresight.policy.compile import to_wedges
from oresight.policy.ledger import Ledger
from oresight.policy.records import Scenario
from oresight.world.model import World

Floats = NDArray[np.float64]

SURE, NEVER = 0.9, 0.1  # shares of draws from which a threat is called credible, and a bluff


@dataclass(frozen=True, slots=True)
class Cell:
    """A pair of choices with the loss to each side, million USD/yr."""

    first: str
    second: str
    loss_first: Amount
    loss_second: Amount
    equilibrium: bool  # in the central case
    equilibrium_share: float | None  # of draws in which it is one


@dataclass(frozen=True, slots=True)
class Effect:
    """What one measure does when the other side does nothing."""

    side: str
    name: str
    state: str
    own_cost: Amount  # negative: the imposer gains
    rent: Amount  # scarcity rent that is counted as kept by the imposer; without it the own cost is higher
    damage: Amount  # to the other side
    ratio: float | None  # damage for a dollar of own cost; None when it costs nothing


@dataclass(frozen=True, slots=True)
class Threat:
    """Whether a side would carry out a choice once the other has refused to give way."""

    side: str
    name: str
    states: tuple[str, ...]
    at_once: Amount  # fall of its own loss if it acts while the other keeps to what it has in force
    after_answer: Amount  # the same once the other has answered as suits it best
    answer: str
    credible_share: float | None  # of draws in which the last is above the noise
    verdict: str  # credible | bluff | uncertain


@dataclass(frozen=True, slots=True)
class BargainFrom:
    """The Nash bargain from one threat point, million USD/yr."""

    first: str  # choice of the first side at the threat point
    second: str
    gain: Amount  # joint, of agreeing
    transfer: Amount  # from the second side to the first
    moved: Amount  # how much more the first side is paid than from what is in force today


@dataclass(frozen=True, slots=True)
class Leverage:
    """The whole table for two sides."""

    side: str
    other: str
    as_of: str
    known_by: str
    choices: tuple[tuple[str, ...], tuple[str, ...]]
    cells: tuple[Cell, ...]  # row by row
    effects: tuple[Effect, ...]
    threats: tuple[Threat, ...]
    bargains: tuple[BargainFrom, ...]
    agreed: tuple[str, str]  # the choices with the least joint loss
    mixed: tuple[float, float] | None  # chance of each side's second choice, when no pure equilibrium is
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    failed: tuple[str, ...]
    draws: int
    draws_solved: int
    seed: int


def leverage(
    world: World,
    ledger: Ledger,
    side: str,
    other: str,
    scenario: Scenario | None = None,
    as_of: str = "",
    known_by: str = "",
    draws: int = 50,
    seed: int = 0,
    solve: Solve = solve_market,
) -> Leverage:
    """Solve every pair of choices of two sides and read the game that they play.

    Raises InputError as `choices.table` does.
    """
    board = table(world, ledger, side, other, scenario, as_of, known_by)
    first, second, rents, noise, failed = _losses(board, world, ledger, draws, seed, solve)
    return judge(board, first, second, rents, noise, failed, draws, seed)


def _losses(
    board: Table, world: World, ledger: Ledger, draws: int, seed: int, solve: Solve
) -> tuple[Floats, Floats, Floats, float, tuple[str, ...]]:
    """Loss to each side in every cell, (D, A, B) USD/yr; rents kept by each, (2, D, A, B); noise; failures.

    All are against both doing nothing.
    """
    A, B = len(board.first.choices), len(board.second.choices)
    cells = [(a, b) for a in range(A) for b in range(B)]
    sides = [world.economy_index[board.first.economy], world.economy_index[board.second.economy]]
    loss, rent = np.full((2, 2, draws + 1, A, B), np.nan)
    accuracy, failed = 0.0, []
    for start in range(0, len(cells), BATCH):
        batch = cells[start : start + BATCH]
        outcome = solve(world, [to_wedges(board.cell(a, b), world, ledger) for a, b in batch], draws, seed)
        for (a, b), solution in zip(batch, outcome.solutions, strict=True):
            account = money(outcome, solution)
            loss[:, :, a, b] = account.loss[:, sides].T
            rent[:, :, a, b] = account.quota_rent.sum(axis=1)[:, sides].T
            accuracy = max(accuracy, float(solution.certificate.get("duality_gap", 0.0)))
            if not np.isfinite(loss[:, 0, a, b]).all():
                failed.append(f"{solution.wedges.name}: {solution.message}")
    loss -= loss[:, :, :1, :1].copy()
    rent -= rent[:, :, :1, :1].copy()
    spent = max(float((world.flows[:, :, n].sum(axis=1) * world.prices).sum()) for n in sides)
    return loss[0], loss[1], rent, accuracy * spent, tuple(failed)


def judge(
    board: Table,
    first: Floats,
    second: Floats,
    rents: Floats,
    noise: float,
    failed: tuple[str, ...],
    draws: int,
    seed: int,
) -> Leverage:
    """Read the game off losses (D, A, B) in USD/yr; a gain under `noise` moves nobody."""
    names = (
        tuple(c.name for c in board.first.choices),
        tuple(c.name for c in board.second.choices),
    )
    sound = [d for d in range(len(first)) if np.isfinite(first[d]).all() and np.isfinite(second[d]).all()]
    solved = not failed
    pure = pure_equilibria(first[0], second[0], noise) if solved else []
    share = np.zeros(first.shape[1:])
    sampled = [d for d in sound if d > 0]
    for d in sampled:
        for cell in pure_equilibria(first[d], second[d], noise):
            share[cell] += 1.0 / len(sampled)
    cells = tuple(
        Cell(
            names[0][a],
            names[1][b],
            amount_of(first[:, a, b]),
            amount_of(second[:, a, b]),
            (a, b) in pure,
            float(share[a, b]) if sampled else None,
        )
        for a in range(len(names[0]))
        for b in range(len(names[1]))
    )
    joint = first[0] + second[0]
    best = np.unravel_index(int(np.nanargmin(joint)), joint.shape) if solved else (0, 0)
    mixed = mixed_2x2(first[0], second[0]) if solved and not pure and joint.shape == (2, 2) else None
    notes = list(board.notes)
    if solved and tuple(best) != (0, 0):
        notes.append(
            "the two lose least together when not both do nothing: part of what they do is paid by others,"
            " whose losses do not count in this bargain"
        )
    if solved and not pure and mixed is None:
        notes.append("no pair of choices is an equilibrium; sides would mix, which is not worked out here")
    return Leverage(
        side=board.first.economy,
        other=board.second.economy,
        as_of=board.start.as_of,
        known_by=board.start.known_by,
        choices=names,
        cells=cells,
        effects=_effects(board, first, second, rents, noise),
        threats=_threats(board, first, second, noise, sound) if solved else (),
        bargains=_bargains(board, first, second, sound) if solved else (),
        agreed=(names[0][int(best[0])], names[1][int(best[1])]),
        mixed=mixed,
        notes=tuple(notes),
        left_out=board.left_out,
        failed=failed,
        draws=draws,
        draws_solved=len(sampled),
        seed=seed,
    )


def _effects(board: Table, first: Floats, second: Floats, rents: Floats, noise: float) -> tuple[Effect, ...]:
    found = []
    for side, own, others, rent in (
        (board.first, first[:, :, 0], second[:, :, 0], rents[0, :, :, 0]),
        (board.second, second[:, 0, :], first[:, 0, :], rents[1, :, 0, :]),
    ):
        for k, choice in enumerate(side.choices):
            if k == 0:
                continue
            cost, damage = float(own[0, k]), float(others[0, k])
            found.append(
                Effect(
                    side.economy,
                    choice.name,
                    _states(choice.moves),
                    amount_of(own[:, k]),
                    amount_of(rent[:, k]),
                    amount_of(others[:, k]),
                    damage / cost if cost > noise else None,
                )
            )
    return tuple(found)


def _states(moves: tuple[Move, ...]) -> str:
    return ", ".join(dict.fromkeys(move.state for move in moves))


def _threats(
    board: Table, first: Floats, second: Floats, noise: float, sound: list[int]
) -> tuple[Threat, ...]:
    found = []
    for side, facing, own, others in (
        (board.first, board.second, first, second),
        (board.second, board.first, second.transpose(0, 2, 1), first.transpose(0, 2, 1)),
    ):
        for k, choice in enumerate(side.choices):
            if k == 0:
                continue
            tried = {d: credibility(own[d], others[d], k, 0, facing.stands) for d in sound}
            at_once, after = (
                np.array([getattr(tried[d], name) if d in tried else np.nan for d in range(len(own))])
                for name in ("at_once", "after_answer")
            )
            sampled = [d for d in sound if d > 0]
            share = float(np.mean([after[d] > noise for d in sampled])) if sampled else None
            found.append(
                Threat(
                    side.economy,
                    choice.name,
                    tuple(dict.fromkeys(move.state for move in choice.moves)),
                    amount_of(at_once),
                    amount_of(after),
                    facing.choices[tried[0].answer].name,
                    share,
                    verdict(float(after[0]), share, noise),
                )
            )
    return tuple(found)


def verdict(gain: float, share: float | None, noise: float) -> str:
    """Credible, bluff or uncertain: by the share of draws in which acting pays, or by the central case."""
    if share is None:
        return "credible" if gain > noise else "bluff"
    return "credible" if share >= SURE else "bluff" if share <= NEVER else "uncertain"


def _bargains(board: Table, first: Floats, second: Floats, sound: list[int]) -> tuple[BargainFrom, ...]:
    """Bargains from what is in force, from each choice of one side against it, and from all against all."""
    today = (board.first.stands, board.second.stands)
    last = (len(board.first.choices) - 1, len(board.second.choices) - 1)
    points = [today]
    points += (
        [(a, today[1]) for a in range(last[0] + 1)] + [(today[0], b) for b in range(last[1] + 1)] + [last]
    )
    found = []
    from_today = _over_draws(first, {d: nash_bargain(first[d], second[d], today).transfer for d in sound})
    for point in dict.fromkeys(points):
        struck = {d: nash_bargain(first[d], second[d], point) for d in sound}
        gain = _over_draws(first, {d: b.gain for d, b in struck.items()})
        paid = _over_draws(first, {d: b.transfer for d, b in struck.items()})
        found.append(
            BargainFrom(
                board.first.choices[point[0]].name,
                board.second.choices[point[1]].name,
                amount_of(gain),
                amount_of(paid),
                amount_of(paid - from_today),
            )
        )
    return tuple(found)


def _over_draws(like: Floats, values: Mapping[int, float]) -> Floats:
    """Values by draw as an array (D,), NaN where a draw has none."""
    out = np.full(len(like), np.nan)
    for d, value in values.items():
        out[d] = value
    return out

"""Who can hurt whom, at what own cost: the game of two sides, its equilibria, threats and bargains.

Losses are what each side loses against the two doing nothing to each other, from one solve for each
pair of choices. What third parties do stays as it stands on the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oresight.deal.amounts import MILLION, Amount, amount_of
from oresight.deal.cases import Case, NotCovered
from oresight.deal.choices import Move, Side, Table, table
from oresight.deal.games import (
    Bargain,
    best_answers,
    credibility,
    mixed_equilibria,
    nash_bargain,
    pure_equilibria,
)
from oresight.deal.losses import BATCH, Progress, Solve, in_silence, in_turn, solve_market
from oresight.impact.money import money
from oresight.policy.compile import to_wedges
from oresight.policy.ledger import Ledger
from oresight.policy.records import Scenario
from oresight.world.model import World

Floats = NDArray[np.float64]

SURE, NEVER = 0.9, 0.1  # shares of draws from which a threat is called credible, and a bluff
BELIEFS = (0.0, 0.25, 0.5, 0.75, 1.0)  # chances, in the other side's eyes, that a threat is carried out


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
    rent: Amount  # scarcity rent of its quotas and licences, which the loss counts as kept by the imposer
    without_rent: Amount  # own cost if somebody else got that rent: traders, smugglers, buyers with a licence
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
    # What the threat does at the table, if it comes on top of what is in force; else None.
    bargain_without: Amount | None  # transfer to the side, from what is in force today
    bargain_with: Amount | None  # transfer to the side, from the threat carried out and answered
    moved: Amount | None  # the difference: what the threat is worth if it is believed


@dataclass(frozen=True, slots=True)
class Belief:
    """What a threat moves the bargain by when the other side thinks it as likely as this."""

    side: str
    name: str
    chance: float
    transfer: Amount  # to the side
    moved: Amount


@dataclass(frozen=True, slots=True)
class Mix:
    """An equilibrium of the central case; chances by choice, those of zero left out."""

    first: tuple[tuple[str, float], ...]
    second: tuple[tuple[str, float], ...]
    loss_first: float  # expected, million USD/yr
    loss_second: float

    @property
    def pure(self) -> bool:
        """Whether neither side leaves its choice to chance."""
        return len(self.first) == len(self.second) == 1


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
    beliefs: tuple[Belief, ...]
    agreed: tuple[str, str]  # the choices with the least joint loss
    equilibria: tuple[Mix, ...]  # of the central case, pure and mixed
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    failed: tuple[str, ...]
    draws: int
    draws_solved: int
    seed: int
    title: str = ""  # of a ready case
    not_covered: tuple[NotCovered, ...] = ()


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
    progress: Progress = in_silence,
    only: tuple[str, ...] = (),
) -> Leverage:
    """Solve every pair of choices of two sides and read the game that they play.

    `only` names the measures of the ledger that are choices, if not all that stand between the two.
    Raises InputError as `choices.table` does.
    """
    board = table(world, ledger, side, other, scenario, as_of, known_by, only)
    first, second, rents, noise, failed = _losses(board, world, ledger, draws, seed, solve, progress)
    return judge(board, first, second, rents, noise, failed, draws, seed)


def play(
    case: Case,
    world: World,
    ledger: Ledger,
    draws: int = 50,
    seed: int = 0,
    solve: Solve = solve_market,
    progress: Progress = in_silence,
) -> Leverage:
    """Read the game of a ready case; what it does not cover goes with the result."""
    result = leverage(
        world,
        ledger,
        case.side,
        case.other,
        case.scenario,
        draws=draws,
        seed=seed,
        solve=solve,
        progress=progress,
        only=case.choices,
    )
    return replace(result, title=case.title, not_covered=case.not_covered)


def _losses(
    board: Table, world: World, ledger: Ledger, draws: int, seed: int, solve: Solve, progress: Progress
) -> tuple[Floats, Floats, Floats, float, tuple[str, ...]]:
    """Loss to each side in every cell, (D, A, B) USD/yr; rents kept by each, (2, D, A, B); noise; failures.

    All are against both doing nothing.
    """
    A, B = len(board.first.choices), len(board.second.choices)
    cells = [(a, b) for a in range(A) for b in range(B)]
    sides = [world.economy_index[board.first.economy], world.economy_index[board.second.economy]]
    loss, rent = np.full((2, 2, draws + 1, A, B), np.nan)
    accuracy, failed = 0.0, []
    progress(0, len(cells))
    batches = [cells[first : first + BATCH] for first in range(0, len(cells), BATCH)]
    jobs = ([to_wedges(board.cell(a, b), world, ledger) for a, b in batch] for batch in batches)
    done = 0
    for batch, outcome in zip(batches, in_turn(solve, world, jobs, draws, seed), strict=True):
        for (a, b), solution in zip(batch, outcome.solutions, strict=True):
            account = money(outcome, solution)
            loss[:, :, a, b] = account.loss[:, sides].T
            rent[:, :, a, b] = account.quota_rent.sum(axis=1)[:, sides].T
            accuracy = max(accuracy, float(solution.certificate.get("duality_gap", 0.0)))
            if not np.isfinite(loss[:, 0, a, b]).all():
                failed.append(f"{solution.wedges.name}: {solution.message}")
        done += len(batch)
        progress(done, len(cells))
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
    mixes = _mixes(names, first[0], second[0]) if solved else ()
    notes = list(board.notes)
    if solved and tuple(best) != (0, 0):
        notes.append(
            "the two lose least together when not both do nothing: part of what they do is paid by others,"
            " whose losses do not count in this bargain"
        )
    if solved and not pure and mixes:
        notes.append(
            "no pair of choices is an equilibrium: neither side can let the other foresee what it does"
        )
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
        beliefs=_beliefs(board, first, second, sound) if solved else (),
        agreed=(names[0][int(best[0])], names[1][int(best[1])]),
        equilibria=mixes,
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
                    amount_of(own[:, k] + rent[:, k]),
                    amount_of(others[:, k]),
                    damage / cost if cost > noise else None,
                )
            )
    return tuple(found)


def _states(moves: tuple[Move, ...]) -> str:
    return ", ".join(dict.fromkeys(move.state for move in moves))


def _mixes(names: tuple[tuple[str, ...], tuple[str, ...]], first: Floats, second: Floats) -> tuple[Mix, ...]:
    """Equilibria of one case, pure ones first."""

    def named(chances: Floats, of: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
        return tuple((name, float(p)) for name, p in zip(of, chances, strict=True) if p > 0.0)

    return tuple(
        Mix(
            named(e.first, names[0]),
            named(e.second, names[1]),
            e.loss_first / MILLION,
            e.loss_second / MILLION,
        )
        for e in mixed_equilibria(first, second)
    )


def _views(board: Table, first: Floats, second: Floats) -> list[tuple[Side, Side, Floats, Floats]]:
    """The game as each side sees it: itself, the other, its losses by its own choice, the other's losses."""
    return [
        (board.first, board.second, first, second),
        (board.second, board.first, second.transpose(0, 2, 1), first.transpose(0, 2, 1)),
    ]


def _threats(
    board: Table, first: Floats, second: Floats, noise: float, sound: list[int]
) -> tuple[Threat, ...]:
    found = []
    for side, facing, own, others in _views(board, first, second):
        for k, choice in enumerate(side.choices):
            if k == 0:
                continue
            tried = {d: credibility(own[d], others[d], k, 0, facing.stands) for d in sound}
            at_once, after = (
                _over_draws(own, {d: getattr(tried[d], name) for d in sound})
                for name in ("at_once", "after_answer")
            )
            sampled = [d for d in sound if d > 0]
            share = float(np.mean([after[d] > noise for d in sampled])) if sampled else None
            told: list[Amount | None] = [None, None, None]
            if _on_top(side, k):
                today = (side.stands, facing.stands)
                without, with_it = (_paid(own, others, sound, today, k, chance) for chance in (0.0, 1.0))
                told = [amount_of(without), amount_of(with_it), amount_of(with_it - without)]
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
                    *told,
                )
            )
    return tuple(found)


def _beliefs(board: Table, first: Floats, second: Floats, sound: list[int]) -> tuple[Belief, ...]:
    """How far each side's choices move the bargain, by how likely the other thinks them."""
    found = []
    for side, facing, own, others in _views(board, first, second):
        today = (side.stands, facing.stands)
        without = _paid(own, others, sound, today, side.stands, 0.0)
        for k, choice in enumerate(side.choices):
            if not _on_top(side, k):
                continue
            for chance in BELIEFS:
                paid = _paid(own, others, sound, today, k, chance)
                found.append(
                    Belief(side.economy, choice.name, chance, amount_of(paid), amount_of(paid - without))
                )
    return tuple(found)


def _on_top(side: Side, k: int) -> bool:
    """Whether a choice does what is in force and more, as a threat does that is carried out."""
    return set(side.choices[side.stands].moves) < set(side.choices[k].moves)


def _paid(
    own: Floats, others: Floats, sound: list[int], today: tuple[int, int], act: int, chance: float
) -> Floats:
    """Transfer to the side that threatens, (D,) USD/yr, when disagreement is today or, by chance, its act.

    If the act comes, the other side answers as suits it best; until then what is in force stays.
    """
    struck = {}
    for d in sound:
        answer = int(best_answers(others[d])[act])
        lost = [
            float((1.0 - chance) * loss[d][today] + chance * loss[d][act, answer]) for loss in (own, others)
        ]
        struck[d] = nash_bargain(own[d], others[d], (lost[0], lost[1])).transfer
    return _over_draws(own, struck)


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

    def struck_at(point: tuple[int, int]) -> dict[int, Bargain]:
        return {
            d: nash_bargain(first[d], second[d], (float(first[d][point]), float(second[d][point])))
            for d in sound
        }

    from_today = _over_draws(first, {d: b.transfer for d, b in struck_at(today).items()})
    for point in dict.fromkeys(points):
        struck = struck_at(point)
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

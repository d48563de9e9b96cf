"""Losses in the states that a register makes possible, from as few solves as will do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oresight.deal.crises import Game, State, Variant, keep
from oresight.deal.outages import split, with_outages
from oresight.errors import unknown
from oresight.impact.money import money
from oresight.market.outcome import Outcome
from oresight.policy.compile import to_wedges
from oresight.policy.ledger import Ledger
from oresight.policy.records import Measure, Scenario
from oresight.policy.wedges import Wedges
from oresight.world.model import World

Floats = NDArray[np.float64]
Solve = Callable[[World, list[Wedges], int, int], Outcome]  # world, wedges, draws, seed

Progress = Callable[[int, int], None]  # scenarios solved, of how many in the whole job

BASELINE = Scenario("baseline")
BATCH = 4  # scenarios solved together, the same draws in every batch; bounds memory, paces progress


@dataclass(frozen=True, eq=False)
class Losses:
    """What an economy loses in each state, shape (D, C) USD/yr, against what it starts from."""

    by_state: Mapping[tuple[tuple[int, ...], State], Floats]  # (chain, state)
    rents: Mapping[tuple[tuple[int, ...], State], Floats]  # (N,) USD/yr kept by each imposer, central case
    accuracy: float  # the worst relative duality gap of the solves
    failed: tuple[str, ...]  # names of states whose central case found no equilibrium
    solves: int
    messages: tuple[str, ...]


def solve_market(world: World, wedges: list[Wedges], draws: int, seed: int) -> Outcome:
    """The market's solver in the form in which this room calls it."""
    from oresight.market.solve import solve

    return solve(world, wedges, draws=draws, seed=seed)


def in_silence(done: int, of: int) -> None:
    """Progress that nobody watches."""


def stages(progress: Progress, count: int) -> Iterator[Progress]:
    """Progress of each of several stages, as parts of equal size of one whole."""
    for stage in range(count):

        def part(done: int, of: int, stage: int = stage) -> None:
            progress(round(1000 * (stage + (done / of if of else 1.0)) / count), 1000)

        yield part


def state_losses(
    world: World,
    ledger: Ledger,
    games: Sequence[Game],
    economy: str,
    draws: int,
    seed: int,
    solve: Solve = solve_market,
    start: Scenario = BASELINE,
    progress: Progress = in_silence,
) -> Losses:
    """Solve every state of the games and account for one economy's loss against the start.

    States of different chains do not touch each other, so one solve carries a state of each, and
    leaves the chains that it carries no state of as they are in the baseline.
    Raises InputError for an economy that the world does not hold.
    """
    if economy not in world.economy_index:
        raise unknown("economy", economy, world.economy_index)
    n = world.economy_index[economy]
    wanted: dict[tuple[int, ...], dict[State, tuple[Measure, ...]]] = {}
    for game in games:
        for measures in game.states():
            state = frozenset(m.id for m in measures)
            wanted.setdefault(game.chain, {}).setdefault(state, measures)
    queues = {chain: _in_order(states) for chain, states in wanted.items()}
    trips = [
        {chain: queue[k] for chain, queue in queues.items() if k < len(queue)}
        for k in range(max((len(q) for q in queues.values()), default=0))
    ]
    found: dict[tuple[tuple[int, ...], State], Floats] = {}
    rents: dict[tuple[tuple[int, ...], State], Floats] = {}
    accuracy, failed, messages = 0.0, [], []
    bare = start.base == "baseline" and not start.measures
    total = len(trips) + (not bare and bool(trips))
    before: Floats | float = 0.0
    kept_before = np.zeros(world.final_demand.shape)
    progress(0, total)
    batches = [trips[first : first + BATCH] for first in range(0, len(trips), BATCH)]

    def jobs() -> Iterator[list[Wedges]]:
        if total > len(trips):
            yield [to_wedges(start, world, ledger)]
        for batch in batches:
            yield [_state_wedges(start, trip, world, ledger) for trip in batch]

    solved = in_turn(solve, world, jobs(), draws, seed)
    done = total - len(trips)
    if done:
        outcome = next(solved)
        standing = money(outcome, outcome.solutions[0])
        before, kept_before = standing.loss_by_commodity[:, :, n], standing.quota_rent[0]
        progress(done, total)
    for batch, outcome in zip(batches, solved, strict=True):
        for trip, solution in zip(batch, outcome.solutions, strict=True):
            account = money(outcome, solution)
            losses = account.loss_by_commodity[:, :, n] - before
            accuracy = max(accuracy, float(solution.certificate.get("duality_gap", 0.0)))
            for chain, measures in trip.items():
                loss = np.zeros_like(losses)
                loss[:, chain] = losses[:, chain]
                state = frozenset(m.id for m in measures)
                found[chain, state] = loss
                rents[chain, state] = (account.quota_rent[0] - kept_before)[list(chain)].sum(axis=0)
                if not np.isfinite(loss[0]).all():
                    failed.append("; ".join(m.id for m in measures))
            if solution.draw_status[0] == "failed":
                messages.append(solution.message)
        done += len(batch)
        progress(done, total)
    return Losses(found, rents, accuracy, tuple(failed), len(trips), tuple(dict.fromkeys(messages)))


def in_turn(
    solve: Solve, world: World, jobs: Iterable[list[Wedges]], draws: int, seed: int
) -> Iterator[Outcome]:
    """The outcomes of batches in their order; while one is accounted for, the next is being solved."""
    with ThreadPoolExecutor(max_workers=1) as ahead:
        pending: Future[Outcome] | None = None
        for wedges in jobs:
            following = ahead.submit(solve, world, wedges, draws, seed)
            if pending is not None:
                yield pending.result()
            pending = following
        if pending is not None:
            yield pending.result()


def _state_wedges(
    start: Scenario, trip: Mapping[tuple[int, ...], tuple[Measure, ...]], world: World, ledger: Ledger
) -> Wedges:
    """The start with a state of each of some chains on top, and the other chains undisturbed."""
    measures = [m for chain in trip.values() for m in chain]
    policies, outages = split(measures)
    wedges = with_outages(
        to_wedges(replace(start, measures=(*start.measures, *policies)), world, ledger), outages, world
    )
    name = "; ".join(m.title or m.id for m in measures)
    return _alone(wedges, name, {c for chain in trip for c in chain})


def _alone(wedges: Wedges, name: str, goods: set[int]) -> Wedges:
    """The wedges on some commodities and on those that a shared cap ties to them; the rest undisturbed.

    A chain without wedges is in equilibrium from the start, so that it costs no time to solve.
    """
    kept = set(goods)
    for _ in wedges.caps:
        for cap in wedges.caps:
            reached = set(cap.routes[:, 0].tolist())
            if reached & kept:
                kept |= reached
    inside = np.isin(np.arange(len(wedges.closed)), sorted(kept))[:, None, None]
    return replace(
        wedges,
        name=name,
        import_duty=np.where(inside, wedges.import_duty, 0.0),
        export_tax=np.where(inside, wedges.export_tax, 0.0),
        closed=wedges.closed & inside,
        caps=tuple(cap for cap in wedges.caps if kept & set(cap.routes[:, 0].tolist())),
        draws=tuple(
            replace(draw, routes=draw.routes[np.isin(draw.routes[:, 0], sorted(kept))])
            for draw in wedges.draws
            if kept & set(draw.routes[:, 0].tolist())
        ),
    )


def _in_order(states: Mapping[State, tuple[Measure, ...]]) -> list[tuple[Measure, ...]]:
    """By size and name: the order must not hang on how sets happen to be walked."""
    return [states[key] for key in sorted(states, key=lambda state: (len(state), sorted(state)))]


class Expected:
    """The expected yearly loss of a game by who keeps their word, remembered once computed.

    Amounts are vectors (D + c,): the loss over all goods in every draw, then that in each of the c goods
    of the game's chain in the central case. There may be thousands of coalitions; more is not needed.
    """

    def __init__(
        self,
        game: Game,
        losses: Losses,
        probability: Mapping[str, Floats],
        compliance: Mapping[int, Floats],
    ) -> None:
        self.game = game
        self._losses = losses
        self._probability = probability
        self._chances = [
            (happens, self._long(game.chance(happens, probability))) for happens in game.occurrences
        ]
        self._compliance = {j: self._long(kept) for j, kept in compliance.items()}
        self._by_variant: dict[Variant, Floats] = {}
        self._by_coalition: dict[frozenset[tuple[int, int]], Floats] = {}

    def under(self, compliance: Mapping[int, Floats]) -> Expected:
        """The same game when promises are kept with other probabilities."""
        other = copy(self)
        other._compliance = {j: self._long(kept) for j, kept in compliance.items()}
        other._by_coalition = {}
        return other

    def of(self, players: frozenset[tuple[int, int]]) -> Floats:
        """Expected loss, (D + c,) USD/yr, when these (provision, risk) promises stand.

        A provision is kept or broken as a whole in a crisis, independently of the others.
        """
        if players not in self._by_coalition:
            none: Variant = (frozenset(),) * len(self.game.tree)
            chances: dict[Variant, Floats] = {none: np.ones_like(self._chances[0][1])}
            for j, acts in self.game.provisions.items():
                mine = [act for act in acts if (j, act[0]) in players]
                if not mine:
                    continue
                after: dict[Variant, Floats] = {}
                for variant, chance in chances.items():
                    for then, p in (
                        (variant, 1.0 - self._compliance[j]),
                        (keep(variant, mine), self._compliance[j]),
                    ):
                        after[then] = after[then] + chance * p if then in after else chance * p
                chances = after
            total = sum((chance * self._given(variant) for variant, chance in chances.items()))
            self._by_coalition[players] = np.asarray(total)
        return self._by_coalition[players]

    def by_commodity(self) -> Floats:
        """Expected loss when nobody promises anything, (D, C) USD/yr."""
        total = np.zeros_like(next(iter(self._losses.by_state.values())))
        for happens in self.game.occurrences:
            chance = self.game.chance(happens, self._probability)
            for fraction, state in self._states(happens, (frozenset(),) * len(self.game.tree)):
                total += chance[:, None] * fraction * self._losses.by_state[self.game.chain, state]
        return total

    def rents(self) -> Floats:
        """Scarcity rents that each imposer is expected to keep if nobody promises, (N,) USD/yr, central."""
        none: Variant = (frozenset(),) * len(self.game.tree)
        parts = [
            float(chance[0]) * fraction * self._losses.rents[self.game.chain, state]
            for happens, chance in self._chances
            for fraction, state in self._states(happens, none)
        ]
        return np.asarray(sum(parts, np.zeros(len(self.game.world.economies))))

    def _given(self, variant: Variant) -> Floats:
        """Expected loss when it is settled which promises are kept."""
        if variant not in self._by_variant:
            total = np.zeros_like(self._chances[0][1])
            for happens, chance in self._chances:
                for fraction, state in self._states(happens, variant):
                    loss = self._losses.by_state[self.game.chain, state]
                    whole = np.concatenate([loss.sum(axis=1), loss[0, list(self.game.chain)]])
                    total += chance * fraction * whole
            self._by_variant[variant] = total
        return self._by_variant[variant]

    def _states(self, happens: tuple[bool, ...], variant: Variant) -> list[tuple[float, State]]:
        """The states that a combination of risks passes through, with the part of the year of each."""
        return [
            (fraction, frozenset(m.id for m in measures))
            for fraction, measures in self.game.segments(happens, variant)
        ]

    def _long(self, chances: Floats) -> Floats:
        """Chances (D,) for vectors (D + c,): the goods of the chain are of the central case."""
        return np.concatenate([chances, np.full(len(self.game.chain), chances[0])])

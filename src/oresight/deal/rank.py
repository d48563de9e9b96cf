"""Commodities by the yearly loss that a buyer should expect from them over a register of risks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.deal.amounts import Amount, amount_of, draw_ranges
from oresight.deal.crises import games
from oresight.deal.losses import BASELINE, Expected, Progress, Solve, in_silence, solve_market, state_losses
from oresight.deal.register import Risk
from oresight.policy.ledger import Ledger
from oresight.policy.records import Scenario
from oresight.world.model import World


@dataclass(frozen=True, slots=True)
class Ranked:
    """One commodity's place; money in million USD a year."""

    place: int
    commodity: str
    expected_loss: Amount
    share_of_spending: float | None  # expected loss over what the buyer spends on it in the baseline
    worst_crisis: str  # the crisis that most of it comes from
    worst_share: float | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """All commodities that the buyer uses, largest expected loss first."""

    buyer: str
    ranked: tuple[Ranked, ...]
    total: Amount
    risks: tuple[Risk, ...]
    failed: tuple[str, ...]
    draws: int
    draws_solved: int
    seed: int


def rank(
    world: World,
    ledger: Ledger,
    buyer: str,
    risks: Sequence[Risk],
    draws: int = 200,
    seed: int = 0,
    solve: Solve = solve_market,
    start: Scenario = BASELINE,
    progress: Progress = in_silence,
) -> Ranking:
    """Rank commodities by a buyer's expected yearly loss, with no promise counted.

    The loss shows in the market where it is borne: scarce oxide that stops a magnet maker abroad is
    a loss in magnets to the buyer of magnets. `start` is what stands
    before a risk comes. Raises InputError for an unknown economy.
    """
    played = games(world, risks, ())
    losses = state_losses(world, ledger, played, buyer, draws, seed, solve, start, progress)
    n = world.economy_index[buyer]
    drawn = draw_ranges({f"risk {r.id}": r.probability for r in risks}, draws, seed)
    probability = {r.id: drawn[f"risk {r.id}"] for r in risks}
    C = len(world.commodities)
    by_crisis: dict[str, NDArray[np.float64]] = {}
    for game in played:
        loss = Expected(game, losses, probability, {}).by_commodity()
        title = game.tree[0].title
        by_crisis[title] = by_crisis.get(title, np.zeros((draws + 1, C))) + loss
    total = sum(by_crisis.values(), np.zeros((draws + 1, C)))
    spent = world.flows[:, :, n].sum(axis=1) * world.prices
    made = world.flows[:, n, :].sum(axis=1) > 0.0
    order = [
        int(c)
        for c in np.argsort(-np.nan_to_num(total[0], nan=np.inf), kind="stable")
        if spent[c] > 0.0 or made[c]
    ]
    ranked = []
    for place, c in enumerate(order, start=1):
        by_name = {name: float(loss[0, c]) for name, loss in by_crisis.items()}
        worst = max(by_name, key=by_name.__getitem__, default="")
        whole = float(total[0, c])
        share = by_name[worst] / whole if worst and whole > 0.0 else None
        ranked.append(
            Ranked(
                place,
                world.commodities[c].name,
                amount_of(total[:, c]),
                whole / float(spent[c]) if spent[c] > 0.0 and np.isfinite(whole) else None,
                worst if share is not None else "",
                share,
            )
        )
    return Ranking(
        buyer=buyer,
        ranked=tuple(ranked),
        total=amount_of(total.sum(axis=1)),
        risks=tuple(risks),
        failed=losses.failed,
        draws=draws,
        draws_solved=int(np.isfinite(total[1:]).all(axis=1).sum()),
        seed=seed,
    )

"""What a solved market says of an observation.

The price outside is the mean over economies other than the imposers, weighted by what each used in
the baseline, at baseline prices. Arrays have D draws first; draw 0 is the central case.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from oresight.evidence.episodes import OUTSIDE, Observation
from oresight.impact import quantities
from oresight.market.outcome import Outcome, Solution
from oresight.world.model import World
from oresight.world.scope import resolve

Floats = NDArray[np.float64]

TRADED = ("flow", "flow_change")
PRICES = ("buyer_price_change", "producer_price_change", "outside_inside_price_ratio")
AMOUNTS = ("production", "production_change", "consumption", "consumption_change", "shortfall")
COMPUTED = (*PRICES, *TRADED, *AMOUNTS)


def predict(
    outcome: Outcome, solution: Solution, seen: Observation, imposers: tuple[str, ...]
) -> Floats | None:
    """What the outcome says of an observation, shape (D,); None where the baseline has nothing.

    A group of commodities is summed in tonnes; its price is the mean weighted by baseline value. A
    place left open means all economies.
    """
    goods = _goods(outcome.world, seen.commodity)
    origins = _places(outcome.world, seen.origin, imposers)
    destinations = _places(outcome.world, seen.destination, imposers)
    if seen.variable in TRADED:
        return _trade(outcome, solution, seen, goods, origins, destinations)
    if seen.variable in AMOUNTS:
        return _amount(outcome, solution, seen, goods, origins, destinations)
    if seen.variable == "producer_price_change":
        made = _baseline(outcome, goods).sum(axis=2)
        return _price_change(outcome, solution.producer_price, goods, origins, made)
    used = _baseline(outcome, goods).sum(axis=1)
    if seen.variable == "buyer_price_change":
        return _price_change(outcome, solution.buyer_price, goods, destinations, used)
    outside = _places(outcome.world, OUTSIDE, (seen.origin,))
    there = _price_change(outcome, solution.buyer_price, goods, outside, used)
    here = _price_change(outcome, solution.buyer_price, goods, origins, used)
    if there is None or here is None:
        return None
    return np.asarray((100.0 + there) / (100.0 + here))


def _goods(world: World, word: str) -> tuple[int, ...]:
    if word in ("", "all"):
        return tuple(range(len(world.commodities)))
    return tuple(resolve(world, (word,)))


def _places(world: World, code: str, imposers: tuple[str, ...]) -> list[int]:
    if code == OUTSIDE:
        return [n for n, e in enumerate(world.economies) if e.code not in imposers]
    return [world.economy_index[code]] if code else list(range(len(world.economies)))


def _baseline(outcome: Outcome, goods: tuple[int, ...]) -> Floats:
    """Baseline flows of the commodities, shape (G, N, N), t/yr."""
    return np.concatenate([quantities.baseline_flows_of(outcome, c) for c in goods])


def _price_change(
    outcome: Outcome, price: Floats, goods: tuple[int, ...], at: list[int], tonnes: Floats
) -> Floats | None:
    """Mean price change in percent over commodities and places, weighted by baseline value."""
    p0 = outcome.world.prices[list(goods)]
    weight = (tonnes * p0[:, None])[:, at]
    total = weight.sum()
    if total <= 0:
        return None
    change = 100.0 * (price[:, list(goods), :][:, :, at] / p0[:, None] - 1.0)
    # A place without use has no price; its weight is zero and must not spread its NaN.
    return np.asarray(np.where(weight > 0, change * weight, 0.0).sum(axis=(1, 2)) / total)


def _trade(
    outcome: Outcome,
    solution: Solution,
    seen: Observation,
    goods: tuple[int, ...],
    origins: list[int],
    destinations: list[int],
) -> Floats | None:
    """Tonnes traded across borders, or their change in percent."""
    after = np.zeros(solution.flow.shape[0])
    before = 0.0
    abroad = 1.0 - np.eye(len(outcome.world.economies))
    for c in goods:
        flows = quantities.flows_of(outcome, solution.flow, c) * abroad
        after += flows[:, origins][:, :, destinations].sum(axis=(1, 2))
        before += float(
            (quantities.baseline_flows_of(outcome, c)[0] * abroad)[origins][:, destinations].sum()
        )
    return _level_or_change(seen.variable, after, before)


def _amount(
    outcome: Outcome,
    solution: Solution,
    seen: Observation,
    goods: tuple[int, ...],
    origins: list[int],
    destinations: list[int],
) -> Floats | None:
    """Production, use or shortfall in tonnes, or its change in percent."""
    after, before = np.zeros(solution.flow.shape[0]), 0.0
    for c in goods:
        base = quantities.baseline_flows_of(outcome, c)[0]
        if seen.variable.startswith("production"):
            after += quantities.flows_of(outcome, solution.flow, c).sum(axis=2)[:, origins].sum(axis=1)
            before += float(base.sum(axis=1)[origins].sum())
        elif seen.variable == "shortfall":
            after += quantities.shortfall(outcome, solution, c)[:, destinations].sum(axis=1)
            before += float(base.sum(axis=0)[destinations].sum())
        else:
            after += quantities.consumption(outcome, solution, c)[:, destinations].sum(axis=1)
            before += float(base.sum(axis=0)[destinations].sum())
    return _level_or_change(seen.variable, after, before)


def _level_or_change(variable: str, after: Floats, before: float) -> Floats | None:
    if before <= 0:
        return None
    return np.asarray(100.0 * (after / before - 1.0)) if variable.endswith("_change") else after

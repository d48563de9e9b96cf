"""Amounts with their intervals, and draws over ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from oresight.impact.rows import interval
from oresight.market.parameters import triangular
from oresight.world.model import Range

Floats = NDArray[np.float64]

MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Amount:
    """Million USD a year: central case, 5th and 95th percentile over draws (None without draws)."""

    central: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a provision's value in million USD a year; its share is None when the whole is zero."""

    name: str
    central: float
    share: float | None


def is_noise(worth: Amount, least: float) -> bool:
    """Whether a value cannot be told from zero: its interval holds zero, or the numerics could make it."""
    if not np.isfinite(worth.central) or abs(worth.central) <= least:
        return True
    return worth.low is not None and worth.high is not None and worth.low <= 0.0 <= worth.high


def parts_of(amounts: Mapping[str, float], whole: float) -> tuple[Part, ...]:
    """Amounts in USD/yr as parts of a whole in million USD/yr, largest first; those of zero are left out."""
    found = [(name, float(v) / MILLION) for name, v in amounts.items() if v != 0.0]
    return tuple(
        Part(name, v, v / whole if abs(whole) > 1e-12 else None)
        for name, v in sorted(found, key=lambda item: (-abs(item[1]), item[0]))
    )


def amount_of(values: Floats) -> Amount:
    """Values (D,) in USD/yr as an amount in million USD/yr."""
    central, low, high = interval(values / MILLION)
    return Amount(float("nan") if central is None else central, low, high)


def draw_ranges(ranges: Mapping[str, Range], draws: int, seed: int) -> dict[str, Floats]:
    """A Latin hypercube over ranges, triangular in each, shape (draws + 1,), the first the central value.

    The market draws its parameters from a Sobol sequence; a second scrambling of the same sequence
    would move in step with it, so another design is used here.
    """
    drawn = {}
    for name, value_range in ranges.items():
        # A stream of its own for each name: another risk in the register leaves these draws alone.
        generator = np.random.default_rng([seed, *sha256(name.encode()).digest()])
        u = (generator.permutation(draws) + generator.random(draws)) / max(draws, 1)
        drawn[name] = np.concatenate([[value_range.central], triangular(value_range, u)])
    return drawn

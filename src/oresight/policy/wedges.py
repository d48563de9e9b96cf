"""What a scenario does to routes: the form in which policy reaches the market.

A wedge is added to the delivered cost of a route; a cap limits tonnes over a set of routes.
Routes are indexed by commodity, origin and destination in the order of the world.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Cap:
    """The most tonnes a year that may pass over a set of routes together: they share one rent per tonne."""

    measure: str  # id of the measure
    routes: NDArray[np.int64]  # (R, 3) commodity, origin, destination
    limit_t: float
    owner: str  # economy that keeps the rent: the imposer
    low_t: float | None = None  # ends of the limit's range, where it is an assumption
    high_t: float | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """A measure that does not act, or acts less, because a provision forbids it."""

    measure: str
    provision: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Draw:
    """Routes whose buyers may draw on stocks, because a restriction takes their supply."""

    measure: str
    routes: NDArray[np.int64]  # (R, 3)
    withheld_share: float  # part of the baseline flow that the restriction takes, 0 to 1


@dataclass(frozen=True, slots=True)
class Wedges:
    """A scenario as the market sees it; all arrays have shape (C, N, N), origin by destination."""

    name: str
    import_duty: NDArray[np.float64]  # ad valorem, as a fraction, on top of the baseline's duty
    export_tax: NDArray[np.float64]  # ad valorem, as a fraction of the producer price
    closed: NDArray[np.bool_]  # True where a ban shuts the route
    caps: tuple[Cap, ...]
    draws: tuple[Draw, ...]
    assume: tuple[tuple[str, float], ...]  # assumptions overridden by the scenario
    blocked: tuple[Blocked, ...]
    notes: tuple[str, ...] = ()  # what the scenario holds that this market cannot represent

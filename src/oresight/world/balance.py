"""Bilateral flows from margins: the flows nearest to a prior that add up to production and use.

Nearest in cross-entropy, sum of x ln(x / prior), whose solution is the prior with rows and columns
scaled (RAS, or iterative proportional fitting: Deming and Stephan 1940; Bacharach 1970; Golan, Judge
and Robinson 1994 for the entropy reading). Pairs at zero in the prior stay at zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oresight.errors import InputError
from oresight.world.model import Economy, Floats

EARTH_RADIUS_KM = 6371.0
TRACE = 1e-6  # of the smaller margin: a prior pair below it is no trade


def distances(economies: Sequence[Economy]) -> Floats:
    """Great-circle distances in km between main cities, shape (N, N), at least 100 km."""
    latitude = np.radians([e.latitude for e in economies])
    longitude = np.radians([e.longitude for e in economies])
    cosine = np.sin(latitude)[:, None] * np.sin(latitude) + np.cos(latitude)[:, None] * np.cos(
        latitude
    ) * np.cos(longitude[:, None] - longitude)
    arc: Floats = np.arccos(np.clip(cosine, -1.0, 1.0))
    return np.maximum(EARTH_RADIUS_KM * arc, 100.0)


def gravity(supply: Floats, use: Floats, distance: Floats) -> Floats:
    """Tonnes in proportion to both margins and to the inverse of distance, own supply left out.

    The elasticity of trade to distance is -1, near the centre of the literature (Disdier and Head
    2008 find a mean of -0.9).
    """
    flows = np.outer(supply, use) / distance
    np.fill_diagonal(flows, 0.0)
    total = flows.sum()
    return flows / total if total > 0 else flows


def prior_flows(
    supply: Floats, use: Floats, evidence: Floats, distance: Floats, home: float, weight: float
) -> Floats:
    """A prior of flows in tonnes, shape (N, N).

    Own supply takes the share `home` of what production and use have in common. What remains follows
    the evidence with `weight` and gravity with the rest; without any evidence, gravity alone.
    """
    common = home * np.minimum(supply, use)
    abroad = gravity(supply - common, use - common, distance)
    seen = np.where((supply[:, None] > 0) & (use[None, :] > 0), evidence, 0.0)
    np.fill_diagonal(seen, 0.0)
    if seen.sum() > 0:
        abroad = weight * seen / seen.sum() + (1 - weight) * abroad
    prior = abroad * max(float((use - common).sum()), 0.0)
    prior[np.diag_indices_from(prior)] = common
    limit = TRACE * np.minimum(supply[:, None], use[None, :])
    return np.where(prior < limit, 0.0, prior)


def balance(
    prior: Floats,
    supply: Floats,
    use: Floats,
    economies: Sequence[Economy],
    commodity: str,
    *,
    tolerance: float = 1e-12,
    rounds: int = 20_000,
) -> Floats:
    """The flows nearest to `prior` with row sums `supply` and column sums `use`, all in tonnes.

    Raises InputError naming the commodity and the economies when the margins differ in total or the
    prior leaves no way to meet them.
    """
    total = float(supply.sum())
    if abs(total - float(use.sum())) > 1e-9 * max(total, 1.0):
        raise InputError(
            f"{commodity}: {total:,.3f} t are made but {use.sum():,.3f} t are used; "
            "correct production, recipes or consumption"
        )
    cut_off = (supply > 0) & (prior.sum(axis=1) == 0)
    starved = (use > 0) & (prior.sum(axis=0) == 0)
    for mask, what in ((cut_off, "makes it but has no buyer"), (starved, "uses it but has no supplier")):
        if mask.any():
            names = ", ".join(economies[int(n)].code for n in np.flatnonzero(mask))
            raise InputError(
                f"{commodity}: {names} {what} in the prior; widen the prior or correct the margin"
            )
    flows = prior.copy()
    for _ in range(rounds):
        rows = flows.sum(axis=1)
        flows *= np.divide(supply, rows, out=np.zeros_like(supply), where=rows > 0)[:, None]
        columns = flows.sum(axis=0)
        flows *= np.divide(use, columns, out=np.zeros_like(use), where=columns > 0)[None, :]
        off = np.abs(flows.sum(axis=1) - supply)
        if off.max() <= tolerance * max(total, 1.0):
            return flows
    worst = economies[int(np.argmax(off))].code
    raise InputError(
        f"{commodity}: no flows meet the margins; {worst} stays {off.max():,.3f} t off its production; "
        "give the prior more pairs or correct the margin"
    )

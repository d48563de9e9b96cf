"""Outages: a mine or plant that stops, as a limit on what an economy supplies at home and abroad.

An outage is a row of the register like a measure, but nobody imposes it and no promise stops it. It
limits the tonnes that leave a node, domestic use included. The rent of that limit is what those who
still produce earn above their cost, and stays with the economy in which they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from oresight.policy.reach import commodity_reach
from oresight.policy.records import Measure
from oresight.policy.wedges import Cap, Draw, Wedges
from oresight.world.model import World

OUTAGE = "outage"


def split(measures: Iterable[Measure]) -> tuple[list[Measure], list[Measure]]:
    """Measures of governments, and outages."""
    given = list(measures)
    return [m for m in given if m.instrument != OUTAGE], [m for m in given if m.instrument == OUTAGE]


def with_outages(wedges: Wedges, outages: Sequence[Measure], world: World) -> Wedges:
    """Wedges with outages added; `share_of_baseline` of an outage is the part of output that is left.

    Where nothing is left all routes from the economy are closed, its own use included.
    """
    closed, caps, draws = wedges.closed.copy(), list(wedges.caps), list(wedges.draws)
    for outage in outages:
        i = world.economy_index[outage.imposer]
        left = outage.share_of_baseline or 0.0
        for c in commodity_reach(outage, world):
            used = np.flatnonzero(world.flows[c, i] > 0.0)
            if not len(used):
                continue
            routes = np.array([(c, i, int(j)) for j in used], dtype=np.int64)
            if left > 0.0:
                caps.append(Cap(outage.id, routes, left * float(world.flows[c, i].sum()), outage.imposer))
            else:
                closed[c, i, :] = True
            draws.append(Draw(outage.id, routes, 1.0 - left))
    return replace(wedges, closed=closed, caps=tuple(caps), draws=tuple(draws))

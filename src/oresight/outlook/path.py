"""A scenario year by year.

Each year is one period of the market on the baseline of that year: plants that have opened sell
and buy, elasticities have grown, and stocks, which only the first year can draw on, are gone. What
carries over from year to year is only this; see docs/outlook.md for what that leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from oresight.errors import InputError
from oresight.market.outcome import Outcome
from oresight.outlook.horizon import Opened, world_in
from oresight.outlook.projects import Project
from oresight.policy.wedges import Wedges
from oresight.world.model import World

LONGEST = 25  # years; an elasticity multiple says nothing beyond

Solve = Callable[[World, list[Wedges], int, int], Outcome]


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a path: `outcome.world` is that year's baseline, the world without the scenario."""

    year: int
    outcome: Outcome
    opened: tuple[Opened, ...]
    notes: tuple[str, ...]  # projects that are left out, and why


def path(
    world: World,
    scenarios: Sequence[Wedges],
    until_year: int,
    projects: tuple[Project, ...],
    draws: int = 0,
    seed: int = 0,
    solve: Solve | None = None,
) -> list[Year]:
    """Solve scenarios for every year from the baseline's to `until_year`.

    The scenario starts in the baseline year and stays; a quota or licence keeps its limit in
    tonnes. The draws are the same sample in every year. `solve` is the market's by default. Raises
    InputError for a year before the baseline's or more than 25 after it.
    """
    if not world.year <= until_year <= world.year + LONGEST:
        raise InputError(
            f"outlook: until {until_year} should be between {world.year}, the baseline year, "
            f"and {world.year + LONGEST}"
        )
    if solve is None:
        from oresight.market.solve import solve as market

        solve = market
    years = []
    for year in range(world.year, until_year + 1):
        later, opened, notes = world_in(world, year, projects)
        wedges = list(scenarios) if year == world.year else [replace(w, draws=()) for w in scenarios]
        years.append(Year(year, solve(later, wedges, draws, seed), opened, notes))
    return years

"""The world of a later year: what has opened by then, and how far behaviour has adjusted."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from oresight.errors import InputError
from oresight.outlook.balance import absorb
from oresight.outlook.projects import Project
from oresight.world.model import Assumption, Process, Range, World


@dataclass(frozen=True, slots=True)
class Opened:
    """A project as it stands in a year."""

    project: Project
    open_share: float  # of the year, 0 to 1
    capacity_t: float  # t/yr that count in the year
    output_t: float  # t/yr at the assumed utilisation


@cache
def assumptions() -> dict[str, float]:
    """What this room assumes, by name; the table in its data folder says why, with ranges."""
    return {str(row["name"]): float(str(row["value"])) for row in assumption_rows()}


def assumption_rows() -> list[dict[str, object]]:
    """The table of assumptions as rows, values as numbers."""
    with (Path(__file__).with_name("data") / "assumptions.csv").open(encoding="utf-8", newline="") as file:
        return [
            {key: float(text) if key in ("value", "low", "high") else text for key, text in row.items()}
            for row in csv.DictReader(file)
        ]


def growth(name: str, horizon: int) -> float:
    """Elasticity `horizon` years after the first over that of the first; `name` is supply or demand.

    It grows by the same factor every year up to the assumed multiple, and stays there.
    """
    table = assumptions()
    years = table[f"{name}_years"]
    return float(table[f"{name}_multiple"] ** (min(horizon, years) / years))


def matching(world: World, project: Project) -> int | str:
    """The place of the process that a project adds to, or a sentence why none does.

    It must run in the project's economy with the commodity as its most valuable output: more
    dysprosium from a plant that lives off neodymium would bring neodymium that nobody announced.
    """
    if project.commodity not in world.commodity_index:
        return f"{project.title} is left out: the baseline does not hold {project.commodity}"
    best: tuple[float, int] | None = None
    makes = False
    for k, process in enumerate(world.processes):
        if process.economy != project.economy or project.commodity not in process.outputs:
            continue
        if process.activity <= 0:
            continue
        makes = True
        if _principal(world, process) == project.commodity:
            tonnes = process.outputs[project.commodity] * process.activity
            best = max(best or (tonnes, k), (tonnes, k))
    if best is not None:
        return best[1]
    if makes:
        why = f"it is a by-product of what {project.economy} makes in {world.year}"
    else:
        why = f"{project.economy} makes none in the baseline of {world.year}"
    return f"{project.title} is left out: no process to add {project.commodity} to, {why}"


def _principal(world: World, process: Process) -> str:
    prices = {c.name: c.price_usd_per_t for c in world.commodities}
    return max(process.outputs, key=lambda name: process.outputs[name] * prices[name])


def world_in(
    world: World, year: int, projects: tuple[Project, ...]
) -> tuple[World, tuple[Opened, ...], tuple[str, ...]]:
    """The baseline of a later year, what has opened in it, and what had to be left out.

    Projects that were open before the end of the baseline year are in it already.
    """
    if year < world.year:
        raise InputError(f"outlook: {year} is before the baseline year {world.year}")
    use = assumptions()
    added: dict[int, tuple[float, float]] = {}  # process -> capacity and activity on top, in activity
    opened, notes = [], []
    for project in projects:
        place = matching(world, project)
        if isinstance(place, str):
            notes.append(place)
            continue
        share = project.open_share(year)
        if project.start < world.year or share <= 0.0:
            continue
        process = world.processes[place]
        per_unit = process.outputs[project.commodity]
        full = project.capacity_t
        if project.basis == "total":
            full = max(full - process.capacity * per_unit, 0.0)
        more, run = added.get(place, (0.0, 0.0))
        output = full * share * use["utilisation"]
        added[place] = (more + full * share / per_unit, run + output / per_unit)
        opened.append(Opened(project, share, full * share, output))
    later = _adjusted(world, year - world.year)
    if added:
        processes = list(later.processes)
        for k, (more, _) in added.items():
            processes[k] = replace(processes[k], capacity=processes[k].capacity + more)
        later = replace(later, processes=tuple(processes))
        levels = {k: world.processes[k].activity + run for k, (_, run) in added.items()}
        later = absorb(later, levels, use["demand_stiffness"])
    return later, tuple(opened), tuple(notes)


def _adjusted(world: World, horizon: int) -> World:
    """The world with the elasticities of a later year."""
    supply, demand = growth("supply", horizon), growth("demand", horizon)
    processes = tuple(
        replace(p, supply_elasticity=_scaled(p.supply_elasticity, supply)) for p in world.processes
    )
    return replace(
        world, processes=processes, assumptions=tuple(_later(a, demand) for a in world.assumptions)
    )


def _later(row: Assumption, demand: float) -> Assumption:
    if row.name != "demand_elasticity":
        return row
    return replace(row, value=_scaled(row.value, demand, row.bounds[1]))


def _scaled(value: Range, factor: float, most: float = float("inf")) -> Range:
    return Range(*(min(x * factor, most) for x in (value.central, value.low, value.high)))

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


def site(world: World, project: Project) -> Process | str:
    """The process that a project adds to, or a sentence why there is none.

    It is that of the project's economy. Where the economy runs none, or the plant has a feed of its
    own, it is a new one of no activity yet, with the yields of the largest such process elsewhere.
    A project that names no kind of process belongs to one whose most valuable output is its
    commodity: more dysprosium from a plant that lives off neodymium would bring neodymium that
    nobody announced.
    """
    why = f"{project.title} is left out: "
    if project.economy not in world.economy_index:
        return f"{why}{project.economy} is not an economy of its own in the baseline"
    if project.commodity not in world.commodity_index:
        return f"{why}the baseline does not hold {project.commodity}"
    alike = [p for p in world.processes if p.activity > 0 and _fits(world, p, project)]
    if not alike:
        return f"{why}no process in the baseline is {project.process or f'run for {project.commodity}'}"

    def tonnes(process: Process) -> tuple[float, str]:
        return process.outputs[project.commodity] * process.activity, process.name

    here = [p for p in alike if p.economy == project.economy and (project.feed == "market" or not p.inputs)]
    if here:
        return max(here, key=tonnes)
    model = max(alike, key=tonnes)
    return replace(
        model,
        name=project.title,
        economy=project.economy,
        inputs={} if project.feed == "own" else model.inputs,
        activity=0.0,
        capacity=0.0,
    )


def _fits(world: World, process: Process, project: Project) -> bool:
    if project.commodity not in process.outputs:
        return False
    if project.process:
        return process.name == f"{project.process} {process.economy}"
    prices = {c.name: c.price_usd_per_t for c in world.commodities}
    principal = max(process.outputs, key=lambda name: process.outputs[name] * prices[name])
    return principal == project.commodity


def world_in(
    world: World, year: int, projects: tuple[Project, ...]
) -> tuple[World, tuple[Opened, ...], tuple[str, ...]]:
    """The baseline of a later year, what has opened in it, and what had to be left out.

    Projects that were planned to open before the baseline year are in it already.
    """
    if year < world.year:
        raise InputError(f"outlook: {year} is before the baseline year {world.year}")
    utilisation = assumptions()["utilisation"]
    grown: dict[str, Process] = {}  # by name, with the capacity and activity of the year
    opened, notes = [], []
    for project in projects:
        process = site(world, project)
        if isinstance(process, str):
            notes.append(process)
            continue
        share = project.open_share(year)
        if project.start < world.year or share <= 0.0:
            continue
        per_unit = process.outputs[project.commodity]
        full = project.capacity_t
        if project.basis == "total":
            full = max(full - process.capacity * per_unit, 0.0)
        capacity = full * share
        so_far = grown.get(process.name, process)
        grown[process.name] = replace(
            so_far,
            capacity=so_far.capacity + capacity / per_unit,
            activity=so_far.activity + capacity * utilisation / per_unit,
        )
        opened.append(Opened(project, share, capacity, capacity * utilisation))
    later = _adjusted(_with(world, grown), year - world.year)
    return later, tuple(opened), tuple(notes)


def _with(world: World, grown: dict[str, Process]) -> World:
    """The world with some processes grown and others new, in balance again."""
    if not grown:
        return world
    known = {p.name for p in world.processes}
    processes = (
        *(replace(p, capacity=grown[p.name].capacity) if p.name in grown else p for p in world.processes),
        *(replace(p, activity=0.0) for name, p in grown.items() if name not in known),
    )
    levels = {k: grown[p.name].activity for k, p in enumerate(processes) if p.name in grown}
    return absorb(replace(world, processes=processes), levels, assumptions()["demand_stiffness"])


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

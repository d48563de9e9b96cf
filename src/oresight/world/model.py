"""The world as plain, immutable data: economies, commodities, processes, baseline flows.

Shapes use C for commodities, N for economies; the order is that of `World.commodities` and
`World.economies`. Tonnes are metric tonnes a year of what the commodity's `content` states;
money is current US dollars of the baseline year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Economy:
    """A place that mines, makes or uses; `code` is ISO 3166 alpha-3, or `ROW` for the rest of the world."""

    code: str
    name: str
    groups: tuple[str, ...] = ()  # such as "EU"
    latitude: float = float("nan")  # degrees, of the main city
    longitude: float = float("nan")


@dataclass(frozen=True, slots=True)
class Commodity:
    """A mineral in a traded form, such as `dysprosium oxide` or `NdFeB magnet`."""

    name: str
    minerals: tuple[str, ...]  # as people name them: ("dysprosium",)
    stage: str  # mining | separation | refining | metal | magnet
    groups: tuple[str, ...]  # ("rare earths", "heavy rare earths", "critical minerals")
    content: str  # what a tonne counts: "rare-earth oxide", "contained gallium", "magnet"
    price_usd_per_t: float
    hs: tuple[str, ...] = ()  # HS or HTS codes, digits only, of two to ten digits
    shared_hs: tuple[str, ...] = ()  # codes above that hold other goods too


@dataclass(frozen=True, slots=True)
class Process:
    """What turns commodities into others, in fixed proportions, in one economy.

    `inputs` and `outputs` are tonnes per unit of activity; a mine has no inputs. `activity` is the
    baseline level a year. Output prices less input prices at the baseline is the margin, in dollars
    per unit of activity, and must be above zero.
    """

    name: str
    economy: str
    kind: str  # mining | separation | refining | magnet making | ...
    outputs: Mapping[str, float]
    inputs: Mapping[str, float]
    activity: float
    capacity: float  # the most activity a year
    supply_elasticity: Range  # of activity with respect to the value of the outputs


@dataclass(frozen=True, slots=True)
class Range:
    """A central value with the low and high end of what the literature or judgement allows."""

    central: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fact:
    """One sourced figure: a row of the fact table (`kind` is reported, derived or assumed)."""

    subject: str  # a commodity, mineral, group, process or plant
    economy: str  # ISO3, `WLD` for the world, or empty
    stage: str  # empty where the attribute has none
    attribute: str  # production, price, consumption, capacity, supply_share, ...
    value: float
    unit: str
    year: int
    source: str  # key of sources.yaml
    kind: str
    chosen: bool  # False for a figure that stays on record beside the chosen one
    note: str = ""
    partner: str = ""  # the second economy of an import share or a flow


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from."""

    key: str
    publisher: str
    title: str
    year: int
    licence: str
    where: str = ""  # table, page or file
    url: str = ""


@dataclass(frozen=True, slots=True)
class EndUse:
    """The part of a commodity's final use that an application takes, and the sector it is counted in."""

    commodity: str
    application: str
    share: float  # of the commodity's final demand, 0 to 1
    sector: str  # technology | energy | defence | other
    source: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A row of the attribute table: a parameter of the model, for all commodities or for some."""

    name: str  # sigma, demand_elasticity, backstop_multiple, stock_months, ...
    scope: str  # "*", a mineral, a commodity or a group; the narrowest that fits holds
    unit: str
    value: Range
    bounds: tuple[float, float]  # outside which a user's value is refused
    description: str
    source: str
    kind: str


@dataclass(frozen=True, eq=False)
class World:
    """A balanced baseline: tonnes in equal tonnes out at every node, every figure with its source."""

    year: int
    economies: tuple[Economy, ...]
    commodities: tuple[Commodity, ...]
    processes: tuple[Process, ...]
    flows: Floats  # (C, N, N) t/yr, origin by destination; own supply on the diagonal
    final_demand: Floats  # (C, N) t/yr used by economies other than as process input
    duty: Floats  # (C, N, N) ad valorem import duty already in the baseline, as a fraction
    assumptions: tuple[Assumption, ...]
    facts: tuple[Fact, ...]
    sources: Mapping[str, Source]
    end_uses: tuple[EndUse, ...]
    fingerprint: str = ""  # sha256 of the tables it was read from
    economy_index: Mapping[str, int] = field(init=False, repr=False)
    commodity_index: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "economy_index", {e.code: n for n, e in enumerate(self.economies)})
        object.__setattr__(self, "commodity_index", {c.name: n for n, c in enumerate(self.commodities)})
        for array in (self.flows, self.final_demand, self.duty):
            array.setflags(write=False)

    @property
    def prices(self) -> Floats:
        """Baseline prices, shape (C,), US dollars per tonne."""
        return np.array([c.price_usd_per_t for c in self.commodities])

    @classmethod
    def load(cls, directory: str | None = None) -> World:
        """Read and check a baseline: the bundled one, or the tables in `directory`.

        Raises InputError naming the file, the row and the remedy when a table is not sound.
        """
        from oresight.world.load import load_world

        return load_world(directory)

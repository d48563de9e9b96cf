"""The market's parameters for each commodity and process, central and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.errors import InputError, unknown
from oresight.policy.wedges import Cap
from oresight.world.model import Assumption, Commodity, Range, World

Floats = NDArray[np.float64]

COMMODITY_PARAMETERS = ("sigma", "demand_elasticity", "backstop_multiple", "stock_months")
LEAST = {"sigma": 0.0, "demand_elasticity": -1e-12, "backstop_multiple": 1.0, "stock_months": -1e-12}


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values for draws 0 to D-1, draw 0 central; C commodities, K processes of the world."""

    sigma: Floats  # (D, C) sourcing elasticity at the baseline price
    demand_elasticity: Floats  # (D, C) positive
    backstop_multiple: Floats  # (D, C) of the baseline price
    stock_months: Floats  # (D, C)
    supply_elasticity: Floats  # (D, K)
    cap_quantile: Floats  # (D,) where an assumed limit lies in its range; one for all, row 0 unused


def parameter(world: World, name: str, commodity: str) -> Range:
    """The assumption `name` for a commodity: of all scopes that cover it, the one covering the fewest.

    A scope is `*`, a commodity, a mineral, a group, or any of these with a stage (`rare earths: magnet`).
    Raises InputError when the name is unknown or no scope covers the commodity.
    """
    return _row(world, name, commodity).value


def _row(world: World, name: str, commodity: str) -> Assumption:
    rows = [a for a in world.assumptions if a.name == name]
    if not rows:
        raise unknown("assumption", name, {a.name for a in world.assumptions}, "the assumptions table")
    if commodity not in world.commodity_index:
        raise unknown("commodity", commodity, world.commodity_index)
    good = world.commodities[world.commodity_index[commodity]]
    fitting = [row for row in rows if _covers(row.scope, good)]
    if not fitting:
        raise InputError(f"no {name} for {commodity!r} in the assumptions table; add a row with scope '*'")
    return min(
        fitting,
        key=lambda row: (row.scope != commodity, sum(_covers(row.scope, c) for c in world.commodities)),
    )


def _covers(scope: str, commodity: Commodity) -> bool:
    if scope == commodity.name:
        return True
    word, _, stage = scope.partition(":")
    if stage and stage.strip() != commodity.stage:
        return False
    word = word.strip()
    return word in ("*", commodity.name) or word in commodity.minerals or word in commodity.groups


def quantiles(dimensions: int, draws: int, seed: int) -> Floats:
    """Quasi-random points in the unit cube, shape (draws, dimensions): a scrambled Sobol sequence."""
    if draws == 0 or dimensions == 0:
        return np.zeros((draws, dimensions))
    from scipy.stats import qmc  # heavy: only when draws are asked for

    sobol = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    points: Floats = sobol.random_base2(max(0, int(np.ceil(np.log2(draws)))))
    return points[:draws]


def triangular(value: Range, u: Floats) -> Floats:
    """Quantiles of a triangular distribution in logs (in levels when the low end is not above zero).

    The mode is the central value, the ends are the range's.
    """
    if not value.low <= value.central <= value.high:
        raise InputError(f"a range must rise: low {value.low}, central {value.central}, high {value.high}")
    if value.high == value.low:
        return np.full_like(u, value.central)
    logs = value.low > 0
    low, mode, high = (np.log(x) if logs else x for x in (value.low, value.central, value.high))
    cut = (mode - low) / (high - low)
    below = low + np.sqrt(u * (high - low) * (mode - low))
    above = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    drawn = np.where(u < cut, below, above)
    return np.exp(drawn) if logs else drawn


def sample(world: World, draws: int, seed: int) -> Parameters:
    """Parameters of the central case and of `draws` quasi-random ones, the same for every scenario.

    Each row of the assumptions table is one dimension, shared by the commodities it holds for, and
    supply elasticities are one dimension per kind of process: commodities of a kind err together.
    """
    kinds = sorted({p.kind for p in world.processes})
    chosen = {name: [_row(world, name, c.name) for c in world.commodities] for name in COMMODITY_PARAMETERS}
    rows: list[Assumption] = []
    for name in COMMODITY_PARAMETERS:
        for row in chosen[name]:
            if not any(row is other for other in rows):
                rows.append(row)
    rows.sort(key=lambda row: (row.name, row.scope))
    u = quantiles(len(rows) + len(kinds) + 1, draws, seed)
    drawn: dict[int, Floats] = {}
    for place, row in enumerate(rows):
        if not LEAST[row.name] < row.value.low:
            least = max(LEAST[row.name], 0.0)
            raise InputError(f"{row.name} for {row.scope!r} reaches {row.value.low}; keep it above {least:g}")
        drawn[id(row)] = np.concatenate([[row.value.central], triangular(row.value, u[:, place])])
    table = {name: np.column_stack([drawn[id(row)] for row in chosen[name]]) for name in COMMODITY_PARAMETERS}
    supply = np.empty((draws + 1, len(world.processes)))
    for k, process in enumerate(world.processes):
        value = process.supply_elasticity
        if not value.low > 0:
            raise InputError(
                f"supply elasticity of {process.name!r} reaches down to {value.low}; it must stay above 0"
            )
        supply[0, k] = value.central
        supply[1:, k] = triangular(value, u[:, len(rows) + kinds.index(process.kind)])
    licence = np.concatenate([[np.nan], u[:, -1]])
    return Parameters(supply_elasticity=supply, cap_quantile=licence, **table)


def override(world: World, drawn: Parameters, assume: Sequence[tuple[str, float]]) -> Parameters:
    """The parameters with a scenario's own assumptions held in every draw.

    Assumptions that other rooms use pass through unread. Raises InputError for a name that the
    table does not have or a value out of its bounds.
    """
    changed: dict[str, Floats] = {}
    known = {a.name for a in world.assumptions} | {"supply_elasticity"}
    for name, value in assume:
        if name not in known:
            raise unknown("assumption", name, known, "the scenario's assume")
        for row in world.assumptions:
            if row.name == name and not row.bounds[0] <= value <= row.bounds[1]:
                raise InputError(
                    f"assume {name}: {value} is outside {row.bounds[0]:g} to {row.bounds[1]:g} ({row.unit})"
                )
        if (name in LEAST and not value > LEAST[name]) or (name == "supply_elasticity" and not value > 0):
            raise InputError(f"assume {name}: {value} is too small for the market to have a solution")
        if name in (*COMMODITY_PARAMETERS, "supply_elasticity"):
            changed[name] = np.full_like(getattr(drawn, name), value)
    return Parameters(**{**_fields(drawn), **changed})


def _fields(drawn: Parameters) -> Mapping[str, Floats]:
    names = (*COMMODITY_PARAMETERS, "supply_elasticity", "cap_quantile")
    return {name: getattr(drawn, name) for name in names}


def cap_limits(caps: Sequence[Cap], quantile: Floats) -> Floats:
    """The limit of each cap in each draw, t/yr, shape (D, M): drawn where it is an assumption.

    One quantile serves all caps of a draw: who approves little of one good approves little of the
    next. That widens intervals rather than letting errors cancel.
    """
    limits = np.empty((quantile.size, len(caps)))
    for m, cap in enumerate(caps):
        limits[:, m] = cap.limit_t
        if cap.low_t is not None and cap.high_t is not None:
            limits[1:, m] = triangular(Range(cap.limit_t, cap.low_t, cap.high_t), quantile[1:])
    return limits

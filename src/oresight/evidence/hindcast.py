"""How right is it? Past episodes, predicted and held against what was seen.

The market is solved for the length of the episode's window: stocks that last m months carry a
buyer through m of the window's months, so in a window of w months they count 12 / w times what
they do in a year. Flows are yearly rates. The price outside is the mean over economies other than
the imposers, weighted by what each used in the baseline, at baseline prices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oresight.evidence.episodes import Episode, Observation
from oresight.evidence.predict import COMPUTED, predict
from oresight.impact.rows import Row, interval
from oresight.market.outcome import Outcome, Solution
from oresight.policy.compile import to_wedges
from oresight.policy.ledger import Ledger
from oresight.policy.wedges import Wedges
from oresight.world.model import Range, World

Floats = NDArray[np.float64]
Solve = Callable[[World, list[Wedges], int, int], Outcome]


@dataclass(frozen=True, slots=True)
class Held:
    """One observation beside its prediction; `inside` says whether it fell in the 90 % interval."""

    episode: str
    observation: Observation
    predicted: float | None
    low: float | None
    high: float | None
    inside: bool | None
    note: str

    @property
    def width(self) -> float | None:
        """Width of the interval, in the variable's unit."""
        return None if self.low is None or self.high is None else self.high - self.low

    def to_json(self) -> dict[str, object]:
        """The row as the command line prints it."""
        seen = self.observation
        return {
            "episode": self.episode,
            "variable": seen.variable,
            "commodity": seen.commodity or None,
            "origin": seen.origin or None,
            "destination": seen.destination or None,
            **({"sector": seen.sector} if seen.sector else {}),
            "unit": seen.unit,
            "observed": seen.value,
            "observed_low": seen.low,
            "observed_high": seen.high,
            "predicted": self.predicted,
            "low": self.low,
            "high": self.high,
            "inside": self.inside,
            "width": self.width,
            "source": seen.source,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Replayed:
    """One episode solved, with what its reader must know."""

    episode: Episode
    solution: Solution
    outcome: Outcome
    rows: tuple[Held, ...]
    caveats: tuple[str, ...]


def hindcast(
    episodes: Sequence[Episode],
    world: World,
    ledger: Ledger,
    draws: int = 0,
    seed: int = 0,
    solve: Solve | None = None,
) -> tuple[Replayed, ...]:
    """Solve each episode on `world` and hold its observations against the result.

    The baseline is of one year; an episode of another year is solved on it all the same, and its
    caveats say so. `solve` is the market's by default.
    """
    if solve is None:
        from oresight.market.solve import solve as market

        solve = market
    return tuple(_replay(episode, world, ledger, draws, seed, solve) for episode in episodes)


def _replay(episode: Episode, world: World, ledger: Ledger, draws: int, seed: int, solve: Solve) -> Replayed:
    windowed, wedges = window(world, to_wedges(episode.scenario, world, ledger), episode.months)
    outcome = solve(windowed, [wedges], draws, seed)
    solution = outcome.solutions[0]
    caveats = caveats_of(episode, world)
    imposers = tuple(dict.fromkeys(m.imposer for m in episode.scenario.measures))
    table: list[Row] | None = None
    held = []
    for seen in episode.observed:
        if seen.variable in COMPUTED:
            values = predict(outcome, solution, seen, imposers)
            central, low, high = (None, None, None) if values is None else interval(values)
        else:
            table = table if table is not None else _table(outcome, imposers)
            central, low, high = _from_table(table, seen)
        inside = None if low is None or high is None else bool(low <= seen.value <= high)
        note = caveats[0] if caveats and episode.baseline_year != world.year else ""
        if central is None:
            note = "the baseline has nothing there to predict"
        held.append(Held(episode.id, seen, central, low, high, inside, note))
    return Replayed(episode, solution, outcome, tuple(held), caveats)


def caveats_of(episode: Episode, world: World) -> tuple[str, ...]:
    """What a reader of an episode's results must know, in plain words, the baseline year first."""
    found = []
    later = world.year > episode.baseline_year
    if episode.baseline_year != world.year:
        found.append(
            f"the episode starts from {episode.baseline_year} and is solved on the baseline of {world.year}:"
            f" suppliers, shares and prices are those of {world.year}, so compare changes, not levels"
            + (", and its flows may already show what the measure did" if later else "")
        )
    if episode.note:
        found.append(episode.note)
    return tuple(found)


def window(world: World, wedges: Wedges, months: float) -> tuple[World, Wedges]:
    """World and wedges for a window of `months`: stocks in months of use are stretched to a year's rate."""
    stretch = 12.0 / months
    held = dict(wedges.assume).get("stock_months")

    def stretched(value: Range) -> Range:
        if held is not None:
            return Range(held * stretch, held * stretch, held * stretch)
        return Range(value.central * stretch, value.low * stretch, value.high * stretch)

    rows = tuple(
        replace(a, value=stretched(a.value)) if a.name == "stock_months" else a for a in world.assumptions
    )
    rest = tuple((name, value) for name, value in wedges.assume if name != "stock_months")
    return replace(world, assumptions=rows), replace(wedges, assume=rest)


def _table(outcome: Outcome, imposers: tuple[str, ...]) -> list[Row]:
    from oresight.impact.table import scenario_rows

    chains = tuple(c for c in imposers if c in outcome.world.economy_index)
    return scenario_rows(outcome, outcome.solutions[0], chains=chains)


def _from_table(table: list[Row], seen: Observation) -> tuple[float | None, float | None, float | None]:
    for row in table:
        if (
            row.variable == seen.variable
            and (row.commodity or "") == seen.commodity
            and (row.origin or "") == seen.origin
            and (row.destination or "") == seen.destination
            and (row.sector or "") == seen.sector
        ):
            return row.central, row.low, row.high
    return None, None, None


def summary(rows: Sequence[Held]) -> dict[str, object]:
    """Coverage, width and error over observations, by unit, since percent and tonnes do not add.

    `coverage_percent` should be near 90: far below, the intervals are too narrow or the model is
    wrong; at 100 with wide intervals it says little.
    """
    judged = [r for r in rows if r.inside is not None]
    units = {}
    for unit in dict.fromkeys(r.observation.unit for r in rows if r.predicted is not None):
        mine = [r for r in rows if r.observation.unit == unit and r.predicted is not None]
        errors = [abs(float(r.predicted or 0.0) - r.observation.value) for r in mine]
        widths = [w for r in mine if (w := r.width) is not None]
        units[unit] = {
            "observations": len(mine),
            "median_absolute_error": float(np.median(errors)),
            "mean_width": float(np.mean(widths)) if widths else None,
        }
    changes = [r for r in rows if r.predicted is not None and r.observation.variable.endswith("_change")]
    right = sum(float(r.predicted or 0.0) * r.observation.value > 0 for r in changes)
    return {
        "observations": len(rows),
        "predicted": sum(r.predicted is not None for r in rows),
        "inside": sum(bool(r.inside) for r in judged) if judged else None,
        "coverage_percent": 100.0 * sum(bool(r.inside) for r in judged) / len(judged) if judged else None,
        "direction_right": right,
        "direction_of": len(changes),
        "by_unit": units,
    }


def hindcast_json(replayed: Sequence[Replayed]) -> dict[str, object]:
    """The hindcast as the command line prints it, the run record left to the caller."""
    rows = [row for one in replayed for row in one.rows]
    return {
        "episodes": [
            {
                "id": one.episode.id,
                "what": one.episode.what,
                "baseline_year": one.episode.baseline_year,
                "world_year": one.outcome.world.year,
                "months": one.episode.months,
                "status": one.solution.status,
                "message": one.solution.message,
                "caveats": list(one.caveats),
                "notes": list(one.solution.wedges.notes),
            }
            for one in replayed
        ],
        "rows": [row.to_json() for row in rows],
        "summary": summary(rows),
    }


def printed_rows(replayed: Sequence[Replayed]) -> list[dict[str, object]]:
    """The rows to print on a terminal: few columns, round numbers."""

    def number(value: float | None) -> float | None:
        return None if value is None else float(f"{value:.3g}")

    return [
        {
            "episode": row.episode,
            "variable": row.observation.variable,
            "commodity": row.observation.commodity,
            "where": " > ".join(x for x in (row.observation.origin, row.observation.destination) if x),
            "unit": row.observation.unit,
            "observed": number(row.observation.value),
            "predicted": number(row.predicted),
            "low": number(row.low),
            "high": number(row.high),
            "inside": {True: "yes", False: "no", None: ""}[row.inside],
        }
        for one in replayed
        for row in one.rows
    ]

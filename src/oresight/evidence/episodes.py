"""Past episodes: what was done, and what was seen afterwards.

An episode is a YAML file with a scenario in the form of a scenario file and a list of observations,
each with its source. Nothing in the model is fitted to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oresight.errors import InputError, shown, unknown
from oresight.impact.rows import UNITS
from oresight.policy.constructors import finite
from oresight.policy.ledger import Ledger, read_hashed_yaml
from oresight.policy.records import Scenario
from oresight.policy.scenario import parse_scenario
from oresight.world.model import World
from oresight.world.scope import resolve

KEYS = ("id", "what", "baseline_year", "scenario", "months", "observed", "note")
OBSERVED_KEYS = (
    *("variable", "commodity", "origin", "destination", "sector"),
    *("value", "low", "high", "unit", "source", "note"),
)
OUTSIDE = "outside"  # every economy but those that impose the scenario's measures

# Changes can be compared where levels cannot: when the episode's year is not the baseline's.
CHANGES = {
    "flow_change": "percent",
    "production_change": "percent",
    "consumption_change": "percent",
    "outside_inside_price_ratio": "ratio",
}
VARIABLES = {**UNITS, "gdp_change": "million USD/yr", **CHANGES}


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure that was seen; `low` and `high` are its own range where the source gives one."""

    variable: str
    unit: str
    value: float
    low: float | None
    high: float | None
    source: str
    commodity: str = ""
    origin: str = ""
    destination: str = ""
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """A measure of the past with what followed."""

    id: str
    what: str
    baseline_year: int  # of the observations
    months: float  # from the measure to the observations
    scenario: Scenario
    observed: tuple[Observation, ...]
    note: str = ""
    sha256: str = ""  # of the file that it was read from


def bundled() -> tuple[Path, ...]:
    """The episode files that come with the package."""
    return tuple(sorted((Path(__file__).with_name("data") / "episodes").glob("*.yaml")))


def load_episodes(paths: Sequence[str | Path], world: World, ledger: Ledger) -> tuple[Episode, ...]:
    """Read episode files, the bundled ones when none are named.

    Raises InputError with one line naming file and place for anything unknown, missing or out of
    bounds, and for an id given twice.
    """
    episodes = tuple(load_episode(path, world, ledger) for path in (paths or bundled()))
    seen: set[str] = set()
    for episode in episodes:
        if episode.id in seen:
            raise InputError(f"hindcast: two episodes are called {shown(episode.id)}; give each its own id")
        seen.add(episode.id)
    return episodes


def load_episode(path: str | Path, world: World, ledger: Ledger) -> Episode:
    """Read one episode file; see `load_episodes`."""
    file = Path(path)
    content, sha256 = read_hashed_yaml(file)
    where = file.name
    for key in content:
        if key not in KEYS:
            raise unknown("key", str(key), KEYS, where)
    scenario = content.get("scenario")
    if not isinstance(scenario, dict):
        raise InputError(f"{where}: needs scenario, a mapping as in a scenario file")
    what = _line(content, "what", where)
    observed = content.get("observed")
    if not isinstance(observed, list) or not observed:
        raise InputError(f"{where}: needs observed, a list of what was seen")
    return Episode(
        id=_line(content, "id", where),
        what=what,
        baseline_year=_year(content.get("baseline_year"), f"{where}: baseline_year"),
        months=_months(content.get("months", 12), f"{where}: months"),
        scenario=parse_scenario(scenario, f"{where}: scenario", world, ledger, name=what),
        observed=tuple(_observation(o, f"{where}: observed[{n}]", world) for n, o in enumerate(observed)),
        note=" ".join(str(content.get("note") or "").split()),
        sha256=sha256,
    )


def _line(content: Mapping[str, Any], key: str, where: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: needs {key}, a line of text")
    return " ".join(value.split())


def _year(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1900 <= value <= 2100:
        raise InputError(f"{where}: {shown(value)} is not a year, such as 2010")
    return value


def _months(value: Any, where: str) -> float:
    number = _number(value, where)
    if not 0.0 < number <= 120.0:
        raise InputError(f"{where}: {number:g} should be above 0 and at most 120")
    return number


def _number(value: Any, where: str) -> float:
    return finite(where, value)


def _observation(raw: Any, where: str, world: World) -> Observation:
    if not isinstance(raw, dict):
        raise InputError(f"{where}: should be a mapping with {', '.join(OBSERVED_KEYS[:8])}")
    for key in raw:
        if key not in OBSERVED_KEYS:
            raise unknown("key", str(key), OBSERVED_KEYS, where)
    variable = _line(raw, "variable", where)
    if variable not in VARIABLES:
        raise unknown("variable", variable, VARIABLES, where)
    unit = raw.get("unit", VARIABLES[variable])
    if unit != VARIABLES[variable]:
        raise InputError(f"{where}.unit: {variable} is in {VARIABLES[variable]!r}, not {shown(unit)}")
    low, high = (None if raw.get(k) is None else _number(raw[k], f"{where}.{k}") for k in ("low", "high"))
    if raw.get("value") is None and low is not None and high is not None:
        value = 0.5 * (low + high)
    else:
        value = _number(raw.get("value"), f"{where}.value")
    if (low is not None and low > value) or (high is not None and high < value):
        raise InputError(f"{where}: low, value and high should rise")
    commodity = raw.get("commodity") or ""
    if not isinstance(commodity, str):
        raise InputError(f"{where}.commodity: {shown(commodity)} should be one commodity, mineral or group")
    if commodity and commodity != "all":
        resolve(world, (commodity,), where=f"{where}.commodity")
    if variable == "outside_inside_price_ratio" and not raw.get("origin"):
        raise InputError(f"{where}: {variable} needs origin, the economy that is inside")
    return Observation(
        variable=variable,
        unit=str(unit),
        value=value,
        low=low,
        high=high,
        source=_line(raw, "source", where),
        commodity=commodity,
        origin=_place(raw.get("origin"), f"{where}.origin", world),
        destination=_place(raw.get("destination"), f"{where}.destination", world),
        sector=str(raw.get("sector") or ""),
    )


def _place(value: Any, where: str, world: World) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise InputError(f"{where}: {shown(value)} should be the code of one economy, or {OUTSIDE}")
    if value != OUTSIDE and value not in world.economy_index:
        raise unknown("economy", str(value), [*world.economy_index, OUTSIDE], where)
    return value

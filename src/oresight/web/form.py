"""The form: what the explorer lets a reader choose, and the scenario that a choice stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oresight.errors import InputError, unknown
from oresight.policy.ledger import iso_day
from oresight.world.model import World

DRAWS = (0, 50, 100, 200, 500)
FIELDS = ("instrument", "imposer", "targets", "commodities", "amount", "buyer", "draws", "as_of", "seed")


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument as the form offers it; `key` is where its amount goes in a scenario file."""

    name: str
    label: str
    key: str  # "" when it takes no amount
    unit: str  # of the amount as it is typed
    scale: float  # from what is typed to what a scenario file holds
    most: float
    blank: str  # what an empty amount means; "" when one is needed


INSTRUMENTS = {
    i.name: i
    for i in (
        Instrument("export_ban", "bans exports of", "", "", 1.0, 0.0, ""),
        Instrument(
            "export_licensing",
            "licenses exports of",
            "approval_share",
            "% of baseline exports approved",
            0.01,
            100.0,
            "the default share of the assumptions",
        ),
        Instrument(
            "export_quota",
            "limits exports of",
            "share_of_baseline",
            "% of baseline exports",
            0.01,
            1000.0,
            "",
        ),
        Instrument("export_tax", "taxes exports of", "rate_percent", "% of the price", 1.0, 1000.0, ""),
        Instrument(
            "import_tariff", "puts a tariff on", "rate_percent", "% on top of today's duties", 1.0, 1000.0, ""
        ),
        Instrument("import_ban", "bans imports of", "", "", 1.0, 0.0, ""),
    )
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, as text; the fields are those of the form."""

    instrument: str = "export_licensing"
    imposer: str = "CHN"
    targets: tuple[str, ...] = ("all",)
    commodities: tuple[str, ...] = ("rare earths",)
    amount: str = ""
    buyer: str = "USA"
    draws: str = "50"
    as_of: str = ""
    seed: str = "0"
    submitted: bool = False


def choice(pairs: Sequence[tuple[str, str]]) -> Choice:
    """The choice in the fields of a query; fields left out keep their defaults.

    Raises InputError for a field that the form does not have, or one given twice that takes one value.
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in FIELDS:
            raise unknown("field", name[:80], FIELDS, "the form")
        given.setdefault(name, []).append(value.strip()[:200])
    if not given:
        return Choice()
    values: dict[str, Any] = {}
    for name, listed in given.items():
        if name in ("targets", "commodities"):
            values[name] = tuple(dict.fromkeys(listed))
        elif len(listed) > 1:
            raise InputError(f"the form: {name} is given twice; keep one")
        else:
            values[name] = listed[0]
    return Choice(**values, submitted=True)


def whole(text: str, name: str) -> int:
    """A number of at least 0 without a fraction, from text; raises InputError naming it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InputError(f"{name}: {text[:80]!r} is not a whole number of at least 0")
    return int(text)


def scenario_of(chosen: Choice, world: World) -> dict[str, Any]:
    """The choice as the mapping of a scenario file.

    Raises InputError for an unknown instrument or economy, and an amount that is missing, none or
    out of bounds; commodity words are checked when the scenario is read.
    """
    if chosen.instrument not in INSTRUMENTS:
        raise unknown("instrument", chosen.instrument, INSTRUMENTS, "the form")
    instrument = INSTRUMENTS[chosen.instrument]
    for code in (chosen.imposer, chosen.buyer):
        if code not in world.economy_index:
            raise unknown("economy", code, world.economy_index, "the form")
    targets = [t for t in chosen.targets if t != chosen.imposer]
    if not targets:
        raise InputError("the form: choose whom the measure is aimed at, other than its imposer")
    measure: dict[str, Any] = {
        "imposer": chosen.imposer,
        "targets": "all" if "all" in targets else targets,
        "commodities": list(chosen.commodities),
    }
    if instrument.key:
        amount = _amount(chosen.amount, instrument)
        if amount is not None:
            measure[instrument.key] = amount
    found: dict[str, Any] = {"name": title(chosen, world)}
    if chosen.as_of:
        found["as_of"] = iso_day(chosen.as_of, "the form: as_of")
    found["add"] = [{instrument.name: measure}]
    return found


def _amount(text: str, instrument: Instrument) -> float | None:
    if not text:
        if instrument.blank:
            return None
        raise InputError(f"the form: give an amount, in {instrument.unit}")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= instrument.most:
        raise InputError(
            f"the form: the amount is {text[:80]!r}; give a number from 0 to {instrument.most:g},"
            f" in {instrument.unit}"
        )
    return float(f"{value * instrument.scale:.12g}")


def title(chosen: Choice, world: World) -> str:
    """The scenario's name in words."""
    names = {e.code: e.name for e in world.economies}
    instrument = INSTRUMENTS[chosen.instrument]
    goods = ", ".join(chosen.commodities) or "nothing"
    toward = "to" if instrument.name.startswith("export") else "from"
    whom = [names.get(t, t) for t in chosen.targets if t != chosen.imposer]
    end = "" if "all" in chosen.targets else f" {toward} {', '.join(whom)}"
    return f"{names[chosen.imposer]} {instrument.label} {goods}{end}"


def commodity_words(world: World) -> list[tuple[str, list[str]]]:
    """Commodity words by heading, for the form's list."""
    groups = dict.fromkeys(g for c in world.commodities for g in c.groups)
    minerals = dict.fromkeys(m for c in world.commodities for m in c.minerals)
    names = [c.name for c in world.commodities]
    return [
        ("Groups", ["all", *sorted(groups)]),
        ("Commodities", names),
        ("Minerals, at every stage", sorted(m for m in minerals if m not in names)),
    ]

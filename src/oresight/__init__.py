"""Oresight: what governments say about critical minerals, and what it does to supply.

    import oresight as ore

    world = ore.World.load()
    document = ore.read("examples/asia-deals.txt", published="2025-10-26")
    deal = document.scenario(world)
    stress = deal + ore.ExportBan("CHN", commodities="rare earths")
    results = ore.solve(world, [ore.status_quo("2025-10-26"), deal, stress], draws=200)
    results.reliance("USA", on="CHN")

Names load when they are first used, so that the import itself takes no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from oresight.api import Results, solve
    from oresight.errors import InputError
    from oresight.policy.constructors import (
        ExportBan,
        ExportLicensing,
        ExportQuota,
        ExportTax,
        ImportBan,
        ImportTariff,
        NoExportRestriction,
        status_quo,
    )
    from oresight.policy.records import Scenario
    from oresight.policy.scenario import load_scenario
    from oresight.reader.read import read_file as read
    from oresight.world.model import World

_PLACES = {
    "World": "oresight.world.model",
    "InputError": "oresight.errors",
    "Results": "oresight.api",
    "solve": "oresight.api",
    "read": "oresight.reader.read:read_file",
    "Scenario": "oresight.policy.records",
    "load_scenario": "oresight.policy.scenario",
    "status_quo": "oresight.policy.constructors",
    "ExportBan": "oresight.policy.constructors",
    "ExportLicensing": "oresight.policy.constructors",
    "ExportQuota": "oresight.policy.constructors",
    "ExportTax": "oresight.policy.constructors",
    "ImportBan": "oresight.policy.constructors",
    "ImportTariff": "oresight.policy.constructors",
    "NoExportRestriction": "oresight.policy.constructors",
}

__all__ = [
    "ExportBan",
    "ExportLicensing",
    "ExportQuota",
    "ExportTax",
    "ImportBan",
    "ImportTariff",
    "InputError",
    "NoExportRestriction",
    "Results",
    "Scenario",
    "World",
    "load_scenario",
    "read",
    "solve",
    "status_quo",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'oresight' has no attribute {name!r}")
    module, _, other = _PLACES[name].partition(":")
    return getattr(import_module(module), other or name)

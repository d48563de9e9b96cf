"""The baseline held against published shares and totals.

A check compares a figure of the balanced world with a range from a source. Ranges are as wide as the
sources disagree, no wider; docs/world.md says where the baseline lies off and why. The `basis` says what a
check is worth: a law, a comparison with figures that went into the baseline (`input`), or one with
figures that did not (`independent`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from oresight.errors import InputError
from oresight.world.load import node_residuals
from oresight.world.model import World
from oresight.world.scope import resolve


def check_rows(world: World) -> list[dict[str, Any]]:
    """One row per check: what, value, unit, the range it should lie in, whether it does, basis, source, note.

    Checks about commodities that this world does not have are left out.
    """
    supply, use = node_residuals(world)
    total = np.maximum(world.flows.sum(axis=(1, 2)), 1.0)[:, None]
    worst = float(max(np.abs(supply / total).max(), np.abs(use / total).max()))
    rows = [
        _row("tonnes balance at every node", worst, "of world output", (0.0, 1e-9), "baseline", "", "law"),
    ]
    for what, words, economy, low, high, basis, source, note in SHARES:
        if _has(world, words):
            value = supply_share(world, words, economy)
            rows.append(_row(what, value, "percent", (low, high), source, note, basis))
    if _has(world, ("NdFeB magnet",)):
        rows += _magnet_rows(world)
    if _has(world, ("lanthanum-cerium oxide",)):
        rows += _oxide_rows(world)
    if _has(world, ("graphite",)):
        rows.append(_graphite_row(world))
    return rows


# What, words, economy, low, high, basis, source, note.
SHARES: tuple[tuple[str, tuple[str, ...], str, float, float, str, str, str], ...] = (
    (
        *("China's share of rare-earth mining", ("rare earths: mining",), "CHN", 69.0, 71.2, "input"),
        *("usgs-mcs-2026", "270 of 380 to 390 thousand t by two editions"),
    ),
    (
        *(
            "China's share of separated magnet oxides",
            ("magnet rare earths: separation",),
            "CHN",
            89.0,
            93.0,
            "independent",
        ),
        *("iea-gcmo-2025", "91 percent of Nd, Pr, Dy and Tb; 92 in other texts of the agency"),
    ),
    (
        *(
            "China's share of separated heavy oxides",
            ("heavy rare earths: separation",),
            "CHN",
            98.0,
            100.0,
            "input",
        ),
        *("eu-crm-2023", "100 percent of Dy, Tb, Gd and Y; 98 to 99 in later texts"),
    ),
    (
        *("China's share of NdFeB magnets", ("NdFeB magnet",), "CHN", 85.0, 94.0, "independent"),
        *("iea-commentary-2025", "94 percent; an independent estimate is 85"),
    ),
    (
        *("China's share of gallium", ("gallium",), "CHN", 87.0, 99.0, "input"),
        *("usgs-mcs-2026", "99 percent of primary gallium; recycled metal outside China lowers it"),
    ),
    (
        *("China's share of tungsten mining", ("tungsten concentrate",), "CHN", 78.0, 84.0, "input"),
        *("usgs-mcs-2026", "mine output"),
    ),
    (
        *(
            "China's share of natural graphite mining",
            ("natural graphite flake",),
            "CHN",
            75.0,
            83.0,
            "input",
        ),
        *("usgs-mcs-2026", "mine output"),
    ),
)


def supply_share(world: World, words: tuple[str, ...], economy: str) -> float:
    """Percent of the world's tonnes of these commodities that an economy makes."""
    made = world.flows[list(resolve(world, words))].sum(axis=(0, 2))
    return float(100 * made[world.economy_index[economy]] / made.sum())


def _magnet_rows(world: World) -> list[dict[str, Any]]:
    flows = world.flows[world.commodity_index["NdFeB magnet"]]
    china, usa = world.economy_index["CHN"], world.economy_index["USA"]
    exports = float(flows[china].sum() - flows[china, china])
    imports = float(flows[:, usa].sum() - flows[usa, usa])
    return [
        _row(
            "China's exports of NdFeB magnets",
            exports,
            "t/yr",
            (0.97 * 58152, 1.03 * 58152),
            "adamas-magnets-2025",
            "58152 t with alloys and some SmCo; the use of other economies was set by it",
            "input",
        ),
        _row(
            "part of US magnet imports from China",
            100 * float(flows[china, usa]) / imports,
            "percent",
            (76.0, 86.0),
            "census-2024",
            "by value: 76 percent of all metal permanent magnets, 85 of sintered NdFeB",
            "input",
        ),
    ]


def _oxide_rows(world: World) -> list[dict[str, Any]]:
    oxides = list(resolve(world, ("rare earths: separation",)))
    usa, china = world.economy_index["USA"], world.economy_index["CHN"]
    used = float(world.flows[oxides, :, usa].sum())
    made = float(world.flows[oxides, usa, :].sum())
    kept = float(world.flows[oxides, usa, usa].sum())
    magnet = float(world.flows[list(resolve(world, ("magnet rare earths: separation",)))].sum())
    yttrium = float(world.flows[world.commodity_index["yttrium oxide"]].sum())
    return [
        _row(
            "US use of separated rare earths",
            used,
            "t/yr",
            (0.85 * 9010, 1.15 * 9010),
            "usgs-mcs-2026",
            "apparent consumption of compounds and metals, 9010 t",
            "input",
        ),
        _row(
            "US net import reliance, separated rare earths",
            100 * (used - made) / used,
            "percent",
            (48.0, 58.0),
            "usgs-mcs-2026",
            "53 percent for 2024; the earlier edition had 80",
            "input",
        ),
        _row(
            "part of US imports of separated rare earths from China",
            100 * float(world.flows[oxides, china, usa].sum()) / (used - kept),
            "percent",
            (71.0, 86.0),
            "usgs-mcs-2026",
            "71 percent over 2021-24 as declared, 82 with what Japan and others worked over",
        ),
        _row(
            "world supply of magnet oxides",
            magnet,
            "t/yr",
            (75_000.0, 100_000.0),
            "iea-gcmo-2025",
            "80800 t refined and 90900 t used in 2024; whether oxide or metal weight is not stated",
        ),
        _row(
            "world supply of yttrium oxide",
            yttrium,
            "t/yr",
            (10_000.0, 15_000.0),
            "usgs-mcs-2026",
            "Y2O3 equivalent in concentrates",
        ),
    ]


def _graphite_row(world: World) -> dict[str, Any]:
    flows = world.flows[list(resolve(world, ("graphite",)))].sum(axis=0)
    china, usa = world.economy_index["CHN"], world.economy_index["USA"]
    return _row(
        "part of US natural graphite imports from China",
        100 * float(flows[china, usa]) / float(flows[:, usa].sum() - flows[usa, usa]),
        "percent",
        (40.0, 52.0),
        "usgs-mcs-2026",
        "46 percent over 2021-24, all forms",
    )


def _has(world: World, words: tuple[str, ...]) -> bool:
    try:
        return bool(resolve(world, words))
    except InputError:
        return False


def _row(
    what: str,
    value: float,
    unit: str,
    span: tuple[float, float],
    source: str,
    note: str,
    basis: str = "independent",
) -> dict[str, Any]:
    return {
        "check": what,
        "value": round(value, 12) if value < 1e-3 else round(value, 2),
        "unit": unit,
        "low": round(span[0], 2) if span[0] else 0.0,
        "high": round(span[1], 2) if span[1] >= 1 else span[1],
        "holds": bool(span[0] <= value <= span[1]),
        "basis": basis,
        "source": source,
        "note": note,
    }

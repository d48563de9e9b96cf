"""A small made-up world for policy tests: round tonnes, no claim to be true."""

from __future__ import annotations

import numpy as np

from oresight.world.model import Assumption, Commodity, Economy, Range, World

RE = ("rare earths", "critical minerals")
CODES = ("CHN", "USA", "MYS", "JPN", "DEU", "THA", "ROW")


def small_world(year: int = 2024) -> World:
    names = {
        "CHN": "China",
        "USA": "United States",
        "MYS": "Malaysia",
        "JPN": "Japan",
        "DEU": "Germany",
        "THA": "Thailand",
        "ROW": "Rest of the world",
    }
    economies = tuple(Economy(code, names[code], groups=("EU",) if code == "DEU" else ()) for code in CODES)
    heavy = (*RE, "heavy rare earths")
    commodities = (
        Commodity("dysprosium oxide", ("dysprosium",), "separation", heavy, "REO", 250e3, ("284690",)),
        Commodity(
            "neodymium-praseodymium oxide",
            ("neodymium", "praseodymium"),
            "separation",
            (*RE, "light rare earths"),
            "REO",
            55e3,
            ("284690",),
        ),
        Commodity("NdFeB magnet", ("neodymium",), "magnet", RE, "magnet", 45e3, ("850511",)),
        Commodity(
            "gallium metal", ("gallium",), "refining", ("critical minerals",), "Ga", 500e3, ("81129210",)
        ),
        Commodity(
            "tungsten intermediates",
            ("tungsten",),
            "refining",
            ("critical minerals",),
            "W",
            40e3,
            ("284180",),
        ),
    )
    C, N = len(commodities), len(economies)
    flows = np.zeros((C, N, N))
    for c in range(C):
        flows[c, 0, :] = [100, 40, 5, 30, 20, 5, 10]  # China supplies all
        flows[c, 2, 1] = 8  # Malaysia to the United States
        flows[c, 2, 3] = 4
        flows[c, 1, 1] = 12  # own supply
    duty = np.zeros((C, N, N))
    duty[:, 0, 1] = 0.02

    def assume(name: str, scope: str, value: float, low: float, high: float) -> Assumption:
        return Assumption(
            name, scope, "fraction", Range(value, low, high), (low, high), name, "own", "assumed"
        )

    return World(
        year=year,
        economies=economies,
        commodities=commodities,
        processes=(),
        flows=flows,
        final_demand=flows.sum(axis=1),
        duty=duty,
        assumptions=(
            assume("licence_approval_share", "*", 0.7, 0.0, 1.0),
            assume("licence_approval_share", "dysprosium oxide", 0.5, 0.0, 1.0),
            assume("licence_approval_share_stress", "*", 0.25, 0.0, 1.0),
            assume("sigma", "*", 5.0, 1.0, 30.0),
        ),
        facts=(),
        sources={},
        end_uses=(),
    )

"""A made-up world of one ore, two oxides made together and a magnet: round tonnes, no claim to be true."""

from __future__ import annotations

import numpy as np

from oresight.world.model import Assumption, Commodity, Economy, Process, Range, World

CODES = ("CHN", "USA", "JPN", "ROW")
ELASTICITY = Range(0.5, 0.3, 0.9)


def chain_world() -> World:
    """Ore -> light and heavy oxide together -> magnet; balanced by construction, JPN makes no oxide."""
    economies = tuple(Economy(code, code) for code in CODES)
    commodities = (
        Commodity("ore", ("ore",), "mining", ("rare earths",), "REO", 1e3),
        Commodity("light oxide", ("light",), "separation", ("rare earths",), "REO", 60e3),
        Commodity("heavy oxide", ("heavy",), "separation", ("rare earths",), "REO", 300e3),
        Commodity("magnet", ("magnet",), "magnet", ("rare earths",), "magnet", 60e3),
    )
    # Tonnes of each stage by economy.
    mined = {"CHN": 1000.0, "USA": 200.0, "ROW": 300.0}
    separated = {"CHN": 1200.0, "USA": 100.0, "ROW": 200.0}  # tonnes of ore taken in
    magnets = {"CHN": 600.0, "USA": 20.0, "JPN": 80.0}
    light, heavy = 0.25, 0.01  # per tonne of ore
    into_light, into_heavy = 0.3, 0.01  # per tonne of magnet
    processes = (
        *(
            Process(f"mining {e}", e, "mining", {"ore": 1.0}, {}, t, 1.2 * t, ELASTICITY)
            for e, t in mined.items()
        ),
        *(
            Process(
                f"separation {e}",
                e,
                "separation",
                {"light oxide": light, "heavy oxide": heavy},
                {"ore": 1.0},
                t,
                1.2 * t,
                ELASTICITY,
            )
            for e, t in separated.items()
        ),
        *(
            Process(
                f"magnet making {e}",
                e,
                "magnet making",
                {"magnet": 1.0},
                {"light oxide": into_light, "heavy oxide": into_heavy},
                t,
                1.2 * t,
                ELASTICITY,
            )
            for e, t in magnets.items()
        ),
    )
    N, C = len(CODES), len(commodities)
    made, used = np.zeros((C, N)), np.zeros((C, N))
    at = {c.name: n for n, c in enumerate(commodities)}
    for process in processes:
        n = CODES.index(process.economy)
        for name, tonnes in process.outputs.items():
            made[at[name], n] += tonnes * process.activity
        for name, tonnes in process.inputs.items():
            used[at[name], n] += tonnes * process.activity
    final = np.zeros((C, N))
    final[1:3] = (made[1:3].sum(axis=1) - used[1:3].sum(axis=1))[:, None] * np.array([0.5, 0.2, 0.2, 0.1])
    final[3] = made[3].sum() * np.array([0.5, 0.2, 0.2, 0.1])
    total = used + final
    flows = np.zeros((C, N, N))
    for c in range(C):
        prior = np.outer(made[c], total[c]) * (1.0 + 4.0 * np.eye(N))
        for _ in range(500):
            prior *= np.divide(made[c], prior.sum(axis=1), out=np.zeros(N), where=made[c] > 0)[:, None]
            prior *= np.divide(total[c], prior.sum(axis=0), out=np.zeros(N), where=total[c] > 0)[None, :]
        flows[c] = prior

    def assume(name: str, value: float, low: float, high: float, most: float) -> Assumption:
        return Assumption(name, "*", "ratio", Range(value, low, high), (0.0, most), name, "own", "assumed")

    return World(
        year=2024,
        economies=economies,
        commodities=commodities,
        processes=processes,
        flows=flows,
        final_demand=final,
        duty=np.zeros((C, N, N)),
        assumptions=(
            assume("sigma", 5.0, 3.0, 8.0, 30.0),
            assume("demand_elasticity", 0.2, 0.1, 0.4, 2.0),
            assume("backstop_multiple", 8.0, 4.0, 12.0, 100.0),
            assume("stock_months", 2.0, 1.0, 4.0, 24.0),
            assume("licence_approval_share", 0.6, 0.3, 0.85, 1.0),
        ),
        facts=(),
        sources={},
        end_uses=(),
        fingerprint="made up",
    )


def imbalance(world: World) -> float:
    """The largest gap at a node or a market, as a share of the tonnes that pass the largest one."""
    made, used = np.zeros_like(world.final_demand), np.zeros_like(world.final_demand)
    for process in world.processes:
        n = world.economy_index[process.economy]
        for name, tonnes in process.outputs.items():
            made[world.commodity_index[name], n] += tonnes * process.activity
        for name, tonnes in process.inputs.items():
            used[world.commodity_index[name], n] += tonnes * process.activity
    gaps = [made - world.flows.sum(axis=2), used + world.final_demand - world.flows.sum(axis=1)]
    return float(max(np.abs(g).max() for g in gaps))

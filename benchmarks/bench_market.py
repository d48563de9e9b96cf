"""How many markets a second the solver clears, beside scipy's `root` on the same equations.

One JSON line per case: our rate over all draws and threads, the worst residual, the peer's rate on the
same draws (its own NumPy residual, vectorised over a market's routes, started at the baseline, one
thread), and the ratio. Run `python benchmarks/bench_market.py [--quick]`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.optimize import root

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from oresight.market.blocks import Part, parts
from oresight.market.parameters import Parameters, sample
from oresight.market.program import Program, program
from oresight.market.solve import solve
from oresight.policy.wedges import Wedges
from oresight.world.model import World
from synthetic_worlds import cap, synthetic_world, wedges

Residual = Callable[[np.ndarray], np.ndarray]


def peer_residual(base: Program, part: Part, drawn: Parameters, d: int) -> Residual:
    """The block's log residuals in NumPy: what one would hand to scipy. No stocks."""
    b = part.block
    n, J = b.node_output.size, b.absorption.size
    market = np.repeat(np.arange(J), np.diff(b.market_start))
    c = b.market_parameter
    sigma, eta, backstop = drawn.sigma[d, c], drawn.demand_elasticity[d, c], drawn.backstop_multiple[d, c]
    elasticity = drawn.supply_elasticity[d, base.processes[part.processes]]
    b0 = np.exp(-sigma * (backstop - 1.0))
    theta = b.share * (1.0 - b0)[market]
    full = b.absorption / (1.0 - b0)
    final = b.final_demand / (1.0 - b0)
    fixed = full - final - b.process_use
    low, high, slope, width = b.ramp.T
    cap_route = np.repeat(np.arange(b.share.size), np.diff(b.route_cap_start))
    maker = np.repeat(np.arange(b.activity.size), np.diff(b.output_start))
    taker = np.repeat(np.arange(b.activity.size), np.diff(b.input_start))
    K = b.activity.size

    def soft(x: np.ndarray) -> np.ndarray:
        return 0.5 * (x + np.hypot(x, width))

    def residual(v: np.ndarray) -> np.ndarray:
        p, rent = v[:n], v[n:]
        cost = b.factor * p[b.route_node] - b.factor_base
        cost += np.bincount(cap_route, b.route_cap_weight * rent[b.route_cap], b.share.size)
        weight = theta * np.exp(np.minimum(-sigma[market] * cost, 500.0))
        U = b0 + np.bincount(market, weight, J)
        P = 1.0 - np.log(U) / sigma
        floor = 0.05**-eta * np.exp(np.minimum(-eta * (P / 0.05 - 1.0), 500.0))
        demand = np.where(P >= 0.05, np.maximum(P, 0.05) ** -eta, floor)
        margin = np.bincount(maker, b.output_value * (p[b.output_node] - 1.0), K)
        margin -= np.bincount(taker, b.input_value * (P[b.input_market] - 1.0), K)
        x = elasticity * margin
        z = b.activity * slope * (soft(x - low) - soft(x - high))
        supply = b.node_offset + np.bincount(b.output_node, b.output_tonnes * z[maker], n)
        wanted = final * demand + fixed + np.bincount(b.input_market, b.input_tonnes * z[taker], J)
        flow = weight * (wanted / U)[market]
        disposed = b.node_output * np.exp(np.minimum(-p / 0.02, 500.0))
        taken = np.bincount(b.route_node, flow, n) + disposed
        over = np.bincount(b.route_cap, flow[cap_route], b.cap_limit.size)
        slack = np.log(b.cap_limit) - np.log(np.maximum(over, 1e-300))
        log_excess = np.log(np.maximum(supply, 1e-300)) - np.log(np.maximum(taken, 1e-300))
        return np.concatenate([log_excess, np.hypot(rent, slack) - rent - slack])

    return residual


def ours(world: World, scenario: Wedges, draws: int) -> tuple[float, float]:
    """Solves a second and the worst residual; the central solve and the set-up count."""
    solve(world, [scenario], draws=1)
    start = time.perf_counter()
    solution = solve(world, [scenario], draws=draws).solutions[0]
    rate = (draws + 1) / (time.perf_counter() - start)
    assert "failed" not in solution.draw_status
    return rate, solution.certificate["residual"]


def peer(world: World, scenario: Wedges, draws: int) -> tuple[float, int]:
    """Solves a second by scipy's hybrid method, and how many of them it could not do."""
    base, drawn = program(world), sample(world, draws, 0)
    blocks = parts(base, scenario)
    missed = 0
    start = time.perf_counter()
    for d in range(draws):
        for part in blocks:
            n, caps = part.nodes.size, part.caps.size
            residual = peer_residual(base, part, drawn, d)
            found = root(residual, np.concatenate([np.ones(n), np.zeros(caps)]), tol=1e-10)
            missed += not np.abs(residual(found.x)).max() < 1e-8
    return draws / (time.perf_counter() - start), missed


def scenarios(world: World, imposer: int, goods: list[int]) -> list[Wedges]:
    """A tariff, a quota with one rent over all goods, a ban."""
    duty, closed = np.zeros(world.flows.shape), np.zeros(world.flows.shape, bool)
    duty[goods, imposer, 1:6] = 0.5
    closed[goods, imposer] = True
    closed[goods, imposer, imposer] = False
    return [
        wedges(world, name="tariff of 50 %", import_duty=duty),
        wedges(world, name="quota of 40 %", caps=(cap(world, imposer, goods, 0.4),)),
        wedges(world, name="ban", closed=closed),
    ]


def only(world: World, group: str) -> World:
    """The part of a world that belongs to a group of commodities."""
    from dataclasses import replace

    keep = [n for n, c in enumerate(world.commodities) if group in c.groups]
    names = {world.commodities[n].name for n in keep}
    return replace(
        world,
        commodities=tuple(world.commodities[n] for n in keep),
        processes=tuple(p for p in world.processes if set(p.outputs) <= names),
        flows=np.ascontiguousarray(world.flows[keep]),
        final_demand=np.ascontiguousarray(world.final_demand[keep]),
        duty=np.ascontiguousarray(world.duty[keep]),
    )


def main() -> None:
    quick = "--quick" in sys.argv
    single = synthetic_world(3, economy_count=30, density=1.0, network=False)
    network = synthetic_world(4, economy_count=35, density=0.2, singles=0, elements=9, makers=0.25)
    bundled = only(World.load(), "rare earths")
    china = bundled.economy_index["CHN"]
    for name, world, imposer, many, few in (
        ("one commodity", single, 0, 4000, 20),
        ("synthetic rare-earth network", network, 0, 300, 2),
        ("bundled rare-earth network", bundled, china, 2000, 5),
    ):
        base = program(world)
        for scenario in scenarios(world, imposer, list(range(len(world.commodities)))):
            rate, residual = ours(world, scenario, many // 10 if quick else many)
            theirs, missed = peer(world, scenario, 1 if quick else few)
            line = {
                "case": name,
                "scenario": scenario.name,
                "economies": len(world.economies),
                "commodities": len(world.commodities),
                "price_nodes": len(base.nodes),
                "routes": len(base.routes),
                "cores": os.cpu_count(),
                "solves_per_second": round(rate, 1),
                "residual": float(f"{residual:.1e}"),
                "scipy_root_per_second": round(theirs, 3),
                "scipy_root_unsolved_blocks": missed,
                "ratio": round(rate / theirs, 1),
            }
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()

"""The world as the market's program: nodes that produce, markets that buy, routes between them.

Everything here depends on the world alone; `blocks` adds what a scenario changes and cuts the
program into parts that share no price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.errors import InputError
from oresight.world.model import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SMALLEST_SHARE = 1e-12  # of a market's absorption; smaller flows are dropped
BALANCE = 1e-6  # relative imbalance at a node that passes as rounding
FULL = 1.01  # capacity over activity of a process that runs full: it can squeeze out one per cent


@dataclass(frozen=True, slots=True)
class Program:
    """The baseline in flat arrays: R routes, n nodes, J markets, K processes that run."""

    world: World
    routes: Ints  # (R, 3) commodity, origin, destination
    flow: Floats  # (R,) t/yr
    route_node: Ints  # (R,)
    route_market: Ints  # (R,)
    nodes: Ints  # (n, 2) commodity, economy
    node_output: Floats  # (n,) t/yr
    node_offset: Floats  # (n,)
    markets: Ints  # (J, 2) commodity, economy
    absorption: Floats  # (J,) t/yr
    final_demand: Floats  # (J,) t/yr
    process_use: Floats  # (J,) t/yr
    process_most: Floats  # (J,) t/yr, every process at capacity
    processes: Ints  # (K,) place in world.processes
    ramp: Floats  # (K, 4)
    value: Floats  # (K,) of outputs per unit of activity at baseline prices
    outputs: tuple[tuple[tuple[int, float], ...], ...]  # per process: node, tonnes
    inputs: tuple[tuple[tuple[int, float], ...], ...]  # per process: market, tonnes


def program(world: World) -> Program:
    """Check that the baseline balances and lay it out.

    Raises InputError naming the commodity and economy where tonnes do not balance, a process that
    earns nothing at baseline prices, or one that runs above its capacity. A process without
    baseline activity stays idle: one period opens no capacity.
    """
    C, N = len(world.commodities), len(world.economies)
    names, codes = [c.name for c in world.commodities], [e.code for e in world.economies]
    for what, array, shape in (
        ("flows", world.flows, (C, N, N)),
        ("final demand", world.final_demand, (C, N)),
    ):
        if array.shape != shape:
            raise InputError(f"{what} of the world has shape {array.shape}; it must be {shape}")
        if not np.all(np.isfinite(array)) or np.any(array < 0):
            raise InputError(
                f"{what} of the world holds a NaN, an infinity or negative tonnes; give t/yr >= 0"
            )
    absorbed = world.flows.sum(axis=1)
    kept = world.flows > SMALLEST_SHARE * np.maximum(absorbed[:, None, :], 1e-300)
    routes = np.argwhere(kept).astype(np.int64)
    flow = world.flows[kept]
    prices = world.prices
    made, used = np.zeros((C, N)), np.zeros((C, N))
    running: list[int] = []
    for place, process in enumerate(world.processes):
        at = world.economy_index[process.economy]
        if process.activity == 0:
            continue
        if not process.activity > 0:
            raise InputError(f"process {process.name!r} has activity {process.activity}; give tonnes >= 0")
        if not process.capacity >= process.activity * (1 - 1e-9):
            raise InputError(
                f"process {process.name!r} has capacity {process.capacity}, below its activity "
                f"{process.activity}; raise the capacity"
            )
        running.append(place)
        for name, tonnes in process.outputs.items():
            made[world.commodity_index[name], at] += tonnes * process.activity
        for name, tonnes in process.inputs.items():
            used[world.commodity_index[name], at] += tonnes * process.activity
    sold, bought = np.where(kept, world.flows, 0).sum(axis=2), np.where(kept, world.flows, 0).sum(axis=1)
    for what, a, b, remedy in (
        ("made and sold", made, sold, "production must equal the flows out"),
        (
            "bought and used",
            bought,
            used + world.final_demand,
            "flows in must equal final demand and process use",
        ),
    ):
        off = np.abs(a - b) > BALANCE * np.maximum(np.maximum(a, b), 1e-9)
        if off.any():
            c, i = np.argwhere(off)[0]
            raise InputError(
                f"tonnes {what} of {names[c]!r} in {codes[i]} differ: {a[c, i]:.6g} and {b[c, i]:.6g}; "
                + remedy
            )
    node_at, market_at = -np.ones((C, N), np.int64), -np.ones((C, N), np.int64)
    nodes, markets = np.argwhere(sold > 0), np.argwhere(bought > 0)
    node_at[tuple(nodes.T)] = np.arange(len(nodes))
    market_at[tuple(markets.T)] = np.arange(len(markets))
    outputs, inputs, ramp, value = [], [], [], []
    most = np.zeros((C, N))
    for place in running:
        process = world.processes[place]
        at = world.economy_index[process.economy]
        out = [(world.commodity_index[c], y) for c, y in process.outputs.items() if y > 0]
        into = [(world.commodity_index[c], u) for c, u in process.inputs.items() if u > 0]
        worth = sum(y * prices[c] for c, y in out)
        if not worth - sum(u * prices[c] for c, u in into) > 0:
            raise InputError(
                f"process {process.name!r} earns nothing: its inputs cost as much as its outputs fetch at "
                "baseline prices; check the prices and the yields"
            )
        value.append(worth)
        outputs.append(tuple((int(node_at[c, at]), y) for c, y in out))
        inputs.append(tuple((int(market_at[c, at]), u) for c, u in into))
        room = max(process.capacity / process.activity, FULL)
        ramp.append(supply_ramp(room))
        for c, u in into:
            most[c, at] += u * room * process.activity
    return Program(
        world=world,
        routes=routes,
        flow=flow,
        route_node=node_at[routes[:, 0], routes[:, 1]],
        route_market=market_at[routes[:, 0], routes[:, 2]],
        nodes=nodes,
        node_output=sold[tuple(nodes.T)],
        node_offset=(sold - made)[tuple(nodes.T)],
        markets=markets,
        absorption=bought[tuple(markets.T)],
        final_demand=world.final_demand[tuple(markets.T)],
        process_use=used[tuple(markets.T)],
        process_most=most[tuple(markets.T)],
        processes=np.array(running, np.int64),
        ramp=np.array(ramp).reshape(-1, 4),
        value=np.array(value),
        outputs=tuple(outputs),
        inputs=tuple(inputs),
    )


def supply_ramp(room: float) -> tuple[float, float, float, float]:
    """Low, high, slope and width of the supply ramp (equation 10) for capacity over activity `room`.

    In the relative margin times the supply elasticity, activity over its baseline is
    `slope (soft(x - low) - soft(x - high))`: one with slope one at x = 0, `room` far above, zero far below.
    """
    width = 0.2 * min(1.0, room - 1.0)
    low, high = -1.0, room - 1.0
    for _ in range(100):
        root_low, root_high = np.hypot(low, width), np.hypot(high, width)
        soft_low = 0.5 * (-low + root_low)
        soft_high = 0.5 * width * width / (root_high + high)
        level = soft_low - soft_high
        rise = 0.5 * (-low / root_low + high / root_high)
        # level slope = 1 and rise slope = 1 with slope = room / (high - low)
        slope = room / (high - low)
        first, second = level * slope - 1.0, rise * slope - 1.0
        if max(abs(first), abs(second)) < 1e-15:
            break
        rise_low = 0.5 * (-1.0 / root_low + low * low / root_low**3)
        rise_high = 0.5 * (1.0 / root_high - high * high / root_high**3)
        slope_low, slope_high = slope / (high - low), -slope / (high - low)
        level_low = 0.5 * (-1.0 + low / root_low)
        level_high = 0.5 * (1.0 - high / root_high)
        a, b = level_low * slope + level * slope_low, level_high * slope + level * slope_high
        c, d = rise_low * slope + rise * slope_low, rise_high * slope + rise * slope_high
        det = a * d - b * c
        low, high = low - (d * first - b * second) / det, high - (a * second - c * first) / det
    return float(low), float(high), float(room / (high - low)), float(width)


def components(size: int, links: Sequence[Sequence[int]]) -> list[list[int]]:
    """The connected components of 0..size-1 when the members of every link belong together."""
    parent = list(range(size))

    def root(a: int) -> int:
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for link in links:
        for other in link[1:]:
            parent[root(other)] = root(link[0])
    groups: dict[int, list[int]] = {}
    for a in range(size):
        groups.setdefault(root(a), []).append(a)
    return list(groups.values())

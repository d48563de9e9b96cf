"""A scenario cut into blocks of markets that share no price, in the kernel's arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.errors import InputError
from oresight.market.kernel import Block
from oresight.market.program import Program, components
from oresight.policy.wedges import Wedges

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHUT = 1e-9  # a cap under this part of the baseline flow is a ban


@dataclass(frozen=True, slots=True)
class Part:
    """A block with the places of its members in the program; `cap_price` turns rents into USD/t."""

    block: Block
    commodities: Ints
    nodes: Ints
    markets: Ints
    routes: Ints  # open ones, in the block's order
    caps: Ints  # places in wedges.caps
    cap_price: Floats
    processes: Ints  # places in the program


@dataclass(frozen=True, slots=True)
class _Open:
    """What a scenario leaves open, over the program's routes."""

    share: Floats  # of baseline absorption, 0 where shut
    factor: Floats
    factor_base: Floats
    withheld: Floats  # (J,) t/yr
    caps: tuple[tuple[int, Ints, float], ...]  # place in wedges.caps, routes, limit


def parts(program: Program, wedges: Wedges) -> list[Part]:
    """The blocks of a scenario, each a set of commodities that processes or caps tie together.

    Raises InputError for arrays of the wrong shape and for rates that are NaN or under -100 %.
    """
    state = _open(program, wedges)
    C = len(program.world.commodities)
    links: list[list[int]] = []
    for k in range(program.processes.size):
        goods = [int(program.nodes[i, 0]) for i, _ in program.outputs[k]]
        links.append(goods + [int(program.markets[j, 0]) for j, _ in program.inputs[k]])
    links += [sorted(set(program.routes[routes, 0].tolist())) for _, routes, _ in state.caps]
    used = set(program.routes[:, 0].tolist())
    return [_part(program, state, group) for group in components(C, links) if used & set(group)]


def _open(program: Program, wedges: Wedges) -> _Open:
    world = program.world
    C, N = world.final_demand.shape
    for name in ("import_duty", "export_tax", "closed"):
        shape = getattr(wedges, name).shape
        if shape != (C, N, N):
            raise InputError(f"{name} of scenario {wedges.name!r} has shape {shape}, not {(C, N, N)}")
    at = tuple(program.routes.T)
    factor_base = 1.0 + world.duty[at]
    factor = (1.0 + wedges.export_tax[at]) * (factor_base + wedges.import_duty[at])
    if not np.all(np.isfinite(factor)) or np.any(factor <= 0):
        raise InputError(f"a duty or tax of scenario {wedges.name!r} is not a number above -100 %")
    number = -np.ones((C, N, N), np.int64)
    number[at] = np.arange(len(program.routes))
    shut = wedges.closed[at].copy()
    caps: list[tuple[int, Ints, float]] = []
    for place, cap in enumerate(wedges.caps):
        if not cap.limit_t >= 0:
            raise InputError(
                f"quota {cap.measure!r} of scenario {wedges.name!r} has limit {cap.limit_t}; give tonnes >= 0"
            )
        covered = number[tuple(cap.routes.reshape(-1, 3).T)]
        covered = np.unique(covered[covered >= 0])
        base = program.flow[covered].sum()
        if cap.limit_t <= SHUT * base:
            shut[covered] = True
        elif np.isfinite(cap.limit_t):
            caps.append((place, covered, cap.limit_t))
    remaining = np.ones(len(program.routes))
    for draw in wedges.draws:
        if not 0 <= draw.withheld_share <= 1:
            raise InputError(
                f"withheld share {draw.withheld_share} of {draw.measure!r} must lie between 0 and 1"
            )
        covered = number[tuple(draw.routes.reshape(-1, 3).T)]
        remaining[np.unique(covered[covered >= 0])] *= 1.0 - draw.withheld_share
    taken = program.flow * (1.0 - remaining)
    withheld = np.bincount(program.route_market, taken, len(program.markets)).astype(np.float64)
    share = np.where(shut, 0.0, program.flow / program.absorption[program.route_market])
    open_caps = [(place, routes[share[routes] > 0], limit) for place, routes, limit in caps]
    return _Open(share, factor, factor_base, withheld, tuple(cap for cap in open_caps if cap[1].size))


def _part(program: Program, state: _Open, group: list[int]) -> Part:
    goods = np.zeros(len(program.world.commodities), bool)
    goods[group] = True
    prices = program.world.prices
    nodes = np.flatnonzero(goods[program.nodes[:, 0]])
    markets = np.flatnonzero(goods[program.markets[:, 0]])
    routes = np.flatnonzero(goods[program.routes[:, 0]] & (state.share > 0))
    routes = routes[np.argsort(program.route_market[routes], kind="stable")]
    caps = [cap for cap in state.caps if goods[program.routes[cap[1][0], 0]]]
    running = [k for k in range(program.processes.size) if goods[program.nodes[program.outputs[k][0][0], 0]]]
    node_at = np.full(len(program.nodes), -1, np.int64)
    node_at[nodes] = np.arange(nodes.size)
    market_at = np.full(len(program.markets), -1, np.int64)
    market_at[markets] = np.arange(markets.size)
    route_at = np.full(len(program.routes), -1, np.int64)
    route_at[routes] = np.arange(routes.size)

    on_route: list[list[tuple[int, float]]] = [[] for _ in routes]
    cap_price = np.empty(len(caps))
    cap_base = np.empty(len(caps))
    for m, (_, covered, _) in enumerate(caps):
        tonnes = program.flow[covered]
        price = prices[program.routes[covered, 0]]
        cap_base[m] = tonnes.sum()
        cap_price[m] = (tonnes * price).sum() / tonnes.sum()
        for q, p in zip(route_at[covered], price, strict=True):
            on_route[q].append((m, cap_price[m] / p))
    route_node = node_at[program.route_node[routes]]
    market_start = np.searchsorted(
        market_at[program.route_market[routes]], np.arange(markets.size + 1)
    ).astype(np.int64)

    touched: list[list[int]] = []
    node_place = np.empty(routes.size, np.int64)
    cap_place: list[int] = []
    for j in range(markets.size):
        place: dict[int, int] = {}
        for q in range(market_start[j], market_start[j + 1]):
            node_place[q] = place.setdefault(int(route_node[q]), len(place))
            cap_place += [place.setdefault(nodes.size + m, len(place)) for m, _ in on_route[q]]
        touched.append(list(place))

    reach: list[list[int]] = []
    output_place: list[int] = []
    input_place: list[list[int]] = []
    for k in running:
        place = {}
        output_place += [place.setdefault(int(node_at[i]), len(place)) for i, _ in program.outputs[k]]
        for j, _ in program.inputs[k]:
            input_place.append([place.setdefault(v, len(place)) for v in touched[market_at[j]]])
        reach.append(list(place))

    outputs = [program.outputs[k] for k in running]
    inputs = [program.inputs[k] for k in running]
    worth = [program.value[k] for k in running]
    block = Block(
        node_output=program.node_output[nodes],
        node_offset=program.node_offset[nodes],
        market_start=market_start,
        market_parameter=program.markets[markets, 0].astype(np.int64),
        final_demand=program.final_demand[markets],
        process_use=program.process_use[markets],
        process_most=program.process_most[markets],
        absorption=program.absorption[markets],
        withheld=state.withheld[markets],
        route_node=route_node,
        share=state.share[routes],
        factor=state.factor[routes],
        factor_base=state.factor_base[routes],
        route_cap_start=_starts(on_route),
        route_cap=_ints(m for on in on_route for m, _ in on),
        route_cap_weight=_floats(w for on in on_route for _, w in on),
        cap_limit=_floats(limit for _, _, limit in caps),
        cap_base=cap_base,
        touch_start=_starts(touched),
        touch=_ints(v for t in touched for v in t),
        route_node_place=node_place,
        route_cap_place=_ints(cap_place),
        activity=_floats(program.world.processes[program.processes[k]].activity for k in running),
        ramp=np.ascontiguousarray(program.ramp[running]).reshape(-1, 4),
        output_start=_starts(outputs),
        output_node=_ints(node_at[i] for out in outputs for i, _ in out),
        output_tonnes=_floats(y for out in outputs for _, y in out),
        output_value=_floats(
            y * prices[program.nodes[i, 0]] / w for out, w in zip(outputs, worth, strict=True) for i, y in out
        ),
        input_start=_starts(inputs),
        input_market=_ints(market_at[j] for into in inputs for j, _ in into),
        input_tonnes=_floats(u for into in inputs for _, u in into),
        input_value=_floats(
            u * prices[program.markets[j, 0]] / w
            for into, w in zip(inputs, worth, strict=True)
            for j, u in into
        ),
        reach_start=_starts(reach),
        reach=_ints(v for r in reach for v in r),
        output_place=_ints(output_place),
        input_place_start=_starts(input_place),
        input_place=_ints(v for i in input_place for v in i),
    )
    return Part(
        block=block,
        commodities=np.array(group, np.int64),
        nodes=nodes,
        markets=markets,
        routes=routes,
        caps=_ints(place for place, _, _ in caps),
        cap_price=cap_price,
        processes=np.array(running, np.int64),
    )


def _starts(
    lists: list[list[int]] | list[list[tuple[int, float]]] | list[tuple[tuple[int, float], ...]],
) -> Ints:
    return np.concatenate([[0], np.cumsum([len(x) for x in lists])]).astype(np.int64)


def _ints(values: object) -> Ints:
    return np.array(list(values), np.int64)  # type: ignore[call-overload]


def _floats(values: object) -> Floats:
    return np.array(list(values), np.float64)  # type: ignore[call-overload]

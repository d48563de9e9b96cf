"""Small random worlds that balance exactly, for tests that want structure and no facts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from oresight.policy.wedges import Cap, Draw, Wedges
from oresight.world.model import Assumption, Commodity, Economy, Process, Range, World

DEFAULTS: dict[str, tuple[Range, tuple[float, float]]] = {
    "sigma": (Range(5.0, 3.0, 8.0), (0.5, 50.0)),
    "demand_elasticity": (Range(0.5, 0.2, 1.0), (0.0, 5.0)),
    "backstop_multiple": (Range(10.0, 5.0, 20.0), (1.5, 100.0)),
    "stock_months": (Range(3.0, 1.0, 6.0), (0.0, 24.0)),
}


def assumptions(values: Mapping[str, Range] | None = None) -> tuple[Assumption, ...]:
    rows = []
    for name, (value, bounds) in DEFAULTS.items():
        value = (values or {}).get(name, value)
        rows.append(Assumption(name, "*", "", value, bounds, name, "synthetic", "assumed"))
    return tuple(rows)


def economies(count: int) -> tuple[Economy, ...]:
    return tuple(Economy(f"E{n:02d}", f"Economy {n}") for n in range(count))


def sourcing(rng: np.random.Generator, supply: np.ndarray, count: int, density: float) -> np.ndarray:
    """Random flows with the given row sums; every producer sells somewhere."""
    mask = rng.random((count, count)) < density
    mask |= np.eye(count, dtype=bool) & (rng.random(count) < 0.7)[:, None]
    weight = mask * rng.lognormal(0.0, 1.5, (count, count)) * rng.lognormal(0.0, 1.0, count)[None, :]
    for i in np.flatnonzero(weight.sum(1) == 0):
        weight[i, rng.integers(count)] = 1.0
    return supply[:, None] * weight / weight.sum(1, keepdims=True)


def synthetic_world(
    seed: int = 0,
    economy_count: int = 6,
    density: float = 0.6,
    network: bool = True,
    singles: int = 1,
    values: Mapping[str, Range] | None = None,
    elements: int = 3,
    makers: float = 0.6,
) -> World:
    """A world of `singles` mined commodities and, if `network`, an ore-oxide-magnet network.

    The network: two ores; separation turns an ore into `elements` oxides together; magnets take
    the first two oxides. Tonnes balance to rounding at every node. `makers` is how likely an
    economy is to mine or separate (and at the default, to make magnets if it gets both oxides).
    """
    rng = np.random.default_rng(seed)
    N = economy_count
    codes = [e.code for e in economies(N)]
    goods: list[Commodity] = []
    flows: list[np.ndarray] = []
    final: list[np.ndarray] = []
    processes: list[Process] = []

    def add(name: str, stage: str, price: float, group: str, flow: np.ndarray, use: np.ndarray) -> None:
        goods.append(Commodity(name, (name.split()[0],), stage, (group, "all"), "tonne", price))
        flows.append(flow)
        final.append(np.maximum(flow.sum(0) - use, 0.0))

    def elasticity() -> Range:
        value = float(rng.uniform(0.3, 1.5))
        return Range(value, value / 2, value * 2)

    def run(
        name: str, at: int, kind: str, out: dict[str, float], into: dict[str, float], level: float
    ) -> None:
        room = float(rng.uniform(1.05, 1.6))
        processes.append(Process(name, codes[at], kind, out, into, level, level * room, elasticity()))

    def mined(name: str, price: float, group: str, sellers: np.ndarray) -> np.ndarray:
        flow = sourcing(rng, sellers, N, density)
        for i in np.flatnonzero(sellers):
            run(f"{name} mine {codes[i]}", int(i), "mining", {name: 1.0}, {}, float(sellers[i]))
        return flow

    for number in range(singles):
        supply = np.where(rng.random(N) < 0.8, rng.lognormal(5.0, 1.5, N), 0.0)
        supply[0] = supply.sum() + 100.0  # one supplier dominates
        name = f"metal{number}"
        price = float(rng.lognormal(9.0, 1.0))
        add(
            name,
            "refining",
            price,
            f"group{number}",
            mined(name, price, f"group{number}", supply),
            np.zeros(N),
        )
    if network:
        _network(rng, N, codes, elements, density, makers, add, mined, run)
    return World(
        year=2024,
        economies=economies(N),
        commodities=tuple(goods),
        processes=tuple(processes),
        flows=np.array(flows),
        final_demand=np.array(final),
        duty=np.where(rng.random((len(goods), N, N)) < 0.3, 0.05, 0.0) * (1 - np.eye(N)),
        assumptions=assumptions(values),
        facts=(),
        sources={},
        end_uses=(),
    )


def _network(rng, N, codes, elements, density, makers, add, mined, run) -> None:  # type: ignore[no-untyped-def]
    oxides = [f"oxide{e}" for e in range(elements)]
    oxide_price = rng.lognormal(10.0, 1.5, elements)
    oxide_price[-1] = 1500.0  # the last one hardly pays
    total_oxide = np.zeros((elements, N))
    for ore in range(2):
        name = f"ore{ore}"
        sellers = np.where(rng.random(N) < makers, rng.lognormal(6.0, 1.0, N), 0.0)
        sellers[0] += 500.0
        flow_in = mined(name, 1.0, "network", sellers)
        # only some economies separate: send the ore there
        refiners = np.flatnonzero(rng.random(N) < 0.8 * makers)
        refiners = np.union1d(refiners, [0])
        flow = np.zeros((N, N))
        flow[:, refiners] = flow_in[:, refiners] + sellers[:, None] * 0.05
        flow = sellers[:, None] * flow / np.maximum(flow.sum(1, keepdims=True), 1e-300)
        basket = rng.dirichlet(np.ones(elements))
        value = float(basket @ oxide_price)
        use = flow.sum(0)
        for j in refiners:
            oxide = dict(zip(oxides, basket.tolist(), strict=True))
            run(f"separate {name} {codes[j]}", int(j), "separation", oxide, {name: 1.0}, float(use[j]))
            total_oxide[:, j] += basket * use[j]
        add(name, "mining", 0.3 * value, "network", flow, use)
    magnet_use = np.zeros((elements, N))
    recipe = np.zeros(elements)
    recipe[:2] = 0.28, 0.02
    oxide_flow = [sourcing(rng, total_oxide[e], N, density) for e in range(elements)]
    magnet = np.zeros(N)
    for j in range(N):
        most = min(oxide_flow[e][:, j].sum() / recipe[e] for e in range(2))
        if most > 0:
            magnet[j] = most * rng.uniform(0.3, 0.9)
            magnet_use[:, j] = recipe * magnet[j]
            run(f"magnet {codes[j]}", j, "magnet making", {"magnet": 1.0},
                {oxides[0]: 0.28, oxides[1]: 0.02}, float(magnet[j]))  # fmt: skip
    for e in range(elements):
        add(oxides[e], "separation", float(oxide_price[e]), "network", oxide_flow[e], magnet_use[e])
    add(
        "magnet",
        "magnet",
        2.0 * float(recipe @ oxide_price),
        "network",
        sourcing(rng, magnet, N, density),
        np.zeros(N),
    )


def wedges(world: World, name: str = "scenario", **changes: object) -> Wedges:
    """No policy change, but for the fields given."""
    shape = world.flows.shape
    fields: dict[str, object] = {
        "import_duty": np.zeros(shape),
        "export_tax": np.zeros(shape),
        "closed": np.zeros(shape, bool),
        "caps": (),
        "draws": (),
        "assume": (),
        "blocked": (),
    }
    return Wedges(name=name, **{**fields, **changes})  # type: ignore[arg-type]


def routes_from(world: World, origin: int, commodities: list[int], to: list[int] | None = None) -> np.ndarray:
    targets = [j for j in range(len(world.economies)) if j != origin] if to is None else to
    return np.array([(c, origin, j) for c in commodities for j in targets], np.int64)


def cap(world: World, origin: int, commodities: list[int], share: float, to: list[int] | None = None) -> Cap:
    routes = routes_from(world, origin, commodities, to)
    base = float(world.flows[tuple(routes.T)].sum())
    return Cap(f"quota of E{origin:02d}", routes, share * base, world.economies[origin].code)


def stock(world: World, origin: int, commodities: list[int], share: float) -> Draw:
    return Draw(f"ban of E{origin:02d}", routes_from(world, origin, commodities), share)

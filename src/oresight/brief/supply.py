"""Who supplies whom at the baseline: the maps, and the chain from ore to magnets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.brief.anchors import Anchors
from oresight.brief.content import Arrow, Band, Chain, Node, Place, SupplyMap, Words
from oresight.policy.say import economy_name, join
from oresight.world.model import World

Floats = NDArray[np.float64]

OXIDE = "neodymium-praseodymium oxide"
MAGNET = "NdFeB magnet"
ARROWS = 14  # on a map; more cannot be told apart
LARGEST = 4  # economies named at each stage of the chain
SMALLEST_SHARE = 0.01  # of a stage; smaller makers are summed up
OTHERS = "other economies"
ELSEWHERE = "ROW"  # no place on a map


@dataclass(frozen=True, slots=True)
class Drawn:
    """Commodities that a map shows together, and what they are called."""

    name: str  # "rare-earth concentrates"
    commodities: tuple[str, ...]


def drawn_for(world: World, touched: Sequence[str]) -> tuple[Drawn, ...]:
    """What is worth a map when a text touches these commodities: at most three.

    Rare earths have two: the ores together, and the magnets. Of other minerals the latest stage is shown.
    """
    names = set(touched)
    out = []
    ores = tuple(
        c.name
        for c in world.commodities
        if "rare earths" in c.groups and c.stage == "mining" and c.name in names
    )
    if ores:
        out.append(Drawn("rare-earth concentrates", ores))
    if MAGNET in names:
        out.append(Drawn("NdFeB magnets", (MAGNET,)))
    if not out:
        last: dict[tuple[str, ...], str] = {}
        for commodity in world.commodities:
            if commodity.name in names:
                last[commodity.minerals] = commodity.name
        out = [Drawn(name, (name,)) for name in last.values()]
    return tuple(out[:3])


def supply_map(world: World, drawn: Drawn, highlight: str, anchors: Anchors) -> SupplyMap | None:
    """The largest flows of what is drawn at the baseline; None when nothing crosses a border."""
    index = [world.commodity_index[name] for name in drawn.commodities]
    flows: Floats = world.flows[index].sum(axis=0)
    abroad = flows * (1.0 - np.eye(len(world.economies)))
    traded = float(abroad.sum())
    if traded <= 0:
        return None
    order = np.argsort(-abroad, axis=None, kind="stable")
    pairs = [divmod(int(n), len(world.economies)) for n in order]
    codes = [e.code for e in world.economies]
    arrows = [
        Arrow(codes[i], codes[j], float(abroad[i, j]))
        for i, j in pairs
        if abroad[i, j] > 0 and ELSEWHERE not in (codes[i], codes[j])
    ][:ARROWS]
    if not arrows:
        return None
    shown = 100 * sum(a.tonnes for a in arrows) / traded
    ends = {c for a in arrows for c in (a.origin, a.destination)}
    places = tuple(Place(e.code, e.name, e.longitude, e.latitude) for e in world.economies if e.code in ends)
    total = anchors.derived(drawn.name, "world trade", traded, "t/yr", "sum over pairs of economies")
    share = anchors.derived(
        drawn.name, "share of trade drawn on the map", shown, "%", f"{len(arrows)} largest flows"
    )
    note: Words = (
        "In all, ",
        total,
        " crossed borders; the arrows are the ",
        f"{len(arrows)}",
        " largest flows, ",
        share,
        " of it. Flows between pairs are estimated from trade and production data, not reported.",
    )
    if any(a.origin == highlight for a in arrows):
        note += (f" Red arrows leave {economy_name(highlight, world)}.",)
    title = _map_title(world, drawn, abroad)
    told = "; ".join(
        f"{_name(world, a.origin)} to {_name(world, a.destination)}, {a.tonnes:,.0f} t" for a in arrows[:8]
    )
    return SupplyMap(
        title, drawn.name, places, tuple(arrows), highlight, note, f"{title}. Largest flows: {told}."
    )


def _map_title(world: World, drawn: Drawn, abroad: Floats) -> str:
    codes = [e.code for e in world.economies]
    sent, taken = abroad.sum(axis=1), abroad.sum(axis=0)
    i, j = int(sent.argmax()), int(taken.argmax())
    if sent[i] >= taken[j]:
        buyers = [
            int(n)
            for n in np.argsort(-abroad[i], kind="stable")
            if codes[n] != ELSEWHERE and abroad[i, n] > 0
        ]
        to = join([economy_name(codes[n], world) for n in buyers[:3]])
        share = f"{100 * sent[i] / abroad.sum():.0f} %"
        return _capital(
            f"{economy_name(codes[i], world)} ships {share} of the {drawn.name} traded, most to {to}"
        )
    sellers = [
        int(n) for n in np.argsort(-abroad[:, j], kind="stable") if codes[n] != ELSEWHERE and abroad[n, j] > 0
    ]
    origins = join([economy_name(codes[n], world) for n in sellers[:3]])
    share = f"{100 * taken[j] / abroad.sum():.0f} %"
    return _capital(
        f"{economy_name(codes[j], world)} takes {share} of the {drawn.name} traded, most from {origins}"
    )


def magnet_chain(world: World, through: str, buyer: str, anchors: Anchors) -> Chain | None:
    """Neodymium and praseodymium from mine to use, tonnes of oxide contained, at the baseline.

    Mined tonnes are those that separation recovers. An economy's oxide goes to magnets and to other
    uses in the same proportion whatever its origin. None when the world has no such chain.
    """
    if (
        OXIDE not in world.commodity_index
        or MAGNET not in world.commodity_index
        or through not in world.economy_index
    ):
        return None
    mined = _oxide_by_mine(world)
    oxide = world.flows[world.commodity_index[OXIDE]]
    magnets = world.flows[world.commodity_index[MAGNET]]
    needs = np.zeros(len(world.economies))
    for process in world.processes:
        if OXIDE in process.inputs and MAGNET in process.outputs:
            needs[world.economy_index[process.economy]] += process.inputs[OXIDE] * process.activity
    received = oxide.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(received > 0, np.minimum(needs / received, 1.0), 0.0)
        content = np.where(magnets.sum(axis=1) > 0, needs / magnets.sum(axis=1), 0.0)
    into = oxide * part
    elsewhere = oxide.sum(axis=1) - into.sum(axis=1)
    worn = magnets * content[:, None]
    stages = (mined, into, worn)
    # What a maker receives and what it passes on are equal up to the balance of the baseline.
    keys = [_keys(world, s, stages, through, buyer) for s in range(4)]
    nodes: dict[str, Node] = {}
    bands: dict[tuple[str, str], float] = {}
    for s, flow in enumerate(stages):
        for i, j in np.argwhere(flow > 0):
            a, b = keys[s][int(i)], keys[s + 1][int(j)]
            for stage, label in ((s, a), (s + 1, b)):
                key = f"{stage}-{label}"
                dark = label == _name(world, through)
                nodes.setdefault(key, Node(key, stage, label, dark, rest=label == OTHERS))
            pair = (f"{s}-{a}", f"{s + 1}-{b}")
            bands[pair] = bands.get(pair, 0.0) + float(flow[i, j])
    nodes["2-end"] = Node("2-end", 2, "other uses", end=True)
    for i in np.flatnonzero(elsewhere > 0):
        pair = (f"1-{keys[1][int(i)]}", "2-end")
        bands[pair] = bands.get(pair, 0.0) + float(elsewhere[i])
    passed = _passed(world, stages, through)
    used = worn.sum(axis=0)
    n = world.economy_index.get(buyer)
    of_world = 100 * float(passed @ used / used.sum())
    name = economy_name(through, world)
    world_share = anchors.derived(
        MAGNET, f"share that passed through {name}, world", of_world, "%", "traced by tonnes"
    )
    note: Words = (
        f"Red bands leave {name}. Of the magnets used in the world, ",
        world_share,
        " by tonnes were mined, separated or made there at some stage",
    )
    if n is not None and used[n] > 0:
        of_buyer = anchors.derived(
            MAGNET,
            f"share that passed through {name}, {economy_name(buyer, world)}",
            100 * float(passed[n]),
            "%",
            "traced by tonnes",
        )
        note += (f"; of those used in {economy_name(buyer, world)}, ", of_buyer)
        share = f"{100 * passed[n]:.0f} % of the neodymium in magnets"
        title = f"{share} that {economy_name(buyer, world)} uses has passed through {name}"
    else:
        title = f"{of_world:.0f} % of the neodymium in magnets has passed through {name}"
    note += (". Mined tonnes are those that separation recovers. Tonnes in equal tonnes out at every node.",)
    return Chain(
        title=_capital(title),
        measure=f"Tonnes of neodymium-praseodymium oxide contained, baseline of {world.year}",
        stages=("Mined", "Separated", "Made into magnets", "Magnets used"),
        nodes=tuple(nodes.values()),
        bands=tuple(Band(a, b, t) for (a, b), t in bands.items()),
        note=note,
        alt=f"{_capital(title)}. Bands from mines to separation, magnet makers and users, by tonnes.",
    )


def _oxide_by_mine(world: World) -> Floats:
    """Tonnes of oxide that j separates from ore of i, shape (N, N)."""
    out = np.zeros((len(world.economies), len(world.economies)))
    for process in world.processes:
        made = process.outputs.get(OXIDE, 0.0) * process.activity
        ore = sum(process.inputs.values())
        if made <= 0 or ore <= 0:
            continue
        j = world.economy_index[process.economy]
        for name, tonnes in process.inputs.items():
            arriving = world.flows[world.commodity_index[name]][:, j]
            out[:, j] += made * tonnes / ore * arriving / arriving.sum()
    return out


def _passed(world: World, stages: Sequence[Floats], through: str) -> Floats:
    """Share of each user's magnets that `through` mined, separated or made, shape (N,)."""
    n = world.economy_index[through]
    share = np.zeros(len(world.economies))
    share[n] = 1.0
    for flow in stages:
        arriving = flow.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(arriving > 0, share @ flow / arriving, 0.0)
        if flow is not stages[-1]:
            share[n] = 1.0
    return share


def _keys(world: World, stage: int, stages: Sequence[Floats], through: str, buyer: str) -> list[str]:
    """The name under which each economy stands at a stage: its own, its union's, or "other economies"."""
    tonnes = stages[stage].sum(axis=1) if stage < len(stages) else stages[-1].sum(axis=0)
    names = [
        "European Union" if "EU" in e.groups and e.code != buyer else _name(world, e.code)
        for e in world.economies
    ]
    totals: dict[str, float] = {}
    for name, t in zip(names, tonnes, strict=True):
        totals[name] = totals.get(name, 0.0) + float(t)
    totals.pop(_name(world, ELSEWHERE), None)
    large = sorted(totals, key=lambda name: (-totals[name], name))[:LARGEST]
    least = SMALLEST_SHARE * sum(totals.values())
    kept = {name for name in large if totals[name] > least} | {_name(world, through), _name(world, buyer)}
    return [name if name in kept else OTHERS for name in names]


def _name(world: World, code: str) -> str:
    return economy_name(code, world, article=False)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

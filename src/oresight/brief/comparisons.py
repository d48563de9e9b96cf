"""The scenarios side by side: prices, use no longer met, who loses, which sectors, what a promise spares."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from oresight.brief.anchors import Anchors
from oresight.brief.content import Comparison, Line
from oresight.brief.results import (
    SMALLEST,
    Results,
    by_effect,
    capital,
    cells,
    central,
    difference,
    lower,
    promisors,
    scaled,
)
from oresight.impact.chain import chain_shares
from oresight.policy.say import economy_name

Floats = NDArray[np.float64]

CHARTED = 12  # lines in a chart


def comparisons(results: Results, anchors: Anchors) -> tuple[Comparison, ...]:
    """Prices, use no longer met, who loses, which sectors, and what passes through the restrictor."""
    made = (
        _prices(results, anchors),
        _unmet(results, anchors),
        _sectors(results, anchors),
        _losses(results, anchors),
        _reliance(results, anchors),
        _insurance(results, anchors),
    )
    return tuple(c for c in made if c is not None)


def _prices(results: Results, anchors: Anchors) -> Comparison | None:
    found = results.found
    lines: list[Line] = []
    for commodity in by_effect(results, "buyer_price_change"):
        told = cells(results, anchors, "buyer_price_change", commodity, change=True)
        price = found.world.commodities[found.world.commodity_index[commodity]].price_usd_per_t
        base = anchors.derived(commodity, "baseline price", price, "USD/t", "price at the producing node")
        lines.append(Line(commodity, told, base, charted=len(lines) < CHARTED))
    if not lines:
        return None
    buyer = economy_name(found.buyer, found.world)
    return Comparison(
        key="price",
        title=_price_title(results, lines[0]),
        measure=f"Change of the price that buyers in {buyer} face, %",
        lines=tuple(lines),
        note=(f"Against the baseline of {found.world.year}.{_deal_note(results, lines)}",),
        baseline="Baseline, USD/t",
        ratio=True,
    )


def _price_title(results: Results, steepest: Line) -> str:
    stress = lower(results.name(results.stress))
    worst = steepest.cells[results.columns.index(results.stress)]
    times = 1 + central(worst) / 100
    if worst is None or worst.within_noise or times < 1.5:
        return f"If {stress}, the price of {steepest.label} changes most"
    if times < 3:
        return f"If {stress}, the price of {steepest.label} rises by {100 * (times - 1):.0f} %"
    digits = 10.0 ** math.floor(math.log10(times))
    about = f"{round(times / digits) * digits:.0f}"
    return f"If {stress}, the price of {steepest.label} rises to about {about} times its baseline"


def _deal_note(results: Results, lines: Sequence[Line]) -> str:
    """That the deal moves nothing in a table, where it moves nothing."""
    if results.deal is None or results.both is None:
        return ""
    quo, deal, stress, both = range(4)
    pairs = [(x.cells[a], x.cells[b]) for x in lines for a, b in ((quo, deal), (stress, both))]
    same = all(abs(central(a) - central(b)) < SMALLEST / 10 for a, b in pairs)
    return " The deal changes none of these." if same else ""


def _unmet(results: Results, anchors: Anchors) -> Comparison | None:
    found = results.found
    world, buyer = found.world, found.buyer
    n = world.economy_index[buyer]
    lines: list[Line] = []
    for commodity in by_effect(results, "shortfall"):
        use = float(world.flows[world.commodity_index[commodity], :, n].sum())
        rows = [results.row(x, "shortfall", commodity, destination=buyer) for x in results.columns]
        if use <= 0 or max(100 * (r.central or 0.0) / use for r in rows if r is not None) < SMALLEST:
            continue
        told = tuple(
            None if e is None else scaled(e, 100.0 / use, "%")
            for e in cells(results, anchors, "shortfall", commodity)
        )
        base = anchors.derived(
            commodity, f"baseline use, {economy_name(buyer, world)}", use, "t/yr", "all flows to it"
        )
        lines.append(Line(commodity, told, base, charted=len(lines) < CHARTED))
    if not lines:
        return None
    lines.sort(key=lambda line: -central(line.cells[results.columns.index(results.stress)]))
    lines = [Line(x.label, x.cells, x.baseline, n < CHARTED) for n, x in enumerate(lines)]
    return Comparison(
        key="shortfall",
        title=f"The use of {lines[0].label} falls furthest",
        measure=f"Fall of use in {economy_name(buyer, world)} against the baseline, %",
        lines=tuple(lines),
        note=(
            "By final users and by makers, after stocks are drawn: what a higher price makes them do "
            "without, and what nobody offers. The rows of the run give tonnes.",
        ),
        baseline="Baseline use, t/yr",
    )


def _sectors(results: Results, anchors: Anchors) -> Comparison | None:
    from oresight.impact.sectors import SECTORS

    buyer = results.found.buyer
    lines = []
    for sector in SECTORS:
        told = tuple(
            None if row is None else anchors.result(row, change=True)
            for row in (
                results.row(s, "sector_loss", destination=buyer, sector=sector) for s in results.columns
            )
        )
        if any(c is not None for c in told):
            lines.append(Line("Other uses" if sector == "other" else capital(sector), told))
    if not any(abs(central(c)) > 1e-3 for line in lines for c in line.cells):
        return None
    at = results.columns.index(results.stress)
    lines.sort(key=lambda line: -central(line.cells[at]))
    whole = sum(max(central(line.cells[at]), 0.0) for line in lines)
    share = 100 * central(lines[0].cells[at]) / whole if whole > 0 else 0.0
    return Comparison(
        key="sectors",
        title=f"{_bearer(lines[0].label)} most: {share:.0f} % of what users lose in the stress",
        measure=f"Loss of users in {economy_name(buyer, results.found.world)} by sector, million USD a year",
        lines=tuple(lines),
        note=(
            "Consumer surplus lost, split by the shares of each use; what producers and the treasury gain "
            "is not set against it.",
        ),
        first="Sector",
    )


def _reliance(results: Results, anchors: Anchors) -> Comparison | None:
    """What passes through the restricting economy at some stage, of what the buyer gets."""
    found = results.found
    world, outcome = found.world, found.outcome
    imposers = [m.imposer for m in found.scenarios[results.stress].measures]
    origin = next((code for code in imposers if code in world.economy_index), None)
    if origin is None or origin == found.buyer:
        return None
    n = world.economy_index[found.buyer]
    activity = np.array([[process.activity for process in world.processes]])
    before = chain_shares(outcome, outcome.baseline_flow[None, :], activity, world.economy_index[origin])
    who = economy_name(origin, world)
    lines = []
    for c, commodity in enumerate(world.commodities):
        rows = [
            results.row(s, "chain_share", commodity.name, origin=origin, destination=found.buyer)
            for s in results.columns
        ]
        if not np.isfinite(before[0, c, n]) or before[0, c, n] < 1.0:
            continue
        told = tuple(None if row is None else anchors.result(row) for row in rows)
        base = anchors.derived(
            commodity.name,
            f"share that passed through {who}",
            float(before[0, c, n]),
            "%",
            "balanced; inputs count by value",
        )
        lines.append(Line(commodity.name, told, base))
    if not lines:
        return None
    lines.sort(key=lambda line: (-central(line.baseline), line.label))
    whole = [line for line in lines if central(line.baseline) > 90]
    buyer = economy_name(found.buyer, world)
    title = f"Of {len(whole)} goods, nine tenths or more of what {buyer} gets has passed through {who}"
    if not whole:
        title = f"{capital(lines[0].label)} is what {buyer} gets most through {who}"
    return Comparison(
        key="reliance",
        title=title,
        measure=f"Share of what {buyer} gets that was made in {who}, or of inputs made there, %",
        lines=tuple(lines),
        note=("Traced through every stage of the chain; inputs count by their value.",),
        baseline="Baseline",
        chart=False,
    )


def _bearer(sector: str) -> str:
    return "Uses outside the named sectors bear" if sector == "Other uses" else f"{sector} bears"


def _losses(results: Results, anchors: Anchors) -> Comparison | None:
    found = results.found
    world = found.world
    n = world.economy_index[found.buyer]
    stress = found.money[results.stress].loss[0]
    named = [found.buyer]
    named += [m.imposer for s in found.scenarios for m in s.measures]
    named += [p.promisor for p in found.reading.provisions]
    others = [world.economies[int(i)].code for i in np.argsort(-np.nan_to_num(stress), kind="stable")]
    codes = [c for c in dict.fromkeys([*named, *others]) if c in world.economy_index and c != "ROW"][:8]
    lines = []
    for code in codes:
        told = tuple(
            None if row is None else anchors.result(row, change=True)
            for row in (results.row(s, "loss", destination=code) for s in results.columns)
        )
        lines.append(Line(capital(economy_name(code, world, article=False)), told))
    if not np.isfinite(stress[n]):
        return None
    return Comparison(
        key="loss",
        title=_loss_title(results, codes, stress),
        measure="Loss of each economy, million USD a year",
        lines=tuple(lines),
        note=(
            "The fall in consumer and producer surplus, duties and the rents that the economy keeps; "
            "a gain is negative. The scarcity rent of a licence is counted as kept by the economy that "
            "imposes it, which is an assumption: traders and holders of stock may take part of it.",
        ),
        first="Economy",
    )


def _loss_title(results: Results, codes: Sequence[str], stress: Floats) -> str:
    world = results.found.world
    worst = max(codes, key=lambda c: stress[world.economy_index[c]])
    stem = f"Of these economies {economy_name(worst, world)} loses most"
    imposers = {m.imposer for m in results.found.scenarios[results.stress].measures}
    gaining = [c for c in codes if c in imposers and stress[world.economy_index[c]] < 0]
    paying = [c for c in codes if c in imposers and stress[world.economy_index[c]] > 0]
    if gaining:
        return f"{stem}; {economy_name(gaining[0], world)} gains"
    if paying and worst not in paying:
        return f"{stem}; {economy_name(paying[0], world)} pays too"
    return stem


def _insurance(results: Results, anchors: Anchors) -> Comparison | None:
    """What the promise spares the buyer if its maker would otherwise restrict too."""
    if results.without is None or results.kept is None:
        return None
    found = results.found
    buyer = found.world.economy_index[found.buyer]
    lines = []
    without, kept = found.outcome.solutions[results.without], found.outcome.solutions[results.kept]
    effects = []
    for c, commodity in enumerate(found.world.commodities):
        before = 100 * (without.buyer_price[:, c, buyer] / commodity.price_usd_per_t - 1)
        after = 100 * (kept.buyer_price[:, c, buyer] / commodity.price_usd_per_t - 1)
        if np.isfinite(before[0]) and np.isfinite(after[0]) and abs(before[0] - after[0]) > SMALLEST:
            effects.append((abs(before[0] - after[0]), commodity.name, before - after))
    for _, name, gap in sorted(effects, key=lambda e: (-e[0], e[1])):
        told = tuple(
            None if row is None else anchors.result(row, change=True)
            for row in (
                results.row(s, "buyer_price_change", name, destination=found.buyer)
                for s in (results.without, results.kept)
            )
        )
        spared = difference(
            results, anchors, results.kept, results.without, "buyer price change", "points", -gap, name
        )
        lines.append(Line(name, (*told, spared)))
    if not lines:
        return None
    who = promisors(found)
    return Comparison(
        key="promise",
        title=f"If {who} banned these exports too, the promise would matter most for {lines[0].label}",
        measure=f"Change of the price that buyers in {economy_name(found.buyer, found.world)} face, %",
        lines=tuple(lines),
        note=("The last column is the difference draw by draw, in percentage points.",),
        chart=False,
        columns=("No promise", "Promise kept", "Difference, points"),
    )

"""What the run found: its rows by what they are about, and the sentences that matter first.

A difference between scenarios is taken draw by draw, so that what the assumptions do to both sides
cancels; its interval is that of the difference, not the gap between two intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oresight.brief.anchors import Anchors
from oresight.brief.content import Estimate, Finding, Reference, Words
from oresight.brief.findings import Findings
from oresight.impact.rows import Row, interval
from oresight.policy.records import Provision
from oresight.policy.say import economy_name, join

Floats = NDArray[np.float64]
Key = tuple[str, str, str | None, str | None, str | None, str | None]

SMALLEST = 0.05  # per cent; a price that moves less in every scenario has no line
MILLION = 1e6


@dataclass(frozen=True, slots=True)
class Results:
    """The rows of a run by what they are about, with the roles that the scenarios play."""

    found: Findings
    rows: dict[Key, Row]
    quo: int
    deal: int | None
    stress: int
    both: int | None
    without: int | None  # the promise tested: broken
    kept: int | None  # and kept

    @property
    def columns(self) -> tuple[int, ...]:
        """The scenarios that stand side by side."""
        return tuple(n for n in (self.quo, self.deal, self.stress, self.both) if n is not None)

    def name(self, scenario: int) -> str:
        """A scenario's full name."""
        return self.found.scenarios[scenario].name

    def label(self, scenario: int) -> str:
        """A scenario's name at the head of a column."""
        if scenario == self.both:
            return "Both"
        return capital(self.name(scenario).removesuffix(" everything"))

    def row(
        self,
        scenario: int,
        variable: str,
        commodity: str | None = None,
        origin: str | None = None,
        destination: str | None = None,
        sector: str | None = None,
    ) -> Row | None:
        """One result, or None where the run has none."""
        return self.rows.get((self.name(scenario), variable, commodity, origin, destination, sector))


def results_of(found: Findings) -> Results:
    """Index a run's rows. Two scenarios are status quo and stress; four add the deal; more test a promise."""
    count = len(found.scenarios)
    rows = {(r.scenario, r.variable, r.commodity, r.origin, r.destination, r.sector): r for r in found.rows}
    if count < 4:
        return Results(found, rows, 0, None, count - 1, None, None, None)
    without, kept = 4 if count > 4 else None, 5 if count > 5 else None
    return Results(found, rows, 0, 1, 2, 3, without, kept)


def findings(results: Results, anchors: Anchors) -> tuple[Finding, ...]:
    """The results that matter first, as sentences; none for a text about minerals that are not held."""
    if speaks_of_others(results.found):
        return ()
    made = (
        _stress_finding(results, anchors),
        _sector_finding(results, anchors),
        _deal_finding(results, anchors),
    )
    return tuple(f for f in made if f is not None)


def speaks_of_others(found: Findings) -> bool:
    """Whether the text names minerals, and none that the baseline holds."""
    return bool(found.reading.not_modelled) and not found.reading.commodities


def _stress_finding(results: Results, anchors: Anchors) -> Finding | None:
    found = results.found
    if loss_of(results, anchors, results.stress) is None:
        return None
    extra = loss_difference(results, anchors, results.stress, results.quo)
    verb, amount = gain_or_loss(extra)
    buyer = economy_name(found.buyer, found.world)
    return Finding(
        (f"If {lower(results.name(results.stress))}, {buyer} {verb}s a further ", unsigned(amount), "."),
        (*_already(results, anchors), *_largest_part(results, anchors), *_steepest_price(results, anchors)),
    )


def _already(results: Results, anchors: Anchors) -> Words:
    """What the status quo costs before the stress."""
    before = loss_of(results, anchors, results.quo)
    if before is None or before.central <= 0:
        return ()
    return ("That is on top of what is in force, which costs ", before, ". ")


def _largest_part(results: Results, anchors: Anchors) -> Words:
    """Through which commodity most of what the stress adds comes."""
    found = results.found
    n = found.world.economy_index[found.buyer]
    stress, quo = found.money[results.stress], found.money[results.quo]
    parts = (stress.loss_by_commodity - quo.loss_by_commodity)[:, :, n] / MILLION
    c = int(np.argmax(np.nan_to_num(parts[0], nan=-np.inf)))
    middle, low, high = interval(parts[:, c])
    name = found.world.commodities[c].name
    row = Row(
        scenario=f"{results.name(results.stress)}, less {results.name(results.quo)}",
        variable="difference of loss",
        unit="million USD/yr",
        central=middle,
        low=low,
        high=high,
        commodity=name,
        destination=found.buyer,
    )
    estimate = anchors.result(row)
    if estimate is None or estimate.central <= 0:
        return ()
    return ("The largest part, ", estimate, f", comes through {plural(name)}. ")


def _steepest_price(results: Results, anchors: Anchors) -> Words:
    found = results.found
    ranked = by_effect(results, "buyer_price_change")
    if not ranked:
        return ()

    def added(commodity: str) -> float:
        """How far the stress moves a price from where the status quo has it."""
        ends = [
            results.row(s, "buyer_price_change", commodity, destination=found.buyer)
            for s in (results.stress, results.quo)
        ]
        after, before = ((r.central or 0.0) if r is not None else 0.0 for r in ends)
        return after - before

    name = max(ranked, key=added)
    price = _price(results, anchors, results.stress, name)
    if price is None:
        return ()
    words: Words = (f"The price of {name} rises most, to ", price, " against the baseline")
    short = results.row(results.stress, "shortfall", name, destination=found.buyer)
    world = found.world
    use = float(world.flows[world.commodity_index[name], :, world.economy_index[found.buyer]].sum())
    missing = anchors.result(short) if short is not None and (short.central or 0.0) > 0 and use > 0 else None
    if missing is not None:
        words += (", and its use falls by ", scaled(missing, 100.0 / use, "%"))
    return (*words, ".")


def _sector_finding(results: Results, anchors: Anchors) -> Finding | None:
    """What users in technology, energy and defence lose in the stress."""
    found = results.found
    named = []
    for sector in ("technology", "energy", "defence"):
        row = results.row(results.stress, "sector_loss", destination=found.buyer, sector=sector)
        estimate = None if row is None else anchors.result(row)
        if estimate is not None and estimate.central > 1e-3:
            named.append((sector, estimate))
    if not named:
        return None
    named.sort(key=lambda pair: -pair[1].central)
    words: Words = (f"In that stress, with what is in force, users in {named[0][0]} lose ", named[0][1])
    for sector, estimate in named[1:]:
        words += (f", in {sector} ", estimate)
    return Finding(
        (*words, "."),
        ("The rest falls on other uses. ", Reference("The table", "sectors"), " has every scenario."),
    )


def _deal_finding(results: Results, anchors: Anchors) -> Finding | None:
    if results.deal is None or results.both is None:
        return None
    found = results.found
    stressed = loss_difference(results, anchors, results.both, results.stress)
    calm = loss_difference(results, anchors, results.deal, results.quo)
    buyer = economy_name(found.buyer, found.world)
    if nothing(stressed) and nothing(calm):
        return Finding(
            (
                "By itself the deal changes ",
                Reference("nothing", stressed.link),
                f" that {buyer} pays or gets, ",
                Reference("with the stress or without it", calm.link),
                ".",
            ),
            ("Nothing in it moves a price while no promise is tested: what it forbids is not in force.",),
        )
    return Finding(
        ("The deal changes that loss by ", stressed, noise(stressed), "."),
        (
            f"Without the stress it changes {buyer}’s position by ",
            calm,
            noise(calm),
            "; a fall in the loss is negative.",
        ),
    )


def gain_or_loss(loss: Estimate) -> tuple[str, Estimate]:
    """A loss as what it is: ("lose", the loss), or ("gain", its opposite) where it is below zero."""
    if loss.central >= 0:
        return "lose", loss
    low = None if loss.high is None else -loss.high
    high = None if loss.low is None else -loss.low
    return "gain", Estimate(-loss.central, loss.unit, low, high, loss.change, loss.link)


def unsigned(e: Estimate) -> Estimate:
    """The same estimate as an amount, shown without a plus."""
    return Estimate(e.central, e.unit, e.low, e.high, False, e.link)


def loss_of(results: Results, anchors: Anchors, scenario: int) -> Estimate | None:
    """The buyer's loss in a scenario."""
    row = results.row(scenario, "loss", destination=results.found.buyer)
    return None if row is None else anchors.result(row)


def loss_difference(results: Results, anchors: Anchors, one: int, other: int) -> Estimate:
    """The buyer's loss in one scenario less that in another, draw by draw."""
    n = results.found.world.economy_index[results.found.buyer]
    gap = (results.found.money[one].loss[:, n] - results.found.money[other].loss[:, n]) / MILLION
    return difference(results, anchors, one, other, "loss", "million USD/yr", gap, None)


def difference(
    results: Results,
    anchors: Anchors,
    one: int,
    other: int,
    variable: str,
    unit: str,
    gap: Floats,
    commodity: str | None,
) -> Estimate:
    """A difference between scenarios as a row of the run; `gap` has shape (D,), the central case first."""
    middle, low, high = interval(gap)
    row = Row(
        scenario=f"{results.name(one)}, less {results.name(other)}",
        variable=f"difference of {variable}",
        unit=unit,
        central=middle,
        low=low,
        high=high,
        commodity=commodity,
        destination=results.found.buyer,
    )
    estimate = anchors.result(row, change=True)
    return estimate if estimate is not None else Estimate(float("nan"), unit)


def promises_tested(found: Findings) -> tuple[Provision, ...]:
    """Promises of no export restriction, which the last two scenarios put to the test."""
    return tuple(p for p in found.reading.provisions if p.kind == "no_export_restriction")


def promisors(found: Findings) -> str:
    """Who makes the promises that are tested: "Malaysia"."""
    return join(list(dict.fromkeys(economy_name(p.promisor, found.world) for p in promises_tested(found))))


def cells(
    results: Results, anchors: Anchors, variable: str, commodity: str, *, change: bool = False
) -> tuple[Estimate | None, ...]:
    """One variable of the buyer's in the scenarios that stand side by side."""
    rows = (results.row(s, variable, commodity, destination=results.found.buyer) for s in results.columns)
    return tuple(None if row is None else anchors.result(row, change=change) for row in rows)


def _price(results: Results, anchors: Anchors, scenario: int, commodity: str) -> Estimate | None:
    row = results.row(scenario, "buyer_price_change", commodity, destination=results.found.buyer)
    return None if row is None else anchors.result(row, change=True)


def by_effect(results: Results, variable: str) -> list[str]:
    """Commodities that a scenario moves for the buyer, by the largest change in the stress, then in any."""
    found = results.found

    def size(commodity: str, scenario: int) -> float:
        row = results.row(scenario, variable, commodity, destination=found.buyer)
        return abs(row.central or 0.0) if row is not None else 0.0

    moved = [
        c.name for c in found.world.commodities if max(size(c.name, s) for s in results.columns) >= SMALLEST
    ]
    return sorted(moved, key=lambda name: (-size(name, results.stress), name))


def scaled(e: Estimate, factor: float, unit: str) -> Estimate:
    """An estimate in another unit, with the same row behind it."""
    low = None if e.low is None else e.low * factor
    high = None if e.high is None else e.high * factor
    return Estimate(e.central * factor, unit, low, high, e.change, e.link)


def central(e: Estimate | None) -> float:
    """The central value, zero where there is none."""
    return 0.0 if e is None else e.central


def nothing(e: Estimate) -> bool:
    """Whether a difference is none at all, to a thousandth of its unit."""
    return max(abs(e.central), abs(e.low or 0.0), abs(e.high or 0.0)) < 1e-3


def noise(e: Estimate) -> str:
    """Words to add where a difference may as well be none."""
    return ", which is smaller than its noise" if e.within_noise else ""


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def plural(commodity: str) -> str:
    """A commodity as what one buys: magnets are counted, oxides are not."""
    return f"{commodity}s" if commodity.endswith("magnet") else commodity


def lower(text: str) -> str:
    """The text as it stands inside a sentence."""
    return text[:1].lower() + text[1:] if text.startswith(("The ", "A ")) else text

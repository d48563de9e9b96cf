"""How import duties of several legal bases add up on one good from one origin.

All rates are ad valorem on the customs value and add to each other: the base (MFN) rate, Section
301, and the duties under IEEPA or Section 122. Three things modify that sum:

- an exemption on record takes tariff lines out of the duties on its legal basis (Annex II of
  Executive Order 14257 takes critical minerals out of the reciprocal tariff, not out of the duties
  on China for fentanyl);
- some country rates are ceilings that hold the MFN rate: they add only the difference;
- a commodity may span several tariff lines: its duty is the mean over them, weighted by US imports
  for consumption in 2024, or evenly where none were recorded.

Goods that enter under a trade agreement pay no MFN rate; that the goods meet its rules of origin is
an assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from oresight.errors import unknown
from oresight.policy.ledger import EVER, Ledger, Standing, standing
from oresight.policy.reach import commodity_reach, reaches
from oresight.policy.records import Exemption, Measure
from oresight.world.model import World

MFN = "MFN"
ORDER = (
    *(MFN, "Section 301", "Section 232"),
    *("IEEPA fentanyl", "IEEPA Canada", "IEEPA Mexico", "IEEPA Russian oil", "IEEPA Brazil"),
    *("IEEPA reciprocal", "Section 122"),
)


@dataclass(frozen=True, slots=True)
class DutyPart:
    """What one measure adds to the duty, in percentage points of the customs value."""

    measure: str
    basis: str
    title: str
    rate_percent: float  # as enacted
    percent: float  # what it adds, after exemptions and ceilings
    reason: str
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class StackedDuty:
    """The duty on a commodity from one economy to another on a day."""

    origin: str
    destination: str
    commodity: str
    as_of: str
    known_by: str
    lines: tuple[tuple[str, float], ...]  # HTS line and weight
    parts: tuple[DutyPart, ...]
    total_percent: float | None  # None where the ledger holds no duties of the destination
    note: str = ""


def stacked_duty(
    ledger: Ledger,
    world: World,
    origin: str,
    destination: str,
    commodity: str,
    as_of: str,
    known_by: str = "",
) -> StackedDuty:
    """The duty with its parts, each with the reason why it does or does not apply.

    Raises InputError for an economy or commodity that the world does not hold.
    """
    for code in (origin, destination):
        if code not in world.economy_index:
            raise unknown("economy", code, world.economy_index)
    if commodity not in world.commodity_index:
        raise unknown("commodity", commodity, world.commodity_index)
    stands = standing(ledger, as_of, known_by)
    tariffs = [m for m in _tariffs(stands) if m.imposer == destination]
    exempt = _exemptions(stands, destination)
    c = world.commodity_index[commodity]
    lines = lines_of(ledger, world, c)
    n = world.economy_index[origin]
    mfn = _mfn(tariffs, world, lines, c)[:, n] if tariffs else np.zeros(len(lines))
    told = [_part(measure, world, lines, c, n, mfn, exempt) for measure in tariffs]
    parts = sorted((p for p in told if p is not None), key=lambda p: _rank(p.basis))
    note = ""
    unheld = origin != destination and not any(
        m.imposer == destination for m in ledger.measures if m.instrument == "import_tariff"
    )
    if origin == destination:
        parts, note = [], "goods that stay at home pay no duty"
    elif unheld:
        note = f"not known: the ledger holds no import duties of {destination}"
    else:
        note = ledger.beyond(destination, min(as_of, known_by or as_of))
    return StackedDuty(
        origin,
        destination,
        commodity,
        as_of,
        known_by or as_of,
        lines,
        tuple(parts),
        None if unheld else float(sum(p.percent for p in parts)),
        note,
    )


def _rank(basis: str) -> int:
    return ORDER.index(basis) if basis in ORDER else len(ORDER)


@lru_cache(maxsize=16)
def duty_matrix(ledger: Ledger, world: World, as_of: str, known_by: str = "") -> NDArray[np.float64]:
    """Stacked duty on every route as a fraction, shape (C, N, N); zero where the ledger holds none."""
    C, N = len(world.commodities), len(world.economies)
    duty = np.zeros((C, N, N))
    stands = standing(ledger, as_of, known_by)
    for importer in {m.imposer for m in _tariffs(stands)} & set(world.economy_index):
        d = world.economy_index[importer]
        for c in range(C):
            lines = lines_of(ledger, world, c)
            weights = np.array([w for _, w in lines])
            total = _line_duties(stands, importer, world, lines, c)
            duty[c, :, d] = weights @ total / 100
        duty[:, d, d] = 0.0
    duty.setflags(write=False)
    return duty


def duty_change(ledger: Ledger, world: World, as_of: str, known_by: str = "") -> NDArray[np.float64]:
    """Change of the stacked duty since the baseline year, as a fraction, shape (C, N, N).

    What the baseline holds is the duty of the middle of its year. Of a tariff line whose duty changed later
    in that year it is the duty collected over the year, where the ledger has it on record: else the part of
    the year's imports that paid the new duty already would count twice.
    """
    before = duty_matrix(ledger, world, f"{world.year}-07-01", EVER) + _collected_since(ledger, world)
    change = duty_matrix(ledger, world, as_of, known_by) - before
    # A duty that the baseline does not hold cannot be taken away.
    return np.maximum(change, -world.duty) + 0.0


@lru_cache(maxsize=4)
def _collected_since(ledger: Ledger, world: World) -> NDArray[np.float64]:
    """What was collected over the baseline year above the duty of its middle, as a fraction, (C, N, N)."""
    above = np.zeros(world.flows.shape)
    stands = standing(ledger, f"{world.year}-07-01", EVER)
    for importer in {c.importer for c in ledger.collected} & set(world.economy_index):
        rates = {
            (c.origin, c.line): c.percent
            for c in ledger.collected
            if c.importer == importer and c.year == world.year
        }
        d = world.economy_index[importer]
        for c in range(len(world.commodities)):
            lines = lines_of(ledger, world, c)
            if not any(line == known for line, _ in lines for _, known in rates):
                continue
            middle = _line_duties(stands, importer, world, lines, c)
            for k, (line, weight) in enumerate(lines):
                for origin, n in world.economy_index.items():
                    if (origin, line) in rates and n != d:
                        above[c, n, d] += weight * (rates[origin, line] - middle[k, n]) / 100
    return above


def days_of_change(ledger: Ledger) -> tuple[str, ...]:
    """Every day, in order, on which an import tariff or an exemption begins, ends or runs out."""
    tariffs = [m for m in ledger.measures if m.instrument == "import_tariff"]
    states = [s for m in tariffs for s in m.states] + [s for e in ledger.exemptions for s in e.states]
    over = {(date.fromisoformat(s.until) + timedelta(days=1)).isoformat() for s in states if s.until}
    return tuple(sorted(({s.on for s in states} | over) - {""}))


def _line_duties(
    stands: Sequence[Standing], importer: str, world: World, lines: Sequence[tuple[str, float]], c: int
) -> NDArray[np.float64]:
    """Stacked duty in percent by line and origin, shape (L, N)."""
    tariffs = [m for m in _tariffs(stands) if m.imposer == importer]
    exempt = _exemptions(stands, importer)
    mfn = _mfn(tariffs, world, lines, c)
    total = np.zeros((len(lines), len(world.economies)))
    for measure in tariffs:
        total += _rate(measure, world, lines, c, mfn, exempt)
    return total


def _tariffs(stands: Sequence[Standing]) -> list[Measure]:
    return [
        s.entry
        for s in stands
        if isinstance(s.entry, Measure)
        and s.in_force
        and s.entry.instrument == "import_tariff"
        and s.entry.rate_percent is not None
    ]


def _exemptions(stands: Sequence[Standing], imposer: str) -> list[Exemption]:
    return [
        s.entry
        for s in stands
        if isinstance(s.entry, Exemption) and s.in_force and s.entry.imposer == imposer
    ]


def lines_of(ledger: Ledger, world: World, c: int) -> tuple[tuple[str, float], ...]:
    """Tariff lines of commodity c with weights that sum to one: those on record, else the world's codes."""
    commodity = world.commodities[c]
    lines = ledger.lines(commodity.name)
    if lines:
        return lines
    codes = commodity.hs or ("",)  # a good without codes meets only measures on all goods
    return tuple((code, 1 / len(codes)) for code in codes)


def _starts(line: str, prefixes: Sequence[str]) -> bool:
    return any(line.startswith(p) for p in prefixes)


def _covers(measure: Measure, world: World, line: str, c: int) -> bool:
    covered = _starts(line, measure.hs) if measure.hs else c in commodity_reach(measure, world)
    return covered and not _starts(line, measure.except_hs)


def _exempting(measure: Measure, line: str, exempt: Sequence[Exemption]) -> Exemption | None:
    return next((e for e in exempt if e.basis == measure.basis and _starts(line, e.hs)), None)


def _mfn(
    tariffs: Sequence[Measure], world: World, lines: Sequence[tuple[str, float]], c: int
) -> NDArray[np.float64]:
    """MFN or preferential rate in percent by line and origin, shape (L, N)."""
    rates = np.zeros((len(lines), len(world.economies)))
    for measure in tariffs:
        if measure.basis == MFN:
            rates += _rate(measure, world, lines, c, rates, ())
    return rates


def _rate(
    measure: Measure,
    world: World,
    lines: Sequence[tuple[str, float]],
    c: int,
    mfn: NDArray[np.float64],
    exempt: Sequence[Exemption],
) -> NDArray[np.float64]:
    """What one measure adds in percent by line and origin, shape (L, N)."""
    hit = np.array(
        [_covers(measure, world, line, c) and not _exempting(measure, line, exempt) for line, _ in lines]
    )
    rate = float(measure.rate_percent or 0.0)
    added: NDArray[np.float64] = np.full(mfn.shape, rate)
    if measure.includes_mfn:
        added = np.maximum(rate - mfn, 0.0)
    added *= hit[:, None] * reaches(measure, world)[None, :]
    return added


def _part(
    measure: Measure,
    world: World,
    lines: Sequence[tuple[str, float]],
    c: int,
    n: int,
    mfn: NDArray[np.float64],
    exempt: Sequence[Exemption],
) -> DutyPart | None:
    """One measure's part with its reason, or None when it has nothing to do with the route."""
    covered = [(line, w) for line, w in lines if _covers(measure, world, line, c)]
    if not covered:
        return None
    origin = world.economies[n].code
    rate = float(measure.rate_percent or 0.0)
    if not reaches(measure, world)[n]:
        if measure.basis == MFN and origin in measure.except_targets:
            reason = f"free under a trade agreement with {origin}, if the goods meet its rules of origin"
            return DutyPart(
                measure.id, MFN, measure.title, rate, 0.0, reason, measure.source, measure.verified
            )
        return None
    freed = [(line, w, e) for line, w in covered if (e := _exempting(measure, line, exempt))]
    added = 0.0
    for k, (line, weight) in enumerate(lines):
        if _covers(measure, world, line, c) and not _exempting(measure, line, exempt):
            added += weight * (max(rate - float(mfn[k]), 0.0) if measure.includes_mfn else rate)
    share = sum(w for _, w in covered)
    reasons = []
    if freed and len(freed) == len(covered):
        reasons.append(f"exempt: {_why_exempt(freed)}")
    else:
        if freed:
            reasons.append(f"in part exempt: {_why_exempt(freed)}")
        if share < 0.9995:
            reasons.append(f"covers {100 * share:.0f} % of the good's lines by weight")
        if measure.includes_mfn:
            reasons.append(f"a ceiling of {rate:g} % that holds the MFN rate")
    if not reasons:
        reasons.append("free" if rate == 0 else f"{rate:g} % on all lines of the good")
    return DutyPart(
        measure.id,
        measure.basis,
        measure.title,
        rate,
        added,
        "; ".join(reasons),
        measure.source,
        measure.verified,
    )


def _why_exempt(freed: Sequence[tuple[str, float, Exemption]]) -> str:
    """Which exemption frees which lines; one that is on all goods names none."""
    exemption = freed[0][2]
    if "" in exemption.hs:
        return exemption.title
    return f"{exemption.title} lists {', '.join(line for line, _, _ in freed)}"

"""Charts of results: dots with their intervals, and bars against a claimed level.

They are drawn here, in a few milliseconds. The same charts through vl-convert took one to two seconds
of a command that should answer in ten. Each is drawn wide and narrow, and the page shows the one
that fits, so that text keeps its size on a phone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from oresight.brief.content import Claim, Comparison, Estimate, Line
from oresight.brief.numerals import SPACE, numeral
from oresight.brief.svg import figure, line, room, text

WIDE, NARROW = 720, 346  # pixels at the size they are meant to be read

_SIZE = 12.0
_TICK = 11.0
_GAP = 16.0  # between panels
_RATIOS = (1.0, 11.0, 2.0, 51.0, 0.5, 4.0, 101.0, 21.0, 0.2, 6.0, 1.5, 0.1, 1.2, 0.8)  # most telling first
_TICK_ROOM = 34.0  # pixels from one tick to the next


@dataclass(frozen=True, slots=True)
class _Axis:
    """A horizontal axis: where a value stands, in pixels from the panel's left, and what is marked."""

    place: Callable[[float], float]
    none: float  # the value of no change
    ticks: tuple[tuple[float, str], ...]


def comparison_chart(comparison: Comparison, scenarios: Sequence[str], width: int = WIDE) -> str:
    """A dot and its 90 % interval for each line, in one panel for each scenario.

    A hollow dot is a change whose interval holds zero. Panels stand side by side when `width` is
    wide and one below the other when it is narrow.
    """
    lines = [x for x in comparison.lines if x.charted]
    aside = width >= WIDE
    columns = len(scenarios) if aside else 1
    left = room((x.label for x in lines), _SIZE) + 10
    panel = (width - left - _GAP * columns) / columns
    step = 21.0 if aside else 19.0
    head, foot = 26.0, 24.0
    tall = head + step * len(lines) + foot
    axis = _axis(comparison, [c for x in lines for c in x.cells if c is not None], panel)
    parts = []
    for n, scenario in enumerate(scenarios):
        x0 = left + (n * (panel + _GAP) if aside else 0.0)
        y0 = 0.0 if aside else n * (tall + 10)
        parts.append(text(scenario, x0, y0 + _SIZE, "head", _SIZE))
        parts += _frame(axis, x0, y0 + head, panel, step * len(lines))
        for row, x in enumerate(lines):
            y = y0 + head + step * (row + 0.5)
            if n == 0 or not aside:
                parts.append(text(x.label, left - 10, y + _SIZE * 0.35, "label", _SIZE, "end"))
            parts += _dot(x.cells[n], axis, x0, y)
    height = tall if aside else len(scenarios) * (tall + 10) - 10
    return figure("dots", width, height, _alternative(comparison, lines, scenarios), parts)


def claim_chart(claim: Claim, width: int = WIDE) -> str:
    """The figures that a claim is held against, with the level claimed as a vertical line."""
    names = [", ".join(w for w in (row.what, row.publisher, str(row.year)) if w) for row in claim.rows]
    aside = width >= WIDE
    left = room(names, _SIZE) + 10 if aside else 0.0
    step = 24.0 if aside else 38.0
    head = 22.0
    scale = (width - left - 34) / 100.0
    bottom = head + step * len(names)
    parts = []
    for tick in (0, 20, 40, 60, 80, 100):
        x = left + tick * scale
        parts.append(line(x, head, x, bottom, "grid"))
        parts.append(text(f"{tick}{SPACE}%", x, bottom + 16, "tick", _TICK, "middle" if tick else "start"))
    over = []  # words stand over the line of the claim
    for n, (name, row) in enumerate(zip(names, claim.rows, strict=True)):
        y = head + step * n
        reach = min(max(row.figure.central, 0.0), 100.0) * scale
        top = y + 6 if aside else y + 20
        kind = "bar bears" if row.bears_out else "bar"
        parts.append(f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{reach:.1f}" height="12"/>')
        if aside:
            over.append(text(name, left - 10, top + 10, "label", _SIZE, "end"))
        else:
            over.append(text(name, 0.0, y + 15, "value", _SIZE))
        over.append(text(f"{row.figure.central:.3g}", left + reach + 5, top + 10, "value", _SIZE))
    if claim.level is not None:
        x = left + claim.level.central * scale
        parts.append(line(x, head - 4, x, bottom, "claimed"))
        over.append(text("as claimed", x, head - 9, "label", _SIZE, "middle"))
    parts += over
    told = "; ".join(
        f"{name}: {row.figure.central:.3g} %" for name, row in zip(names, claim.rows, strict=True)
    )
    return figure("bars", width, bottom + 22, f"Claimed: {claim.claimed}. {told}.", parts)


def _dot(cell: Estimate | None, axis: _Axis, x0: float, y: float) -> list[str]:
    if cell is None or not math.isfinite(cell.central):
        return []
    parts = []
    if cell.low is not None and cell.high is not None:
        parts.append(line(x0 + axis.place(cell.low), y, x0 + axis.place(cell.high), y, "whisker"))
    kind = "dot noise" if cell.within_noise else "dot"
    parts.append(f'<circle class="{kind}" cx="{x0 + axis.place(cell.central):.1f}" cy="{y:.1f}" r="3.6"/>')
    return parts


def _frame(axis: _Axis, x0: float, top: float, wide: float, tall: float) -> list[str]:
    parts = []
    for value, words in axis.ticks:
        x = x0 + axis.place(value)
        parts.append(line(x, top, x, top + tall, "zero" if value == axis.none else "grid"))
        # A number at the right edge stays in its panel, or it would run into the next one's zero.
        edge = axis.place(value) + room((words,), _TICK) / 2 > wide + _GAP / 4
        parts.append(text(words, x, top + tall + 16, "tick", _TICK, "end" if edge else "middle"))
    return parts


def _axis(comparison: Comparison, cells: Sequence[Estimate], panel: float) -> _Axis:
    known = [c for c in cells if math.isfinite(c.central)]
    ends = [v for c in known for v in (c.central, c.low, c.high) if v is not None] or [0.0]
    return (
        _ratio_axis(min(ends), max(ends), panel)
        if comparison.ratio
        else _linear_axis(min(ends), max(ends), panel)
    )


def _ratio_axis(least: float, most: float, panel: float) -> _Axis:
    """Percentages on a logarithmic scale of one plus the change: +100 % is as far as −50 %."""
    bottom = max(0.05, min(1 + least / 100, 0.8) * 0.95)
    top = max(1 + most / 100, 1.25) * 1.05
    scale = panel / math.log(top / bottom)

    def place(percent: float) -> float:
        return math.log(max(1 + percent / 100, bottom) / bottom) * scale

    kept: list[float] = []
    for ratio in _RATIOS:
        apart = all(abs(math.log(ratio / other)) * scale >= _TICK_ROOM for other in kept)
        if bottom <= ratio <= top and apart:
            kept.append(ratio)
    ticks = [100 * (ratio - 1) for ratio in sorted(kept)]
    return _Axis(place, 0.0, tuple((t, numeral(t, 1.0, sign=True)) for t in (round(t, 6) for t in ticks)))


def _linear_axis(least: float, most: float, panel: float) -> _Axis:
    bottom, top = min(least, 0.0), max(most, 0.0)
    if bottom == top:
        top = 1.0
    scale = panel / (top - bottom)
    step = 10.0 ** math.floor(math.log10(top - bottom))
    widest = 8 + _TICK * 0.62 * len(f"{max(abs(bottom), top):,.0f}")
    for factor in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0):
        if factor * step * scale >= max(widest, _TICK_ROOM):
            step *= factor
            break
    first, last = math.ceil(bottom / step - 1e-9), math.floor(top / step + 1e-9)
    ticks = tuple((n * step, numeral(n * step, min(step, 1.0))) for n in range(first, last + 1))
    return _Axis(lambda value: (value - bottom) * scale, 0.0, ticks)


def _alternative(comparison: Comparison, lines: Sequence[Line], scenarios: Sequence[str]) -> str:
    """What the chart shows, for who cannot see it; the table below it has every number."""
    return (
        f"{comparison.title}. {comparison.measure}, with 90 % intervals, for {len(lines)} lines in "
        f"{len(scenarios)} scenarios: {', '.join(scenarios)}. The table that follows has the numbers."
    )

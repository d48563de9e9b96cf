"""Charts as Vega-Lite specifications, drawn to SVG when the page is built.

The specifications are plain dictionaries that vl-convert compiles, so altair need not be loaded; its
import costs as much as all the charts of a brief. Colours are CSS variables of the page, which is how
one drawing serves light, dark and paper. Each chart is drawn twice, wide and narrow, and the page shows
the one that fits: text then keeps its size on a phone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from oresight.brief.content import Claim, Comparison, Estimate, Line
from oresight.brief.numerals import MINUS

WIDE, NARROW = 720, 346  # pixels at the size they are meant to be read

_SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
_VEGA_LITE = "5.20"  # vl-convert carries several; one is named so that the drawing does not change
_RATIOS = (1.0, 11.0, 2.0, 51.0, 0.5, 4.0, 101.0, 21.0, 0.2, 6.0, 1.5, 0.1, 1.2, 0.8)  # most telling first
_TICK_ROOM = 33.0  # pixels
_CHARACTER = 6.3  # pixels, mean width of a character at 12 px

Spec = dict[str, Any]


def comparison_chart(comparison: Comparison, scenarios: Sequence[str], width: int = WIDE) -> str:
    """A dot and its 90 % interval for each line, in one panel for each scenario.

    A hollow dot is a change whose interval holds zero. Panels stand side by side when `width` is
    wide and one below the other when it is narrow.
    """
    lines = [line for line in comparison.lines if line.charted]
    values = [
        _datum(line.label, scenario, cell, comparison.ratio)
        for line in lines
        for scenario, cell in zip(scenarios, line.cells, strict=True)
        if cell is not None and math.isfinite(cell.central)
    ]
    columns = len(scenarios) if width >= WIDE else 1
    label_width = min(200.0, max(len(line.label) for line in lines) * _CHARACTER) + 8
    panel = (width - 1.1 * label_width - 14.0 * columns) / columns
    spec = {
        "data": {"values": values},
        "facet": {
            "field": "scenario",
            "type": "nominal",
            "sort": list(scenarios),
            "title": None,
            "header": _HEADER,
        },
        "columns": columns,
        "spacing": 14 if columns > 1 else 22,
        "resolve": {} if columns > 1 else {"axis": {"x": "independent", "y": "independent"}},
        "spec": {
            "width": panel,
            "height": {"step": 22 if columns > 1 else 19},
            "layer": _estimate_layers(_x_axis(comparison, values, panel), [line.label for line in lines]),
        },
    }
    return _svg(spec, _alternative(comparison, lines, scenarios), label_width)


def claim_chart(claim: Claim, width: int = WIDE) -> str:
    """The figures that a claim is held against, with the level claimed as a vertical rule."""
    values = [
        {
            "what": ", ".join(w for w in (row.what, row.publisher, str(row.year)) if w),
            "x": row.figure.central,
            "bears": row.bears_out,
        }
        for row in claim.rows
    ]
    seen: dict[str, int] = {}
    for value in values:  # two editions of one source have one name; a space of no width keeps them apart
        name = str(value["what"])
        seen[name] = seen.get(name, 0) + 1
        value["what"] = name + "\u200b" * (seen[name] - 1)
    names = [str(v["what"]) for v in values]
    axis = {"grid": True, "tickCount": 5, "labelExpr": "datum.value + ' %'", "title": None}
    x = {"field": "x", "type": "quantitative", "scale": {"domain": [0, 100]}, "axis": axis}
    wide = width >= WIDE
    y: Spec = {"field": "what", "type": "nominal", "sort": names, "title": None}
    label_width = min(330.0, max(map(len, names)) * _CHARACTER) + 12 if wide else 0.0
    y["axis"] = {**_ROW_AXIS, "labelLimit": 330} if wide else None
    layers: list[Spec] = [
        {"mark": {"type": "bar", "height": 11, "color": "var(--pale)"}, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "bar", "height": 11, "color": "var(--accent)"},
            "transform": [{"filter": "datum.bears"}],
            "encoding": {"x": x, "y": y},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": "var(--ink)"},
            "encoding": {"x": x, "y": y, "text": {"field": "x", "type": "quantitative", "format": ".3~g"}},
        },
    ]
    if not wide:
        label = {
            "type": "text",
            "align": "left",
            "baseline": "bottom",
            "dy": -8,
            "fontSize": 12,
            "color": "var(--ink)",
        }
        layers.append({"mark": label, "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "what"}}})
    if claim.level is not None:
        level = {"datum": claim.level.central}
        layers += [
            {
                "mark": {"type": "rule", "color": "var(--ink)", "strokeWidth": 1.5, "strokeDash": [4, 3]},
                "encoding": {"x": level},
                "data": {"values": [{}]},
            },
            {
                "data": {"values": [{}]},
                "mark": {
                    "type": "text",
                    "baseline": "bottom",
                    "dy": -5,
                    "fontSize": 12,
                    "color": "var(--ink)",
                },
                "encoding": {"x": level, "y": {"value": 0}, "text": {"value": "as claimed"}},
            },
        ]
    spec: Spec = {
        "data": {"values": values},
        "width": width - 1.1 * label_width - 34,
        "height": {"step": 26 if wide else 40},
        "layer": layers,
    }
    told = "; ".join(f"{v['what']}: {v['x']:.3g} %" for v in values)
    return _svg(spec, f"Claimed: {claim.claimed}. {told}.", label_width)


_HEADER = {
    "labelFontSize": 12.5,
    "labelFontWeight": 600,
    "labelAnchor": "start",
    "labelColor": "var(--ink)",
    "labelPadding": 8,
    "title": None,
}
_ROW_AXIS: Spec = {"ticks": False, "domain": False, "labelFontSize": 12, "labelPadding": 8, "labelLimit": 210}


def _datum(label: str, scenario: str, cell: Estimate, ratio: bool) -> Spec:
    def place(value: float) -> float:
        return max(0.05, 1.0 + value / 100.0) if ratio else value

    low = cell.central if cell.low is None else cell.low
    high = cell.central if cell.high is None else cell.high
    return {
        "label": label,
        "scenario": scenario,
        "x": place(cell.central),
        "low": place(low),
        "high": place(high),
        "noise": cell.within_noise,
    }


def _x_axis(comparison: Comparison, values: Sequence[Spec], panel: float) -> Spec:
    least = min([float(v["low"]) for v in values], default=0.0)
    most = max([float(v["high"]) for v in values], default=1.0)
    axis: Spec = {
        "title": None,
        "labelFontSize": 11,
        "labelFlush": False,
        "labelOverlap": "greedy",
        "domain": False,
    }
    scale: Spec
    if comparison.ratio:
        domain = [max(0.05, min(least, 0.8) * 0.95), max(most, 1.25) * 1.05]
        within = _ticks(domain, panel)
        scale = {"type": "log", "domain": domain, "nice": False}
        axis |= {
            "values": within,
            "labelExpr": f"datum.value == 1 ? '0' : (datum.value > 1 ? '+' : '{MINUS}')"
            " + format(abs(datum.value - 1) * 100, ',.0f')",
        }
    else:
        scale = {"domain": [min(0.0, least), max(0.0, most) or 1.0], "nice": True}
        axis |= {
            "tickCount": max(3, int(panel // 50)),
            "labelExpr": f"replace(format(datum.value, ',~g'), '-', '{MINUS}')",
        }
    return {"scale": scale, "axis": axis, "type": "quantitative"}


def _ticks(domain: list[float], panel: float) -> list[float]:
    """The ratios to mark, by rank, where their labels leave each other room."""
    scale = panel / math.log(domain[1] / domain[0])
    kept: list[float] = []
    for ratio in _RATIOS:
        far = all(abs(math.log(ratio / other)) * scale >= _TICK_ROOM for other in kept)
        if domain[0] <= ratio <= domain[1] and far:
            kept.append(ratio)
    return sorted(kept)


def _estimate_layers(x: Spec, order: list[str]) -> list[Spec]:
    y = {"field": "label", "type": "nominal", "sort": order, "title": None, "axis": _ROW_AXIS}
    none = {"datum": 1.0 if x["scale"].get("type") == "log" else 0.0}
    dot = {
        "type": "point",
        "shape": "circle",
        "size": 46,
        "opacity": 1,
        "strokeWidth": 1.6,
        "stroke": "var(--accent)",
    }
    centre = {"x": {"field": "x", **x}, "y": y}
    return [
        {
            "mark": {"type": "rule", "color": "var(--muted)", "strokeWidth": 1},
            "encoding": {"x": {**none, **x}},
        },
        {
            "mark": {"type": "rule", "color": "var(--accent)", "strokeWidth": 2, "opacity": 0.55},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": y},
        },
        {
            "mark": {**dot, "fill": "var(--accent)"},
            "transform": [{"filter": "!datum.noise"}],
            "encoding": centre,
        },
        {
            "mark": {**dot, "fill": "var(--paper)"},
            "transform": [{"filter": "datum.noise"}],
            "encoding": centre,
        },
    ]


def _alternative(comparison: Comparison, lines: Sequence[Line], scenarios: Sequence[str]) -> str:
    """What the chart shows, for who cannot see it; the table below it has every number."""
    return (
        f"{comparison.title}. {comparison.measure}, with 90 % intervals, for {len(lines)} lines in "
        f"{len(scenarios)} scenarios: {', '.join(scenarios)}. The table that follows has the numbers."
    )


def _svg(spec: Spec, alternative: str, label_width: float) -> str:
    """Draw. Labels of the reader's font may be a tenth wider than vl-convert takes them to be."""
    import vl_convert  # carries its own JavaScript engine; half a second on first use

    config = {
        "aria": False,
        "font": _SANS,
        "background": None,
        "padding": {"left": round(2 + 0.1 * label_width), "right": 6, "top": 2, "bottom": 2},
        "view": {"stroke": None},
        "axis": {
            "labelColor": "var(--ink)",
            "titleColor": "var(--muted)",
            "gridColor": "var(--rule)",
            "tickColor": "var(--rule)",
            "domainColor": "var(--rule)",
            "labelFontSize": 12,
        },
    }
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": config, **spec}
    svg: str = vl_convert.vegalite_to_svg(whole, vl_version=_VEGA_LITE)
    return dressed(svg, alternative)


def dressed(svg: str, alternative: str) -> str:
    """A drawing ready to stand in the page: named for screen readers, sized by its box."""
    from html import escape

    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if box is None:
        raise ValueError("a drawing without a viewBox")
    width, height = box.groups()
    head = (
        f'<svg class="chart" role="img" aria-label="{escape(alternative)}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">'
    )
    return head + svg[svg.index(">") + 1 :]

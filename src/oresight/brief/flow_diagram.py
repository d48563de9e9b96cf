"""A chain as a flow diagram: stages from left to right, bands as wide as their tonnes.

The order and the spacing follow H. R. Sankey's diagrams: one scale for the whole drawing, so that widths
compare anywhere in it. Tonnes are conserved by `Chain` itself, which refuses contents that do not
add up.
"""

from __future__ import annotations

from html import escape

from oresight.brief.content import Chain, Node
from oresight.brief.numerals import SPACE, tonnes_words
from oresight.brief.svg import CHARACTER, figure

_BAR = 9.0  # pixels, width of a node


def draw_chain(chain: Chain, width: int) -> str:
    """The diagram as SVG. Nodes drawn dark stand first in each column; ends stand last."""
    wide = width > 500
    size = 12.0 if wide else 10.5
    gap = size + 5.0 if wide else 2 * size + 3.0
    totals = {n.key: tonnes_of(chain, n.key) for n in chain.nodes}
    columns = [
        sorted(
            (n for n in chain.nodes if n.stage == s),
            key=lambda n: (n.end, n.rest, not n.highlight, -totals[n.key], n.label),
        )
        for s in range(len(chain.stages))
    ]
    body = 400.0 if wide else 430.0
    fullest = max(range(len(columns)), key=lambda s: len(columns[s]))
    most = max(sum(totals[n.key] for n in column) for column in columns)
    scale = (body - gap * max(0, len(columns[fullest]) - 1)) / most
    longest = max(len(n.label) + (6 if wide else 0) for n in columns[-1])
    label_room = max(longest * CHARACTER * size + 6, 40.0)
    step = (width - _BAR - label_room) / (len(columns) - 1)
    titles = [_wrapped(name, step - 8, size) for name in chain.stages[:-1]] + [[chain.stages[-1]]]
    title_lines = max(map(len, titles))
    head = (title_lines + 1) * (size + 2) + 12.0
    left = {n.key: n.stage * step for n in chain.nodes}
    top: dict[str, float] = {}
    for column in columns:
        y = head
        for node in column:
            top[node.key] = y
            y += max(totals[node.key] * scale, 1.0) + gap
    bottom = max(top[n.key] + max(totals[n.key] * scale, 1.0) for n in chain.nodes)
    height = bottom + size
    parts = _bands(chain, columns, left, top, scale)
    for column in columns:
        whole = sum(totals[n.key] for n in column if not n.end)
        for node in column:
            parts.append(_node(node, left[node.key], top[node.key], totals[node.key], scale))
            parts.append(
                _label(node, left[node.key], top[node.key], totals[node.key], whole, scale, size, wide)
            )
    for s, title in enumerate(titles):
        whole = sum(totals[n.key] for n in columns[s] if not n.end)
        rows = [("stage", words) for words in title] + [("total", tonnes_words(whole))]
        first = title_lines - len(title)
        down = [size + (first + n) * (size + 2) for n in range(len(rows))]
        spans = [
            f'<tspan class="{kind}" x="{s * step:.1f}" y="{y:.1f}">{escape(words)}</tspan>'
            for (kind, words), y in zip(rows, down, strict=True)
        ]
        parts.append(f'<text font-size="{size:g}">{" ".join(spans)}</text>')
    return figure("flow", width, height, chain.alt, parts)


def _wrapped(name: str, room: float, size: float) -> list[str]:
    """A title in as many lines as it needs to stay within `room` pixels."""
    lines: list[str] = []
    for word in name.split():
        if lines and (len(lines[-1]) + 1 + len(word)) * CHARACTER * size * 1.08 <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def tonnes_of(chain: Chain, key: str) -> float:
    """Tonnes a year through a node: what comes in or what goes out, whichever is more."""
    into = sum(b.tonnes for b in chain.bands if b.destination == key)
    out = sum(b.tonnes for b in chain.bands if b.origin == key)
    return max(into, out)


def _bands(
    chain: Chain, columns: list[list[Node]], left: dict[str, float], top: dict[str, float], scale: float
) -> list[str]:
    order = {n.key: (s, i) for s, column in enumerate(columns) for i, n in enumerate(column)}
    dark = {n.key for n in chain.nodes if n.highlight}
    leaving = dict(top)
    arriving = dict(top)
    placed: dict[tuple[str, str], list[float]] = {}
    for band in sorted(chain.bands, key=lambda b: (order[b.origin], order[b.destination])):
        placed[band.origin, band.destination] = [leaving[band.origin]]
        leaving[band.origin] += band.tonnes * scale
    for band in sorted(chain.bands, key=lambda b: (order[b.destination], order[b.origin])):
        placed[band.origin, band.destination].append(arriving[band.destination])
        arriving[band.destination] += band.tonnes * scale
    drawn = []
    for band in sorted(chain.bands, key=lambda b: (b.origin in dark, order[b.origin], order[b.destination])):
        y0, y1 = placed[band.origin, band.destination]
        thick = band.tonnes * scale
        x0, x1 = left[band.origin] + _BAR, left[band.destination]
        middle = (x0 + x1) / 2
        kind = "ribbon dark" if band.origin in dark else "ribbon"
        drawn.append(
            f'<path class="{kind}" d="M{x0:.1f},{y0:.1f}'
            f"C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
            f"V{y1 + thick:.1f}C{middle:.1f},{y1 + thick:.1f} {middle:.1f},{y0 + thick:.1f} "
            f'{x0:.1f},{y0 + thick:.1f}Z"/>'
        )
    return drawn


def _share(tonnes: float, whole: float) -> str:
    share = 100 * tonnes / whole
    return f"{share:.0f}{SPACE}%" if share >= 0.5 else f"under 1{SPACE}%"


def _node(node: Node, x: float, y: float, tonnes: float, scale: float) -> str:
    kind = "node dark" if node.highlight else "node end" if node.end else "node"
    tall = max(tonnes * scale, 1.0)
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{_BAR:g}" height="{tall:.1f}"/>'


def _label(
    node: Node, x: float, y: float, tonnes: float, whole: float, scale: float, size: float, wide: bool
) -> str:
    middle = y + max(tonnes * scale, 1.0) / 2
    start = x + _BAR + 4
    share = _share(tonnes, whole) if whole > 0 and not node.end else tonnes_words(tonnes)
    if wide or (tonnes * scale < size and node.stage == 0):
        return (
            f'<text class="name" x="{start:.1f}" y="{middle + size * 0.35:.1f}" font-size="{size:g}">'
            f'{escape(node.label)}<tspan class="share" dx="5">{share}</tspan></text>'
        )
    return (
        f'<text class="name" font-size="{size:g}">'
        f'<tspan x="{start:.1f}" y="{middle - 1:.1f}">{escape(node.label)}</tspan>'
        f'<tspan class="share" x="{start:.1f}" y="{middle + size:.1f}">{share}</tspan></text>'
    )

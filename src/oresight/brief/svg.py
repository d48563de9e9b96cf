"""What the drawings of the page share: an SVG element that screen readers can name, and its text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

CHARACTER = 0.58  # mean width of a character of the page's sans serif, in parts of the font size


def figure(kind: str, width: float, height: float, alternative: str, parts: Iterable[str]) -> str:
    """A drawing with its description; colours and fonts come from the page's style."""
    return (
        f'<svg class="chart {kind}" role="img" aria-label="{escape(alternative)}" '
        f'viewBox="0 0 {width:g} {height:.1f}" width="{width:g}" height="{height:.0f}">{"".join(parts)}</svg>'
    )


def text(words: str, x: float, y: float, kind: str, size: float, anchor: str = "start") -> str:
    """Words at a place; `anchor` is start, middle or end."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def room(words: Iterable[str], size: float) -> float:
    """The width that the longest of some words takes, in pixels, on the safe side."""
    return max((len(w) for w in words), default=0) * CHARACTER * size

"""A map of who supplies whom, drawn by hand in the Equal Earth projection.

The projection is B. Šavrič, T. Patterson and B. Jenny, "The Equal Earth map projection",
International Journal of Geographical Information Science 33 (2019) 454-465. It keeps areas. The map is
centred on 150° E, because most of this trade crosses the Pacific: the seam falls in the Atlantic, where
few arrows pass. Coastlines are Natural Earth's at 1:110m (public domain), simplified, in
`data/coastline.csv`.
"""

from __future__ import annotations

import math
from functools import cache
from html import escape
from pathlib import Path

from oresight.brief.content import Place, SupplyMap
from oresight.brief.numerals import tonnes_words
from oresight.brief.svg import CHARACTER, figure

CENTRE = 150.0  # degrees east
SOUTH, NORTH = -56.0, 78.0  # degrees north shown; nothing is mined or used beyond

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = math.sqrt(3.0) / 2.0

Point = tuple[float, float]


def equal_earth(longitude: float, latitude: float) -> Point:
    """Plane coordinates of a place, in radians of the sphere, x measured from the centre of the map.

    `longitude` is degrees from the centre, -180 to 180; `latitude` degrees north.
    """
    theta = math.asin(_M * math.sin(math.radians(latitude)))
    t2 = theta * theta
    t6 = t2**3
    slope = _A1 + 3 * _A2 * t2 + t6 * (7 * _A3 + 9 * _A4 * t2)
    x = math.radians(longitude) * math.cos(theta) / (_M * slope)
    return x, theta * (_A1 + _A2 * t2 + t6 * (_A3 + _A4 * t2))


_HALF_WIDTH = equal_earth(180.0, 0.0)[0]
_TOP = equal_earth(0.0, NORTH)[1]
_BOTTOM = equal_earth(0.0, SOUTH)[1]


def height_for(width: float) -> float:
    """The height of a map of this width."""
    return width * (_TOP - _BOTTOM) / (2 * _HALF_WIDTH)


def position(longitude: float, latitude: float, width: float) -> Point:
    """Where a place is on a map of this width, from the upper left corner."""
    turned = (longitude - CENTRE + 180.0) % 360.0 - 180.0
    x, y = equal_earth(turned, latitude)
    scale = width / (2 * _HALF_WIDTH)
    return (x + _HALF_WIDTH) * scale, (_TOP - y) * scale


@cache
def land_path(width: int = 1000) -> str:
    """The land as one SVG path on a map of this width, in whole and half units."""
    pieces: list[str] = []
    for ring in _rings():
        for part in _cut(ring):
            points = [position_in_window(x, y, width) for x, y in part]
            drawn = [f"{px:.1f},{py:.1f}" for px, py in points]
            kept = [p for n, p in enumerate(drawn) if n == 0 or p != drawn[n - 1]]
            if len(kept) > 2:
                pieces.append("M" + "L".join(kept) + "Z")
    return "".join(pieces)


def position_in_window(turned: float, latitude: float, width: float) -> Point:
    """As `position`, for a longitude already counted from the centre, so that -180 and 180 stay apart."""
    x, y = equal_earth(turned, latitude)
    scale = width / (2 * _HALF_WIDTH)
    return (x + _HALF_WIDTH) * scale, (_TOP - y) * scale


def draw_map(supply: SupplyMap, width: int) -> str:
    """Arrows from suppliers to users over the land, as wide as their tonnes.

    The page must hold the symbol `land` (see `land_symbol`). Economies are named where there is
    room, the largest traders first.
    """
    height = height_for(width)
    at = {p.code: position(p.longitude, p.latitude, width) for p in supply.places}
    most = max(a.tonnes for a in supply.arrows)
    thickest = width / 62
    parts = [f'<use href="#land" width="{width}" height="{height:.1f}" class="land"/>']
    for arrow in sorted(supply.arrows, key=lambda a: (a.origin == supply.highlight, -a.tonnes)):
        kind = "band dark" if arrow.origin == supply.highlight else "band"
        thickness = max(0.8, thickest * arrow.tonnes / most)
        parts.append(_arrow(at[arrow.origin], at[arrow.destination], thickness, kind, width))
    for code in sorted(at):
        x, y = at[code]
        kind = "place dark" if code == supply.highlight else "place"
        parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{2.6 if width > 500 else 2:g}"/>')
    parts += _labels(supply, at, width, height)
    parts += _legend(most, thickest, width, height)
    return figure("map", width, height, supply.alt, parts)


def land_symbol() -> str:
    """The land, once for the whole page."""
    return (
        '<svg class="hidden" aria-hidden="true" width="0" height="0"><symbol id="land" '
        f'viewBox="0 0 1000 {height_for(1000):.1f}"><path d="{land_path()}"/></symbol></svg>'
    )


def _arrow(start: Point, end: Point, thickness: float, kind: str, width: int) -> str:
    """A bent arrow whose head ends at the place; arrows there and back bend to opposite sides."""
    (x0, y0), (x1, y1) = start, end
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    bend = 0.16 * length if x1 > x0 else -0.16 * length
    cx = (x0 + x1) / 2 + bend * (y1 - y0) / length
    cy = (y0 + y1) / 2 - bend * (x1 - x0) / length
    head = thickness + (4.0 if width > 500 else 3.0)
    tangent = math.hypot(x1 - cx, y1 - cy) or 1.0
    ux, uy = (x1 - cx) / tangent, (y1 - cy) / tangent
    reach = min(head * 1.5, 0.6 * length)
    tip = (x1 - 2.5 * ux, y1 - 2.5 * uy)
    base = (tip[0] - reach * ux, tip[1] - reach * uy)
    wings = [(base[0] - head * 0.62 * uy * s, base[1] + head * 0.62 * ux * s) for s in (1, -1)]
    return (
        f'<path class="{kind}" d="M{x0:.1f},{y0:.1f}Q{cx:.1f},{cy:.1f} {base[0]:.1f},{base[1]:.1f}" '
        f'stroke-width="{thickness:.1f}"/>'
        f'<path class="{kind} head" d="M{tip[0]:.1f},{tip[1]:.1f}L{wings[0][0]:.1f},{wings[0][1]:.1f}'
        f'L{wings[1][0]:.1f},{wings[1][1]:.1f}Z"/>'
    )


def _legend(most: float, thickest: float, width: int, height: float) -> list[str]:
    """Two widths with their tonnes, in the empty corner south of Africa."""
    size = 12.0 if width > 500 else 10.5
    largest = 10.0 ** math.floor(math.log10(most)) if most > 0 else 1.0
    largest *= next(f for f in (5.0, 2.0, 1.0) if f * largest <= most or f == 1.0)
    parts = []
    y = height - 2 * size - 6
    for tonnes in (largest, largest / 10):
        thickness = max(0.8, thickest * tonnes / most)
        parts.append(
            f'<line class="band" x1="2" x2="30" y1="{y:.1f}" y2="{y:.1f}" stroke-width="{thickness:.1f}"/>'
            f'<text class="legend" x="37" y="{y + size * 0.35:.1f}" font-size="{size:g}">'
            f"{tonnes_words(tonnes)}/yr</text>"
        )
        y += size + 7
    return parts


def _labels(supply: SupplyMap, at: dict[str, Point], width: int, height: float) -> list[str]:
    weight = dict.fromkeys(at, 0.0)
    for arrow in supply.arrows:
        weight[arrow.origin] += arrow.tonnes
        weight[arrow.destination] += arrow.tonnes
    size = 12.0 if width > 500 else 10.5
    taken: list[tuple[float, float, float, float]] = [(x - 3, y - 3, x + 3, y + 3) for x, y in at.values()]
    names: dict[str, Place] = {p.code: p for p in supply.places}
    drawn = []
    for code in sorted(at, key=lambda c: (-weight[c], c)):
        x, y = at[code]
        wide = CHARACTER * size * len(names[code].name)
        choices = (
            (x + 6, y + size * 0.35, "start", x + 6),
            (x - 6, y + size * 0.35, "end", x - 6 - wide),
            (x, y - 7, "middle", x - wide / 2),
            (x, y + size + 4, "middle", x - wide / 2),
            (x + 5, y + size + 2, "start", x + 5),
            (x + 5, y - 6, "start", x + 5),
            (x - 5, y + size + 2, "end", x - 5 - wide),
            (x - 5, y - 6, "end", x - 5 - wide),
        )
        for tx, ty, anchor, left in choices:
            box = (left, ty - size * 0.85, left + wide, ty + size * 0.25)
            inside = box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= height
            own = (x - 3, y - 3, x + 3, y + 3)
            if inside and not any(_overlap(box, other) for other in taken if other != own):
                taken.append(box)
                drawn.append(
                    f'<text class="name" x="{tx:.1f}" y="{ty:.1f}" text-anchor="{anchor}" '
                    f'font-size="{size:g}">{escape(names[code].name)}</text>'
                )
                break
    return drawn


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@cache
def _rings() -> tuple[tuple[Point, ...], ...]:
    rings: dict[str, list[Point]] = {}
    table = Path(__file__).parent / "data" / "coastline.csv"
    for row in table.read_text(encoding="utf-8").splitlines():
        if row.startswith(("#", "ring")):
            continue
        ring, longitude, latitude = row.split(",")
        rings.setdefault(ring, []).append((float(longitude), float(latitude)))
    return tuple(tuple(points) for points in rings.values())


def _cut(ring: tuple[Point, ...]) -> list[list[Point]]:
    """A ring in longitudes from the centre, cut at the edges of the map and at its top and bottom."""
    turned: list[Point] = []
    previous = (ring[0][0] - CENTRE + 180.0) % 360.0 - 180.0
    for longitude, latitude in ring:
        step = longitude - CENTRE
        step += 360.0 * round((previous - step) / 360.0)
        turned.append((step, latitude))
        previous = step
    parts = []
    for shift in (-360.0, 0.0, 360.0):
        part = [(x + shift, y) for x, y in turned]
        for axis, limit, keep_above in (
            (0, -180.0, True),
            (0, 180.0, False),
            (1, SOUTH, True),
            (1, NORTH, False),
        ):
            part = _half_plane(part, axis, limit, keep_above)
        if len(part) > 2:
            parts.append(part)
    return parts


def _half_plane(points: list[Point], axis: int, limit: float, keep_above: bool) -> list[Point]:
    """The part of a polygon on one side of a line (Sutherland and Hodgman, 1974)."""
    kept: list[Point] = []
    for n, point in enumerate(points):
        before = points[n - 1]
        here = point[axis] >= limit if keep_above else point[axis] <= limit
        there = before[axis] >= limit if keep_above else before[axis] <= limit
        if here != there:
            share = (limit - before[axis]) / (point[axis] - before[axis])
            kept.append(
                (before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1]))
            )
        if here:
            kept.append(point)
    return kept

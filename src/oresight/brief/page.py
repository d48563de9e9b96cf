"""One self-contained HTML file: no script, no outside request, everything from text escaped."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from oresight.brief import numerals
from oresight.brief.charts import NARROW, WIDE, claim_chart, comparison_chart
from oresight.brief.content import Brief, Estimate, Reference, SourceText, Words
from oresight.brief.flow_diagram import draw_chain
from oresight.brief.map import draw_map, land_symbol
from oresight.errors import InputError

_TEMPLATES = Path(__file__).parent / "templates"
_COUNTS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the source text: the spans that hold all of it, and those that begin with it."""

    text: str
    spans: tuple[int, ...]
    begins: tuple[int, ...]


def render(brief: Brief) -> str:
    """The page as one string. Needs no network and no fonts beyond the reader's own."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "central": numerals.central,
        "interval": numerals.interval,
        "in_table": numerals.in_table,
        "reported": lambda e: numerals.reported(e.central, e.unit),
        "kind_of": _kind_of,
        "web": _web_address,
        "plain": plain,
        "tied": numerals.tied,
        "four": _four,
    }
    scenarios = [column.name for column in brief.scenarios]

    def both(wide: str, narrow: str) -> Markup:
        return Markup(f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>')

    charts = {
        c.key: both(comparison_chart(c, scenarios, WIDE), comparison_chart(c, scenarios, NARROW))
        for c in brief.comparisons
        if c.chart and any(line.charted for line in c.lines)
    }
    claims = {
        n: both(claim_chart(c, WIDE), claim_chart(c, NARROW))
        for n, c in enumerate(brief.claims)
        if c.chart_title and c.rows
    }
    return environment.get_template("page.html.j2").render(
        brief=brief,
        style=Markup((_TEMPLATES.parent / "style.css").read_text(encoding="utf-8")),
        columns=scenarios,
        charts=charts,
        claim_charts=claims,
        land=Markup(land_symbol()) if brief.maps else "",
        count=_COUNTS.get(len(scenarios), str(len(scenarios))),
        maps=[(m, both(draw_map(m, WIDE), draw_map(m, NARROW))) for m in brief.maps],
        chain=both(draw_chain(brief.chain, WIDE), draw_chain(brief.chain, NARROW)) if brief.chain else "",
        pieces=list(pieces(brief.source)),
    )


def check_target(path: Path, source: str = "") -> Path:
    """The file that a page written to `path` makes or replaces, links followed.

    `source` is the text that the page is made of (a path, `-` for standard input), which is not to be
    replaced. Raises InputError when the folder is not there or cannot be written to, and for whatever
    is there and is no plain file.
    """

    def refused(why: str) -> InputError:
        return InputError(f"cannot write {path}: {why}")

    try:
        real = path.resolve()
        if not real.parent.is_dir():
            raise refused(f"the folder {path.parent} does not exist; make it or choose another with -o")
        there = real.stat() if os.path.lexists(real) else None
        if there is None:
            longest = os.pathconf(real.parent, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255
            if len(os.fsencode(real.name)) > longest:
                raise refused("the name is too long; choose a shorter one with -o")
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        why = getattr(error, "strerror", None) or "its links run in a circle"
        raise refused(f"{why}; choose another place with -o") from None
    if there is not None:
        if stat.S_ISDIR(there.st_mode):
            raise refused("it is a folder; name a file with -o")
        if not stat.S_ISREG(there.st_mode):
            raise refused("it is no plain file but a device or a pipe; name a file with -o")
        if _is_source(there, source):
            raise refused("it is the text itself; name another file with -o")
    try:
        with tempfile.TemporaryFile(dir=real.parent):
            pass  # the folder can be written to
    except OSError as error:
        raise refused(f"{error.strerror}; choose another place with -o") from None
    if there is not None and not os.access(real, os.W_OK):
        raise refused("it is write-protected; choose another place with -o")
    return real


def _is_source(there: os.stat_result, source: str) -> bool:
    try:
        given = os.fstat(0) if source == "-" else Path(source).stat()
    except OSError:
        return False  # nothing there that could be replaced
    return os.path.samestat(there, given)


def write(brief: Brief, path: Path) -> None:
    """Write the page whole or not at all; a link is followed to the file that it names.

    Raises InputError as `check_target` does, and when the disk is full.
    """
    html = render(brief)
    real = check_target(path)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=real.parent, prefix=".oresight-")
        # Only the name of a file can hold what UTF-8 cannot.
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(html)
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(0o666 & ~mask)
        Path(temporary).replace(real)
    except BaseException as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise InputError(f"cannot write {path}: {error.strerror}; choose another place with -o") from None
        raise


def pieces(source: SourceText) -> Iterator[Piece]:
    """The text cut where a span begins or ends; joined again it is the text, character for character.

    Spans may overlap or hold one another.
    """
    cuts = sorted({0, len(source.text), *(s.start for s in source.spans), *(s.end for s in source.spans)})
    for start, end in pairwise(cuts):
        inside = tuple(s.number for s in source.spans if s.start <= start and end <= s.end)
        begins = tuple(s.number for s in source.spans if s.start == start and s.end > s.start)
        yield Piece(source.text[start:end], inside, begins)


def plain(words: Words) -> str:
    """Words without their links, for a terminal, a title or a description."""
    parts = []
    for word in words:
        if isinstance(word, Estimate):
            parts.append(numerals.shown(word))
        elif isinstance(word, Reference):
            parts.append(word.words)
        else:
            parts.append(word)
    return "".join(parts)


def _kind_of(word: str | Estimate | Reference) -> str:
    return (
        "estimate" if isinstance(word, Estimate) else "reference" if isinstance(word, Reference) else "text"
    )


def _web_address(url: str) -> str:
    """The address when it is one that a reader may follow, else nothing."""
    return url if urlsplit(url).scheme in {"http", "https"} else ""


def _four(value: float | None) -> str:
    """A result to four significant digits, as in the appendix; nothing for None."""
    return "" if value is None else f"{value:,.4g}".replace("-", numerals.MINUS)

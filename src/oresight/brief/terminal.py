"""The few lines that `oresight brief` prints: what matters, a small table, where the page is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oresight.brief.content import Brief, Comparison
from oresight.brief.numerals import NO_BREAK, SPACE, central
from oresight.brief.page import plain

if TYPE_CHECKING:
    from rich.console import Console

_FINDINGS = 6
_LINES = 6


def print_summary(brief: Brief, path: str, console: Console) -> None:
    """Print the summary to `console`; without a terminal it is plain text, at most 100 columns wide.

    `path` is where the page was written, "" when none was.
    """
    from rich.text import Text

    def say(text: str, style: str = "") -> None:
        console.print(Text(_spaced(text), style=style))

    say(brief.title, "bold")
    console.print()
    say(plain(brief.summary))
    console.print()
    for number, finding in enumerate(brief.findings[:_FINDINGS], start=1):
        say(f"{number}. {plain(finding.headline)}")
    if brief.comparisons:
        console.print()
        console.print(_table(brief, brief.comparisons[0]))
    for caution in brief.cautions:
        console.print()
        say(plain(caution), "italic")
    console.print()
    say(f"Run {brief.run.fingerprint[:12]}, {brief.run.draws} draws, seed {brief.run.seed}.")
    if path:
        console.print(Text(f"Brief: {path}"), soft_wrap=True)


def _table(brief: Brief, comparison: Comparison) -> object:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(_spaced(comparison.measure)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    table.add_column(comparison.first)
    for scenario in brief.scenarios:
        table.add_column(scenario.name, justify="right")
    lines = [line for line in comparison.lines if line.charted] or list(comparison.lines)
    for line in lines[:_LINES]:
        cells = ["–" if c is None else central(c) + ("*" if c.within_noise else "") for c in line.cells]
        table.add_row(*(Text(_spaced(c)) for c in (line.label, *cells)))
    if any(c is not None and c.within_noise for line in lines[:_LINES] for c in line.cells):
        table.caption = "* within its noise: the sign is not known"
    return table


def _spaced(text: str) -> str:
    """Plain spaces, which every terminal sets alike."""
    return text.replace(SPACE, " ").replace(NO_BREAK, " ")

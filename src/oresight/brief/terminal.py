"""What commands print for people: the summary of a brief, records, tables. In a pipe, plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oresight.brief.content import Brief, Comparison, Estimate
from oresight.brief.numerals import NO_BREAK, SPACE, central, interval
from oresight.brief.page import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from oresight.impact.rows import Row
    from oresight.market.outcome import Outcome
    from oresight.reader.document import Document

_FINDINGS = 6
_LINES = 6


def print_summary(brief: Brief, path: str, console: Console | None = None) -> None:
    """Print the summary; on a terminal as wide as it is, in a pipe 100 columns of plain text.

    `path` is where the page was written, "" when none was.
    """
    from rich.text import Text

    console = console or _console()

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


def _table(brief: Brief, comparison: Comparison) -> Table:
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


def print_document(document: Document) -> None:
    """Print the records of a text, each with the words that it rests on, and what stayed open."""
    from rich.text import Text

    console = _console()
    when = f", published {document.published}" if document.published else ", date of publication not given"
    console.print(Text(f"{document.title}{when}", style="bold"))
    count = len(document.records)
    console.print(Text(f"{count} record{'' if count == 1 else 's'}"))
    for record in document.records:
        who = ", ".join(record.actors) + (" → " + ", ".join(record.targets) if record.targets else "")
        facts = [record.kind.replace("_", " ")]
        if record.subtype and record.subtype != record.kind:
            facts.append(record.subtype.replace("_", " "))
        facts += [who] if who else []
        facts += [", ".join(m.replace("_", " ") for m in record.minerals)] if record.minerals else []
        facts += [f"{record.rate_percent:g} %"] if record.rate_percent is not None else []
        facts += [f"{record.share_percent:g} %"] if record.share_percent is not None else []
        facts += [record.status.replace("_", " ")] if record.status else []
        facts += [record.date] if record.date else []
        console.print()
        console.print(Text(" · ".join(facts)))
        console.print(Text(f"“{' '.join(record.quote.split())}”", style="italic"))
    for note in document.notes:
        console.print()
        console.print(Text(note))


def print_rows(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as a table; columns that are empty throughout are left out."""
    from rich.text import Text

    if not rows:
        _console().print(Text("nothing found"))
        return
    names = [name for name in rows[0] if any(_told(row.get(name)) for row in rows)]
    table = _plain_table()
    for name in names:
        numbers = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if numbers else "left")
    for row in rows:
        table.add_row(*(Text(_told(row.get(name))) for name in names))
    _print_table(table)


def print_outcome(outcome: Outcome, rows: Sequence[Row], most: int = 12) -> None:
    """Print each scenario's status and the `most` buyers' prices that it moves furthest."""
    from rich.text import Text

    console = _console()
    for solution in outcome.solutions:
        name = solution.wedges.name
        console.print(Text(name, style="bold"))
        console.print(Text(f"{solution.status}: {solution.message}"))
        for blocked in solution.wedges.blocked:
            console.print(Text(blocked.sentence))
        for note in solution.wedges.notes:
            console.print(Text(note))
        moved = [r for r in rows if r.scenario == name and r.variable == "buyer_price_change"]
        moved = [r for r in moved if r.central is not None and abs(r.central) >= 0.05]
        moved.sort(key=lambda r: (-abs(r.central or 0.0), r.commodity or "", r.destination or ""))
        if moved:
            table = _plain_table()
            table.add_column("buyer price change")
            table.add_column("buyer")
            table.add_column("central", justify="right")
            table.add_column("90 % interval", justify="right")
            for row in moved[:most]:
                estimate = Estimate(row.central or 0.0, "%", row.low, row.high, change=True)
                words = (row.commodity or "", row.destination or "", central(estimate), interval(estimate))
                table.add_row(*(Text(_spaced(w)) for w in words))
            _print_table(table)
            if len(moved) > most:
                console.print(Text(f"and {len(moved) - most} smaller ones; --json has them all"))
        else:
            console.print(Text("No buyer's price moves by 0.1 % or more."))
        console.print()


def _console(width: int | None = None) -> Console:
    import sys

    from rich.console import Console

    if not sys.stdout.isatty():
        return Console(width=width or 100, highlight=False)
    return Console(highlight=False)


def _plain_table() -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False)


def _print_table(table: Table) -> None:
    """Print; in a pipe as wide as the table needs, so that nothing is folded or cut."""
    from rich.measure import Measurement

    measuring = _console(width=100_000)
    natural = Measurement.get(measuring, measuring.options.update(max_width=100_000), table).maximum
    _console(width=max(natural, 20)).print(table)


def _told(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, list | tuple):
        return ", ".join(_told(v) for v in value)
    return " ".join(str(value).split())


def _spaced(text: str) -> str:
    """Plain spaces, which every terminal sets alike."""
    return text.replace(SPACE, " ").replace(NO_BREAK, " ")

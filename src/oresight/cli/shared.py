"""What the commands share: the apps, options that all take, and how they print, solve and refuse."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oresight.errors import InputError

if TYPE_CHECKING:
    from oresight.market.outcome import Outcome
    from oresight.policy.records import Scenario
    from oresight.policy.wedges import Wedges
    from oresight.world.model import World

app = typer.Typer(
    name="oresight",
    help="What governments say about critical minerals, and what it does to supply.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
world_app = typer.Typer(help="Build and check a baseline.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(world_app, name="world")


def not_blank(value: str | None) -> str | None:
    """Refuse an option that is there and empty, which would read as one that is not there."""
    if value is not None and not value.strip():
        raise typer.BadParameter("it is empty; give a value or leave the option out")
    return value


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
WorldDir = Annotated[
    str | None,
    typer.Option("--world", metavar="DIR", callback=not_blank, help="Another baseline than the bundled one."),
]
Draws = Annotated[
    int, typer.Option(min=0, max=100_000, help="Draws over the assumptions; 0 is the central case only.")
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The day whose law is in force.")]
KnownBy = Annotated[
    str | None, typer.Option("--known-by", metavar="DATE", help="Know nothing published after this day.")
]
Published = Annotated[
    str | None, typer.Option(metavar="DATE", help="The day the text appeared: resolves 'on Sunday'.")
]
Economy = Annotated[str | None, typer.Option(metavar="ISO3", callback=not_blank, help="Only this economy.")]

Risks = Annotated[
    str | None,
    typer.Option(
        "--risks",
        metavar="RISKS.csv",
        callback=not_blank,
        help="Another register of risks than the bundled one.",
    ),
]


def say(line: str) -> None:
    """Tell the user something that is not a result; when standard error cannot take it, nothing is lost."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)


def print_json(data: object) -> None:
    """Print one JSON object on standard output, whole or not at all; what is not finite becomes null."""
    import json

    sys.stdout.write(json.dumps(_finite(data), ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def _finite(data: Any) -> Any:
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return data


def as_text(path: str) -> str:
    """A file's name as text; bytes in it that are none are written with backslashes."""
    return path.encode("utf-8", "backslashreplace").decode()


def day(value: str | None, option: str) -> str | None:
    """A date option as an ISO day, or an InputError."""
    from oresight.policy.ledger import asked_day

    return None if value is None else asked_day(value, option)


def start_of(as_of: str | None, known_by: str | None) -> Scenario:
    """What stands on the day of `--as-of` as known by `--known-by`; the bare baseline without either."""
    from oresight.policy.constructors import status_quo

    return dated(status_quo(), as_of, known_by)


def dated(scenario: Scenario, as_of: str | None, known_by: str | None) -> Scenario:
    """A scenario that starts from the ledger of `--as-of` as known by `--known-by`, where they are given.

    Raises InputError for a `--known-by` without a day whose law is read.
    """
    import dataclasses

    asked, known = day(as_of, "--as-of"), day(known_by, "--known-by")
    if asked is not None:
        kept = scenario.known_by if scenario.known_by != scenario.as_of else ""
        scenario = dataclasses.replace(scenario, base="ledger", as_of=asked, known_by=kept or asked)
    if known is not None:
        if not scenario.as_of:
            raise InputError("--known-by needs --as-of, the day the ledger is read for")
        scenario = dataclasses.replace(scenario, known_by=known)
    return scenario


def today() -> str:
    """Today as an ISO day."""
    import datetime

    return datetime.date.today().isoformat()


def world_at(directory: str | None) -> World:
    """The bundled baseline, or the one in a directory."""
    from oresight.world.model import World

    return World.load(directory)


def bar(what: str) -> Callable[[int, int], None]:
    """A progress line on a terminal, nothing in a pipe; called with (done, total)."""
    shown, last = sys.stderr.isatty(), -1

    def progress(done: int, of: int) -> None:
        nonlocal last
        percent = 100 if done >= of else 100 * done // of
        if shown and percent > last:
            last = percent
            sys.stderr.write(f"\r{what} {percent} %" + ("\n" if percent == 100 else ""))
            sys.stderr.flush()

    return progress


def solve_quietly(world: World, wedges: list[Wedges], draws: int, seed: int) -> Outcome:
    """Solve a batch of a larger job, which shows its own progress; say when the engine must be compiled."""
    from oresight.market.solve import compiled
    from oresight.market.solve import solve as solve_batch

    if not compiled():
        say("Compiling the market engine (once per installation, about half a minute) ...")
    return solve_batch(world, wedges, draws=draws, seed=seed)


def solve(world: World, wedges: list[Wedges], draws: int, seed: int) -> Outcome:
    """Solve with a progress line on a terminal and a word when the engine must be compiled first."""
    from oresight.market.solve import compiled
    from oresight.market.solve import solve as solve_batch

    if not compiled():
        say("Compiling the market engine (once per installation, about half a minute) ...")
    shown = sys.stderr.isatty()

    def progress(done: int, of: int) -> None:
        if shown:
            sys.stderr.write(f"\rSolving {done} of {of}" + ("\n" if done == of else ""))
            sys.stderr.flush()

    return solve_batch(world, wedges, draws=draws, seed=seed, progress=progress)


def show(rows: list[dict[str, Any]], as_json: bool, name: str) -> None:
    """Print rows as JSON under a name, or as a table."""
    if as_json:
        print_json({name: rows})
        return
    from oresight.brief.terminal import print_rows

    print_rows([_finite(row) for row in rows])

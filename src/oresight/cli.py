"""The command line: thin commands over the rooms.

Results go to standard output, messages and progress to standard error. Leaves with 0 when done, 2
when the input is wrong (one line), 3 when some scenario's market could not be solved, 1 when the
fault is ours. Rooms are imported inside commands, so that `oresight --help` is quick.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oresight import __version__
from oresight.errors import InputError

if TYPE_CHECKING:
    from oresight.market.outcome import Outcome
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

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
WorldDir = Annotated[
    str | None, typer.Option("--world", metavar="DIR", help="Another baseline than the bundled one.")
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
Economy = Annotated[str | None, typer.Option(metavar="ISO3", help="Only this economy.")]

Risks = Annotated[
    str | None,
    typer.Option("--risks", metavar="RISKS.csv", help="Another register of risks than the bundled one."),
]


def main() -> None:
    """Run the command line and turn errors into a line and an exit code."""
    try:
        code = app(standalone_mode=False)
    except InputError as error:
        _say(f"oresight: {error}")
        code = 2
    except typer.Abort:
        code = 130
    except typer.TyperException as error:
        message = getattr(error, "message", None) or (
            error.format_message() if hasattr(error, "format_message") else str(error)
        )
        if message:
            _say(f"oresight: {' '.join(str(message).split())}")
        code = 2
    except BrokenPipeError:
        # The reader of our output has left (`| head`); Python would complain again while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code or 0)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _print_json(data: object) -> None:
    import json

    json.dump(data, sys.stdout, ensure_ascii=False, allow_nan=False, indent=1)
    sys.stdout.write("\n")


def _day(value: str | None, option: str) -> str | None:
    """A date option as an ISO day, or an InputError."""
    import datetime

    if value is None:
        return None
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        raise InputError(f"{option}: {value!r} is no date; write it as 2025-10-26") from None


def _today() -> str:
    import datetime

    return datetime.date.today().isoformat()


def _world(directory: str | None) -> World:
    from oresight.world.model import World

    return World.load(directory)


def _solve(world: World, wedges: list[Wedges], draws: int, seed: int) -> Outcome:
    """Solve with a progress line on a terminal and a word when the engine must be compiled first."""
    from oresight.market.solve import compiled, solve

    if not compiled():
        _say("Compiling the market engine (once per installation, about half a minute) ...")
    shown = sys.stderr.isatty()

    def progress(done: int, of: int) -> None:
        if shown:
            sys.stderr.write(f"\rSolving {done} of {of}" + ("\n" if done == of else ""))
            sys.stderr.flush()

    return solve(world, wedges, draws=draws, seed=seed, progress=progress)


def _version(value: bool) -> None:
    if value:
        print(f"oresight {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What governments say about critical minerals, and what it does to supply."""


@app.command()
def brief(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text file, or - for standard input.")],
    published: Published = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="FILE.html", help="Where the brief goes.")
    ] = None,
    buyer: Annotated[
        str, typer.Option(metavar="ISO3", help="The economy whose supply the brief is about.")
    ] = "USA",
    draws: Draws = 200,
    seed: Seed = 0,
    world: WorldDir = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    as_json: Json = False,
) -> None:
    """Read a text and write a brief: one HTML file, and the summary on standard output."""
    from oresight.brief.make import make_brief

    result = make_brief(
        text,
        world=_world(world),
        published=_day(published, "--published"),
        as_of=_day(as_of, "--as-of"),
        known_by=_day(known_by, "--known-by"),
        buyer=buyer,
        draws=draws,
        seed=seed,
        solve=_solve,
        say=_say,
    )
    target = Path(out) if out else Path("brief.html" if text == "-" else Path(text).with_suffix(".html").name)
    if not as_json or out:
        result.write(target)
    if as_json:
        _print_json(result.to_json())
    else:
        result.print_summary(target)
    raise typer.Exit(result.exit_code)


@app.command()
def read(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text file, or - for standard input.")],
    published: Published = None,
    as_json: Json = False,
) -> None:
    """Print the records of a text: who did, promised or threatened what, with the words."""
    from oresight.reader.read import read_file

    document = read_file(text, published=_day(published, "--published"))
    if as_json:
        _print_json(document.to_json())
        return
    from oresight.brief.terminal import print_document

    print_document(document)


@app.command()
def facts(
    commodity: Annotated[
        str | None, typer.Argument(metavar="COMMODITY", help="A commodity, a mineral or a group.")
    ] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="STAGE", help="mining, separation, refining, magnet.")
    ] = None,
    economy: Economy = None,
    sources: Annotated[bool, typer.Option("--sources", help="Print the sources and their credits.")] = False,
    world: WorldDir = None,
    as_json: Json = False,
) -> None:
    """Print figures with unit, year, kind and source."""
    from oresight.world.facts import fact_rows, source_rows

    baseline = _world(world)
    if sources:
        rows = source_rows(baseline)
    elif commodity is None:
        raise InputError("facts: name a commodity, such as 'dysprosium oxide', or ask for --sources")
    else:
        rows = fact_rows(baseline, commodity, stage=stage, economy=economy)
    _show(rows, as_json, "facts")


def _show(rows: list[dict[str, Any]], as_json: bool, name: str) -> None:
    if as_json:
        _print_json({name: rows})
        return
    from oresight.brief.terminal import print_rows

    print_rows(rows)


@app.command()
def ledger(
    imposer: Annotated[str | None, typer.Option(metavar="ISO3", help="Who imposes or promises.")] = None,
    target: Annotated[str | None, typer.Option(metavar="ISO3", help="Against or for whom.")] = None,
    commodity: Annotated[
        str | None, typer.Option(metavar="C", help="A commodity, a mineral or a group.")
    ] = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    world: WorldDir = None,
    as_json: Json = False,
) -> None:
    """Print measures, agreements and provisions, with state and dates."""
    from oresight.policy.ledger import load_ledger
    from oresight.policy.listing import ledger_rows

    day = _day(as_of, "--as-of") or _today()
    rows = ledger_rows(
        load_ledger(),
        _world(world),
        as_of=day,
        known_by=_day(known_by, "--known-by") or day,
        imposer=imposer or "",
        target=target or "",
        commodity=commodity or "",
    )
    _show(rows, as_json, "ledger")


@app.command()
def tariff(
    origin: Annotated[str, typer.Option("--from", metavar="ISO3", help="Where the goods are made.")],
    destination: Annotated[str, typer.Option("--to", metavar="ISO3", help="Who imports them.")],
    commodity: Annotated[str, typer.Option(metavar="C", help="A commodity, a mineral or a group.")],
    as_of: AsOf = None,
    known_by: KnownBy = None,
    world: WorldDir = None,
    as_json: Json = False,
) -> None:
    """Print the stacked duty: total and parts."""
    from oresight.policy.duties import duties, duties_json, duty_rows
    from oresight.policy.ledger import load_ledger

    day = _day(as_of, "--as-of") or _today()
    known = _day(known_by, "--known-by") or day
    found = duties(load_ledger(), _world(world), origin, destination, commodity, day, known)
    if as_json:
        _print_json(duties_json(found))
    else:
        _show(duty_rows(found), False, "tariff")


@app.command()
def simulate(
    scenarios: Annotated[list[str], typer.Argument(metavar="SCENARIO.yaml ...", help="Scenario files.")],
    draws: Draws = 100,
    seed: Seed = 0,
    world: WorldDir = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    as_json: Json = False,
) -> None:
    """Solve scenarios against the baseline."""
    import dataclasses
    import hashlib

    from oresight.brief.numbers import solution_json
    from oresight.impact.run_record import run_record
    from oresight.impact.table import rows as all_rows
    from oresight.policy.compile import to_wedges
    from oresight.policy.ledger import load_ledger
    from oresight.policy.scenario import load_scenario

    baseline, law = _world(world), load_ledger()
    loaded = []
    for path in scenarios:
        scenario = load_scenario(path, baseline)
        if as_of is not None:
            scenario = dataclasses.replace(scenario, base="ledger", as_of=_day(as_of, "--as-of") or "")
        if known_by is not None:
            scenario = dataclasses.replace(scenario, known_by=_day(known_by, "--known-by") or "")
        loaded.append(scenario)
    names = [scenario.name for scenario in loaded]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"simulate: two scenarios are called {name!r}; give each its own name")
    outcome = _solve(baseline, [to_wedges(s, baseline, law) for s in loaded], draws, seed)
    origins = tuple(dict.fromkeys(m.imposer for s in loaded for m in s.measures)) or ("CHN",)
    results = all_rows(outcome, chains=tuple(o for o in origins if o in baseline.economy_index))
    if as_json:
        inputs = {path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in scenarios}
        _print_json(
            {
                "scenarios": [solution_json(solution) for solution in outcome.solutions],
                "results": [row.to_json() for row in results],
                "run": run_record(outcome, inputs, law.fingerprint, results),
            }
        )
    else:
        from oresight.brief.terminal import print_outcome

        print_outcome(outcome, results)
    if any("failed" in solution.draw_status for solution in outcome.solutions):
        raise typer.Exit(3)


@app.command()
def value(
    text: Annotated[
        str, typer.Argument(metavar="TEXT-or-SCENARIO", help="A text, - or a scenario file (.yaml).")
    ],
    published: Published = None,
    beneficiary: Annotated[
        str, typer.Option(metavar="ISO3", help="The economy whose loss is counted.")
    ] = "USA",
    risks: Risks = None,
    draws: Draws = 100,
    seed: Seed = 0,
    world: WorldDir = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    as_json: Json = False,
) -> None:
    """Say what each provision of a deal is worth: the expected yearly loss that it avoids."""
    import dataclasses

    from oresight.deal import tables
    from oresight.deal.register import load_risks
    from oresight.deal.value import value as worth
    from oresight.policy.constructors import status_quo
    from oresight.policy.ledger import load_ledger

    baseline = _world(world)
    start = status_quo(_day(as_of, "--as-of") or "", _day(known_by, "--known-by") or "")
    if Path(text).suffix in (".yaml", ".yml"):
        from oresight.policy.scenario import load_scenario

        scenario = load_scenario(text, baseline)
        provisions = scenario.provisions
        # What the file adds beside promises is the background that risks come on.
        start = dataclasses.replace(scenario, provisions=()) if as_of is None else start
    else:
        from oresight.reader.read import read_file
        from oresight.reader.to_policy import to_policy

        provisions = to_policy(read_file(text, published=_day(published, "--published")), baseline).provisions
    register = load_risks(baseline, risks)
    result = worth(
        baseline, load_ledger(), provisions, register, beneficiary, draws, seed, solve=_solve, start=start
    )
    if as_json:
        _print_json(tables.value_json(result))
    else:
        _show(tables.value_rows(result), False, "value")
    if result.failed:
        raise typer.Exit(3)


@app.command()
def leverage(
    side: Annotated[str, typer.Option("--side", metavar="ISO3", help="Whose leverage is asked about.")],
    other: Annotated[str, typer.Option("--other", metavar="ISO3", help="The economy it faces.")],
    scenario: Annotated[
        str | None, typer.Argument(metavar="SCENARIO.yaml", help="Measures to add to those of the ledger.")
    ] = None,
    draws: Draws = 50,
    seed: Seed = 0,
    world: WorldDir = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    as_json: Json = False,
) -> None:
    """Say who can hurt whom, at what own cost, which threats are credible, and what they bargain to."""
    from oresight.deal import tables
    from oresight.deal.leverage import leverage as lever
    from oresight.policy.ledger import load_ledger
    from oresight.policy.scenario import load_scenario

    baseline = _world(world)
    result = lever(
        baseline,
        load_ledger(),
        side,
        other,
        None if scenario is None else load_scenario(scenario, baseline),
        as_of=_day(as_of, "--as-of") or "",
        known_by=_day(known_by, "--known-by") or "",
        draws=draws,
        seed=seed,
        solve=_solve,
    )
    if as_json:
        _print_json(tables.leverage_json(result))
    else:
        for rows in (tables.leverage_rows(result), tables.matrix_rows(result), tables.bargain_rows(result)):
            _show(rows, False, "leverage")
        for line in (*result.notes, *result.left_out, *result.failed):
            print(f"- {line}")
    if result.failed:
        raise typer.Exit(3)


@app.command()
def rank(
    buyer: Annotated[str, typer.Option("--buyer", metavar="ISO3", help="The economy that buys.")],
    risks: Risks = None,
    draws: Draws = 100,
    seed: Seed = 0,
    world: WorldDir = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    as_json: Json = False,
) -> None:
    """Rank commodities by the yearly loss that a buyer should expect over the register of risks."""
    from oresight.deal import tables
    from oresight.deal.rank import rank as ranked
    from oresight.deal.register import load_risks
    from oresight.policy.constructors import status_quo
    from oresight.policy.ledger import load_ledger

    baseline = _world(world)
    start = status_quo(_day(as_of, "--as-of") or "", _day(known_by, "--known-by") or "")
    register = load_risks(baseline, risks)
    result = ranked(baseline, load_ledger(), buyer, register, draws, seed, solve=_solve, start=start)
    if as_json:
        _print_json(tables.rank_json(result))
    else:
        _show(tables.rank_rows(result), False, "rank")
    if result.failed:
        raise typer.Exit(3)


@app.command()
def reaction(
    prices: Annotated[
        str, typer.Argument(metavar="PRICES.csv", help="Daily prices: a date column, one column per share.")
    ],
    event: Annotated[str, typer.Option("--event", metavar="DATE", help="The day of the news.")],
    market: Annotated[
        str | None, typer.Option("--market", metavar="COLUMN", help="The column of the market index.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Event study: abnormal returns of mining shares around a day."""
    import dataclasses

    from oresight.evidence.event_study import reactions, read_prices

    found = reactions(read_prices(prices), _day(event, "--event") or "", market)
    _show([dataclasses.asdict(reaction) for reaction in found], as_json, "reactions")


@world_app.command("build")
def world_build(
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Where the tables go.")],
    baci: Annotated[
        str | None, typer.Option(metavar="FILE", help="BACI trade, as CSV or gzipped CSV.")
    ] = None,
    census: Annotated[str | None, typer.Option(metavar="FILE", help="US imports by HTS10, as CSV.")] = None,
    usgs: Annotated[str | None, typer.Option(metavar="FILE", help="The USGS data release, as CSV.")] = None,
) -> None:
    """Balance facts and trade evidence into a baseline, with a report of what did not fit."""
    from oresight.world.build import build_world

    for line in build_world(out, baci=baci, census=census, usgs=usgs):
        print(line)


@world_app.command("check")
def world_check(world: WorldDir = None, as_json: Json = False) -> None:
    """Hold the baseline against published shares and totals."""
    from oresight.world.checks import check_rows

    rows = check_rows(_world(world))
    _show(rows, as_json, "checks")
    if any(not row["holds"] for row in rows):
        raise typer.Exit(1)


if __name__ == "__main__":
    main()

"""Commands that look things up: facts, the ledger, duties, the baseline."""

from __future__ import annotations

from typing import Annotated

import typer

from oresight.cli.shared import (
    AsOf,
    Economy,
    Json,
    KnownBy,
    WorldDir,
    app,
    day,
    print_json,
    show,
    today,
    world_app,
    world_at,
)
from oresight.errors import InputError


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

    baseline = world_at(world)
    if sources:
        rows = source_rows(baseline)
    elif commodity is None:
        raise InputError("facts: name a commodity, such as 'dysprosium oxide', or ask for --sources")
    else:
        rows = fact_rows(baseline, commodity, stage=stage, economy=economy)
    show(rows, as_json, "facts")


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

    when = day(as_of, "--as-of") or today()
    rows = ledger_rows(
        load_ledger(),
        world_at(world),
        as_of=when,
        known_by=day(known_by, "--known-by") or when,
        imposer=imposer or "",
        target=target or "",
        commodity=commodity or "",
    )
    show(rows, as_json, "ledger")


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

    when = day(as_of, "--as-of") or today()
    known = day(known_by, "--known-by") or when
    found = duties(load_ledger(), world_at(world), origin, destination, commodity, when, known)
    if as_json:
        print_json(duties_json(found))
    else:
        show(duty_rows(found), False, "tariff")


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

    rows = check_rows(world_at(world))
    show(rows, as_json, "checks")
    if any(not row["holds"] for row in rows):
        raise typer.Exit(1)

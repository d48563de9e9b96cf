"""Commands that look things up: facts and the baseline."""

from __future__ import annotations

from typing import Annotated

import typer

from oresight.cli.shared import (
    Economy,
    Json,
    WorldDir,
    app,
    show,
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

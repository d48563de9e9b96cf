"""Commands on the past: how right the model was, how markets moved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from oresight.cli.shared import (
    Draws,
    Json,
    Seed,
    WorldDir,
    app,
    as_text,
    day,
    print_json,
    say,
    show,
    solve,
    world_at,
)


@app.command()
def hindcast(
    episodes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[EPISODE.yaml ...]", help="Episode files; the bundled ones by default."),
    ] = None,
    draws: Draws = 200,
    seed: Seed = 0,
    world: WorldDir = None,
    as_json: Json = False,
) -> None:
    """Hold past episodes against what the model would have said."""
    from oresight.evidence.episodes import bundled, load_episodes
    from oresight.evidence.hindcast import hindcast as replay
    from oresight.evidence.hindcast import hindcast_json, printed_rows
    from oresight.impact.run_record import record_of
    from oresight.policy.ledger import load_ledger

    baseline, law = world_at(world), load_ledger()
    replayed = replay(load_episodes(episodes or (), baseline, law), baseline, law, draws, seed, solve=solve)
    told = hindcast_json(replayed)
    if as_json:
        names = [as_text(Path(name).name) for name in episodes or bundled()]
        inputs = {name: one.episode.sha256 for name, one in zip(names, replayed, strict=True)}
        told["run"] = record_of(baseline, law.fingerprint, inputs, draws, seed, told["rows"])
        print_json(told)
    else:
        for one in replayed:
            say(f"{one.episode.id}: {one.solution.message}")
            for line in (*one.caveats, *one.solution.wedges.notes):
                say(f"  {line}")
        show(printed_rows(replayed), False, "hindcast")
        summary: Any = told["summary"]
        if summary["coverage_percent"] is not None:
            print(
                f"{summary['inside']} of {summary['predicted']} observations in the 90 % interval; "
                f"direction right in {summary['direction_right']} of {summary['direction_of']}"
            )
    if any("failed" in one.solution.draw_status for one in replayed):
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

    found = reactions(read_prices(prices), day(event, "--event") or "", market)
    show([dataclasses.asdict(reaction) for reaction in found], as_json, "reactions")

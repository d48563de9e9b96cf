"""Commands on a text: the brief, the records, what a deal is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from oresight.cli.shared import (
    AsOf,
    Draws,
    Json,
    KnownBy,
    Published,
    Risks,
    Seed,
    WorldDir,
    app,
    as_text,
    bar,
    dated,
    day,
    not_blank,
    print_json,
    say,
    show,
    solve,
    solve_quietly,
    start_of,
    world_at,
)


@app.command()
def brief(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text file, or - for standard input.")],
    published: Published = None,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", metavar="FILE.html", callback=not_blank, help="Where the brief goes."),
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
    from oresight.brief.page import check_target

    named = Path(text).name if text != "-" else ""
    target = Path(out) if out else Path(Path(named).with_suffix(".html") if named else "brief.html")
    writes = not as_json or out is not None
    if writes:
        check_target(target, text)
    result = make_brief(
        text,
        world=world_at(world),
        published=day(published, "--published"),
        as_of=day(as_of, "--as-of"),
        known_by=day(known_by, "--known-by"),
        buyer=buyer,
        draws=draws,
        seed=seed,
        solve=solve,
        say=say,
    )
    if writes:
        result.write(target)
    if as_json:
        print_json(result.to_json())
    else:
        result.print_summary(target)
    raise typer.Exit(result.exit_code)


@app.command()
def read(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text file, or - for standard input.")],
    published: Published = None,
    known_by: KnownBy = None,
    world: WorldDir = None,
    as_json: Json = False,
) -> None:
    """Print the records of a text: who did, promised or threatened what, and what became of it since."""
    import dataclasses

    from oresight.reader.read import read_file

    document = read_file(text, published=day(published, "--published"))
    known = day(known_by, "--known-by")
    fates = []
    if known is not None:
        from oresight.policy.ledger import load_ledger
        from oresight.reader.aftermath import aftermath
        from oresight.reader.to_policy import to_policy

        baseline = world_at(world)
        fates = list(aftermath(to_policy(document, baseline), load_ledger(), baseline, known_by=known))
    if as_json:
        told = {"aftermath": [dataclasses.asdict(fate) for fate in fates]} if known is not None else {}
        print_json({**document.to_json(), **told})
        return
    from oresight.brief.terminal import print_document

    print_document(document)
    if known is not None:
        print(f"\nWhat became of it, as known by {known}:")
    for fate in fates:
        source = f" [{fate.source}]" if fate.source else ""
        print(f"- {fate.verdict}: {fate.sentence}{source}")


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
    from oresight.deal.record import table_hashes, with_record
    from oresight.deal.register import load_risks
    from oresight.deal.value import value as worth
    from oresight.policy.ledger import load_ledger

    baseline, law = world_at(world), load_ledger()
    if Path(text).suffix in (".yaml", ".yml"):
        from oresight.policy.scenario import read_scenario

        scenario, sha = read_scenario(text, baseline)
        provisions, measures = scenario.provisions, scenario.measures
        # What the file adds beside promises is the background that risks come on.
        start = dataclasses.replace(dated(scenario, as_of, known_by), provisions=())
    else:
        start = start_of(as_of, known_by)
        from oresight.reader.read import read_file
        from oresight.reader.to_policy import to_policy

        document = read_file(text, published=day(published, "--published"))
        reading = to_policy(document, baseline)
        provisions, measures, sha = reading.provisions, reading.measures, document.sha256
    register = load_risks(baseline, risks)
    result = worth(
        baseline,
        law,
        provisions,
        register,
        beneficiary,
        draws,
        seed,
        solve=solve_quietly,
        start=start,
        measures=measures,
        progress=bar("Valuing"),
    )
    if as_json:
        print_json(
            with_record(tables.value_json(result), baseline, law, {as_text(text): sha, **table_hashes(risks)})
        )
    else:
        show(tables.value_rows(result), False, "value")
        show(tables.sweep_rows(result), False, "value")
    if result.failed:
        raise typer.Exit(3)

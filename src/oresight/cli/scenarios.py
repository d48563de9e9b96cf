"""Commands that solve scenarios: simulate, outlook, rank, leverage."""

from __future__ import annotations

from typing import Annotated

import typer

from oresight.cli.shared import (
    AsOf,
    Draws,
    Json,
    KnownBy,
    Risks,
    Seed,
    WorldDir,
    app,
    as_text,
    bar,
    dated,
    day,
    print_json,
    say,
    show,
    solve,
    solve_quietly,
    start_of,
    world_at,
)
from oresight.errors import InputError, shown


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
    from oresight.impact.head import scenario_head
    from oresight.impact.run_record import run_record
    from oresight.impact.table import rows as all_rows
    from oresight.policy.compile import to_wedges
    from oresight.policy.ledger import load_ledger
    from oresight.policy.scenario import read_scenario

    baseline, law = world_at(world), load_ledger()
    loaded, inputs = [], {}
    for path in scenarios:
        scenario, inputs[as_text(path)] = read_scenario(path, baseline)
        loaded.append(dated(scenario, as_of, known_by))
    names = [scenario.name for scenario in loaded]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"simulate: two scenarios are called {shown(name)}; give each its own name")
    outcome = solve(baseline, [to_wedges(s, baseline, law) for s in loaded], draws, seed)
    origins = tuple(dict.fromkeys(m.imposer for s in loaded for m in s.measures)) or ("CHN",)
    results = all_rows(outcome, chains=tuple(o for o in origins if o in baseline.economy_index))
    if as_json:
        print_json(
            {
                "scenarios": [scenario_head(solution) for solution in outcome.solutions],
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
def outlook(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO.yaml", help="A scenario file.")],
    until: Annotated[int, typer.Option("--until", metavar="YEAR", help="The last year.")],
    buyer: Annotated[
        str, typer.Option(metavar="ISO3", help="Whose supply the printed table is about.")
    ] = "USA",
    draws: Draws = 50,
    seed: Seed = 0,
    world: WorldDir = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    as_json: Json = False,
) -> None:
    """Follow a scenario year by year: what opens, what adjusts, stocks that run down."""
    from oresight.errors import unknown
    from oresight.impact.run_record import record_of
    from oresight.impact.years import outlook_json, print_table
    from oresight.outlook.path import path
    from oresight.outlook.projects import bring_forward, load_projects
    from oresight.policy.compile import to_wedges
    from oresight.policy.ledger import load_ledger
    from oresight.policy.scenario import read_scenario

    baseline, law = world_at(world), load_ledger()
    if buyer not in baseline.economy_index:
        raise unknown("economy", buyer, baseline.economy_index, "--buyer")
    plan, sha256 = read_scenario(scenario, baseline)
    plan = dated(plan, as_of, known_by)
    projects, notes = bring_forward(load_projects(), plan.measures)
    years = path(baseline, [to_wedges(plan, baseline, law)], until, projects, draws, seed, solve=solve)
    told = outlook_json(years)
    if as_json:
        told["notes"] = list(notes)
        told["run"] = record_of(
            baseline, law.fingerprint, {as_text(scenario): sha256}, draws, seed, told["results"]
        )
        print_json(told)
    else:
        for note in (*notes, *(str(line) for line in told["left_out"])):  # type: ignore[attr-defined]
            say(note)
        show(print_table(years, buyer), False, "outlook")
    if any("failed" in s.draw_status for year in years for s in year.outcome.solutions):
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
    from oresight.deal.record import table_hashes, with_record
    from oresight.deal.register import load_risks
    from oresight.policy.ledger import load_ledger

    baseline = world_at(world)
    start = start_of(as_of, known_by)
    register, law = load_risks(baseline, risks), load_ledger()
    result = ranked(
        baseline,
        law,
        buyer,
        register,
        draws,
        seed,
        solve=solve_quietly,
        start=start,
        progress=bar("Ranking"),
    )
    if as_json:
        print_json(with_record(tables.rank_json(result), baseline, law, table_hashes(risks)))
    else:
        show(tables.rank_rows(result), False, "rank")
    if result.failed:
        raise typer.Exit(3)


@app.command()
def leverage(
    scenario: Annotated[
        str | None, typer.Argument(metavar="SCENARIO.yaml", help="Measures to add to those of the ledger.")
    ] = None,
    side: Annotated[
        str | None, typer.Option("--side", metavar="ISO3", help="Whose leverage is asked about.")
    ] = None,
    other: Annotated[
        str | None, typer.Option("--other", metavar="ISO3", help="The economy it faces.")
    ] = None,
    case: Annotated[
        str | None,
        typer.Option("--case", metavar="NAME-or-FILE", help="A ready case, such as october-2025."),
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
    from oresight.deal.cases import load_case
    from oresight.deal.leverage import leverage as lever
    from oresight.deal.leverage import play
    from oresight.deal.record import with_record
    from oresight.impact.run_record import hash_of
    from oresight.policy.ledger import load_ledger
    from oresight.policy.scenario import read_scenario

    baseline, law, files = world_at(world), load_ledger(), {}
    if case is not None:
        if any(given is not None for given in (scenario, side, other, as_of, known_by)):
            raise InputError("leverage: --case names sides, day and measures itself; leave out the others")
        ready = load_case(case, baseline, law)
        files[case] = hash_of(ready.path)
        result = play(ready, baseline, law, draws, seed, solve=solve_quietly, progress=bar("Playing"))
    elif side is None or other is None:
        raise InputError("leverage: give --side and --other, or --case october-2025")
    else:
        added = None
        if scenario is not None:
            added, files[as_text(scenario)] = read_scenario(scenario, baseline)
        result = lever(
            baseline,
            law,
            side,
            other,
            added,
            as_of=day(as_of, "--as-of") or "",
            known_by=day(known_by, "--known-by") or "",
            draws=draws,
            seed=seed,
            solve=solve_quietly,
            progress=bar("Playing"),
        )
    if as_json:
        print_json(with_record(tables.leverage_json(result), baseline, law, files))
    else:
        for rows in (
            tables.leverage_rows(result),
            tables.matrix_rows(result),
            tables.equilibrium_rows(result),
            tables.bargain_rows(result),
            tables.belief_rows(result),
            tables.outside_rows(result),
        ):
            if rows:
                show(rows, False, "leverage")
        for line in (*result.notes, *result.failed):
            print(f"- {line}")
    if result.failed:
        raise typer.Exit(3)

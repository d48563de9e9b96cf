"""Commands on the law: what stood between two economies on a day, and a store of one's own entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oresight.cli.shared import (
    AsOf,
    Json,
    KnownBy,
    Published,
    WorldDir,
    app,
    day,
    not_blank,
    print_json,
    say,
    show,
    today,
    world_at,
)
from oresight.errors import InputError

if TYPE_CHECKING:
    from oresight.policy.own import Own
    from oresight.policy.store import Added

ledger_app = typer.Typer(rich_markup_mode=None)
app.add_typer(ledger_app, name="ledger")

Imposer = Annotated[
    str | None, typer.Option(metavar="ISO3", callback=not_blank, help="Who imposes or promises.")
]
Target = Annotated[str | None, typer.Option(metavar="ISO3", callback=not_blank, help="Against or for whom.")]
Commodity = Annotated[
    str | None, typer.Option(metavar="C", callback=not_blank, help="A commodity, a mineral or a group.")
]
StoreFile = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="FILE", callback=not_blank, help="A store of your own entries (see `ledger add`)."
    ),
]


@ledger_app.callback(invoke_without_command=True)
def ledger(
    context: typer.Context,
    imposer: Imposer = None,
    target: Target = None,
    commodity: Commodity = None,
    as_of: AsOf = None,
    known_by: KnownBy = None,
    store: StoreFile = None,
    world: WorldDir = None,
    as_json: Json = False,
) -> None:
    """Print measures, agreements and provisions, with state and dates; or keep entries of your own."""
    if context.invoked_subcommand is not None:
        if any((imposer, target, commodity, as_of, known_by, store, world, as_json)):
            raise InputError(f"ledger {context.invoked_subcommand}: put its options after its name")
        return
    from oresight.policy.ledger import load_ledger
    from oresight.policy.listing import joined_rows, ledger_rows

    asked = day(as_of, "--as-of") or today()
    known = day(known_by, "--known-by") or asked
    words = (asked, known, imposer or "", target or "", commodity or "")
    if store is None:
        rows = ledger_rows(load_ledger(), world_at(world), *words)
    else:
        rows = joined_rows(load_ledger(), kept(store), world_at(world), *words)
    show(rows, as_json, "ledger")


@ledger_app.command("timeline")
def ledger_timeline(
    imposer: Imposer = None,
    target: Target = None,
    commodity: Commodity = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Leave out what came before.")] = None,
    known_by: KnownBy = None,
    world: WorldDir = None,
    as_json: Json = False,
) -> None:
    """Print status changes as events, with those that only a passed date implies."""
    from oresight.policy.ledger import load_ledger
    from oresight.policy.timeline import timeline_rows

    known = day(known_by, "--known-by") or today()
    words = (day(since, "--since") or "", imposer or "", target or "", commodity or "")
    show(timeline_rows(load_ledger(), world_at(world), known, *words), as_json, "timeline")


@app.command()
def tariff(
    origin: Annotated[str, typer.Option("--from", metavar="ISO3", help="Where the goods are made.")],
    destination: Annotated[str, typer.Option("--to", metavar="ISO3", help="Who imports them.")],
    commodity: Annotated[str, typer.Option(metavar="C", help="A commodity, a mineral or a group.")],
    as_of: AsOf = None,
    known_by: KnownBy = None,
    store: StoreFile = None,
    world: WorldDir = None,
    as_json: Json = False,
) -> None:
    """Print the stacked duty: total and parts."""
    from oresight.policy.duties import duties, duties_json, duty_rows
    from oresight.policy.ledger import load_ledger
    from oresight.policy.repeats import joined

    asked = day(as_of, "--as-of") or today()
    known = day(known_by, "--known-by") or asked
    law = load_ledger() if store is None else joined(load_ledger(), kept(store).ledger)
    found = duties(law, world_at(world), origin, destination, commodity, asked, known)
    if as_json:
        print_json(duties_json(found))
    else:
        show(duty_rows(found), False, "tariff")


@ledger_app.command("add")
def ledger_add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text file, or - for standard input.")],
    published: Published = None,
    store: StoreFile = None,
    world: WorldDir = None,
    as_json: Json = False,
) -> None:
    """Read a text and keep what it says, with its words, in a store of your own."""
    from oresight.policy.store import add
    from oresight.reader.read import read_file
    from oresight.reader.remember import own_of
    from oresight.reader.to_policy import to_policy

    document = read_file(text, published=day(published, "--published"))
    said = own_of(document, to_policy(document, world_at(world)))
    place = _place(store)
    _print_added(add(place, said), place, as_json)


@ledger_app.command("import")
def ledger_import(
    file: Annotated[str, typer.Argument(metavar="FILE.yaml", help="Entries as `export` writes them.")],
    store: StoreFile = None,
    as_json: Json = False,
) -> None:
    """Add the entries of a YAML file to a store of your own; what is there already merges."""
    from oresight.policy.store import import_file

    place = _place(store)
    _print_added(import_file(place, file), place, as_json)


@ledger_app.command("export")
def ledger_export(
    file: Annotated[str, typer.Argument(metavar="FILE.yaml", help="Where the entries go.")],
    store: StoreFile = None,
) -> None:
    """Write the entries of your own store as YAML that `import` reads back."""
    from oresight.policy.store import export_file

    place = _place(store)
    kept(str(place))  # refuse before anything is written
    if Path(file).exists() and Path(file).samefile(place):
        raise InputError(f"{file} is the store itself; name another file")
    own = export_file(place, file)
    say(f"Wrote {len(own.entries)} entries of {len(own.texts)} texts to {file}.")


def kept(store: str) -> Own:
    """What a store holds; InputError when there is none."""
    from oresight.policy.store import load

    if not Path(store).exists():
        raise InputError(f"there is no store {store}; `oresight ledger add` or `import` makes one")
    return load(store)


def _place(store: str | None) -> Path:
    from oresight.policy.store import default_path

    return Path(store) if store is not None else default_path()


def _print_added(added: Added, place: Path, as_json: bool) -> None:
    if as_json:
        import dataclasses

        print_json({"store": str(place), **dataclasses.asdict(added)})
        return
    print(f"{len(added.new)} new entries, {len(added.merged)} merged, {added.texts} new texts in {place}")

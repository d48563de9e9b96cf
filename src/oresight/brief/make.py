"""The main job: a text in, a brief out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from oresight.brief.assemble import assemble
from oresight.brief.content import Brief
from oresight.brief.findings import Findings, Solver, find
from oresight.brief.page import write
from oresight.brief.terminal import print_summary
from oresight.errors import InputError, unknown
from oresight.policy.ledger import Ledger, load_ledger
from oresight.reader.document import Document
from oresight.reader.read import read_file
from oresight.world.model import World

LONGEST_TEXT = 1_000_000  # characters; the page carries the text whole, and no browser likes more


@dataclass(frozen=True, slots=True)
class Made:
    """A finished brief with what it rests on."""

    brief: Brief
    findings: Findings

    @property
    def exit_code(self) -> int:
        """3 when some scenario's market could not be solved, else 0."""
        return 3 if any("failed" in s.draw_status for s in self.findings.outcome.solutions) else 0

    def write(self, path: Path) -> None:
        """Write the page whole, or not at all."""
        write(self.brief, path)

    def print_summary(self, path: Path) -> None:
        """Print what matters, and where the page is."""
        print_summary(self.brief, str(path))

    def to_json(self) -> dict[str, object]:
        """The numbers of the brief as one object."""
        from oresight.brief.numbers import brief_json

        return brief_json(self.findings, self.brief)


def make_brief(
    text: str,
    *,
    world: World,
    published: str | None,
    as_of: str | None,
    known_by: str | None,
    buyer: str,
    draws: int,
    seed: int,
    solve: Solver,
    say: Callable[[str], None],
) -> Made:
    """Read `text` (a path, or `-`), work it out for `buyer` and assemble the brief.

    The law is that of `as_of`, else of the day of publication, else of the last day the bundled
    ledger knows of. Raises InputError, before anything is solved, for a text that cannot be read,
    is too long for a page or names no mineral, and for an economy that the world does not hold.
    """
    if buyer not in world.economy_index:
        raise unknown("economy", buyer, world.economy_index, "--buyer")
    where = "standard input" if text == "-" else text
    document = read_file(text, published=published)
    check_readable(document, where)
    ledger = load_ledger()
    day = as_of or published or last_day(ledger)
    say(f"Read {len(document.records)} records; the law is that of {day}.")
    found = find(
        document,
        world,
        ledger,
        as_of=day,
        known_by=known_by or day,
        buyer=buyer,
        draws=draws,
        seed=seed,
        solve=solve,
    )
    say("Drawing the brief ...")
    options = "".join(
        f" --{name} {value}"
        for name, value in (("published", published), ("as-of", as_of), ("known-by", known_by))
        if value
    )
    name = text if text == "-" else Path(text).name
    command = f"oresight brief {name}{options} --buyer {buyer} --draws {draws} --seed {seed}"
    return Made(assemble(found, command), found)


def check_readable(document: Document, where: str) -> None:
    """Raise InputError for a text that no brief can be made of."""
    if len(document.text) > LONGEST_TEXT:
        raise InputError(
            f"{where}: has {len(document.text):,} characters, a brief takes at most {LONGEST_TEXT:,}; "
            "cut it to the part that matters, or print its records with `oresight read`"
        )
    if any("no mineral" in note for note in document.notes):
        raise InputError(
            f"{where}: names no mineral; a brief needs a text on critical minerals "
            "(`oresight read` prints the records of any text)"
        )


def last_day(ledger: Ledger) -> str:
    """The last day on which the bundled ledger learned something."""
    states = [s for m in ledger.measures for s in m.states] + [s for a in ledger.agreements for s in a.states]
    return max(s.known for s in states)

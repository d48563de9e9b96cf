"""The explorer's page: the form, and below it what a scenario changes. Everything is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from oresight.web.answer import Answer, buyer_lines, losses
from oresight.web.form import DRAWS, INSTRUMENTS, Choice, commodity_words
from oresight.world.model import World

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("explorer.html.j2")


@cache
def _style() -> str:
    return (HERE / "explorer.css").read_text(encoding="utf-8")


def render(
    world: World,
    chosen: Choice,
    nonce: str,
    answer: Answer | None = None,
    error: str = "",
    as_file: str = "",
) -> str:
    """The page as one string.

    nonce: allows the page's own script and style, and no other, under its content security policy.
    as_file: the scenario as a YAML file, to take to the command line.
    """
    names = {e.code: e.name for e in world.economies}
    shown = None
    if answer is not None:
        solution = answer.outcome.solutions[0]
        shown = {
            "name": answer.scenario.name,
            "status": solution.status,
            "message": solution.message,
            "certificate": sorted(solution.certificate.items()),
            "failed": sum(status == "failed" for status in solution.draw_status),
            "blocked": [b.sentence for b in solution.wedges.blocked],
            "notes": list(solution.wedges.notes),
            "lines": buyer_lines(answer, chosen.buyer),
            "losses": losses(answer),
            "draws": answer.outcome.draws,
            "fingerprint": str(answer.json["run"]["fingerprint"]),  # type: ignore[index]
        }
    return _template().render(
        style=_style(),
        nonce=nonce,
        chosen=chosen,
        instruments=list(INSTRUMENTS.values()),
        economies=sorted(names.items(), key=lambda item: item[1]),
        goods=commodity_words(world),
        draws=[str(n) for n in DRAWS],
        buyer=names.get(chosen.buyer, chosen.buyer),
        year=world.year,
        error=error,
        answer=shown,
        as_file=as_file,
    )

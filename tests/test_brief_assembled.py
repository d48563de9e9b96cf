"""The brief on the example text, from the bundled world to the page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from oresight.brief.make import Made, make_brief
from oresight.brief.page import plain, render
from oresight.market.outcome import Outcome
from oresight.market.solve import solve
from oresight.policy.wedges import Wedges
from oresight.world.model import World
from test_brief_page import Outline

EXAMPLE = Path(__file__).parents[1] / "examples" / "asia-deals.txt"


def _solve(world: World, wedges: list[Wedges], draws: int, seed: int) -> Outcome:
    return solve(world, wedges, draws=draws, seed=seed)


def _make(path: Path, draws: int = 8, buyer: str = "USA") -> Made:
    return make_brief(
        str(path),
        world=World.load(),
        published="2025-10-26",
        as_of=None,
        known_by=None,
        buyer=buyer,
        draws=draws,
        seed=1,
        solve=_solve,
        say=lambda _: None,
    )


@pytest.fixture(scope="module")
def made() -> Made:
    return _make(EXAMPLE)


@pytest.fixture(scope="module")
def page(made: Made) -> str:
    return render(made.brief)


def test_every_link_of_a_real_brief_lands(page: str) -> None:
    outline = Outline(page)
    assert outline.wrong == []
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links if link.startswith("#")} - set(outline.ids) == set()
    assert outline.unnamed == 0
    assert outline.tags.isdisjoint({"script", "link", "img", "iframe"})


def test_the_numbers_of_the_page_are_those_of_the_json(made: Made) -> None:
    told = json.loads(json.dumps(made.to_json(), allow_nan=False))
    names = ("scenario", "variable", "commodity", "origin", "destination", "central", "low", "high")
    results = {tuple(row[n] or "" for n in names[:5]): row for row in told["results"] if "sector" not in row}
    compared = 0
    for row in told["quoted"]:
        key = tuple(row[n].replace(" ", "_") if n == "variable" else row[n] for n in names[:5])
        if key in results:
            assert [row[n] for n in names[5:]] == [results[key][n] for n in names[5:]]
            compared += 1
    assert compared > 50
    for row in told["quoted"]:
        assert row["central"] == row["central"]


def test_every_row_of_the_appendix_is_linked_to(page: str) -> None:
    for anchor in re.findall(r'<tr id="((?:fact|run)-\d+)"', page):
        assert f'href="#{anchor}"' in page, anchor


def test_the_four_scenarios_stand_side_by_side(made: Made) -> None:
    assert len(made.brief.scenarios) == 4
    price = made.brief.comparisons[0]
    assert all(len(line.cells) == 4 for line in price.lines)
    assert any(cell is not None and cell.low is not None for line in price.lines for cell in line.cells)


def test_each_agreed_row_opens_words_of_the_text(made: Made) -> None:
    source = made.brief.source
    assert made.brief.agreed
    for row in made.brief.agreed:
        assert row.spans
        for number in row.spans:
            assert source.quote(number) in source.text


def test_the_claim_is_told_stage_by_stage(made: Made) -> None:
    claim = made.brief.claims[0]
    assert "separation" in claim.verdict
    assert "mining" in claim.verdict
    assert {True, False} == {row.bears_out for row in claim.rows}


def test_another_buyer_has_a_brief_of_its_own(made: Made) -> None:
    japan = _make(EXAMPLE, draws=0, buyer="JPN").brief
    assert japan.buyer == "Japan"
    assert "Japan" in plain(japan.summary)
    assert japan.title != made.brief.title
    assert "carry no intervals" in plain(japan.method[2])


def test_a_text_with_markup_becomes_a_page_without_it(tmp_path: Path) -> None:
    hostile = (
        '<script>alert("x")</script>\n\n' + EXAMPLE.read_text(encoding="utf-8") + "\n<img src=x onerror=y>\n"
    )
    path = tmp_path / "hostile.txt"
    path.write_text(hostile, encoding="utf-8")
    page = render(_make(path, draws=0).brief)
    outline = Outline(page)
    assert outline.tags.isdisjoint({"script", "img"})
    assert "&lt;script&gt;" in page

from __future__ import annotations

import io
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_example import TEXT, invented_brief
from oresight.brief.content import SourceText, Span
from oresight.brief.page import pieces, plain, render, write
from oresight.brief.terminal import print_summary
from oresight.errors import InputError

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "rect", "circle", "line", "use"}


class Outline(HTMLParser):
    """Ids, links, open tags and figures of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.links: list[str] = []
        self.stack: list[str] = []
        self.wrong: list[str] = []
        self.headings: list[int] = []
        self.unnamed = 0
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.add(tag)
        if "id" in named:
            self.ids.append(named["id"] or "")
        for key in ("href", "src", "xlink:href"):
            if key in named:
                self.links.append(named[key] or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        hidden = named.get("aria-hidden") == "true"
        if tag == "svg" and not hidden and not (named.get("role") == "img" and named.get("aria-label")):
            self.unnamed += 1
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture(scope="module")
def page() -> str:
    return render(invented_brief())


def test_the_page_is_well_formed_and_every_link_inside_it_lands(page: str) -> None:
    outline = Outline(page)
    assert outline.wrong == []
    assert outline.stack == []
    assert len(outline.ids) == len(set(outline.ids))
    inside = {link[1:] for link in outline.links if link.startswith("#")}
    assert inside - set(outline.ids) == set()


def test_the_page_asks_for_nothing_outside(page: str) -> None:
    outline = Outline(page)
    assert outline.tags.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form"})
    assert "url(" not in page
    assert "@import" not in page
    assert "xmlns" not in page
    followed = [link for link in outline.links if not link.startswith("#")]
    assert followed == ["https://example.org/minerals"]


def test_the_page_can_be_used_without_seeing_it(page: str) -> None:
    outline = Outline(page)
    assert outline.unnamed == 0
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))
    assert {"main", "nav", "header", "caption", "figure", "figcaption"} <= outline.tags
    assert page.count("<th ") == len(re.findall(r'<th scope="(?:row|col)"', page))


def test_every_number_of_the_comparisons_leads_to_its_row(page: str) -> None:
    brief = invented_brief()
    for comparison in brief.comparisons:
        for line in comparison.lines:
            for cell in line.cells:
                assert cell is not None
                assert f'href="#{cell.link}"' in page
                assert f'<tr id="{cell.link}">' in page


def test_a_change_within_its_noise_is_called_that(page: str) -> None:
    cells = re.findall(r'<td class="num noise">.*?</td>', page)
    assert cells
    assert all("within noise" in cell for cell in cells)


def test_hostile_text_is_shown_as_text() -> None:
    hostile = (
        TEXT + '\n<script>alert(1)</script> <img src=x onerror="alert(2)"> {{ 7*7 }} {% raw %} </style> &amp;'
    )
    page = render(invented_brief(hostile, title='"><script>alert(3)</script>'))
    outline = Outline(page)
    assert outline.tags.isdisjoint({"script", "img"})
    assert outline.wrong == []
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7*7 }}" in page
    assert "&amp;amp;" in page


def test_the_text_stands_whole_in_the_appendix(page: str) -> None:
    found = re.search(r'<div class="text">(.*?)</div>', page, re.S)
    assert found is not None
    shown = unescape(re.sub(r"<sup>.*?</sup>|<[^>]*>", "", found.group(1)))
    assert shown == TEXT


@given(
    st.text(min_size=1, max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5),
)
def test_cutting_a_text_loses_nothing_and_marks_what_the_spans_hold(
    text: str, ends: list[tuple[int, int]]
) -> None:
    held = [(min(a, b, len(text)), min(max(a, b), len(text))) for a, b in ends]
    spans = tuple(Span(n, a, b) for n, (a, b) in enumerate(held, start=1))
    cut = list(pieces(SourceText("t", "", text, "", spans)))
    assert "".join(p.text for p in cut) == text
    for span in spans:
        assert "".join(p.text for p in cut if span.number in p.spans) == text[span.start : span.end]
        assert sum(span.number in p.begins for p in cut) == (span.end > span.start)


def test_the_same_contents_give_the_same_bytes(page: str) -> None:
    assert render(invented_brief()) == page


def test_a_brief_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    brief = invented_brief()
    target = tmp_path / "brief.html"
    write(brief, target)
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(InputError, match="does not exist"):
        write(brief, tmp_path / "nowhere" / "brief.html")
    with pytest.raises(InputError, match="it is a folder"):
        write(brief, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["brief.html"]


def test_the_summary_in_a_pipe_is_plain_text() -> None:
    from rich.console import Console

    out = io.StringIO()
    brief = invented_brief()
    print_summary(brief, "brief.html", Console(file=out, width=100))
    printed = out.getvalue()
    assert "\x1b" not in printed
    assert brief.title in printed
    assert printed.rstrip().endswith("Brief: brief.html")
    assert "terbium oxide" in printed
    assert plain(brief.findings[0].headline)[:30] in printed

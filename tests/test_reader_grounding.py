"""Whatever the text: quotes are where the offsets say, nothing raises, and reading twice gives the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.errors import InputError
from oresight.reader.document import Document
from oresight.reader.read import read

ARTICLE = """Chile and Japan sign a lithium pact

SANTIAGO - President Gabriel Boric on Monday signed a framework agreement on lithium with Japan.

“We will never ban exports of copper,” Boric told reporters. Japan pledged to invest $2 billion in a mine.

Peru has threatened to impose a 40% tariff on Chilean copper by May 30 in response to Chile’s export controls.
"""
PIECES = st.sampled_from(
    [
        "the United States",
        "U.S.",
        "China",
        "China’s",
        "Beijing",
        "Malaysia, Thailand and Cambodia",
        "President Trump",
        "Minister of Trade Jan Vestre",
        "he",
        "it",
        "the two countries",
        "each Party",
        "signed",
        "agreed to",
        "shall not",
        "will",
        "has threatened to",
        "imposed",
        "a 25% tariff",
        "export controls",
        "on rare earths",
        "an agreement",
        "a memorandum of understanding",
        "invest $2 billion",
        "a 10 percent stake in <Borealis Ltd>",
        "said",
        "told reporters",
        "“We will retaliate,”",
        '"If',
        "from 10 to 20 percent",
        "by Nov. 1",
        "on Sunday",
        "in March 1987",
        "31 June 2025",
        "to",
        "with",
        "of",
        "and",
        ",",
        ".",
        ";",
        ":",
        "\n",
        "\n\n",
        "- ",
        "(a) ",
        "Article 5.2: ",
        "---\n",
        "İstanbul",
        "ﬁ",
        "\u00a0",
        "\r\n",
        "\ufeff",
        "90% of the global supply",
        "if",
        "unless",
        "\u2028",
        "Sec. 2. ",
        "**",
        "1,234 tonnes",
    ]
)


def grounded(document: Document) -> None:
    for record in document.records:
        assert 0 <= record.start < record.end <= len(document.text)
        assert document.text[record.start : record.end] == record.quote
        assert 0 < record.sure <= 1
        assert record.quote.strip()


def reading(text: str, **options: Any) -> Document | None:
    try:
        return read(text, **options)
    except InputError as error:
        if "\n" in str(error):
            raise AssertionError("more than one line") from error
        return None


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=80).map(" ".join))
def test_any_row_of_phrases_gives_grounded_records(text: str) -> None:
    document = reading("The note of the day is on the trade in ores and it is of use to all. " + text)
    if document is not None:
        grounded(document)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_characters_are_read_or_refused_in_one_line(text: str) -> None:
    document = reading(text, published="2025-10-26")
    if document is not None:
        grounded(document)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: "İİİ the dotted capital grows in lower case. " + text,
        lambda text: text.replace("“", '"').replace("”", '"').replace("’", "'"),
    ],
    ids=["byte-order mark", "carriage returns", "non-breaking spaces", "growing letters", "plain quotes"],
)
def test_odd_characters_leave_the_offsets_right(change: Any) -> None:
    text = change(ARTICLE)
    document = read(text, published="2026-05-06")
    grounded(document)
    assert document.text == text
    assert len(document.records) >= 4


def test_reading_twice_gives_the_same_bytes() -> None:
    first, second = (
        json.dumps(read(ARTICLE, published="2026-05-06").to_json(), ensure_ascii=False) for _ in range(2)
    )
    assert first == second


def test_the_json_has_the_contracts_form() -> None:
    out = read(ARTICLE, published="2026-05-06").to_json()
    assert set(out) == {"document", "records"}
    document: Any = out["document"]
    assert document["title"] == "Chile and Japan sign a lithium pact"
    assert document["published"] == "2026-05-06"
    assert len(document["sha256"]) == 64
    records: Any = out["records"]
    fields = "kind subtype actors targets minerals products sectors rate_percent previous_rate_percent"
    fields += " rate_change_points share_percent coverage_percent amount quantity qualifier status date"
    fields += " date_role date_basis speaker persons"
    assert set(fields.split()) | {"quote", "start", "end", "rule", "sure", "alt_quotes"} == set(records[0])

"""Every rule reads its own positive examples and none of its negative ones; the tables are sound."""

from __future__ import annotations

import re

import pytest

from oresight.reader import rules as rulebook
from oresight.reader.document import KINDS, STATUSES
from oresight.reader.gazetteer import load as load_gazetteer
from oresight.reader.read import read
from oresight.reader.tables import rows

FRAME = """Joint Statement of Canada and Peru on Trade in Minerals

{sentence}

This joint statement of Canada and Peru speaks of the trade in metals, as the fact sheet says of it."""
TABLES = rulebook.load()


def names_read(sentence: str) -> set[str]:
    text = FRAME.format(sentence=sentence)
    return {record.rule for record in read(text, published="2026-05-06").records}


@pytest.mark.parametrize("rule", TABLES.rules, ids=lambda rule: rule.name)
def test_a_rule_reads_its_examples_and_not_its_counter_examples(rule: rulebook.Rule) -> None:
    assert rule.yes, f"{rule.name} has no example"
    assert rule.no, f"{rule.name} has no counter-example"
    for sentence in rule.yes:
        assert rule.name in names_read(sentence), sentence
    for sentence in rule.no:
        assert rule.name not in names_read(sentence), sentence


def test_rule_names_are_unique_and_kinds_known() -> None:
    names = [rule.name for rule in TABLES.rules]
    assert len(names) == len(set(names))
    assert {rule.kind for rule in TABLES.rules} <= set(KINDS)
    assert all(0 < rule.sure <= 1 for rule in TABLES.rules)
    assert {rule.status for rule in TABLES.rules} - {None} <= set(STATUSES)


def test_statuses_and_subtypes_are_known_words() -> None:
    for kind, table in TABLES.statuses.items():
        assert kind in KINDS
        assert {status for _, status in table} <= set(STATUSES)
    for table in TABLES.subtypes.values():
        assert all(re.fullmatch(r"[a-z0-9_]+", subtype) for _, subtype in table)


def test_a_pattern_with_a_space_in_brackets_is_refused() -> None:
    with pytest.raises(ValueError, match="space within brackets"):
        rulebook._compile("{sign} (?:a deal|pact)", {})


def test_every_code_is_an_economy_the_gazetteer_names() -> None:
    codes = load_gazetteer().codes
    assert len(codes) > 195
    for table in ("institutions.csv", "cities.csv"):
        assert {row["code"] for row in rows(table)} <= codes
    assert {row["code"] for row in rows("officials.csv")} <= codes | {"WTO"}
    assert {code for _, code in TABLES.issuers} <= codes


def test_no_name_stands_for_two_economies() -> None:
    seen: dict[str, str] = {}
    for row in rows("economies.csv"):
        assert seen.setdefault(row["name"], row["code"]) == row["code"], row["name"]

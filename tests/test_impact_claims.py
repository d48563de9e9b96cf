"""A share in a text is held against every figure, stage by stage."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from oresight.impact.claims import Claim, check_claims
from oresight.reader.read import read
from oresight.world.model import Fact, World


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


def claim(world: World, sentence: str) -> Claim:
    found = check_claims(world, read(sentence).records)
    assert len(found) == 1
    return found[0]


def test_nearly_ninety_percent_is_true_of_separation_and_not_of_mining(world: World) -> None:
    found = claim(world, "China controls nearly 90% of the global supply of rare earths.")
    holds = {
        stage: [c.holds for c in found.checks if c.fact.stage == stage] for stage in ("mining", "separation")
    }
    assert holds["separation"]
    assert all(holds["separation"])
    assert holds["mining"]
    assert not any(holds["mining"])
    assert found.verdict == "true of some stages"
    assert "true of separation" in found.sentence.casefold()
    assert "not true of mining" in found.sentence


def test_what_the_tables_do_not_hold_cannot_be_checked(world: World) -> None:
    found = claim(world, "Chile controls about 25% of the global supply of copper.")
    assert found.verdict == "cannot be checked"
    assert found.checks == ()


def test_every_figure_names_its_source(world: World) -> None:
    for check in claim(world, "China controls nearly 90% of the global supply of rare earths.").checks:
        assert check.fact.source == "baseline" or check.fact.source in world.sources


@pytest.mark.parametrize(
    ("qualifier", "found", "holds"),
    [
        ("nearly", 92.0, True),
        ("nearly", 97.0, False),
        (None, 92.0, True),
        (None, 94.0, False),
        ("at_least", 99.0, True),
        ("at_least", 80.0, False),
        ("up_to", 80.0, True),
        ("up_to", 99.0, False),
    ],
)
def test_a_qualifier_says_how_close_is_close(
    world: World, qualifier: str | None, found: float, holds: bool
) -> None:
    record = read("China controls nearly 90% of the global supply of rare earths.").records[0]
    fact = Fact(
        "rare earths", "CHN", "mining", "supply_share", found, "percent", 2024, "usgs", "reported", True
    )
    only: Any = dataclasses.replace(world, facts=(fact,))
    checked = check_claims(only, (dataclasses.replace(record, qualifier=qualifier),))[0]
    assert checked.checks[0].holds is holds


@pytest.mark.parametrize(("actor", "target"), [("USA", "CHN"), ("CHN", "USA")])
def test_a_share_of_imports_is_held_against_imports_whoever_is_named_first(
    world: World, actor: str, target: str
) -> None:
    said = read("The United States imports 70% of its rare earths from China.").records[0]
    record = dataclasses.replace(said, actors=(actor,), targets=(target,))
    found = check_claims(world, (record,))[0]
    assert found.economy == "CHN"
    assert {c.fact.attribute for c in found.checks} == {"import_share"}
    assert "imports of the United States" in found.sentence

"""Commodity words, HS codes and economy words stand for what they should."""

from __future__ import annotations

import pytest

from oresight.errors import InputError
from oresight.world.model import World
from oresight.world.scope import economies, resolve

WORLD = World.load()


def names(*words: str, hs: tuple[str, ...] = ()) -> set[str]:
    return {WORLD.commodities[c].name for c in resolve(WORLD, words, hs=hs)}


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("dysprosium oxide", {"dysprosium oxide"}),
        ("dysprosium", {"dysprosium oxide"}),
        ("Dysprosium_Oxide", {"dysprosium oxide"}),
        ("rare earths: magnet", {"NdFeB magnet", "SmCo magnet"}),
        ("rare_earths:magnets", {"NdFeB magnet", "SmCo magnet"}),
        ("rare-earth magnets", {"NdFeB magnet", "SmCo magnet"}),
        ("permanent magnets", {"NdFeB magnet", "SmCo magnet"}),
        ("gallium", {"gallium metal"}),
        ("tungsten: mining", {"tungsten concentrate"}),
        ("graphite", {"natural graphite flake", "spherical graphite"}),
        (
            "magnet rare earths",
            {"neodymium-praseodymium oxide", "dysprosium oxide", "terbium oxide"},
        ),
    ],
)
def test_words(word: str, found: set[str]) -> None:
    assert names(word) == found


def test_groups_hold_their_members() -> None:
    assert names("all") == {c.name for c in WORLD.commodities}
    assert names("critical minerals") == names("all")
    assert len(names("rare earths")) == 14
    assert names("rare earth elements") == names("rare earths")
    assert "samarium oxide" not in names("heavy rare earths")
    assert names("heavy rare earths", "dysprosium") == names("heavy rare earths")
    assert names("rare earths: refining") == names("rare earths: separation")


def test_hs_codes_match_in_both_directions() -> None:
    assert names(hs=("8505",)) == {"NdFeB magnet", "SmCo magnet"}
    assert names(hs=("8505.11.00.50",)) == {"SmCo magnet"}
    assert names(hs=("2504105000",)) == {"natural graphite flake", "spherical graphite"}
    assert "dysprosium oxide" in names(hs=("2846",))


def test_indices_come_in_the_worlds_order() -> None:
    found = resolve(WORLD, ("gallium", "dysprosium"))
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("words", "hs", "says"),
    [
        (("disprosium",), (), "nearest: dysprosium"),
        (("rare earths: smelting",), (), "unknown stage"),
        (("dysprosium: magnet",), (), "stages: separation"),
        ((), ("999999",), "unknown HS code"),
        ((), ("85A5",), "two to ten digits"),
        (("",), (), "unknown commodity ''"),
    ],
)
def test_unknown_words_are_refused_with_help(words: tuple[str, ...], hs: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve(WORLD, words, hs=hs, where="scenario.yaml")
    assert says in str(caught.value)
    assert "scenario.yaml" in str(caught.value)


def test_economies_by_code_group_and_name() -> None:
    assert economies(WORLD, ("USA",)) == ("USA",)
    assert economies(WORLD, ("usa", "United States", "the United States", "U.S.")) == ("USA",)
    assert economies(WORLD, ("European Union",)) == economies(WORLD, ("EU",))
    assert {"DEU", "EST", "FRA"} <= set(economies(WORLD, ("EU",)))
    assert "GBR" not in economies(WORLD, ("EU",))
    assert economies(WORLD, ("Burma", "Türkiye", "turkey", "South Korea")) == ("KOR", "MMR", "TUR")
    assert len(economies(WORLD, ("all",))) == len(WORLD.economies)
    with pytest.raises(InputError, match="nearest: Malaysia"):
        economies(WORLD, ("Malaisia",))

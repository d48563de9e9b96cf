"""Who is meant: names, titles, metonyms, companies, pronouns and generic actors."""

from __future__ import annotations

import pytest

from oresight.reader.document import Record
from oresight.reader.gazetteer import finds_of, fold
from oresight.reader.read import read


def only(sentence: str, kind: str, published: str = "2026-05-06") -> Record:
    records = [
        r
        for r in read("Notes on trade in ores\n\n" + sentence, published=published).records
        if r.kind == kind
    ]
    assert len(records) == 1, [(r.kind, r.rule, r.quote) for r in records]
    return records[0]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("U.S. and Chinese officials", ["USA", "CHN"]),
        ("the U.S.-Indonesia pact", ["USA", "IDN"]),
        ("West Germany, the Soviet Union and Zaire", ["DEU", "SUN", "COD"]),
        ("Beijing told Washington and Brussels", ["CHN", "USA", "EU"]),
        ("They met in Beijing", []),
        ("South Korea and South Africa", ["KOR", "ZAF"]),
        ("it is up to us and them", []),
        ("Chad Smith grows tomatoes", []),
        ("the DRC and the E.C.", ["COD", "EU"]),
        ("turkey and china plates", []),
    ],
)
def test_economies_are_found_by_all_their_names(words: str, codes: list[str]) -> None:
    assert [find.value for find in finds_of(words, fold(words)) if find.kind == "economy"] == codes


def test_an_official_speaks_for_the_state_in_the_title() -> None:
    record = only(
        "Peruvian Mines Minister Rosa Quispe said the country would open its copper market.", "statement"
    )
    assert (record.speaker, record.actors) == ("Rosa Quispe", ("PER",))


def test_a_later_surname_is_the_same_person() -> None:
    text = (
        "Peruvian Mines Minister Rosa Quispe spoke on trade. “We will not wait "
        "for their tariffs any longer,” Quispe said."
    )
    assert only(text, "statement").speaker == "Rosa Quispe"


def test_private_people_make_no_statements() -> None:
    text = "Notes on trade\n\n“The tariff is a great help to all of us here,” said farmer Jane Doe of Ohio."
    assert not [r for r in read(text).records if r.kind == "statement"]


def test_the_two_countries_are_the_last_two_named_together() -> None:
    text = (
        "Leaders of Peru and Chile met. The two countries, as well as Bolivia, "
        "signed a pact on lithium with Japan."
    )
    record = only(text, "agreement")
    assert set(record.actors) == {"PER", "CHL", "BOL"}
    assert record.targets == ("JPN",)


def test_a_list_ends_after_its_last_member() -> None:
    text = "In talks between Peru and Chile, Japan signed an agreement with Canada on cobalt."
    record = only(text, "agreement")
    assert set(record.actors) | set(record.targets) == {"JPN", "CAN"}


def test_the_ministry_is_that_of_the_dateline() -> None:
    text = "LIMA, May 4 - The government banned exports of tin ore, the mining ministry said."
    assert only(text, "export_control").actors == ("PER",)


def test_a_parliament_belongs_to_the_state_before_it() -> None:
    assert only("Mexico's Congress approved a 35% tariff on steel from China.", "tariff").actors == ("MEX",)


def test_companies_are_parties() -> None:
    record = only("Borealis Lithium Corp. took a 12 percent stake in <Tundra Mining Ltd>.", "investment")
    assert record.actors == ("Borealis Lithium Corp",)
    assert record.targets == ("Tundra Mining Ltd",)
    assert record.share_percent == 12


def test_the_passive_names_its_agent_last() -> None:
    record = only("Exports of antimony to Japan were banned by China in December 2024.", "export_control")
    assert (record.actors, record.targets, record.date) == (("CHN",), ("JPN",), "2024-12")


def test_two_rates_are_two_records() -> None:
    text = (
        "Notes on trade\n\nCanada imposed a 25% tariff on steel from China "
        "and a 10% tariff on copper from Peru."
    )
    records = [r for r in read(text).records if r.kind == "tariff"]
    assert [(r.rate_percent, r.targets) for r in records] == [(25, ("CHN",)), (10, ("PER",))]


def test_a_repeated_measure_is_one_record_with_other_quotes() -> None:
    text = (
        "Notes on trade\n\nCanada imposed a 25% tariff on Chinese steel.\n\n"
        "The 25% tariff that Canada imposed on Chinese steel hurts mills, the trade association said."
    )
    (record,) = [r for r in read(text).records if r.kind == "tariff"]
    assert len(record.alt_quotes) == 1


def test_one_rate_may_be_suspended_and_the_other_kept() -> None:
    text = (
        "Joint Statement of Canada and Peru\n\nCanada will modify the duty "
        "on articles of Peru by suspending 24 "
        "percentage points of that rate for 90 days, while retaining the remaining "
        "ad valorem rate of 10 percent."
    )
    records = [r for r in read(text, published="2026-05-06").records if r.kind == "tariff"]
    assert [(r.rate_change_points, r.rate_percent, r.status) for r in records] == [
        (24, None, "suspended"),
        (None, 10, "in_force"),
    ]

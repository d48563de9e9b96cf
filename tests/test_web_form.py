"""A choice in the form stands for a scenario file, and what is posted is read with the same care."""

from __future__ import annotations

import pytest

from oresight.errors import InputError
from oresight.policy.scenario import parse_scenario
from oresight.web.form import INSTRUMENTS, Choice, choice, commodity_words, scenario_of
from oresight.web.posted import scenario_mapping
from outlook_world import chain_world

WORLD = chain_world()


@pytest.mark.parametrize("instrument", sorted(INSTRUMENTS))
def test_every_instrument_makes_a_scenario_that_is_read(instrument: str) -> None:
    content = scenario_of(Choice(instrument=instrument, commodities=("magnet",), amount="40"), WORLD)
    scenario = parse_scenario(content, "form", WORLD)
    assert scenario.measures[0].instrument == instrument
    key = INSTRUMENTS[instrument].key
    if key:
        assert getattr(scenario.measures[0], key) == pytest.approx(40 * INSTRUMENTS[instrument].scale)


def test_every_offered_word_is_understood() -> None:
    for _, words in commodity_words(WORLD):
        for word in words:
            content = scenario_of(Choice(instrument="export_ban", commodities=(word,)), WORLD)
            parse_scenario(content, "form", WORLD)


def test_a_licence_without_amount_takes_the_assumption_and_a_quota_does_not() -> None:
    licence = scenario_of(Choice(commodities=("magnet",)), WORLD)
    assert "approval_share" not in licence["add"][0]["export_licensing"]
    with pytest.raises(InputError, match="give an amount"):
        scenario_of(Choice(instrument="export_quota", commodities=("magnet",)), WORLD)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([("imposr", "CHN")], "nearest: imposer"),
        ([("imposer", "CHN"), ("imposer", "USA")], "given twice"),
        ([("imposer", "CHI")], "nearest: CHN"),
        ([("instrument", "embargo")], "unknown instrument"),
        ([("amount", "nan")], "give a number from 0 to 100"),
        ([("amount", "150")], "give a number from 0 to 100"),
        ([("targets", "CHN")], "other than its imposer"),
        ([("as_of", "soon")], "'soon' is not a date"),
    ],
)
def test_a_fault_in_the_form_is_one_line(pairs: list[tuple[str, str]], says: str) -> None:
    with pytest.raises(InputError) as fault:
        scenario_of(choice(pairs), WORLD)
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_yaml_and_json_say_the_same() -> None:
    as_yaml = b"name: a\nadd:\n  - export_ban: {imposer: CHN, commodities: [magnet]}\n"
    as_json = b'{"name": "a", "add": [{"export_ban": {"imposer": "CHN", "commodities": ["magnet"]}}]}'
    assert (
        scenario_mapping(as_yaml) == scenario_mapping(as_json) == scenario_mapping(b"\xef\xbb\xbf" + as_json)
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "not a UTF-8 text"),
        (b'{"name": "a", "name": "b"}', "given twice"),
        (b"name: a\nname: b\n", "given twice"),
        (b'{"assume": {"sigma": NaN}}', "NaN is not a number"),
        (b"a: &x [1]\nb: *x\n", "aliases are not taken"),
        (b"name: [unclosed", "not valid YAML"),
        (b"- a\n- b\n", "should be a mapping"),
        (b"{" * 5000, "request"),
        (b"[" * 100000, "request"),
        (b"!!python/object/apply:os.system ['true']", "request"),
    ],
)
def test_a_fault_in_a_posted_scenario_is_one_line(body: bytes, says: str) -> None:
    with pytest.raises(InputError) as fault:
        scenario_mapping(body)
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)

"""Episode files are read in the contract's form, and every fault is one line with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from oresight.errors import InputError
from oresight.evidence.episodes import VARIABLES, bundled, load_episode, load_episodes
from oresight.policy.ledger import Ledger, read_yaml
from outlook_world import chain_world

WORLD = chain_world()
LEDGER = Ledger()
SOUND: dict[str, Any] = {
    "id": "test",
    "what": "China bans magnets",
    "baseline_year": 2024,
    "months": 6,
    "scenario": {"add": [{"export_ban": {"imposer": "CHN", "commodities": ["magnet"]}}]},
    "observed": [
        {
            "variable": "buyer_price_change",
            "commodity": "magnet",
            "destination": "outside",
            "value": 40,
            "low": 30,
            "high": 60,
            "unit": "percent",
            "source": "made up",
        }
    ],
}


def written(tmp_path: Path, content: dict[str, Any]) -> Path:
    file = tmp_path / "episode.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    episode = load_episode(written(tmp_path, SOUND), WORLD, LEDGER)
    assert episode.months == 6
    assert episode.scenario.name == "China bans magnets"
    assert episode.scenario.measures[0].imposer == "CHN"
    assert episode.observed[0].value == 40


def test_a_range_alone_stands_for_its_middle(tmp_path: Path) -> None:
    seen = {**SOUND["observed"][0]}
    del seen["value"]
    episode = load_episode(written(tmp_path, {**SOUND, "observed": [seen]}), WORLD, LEDGER)
    assert episode.observed[0].value == 45


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"baseline_year": "2024"}, "baseline_year: '2024' is not a year"),
        ({"months": 0}, "months: 0 should be above 0"),
        ({"months": float("nan")}, "months: nan is not a number"),
        ({"observed": []}, "needs observed"),
        ({"scenario": "ban"}, "needs scenario"),
        ({"id": ""}, "needs id"),
        ({"observd": 1}, "nearest: observed"),
        ({"scenario": {"add": [{"export_bann": {}}]}}, "scenario: add[0]"),
    ],
)
def test_a_fault_in_the_head_is_one_line(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as fault:
        load_episode(written(tmp_path, {**SOUND, **change}), WORLD, LEDGER)
    assert says in str(fault.value)
    assert str(fault.value).startswith("episode.yaml") or "episode.yaml" in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"variable": "buyer_price"}, "nearest: buyer_price_change"),
        ({"unit": "t/yr"}, "is in 'percent', not 't/yr'"),
        ({"commodity": "lithium"}, "observed[0].commodity"),
        ({"destination": "outsid"}, "nearest: outside"),
        ({"value": "much"}, "'much' is not a number"),
        ({"value": True}, "True is not a number"),
        ({"low": 50}, "low, value and high should rise"),
        ({"source": ""}, "needs source"),
        ({"variable": "outside_inside_price_ratio", "unit": "ratio"}, "needs origin"),
    ],
)
def test_a_fault_in_an_observation_is_one_line(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    seen = {**SOUND["observed"][0], **change}
    with pytest.raises(InputError) as fault:
        load_episode(written(tmp_path, {**SOUND, "observed": [seen]}), WORLD, LEDGER)
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_two_episodes_of_one_name_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND)
    with pytest.raises(InputError, match="two episodes"):
        load_episodes([file, file], WORLD, LEDGER)


def test_the_bundled_files_name_a_source_for_every_figure() -> None:
    files = bundled()
    assert [f.stem for f in files] == [
        "gallium-licence-2023",
        "rare-earth-quota-2010",
        "tungsten-licence-2025",
    ]
    for file in files:
        content = read_yaml(file)
        assert content["id"] == file.stem
        for seen in content["observed"]:
            assert seen["source"]
            assert seen["unit"] == VARIABLES[seen["variable"]]

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deal_market import linear_solve
from oresight.deal.cases import case_names, load_case
from oresight.deal.leverage import play
from oresight.deal.tables import belief_rows, equilibrium_rows, leverage_json, leverage_rows, outside_rows
from oresight.errors import InputError
from oresight.policy.ledger import load_ledger
from oresight.world.model import World


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


def write(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


HEAD = "title: A quarrel\nside: USA\nother: CHN\nas_of: 2025-10-26\n"


@pytest.mark.parametrize("name", case_names())
def test_every_bundled_case_can_be_played_and_says_what_it_leaves_out(name: str, world: World) -> None:
    ledger = load_ledger()
    got = play(load_case(name, world, ledger), world, ledger, draws=0, solve=linear_solve)
    assert not got.failed
    assert got.title
    assert got.not_covered
    assert all(row.what and row.why and row.source for row in got.not_covered)
    assert leverage_rows(got)
    assert equilibrium_rows(got)
    assert len(outside_rows(got)) == len(got.not_covered) + len(got.left_out)
    told = leverage_json(got)
    json.dumps(told, allow_nan=False)
    assert told["not_covered"]


def test_october_2025_is_the_tariff_against_the_controls_on_rare_earths(world: World) -> None:
    case = load_case("october-2025", world)
    got = play(case, world, load_ledger(), draws=0, solve=linear_solve)
    assert any("100 %" in name for name in got.choices[0])
    assert len(got.choices[0]) == 2
    assert all("rare earths" in name for name in got.choices[1][1:-1])
    assert any("soybeans" in row.what for row in got.not_covered)
    assert {row["threat"] for row in belief_rows(got)} >= {got.choices[0][1]}


def test_a_case_of_ones_own_is_read_from_a_path(tmp_path: Path, world: World) -> None:
    path = write(
        tmp_path,
        HEAD + "choices: [us-threat-china-100]\nadd:\n  - export_ban: {imposer: CHN, targets: [USA],"
        " commodities: [tungsten]}\nnot_covered:\n  - {what: ships, why: none, source: own}\n",
    )
    case = load_case(path, world)
    assert (case.name, case.side, case.choices) == ("mine", "USA", ("us-threat-china-100",))
    got = play(case, world, load_ledger(), draws=0, solve=linear_solve)
    assert [len(side) for side in got.choices] == [2, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "choices: [us-threat-china-10]\n", "us-threat-china-100"),
        (HEAD + "choice: []\n", "choices"),
        (HEAD.replace("CHN", "CHX"), "CHN"),
        (HEAD.replace("title: A quarrel\n", ""), "needs title"),
        (HEAD + "not_covered: [soybeans]\n", "what, why and source"),
        (HEAD + "choices: one\n", "list of ids"),
    ],
)
def test_a_case_with_a_fault_is_told_in_one_line(
    text: str, message: str, tmp_path: Path, world: World
) -> None:
    with pytest.raises(InputError, match=message) as fault:
        load_case(write(tmp_path, text), world)
    assert "\n" not in str(fault.value)


def test_an_unknown_case_lists_those_there_are(world: World) -> None:
    with pytest.raises(InputError, match="october-2025"):
        load_case("october", world)

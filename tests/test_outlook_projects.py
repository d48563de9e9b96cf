"""Projects are read with every fault named, stakes bring them forward, and delays count."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oresight.errors import InputError
from oresight.outlook.projects import COLUMNS, Project, bring_forward, load_projects
from oresight.policy.records import Measure

ROW = "works,Works,USA,magnet,,market,100,added,2028,0,24,announced,press,reported,"


def table(tmp_path: Path, *rows: str) -> Path:
    file = tmp_path / "projects.csv"
    file.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return file


def stake(project: str, months: float | None) -> Measure:
    return Measure("s", "equity_stake", "USA", (), project=project, accelerates_months=months)


def test_the_bundled_projects_are_sound_and_sourced() -> None:
    projects = load_projects()
    assert "mountain-pass-magnets" in {p.project for p in projects}
    assert all(p.source and p.capacity_t > 0 and p.start >= 2024 for p in projects)


def test_a_year_alone_is_its_middle_and_a_month_is_itself(tmp_path: Path) -> None:
    year, month = load_projects(table(tmp_path, ROW, ROW.replace("works", "more").replace("2028", "2028-07")))
    assert year.start == month.start == 2028.5
    assert year.opens == 2029.5
    assert [year.open_share(y) for y in (2028, 2029, 2030)] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("100", "-1"), "row 2: capacity_t is '-1'"),
        (("100", "nan"), "row 2: capacity_t is 'nan'"),
        (("2028", "soon"), "row 2: start is 'soon'"),
        (("0,24", "24,0"), "delay_low is above delay_high"),
        (("added", "add"), "nearest: added"),
        (("reported", "guess"), "unknown kind"),
        (("market", "mrket"), "nearest: market"),
        ((",reported,", ""), "too few cells"),
    ],
)
def test_a_fault_is_one_line_with_its_row(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    with pytest.raises(InputError) as fault:
        load_projects(table(tmp_path, ROW.replace(*change)))
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_an_id_twice_or_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="given twice"):
        load_projects(table(tmp_path, ROW, ROW))
    with pytest.raises(InputError, match="cannot read"):
        load_projects(tmp_path / "none.csv")


def test_a_stake_in_an_unknown_project_names_the_nearest() -> None:
    with pytest.raises(InputError, match="nearest: mountain-pass-magnets"):
        bring_forward(load_projects(), [stake("mountain-pass-magnet", 12)])


def test_a_stake_without_months_moves_nothing_and_says_so() -> None:
    projects = load_projects()
    moved, notes = bring_forward(projects, [stake("narva-magnets", None)])
    assert moved == projects
    assert "does not say" in notes[0]


@given(months=st.floats(0.5, 60), year=st.integers(2024, 2040))
def test_a_stake_never_closes_capacity(months: float, year: int) -> None:
    before = load_projects()
    after, _ = bring_forward(before, [stake("nolans", months)])
    pair: list[Project] = [p for p in (*before, *after) if p.project == "nolans"]
    assert pair[1].open_share(year) >= pair[0].open_share(year)
    assert pair[1].opens == pytest.approx(pair[0].opens - months / 12)

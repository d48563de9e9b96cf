from __future__ import annotations

from pathlib import Path

import pytest

from oresight.deal.register import COLUMNS, load_risks
from oresight.errors import InputError
from policy_world import small_world

GOOD = {
    "id": "ban",
    "title": "China bans dysprosium",
    "instrument": "export_ban",
    "imposer": "CHN",
    "targets": "USA",
    "commodities": "dysprosium oxide",
    "probability_low": "0.05",
    "probability": "0.1",
    "probability_high": "0.2",
    "months": "12",
    "source": "own judgement",
    "kind": "assumed",
}


def register(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "mine.csv"
    lines = [",".join(COLUMNS)]
    lines += [",".join({**GOOD, **row}.get(column, "") for column in COLUMNS) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_bundled_register_loads_and_names_its_sources() -> None:
    from oresight.world.model import World

    risks = load_risks(World.load())
    assert len(risks) >= 10
    for risk in risks:
        assert 0.0 <= risk.probability.low <= risk.probability.central <= risk.probability.high <= 1.0
        assert risk.source
        assert risk.kind in ("assumed", "derived")
        assert (risk.source == "own judgement") == (risk.kind == "assumed")


def test_bundled_rows_about_economies_a_world_lacks_are_left_out() -> None:
    risks = load_risks(small_world())
    assert "mys-rare-earths" in {r.id for r in risks}
    assert not {r.measure.imposer for r in risks} - {"CHN", "MYS", "USA"}


def test_an_amount_may_be_the_name_of_an_assumption(tmp_path: Path) -> None:
    path = register(
        tmp_path, {"instrument": "export_licensing", "approval_share": "licence_approval_share_stress"}
    )
    assert load_risks(small_world(), path)[0].measure.approval_share == 0.25


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"probability": "0.4"}], "should rise"),
        ([{"probability": "1.4"}], "from 0 to 1"),
        ([{"months": "18"}], "from 0 to 12"),
        ([{"instrument": "export_bann"}], "export_ban"),
        ([{"instrument": "export_quota"}], "share_of_baseline"),
        ([{"rate_percent": "10"}], "takes no amount"),
        ([{"imposer": "CHM"}], "CHN"),
        ([{"commodities": "dysprosium oxid"}], "dysprosium oxide"),
        ([{"targets": "CHN"}], "nobody but the imposer"),
        ([{"targets": ""}], "targets is empty"),
        ([{"given": "nothing"}], "unknown risk"),
        ([{"given": "ban"}], "comes back to itself"),
        ([{}, {}], "repeats"),
        ([{"kind": "guess"}], "assumed"),
    ],
)
def test_a_bad_row_is_one_line_with_file_and_remedy(
    tmp_path: Path, rows: list[dict[str, str]], message: str
) -> None:
    path = register(tmp_path, *rows)
    with pytest.raises(InputError, match=message) as raised:
        load_risks(small_world(), path)
    assert "mine.csv" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_register_is_named() -> None:
    with pytest.raises(InputError, match="no such file"):
        load_risks(small_world(), "nowhere.csv")

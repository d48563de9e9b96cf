"""Building: the bundled tables are what the builder makes of them, byte for byte, and agree with USGS."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from oresight.errors import InputError
from oresight.world.build import build_world
from oresight.world.extract import read_baci, read_census
from oresight.world.load import read_economies
from oresight.world.model import World
from oresight.world.tables import DATA, Tables, write_text
from oresight.world.usgs import number

SHARED = Path(__file__).parents[2] / "shared" / "data"
BUILT = ("flows.csv", "final_demand.csv", "processes/rare-earths.csv", "report.txt")


def _shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs {name} in the shared data folder")
    return path


def test_a_rebuild_gives_the_bundled_bytes(tmp_path: Path) -> None:
    report = build_world(tmp_path / "world")
    assert len(report) > 20
    for name in BUILT:
        assert (tmp_path / "world" / name).read_bytes() == (DATA / name).read_bytes(), (
            f"{name} is older than the tables it is built from; run python -m oresight.world.build"
        )
    assert World.load(str(tmp_path / "world")).fingerprint == World.load().fingerprint


def test_trade_evidence_and_usgs_figures_are_as_the_source_files_have_them(tmp_path: Path) -> None:
    baci = _shared("baci-hs92/baci_hs92_critical_1995_2024.csv.gz")
    census = _shared("us-imports-hs10-2024/us_imports_critical_hs10_2024.csv")
    usgs = _shared("usgs-mcs/MCS2026_Commodities_Data.csv")
    report = build_world(tmp_path / "world", baci=baci, census=census, usgs=usgs)
    assert not [line for line in report if "becomes" in line]
    for name in ("evidence/trade.csv", "duty.csv", *BUILT[:3]):
        assert (tmp_path / "world" / name).read_bytes() == (DATA / name).read_bytes()


def test_a_changed_fact_changes_the_flows_and_still_balances(tmp_path: Path) -> None:
    directory = tmp_path / "world"
    build_world(directory)
    facts = directory / "facts" / "rare-earths.csv"
    text = facts.read_text(encoding="utf-8")
    old = "ion-adsorption clay concentrate,MMR,,mining,production,27000,"
    assert old in text
    write_text(facts, text.replace(old, old.replace("27000", "15000")))
    build_world(directory)
    world = World.load(str(directory))
    dysprosium = world.commodity_index["dysprosium oxide"]
    assert world.flows[dysprosium].sum() < 0.9 * World.load().flows[dysprosium].sum()


def test_nothing_is_written_when_a_table_is_wrong(tmp_path: Path) -> None:
    directory = tmp_path / "world"
    build_world(directory)
    routes = directory / "evidence" / "routes.csv"
    text = routes.read_text(encoding="utf-8")
    write_text(routes, text + "NdFeB magnet,EST,JPN,5000,assumed,oresight,\n")
    before = {name: (directory / name).read_bytes() for name in BUILT}
    with pytest.raises(InputError, match=r"routes of NdFeB magnet hold .* more than is made in EST"):
        build_world(directory)
    assert before == {name: (directory / name).read_bytes() for name in BUILT}
    assert not list(directory.rglob(".*"))


def test_separation_beyond_the_mines_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "world"
    build_world(directory)
    plants = directory / "evidence" / "plants.csv"
    text = plants.read_text(encoding="utf-8")
    write_text(plants, text.replace("monazite concentrate,29000,", "monazite concentrate,90000,"))
    with pytest.raises(InputError, match="more monazite concentrate than is mined"):
        build_world(directory)


def test_one_trade_file_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="both a BACI and a Census file"):
        build_world(tmp_path / "world", baci=tmp_path / "x.csv")
    assert not (tmp_path / "world").exists()


def test_baci_rows_gather_by_pair_and_place(tmp_path: Path) -> None:
    path = tmp_path / "baci.csv.gz"
    header = "year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t\n"
    rows = (
        "2024,CHN,USA,284690,10,2\n2023,CHN,USA,284690,99,9\n2024,S19,JPN,284690,5,\n"
        "2024,CHE,LIE,284690,7,1\n2024,CHN,CHE,284690,4,1\n2024,CHN,USA,999999,4,1\n"
    )
    path.write_bytes(gzip.compress((header + rows).encode()))
    found = read_baci(path, 2024, read_economies(Tables(DATA)))
    assert found == {
        ("284690", "CHN", "USA"): [10_000.0, 2.0],
        ("284690", "TWN", "JPN"): [5_000.0, 0.0],
        ("284690", "CHN", "ROW"): [4_000.0, 1.0],
    }


def test_census_partners_become_economies_and_members_are_not_counted_twice(tmp_path: Path) -> None:
    path = tmp_path / "census.csv"
    path.write_text(
        "CTY_CODE,CTY_NAME,HS10,description,customs_value_usd,calculated_duty_usd\n"
        '5800,"KOREA, SOUTH",8505110070,M,100,2.1\n'
        "0003,EUROPEAN UNION,8505110070,M,50,1\n4280,GERMANY,8505110070,M,30,1\n"
        "9999,ATLANTIS,8505110070,M,5,0\n",
        encoding="utf-8",
    )
    found = read_census(path, read_economies(Tables(DATA)))
    assert found == {
        ("8505110070", "KOR"): (100.0, 2.1),
        ("8505110070", "EU"): (50.0, 1.0),
        ("8505110070", "ROW"): (5.0, 0.0),
    }


def test_files_that_are_not_what_they_should_be_are_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="lacks the columns"):
        build_world(tmp_path / "world", baci=wrong, census=wrong)
    with pytest.raises(InputError, match="lacks the columns"):
        build_world(tmp_path / "world", usgs=wrong)
    with pytest.raises(InputError, match="cannot be read"):
        build_world(tmp_path / "world", usgs=tmp_path / "absent.csv")


@pytest.mark.parametrize(
    ("text", "value"),
    [("270,000", 270000), ("0.97", 0.97), ("—", 0), (">95", None), ("NA", None), ("W", None)],
)
def test_usgs_values_are_numbers_or_nothing(text: str, value: float | None) -> None:
    assert number(text) == value

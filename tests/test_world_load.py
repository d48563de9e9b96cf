"""The bundled baseline loads, and a table that is not sound is refused with its place and remedy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oresight.errors import InputError
from oresight.world.load import node_residuals
from oresight.world.model import World
from oresight.world.tables import DATA, write_text


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    directory = tmp_path / "world"
    shutil.copytree(DATA, directory)
    return directory


def test_holds_the_economies_and_commodities_that_the_network_needs(world: World) -> None:
    assert len(world.economies) >= 31
    assert world.economies[-1].code == "ROW"
    assert {"CHN", "USA", "JPN", "MYS", "KHM", "THA", "AUS"} <= set(world.economy_index)
    assert len(world.commodities) == 22
    assert {c.stage for c in world.commodities} == {"mining", "separation", "refining", "magnet"}


def test_tonnes_balance_at_every_node(world: World) -> None:
    supply, use = node_residuals(world)
    scale = world.flows.sum(axis=(1, 2))[:, None]
    assert np.abs(supply / scale).max() < 1e-9
    assert np.abs(use / scale).max() < 1e-9


def test_separation_is_joint_and_loses_mass_never_gains_it(world: World) -> None:
    plants = [p for p in world.processes if p.kind == "separation"]
    assert len(plants) >= 5
    for plant in plants:
        assert sum(plant.inputs.values()) == 1
        assert 0.1 < sum(plant.outputs.values()) < 1
        assert "neodymium-praseodymium oxide" in plant.outputs
        assert len(plant.outputs) >= 2


def test_every_process_earns_more_than_it_pays(world: World) -> None:
    price = {c.name: c.price_usd_per_t for c in world.commodities}
    for process in world.processes:
        earns = sum(t * price[c] for c, t in process.outputs.items())
        assert earns > sum(t * price[c] for c, t in process.inputs.items())


def test_economies_that_make_nothing_supply_nothing(world: World) -> None:
    cambodia = world.economy_index["KHM"]
    rare_earths = [c for c, item in enumerate(world.commodities) if "rare earths" in item.groups]
    assert world.flows[rare_earths, cambodia].sum() == 0


def test_every_figure_names_a_source(world: World) -> None:
    keys = set(world.sources)
    for item in (*world.facts, *world.assumptions, *world.end_uses):
        assert item.source in keys
        assert item.kind in ("reported", "derived", "assumed")


def test_fingerprint_follows_the_tables(world: World, copy: Path) -> None:
    assert World.load(str(copy)).fingerprint == world.fingerprint
    note = (copy / "sources.yaml").read_text(encoding="utf-8")
    write_text(copy / "sources.yaml", note + "# a word more\n")
    assert World.load(str(copy)).fingerprint != world.fingerprint


def _replace(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(directory: Path) -> None:
        text = (directory / file).read_text(encoding="utf-8")
        assert old in text, f"{old} not in {file}"
        write_text(directory / file, text.replace(old, new, 1))

    return change


def _append(file: str, line: str) -> Callable[[Path], None]:
    def change(directory: Path) -> None:
        text = (directory / file).read_text(encoding="utf-8")
        write_text(directory / file, text + line + "\n")

    return change


def _remove(file: str) -> Callable[[Path], None]:
    return lambda directory: (directory / file).unlink()


MINE = "mining of monazite AUS,mining,AUS,output,monazite concentrate,1,29000,"

BROKEN: list[tuple[Callable[[Path], None], str]] = [
    (_remove("economies.csv"), "economies.csv: no such file"),
    (_replace("economies.csv", "AUS,Australia", "AUS,Australia,x"), "economies.csv, line 2: 6 cells"),
    (_replace("economies.csv", "code,name", "code,label"), "economies.csv, line 1: the header lacks name"),
    (_replace("economies.csv", "AUS,Australia", "aus,Australia"), "three capital letters"),
    (_replace("economies.csv", "-35.3", "-135.3"), "a number from -90 to 90"),
    (_append("economies.csv", "AUS,Australia again,,1,1"), "repeats AUS of economies.csv, line 2"),
    (
        _replace("commodities.csv", "critical minerals;rare earths,magnet,8505", "a,magnet,X505"),
        "HS code 'X505",
    ),
    (
        _append("commodities.csv", "unobtainium,unobtainium,mining,critical minerals,ore,2530,"),
        "unobtainium has no price",
    ),
    (_append("flows.csv", "NdFeB magnet,KHM,USA,nan,derived,oresight"), "give a finite number"),
    (_append("flows.csv", "NdFeB magnet,KHM,USA,-5,derived,oresight"), "a number of at least 0"),
    (_append("flows.csv", "NdFeB magnet,KHM,USA,many,derived,oresight"), "give a plain number"),
    (_append("flows.csv", "NdFeB magnet,XYZ,USA,5,derived,oresight"), "unknown origin 'XYZ' in flows.csv"),
    (_append("flows.csv", "NdFeB magnets,KHM,USA,5,derived,oresight"), "nearest: NdFeB magnet"),
    (_append("flows.csv", "NdFeB magnet,KHM,USA,5,derived,hearsay"), "unknown source 'hearsay'"),
    (
        _append("flows.csv", "NdFeB magnet,KHM,USA,5,guessed,oresight"),
        "give one of assumed, derived, reported",
    ),
    (_append("flows.csv", "NdFeB magnet,KHM,USA,5,derived,oresight"), "NdFeB magnet in KHM does not balance"),
    (
        _append("final_demand.csv", "dysprosium oxide,KHM,5,assumed"),
        "dysprosium oxide in KHM does not balance",
    ),
    (_append("duty.csv", "NdFeB magnet,USA,USA,5,census-2024"), "own supply pays no duty"),
    (_replace("processes/rare-earths.csv", MINE, MINE.replace("29000", "40000")), "capacity"),
    (_replace("processes/rare-earths.csv", MINE, MINE.replace("29000", "28000")), "make them agree"),
    (_replace("processes/rare-earths.csv", MINE, MINE.replace(",1,", ",0,")), "leave the row out"),
    (_append("assumptions.csv", "sigma,gallium,ratio,5,6,7,1,9,x,oresight,assumed"), "low <= central"),
    (
        _append("end_uses.csv", "gallium metal,toys,0.2,other,oresight,assumed,"),
        "shares of gallium metal add up",
    ),
    (_append("sources.yaml", "baci-hs92: {publisher: a, title: b, year: 2020, licence: c}"), "defined twice"),
    (_append("sources.yaml", "new: {publisher: a}"), "new lacks title, year, licence"),
    (_append("sources.yaml", "]["), "not valid YAML"),
    (
        _append("facts/rare-earths.csv", "dysprosium oxide,WLD,,,price,1,USD/t,2024,oresight,assumed,yes,"),
        "dysprosium oxide has two chosen prices",
    ),
    (
        _append(
            "facts/chains.csv", "gallium metal,CHN,,refining,production,1,t/yr,2024,oresight,derived,yes,"
        ),
        "repeats gallium metal, CHN",
    ),
]


@pytest.mark.parametrize(("change", "says"), BROKEN, ids=[says[:40] for _, says in BROKEN])
def test_a_table_that_is_not_sound_is_refused_in_one_line(
    copy: Path, change: Callable[[Path], None], says: str
) -> None:
    change(copy)
    with pytest.raises(InputError) as caught:
        World.load(str(copy))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_not_text_are_refused(copy: Path) -> None:
    (copy / "duty.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match=r"duty\.csv: byte 0 is not UTF-8"):
        World.load(str(copy))


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such directory"):
        World.load(str(tmp_path / "nowhere"))


def test_a_byte_order_mark_in_front_does_no_harm(copy: Path) -> None:
    content = (copy / "duty.csv").read_bytes()
    (copy / "duty.csv").write_bytes(b"\xef\xbb\xbf" + content)
    assert np.array_equal(World.load(str(copy)).duty, World.load().duty)

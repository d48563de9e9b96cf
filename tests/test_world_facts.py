"""Figures can be looked up, carry their source, and the baseline holds against published shares."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from oresight.errors import InputError
from oresight.world.checks import check_rows, supply_share
from oresight.world.facts import fact_rows, find_facts, source_rows
from oresight.world.model import World
from oresight.world.scope import resolve

WORLD = World.load()
DATA = Path(__file__).parents[2] / "shared" / "data"


def _shared(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs {name} in the shared data folder")
    return path


def test_the_checks_hold() -> None:
    failed = [row for row in check_rows(WORLD) if not row["holds"]]
    assert not failed
    assert {row["basis"] for row in check_rows(WORLD)} == {"law", "input", "independent"}


def test_nearly_ninety_percent_is_separation_not_mining() -> None:
    assert supply_share(WORLD, ("magnet rare earths: separation",), "CHN") > 89
    assert supply_share(WORLD, ("rare earths: mining",), "CHN") < 72


def test_shares_by_stage_are_on_record_with_their_source() -> None:
    shares = [f for f in find_facts(WORLD, "rare earths", economy="CHN") if f.attribute == "supply_share"]
    by_stage = {f.stage: f.value for f in shares if f.subject == "rare earths" and f.chosen}
    assert by_stage["mining"] == pytest.approx(71, abs=1)
    assert by_stage["separation"] == pytest.approx(91, abs=1)
    assert by_stage["magnet"] == pytest.approx(94, abs=1)
    assert all(f.source in WORLD.sources or f.source == "baseline" for f in shares)


def test_derived_production_fills_what_tables_leave_and_never_repeats_them() -> None:
    facts = find_facts(WORLD, "neodymium-praseodymium oxide")
    production = [f.economy for f in facts if f.attribute == "production"]
    assert production.count("USA") == 1
    assert production.count("CHN") == 1
    assert sum(
        f.value for f in facts if f.attribute == "supply_share" and f.source == "baseline"
    ) == pytest.approx(100, abs=0.5)


def test_rows_narrow_by_stage_and_economy() -> None:
    rows = fact_rows(WORLD, "rare earths", stage="magnet", economy="USA")
    assert rows
    assert {row["stage"] for row in rows} == {"magnet"}
    assert all("USA" in (row["economy"], row["partner"]) for row in rows)
    assert all(row["cite"] and row["unit"] and row["kind"] for row in rows)


@pytest.mark.parametrize(
    ("commodity", "stage", "economy", "says"),
    [
        ("disprosium", None, None, "nearest: dysprosium"),
        ("dysprosium", "smelting", None, "unknown stage"),
        ("dysprosium", None, "Narnia", "unknown economy"),
        ("dysprosium", "magnet", None, "leave --stage or --economy out"),
    ],
)
def test_what_is_not_known_is_refused(
    commodity: str, stage: str | None, economy: str | None, says: str
) -> None:
    with pytest.raises(InputError) as caught:
        fact_rows(WORLD, commodity, stage, economy)
    assert says in str(caught.value)


def test_every_source_is_listed_with_its_licence() -> None:
    rows = source_rows(WORLD)
    assert {row["source"] for row in rows} == set(WORLD.sources)
    assert all(row["licence"] for row in rows)


def test_china_sends_most_permanent_magnets_that_the_united_states_import() -> None:
    """The fact of 76 percent against the customs file that it comes from."""
    path = _shared("us-imports-hs10-2024/us_imports_critical_hs10_2024.csv")
    value: dict[str, float] = defaultdict(float)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["HS10"].startswith("850511"):
                value[row["CTY_NAME"]] += float(row["customs_value_usd"])
    value.pop("SLOVAKIA", None)  # counted in the European Union
    found = 100 * value["CHINA"] / sum(value.values())
    fact = next(f for f in WORLD.facts if f.subject == "permanent magnets" and f.attribute == "import_share")
    assert fact.value == pytest.approx(found, abs=0.5)


def test_chinese_exports_rank_partners_as_their_customs_do() -> None:
    """UN Comtrade, used for comparison only: rare earths with magnets, by partner, 2024."""
    path = _shared("china-exports-ga-ge-graphite-ree/country_monthly_stats.csv")
    names = {e.name: e.code for e in WORLD.economies} | {"USA": "USA"}
    value: dict[str, float] = defaultdict(float)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["period_dt"].startswith("2024") and row["broad_group"] == "Rare Earths":
                value[names[row["partner_name"]]] += float(row["val"])
    goods = list(resolve(WORLD, ("rare earths: separation", "rare earths: magnet")))
    china = WORLD.economy_index["CHN"]
    worth = (WORLD.flows[goods, china] * WORLD.prices[goods][:, None]).sum(axis=0)
    partners = sorted(value)
    ours = np.argsort(np.argsort([worth[WORLD.economy_index[p]] for p in partners]))
    theirs = np.argsort(np.argsort([value[p] for p in partners]))
    assert np.corrcoef(ours, theirs)[0, 1] > 0.6

"""The single-mineral chains, end uses and assumptions, read as plain tables.

These tests use the csv module alone, so that a table is held to its rules even where the loader
would not notice: known units, sources that exist, closed masses, positive margins, ordered ranges.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from pathlib import Path

import pycountry
import pytest
import yaml

import oresight

DATA = Path(oresight.__file__).parent / "world" / "data"
YEAR = "2024"
CHAINS = (
    "gallium metal",
    "germanium metal",
    "antimony concentrate",
    "antimony metal and oxide",
    "tungsten concentrate",
    "tungsten intermediates",
    "natural graphite flake",
    "spherical graphite",
)
UNITS = {
    "production": "t/yr",
    "consumption": "t/yr",
    "capacity": "t/yr",
    "price": "USD/t",
    "supply_share": "percent",
    "net_import_reliance": "percent",
    "import_share": "percent",
    "stock": "t",
    "reserve": "t",
}
ISO3 = {country.alpha_3 for country in pycountry.countries} | {"ROW"}

Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def facts() -> list[Row]:
    return table("facts/chains.csv")


@pytest.fixture(scope="module")
def processes() -> list[Row]:
    return table("processes/chains.csv")


@pytest.fixture(scope="module")
def assumptions() -> list[Row]:
    return table("assumptions.csv")


@pytest.fixture(scope="module")
def end_uses() -> list[Row]:
    return table("end_uses.csv")


@pytest.fixture(scope="module")
def sources() -> set[str]:
    return set(yaml.safe_load((DATA / "sources-chains.yaml").read_text(encoding="utf-8")))


def baseline(facts: list[Row], attribute: str) -> dict[tuple[str, str], float]:
    """The chosen figures of the baseline year by commodity and economy."""
    return {
        (row["subject"], row["economy"]): float(row["value"])
        for row in facts
        if row["attribute"] == attribute
        and row["chosen"] == "yes"
        and row["year"] == YEAR
        and row["subject"] in CHAINS
    }


def test_facts_use_the_unit_of_their_attribute(facts: list[Row]) -> None:
    for row in facts:
        assert row["unit"] == UNITS[row["attribute"]], row
        value = float(row["value"])
        assert 0 <= value < math.inf, row
        if row["unit"] == "percent":
            assert value <= 100, row


def test_economies_are_iso_codes(facts: list[Row], processes: list[Row]) -> None:
    assert {row["economy"] for row in facts} <= ISO3 | {"WLD"}
    assert {row["economy"] for row in processes} <= ISO3


def test_import_shares_name_their_partner(facts: list[Row]) -> None:
    for row in facts:
        if row["attribute"] == "import_share":
            partner = row["note"].split(";")[0].removeprefix("partner=")
            assert partner in ISO3, row
            assert row.get("partner", partner) == partner, row


def test_kinds_and_choices_are_plain(
    facts: list[Row], processes: list[Row], assumptions: list[Row], end_uses: list[Row]
) -> None:
    kinds = {"reported", "derived", "assumed"}
    assert {row["kind"] for row in [*facts, *assumptions, *end_uses]} <= kinds
    assert {row["kind_of_figure"] for row in processes} <= kinds
    assert {row["chosen"] for row in facts} <= {"yes", "no"}


def test_every_source_is_described(
    facts: list[Row], processes: list[Row], assumptions: list[Row], end_uses: list[Row], sources: set[str]
) -> None:
    used = {row["source"] for row in [*facts, *processes, *assumptions, *end_uses]}
    assert used <= sources


def test_what_we_judged_ourselves_is_marked_assumed(
    facts: list[Row], assumptions: list[Row], end_uses: list[Row]
) -> None:
    for row in [*facts, *assumptions, *end_uses]:
        if row["source"] == "oresight":
            assert row["kind"] == "assumed", row


def test_a_second_opinion_says_why_it_was_not_chosen(facts: list[Row]) -> None:
    for row in facts:
        if row["chosen"] == "no" or row["kind"] != "reported":
            assert row["note"], row


def test_one_figure_is_chosen(facts: list[Row]) -> None:
    seen: set[tuple[str, ...]] = set()
    for row in facts:
        if row["chosen"] == "yes" and row["attribute"] in ("production", "consumption", "price"):
            key = (row["subject"], row["economy"], row["attribute"], row["year"])
            assert key not in seen, row
            seen.add(key)


def test_processes_make_the_chosen_production(facts: list[Row], processes: list[Row]) -> None:
    made: dict[tuple[str, str], float] = defaultdict(float)
    for row in processes:
        if row["role"] == "output":
            made[row["commodity"], row["economy"]] += float(row["tonnes_per_unit"]) * float(row["activity"])
    assert made == pytest.approx(baseline(facts, "production"), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("commodity", CHAINS)
def test_mass_closes(commodity: str, facts: list[Row], processes: list[Row]) -> None:
    made = sum(t for (c, _), t in baseline(facts, "production").items() if c == commodity)
    used = sum(t for (c, _), t in baseline(facts, "consumption").items() if c == commodity)
    fed = sum(
        float(row["tonnes_per_unit"]) * float(row["activity"])
        for row in processes
        if row["commodity"] == commodity and row["role"] == "input"
    )
    assert made > 0
    assert made == pytest.approx(fed + used, rel=1e-9, abs=1e-6)


def test_every_process_earns_a_margin(facts: list[Row], processes: list[Row]) -> None:
    price = {c: p for (c, _), p in baseline(facts, "price").items()}
    assert set(price) == set(CHAINS)
    margin: dict[str, float] = defaultdict(float)
    for row in processes:
        sign = 1 if row["role"] == "output" else -1
        margin[row["process"]] += sign * float(row["tonnes_per_unit"]) * price[row["commodity"]]
    assert all(value > 0 for value in margin.values()), margin


def test_processes_have_room_and_ordered_elasticities(processes: list[Row]) -> None:
    for row in processes:
        assert float(row["capacity"]) >= float(row["activity"]) > 0, row
        low, central, high = (float(row[f"elasticity_{c}"]) for c in ("low", "central", "high"))
        assert 0 < low <= central <= high, row


def test_assumption_ranges_are_ordered(assumptions: list[Row]) -> None:
    for row in assumptions:
        lowest, low, central, high, highest = (
            float(row[c]) for c in ("lowest", "low", "central", "high", "highest")
        )
        assert lowest <= low <= central <= high <= highest, row
        assert row["description"], row
        assert row["unit"], row


def test_every_assumption_has_a_general_row(assumptions: list[Row]) -> None:
    names = {row["name"] for row in assumptions}
    assert {row["name"] for row in assumptions if row["scope"] == "*"} == names
    assert names >= {
        "sigma",
        "demand_elasticity",
        "backstop_multiple",
        "stock_months",
        "licence_approval_share",
        "licence_approval_share_stress",
        "leakage_share",
        "compliance_binding",
        "compliance_non_binding",
    }
    keys = [(row["name"], row["scope"]) for row in assumptions]
    assert len(set(keys)) == len(keys)


def test_stress_is_harder_than_a_common_licence(assumptions: list[Row]) -> None:
    general = {row["name"]: float(row["central"]) for row in assumptions if row["scope"] == "*"}
    assert general["licence_approval_share_stress"] < general["licence_approval_share"]
    assert general["compliance_non_binding"] < general["compliance_binding"]


def test_end_use_shares_add_to_one(end_uses: list[Row], facts: list[Row]) -> None:
    total: dict[str, float] = defaultdict(float)
    for row in end_uses:
        assert 0 < float(row["share"]) <= 1, row
        assert row["sector"] in ("technology", "energy", "defence", "other"), row
        total[row["commodity"]] += float(row["share"])
    assert all(share == pytest.approx(1, abs=1e-9) for share in total.values()), total
    assert set(total) >= {commodity for commodity, _ in baseline(facts, "consumption")}


@pytest.mark.parametrize(
    "name", ["facts/chains.csv", "processes/chains.csv", "assumptions.csv", "end_uses.csv"]
)
def test_tables_diff_well(name: str) -> None:
    raw = (DATA / name).read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    rows = table(name)
    first = next(iter(rows[0]))
    leading = [row[first] for row in rows]
    assert leading == sorted(leading)
    assert all(cell == cell.strip() for row in rows for cell in row.values())


def test_the_page_on_assumptions_tells_the_values_of_the_table(assumptions: list[Row]) -> None:
    page = Path(__file__).parents[1].joinpath("docs", "assumptions.md").read_text(encoding="utf-8")
    for row in assumptions:
        scope = "everything else" if row["scope"] == "*" else row["scope"]
        values = f"| {row['central']} | {row['low']} to {row['high']} |"
        assert f"| {scope} {values}" in page or f"| `{row['name']}` {values}" in page, row

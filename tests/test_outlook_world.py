"""The baseline of a later year balances, makes room for what opens, and says what it leaves out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.errors import InputError
from oresight.outlook.balance import absorb
from oresight.outlook.horizon import assumption_rows, growth, world_in
from oresight.outlook.projects import Project
from outlook_world import chain_world, imbalance

WORLD = chain_world()
USA, CHN, JPN, MAGNET = 1, 0, 2, 3


def plant(
    commodity: str = "magnet",
    economy: str = "USA",
    capacity: float = 100.0,
    basis: str = "added",
    process: str = "",
    feed: str = "market",
) -> Project:
    says = ("announced", "own", "assumed")
    return Project("p", "Plant", economy, commodity, process, feed, capacity, basis, 2026.0, 0, 0, *says)


def test_the_made_up_world_balances() -> None:
    assert imbalance(WORLD) < 1e-9


def test_nothing_new_changes_nothing() -> None:
    same = absorb(WORLD, {}, 0.1)
    assert np.allclose(same.flows, WORLD.flows, rtol=1e-12)
    later, opened, notes = world_in(WORLD, 2024, (plant(),))
    assert later.flows is WORLD.flows
    assert opened == ()
    assert notes == ()


@settings(max_examples=25, deadline=None)
@given(st.floats(0.2, 6.0), st.integers(0, 8))
def test_any_level_is_taken_in_and_tonnes_balance(factor: float, k: int) -> None:
    factor = min(factor, 1.3) if WORLD.processes[k].economy == "CHN" else factor
    level = factor * WORLD.processes[k].activity
    later = absorb(WORLD, {k: level}, 0.1)
    assert imbalance(later) < 1e-5
    assert later.processes[k].activity == pytest.approx(level)
    assert (later.flows >= 0).all()
    assert (later.final_demand >= 0).all()
    assert all(p.capacity >= p.activity for p in later.processes)


def test_new_magnets_displace_imports_rather_than_add_to_use() -> None:
    later, opened, _ = world_in(WORLD, 2027, (plant(capacity=100.0),))
    assert opened[0].output_t == pytest.approx(70.0)
    made = later.flows[MAGNET].sum(axis=1)
    assert made[USA] == pytest.approx(20.0 + 70.0)
    assert made[CHN] < 600.0
    use = later.flows[MAGNET].sum()
    assert use == pytest.approx(700.0, rel=0.02)
    before, after = (w.flows[MAGNET][CHN, USA] for w in (WORLD, later))
    assert after < before


def test_a_plant_needs_its_inputs() -> None:
    later, _, _ = world_in(WORLD, 2027, (plant(capacity=100.0),))
    assert later.flows[1][:, USA].sum() > WORLD.flows[1][:, USA].sum()


def test_what_has_no_place_is_left_out_with_a_reason() -> None:
    nowhere = (
        plant("heavy oxide", "USA"),
        plant("light oxide", "GRC"),
        plant("gallium metal", "USA"),
        plant("magnet", "USA", process="alchemy"),
    )
    later, opened, notes = world_in(WORLD, 2030, nowhere)
    assert opened == ()
    assert len(later.processes) == len(WORLD.processes)
    for note, word in zip(
        notes, ("run for heavy oxide", "not an economy", "does not hold", "alchemy"), strict=True
    ):
        assert word in note


def test_the_first_plant_of_an_economy_sells_abroad_and_buys_its_feed() -> None:
    later, _, notes = world_in(WORLD, 2030, (plant("light oxide", "JPN", 20.0),))
    assert notes == ()
    assert imbalance(later) < 1e-5
    new = later.processes[-1]
    assert (new.name, new.economy) == ("Plant", "JPN")
    assert new.outputs == WORLD.processes[3].outputs
    assert later.flows[1][JPN].sum() == pytest.approx(14.0)
    assert later.flows[0][:, JPN].sum() == pytest.approx(14.0 / 0.25)
    assert new.supply_elasticity.central == pytest.approx(0.5 * growth("supply", 6))


def test_a_plant_with_its_own_feed_buys_none() -> None:
    later, _, _ = world_in(
        WORLD, 2030, (plant("light oxide", "USA", 20.0, process="separation", feed="own"),)
    )
    assert imbalance(later) < 1e-5
    assert later.processes[-1].inputs == {}
    assert later.processes[-1].activity == pytest.approx(14.0 / 0.25)
    assert later.flows[0][:, USA].sum() < WORLD.flows[0][:, USA].sum() * 1.01


def test_two_plants_on_one_process_add_up() -> None:
    one = plant(capacity=50.0)
    two = plant(capacity=30.0)
    later, opened, _ = world_in(WORLD, 2030, (one, two))
    assert len(opened) == 2
    assert later.flows[MAGNET][USA].sum() == pytest.approx(20.0 + 0.7 * 80.0)


def test_a_total_counts_only_what_stands_above_the_capacity_of_today() -> None:
    _, opened, _ = world_in(WORLD, 2030, (plant(capacity=30.0, basis="total"),))
    assert opened[0].capacity_t == pytest.approx(30.0 - 24.0)
    _, opened, _ = world_in(WORLD, 2030, (plant(capacity=10.0, basis="total"),))
    assert opened[0].capacity_t == 0.0


def test_elasticities_grow_to_their_multiple_and_stay() -> None:
    assert growth("demand", 0) == 1.0
    assert growth("demand", 10) == growth("demand", 15) == pytest.approx(2.5)
    assert growth("supply", 20) == pytest.approx(2.1)
    later, _, _ = world_in(WORLD, 2029, ())
    old, new = WORLD.processes[0].supply_elasticity, later.processes[0].supply_elasticity
    assert new.central == pytest.approx(old.central * growth("supply", 5))
    values = {a.name: a.value.central for a in later.assumptions}
    assert values["demand_elasticity"] == pytest.approx(0.2 * growth("demand", 5))
    assert values["sigma"] == 5.0


def test_assumptions_are_rows_with_ranges_and_kinds() -> None:
    for row in assumption_rows():
        assert row["kind"] == "assumed"
        assert float(str(row["low"])) <= float(str(row["value"])) <= float(str(row["high"]))


def test_a_year_before_the_baseline_is_refused() -> None:
    with pytest.raises(InputError, match="before the baseline year"):
        world_in(WORLD, 2020, ())

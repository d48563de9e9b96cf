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
USA, CHN, MAGNET = 1, 0, 3


def plant(
    commodity: str = "magnet", economy: str = "USA", capacity: float = 100.0, basis: str = "added"
) -> Project:
    return Project(
        "p", "Plant", economy, commodity, capacity, basis, 2026.0, 0, 0, "announced", "own", "assumed"
    )


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


def test_by_products_and_strangers_are_left_out_with_a_reason() -> None:
    cheap = plant("heavy oxide", "USA")
    foreign = plant("light oxide", "JPN")
    unknown = plant("gallium metal", "USA")
    _, opened, notes = world_in(WORLD, 2030, (cheap, foreign, unknown))
    assert opened == ()
    assert "by-product" in notes[0]
    assert "makes none" in notes[1]
    assert "does not hold" in notes[2]


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

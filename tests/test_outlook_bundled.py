"""The bundled projects and episodes run on the bundled baseline."""

from __future__ import annotations

import pytest

from oresight.evidence.episodes import load_episodes
from oresight.evidence.hindcast import hindcast
from oresight.market.program import program
from oresight.outlook.horizon import world_in
from oresight.outlook.projects import load_projects
from oresight.policy.ledger import load_ledger
from oresight.world.model import World
from outlook_world import imbalance

WORLD = World.load()


@pytest.mark.parametrize("year", [2026, 2034])
def test_every_year_balances_and_the_market_takes_it(year: int) -> None:
    later, opened, _ = world_in(WORLD, year, load_projects())
    program(later)
    assert imbalance(later) < 1e-3  # tonnes, of some 500,000
    assert opened
    for o in opened:
        assert 0 < o.output_t <= o.capacity_t <= o.project.capacity_t


def test_new_magnet_plants_lower_the_reliance_of_the_united_states() -> None:
    c, n = WORLD.commodity_index["NdFeB magnet"], WORLD.economy_index["USA"]
    later, _, _ = world_in(WORLD, 2032, load_projects())
    own = [w.flows[c, n, n] / w.flows[c, :, n].sum() for w in (WORLD, later)]
    assert own[1] > 2 * own[0]


def test_the_bundled_episodes_are_solved_and_all_predicted() -> None:
    ledger = load_ledger()
    for replayed in hindcast(load_episodes((), WORLD, ledger), WORLD, ledger):
        assert replayed.solution.status != "failed"
        assert all(row.predicted is not None for row in replayed.rows)
        if replayed.episode.baseline_year != WORLD.year:
            assert str(WORLD.year) in replayed.rows[0].note

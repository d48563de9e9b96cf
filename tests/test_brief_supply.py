from __future__ import annotations

import pytest

from oresight.brief.anchors import Anchors
from oresight.brief.flow_diagram import tonnes_of
from oresight.brief.supply import ARROWS, MAGNET, OXIDE, drawn_for, magnet_chain, supply_map
from oresight.world.model import World


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


def test_the_chain_counts_every_tonne_of_oxide_that_the_baseline_makes(world: World) -> None:
    chain = magnet_chain(world, "CHN", "USA", Anchors(world))
    assert chain is not None
    made = float(world.flows[world.commodity_index[OXIDE]].sum())
    for stage in (0, 1):
        total = sum(tonnes_of(chain, n.key) for n in chain.nodes if n.stage == stage)
        assert total == pytest.approx(made, rel=1e-6)
    into_magnets = sum(
        p.inputs[OXIDE] * p.activity for p in world.processes if OXIDE in p.inputs and MAGNET in p.outputs
    )
    used = sum(tonnes_of(chain, n.key) for n in chain.nodes if n.stage == 3)
    assert used == pytest.approx(into_magnets, rel=1e-6)


def test_more_passes_through_china_than_through_malaysia(world: World) -> None:
    def passed(code: str) -> float:
        anchors = Anchors(world)
        assert magnet_chain(world, code, "USA", anchors) is not None
        return next(row.figure.central for row in anchors.fact_rows() if row.what.endswith("United States"))

    assert 100 >= passed("CHN") > passed("MYS") >= 0


def test_a_map_shows_the_largest_flows_and_says_how_much_that_is(world: World) -> None:
    anchors = Anchors(world)
    for drawn in drawn_for(world, [c.name for c in world.commodities]):
        supply = supply_map(world, drawn, "CHN", anchors)
        assert supply is not None
        tonnes = [a.tonnes for a in supply.arrows]
        assert tonnes == sorted(tonnes, reverse=True)
        assert len(tonnes) <= ARROWS
        assert "ROW" not in {p.code for p in supply.places}
    shares = [row.figure.central for row in anchors.fact_rows() if "share of trade drawn" in row.what]
    assert all(0 < share <= 100 + 1e-9 for share in shares)


def test_minerals_without_rare_earths_have_maps_of_their_latest_stage(world: World) -> None:
    drawn = drawn_for(world, ["tungsten concentrate", "tungsten intermediates", "gallium metal"])
    assert [d.name for d in drawn] == ["gallium metal", "tungsten intermediates"]

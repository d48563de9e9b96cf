from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from oresight.deal.crises import games
from oresight.deal.losses import state_losses
from oresight.deal.outages import OUTAGE, split, with_outages
from oresight.deal.register import load_risks
from oresight.impact.money import money
from oresight.market.solve import solve
from oresight.policy.compile import to_wedges
from oresight.policy.constructors import ExportBan
from oresight.policy.ledger import Ledger, load_ledger
from oresight.policy.records import Measure, Scenario
from oresight.world.model import World


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


def outage(economy: str, good: str, left: float) -> Measure:
    return Measure(f"{economy} {good}", OUTAGE, economy, ("all",), (good,), share_of_baseline=left)


def test_an_outage_takes_its_part_of_output_domestic_use_included(world: World) -> None:
    wedges = with_outages(
        to_wedges(Scenario("out"), world, Ledger()), [outage("TJK", "antimony concentrate", 0.5)], world
    )
    got = solve(world, [wedges])
    c, i = world.commodity_index["antimony concentrate"], world.economy_index["TJK"]
    own = (got.routes[:, 0] == c) & (got.routes[:, 1] == i)
    assert got.solutions[0].flow[0, own].sum() == pytest.approx(0.5 * got.baseline_flow[own].sum())


def test_what_those_who_still_produce_earn_stays_with_their_economy(world: World) -> None:
    bare = to_wedges(Scenario("out"), world, Ledger())
    got = solve(world, [with_outages(bare, [outage("TJK", "antimony concentrate", 0.5)], world)])
    account = money(got, got.solutions[0])
    kept = account.quota_rent[0].sum(axis=0)
    assert kept[world.economy_index["TJK"]] > 0.0
    assert kept.sum() == pytest.approx(kept[world.economy_index["TJK"]])
    assert account.loss[0].sum() > 0.0  # the world as a whole cannot gain from a mine that stops


def test_an_outage_that_leaves_nothing_closes_the_node(world: World) -> None:
    bare = to_wedges(Scenario("out"), world, Ledger())
    wedges = with_outages(bare, [outage("USA", "bastnaesite concentrate", 0.0)], world)
    c, i = world.commodity_index["bastnaesite concentrate"], world.economy_index["USA"]
    assert wedges.closed[c, i].all()
    assert wedges.closed.sum() == len(world.economies)
    assert not bare.closed.any()


def test_measures_and_outages_are_told_apart() -> None:
    ban, stop = ExportBan("CHN", "USA", "gallium"), outage("CHN", "gallium metal", 0.5)
    assert split([ban, stop]) == ([ban], [stop])


def test_the_bundled_outages_cost_the_world_something(world: World) -> None:
    risks = [r for r in load_risks(world) if r.measure.instrument == OUTAGE]
    assert len(risks) >= 3
    bare = to_wedges(Scenario("out"), world, Ledger())
    got = solve(world, [with_outages(bare, [r.measure], world) for r in risks])
    for solution in got.solutions:
        assert solution.status != "failed"
        assert money(got, solution).loss[0].sum() > 0.0


def test_chains_that_a_state_does_not_touch_change_nothing_when_left_in_peace(world: World) -> None:
    # The losses of each chain, against all measures of a state solved together on the whole start.
    ledger, start = load_ledger(), Scenario("start", base="ledger", as_of="2025-10-26", known_by="2025-10-26")
    risks = [r for r in load_risks(world) if r.id in ("chn-antimony", "mys-rare-earths", "chn-tungsten")]
    played = games(world, risks, ())
    got = state_losses(world, ledger, played, "USA", 2, 1, start=start)
    together = replace(start, measures=tuple(r.measure for r in risks))
    outcome = solve(world, [to_wedges(s, world, ledger) for s in (start, together)], draws=2, seed=1)
    before, after = (money(outcome, s).loss_by_commodity for s in outcome.solutions)
    n = world.economy_index["USA"]
    apart = sum(loss for loss in got.by_state.values())
    scale = np.abs(after[:, :, n]).max()
    assert np.allclose(apart, (after - before)[:, :, n], atol=1e-7 * scale)

"""Money adds up: what one side loses the other gains, but for a triangle of the second order."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from oresight.impact.money import Money, money
from oresight.impact.sectors import SECTORS, sector_losses
from oresight.impact.table import rows
from oresight.market.outcome import Outcome
from oresight.market.solve import solve
from oresight.policy.wedges import Wedges
from oresight.world.model import EndUse, World
from synthetic_worlds import synthetic_world


@pytest.fixture(scope="module")
def world() -> World:
    base = synthetic_world(seed=5, economy_count=5, singles=1, network=True)
    uses = tuple(EndUse(c.name, "all of it", 1.0, "energy", "synthetic", "assumed") for c in base.commodities)
    # A duty in the baseline would be a distortion already, and its loss of the first order.
    return dataclasses.replace(base, end_uses=uses, duty=np.zeros_like(base.duty))


def with_tariff(world: World, rate: float, tax: float = 0.0) -> Wedges:
    shape = world.flows.shape
    duty, export_tax = np.zeros(shape), np.zeros(shape)
    duty[:, 0, 1] = rate
    export_tax[:, 2, 3] = tax
    return Wedges("tariff", duty, export_tax, np.zeros(shape, bool), (), (), (), ())


def account(world: World, rate: float, tax: float = 0.0) -> tuple[Outcome, Money]:
    outcome = solve(world, [with_tariff(world, rate, tax)])
    return outcome, money(outcome, outcome.solutions[0])


def test_a_small_tariff_costs_the_world_a_triangle(world: World) -> None:
    # Harberger: the sum of losses is of the second order, so a third of the rate costs about a ninth.
    full, third = (account(world, rate)[1].loss.sum() for rate in (0.03, 0.01))
    assert full > 0
    assert full / third == pytest.approx(9.0, rel=0.05)


def test_a_small_export_tax_costs_the_world_a_triangle(world: World) -> None:
    full, third = (account(world, 0.0, tax)[1].loss.sum() for tax in (0.03, 0.01))
    assert full > 0
    assert full / third == pytest.approx(9.0, rel=0.05)


def test_trade_balances_cancel_between_partners(world: World) -> None:
    _, accounts = account(world, 0.25)
    balance = accounts.trade_change - accounts.trade_change.transpose(0, 2, 1)
    assert balance.sum() == pytest.approx(0.0, abs=1e-6 * np.abs(balance).sum())


def test_no_policy_changes_no_money(world: World) -> None:
    outcome, accounts = account(world, 0.0)
    turnover = float((world.flows * world.prices[:, None, None]).sum())
    assert np.abs(accounts.loss).max() < 1e-8 * turnover
    assert np.abs(accounts.trade_change).max() < 1e-8 * turnover
    changes = [r for r in rows(outcome) if r.variable.endswith("price_change")]
    assert changes
    assert all(abs(r.central or 0.0) < 1e-7 for r in changes)


def test_every_loss_of_final_users_falls_on_a_sector(world: World) -> None:
    outcome, accounts = account(world, 0.25)
    by_sector = sector_losses(outcome, outcome.solutions[0])
    assert by_sector.sum() == pytest.approx(-accounts.consumer_surplus_change.sum())
    assert by_sector[:, :, SECTORS.index("energy")].sum() == pytest.approx(by_sector.sum())


def test_rows_name_the_dimensions_of_their_variable(world: World) -> None:
    outcome, _ = account(world, 0.25)
    for row in rows(outcome, chains=(world.economies[0].code,)):
        if row.variable in ("flow", "baseline_flow", "import_share", "chain_share", "delivered_price_change"):
            assert row.origin is not None
            assert row.destination is not None
        if row.variable in ("consumption", "shortfall", "net_import_reliance", "buyer_price_change"):
            assert row.origin is None
            assert row.destination is not None
        assert (row.sector is not None) == (row.variable == "sector_loss")
        assert row.low is None
        assert row.high is None

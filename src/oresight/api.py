"""What `import oresight` offers: solve scenarios and ask of the result, with named dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from oresight.errors import unknown
from oresight.impact import quantities
from oresight.impact.chain import chain_shares
from oresight.impact.money import money
from oresight.impact.rows import Row
from oresight.impact.table import rows
from oresight.market.outcome import Outcome
from oresight.market.solve import solve as solve_wedges
from oresight.policy.compile import to_wedges
from oresight.policy.ledger import Ledger, load_ledger
from oresight.policy.records import Scenario
from oresight.world.model import World

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Results:
    """Solved scenarios. Every array has the dimensions scenario, draw and commodity; draw 0 is central."""

    outcome: Outcome

    def rows(self, chains: tuple[str, ...] = ()) -> list[Row]:
        """Every variable of the contract; `chains` names the origins whose chain share is traced."""
        return rows(self.outcome, chains=chains)

    def table(self, chains: tuple[str, ...] = ()) -> pd.DataFrame:
        """The rows as a data frame."""
        import pandas as pd

        return pd.DataFrame([row.to_json() for row in self.rows(chains)])

    def reliance(self, economy: str, on: str | None = None) -> xr.DataArray:
        """Net import reliance of an economy, percent; with `on`, its chain reliance on that economy.

        Net import reliance is the USGS definition (`impact.quantities`), chain reliance the share of
        what is used that passed through `on` at some stage (`impact.chain`).
        """
        outcome, at = self.outcome, self._place(economy)
        if on is not None:
            through = self._place(on)
            values = [chain_shares(outcome, s.flow, s.activity, through)[:, :, at] for s in outcome.solutions]
            return self._named(values, f"chain reliance of {economy} on {on}", "percent")
        values = []
        for s in outcome.solutions:
            by_commodity = [
                quantities.net_import_reliance(
                    quantities.flows_of(outcome, s.flow, c), s.stock_drawn[:, c, :]
                )[:, at]
                for c in range(len(outcome.world.commodities))
            ]
            values.append(np.stack(by_commodity, axis=1))
        return self._named(values, f"net import reliance of {economy}", "percent")

    def price_change(self, economy: str) -> xr.DataArray:
        """Change of the price that buyers in an economy face, percent of the baseline price."""
        at, prices = self._place(economy), self.outcome.world.prices
        values = [100.0 * (s.buyer_price[:, :, at] / prices - 1.0) for s in self.outcome.solutions]
        return self._named(values, f"price change in {economy}", "percent")

    def loss(self, economy: str) -> xr.DataArray:
        """Loss of an economy against the baseline, million USD a year, dimensions scenario and draw."""
        import xarray as xr

        at = self._place(economy)
        values = np.stack([money(self.outcome, s).loss[:, at] for s in self.outcome.solutions]) / 1e6
        return xr.DataArray(
            values,
            dims=("scenario", "draw"),
            coords={"scenario": [s.wedges.name for s in self.outcome.solutions]},
            name=f"loss of {economy}",
            attrs={"unit": "million USD/yr"},
        )

    def _place(self, economy: str) -> int:
        world = self.outcome.world
        if economy not in world.economy_index:
            raise unknown("economy", economy, world.economy_index)
        return world.economy_index[economy]

    def _named(self, values: Sequence[NDArray[np.float64]], name: str, unit: str) -> xr.DataArray:
        import xarray as xr

        return xr.DataArray(
            np.stack(values),
            dims=("scenario", "draw", "commodity"),
            coords={
                "scenario": [s.wedges.name for s in self.outcome.solutions],
                "commodity": [c.name for c in self.outcome.world.commodities],
            },
            name=name,
            attrs={"unit": unit},
        )


def solve(
    world: World,
    scenarios: Sequence[Scenario] | Scenario,
    draws: int = 0,
    seed: int = 0,
    ledger: Ledger | None = None,
) -> Results:
    """Solve scenarios on a world, against its baseline, with `draws` samples of the assumptions."""
    listed = [scenarios] if isinstance(scenarios, Scenario) else list(scenarios)
    law = ledger or load_ledger()
    return Results(solve_wedges(world, [to_wedges(s, world, law) for s in listed], draws=draws, seed=seed))

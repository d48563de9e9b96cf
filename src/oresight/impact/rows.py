"""The row in which every result is told, and the interval that goes with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

UNITS = {
    "producer_price_change": "percent",
    "delivered_price_change": "percent",
    "buyer_price_change": "percent",
    "flow": "t/yr",
    "baseline_flow": "t/yr",
    "production": "t/yr",
    "consumption": "t/yr",
    "shortfall": "t/yr",
    "net_import_reliance": "percent",
    "import_share": "percent",
    "chain_share": "percent",
    "hhi": "0 to 10,000",
    "tariff_revenue": "million USD/yr",
    "quota_rent": "million USD/yr",
    "consumer_surplus_change": "million USD/yr",
    "producer_surplus_change": "million USD/yr",
    "trade_balance_change": "million USD/yr",
    "sector_loss": "million USD/yr",
    "loss": "million USD/yr",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One result: central case, and the 5th and 95th percentile over the draws.

    Dimensions that do not apply are None. With no draws, `low` and `high` are None too.
    """

    scenario: str
    variable: str
    unit: str
    central: float | None
    low: float | None
    high: float | None
    commodity: str | None = None
    origin: str | None = None
    destination: str | None = None
    sector: str | None = None

    def to_json(self) -> dict[str, object]:
        """The row as the command line prints it."""
        out: dict[str, object] = {
            "scenario": self.scenario,
            "commodity": self.commodity,
            "origin": self.origin,
            "destination": self.destination,
            "variable": self.variable,
            "unit": self.unit,
            "central": self.central,
            "low": self.low,
            "high": self.high,
        }
        if self.sector is not None:
            out["sector"] = self.sector
        return out


def plain(value: float) -> float | None:
    """A float that JSON can carry: None for what is not a number."""
    return float(value) if np.isfinite(value) else None


def interval(values: Floats) -> tuple[float | None, float | None, float | None]:
    """Central value and 90 % interval of a quantity over draws, shape (D,), draw 0 central.

    The percentiles are taken over the sampled draws alone. The central case is one point of the
    assumptions, not their median, so it may lie near an end of the interval.
    """
    central = plain(values[0])
    sampled = values[1:][np.isfinite(values[1:])]
    if sampled.size == 0:
        return central, None, None
    low, high = np.percentile(sampled, [5.0, 95.0])
    return central, float(low), float(high)


def intervals(values: Floats) -> tuple[Floats, Floats, Floats]:
    """As `interval`, along the first axis of an array of shape (D, ...); NaN where nothing is known."""
    central = values[0]
    if values.shape[0] == 1:
        empty = np.full_like(central, np.nan)
        return central, empty, empty
    with np.errstate(invalid="ignore"):
        low, high = np.percentile(values[1:], [5.0, 95.0], axis=0)
    return central, low, high

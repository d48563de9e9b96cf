"""Did the market move? Abnormal returns of shares around an event.

The market model of MacKinlay (1997), "Event Studies in Economics and Finance", Journal of Economic
Literature 35(1), section 4: a share's log return is regressed on the market's over an estimation
window that ends before the event; what the regression does not explain in the event window is
abnormal. With no market column the mean return takes the market's place (the constant-mean model,
section 4.A). The standard error holds the sampling error of the regression as well (Patell 1976).
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from oresight.errors import InputError, shown
from oresight.policy.ledger import iso_day

Floats = NDArray[np.float64]

ESTIMATION = (-250, -11)  # trading days relative to the event
LEAST_ESTIMATION_DAYS = 60
WINDOWS = ((0, 0), (-1, 1), (0, 5), (0, 10))
NOT_PRICES = ("open", "high", "low", "volume")


@dataclass(frozen=True, slots=True)
class Prices:
    """Daily prices: one day per row, one share per column."""

    days: tuple[str, ...]
    names: tuple[str, ...]
    values: Floats  # (days, names)


@dataclass(frozen=True, slots=True)
class Reaction:
    """The cumulative abnormal return of one share over one window."""

    share: str
    window: tuple[int, int]  # trading days from the event's day
    first_day: str
    last_day: str
    model: str  # market | constant mean
    abnormal_return_percent: float
    low_percent: float  # 90 % interval
    high_percent: float
    t_statistic: float
    p_value: float  # two-sided, Student t
    estimation_days: int


def read_prices(path: str) -> Prices:
    """Read a CSV of daily prices: a date column, then one column per share.

    Columns of the usual download (Open, High, Low, Volume) are left out, and Close too where an
    adjusted close stands beside it. Raises InputError naming the line for a bad date, an order that
    is not rising, or a price that is not a positive number.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); name a CSV file of daily prices"
        ) from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; save it as CSV in UTF-8") from None
    reader = csv.reader(io.StringIO(text))
    try:
        table = list(reader)
    except csv.Error as error:
        raise InputError(f"{path}: line {reader.line_num}: not sound CSV ({error})") from None
    if len(table) < 2 or len(table[0]) < 2:
        raise InputError(f"{path}: needs a header line with a date column and at least one price column")
    header = [h.strip() for h in table[0]]
    folded = [h.casefold() for h in header]
    adjusted = "adj close" in folded
    columns = [
        n
        for n in range(1, len(header))
        if folded[n] not in NOT_PRICES and not (adjusted and folded[n] == "close")
    ]
    days, values = [], []
    for line, row in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise InputError(f"{path}: line {line} has {len(row)} cells, the header has {len(header)}")
        days.append(_day(row[0], path, line))
        if len(days) > 1 and days[-1] <= days[-2]:
            raise InputError(
                f"{path}: line {line}: {days[-1]} does not come after {days[-2]}; sort by date, a day once"
            )
        values.append([_price(row[n], path, line, header[n]) for n in columns])
    if not days:
        raise InputError(f"{path}: holds no day; give a line with a date and prices for each trading day")
    return Prices(
        tuple(days), tuple(header[n] for n in columns), np.array(values).reshape(len(days), len(columns))
    )


def _day(cell: str, path: str, line: int) -> str:
    return iso_day(cell.strip()[:10], f"{path}: line {line}")  # a download may add the hour


def _price(cell: str, path: str, line: int, column: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not (value > 0 and math.isfinite(value)):
        raise InputError(
            f"{path}: line {line}, column {column}: {shown(cell)} is no price; a positive number is needed"
        )
    return value


def reactions(prices: Prices, event: str, market: str | None = None) -> list[Reaction]:
    """Abnormal returns of every share around the first trading day on or after `event`."""
    if market is not None and market not in prices.names:
        raise InputError(
            f"reaction: no column {shown(market)} for the market; the file has {', '.join(prices.names)}"
        )
    shares = [name for name in prices.names if name != market]
    if not shares:
        raise InputError("reaction: the market is the only price column; a share to study is needed")
    at = next((n for n, day in enumerate(prices.days) if day >= event), None)
    if at is None or event < prices.days[0]:
        raise InputError(
            f"reaction: {event} is outside the prices, which run from {prices.days[0]} to {prices.days[-1]}"
        )
    returns = np.diff(np.log(prices.values), axis=0)  # row n is the return into day n + 1
    event_row = at - 1
    start, stop = max(event_row + ESTIMATION[0], 0), event_row + ESTIMATION[1] + 1
    if stop - start < LEAST_ESTIMATION_DAYS:
        raise InputError(
            f"reaction: {max(stop - start, 0)} trading days before {event} are left to estimate on; "
            f"{LEAST_ESTIMATION_DAYS} are needed, give prices from further back"
        )
    benchmark = returns[:, prices.names.index(market)] if market else None
    if benchmark is not None and np.ptp(benchmark[start:stop]) <= 1e-12:
        raise InputError(
            f"reaction: the market column {shown(market)} does not move before {event};"
            " name another, or leave --market out"
        )
    out = []
    for name in shares:
        share = returns[:, prices.names.index(name)]
        for window in WINDOWS:
            rows = np.arange(event_row + window[0], event_row + window[1] + 1)
            if rows[-1] < len(share):
                out.append(_reaction(prices, name, share, benchmark, slice(start, stop), rows, window))
    return out


def _reaction(
    prices: Prices,
    name: str,
    share: Floats,
    benchmark: Floats | None,
    estimation: slice,
    rows: NDArray[np.int64],
    window: tuple[int, int],
) -> Reaction:
    from scipy import stats

    design = np.column_stack([np.ones(len(share))] + ([] if benchmark is None else [benchmark]))
    x, y = design[estimation], share[estimation]
    coefficients, *_ = np.linalg.lstsq(x, y, rcond=None)
    freedom = len(y) - x.shape[1]
    variance = float(((y - x @ coefficients) ** 2).sum() / freedom)
    ahead = design[rows].sum(axis=0)
    total = float((share[rows] - design[rows] @ coefficients).sum())
    # Patell's correction: the forecast of the normal return has an error of its own.
    spread = math.sqrt(variance * (len(rows) + float(ahead @ np.linalg.solve(x.T @ x, ahead))))
    t = total / spread if spread > 0 else math.nan
    half = float(stats.t.ppf(0.95, freedom)) * spread
    return Reaction(
        share=name,
        window=window,
        first_day=prices.days[rows[0] + 1],
        last_day=prices.days[rows[-1] + 1],
        model="constant mean" if benchmark is None else "market",
        abnormal_return_percent=100 * total,
        low_percent=100 * (total - half),
        high_percent=100 * (total + half),
        t_statistic=t,
        p_value=float(2 * stats.t.sf(abs(t), freedom)),
        estimation_days=len(y),
    )

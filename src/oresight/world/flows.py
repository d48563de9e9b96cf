"""Bilateral flows: routes that are known, customs figures, trade patterns and gravity, balanced.

For each commodity: routes in `evidence/routes.csv` hold as they stand. The rest is balanced around a
prior made of own supply, of customs values over the price for pairs that the US Census shows, of the
pattern of an HS basket in BACI, and of gravity, with the weights of `evidence/priors.csv`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from oresight.errors import InputError, unknown
from oresight.world.balance import balance, distances, prior_flows
from oresight.world.extract import EU, TRADE_COLUMNS
from oresight.world.model import Commodity, Economy, Floats
from oresight.world.tables import KINDS, Row, Tables, unique

PRIOR_COLUMNS = ("commodity", "basket_hs", "measure", "less", "weight", "home", "direct_hs", "note")
ROUTE_COLUMNS = ("commodity", "origin", "destination", "tonnes", "kind", "source", "note")
HOME = 0.9  # the part of own supply kept at home where priors.csv has no row


@dataclass(frozen=True, slots=True)
class Route:
    """A flow that is known beforehand."""

    origin: int
    destination: int
    tonnes: float
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about the flows of one commodity besides its margins."""

    pattern: Floats  # (N, N) of an HS basket, in tonnes or dollars
    weight: float  # of the pattern against gravity
    home: float  # share of what production and use have in common that stays at home
    customs: Floats  # (N, N) t/yr, zero where customs say nothing
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Balanced:
    """Flows of one commodity, shape (N, N), with kind and source of each pair and the report's line."""

    tonnes: Floats
    kinds: NDArray[np.str_]
    sources: NDArray[np.str_]
    report: str


@dataclass
class EvidenceTables:
    """The evidence tables of a directory, read once."""

    tables: Tables
    economies: Sequence[Economy]
    codes: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.codes = {e.code: n for n, e in enumerate(self.economies)}
        self.members = np.array([EU in e.groups for e in self.economies])
        self.trade: dict[str, list[Row]] = defaultdict(list)
        for row in self.tables.rows("evidence/trade.csv", TRADE_COLUMNS):
            self.trade[row.text("hs")].append(row)
        self.priors = {
            row.text("commodity"): row for row in self._unique("evidence/priors.csv", PRIOR_COLUMNS, 1)
        }
        self.routes: dict[str, list[Route]] = defaultdict(list)
        for row in self._unique("evidence/routes.csv", ROUTE_COLUMNS, 3):
            self.routes[row.text("commodity")].append(
                Route(
                    self._code(row, "origin"),
                    self._code(row, "destination"),
                    row.number("tonnes", low=0),
                    row.choice("kind", KINDS),
                    row.text("source"),
                )
            )

    def _unique(self, name: str, columns: tuple[str, ...], keys: int) -> list[Row]:
        rows = self.tables.rows(name, columns)
        unique(rows, lambda row: tuple(row.text(c) for c in columns[:keys]))
        return rows

    def _code(self, row: Row, column: str) -> int:
        if row.text(column) not in self.codes:
            raise unknown(column, row.text(column), self.codes, f"{row.file}, line {row.line}")
        return self.codes[row.text(column)]

    def check_names(self, commodities: Sequence[Commodity]) -> None:
        """Refuse evidence about commodities that the world does not have."""
        names = {c.name for c in commodities}
        for name, where in (*((n, "priors") for n in self.priors), *((n, "routes") for n in self.routes)):
            if name not in names:
                raise unknown("commodity", name, names, f"evidence/{where}.csv")

    def waits_for(self, commodity: str) -> str:
        """The commodity whose flows are taken off this one's pattern, because they share a code."""
        row = self.priors.get(commodity)
        return row.text("less", required=False) if row else ""

    def about(self, commodity: Commodity, supply: Floats, others: Mapping[str, Floats]) -> Evidence:
        """The evidence on one commodity; partners that stand for many share by their production.

        `others` holds the balanced flows of commodities before it, in tonnes.
        """
        N = len(self.economies)
        pattern, customs = np.zeros((N, N)), np.zeros((N, N))
        routes = tuple(self.routes[commodity.name])
        row = self.priors.get(commodity.name)
        if row is None:
            return Evidence(pattern, 0.0, HOME, customs, routes)
        column = "tonnes" if row.choice("measure", ("tonnes", "value")) == "tonnes" else "value_usd"
        for code in row.words("basket_hs"):
            for pair in self.trade[code]:
                if pair.text("origin") in self.codes and pair.text("destination") in self.codes:
                    pattern[self._code(pair, "origin"), self._code(pair, "destination")] += pair.number(
                        column, low=0
                    )
        if self.waits_for(commodity.name):
            pattern = np.maximum(pattern - others[self.waits_for(commodity.name)], 0.0)
        for code in row.words("direct_hs"):
            for pair in self.trade[code]:
                tonnes = pair.number("value_usd", low=0) / commodity.price_usd_per_t
                customs[:, self._code(pair, "destination")] += tonnes * self._partner(pair, supply)
        np.fill_diagonal(customs, 0.0)
        return Evidence(
            pattern,
            row.number("weight", low=0, high=1),
            row.number("home", low=0, high=1),
            customs,
            routes,
        )

    def _partner(self, pair: Row, supply: Floats) -> Floats:
        """Shares of economies in a customs partner: one, or the Union's members by their production."""
        share = np.zeros_like(supply)
        if pair.text("origin") != EU:
            share[self._code(pair, "origin")] = 1.0
        elif supply[self.members].sum() > 0:
            share[self.members] = supply[self.members] / supply[self.members].sum()
        return share


def balanced_flows(
    commodity: Commodity, supply: Floats, use: Floats, evidence: Evidence, economies: Sequence[Economy]
) -> Balanced:
    """Flows of a commodity that meet production and use, shape (N,) each, nearest to the evidence.

    Raises InputError when routes exceed the margins or no flows meet them.
    """
    prior = prior_flows(supply, use, evidence.pattern, distances(economies), evidence.home, evidence.weight)
    sources = np.where(evidence.pattern > 0, "baci-hs92", "oresight").astype("U40")
    possible = (evidence.customs > 0) & (supply[:, None] > 0) & (use[None, :] > 0)
    customs = np.minimum(evidence.customs, np.minimum(supply[:, None], use[None, :]))
    prior, sources = np.where(possible, customs, prior), np.where(possible, "census-2024", sources)
    kinds = np.full(prior.shape, "derived", dtype="U8")
    fixed = np.zeros_like(prior)
    for route in evidence.routes:
        place = route.origin, route.destination
        fixed[place], kinds[place], sources[place] = route.tonnes, route.kind, route.source
    left, wanted = supply - fixed.sum(axis=1), use - fixed.sum(axis=0)
    _routes_fit(commodity.name, left, wanted, float(supply.sum()), economies)
    left, wanted = np.maximum(left, 0.0), np.maximum(wanted, 0.0)
    start = np.where((fixed > 0) | (left[:, None] <= 0) | (wanted[None, :] <= 0), 0.0, prior)
    flows = fixed + balance(start, left, wanted, economies, commodity.name)
    return Balanced(flows, kinds, sources, _line(commodity.name, flows, start + fixed, fixed, sources))


def _routes_fit(
    commodity: str, left: Floats, wanted: Floats, total: float, economies: Sequence[Economy]
) -> None:
    for rest, what in ((left, "is made"), (wanted, "is used")):
        n = int(np.argmin(rest))
        if rest[n] < -1e-6 * max(total, 1.0):
            raise InputError(
                f"evidence/routes.csv: routes of {commodity} hold {-rest[n]:,.1f} t more than {what} in "
                f"{economies[n].code}; lower them or raise the margin"
            )


def _line(commodity: str, flows: Floats, prior: Floats, fixed: Floats, sources: NDArray[np.str_]) -> str:
    """What the flows between economies rest on, and how far balancing moved them."""
    total = float(flows.sum())
    abroad = flows - np.diag(np.diag(flows))
    crossing = float(abroad.sum())
    if crossing <= 0:
        return f"{commodity}: {total:,.0f} t, none of it traded"
    moved = 50 * np.abs(flows / total - prior / prior.sum()).sum()
    parts = {
        "known routes": abroad[fixed > 0].sum(),
        "US customs": abroad[(sources == "census-2024") & (fixed == 0)].sum(),
        "BACI pattern": abroad[sources == "baci-hs92"].sum(),
    }
    parts["BACI pattern"] -= abroad[(sources == "baci-hs92") & (fixed > 0)].sum()
    parts["gravity"] = crossing - sum(parts.values())
    rests = ", ".join(f"{name} {100 * part / crossing:.0f} %" for name, part in parts.items() if part > 0)
    return (
        f"{commodity}: {total:,.0f} t, {100 * crossing / total:.0f} % traded; traded tonnes rest on {rests}; "
        f"balancing moved {moved:.1f} % of all tonnes from the prior"
    )

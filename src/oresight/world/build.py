"""Building a baseline: recipes from technical tables, then flows balanced to production and use.

`build_world` writes `processes/rare-earths.csv`, `flows.csv`, `final_demand.csv` and `report.txt`; the
same tables give the same bytes. What did not fit is in the report, with what was chosen.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oresight.errors import InputError, unknown
from oresight.world.balance import balance, distances, prior_flows
from oresight.world.extract import EU, TRADE_COLUMNS, read_baci, read_census, write_duty, write_trade
from oresight.world.load import (
    DEMAND_COLUMNS,
    FLOW_COLUMNS,
    PROCESS_COLUMNS,
    YEAR,
    check_margins_positive,
    read_commodities,
    read_economies,
    read_facts,
    read_processes,
    read_sources,
)
from oresight.world.model import Commodity, Economy, Fact, Floats
from oresight.world.recipes import FILE, figure, rare_earth_recipes, write_rows
from oresight.world.tables import DATA, Tables, unique, write_csv, write_text

PRIOR_COLUMNS = ("commodity", "basket_hs", "measure", "weight", "home", "direct_hs", "note")
ROUTE_COLUMNS = ("commodity", "origin", "destination", "tonnes", "kind", "source", "note")
CLOSED = 1e-9  # of supply: what is left after process inputs below this is no final demand


@dataclass(frozen=True, slots=True)
class Prior:
    """How the prior of a commodity's flows is made."""

    basket: tuple[str, ...]  # HS codes whose pattern of pairs is followed
    measure: str  # tonnes | value
    weight: float  # of that pattern against gravity
    home: float  # share of what production and use have in common that stays at home
    direct: tuple[str, ...]  # HTS10 codes whose value over the price is taken as tonnes


def build_world(
    out: str | Path | None = None, *, baci: str | Path | None = None, census: str | Path | None = None
) -> list[str]:
    """Build the tables of a baseline in `out` (the bundled one when None) and return the report's lines.

    `out` must hold the hand-made tables (see docs/world.md); a new directory gets copies of the
    bundled ones. With `baci` or `census`, both are needed and the trade evidence is read out anew.
    Raises InputError when a table is not sound or margins cannot be met; then nothing is changed.
    """
    directory = DATA if out is None else Path(out)
    if directory != DATA and not (directory / "economies.csv").is_file():
        _copy_tables(directory)
    tables = Tables(directory)
    sources = read_sources(tables)
    economies = read_economies(tables)
    facts = read_facts(tables, sources)
    commodities = read_commodities(tables, facts)
    if (baci is None) != (census is None):
        raise InputError("world build: give both --baci and --census, or neither")
    if baci is not None and census is not None:
        customs = read_census(Path(census), economies)
        pairs = read_baci(Path(baci), YEAR, economies)
        write_trade(directory, pairs, customs, commodities)
        write_duty(directory, customs, commodities, economies)
    if tables.exists("evidence/plants.csv"):
        recipes, report = rare_earth_recipes(tables, facts)
        write_csv(directory / FILE, PROCESS_COLUMNS, write_rows(recipes))
    else:
        report = []
    codes = {e.code: n for n, e in enumerate(economies)}
    names = {c.name: n for n, c in enumerate(commodities)}
    processes = read_processes(tables, names, codes, sources)
    check_margins_positive(processes, commodities)
    supply = np.zeros((len(commodities), len(economies)))
    inputs = np.zeros_like(supply)
    for process in processes:
        n = codes[process.economy]
        for name, tonnes in process.outputs.items():
            supply[names[name], n] += tonnes * process.activity
        for name, tonnes in process.inputs.items():
            inputs[names[name], n] += tonnes * process.activity
    demand = np.zeros_like(supply)
    kinds: dict[tuple[int, int], str] = {}
    for c, commodity in enumerate(commodities):
        demand[c], lines = _final_demand(commodity, supply[c], inputs[c], economies, facts, kinds, c)
        report += lines
    flows = _flows(tables, commodities, economies, supply, inputs + demand)
    _write(directory, commodities, economies, flows, demand, kinds, report)
    return report


def _final_demand(
    commodity: Commodity,
    supply: Floats,
    inputs: Floats,
    economies: tuple[Economy, ...],
    facts: tuple[Fact, ...],
    kinds: dict[tuple[int, int], str],
    c: int,
) -> tuple[Floats, list[str]]:
    """Tonnes used outside the network by economy, closing the world balance of a commodity.

    Rows `consumption` hold as they stand when reported. `consumption_share` rows (of the commodity,
    or of a group at its stage) divide what is left; without any, derived and assumed rows are scaled.
    """
    name = commodity.name
    left = float(supply.sum() - inputs.sum())
    demand = np.zeros_like(supply)
    if left < -CLOSED * supply.sum():
        raise InputError(
            f"{name}: processes take {inputs.sum():,.1f} t but only {supply.sum():,.1f} t are made; "
            "lower an activity in processes/ or add supply"
        )
    if left <= 1e-6 * supply.sum():
        return demand, []
    codes = {e.code: n for n, e in enumerate(economies)}
    held, moved = 0.0, np.zeros_like(supply)
    for fact in _rows(facts, name, "consumption"):
        n = _index(codes, fact)
        kinds[c, n] = fact.kind
        if fact.kind == "reported":
            demand[n] += fact.value
            held += fact.value
        else:
            moved[n] += fact.value
    shares = np.zeros_like(supply)
    rows = _rows(facts, name, "consumption_share") or [
        fact
        for group in commodity.groups
        for fact in _rows(facts, group, "consumption_share")
        if fact.stage == commodity.stage
    ]
    if rows and (moved.sum() == 0 or _rows(facts, name, "consumption_share")):
        for fact in rows:
            shares[_index(codes, fact)] += fact.value
            kinds.setdefault((c, _index(codes, fact)), fact.kind)
        if abs(shares.sum() - 100) > 1e-6:
            raise InputError(f"facts: consumption_share of {name} adds up to {shares.sum():g}; make it 100")
        rest = left - held - float(moved.sum())
        if rest < 0:
            raise InputError(
                f"facts: consumption of {name} is {held + moved.sum():,.0f} t but only {left:,.0f} t are "
                "left for it; lower the rows"
            )
        return demand + moved + rest * shares / 100, []
    if moved.sum() == 0:
        raise InputError(
            f"facts: {left - held:,.0f} t of {name} have no use; add rows `consumption` or "
            "`consumption_share`"
        )
    scale = (left - held) / float(moved.sum())
    if scale <= 0:
        raise InputError(
            f"facts: reported consumption of {name} is {held:,.0f} t, all of {left:,.0f} t; lower it"
        )
    lines = []
    if abs(scale - 1) > 1e-6:
        lines = [f"{name}: derived and assumed consumption scaled by {scale:.4f} to close the balance"]
    return demand + scale * moved, lines


def _rows(facts: tuple[Fact, ...], subject: str, attribute: str) -> list[Fact]:
    return [
        f for f in facts if f.chosen and f.year == YEAR and f.subject == subject and f.attribute == attribute
    ]


def _index(codes: dict[str, int], fact: Fact) -> int:
    if fact.economy not in codes:
        raise unknown("economy", fact.economy, codes, f"{fact.attribute} of {fact.subject} in facts/")
    return codes[fact.economy]


def _flows(
    tables: Tables,
    commodities: tuple[Commodity, ...],
    economies: tuple[Economy, ...],
    supply: Floats,
    use: Floats,
) -> Floats:
    codes = {e.code: n for n, e in enumerate(economies)}
    priors = _read_priors(tables, {c.name for c in commodities})
    trade: dict[str, list[tuple[str, str, float, float]]] = defaultdict(list)
    for row in tables.rows("evidence/trade.csv", TRADE_COLUMNS):
        tonnes = row.number("tonnes", low=0) if row.text("tonnes", required=False) else 0.0
        trade[row.text("hs")].append(
            (row.text("origin"), row.text("destination"), row.number("value_usd", low=0), tonnes)
        )
    routes: dict[str, list[tuple[int, int, float]]] = defaultdict(list)
    rows = tables.rows("evidence/routes.csv", ROUTE_COLUMNS)
    unique(rows, lambda row: tuple(row.text(c) for c in ROUTE_COLUMNS[:3]))
    for row in rows:
        for column in ("origin", "destination"):
            if row.text(column) not in codes:
                raise unknown(column, row.text(column), codes, f"{row.file}, line {row.line}")
        routes[row.text("commodity")].append(
            (codes[row.text("origin")], codes[row.text("destination")], row.number("tonnes", low=0))
        )
    distance = distances(economies)
    members = np.array([EU in e.groups for e in economies])
    flows = np.zeros((len(commodities), len(economies), len(economies)))
    for c, commodity in enumerate(commodities):
        prior = priors.get(commodity.name, Prior((), "tonnes", 0.0, 0.9, ()))
        pattern = np.zeros_like(distance)
        for code in prior.basket:
            for origin, destination, value, tonnes in trade[code]:
                if origin in codes and destination in codes:
                    pattern[codes[origin], codes[destination]] += (
                        tonnes if prior.measure == "tonnes" else value
                    )
        start = prior_flows(supply[c], use[c], pattern, distance, prior.home, prior.weight)
        known: list[tuple[int, int, float]] = []
        for hts, listed in trade.items():
            if prior.direct and hts.startswith(prior.direct):
                for origin, destination, value, _ in listed:
                    tonnes = value / commodity.price_usd_per_t
                    share = _origin(origin, codes, members, supply[c])
                    known += [(int(i), codes[destination], tonnes * share[i]) for i in np.flatnonzero(share)]
        start = _overwrite(start, known, supply[c], use[c])
        flows[c] = _balance_around(
            start, routes[commodity.name], supply[c], use[c], economies, commodity.name
        )
    return flows


def _balance_around(
    prior: Floats,
    held: list[tuple[int, int, float]],
    supply: Floats,
    use: Floats,
    economies: tuple[Economy, ...],
    commodity: str,
) -> Floats:
    """Flows with the known routes as they stand and the rest balanced to what they leave."""
    fixed = np.zeros_like(prior)
    for i, j, tonnes in held:
        fixed[i, j] = tonnes
    left, wanted = supply - fixed.sum(axis=1), use - fixed.sum(axis=0)
    for rest, what in ((left, "is made"), (wanted, "is used")):
        n = int(np.argmin(rest))
        if rest[n] < -1e-6 * max(supply.sum(), 1.0):
            raise InputError(
                f"evidence/routes.csv: routes of {commodity} hold {-rest[n]:,.1f} t more than {what} in "
                f"{economies[n].code}; lower them or raise the margin"
            )
    start = np.where(fixed > 0, 0.0, prior)
    start[left <= 0] = 0.0
    start[:, wanted <= 0] = 0.0
    return fixed + balance(start, np.maximum(left, 0.0), np.maximum(wanted, 0.0), economies, commodity)


def _origin(origin: str, codes: dict[str, int], members: Floats, supply: Floats) -> Floats:
    """Shares of economies in a partner: one, or the members of the Union by their production."""
    share = np.zeros_like(supply)
    if origin in codes:
        share[codes[origin]] = 1.0
    elif origin == EU and supply[members].sum() > 0:
        share[members] = supply[members] / supply[members].sum()
    return share


def _overwrite(prior: Floats, known: list[tuple[int, int, float]], supply: Floats, use: Floats) -> Floats:
    """The prior with known tonnes in their pairs, where there is supply and use at all."""
    sums: dict[tuple[int, int], float] = defaultdict(float)
    for i, j, tonnes in known:
        if supply[i] > 0 and use[j] > 0 and i != j:
            sums[i, j] += min(tonnes, float(supply[i]), float(use[j]))
    changed = prior.copy()
    for (i, j), tonnes in sums.items():
        changed[i, j] = tonnes
    return changed


def _read_priors(tables: Tables, names: set[str]) -> dict[str, Prior]:
    rows = tables.rows("evidence/priors.csv", PRIOR_COLUMNS)
    unique(rows, lambda row: (row.text("commodity"),))
    priors = {}
    for row in rows:
        if row.text("commodity") not in names:
            raise unknown("commodity", row.text("commodity"), names, f"{row.file}, line {row.line}")
        priors[row.text("commodity")] = Prior(
            basket=row.words("basket_hs"),
            measure=row.choice("measure", ("tonnes", "value")),
            weight=row.number("weight", low=0, high=1),
            home=row.number("home", low=0, high=1),
            direct=row.words("direct_hs"),
        )
    return priors


def _write(
    directory: Path,
    commodities: tuple[Commodity, ...],
    economies: tuple[Economy, ...],
    flows: Floats,
    demand: Floats,
    kinds: dict[tuple[int, int], str],
    report: list[str],
) -> None:
    order = sorted(range(len(commodities)), key=lambda c: commodities[c].name)
    write_csv(
        directory / "flows.csv",
        FLOW_COLUMNS,
        (
            (
                *(commodities[c].name, economies[i].code, economies[j].code),
                *(figure(flows[c, i, j]), "derived", "oresight"),
            )
            for c in order
            for i, j in np.argwhere(flows[c] > 0)
        ),
    )
    write_csv(
        directory / "final_demand.csv",
        DEMAND_COLUMNS,
        (
            (commodities[c].name, economies[n].code, figure(demand[c, n]), kinds[c, int(n)])
            for c in order
            for n in np.flatnonzero(demand[c] > 0)
        ),
    )
    write_text(directory / "report.txt", "".join(f"{line}\n" for line in report))


def _copy_tables(directory: Path) -> None:
    """Copy the bundled hand-made tables into a new directory."""
    import shutil

    directory.mkdir(parents=True, exist_ok=True)
    for path in sorted(DATA.rglob("*")):
        if path.suffix in (".csv", ".yaml"):
            target = directory / path.relative_to(DATA)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


if __name__ == "__main__":
    import sys

    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    lines = build_world(
        arguments.get("--out"), baci=arguments.get("--baci"), census=arguments.get("--census")
    )
    print("\n".join(lines))

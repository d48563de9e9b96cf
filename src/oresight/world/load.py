"""Reading a baseline from its tables, with every check that a sound world passes.

The layout is described in docs/world.md. Nothing is filled in silently: an unknown code, a number
that is not finite, a total that does not close is an `InputError` naming file, row and remedy.
"""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import numpy as np

from oresight.errors import InputError, shown, unknown
from oresight.world.model import (
    Assumption,
    Commodity,
    Economy,
    EndUse,
    Fact,
    Floats,
    Process,
    Range,
    Source,
    World,
)
from oresight.world.tables import DATA, KINDS, Row, Tables, unique

YEAR = 2024
TOLERANCE = 1e-6  # of tonnes at a node

ECONOMY_COLUMNS = ("code", "name", "groups", "latitude", "longitude")
COMMODITY_COLUMNS = ("name", "minerals", "stage", "groups", "content", "hs", "shared_hs")
FACT_COLUMNS = (
    *("subject", "economy", "stage", "attribute", "value", "unit", "year"),
    *("source", "kind", "chosen", "note"),
)
PROCESS_COLUMNS = (
    *("process", "kind", "economy", "role", "commodity", "tonnes_per_unit", "activity", "capacity"),
    *("elasticity_central", "elasticity_low", "elasticity_high", "source", "kind_of_figure", "note"),
)
ASSUMPTION_COLUMNS = (
    *("name", "scope", "unit", "central", "low", "high", "lowest", "highest"),
    *("description", "source", "kind"),
)
END_USE_COLUMNS = ("commodity", "application", "share", "sector", "source", "kind", "note")
FLOW_COLUMNS = ("commodity", "origin", "destination", "tonnes", "kind", "source")
DEMAND_COLUMNS = ("commodity", "economy", "tonnes", "kind")
DUTY_COLUMNS = ("commodity", "origin", "destination", "percent", "source")
STAGES = ("mining", "separation", "refining", "metal", "magnet")
SECTORS = ("technology", "energy", "defence", "other")
SOURCE_FILES = ("sources.yaml", "sources-chains.yaml")


def load_world(directory: str | None = None) -> World:
    """The baseline in `directory`, or the bundled one; see `World.load`."""
    tables = Tables(DATA if directory is None else Path(directory))
    if not tables.root.is_dir():
        raise InputError(f"{directory}: no such directory; give one that holds a world's tables")
    sources = read_sources(tables)
    economies = read_economies(tables)
    facts = read_facts(tables, sources)
    commodities = read_commodities(tables, facts)
    codes = {e.code: n for n, e in enumerate(economies)}
    names = {c.name: n for n, c in enumerate(commodities)}
    processes = read_processes(tables, names, codes, sources)
    shape = (len(commodities), len(economies), len(economies))
    flows = _read_flows(tables, names, codes, sources, shape)
    demand = _read_demand(tables, names, codes, shape[:2])
    world = World(
        year=YEAR,
        economies=economies,
        commodities=commodities,
        processes=processes,
        flows=flows,
        final_demand=demand,
        duty=_read_duty(tables, names, codes, sources, shape),
        assumptions=_read_assumptions(tables, sources),
        facts=facts,
        sources=sources,
        end_uses=_read_end_uses(tables, names, sources),
        fingerprint=tables.fingerprint(),
    )
    check_margins_positive(processes, commodities)
    _check_facts_agree(world)
    _check_balance(world)
    return world


def read_sources(tables: Tables) -> dict[str, Source]:
    """All sources by key; a key may stand in one file only."""
    sources: dict[str, Source] = {}
    for name in SOURCE_FILES:
        if name != SOURCE_FILES[0] and not tables.exists(name):
            continue
        for key, entry in tables.yaml(name).items():
            if key in sources:
                raise InputError(f"{name}: {key} is defined twice; keep one")
            missing = [field for field in ("publisher", "title", "year", "licence") if not entry.get(field)]
            if missing:
                raise InputError(f"{name}: {key} lacks {', '.join(missing)}; give each")
            try:
                year = int(entry["year"])
            except (TypeError, ValueError, OverflowError):
                year = 0
            if not 1000 <= year <= 2200:
                raise InputError(f"{name}: {key} has year {shown(entry['year'])}; give one such as 2024")
            sources[key] = Source(
                key=key,
                publisher=str(entry["publisher"]),
                title=str(entry["title"]),
                year=year,
                licence=str(entry["licence"]),
                where=str(entry.get("where") or ""),
                url=str(entry.get("url") or ""),
            )
    return sources


def read_economies(tables: Tables) -> tuple[Economy, ...]:
    """The economies, sorted by code, the rest of the world last."""
    rows = tables.rows("economies.csv", ECONOMY_COLUMNS)
    unique(rows, lambda row: (row.text("code"),))
    economies = []
    for row in rows:
        code = row.text("code")
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise row.error(f"code {shown(code)}; give three capital letters of ISO 3166, or ROW")
        economies.append(
            Economy(
                code=code,
                name=row.text("name"),
                groups=row.words("groups"),
                latitude=row.number("latitude", low=-90, high=90),
                longitude=row.number("longitude", low=-180, high=180),
            )
        )
    return tuple(sorted(economies, key=lambda e: (e.code == "ROW", e.code)))


def read_facts(tables: Tables, sources: dict[str, Source]) -> tuple[Fact, ...]:
    """All facts of the folder `facts`."""
    rows = tables.folder("facts", FACT_COLUMNS, optional=("partner",))
    facts = []
    for row in rows:
        facts.append(
            Fact(
                subject=row.text("subject"),
                economy=row.text("economy", required=False),
                stage=row.text("stage", required=False),
                attribute=row.text("attribute"),
                value=row.number("value", low=0),
                unit=row.text("unit"),
                year=row.integer("year"),
                source=_source(row, sources),
                kind=row.choice("kind", KINDS),
                chosen=row.choice("chosen", ("yes", "no")) == "yes",
                note=row.text("note", required=False),
                partner=row.text("partner", required=False),
            )
        )
    chosen = [row for row in rows if row.cells["chosen"].strip() == "yes"]
    unique(
        [row for row in chosen if row.cells["attribute"].strip() in ("production", "price", "consumption")],
        lambda row: tuple(row.cells[c].strip() for c in ("subject", "economy", "stage", "attribute", "year")),
    )
    return tuple(facts)


def read_commodities(tables: Tables, facts: tuple[Fact, ...]) -> tuple[Commodity, ...]:
    """The commodities in the order of their table, with the chosen price of the baseline year."""
    rows = tables.rows("commodities.csv", COMMODITY_COLUMNS)
    unique(rows, lambda row: (row.text("name").casefold(),))
    prices: dict[str, float] = {}
    for fact in facts:
        if fact.attribute == "price" and fact.chosen and fact.year == YEAR and fact.unit == "USD/t":
            if fact.subject in prices:
                raise InputError(
                    f"facts: {fact.subject} has two chosen prices for {YEAR}; mark one chosen = no"
                )
            prices[fact.subject] = fact.value
    commodities = []
    for row in rows:
        name = row.text("name")
        hs, shared = row.words("hs"), row.words("shared_hs")
        for code in hs:
            if not (code.isdigit() and 2 <= len(code) <= 10):
                raise row.error(f"HS code {shown(code)}; give two to ten digits")
        for code in shared:
            if code not in hs:
                raise row.error(f"shared_hs {code} is not among hs; add it there too")
        if prices.get(name, 0.0) <= 0.0:
            raise row.error(f"{name} has no price; add a chosen {YEAR} `price` in USD/t above zero to facts/")
        commodities.append(
            Commodity(
                name=name,
                minerals=row.words("minerals"),
                stage=row.choice("stage", STAGES),
                groups=row.words("groups"),
                content=row.text("content"),
                price_usd_per_t=prices[name],
                hs=hs,
                shared_hs=shared,
            )
        )
    return tuple(commodities)


def read_processes(
    tables: Tables, commodities: dict[str, int], economies: dict[str, int], sources: dict[str, Source]
) -> tuple[Process, ...]:
    """The processes of the folder `processes`, long form: a row per input or output."""
    rows = tables.folder("processes", PROCESS_COLUMNS)
    unique(rows, lambda row: tuple(row.text(c) for c in ("process", "role", "commodity")))
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        _known(row, "commodity", commodities)
        _known(row, "economy", economies)
        _source(row, sources)
        row.choice("kind_of_figure", KINDS)
        grouped[row.text("process")].append(row)
    same = ("kind", "economy", "activity", "capacity", *PROCESS_COLUMNS[8:11])
    processes = []
    for name, group in grouped.items():
        first = group[0]
        for row in group[1:]:
            for column in same:
                if row.cells[column].strip() != first.cells[column].strip():
                    raise row.error(
                        f"{column} of {name} differs from line {first.line}; the rows of a process share it"
                    )
        sides: dict[str, dict[str, float]] = {"input": {}, "output": {}}
        for row in group:
            amount = row.number("tonnes_per_unit", low=0)
            if amount == 0:
                raise row.error("tonnes_per_unit is zero; leave the row out")
            sides[row.choice("role", ("input", "output"))][row.text("commodity")] = amount
        if not sides["output"]:
            raise first.error(f"{name} has no output; add a row with role output")
        activity = first.number("activity", low=0)
        capacity = first.number("capacity", low=0)
        if activity == 0:
            raise first.error(f"{name} has no activity; leave the process out")
        if capacity < activity:
            raise first.error(f"capacity {capacity:g} is below activity {activity:g}; raise it")
        central = first.number("elasticity_central", low=0)
        low, high = first.number("elasticity_low", low=0), first.number("elasticity_high", low=0)
        if not 0 < low <= central <= high:
            raise first.error("elasticities must hold 0 < low <= central <= high")
        processes.append(
            Process(
                name=name,
                economy=first.text("economy"),
                kind=first.text("kind"),
                outputs=sides["output"],
                inputs=sides["input"],
                activity=activity,
                capacity=capacity,
                supply_elasticity=Range(central, low, high),
            )
        )
    return tuple(processes)


def _read_flows(
    tables: Tables,
    commodities: dict[str, int],
    economies: dict[str, int],
    sources: dict[str, Source],
    shape: tuple[int, int, int],
) -> Floats:
    rows = tables.rows("flows.csv", FLOW_COLUMNS)
    unique(rows, lambda row: tuple(row.text(c) for c in ("commodity", "origin", "destination")))
    flows = np.zeros(shape)
    for row in rows:
        c = _known(row, "commodity", commodities)
        i, j = _known(row, "origin", economies), _known(row, "destination", economies)
        _source(row, sources)
        row.choice("kind", KINDS)
        flows[c, i, j] = row.number("tonnes", low=0)
    return flows


def _read_demand(
    tables: Tables, commodities: dict[str, int], economies: dict[str, int], shape: tuple[int, int]
) -> Floats:
    rows = tables.rows("final_demand.csv", DEMAND_COLUMNS)
    unique(rows, lambda row: (row.text("commodity"), row.text("economy")))
    demand = np.zeros(shape)
    for row in rows:
        row.choice("kind", KINDS)
        demand[_known(row, "commodity", commodities), _known(row, "economy", economies)] = row.number(
            "tonnes", low=0
        )
    return demand


def _read_duty(
    tables: Tables,
    commodities: dict[str, int],
    economies: dict[str, int],
    sources: dict[str, Source],
    shape: tuple[int, int, int],
) -> Floats:
    rows = tables.rows("duty.csv", DUTY_COLUMNS)
    unique(rows, lambda row: tuple(row.text(c) for c in ("commodity", "origin", "destination")))
    duty = np.zeros(shape)
    for row in rows:
        c = _known(row, "commodity", commodities)
        i, j = _known(row, "origin", economies), _known(row, "destination", economies)
        _source(row, sources)
        if i == j:
            raise row.error("origin and destination are the same; own supply pays no duty")
        duty[c, i, j] = row.number("percent", low=0, high=1000) / 100
    return duty


def _read_assumptions(tables: Tables, sources: dict[str, Source]) -> tuple[Assumption, ...]:
    rows = tables.rows("assumptions.csv", ASSUMPTION_COLUMNS)
    unique(rows, lambda row: (row.text("name"), row.text("scope")))
    assumptions = []
    for row in rows:
        central, low, high, lowest, highest = (row.number(c) for c in ASSUMPTION_COLUMNS[3:8])
        if not lowest <= low <= central <= high <= highest:
            raise row.error("values must hold lowest <= low <= central <= high <= highest")
        assumptions.append(
            Assumption(
                name=row.text("name"),
                scope=row.text("scope"),
                unit=row.text("unit"),
                value=Range(central, low, high),
                bounds=(lowest, highest),
                description=row.text("description"),
                source=_source(row, sources),
                kind=row.choice("kind", KINDS),
            )
        )
    return tuple(assumptions)


def _read_end_uses(
    tables: Tables, commodities: dict[str, int], sources: dict[str, Source]
) -> tuple[EndUse, ...]:
    rows = tables.rows("end_uses.csv", END_USE_COLUMNS)
    unique(rows, lambda row: (row.text("commodity"), row.text("application"), row.text("sector")))
    totals: dict[str, float] = defaultdict(float)
    last: dict[str, Row] = {}
    uses = []
    for row in rows:
        _known(row, "commodity", commodities)
        use = EndUse(
            commodity=row.text("commodity"),
            application=row.text("application"),
            share=row.number("share", low=0, high=1),
            sector=row.choice("sector", SECTORS),
            source=_source(row, sources),
            kind=row.choice("kind", KINDS),
            note=row.text("note", required=False),
        )
        totals[use.commodity] += use.share
        last[use.commodity] = row
        uses.append(use)
    for commodity, total in totals.items():
        if abs(total - 1) > 1e-6:
            raise last[commodity].error(f"shares of {commodity} add up to {total:.6g}; make them 1")
    return tuple(uses)


def _source(row: Row, sources: dict[str, Source]) -> str:
    key = row.text("source")
    if key not in sources:
        raise unknown("source", key, sources, f"{row.file}, line {row.line} (define it in sources.yaml)")
    return key


def _known(row: Row, column: str, index: dict[str, int]) -> int:
    word = row.text(column)
    if word not in index:
        raise unknown(column, word, index, f"{row.file}, line {row.line}")
    return index[word]


def check_margins_positive(processes: tuple[Process, ...], commodities: tuple[Commodity, ...]) -> None:
    """Refuse a process whose outputs are worth no more than its inputs at baseline prices."""
    price = {c.name: c.price_usd_per_t for c in commodities}
    for process in processes:
        earns = sum(t * price[c] for c, t in process.outputs.items())
        pays = sum(t * price[c] for c, t in process.inputs.items())
        if earns <= pays:
            raise InputError(
                f"processes: {process.name} earns {earns:,.0f} USD a unit and pays {pays:,.0f} for "
                "its inputs; correct its recipe or the prices in facts/"
            )


def _check_facts_agree(world: World) -> None:
    """Chosen production facts and the processes must tell the same tonnes (to 0.1 %)."""
    made: dict[tuple[str, str], float] = defaultdict(float)
    for process in world.processes:
        for commodity, tonnes in process.outputs.items():
            made[commodity, process.economy] += tonnes * process.activity
    for fact in world.facts:
        if not (fact.chosen and fact.attribute == "production" and fact.year == world.year):
            continue
        if fact.subject not in world.commodity_index or fact.economy not in world.economy_index:
            continue
        tonnes = made.get((fact.subject, fact.economy), 0.0)
        if not math.isclose(tonnes, fact.value, rel_tol=1e-3, abs_tol=0.5):
            raise InputError(
                f"facts: production of {fact.subject} in {fact.economy} is {fact.value:,.0f} t, but "
                f"processes/ make {tonnes:,.0f} t; make them agree or mark the fact chosen = no"
            )


def node_residuals(world: World) -> tuple[Floats, Floats]:
    """Tonnes out of balance, shape (C, N) each: of supply (made less sent), of use (received less used)."""
    made = np.zeros(world.final_demand.shape)
    used = world.final_demand.copy()
    for process in world.processes:
        n = world.economy_index[process.economy]
        for commodity, tonnes in process.outputs.items():
            made[world.commodity_index[commodity], n] += tonnes * process.activity
        for commodity, tonnes in process.inputs.items():
            used[world.commodity_index[commodity], n] += tonnes * process.activity
    return made - world.flows.sum(axis=2), world.flows.sum(axis=1) - used


def _check_balance(world: World) -> None:
    supply, use = node_residuals(world)
    sent, received = world.flows.sum(axis=2), world.flows.sum(axis=1)
    for residual, total, what in ((supply, sent, "made less sent"), (use, received, "received less used")):
        worst = np.abs(residual) / np.maximum(np.maximum(total, total - residual), 1.0)
        c, n = np.unravel_index(int(np.argmax(worst)), worst.shape)
        if worst[c, n] > TOLERANCE:
            raise InputError(
                f"flows.csv: {world.commodities[c].name} in {world.economies[n].code} does not balance, "
                f"{what} is {residual[c, n]:,.3f} t; rebuild with `oresight world build`"
            )

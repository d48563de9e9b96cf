"""Building a baseline: recipes from technical tables, then flows balanced to production and use.

The hand-made tables are `economies.csv`, `commodities.csv`, `assumptions.csv`, `end_uses.csv`, the
sources, `facts/`, `evidence/` and `processes/` but for the rare earths. Built are
`processes/rare-earths.csv`, `flows.csv`, `final_demand.csv` and `report.txt`, which says what did not
fit and what was chosen; with trade files also `evidence/trade.csv` and `duty.csv`. The same tables
give the same bytes.
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

from oresight.errors import InputError, shown
from oresight.world.demand import FinalDemand, final_demand
from oresight.world.extract import read_baci, read_census, write_duty, write_trade
from oresight.world.flows import Balanced, EvidenceTables, balanced_flows
from oresight.world.load import (
    DEMAND_COLUMNS,
    FLOW_COLUMNS,
    PROCESS_COLUMNS,
    YEAR,
    check_margins_positive,
    load_world,
    read_commodities,
    read_economies,
    read_facts,
    read_processes,
    read_sources,
)
from oresight.world.model import Economy
from oresight.world.recipes import FILE, figure, rare_earth_recipes, write_rows
from oresight.world.tables import DATA, Tables, write_csv, write_text
from oresight.world.usgs import refresh_facts


def build_world(
    out: str | Path | None = None,
    *,
    baci: str | Path | None = None,
    census: str | Path | None = None,
    usgs: str | Path | None = None,
) -> list[str]:
    """Build a baseline in the directory `out` (the bundled one when None) and return the report's lines.

    A directory without tables starts from the bundled ones. `baci` and `census` (both or neither) are
    trade files to read the evidence and the duty from, `usgs` a data release of the Mineral Commodity
    Summaries to take the production, price and reliance figures from that the tables cite it for.

    Raises InputError when a table is not sound or margins cannot be met; then nothing is written.
    """
    directory = DATA if out is None else Path(out)
    _check_writable(directory)
    start = directory if (directory / "economies.csv").is_file() else DATA
    if (baci is None) != (census is None):
        raise InputError("world build: give both a BACI and a Census file, or neither")
    with tempfile.TemporaryDirectory(prefix="oresight-world-") as name:
        work = Path(name)
        _copy_tables(start, work)
        report = _refresh(work, Path(usgs)) if usgs is not None else []
        if baci is not None and census is not None:
            _read_trade(work, Path(baci), Path(census))
        report += _build(work)
        write_text(work / "report.txt", "".join(f"{line}\n" for line in report))
        load_world(str(work))
        _publish(work, directory)
    return report


def _read_trade(directory: Path, baci: Path, census: Path) -> None:
    tables = Tables(directory)
    economies = read_economies(tables)
    commodities = read_commodities(tables, read_facts(tables, read_sources(tables)))
    customs = read_census(census, economies)
    write_trade(directory, read_baci(baci, YEAR, economies), customs, commodities)
    write_duty(directory, customs, commodities, economies)


def _build(directory: Path) -> list[str]:
    tables = Tables(directory)
    sources = read_sources(tables)
    economies = read_economies(tables)
    facts = read_facts(tables, sources)
    commodities = read_commodities(tables, facts)
    report: list[str] = []
    if tables.exists("evidence/plants.csv"):
        recipes, report = rare_earth_recipes(tables, facts)
        write_csv(directory / FILE, PROCESS_COLUMNS, write_rows(recipes))
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
    evidence = EvidenceTables(tables, economies)
    evidence.check_names(commodities)
    demands: dict[str, FinalDemand] = {}
    flows: dict[str, Balanced] = {}
    for commodity in sorted(commodities, key=lambda c: evidence.waits_for(c.name) != ""):
        c = names[commodity.name]
        demand = final_demand(commodity, supply[c], inputs[c], economies, facts)
        balanced = balanced_flows(
            commodity,
            supply[c],
            inputs[c] + demand.tonnes,
            evidence.about(commodity, supply[c], {name: f.tonnes for name, f in flows.items()}),
            economies,
        )
        report += [*demand.report, balanced.report]
        demands[commodity.name], flows[commodity.name] = demand, balanced
    _write(directory, economies, demands, flows)
    return report


def _write(
    directory: Path,
    economies: tuple[Economy, ...],
    demands: dict[str, FinalDemand],
    flows: dict[str, Balanced],
) -> None:
    write_csv(
        directory / "flows.csv",
        FLOW_COLUMNS,
        (
            (
                *(name, economies[i].code, economies[j].code, figure(found.tonnes[i, j])),
                *(str(found.kinds[i, j]), str(found.sources[i, j])),
            )
            for name, found in sorted(flows.items())
            for i, j in np.argwhere(found.tonnes > 0)
        ),
    )
    write_csv(
        directory / "final_demand.csv",
        DEMAND_COLUMNS,
        (
            (name, economies[n].code, figure(found.tonnes[n]), found.kinds[n])
            for name, found in sorted(demands.items())
            for n in np.flatnonzero(found.tonnes > 0)
        ),
    )


def _copy_tables(start: Path, directory: Path) -> None:
    for path in sorted(start.rglob("*")):
        if path.suffix in (".csv", ".yaml") and not path.name.startswith("."):
            target = directory / path.relative_to(start)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _refresh(directory: Path, release: Path) -> list[str]:
    try:
        return refresh_facts(directory, release)
    except csv.Error as error:
        raise InputError(f"{release}: not sound CSV ({error}); give the release as published") from None


def _check_writable(directory: Path) -> None:
    """Refuse a place that cannot be written to before anything is worked out."""
    try:
        if directory.exists() and not directory.is_dir():
            raise InputError(f"{directory}: is a file; give a directory for the world's tables")
        above = next(place for place in (directory, *directory.absolute().parents) if place.exists())
        if not above.is_dir():
            raise InputError(f"{above}: is a file; give another directory with --out")
        with tempfile.TemporaryFile(dir=above):
            pass  # it can be written to
    except OSError as error:
        why = error.strerror or "cannot be written to"
        raise InputError(f"{shown(str(directory))}: {why}; give another directory with --out") from None


def _publish(work: Path, directory: Path) -> None:
    """Put what changed into place: all is written beside its target first, then moved there.

    Raises InputError when something cannot be written; then nothing has been moved.
    """
    staged: list[tuple[Path, Path]] = []
    made: list[Path] = []
    try:
        for path in sorted(work.rglob("*")):
            if not path.is_file():
                continue
            target = directory / path.relative_to(work)
            content = path.read_bytes()
            if target.is_file() and target.read_bytes() == content:
                continue
            if target.is_dir():
                raise InputError(f"{target}: is a folder where a table should go; move it away")
            for folder in reversed(target.parents):
                if not folder.exists():
                    folder.mkdir()
                    made.append(folder)
            temporary = target.with_name(f".{target.name}.{os.getpid()}")
            staged.append((temporary, target))
            temporary.write_bytes(content)
        for temporary, target in staged:
            temporary.replace(target)
    except BaseException as error:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
        for folder in reversed(made):
            with suppress(OSError):  # it holds what was moved before
                folder.rmdir()
        if isinstance(error, OSError):
            raise InputError(f"{directory}: {error.strerror}; give another directory with --out") from None
        raise


if __name__ == "__main__":
    given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
    for line in build_world(
        given.get("--out"), baci=given.get("--baci"), census=given.get("--census"), usgs=given.get("--usgs")
    ):
        print(line)

"""Trade evidence out of public files: CEPII's BACI and the US Census imports by HTS10.

`oresight world build --baci FILE --census FILE` writes `evidence/trade.csv` and `duty.csv` anew from
them. BACI is under the Etalab licence (credit to CEPII), the Census file is public domain.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from oresight.errors import InputError
from oresight.world.model import Commodity, Economy
from oresight.world.tables import Row, write_csv

TRADE_COLUMNS = ("hs", "origin", "destination", "value_usd", "tonnes", "source")
BACI_HEADER = ("year", "exporter_iso3", "importer_iso3", "hs92", "value_kusd", "quantity_t")
CENSUS_HEADER = ("CTY_CODE", "CTY_NAME", "HS10", "customs_value_usd", "calculated_duty_usd")
BACI_CODES = ("250410", "261100", "261710", "284610", "284690", "810110")
BACI_NAMES = {
    "S19": "TWN",
    "ZA1": "ZAF",
}  # BACI's own codes: Other Asia not elsewhere specified, Southern Africa
MOST = 1e15  # dollars or tonnes in one cell, beyond all trade
SMALL_USD = 50_000  # pairs below this value a year carry noise, not trade
EU = "EU"  # the Census file has the European Union as one partner, besides a few of its members

CENSUS_NAMES = {
    "KOREA, SOUTH": "KOR",
    "UNITED KINGDOM": "GBR",
    "TURKEY": "TUR",
    "RUSSIA": "RUS",
    "VIETNAM": "VNM",
    "TAIWAN": "TWN",
    "EUROPEAN UNION": EU,
    "BURMA": "MMR",
}


def read_baci(path: Path, year: int, economies: Iterable[Economy]) -> dict[tuple[str, str, str], list[float]]:
    """Value (USD) and tonnes by HS code, origin and destination, places outside the world put into ROW."""
    known = {e.code for e in economies}
    totals: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in _rows(path, BACI_HEADER):
        if row.cells["year"] != str(year) or row.cells["hs92"] not in BACI_CODES:
            continue
        ends = [BACI_NAMES.get(row.cells[c], row.cells[c]) for c in ("exporter_iso3", "importer_iso3")]
        origin, destination = (code if code in known else "ROW" for code in ends)
        if origin == destination:
            continue
        total = totals[row.cells["hs92"], origin, destination]
        total[0] += 1000 * row.number("value_kusd", low=0, high=MOST)
        # BACI leaves the quantity out where nobody declared one.
        total[1] += row.number("quantity_t", low=0, high=MOST) if row.cells["quantity_t"].strip() else 0.0
    return dict(totals)


def read_census(path: Path, economies: Iterable[Economy]) -> dict[tuple[str, str], tuple[float, float]]:
    """Customs value and duty paid (USD) by HTS10 and origin; the EU stays one partner."""
    names = {e.name.upper(): e.code for e in economies} | CENSUS_NAMES
    members = {e.code for e in economies if EU in e.groups}
    totals: dict[tuple[str, str], tuple[float, float]] = {}
    for row in _rows(path, CENSUS_HEADER):
        origin = names.get(row.cells["CTY_NAME"].strip().upper(), "ROW")
        if origin in members:
            continue  # already in the row of the Union
        line = row.cells["HS10"]
        value, duty = totals.get((line, origin), (0.0, 0.0))
        totals[line, origin] = (
            value + row.number("customs_value_usd", low=0, high=MOST),
            duty + row.number("calculated_duty_usd", low=0, high=MOST),
        )
    return totals


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8", newline="")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8", newline="")
        ) as file:
            reader = csv.DictReader(file)
            missing = [c for c in columns if c not in (reader.fieldnames or ())]
            if missing:
                raise InputError(
                    f"{path}: lacks the columns {', '.join(missing)}; give the file as published"
                )
            for cells in reader:
                if any(cells[c] is None for c in columns):
                    raise InputError(f"{path.name}, line {reader.line_num}: has too few cells")
                yield Row(path.name, reader.line_num, cells)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error}); give a CSV file or its .gz") from None


def write_trade(
    directory: Path,
    baci: Mapping[tuple[str, str, str], list[float]],
    census: Mapping[tuple[str, str], tuple[float, float]],
    commodities: Iterable[Commodity],
) -> None:
    """Write `evidence/trade.csv`: BACI pairs of some size, and what the United States imports by HTS10."""
    rows = [
        (hs, origin, destination, f"{value:.0f}", f"{tonnes:.3f}", "baci-hs92")
        for (hs, origin, destination), (value, tonnes) in baci.items()
        if value >= SMALL_USD
    ]
    codes = tuple(code for c in commodities for code in c.hs)
    rows += [
        (hts, origin, "USA", f"{value:.0f}", "", "census-2024")
        for (hts, origin), (value, _) in census.items()
        if value >= SMALL_USD and hts.startswith(codes)
    ]
    write_csv(directory / "evidence" / "trade.csv", TRADE_COLUMNS, sorted(rows))


def write_duty(
    directory: Path,
    census: Mapping[tuple[str, str], tuple[float, float]],
    commodities: Iterable[Commodity],
    economies: Iterable[Economy],
) -> None:
    """Write `duty.csv`: duty over customs value of each commodity's HTS10 lines, into the United States."""
    members = [e.code for e in economies if EU in e.groups]
    rows = []
    for commodity in commodities:
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for (hts, origin), (value, duty) in census.items():
            if commodity.hs and hts.startswith(commodity.hs):
                sums[origin][0] += value
                sums[origin][1] += duty
        for origin, (value, duty) in sums.items():
            if value > 0 and duty > 0:
                for code in members if origin == EU else [origin]:
                    rows.append((commodity.name, code, "USA", f"{100 * duty / value:.4f}", "census-2024"))
    write_csv(
        directory / "duty.csv", ("commodity", "origin", "destination", "percent", "source"), sorted(rows)
    )

"""Figures out of a data release of the USGS Mineral Commodity Summaries.

The release is one CSV file (encoding cp1252) with a row per statistic and year. Values are text:
thousands separators, an em dash for nothing, `NA`, `W` (withheld), `E` (net exporter) and bounds such
as `>95`. `evidence/usgs.csv` says which fact is which statistic.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

from oresight.errors import InputError
from oresight.world.load import FACT_COLUMNS, YEAR
from oresight.world.recipes import figure
from oresight.world.tables import Tables, write_csv

MAP_COLUMNS = ("subject", "economy", "stage", "attribute", "chapter", "country", "detail", "factor")
HEADER = ("MCS chapter", "Country", "Statistics_detail", "Year", "Value")
SOURCE = "usgs-mcs-2026"

Key = tuple[str, str, str, str]  # subject, economy, stage, attribute


def read_release(path: Path) -> dict[tuple[str, str, str], str]:
    """Values of the baseline year by chapter, country and statistic, all in lower case, as text."""
    try:
        text = path.read_bytes().decode("cp1252")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as the USGS data release ({error})") from None
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in HEADER if column not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{path}: lacks the columns {', '.join(missing)}; give the release as published")
    return {
        (row["MCS chapter"].lower(), row["Country"].lower(), row["Statistics_detail"].lower()): row["Value"]
        for row in reader
        if row["Year"] == str(YEAR)
    }


def number(text: str) -> float | None:
    """A value of the release as a number; None where it is withheld, not known or only a bound."""
    cleaned = text.strip().replace(",", "")
    if cleaned in ("\u2014", "—"):
        return 0.0
    try:
        value = float(cleaned)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def release_figures(tables: Tables, path: Path) -> tuple[dict[Key, float], list[str]]:
    """Figures for the mapped facts, and a line for each that the release does not give as a number."""
    release = read_release(path)
    figures: dict[Key, float] = {}
    report = []
    for row in tables.rows("evidence/usgs.csv", MAP_COLUMNS):
        subject, economy, attribute = (row.text(c) for c in ("subject", "economy", "attribute"))
        key = subject, economy, row.text("stage", required=False), attribute
        place = row.text("chapter").lower(), row.text("country").lower()
        detail = row.text("detail").lower()
        # A statistic may carry a suffix ("Mine production: rounded"), so its beginning decides.
        values = [
            v
            for (chapter, country, d), v in release.items()
            if (chapter, country) == place and d.startswith(detail)
        ]
        value = number(values[0]) if values else None
        if value is None:
            report.append(f"USGS release: no number for {' '.join(key)}; the old figure stays")
        else:
            figures[key] = value * row.number("factor", low=0)
    return figures, report


def refresh_facts(directory: Path, path: Path) -> list[str]:
    """Set mapped facts of the baseline year to the figures of a release and tell what changed."""
    tables = Tables(directory)
    figures, report = release_figures(tables, path)
    columns = (*FACT_COLUMNS[:2], "partner", *FACT_COLUMNS[2:])
    for file in sorted((directory / "facts").glob("*.csv")):
        table = []
        changes = len(report)
        for row in tables.rows(f"facts/{file.name}", FACT_COLUMNS, optional=("partner",)):
            cells = dict(row.cells)
            key = cells["subject"], cells["economy"], cells["stage"], cells["attribute"]
            cited = (cells["source"], cells["chosen"], cells["kind"], cells["year"])
            if key in figures and cited == (SOURCE, "yes", "reported", str(YEAR)):
                new = figures[key]
                if not math.isclose(new, row.number("value"), rel_tol=1e-6):
                    report.append(f"USGS release: {' '.join(key)} {cells['value']} becomes {figure(new)}")
                    cells["value"] = figure(new)
            table.append([cells[c] for c in columns])
        if len(report) > changes:
            write_csv(file, columns, table)
    return report

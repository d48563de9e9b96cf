"""Reads the CSV tables of `data/`."""

from __future__ import annotations

import csv
import functools
from importlib import resources


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table in `data/`, as written."""
    with resources.files("oresight.reader").joinpath("data", name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@functools.cache
def figures(table: str) -> dict[str, str]:
    """One of the tables of `figures.csv`: number, fraction, scale, currency or unit."""
    return {row["word"]: row["value"] for row in rows("figures.csv") if row["table"] == table}


@functools.cache
def words(name: str) -> frozenset[str]:
    """One of the word lists of `lists.csv`."""
    return next(frozenset(row["words"].split()) for row in rows("lists.csv") if row["list"] == name)

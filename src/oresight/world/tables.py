"""Reading the world's tables: strict CSV and YAML, where every refusal names file, row and remedy."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oresight.errors import SHOWN, InputError, shown
from oresight.world.plain_yaml import parse_yaml

KINDS = ("assumed", "derived", "reported")

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, which knows where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    def error(self, what: str) -> InputError:
        """An error about this row."""
        return InputError(f"{self.file}, line {self.line}: {what}")

    def text(self, column: str, *, required: bool = True) -> str:
        """The cell, without surrounding blanks."""
        value = self.cells[column].strip()
        if required and not value:
            raise self.error(f"column {column} is empty; give a value")
        return value

    def words(self, column: str) -> tuple[str, ...]:
        """The parts of a cell that lists words separated by `;`."""
        return tuple(part for word in self.text(column, required=False).split(";") if (part := word.strip()))

    def number(self, column: str, *, low: float = -math.inf, high: float = math.inf) -> float:
        """The cell as a finite number from `low` to `high`."""
        text = self.text(column)
        try:
            value = float(text)
        except ValueError:
            raise self.error(
                f"column {column} is {shown(text)}; give a plain number such as 1250.5"
            ) from None
        if not math.isfinite(value):
            raise self.error(f"column {column} is {shown(text)}; give a finite number")
        if not low <= value <= high:
            raise self.error(f"column {column} is {text[:SHOWN]}; give a number {_between(low, high)}")
        return value

    def integer(self, column: str) -> int:
        """The cell as a whole number of at most nine digits."""
        text = self.text(column)
        try:
            value = int(text)
            if abs(value) >= 10**9:
                raise ValueError
            return value
        except ValueError:
            raise self.error(f"column {column} is {shown(text)}; give a whole number") from None

    def choice(self, column: str, known: Iterable[str]) -> str:
        """The cell, which must be one of `known`."""
        text = self.text(column)
        allowed = tuple(known)
        if text not in allowed:
            raise self.error(f"column {column} is {shown(text)}; give one of {', '.join(allowed)}")
        return text


def _between(low: float, high: float) -> str:
    if math.isinf(high):
        return f"of at least {low:g}"
    if math.isinf(low):
        return f"of at most {high:g}"
    return f"from {low:g} to {high:g}"


class Tables:
    """A directory of tables, read once and hashed as read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._digests: dict[str, str] = {}

    def _content(self, name: str) -> str:
        path = self.root / name
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            raise InputError(f"{name}: no such file in {self.root}; a world needs it") from None
        except OSError as error:
            raise InputError(f"{name}: cannot be read in {self.root} ({error.strerror})") from None
        self._digests[name] = hashlib.sha256(raw).hexdigest()
        try:
            return raw.decode("utf-8-sig")  # spreadsheets like to put a mark in front
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None

    def rows(self, name: str, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
        """All rows of a CSV table with these columns in any order; absent optional cells are empty."""
        reader = csv.reader(self._content(name).splitlines(), strict=True)
        rows: list[Row] = []
        header: list[str] = []
        try:
            for cells in reader:
                if not header:
                    header = [cell.strip() for cell in cells]
                    _same_columns(name, header, columns, optional)
                elif len(cells) != len(header):
                    raise InputError(
                        f"{name}, line {reader.line_num}: {len(cells)} cells; the header has {len(header)}"
                    )
                else:
                    filled = dict.fromkeys(optional, "") | dict(zip(header, cells, strict=True))
                    rows.append(Row(name, reader.line_num, filled))
        except csv.Error as error:
            raise InputError(f"{name}, line {reader.line_num}: not sound CSV ({error})") from None
        if not header:
            raise InputError(f"{name}: empty; the first line must be {','.join(columns)}")
        return rows

    def folder(self, name: str, columns: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
        """The rows of every CSV file of a folder, files in the order of their names."""
        paths = sorted((self.root / name).glob("*.csv"))
        if not paths:
            raise InputError(f"{name}/: no CSV file in {self.root}; a world needs at least one")
        return [row for path in paths for row in self.rows(f"{name}/{path.name}", columns, optional)]

    def yaml(self, name: str) -> dict[str, dict[str, Any]]:
        """A YAML mapping of mappings."""
        content = parse_yaml(self._content(name), name)
        if not all(isinstance(v, dict) for v in content.values()):
            raise InputError(f"{name}: must be a mapping from keys to mappings")
        return {str(key): value for key, value in content.items()}

    def exists(self, name: str) -> bool:
        """Whether the directory holds this file."""
        return (self.root / name).is_file()

    def fingerprint(self) -> str:
        """The sha256 of the names and contents of all tables read so far."""
        lines = "".join(f"{name} {self._digests[name]}\n" for name in sorted(self._digests))
        return hashlib.sha256(lines.encode()).hexdigest()


def _same_columns(name: str, header: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> None:
    if len(set(header)) != len(header):
        raise InputError(f"{name}, line 1: a column stands twice; columns are {','.join(columns)}")
    missing = [column for column in columns if column not in header]
    extra = [column for column in header if column not in (*columns, *optional)]
    if missing or extra:
        what = f"lacks {', '.join(missing)}" if missing else f"has unknown {', '.join(extra)}"
        raise InputError(f"{name}, line 1: the header {what}; columns are {','.join(columns)}")


def unique(rows: Iterable[Row], key: Callable[[Row], tuple[str, ...]]) -> None:
    """Refuse a second row with the same key."""
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        k = key(row)
        if k in first:
            other = first[k]
            raise row.error(
                f"repeats {', '.join(p for p in k if p)} of {other.file}, line {other.line}; keep one"
            )
        first[k] = row


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table whole or not at all."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_text(path, buffer.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all: to a file beside it, then moved into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

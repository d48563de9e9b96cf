"""A user's own entries in one DuckDB file.

Nothing is written but by `add` and `import_file`. Each addition is one transaction: it is there whole,
also after the process was killed, or not at all. One process has the file at a time; others wait for it.
A new file comes into being under another name and is linked to its own when it is complete, so that
nobody meets half a store.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from oresight.errors import InputError
from oresight.policy.ledger import read_text
from oresight.policy.own import Own, Text, Told, from_plain, from_yaml, plain, to_yaml, union

if TYPE_CHECKING:
    import duckdb

PATIENCE = 60.0  # seconds to wait for another process that has the store
FORMAT = "oresight ledger 1"

_SCHEMA = """
CREATE TABLE format (name VARCHAR NOT NULL);
CREATE TABLE texts (sha256 VARCHAR PRIMARY KEY, title VARCHAR NOT NULL, published VARCHAR NOT NULL);
CREATE TABLE entries (id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, content VARCHAR NOT NULL);
CREATE TABLE told (entry VARCHAR, text VARCHAR, quote VARCHAR, PRIMARY KEY (entry, text, quote));
"""

# Two threads of one process share DuckDB's lock on a file, and would not wait for each other.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Added:
    """What an addition changed: ids of entries that are new, and of those that merged with one there."""

    new: tuple[str, ...]
    merged: tuple[str, ...]
    texts: int  # how many texts were new


def default_path() -> Path:
    """`oresight/ledger.duckdb` in the user's data folder (XDG base directories; `XDG_DATA_HOME`)."""
    base = os.environ.get("XDG_DATA_HOME", "")
    home = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share"
    return home / "oresight" / "ledger.duckdb"


def load(path: str | Path) -> Own:
    """All that a store holds; an empty collection when there is no file.

    Raises InputError when the file is no store of Oresight or another process keeps it.
    """
    file = Path(path)
    if not file.exists():
        return Own()
    with _opened(file, write=False) as connection:
        return _read(connection)


def add(path: str | Path, own: Own) -> Added:
    """Add texts and entries to a store, which is made when it is not there, in one transaction.

    What is there already merges: states and quotations join. Raises InputError when an entry of the
    store says something else under the same id (the store stays as it was), when the file is no store,
    or when another process keeps it.
    """
    file = Path(path)
    _make(file)
    with _opened(file, write=True) as connection:
        connection.execute("BEGIN TRANSACTION")
        try:
            before = _read(connection)
            after = union(before, own)
            _write(connection, before, after)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    there = {e.id for e in before.entries}
    given = sorted({e.id for e in own.entries})
    return Added(
        new=tuple(i for i in given if i not in there),
        merged=tuple(i for i in given if i in there),
        texts=len(after.texts) - len(before.texts),
    )


def import_file(path: str | Path, file: str | Path) -> Added:
    """Add the entries of a YAML file (`own.from_yaml`) to a store."""
    given = Path(file)
    return add(path, from_yaml(read_text(given), given.name))


def export_file(path: str | Path, file: str | Path) -> Own:
    """Write all that a store holds as YAML, whole or not at all; the same store gives the same bytes."""
    own = load(path)
    target = Path(file)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        unfinished.write_text(to_yaml(own), encoding="utf-8", newline="\n")
        unfinished.replace(target)
    except OSError as fault:
        unfinished.unlink(missing_ok=True)
        raise InputError(f"cannot write {target}: {fault.strerror or fault}") from None
    return own


# The file ----------------------------------------------------------------------------------------


def _make(file: Path) -> None:
    """Make an empty store unless there is a file; whoever comes first makes it."""
    import duckdb

    if file.exists():
        return
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(unfinished), config=_CONFIG) as connection:
            connection.execute(_SCHEMA)
            connection.execute("INSERT INTO format VALUES (?)", [FORMAT])
        with suppress(FileExistsError):  # another process was first
            os.link(unfinished, file)
    except (OSError, duckdb.IOException) as fault:
        reason = getattr(fault, "strerror", None) or fault
        raise InputError(f"cannot make the store {file}: {reason}; name another place with --store") from None
    finally:
        for left in (unfinished, unfinished.with_name(unfinished.name + ".wal")):
            with suppress(OSError):
                left.unlink()


# A store needs nothing from elsewhere, and nothing should be fetched for it.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "1",
}


@contextmanager
def _opened(file: Path, write: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    with _ONE_AT_A_TIME:
        connection = _connect(file, write)
        try:
            yield connection
        finally:
            connection.close()


def _connect(file: Path, write: bool) -> duckdb.DuckDBPyConnection:
    """Open a store, waiting while another process has it."""
    import duckdb

    until = time.monotonic() + PATIENCE
    pause = 0.01
    while True:
        try:
            connection = duckdb.connect(str(file), read_only=not write, config=_CONFIG)
            break
        except duckdb.IOException as fault:
            if "lock" not in str(fault).lower():
                raise InputError(
                    f"cannot open the store {file}: {_first_line(fault)}; name a store of Oresight"
                ) from None
            if time.monotonic() > until:
                raise InputError(
                    f"another process has had the store {file} for {PATIENCE:g} seconds; end it or try again"
                ) from None
            time.sleep(pause)
            pause = min(2 * pause, 0.25)
    try:
        row = connection.execute("SELECT name FROM format").fetchone()
    except duckdb.CatalogException:
        row = None
    if row is None or row[0] != FORMAT:
        connection.close()
        raise InputError(f"{file} is a DuckDB file, but no store of this version of Oresight")
    return connection


def _first_line(fault: Exception) -> str:
    return str(fault).splitlines()[0]


def _read(connection: duckdb.DuckDBPyConnection) -> Own:
    texts = connection.execute("SELECT sha256, title, published FROM texts").fetchall()
    entries = connection.execute("SELECT kind, content FROM entries ORDER BY id").fetchall()
    told = connection.execute("SELECT entry, text, quote FROM told").fetchall()
    ledger = from_plain([(kind, json.loads(content)) for kind, content in entries], "the store")
    return union(Own(ledger, tuple(Text(*t) for t in texts), tuple(Told(*t) for t in told)), Own())


def _write(connection: duckdb.DuckDBPyConnection, before: Own, after: Own) -> None:
    """Write what differs between two collections; nothing is ever taken away."""
    for text in after.texts:
        if text not in before.texts:
            connection.execute(
                "INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", [text.sha256, text.title, text.published]
            )
    known = {e.id: e for e in before.entries}
    for entry in after.entries:
        if known.get(entry.id) != entry:
            content = json.dumps(plain(entry), ensure_ascii=False, sort_keys=True)
            connection.execute(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", [entry.id, type(entry).__name__, content]
            )
    for words in after.told:
        if words not in before.told:
            connection.execute("INSERT INTO told VALUES (?, ?, ?)", [words.entry, words.text, words.quote])

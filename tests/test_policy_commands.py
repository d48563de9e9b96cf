"""The ledger on the command line: looking up, keeping one's own, and what became of a text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples" / "asia-deals.txt"


def oresight(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "oresight.cli", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_DATA_HOME": str(home)},
        check=False,
    )


def test_the_ledger_is_listed_as_before_and_nothing_is_written(tmp_path: Path) -> None:
    run = oresight("ledger", "--imposer", "MYS", "--as-of", "2025-11-01", "--json", home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "my-raw-rare-earths-2024" in {row["id"] for row in json.loads(run.stdout)["ledger"]}
    assert list(tmp_path.iterdir()) == []


def test_the_timeline_says_what_is_assumed(tmp_path: Path) -> None:
    words = ("--imposer", "CHN", "--commodity", "gallium metal", "--known-by", "2026-11-23", "--json")
    run = oresight("ledger", "timeline", *words, home=tmp_path)
    assert run.returncode == 0, run.stderr
    rows = [r for r in json.loads(run.stdout)["timeline"] if r["id"] == "cn-us-ban-2024"]
    assert [(r["state"], r["assumed"]) for r in rows] == [
        ("in_force", False),
        ("suspended", False),
        ("in_force", True),
    ]


def test_a_text_is_kept_exported_and_imported_byte_for_byte(tmp_path: Path) -> None:
    one, two = tmp_path / "one.duckdb", tmp_path / "two.duckdb"
    added = oresight(
        "ledger",
        "add",
        str(EXAMPLE),
        "--published",
        "2025-10-26",
        "--store",
        str(one),
        "--json",
        home=tmp_path,
    )
    assert added.returncode == 0, added.stderr
    assert json.loads(added.stdout)["texts"] == 1
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    for arguments in (
        ("export", str(first), "--store", str(one)),
        ("import", str(first), "--store", str(two)),
        ("export", str(second), "--store", str(two)),
    ):
        run = oresight("ledger", *arguments, home=tmp_path)
        assert run.returncode == 0, run.stderr
    assert first.read_bytes() == second.read_bytes()
    listed = oresight("ledger", "--store", str(two), "--as-of", "2025-10-26", "--json", home=tmp_path)
    rows = json.loads(listed.stdout)["ledger"]
    assert any(row["repeats"] == ["us-threat-china-100"] for row in rows)


def test_without_a_name_the_store_is_in_the_data_folder(tmp_path: Path) -> None:
    run = oresight("ledger", "add", str(EXAMPLE), "--published", "2025-10-26", home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "oresight" / "ledger.duckdb").is_file()


def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.duckdb")
    for arguments, word in (
        (("ledger", "--store", missing), "there is no store"),
        (("ledger", "export", str(tmp_path / "a.yaml"), "--store", missing), "there is no store"),
        (("ledger", "import", str(tmp_path / "none.yaml")), "cannot read"),
        (("ledger", "--store", missing, "import", "a.yaml"), "after its name"),
        (("ledger", "impport", "a.yaml"), "import"),
        (("read", str(EXAMPLE), "--known-by", "2026-11-23"), "--published"),
    ):
        run = oresight(*arguments, home=tmp_path)
        assert run.returncode == 2, arguments
        assert word in run.stderr
        assert run.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_read_says_what_became_of_a_text(tmp_path: Path) -> None:
    given = ("read", str(EXAMPLE), "--published", "2025-10-26", "--known-by", "2026-11-23")
    run = oresight(*given, "--json", home=tmp_path)
    assert run.returncode == 0, run.stderr
    fates = json.loads(run.stdout)["aftermath"]
    assert {"withdrawn", "struck down"} <= {fate["verdict"] for fate in fates}
    printed = oresight(*given, home=tmp_path).stdout
    assert "What became of it, as known by 2026-11-23" in printed
    plain = oresight(*given[:4], "--json", home=tmp_path)
    assert "aftermath" not in json.loads(plain.stdout)

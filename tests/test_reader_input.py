"""Bad input is refused in one line that says what, where and what would be right."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from oresight.errors import InputError
from oresight.reader.read import read, read_file

GOOD = (
    "Chile signs\n\nChile signed an agreement on lithium with Japan on "
    "Sunday, and the two of them are glad of it.\n"
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b"PK\x03\x04\0\0", "NUL byte at byte 4"),
        ("Chile führt".encode("latin-1"), "byte 7 is 0xfc"),
        (
            "Das Ministerium hat heute neue Zölle auf Einfuhren von Stahl und Kupfer verkündet. " * 5,
            "not look English",
        ),
        ("中国对稀土实施出口管制 商务部 表示 今天 美国 关税 谈判 代表团 " * 5, "not look English"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, data: bytes | str, said: str) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(InputError) as caught:
        read_file(str(path))
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_file(str(tmp_path / "none.txt"))
    with pytest.raises(InputError, match="is a folder"):
        read_file(str(tmp_path))


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="2025-10-26"):
        read(GOOD, published="26/10/2025")


def test_open_dates_are_noted() -> None:
    document = read(GOOD)
    assert any("--published" in note for note in document.notes)
    assert [r.date for r in document.records] == [None]
    assert read(GOOD, published="2025-10-26").records[0].date == "2025-10-26"


def test_a_text_without_minerals_says_so_and_one_without_trade_has_no_records() -> None:
    document = read(
        "The choir\n\nThe choir of the town sang on Sunday, and all of those who heard it were glad."
    )
    assert document.records == ()
    assert any("no mineral" in note for note in document.notes)


def test_a_file_of_megabytes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("Prices of copper moved a little in the week, and the trade took note of it.\n\n" * 8000)
    assert read_file(str(path)).records == ()


def test_the_module_prints_one_json_object_and_errors_leave_with_two(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text(GOOD)
    command = [sys.executable, "-m", "oresight.reader", str(path), "--published", "2025-10-26", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout)["records"][0]["kind"] == "agreement"
    ran = subprocess.run(
        [*command[:3], str(tmp_path / "no.txt")], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1

"""The command line as a user meets it: what it prints, where, and how it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "asia-deals.txt"


def oresight(
    *arguments: str, given: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "oresight.cli", *arguments]
    return subprocess.run(command, input=given, capture_output=True, cwd=cwd, check=False)


def refused(run: subprocess.CompletedProcess[bytes], *words: str) -> None:
    """Code 2, one line on standard error that holds the words, nothing on standard output."""
    message = run.stderr.decode()
    assert run.returncode == 2, message
    assert run.stdout == b""
    assert message.count("\n") == 1, message
    assert message.startswith("oresight: ")
    for word in words:
        assert word in message


def test_help_names_every_command() -> None:
    run = oresight("--help")
    assert run.returncode == 0
    for command in ("brief", "read", "facts", "ledger", "tariff", "simulate", "reaction", "world"):
        assert command in run.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("brief", "no-such-file.txt"), ("no-such-file.txt", "no such file")),
        (("brief", "."), ("folder",)),
        (("brief", "-", "--published", "yesterday"), ("--published", "2025-10-26")),
        (("brief",), ("TEXT",)),
        (("facts", "unobtainium"), ("unobtainium", "nearest")),
        (("facts",), ("dysprosium oxide",)),
        (("tariff", "--from", "XYZ", "--to", "USA", "--commodity", "gallium"), ("XYZ",)),
        (("tariff", "--from", "CHN", "--to", "USA", "--commodity", "gallum"), ("gallum", "gallium")),
        (("ledger", "--as-of", "2025-13-01"), ("--as-of",)),
        (("simulate", "no-such.yaml"), ("no-such.yaml",)),
        (("reaction", "no-such.csv", "--event", "2025-01-01"), ("no-such.csv",)),
        (("no-such-command",), ("no-such-command",)),
    ],
)
def test_a_wrong_argument_is_one_line(
    arguments: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    refused(oresight(*arguments, cwd=tmp_path), *words)
    assert list(tmp_path.iterdir()) == []


NASTY = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t \n", "empty"),
    "binary": (b"\x7fELF\x00\x01\x02rare earths", "binary"),
    "latin-1": ("Les terres rares de Chine, contr\xf4l\xe9es".encode("latin-1"), "UTF-8"),
    "french": (
        "La Chine a annoncé des contrôles sur les exportations de terres rares et les États-Unis ont répondu "
        "par une menace de droits de douane supplémentaires sur tous les produits venus de Chine.".encode(),
        "English",
    ),
    "no mineral": (
        b"The government of France said on Monday that it will raise the tariff on cheese from Italy "
        b"to 20 percent, and the minister told the press that the talks with the other side go on.",
        "mineral",
    ),
    "five megabytes": (
        b"China restricts the export of rare earths to the United States. " * 16_000,
        "characters",
    ),
}


@pytest.mark.parametrize("name", NASTY)
def test_a_text_that_cannot_be_briefed_is_one_line_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    text, word = NASTY[name]
    refused(oresight("brief", "-", "-o", str(tmp_path / "out.html"), given=text), word)
    assert list(tmp_path.iterdir()) == []


def test_reading_a_long_text_loses_nothing(tmp_path: Path) -> None:
    sentence = "China restricted the export of gallium to Japan in 2023. "
    filler = "The weather in the harbour was mild and the ships came in late. "
    file = tmp_path / "long.txt"
    file.write_text(sentence + filler * 16_000 + sentence.replace("Japan", "Germany"), encoding="utf-8")
    run = oresight("read", str(file), "--json")
    assert run.returncode == 0
    records = json.loads(run.stdout)["records"]
    targets = [target for record in records for target in record["targets"]]
    assert "JPN" in targets
    assert "DEU" in targets


def test_records_stand_in_the_text() -> None:
    run = oresight("read", str(EXAMPLE), "--published", "2025-10-26", "--json")
    text = EXAMPLE.read_text(encoding="utf-8")
    records = json.loads(run.stdout)["records"]
    assert len(records) > 10
    for record in records:
        assert text[record["start"] : record["end"]] == record["quote"]


def test_the_brief_of_the_example_is_whole_and_repeats_byte_for_byte(tmp_path: Path) -> None:
    pages, numbers = [], []
    for n in range(2):
        page = tmp_path / f"brief{n}.html"
        run = oresight(
            *("brief", str(EXAMPLE), "--published", "2025-10-26", "--draws", "8", "--json", "-o", str(page))
        )
        assert run.returncode == 0, run.stderr.decode()
        pages.append(page.read_bytes())
        numbers.append(run.stdout)
    assert pages[0] == pages[1]
    assert numbers[0] == numbers[1]
    found = json.loads(numbers[0])
    assert {"document", "records", "agreements", "claims", "scenarios", "results", "run"} <= set(found)
    assert any("Malaysia" in b["sentence"] for s in found["scenarios"] for b in s["blocked"])
    assert all(s["certificate"]["residual"] < 1e-8 for s in found["scenarios"])
    html = pages[0].decode()
    for outside in ('src="http', 'href="http://fonts', "@import", "url(http", "<script"):
        assert outside not in html


def test_markup_in_a_text_is_shown_as_text(tmp_path: Path) -> None:
    hostile = (
        "<script>alert('ore')</script> China & Japan <b>signed</b> an agreement on rare earths \"today\".\n\n"
        "Malaysia promised not to ban rare-earth exports to the United States <img src=x onerror=alert(1)>."
    )
    page = tmp_path / "brief.html"
    run = oresight("brief", "-", "--draws", "0", "-o", str(page), given=hostile.encode())
    assert run.returncode == 0, run.stderr.decode()
    html = page.read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;" in html


def test_a_duty_comes_with_its_parts() -> None:
    run = oresight(
        "tariff",
        "--from",
        "CHN",
        "--to",
        "USA",
        "--commodity",
        "NdFeB magnet",
        "--as-of",
        "2025-10-26",
        "--json",
    )
    found = json.loads(run.stdout)
    assert found["total_percent"] == pytest.approx(sum(p["percent"] for p in found["parts"]))
    assert {"MFN", "IEEPA fentanyl", "IEEPA reciprocal"} <= {p["basis"] for p in found["parts"]}


def test_the_ledger_of_a_day_does_not_know_of_later_days() -> None:
    run = oresight("ledger", "--as-of", "2025-10-26", "--known-by", "2025-10-26", "--json")
    assert run.returncode == 0
    assert "2025-11-07" not in run.stdout.decode()


def test_a_scenario_is_solved_and_told_in_the_contract_s_form(tmp_path: Path) -> None:
    file = tmp_path / "ban.yaml"
    file.write_text(
        "name: China bans gallium to the United States\n"
        "add:\n"
        "  - export_ban: {imposer: CHN, targets: [USA], commodities: [gallium]}\n",
        encoding="utf-8",
    )
    run = oresight("simulate", str(file), "--draws", "4", "--json")
    assert run.returncode == 0, run.stderr.decode()
    found = json.loads(run.stdout)
    assert set(found) == {"scenarios", "results", "run"}
    assert set(found["scenarios"][0]) >= {
        "name",
        "status",
        "message",
        "certificate",
        "worst_market",
        "blocked",
    }
    keys = {"scenario", "commodity", "origin", "destination", "variable", "unit", "central", "low", "high"}
    assert all(keys <= set(row) for row in found["results"])
    flow = [
        r
        for r in found["results"]
        if r["variable"] == "flow"
        and r["origin"] == "CHN"
        and r["destination"] == "USA"
        and "gallium" in r["commodity"]
    ]
    assert [r["central"] for r in flow] == [0.0]

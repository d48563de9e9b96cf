"""Wrong, hostile and unlucky input: one line that says what would be right, and nothing half done."""

from __future__ import annotations

import csv
import gzip
import json
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer

from oresight.brief.page import check_target
from oresight.cli import shared
from oresight.cli.texts import brief
from oresight.deal.register import COLUMNS, load_risks
from oresight.errors import LONGEST, SHOWN, InputError, shown, unknown
from oresight.evidence.episodes import load_episode
from oresight.evidence.event_study import Prices, reactions, read_prices
from oresight.impact.run_record import hash_of
from oresight.policy.constructors import ExportBan, amount
from oresight.policy.ledger import Ledger, asked_day, iso_day, read_hashed_yaml
from oresight.policy.records import Scenario
from oresight.policy.scenario import load_scenario, read_scenario
from oresight.reader.dates import parse_day
from oresight.world import build
from oresight.world.extract import read_baci
from oresight.world.plain_yaml import parse_yaml
from oresight.world.tables import Row, Tables
from policy_world import small_world

WORLD = small_world()
EXAMPLE = Path(__file__).parents[1] / "examples" / "asia-deals.txt"


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "oresight.cli", *arguments]
    return subprocess.run(command, check=False, **{"capture_output": True, **options})  # type: ignore[call-overload,no-any-return]


def one_line(finished: subprocess.CompletedProcess[bytes], code: int = 2) -> str:
    message = finished.stderr.decode()
    assert finished.returncode == code, message
    assert not finished.stdout
    assert message.count("\n") == 1, message
    return message


# Where a brief goes ------------------------------------------------------------------------------


def test_a_brief_never_replaces_its_own_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = tmp_path / "t.html"
    text.write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "link.html").symlink_to(text)
    for target in (Path("t.html"), text, Path("link.html"), Path("..") / tmp_path.name / "t.html"):
        with pytest.raises(InputError, match="the text itself"):
            check_target(target, "t.html")
    with pytest.raises(InputError, match="the text itself"):
        brief("t.html")
    assert text.read_bytes() == EXAMPLE.read_bytes()
    assert check_target(Path("other.html"), "t.html") == tmp_path / "other.html"


def test_a_brief_goes_to_plain_files_only(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    (tmp_path / "null").symlink_to("/dev/null")
    for name, says in {
        "pipe": "no plain file",
        "null": "no plain file",
        "round": "cannot write",
        ".": "folder",
        "none/x.html": "does not exist",
        "x" * 300: "too long",
        "/proc/brief.html": "cannot write",
    }.items():
        with pytest.raises(InputError, match=says):
            check_target(tmp_path / name)
    (tmp_path / "open.html").symlink_to(tmp_path / "real.html")
    assert check_target(tmp_path / "open.html") == tmp_path / "real.html"


def test_a_bad_target_is_told_before_anything_is_read(tmp_path: Path) -> None:
    message = one_line(run("brief", "no-such.txt", "-o", str(tmp_path / "none" / "x.html")))
    assert "does not exist" in message
    assert list(tmp_path.iterdir()) == []


# Days ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["20251026", "2025-W43-7", "2025-1-1", "2025-02-30", "", "٢٠٢٥-١٠-٢٦"])
def test_only_days_written_in_full_are_taken(text: str) -> None:
    with pytest.raises(InputError, match="is not a date"):
        iso_day(text, "--as-of")
    with pytest.raises(ValueError, match=r"written|month|day"):
        parse_day(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_days_beyond_all_calendars_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="1900 and 2200"):
        asked_day(text, "--published")
    with pytest.raises(ValueError, match="1900"):
        parse_day(text)


def test_options_move_a_scenario_to_another_day_and_keep_its_measures() -> None:
    bare = Scenario("a", measures=(ExportBan("CHN", commodities="gallium metal"),))
    moved = shared.dated(bare, "2025-10-26", None)
    assert moved == replace(bare, base="ledger", as_of="2025-10-26", known_by="2025-10-26")
    assert shared.dated(moved, "2026-01-01", None).known_by == "2026-01-01"
    assert shared.dated(moved, None, "2025-01-01").known_by == "2025-01-01"
    assert shared.dated(bare, None, None) == bare
    for start in (
        lambda: shared.dated(bare, None, "2025-01-01"),
        lambda: shared.start_of(None, "2025-01-01"),
    ):
        with pytest.raises(InputError, match="--known-by needs --as-of"):
            start()


# YAML ---------------------------------------------------------------------------------------------

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 8)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a [*a]",
        "a: " + "[" * 60 + "]" * 60,
        "a: 1\na: 2",
        "a: !!int ''",
        "a: !!float ''",
        "a: !!bool maybe",
        "a: !!timestamp soon",
        "a: 2025-13-41",
        "a: " + "9" * 5000,
    ],
)
def test_yaml_that_would_blow_up_is_refused_in_a_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        parse_yaml(text, "x.yaml")
    assert len(str(fault.value)) <= LONGEST
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(InputError):
        Tables(tmp_path).yaml("x.yaml")


def test_yaml_aliases_that_repeat_a_little_are_taken() -> None:
    assert parse_yaml("a: &a [1, 2]\nb: *a", "x.yaml") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize("year", [".inf", ".nan", "9" * 400, "[2024]", "-5"])
def test_the_year_of_a_source_is_a_year(year: str, tmp_path: Path) -> None:
    from oresight.world.load import read_sources

    (tmp_path / "sources.yaml").write_text(f"a: {{publisher: p, title: t, year: {year}, licence: l}}")
    with pytest.raises(InputError, match="has year"):
        read_sources(Tables(tmp_path))


def test_echoed_values_are_short() -> None:
    long = "x" * 10_000
    assert len(shown(long)) == SHOWN
    assert len(shown(10**9000)) <= SHOWN
    assert len(str(unknown("economy", long, ["CHN"]))) < 200
    assert len(str(InputError(long))) <= LONGEST
    with pytest.raises(InputError) as fault:
        amount("rate", long)  # type: ignore[arg-type]
    assert len(str(fault.value)) < 200


@pytest.mark.parametrize("value", [10**400, -(10**400), math.inf, math.nan, True, "1"])
def test_a_number_is_one_that_can_be_counted_with(value: float) -> None:
    with pytest.raises(InputError, match="is not a number"):
        amount("rate", value)


def test_the_hash_is_of_the_bytes_that_were_parsed(tmp_path: Path) -> None:
    text = "name: a\r\nadd: [{export_ban: {imposer: CHN, commodities: [dysprosium oxide]}}]\r\n"
    file, pipe = tmp_path / "a.yaml", tmp_path / "pipe"
    file.write_bytes(text.encode())
    scenario, sha256 = read_scenario(file, WORLD)
    assert (scenario, sha256) == (load_scenario(file, WORLD), hash_of(file))
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(text.encode(),))
    writer.start()
    assert read_hashed_yaml(pipe)[1] == sha256
    writer.join()


def episode(**observed: object) -> str:
    seen = {"variable": "flow_change", "value": -5, "source": "own", **observed}
    scenario = {"add": [{"export_ban": {"imposer": "CHN", "commodities": ["dysprosium oxide"]}}]}
    return json.dumps(
        {"id": "e", "what": "w", "baseline_year": 2024, "scenario": scenario, "observed": [seen]}
    )


@pytest.mark.parametrize(
    "observed",
    [{"destination": ["USA"]}, {"origin": {"a": 1}}, {"commodity": ["gallium"]}, {"value": 10**400}],
)
def test_an_observation_of_a_wrong_kind_is_named(observed: dict[str, object], tmp_path: Path) -> None:
    file = tmp_path / "e.yaml"
    file.write_text(episode(**observed))
    with pytest.raises(InputError, match=r"observed\[0\]"):
        load_episode(file, WORLD, Ledger())
    file.write_text(episode())
    assert load_episode(file, WORLD, Ledger()).sha256 == hash_of(file)


# Prices -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Date,A\n\n\n", "holds no day"),
        ("Date,A\n2024-01-01," + "1" * 200_000, "not sound CSV"),
        ("Date,A\n20240101,1", "is not a date"),
        ("Date,A\n2024-01-01," + "x" * 5000, "no price"),
    ],
)
def test_a_bad_table_of_prices_is_one_line(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=says) as fault:
        read_prices(str(file))
    assert len(str(fault.value)) <= LONGEST


def still(names: tuple[str, ...]) -> Prices:
    days = tuple(str(np.datetime64("2024-01-01") + n) for n in range(200))
    moving = np.exp(np.random.default_rng(1).normal(0, 0.01, (200, 1)).cumsum(axis=0))
    return Prices(days, names, np.hstack([moving, np.ones((200, 1))]))


def test_a_market_that_does_not_move_is_refused() -> None:
    with pytest.raises(InputError, match="does not move"):
        reactions(still(("MINE", "INDEX")), "2024-05-01", "INDEX")


def test_what_is_not_finite_prints_as_null_and_json_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    found = reactions(still(("MINE", "STILL")), "2024-05-01")
    shared.show([{"share": r.share, "t": r.t_statistic} for r in found], True, "reactions")
    rows = json.loads(capsys.readouterr().out)["reactions"]
    assert {row["t"] for row in rows if row["share"] == "STILL"} == {None}
    assert all(row["t"] is not None for row in rows if row["share"] == "MINE")
    with pytest.raises(TypeError):
        shared.print_json({"a": 1, "b": object()})
    assert capsys.readouterr().out == ""


# Trade files and baselines ------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["nan", "inf", "-1", "lots", ""])
def test_a_figure_of_trade_that_is_none_is_named_with_its_line(cell: str, tmp_path: Path) -> None:
    file = tmp_path / "baci.csv"
    head = "year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t\n"
    file.write_text(f"{head}2024,CHN,USA,250410,10,1\n2024,CHN,JPN,250410,{cell},1\n")
    with pytest.raises(InputError, match=r"baci\.csv, line 3: column value_kusd"):
        read_baci(file, 2024, WORLD.economies)


def test_a_cut_trade_file_is_one_line(tmp_path: Path) -> None:
    head = "year,exporter_iso3,importer_iso3,hs92,value_kusd,quantity_t\n"
    whole = gzip.compress((head + "2024,CHN,USA,250410,10,1\n" * 500).encode())
    for name, content in {
        "cut.csv.gz": whole[:-20],
        "short.csv": (head + "2024,CHN\n").encode(),
        "huge.csv": (head + "2024,CHN,USA,250410,10," + "1" * 200_000).encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=name):
            read_baci(tmp_path / name, 2024, WORLD.economies)


def test_a_baseline_is_published_whole_or_not_at_all(tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    for name in ("a.csv", "deep/b.csv", "z.csv"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text("new")
    (out / "z.csv").mkdir(parents=True)
    (out / "a.csv").write_text("old")
    with pytest.raises(InputError, match=r"z\.csv: is a folder"):
        build._publish(work, out)
    assert sorted(p.name for p in out.rglob("*")) == ["a.csv", "z.csv"]
    assert (out / "a.csv").read_text() == "old"
    (out / "z.csv").rmdir()
    build._publish(work, out)
    assert sorted(p.name for p in out.rglob("*")) == ["a.csv", "b.csv", "deep", "z.csv"]
    assert (out / "a.csv").read_text() == "new"


@pytest.mark.parametrize("place", ["file/world", "/proc/none/world", "x" * 300])
def test_a_baseline_has_a_place_to_go(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError):
        build._check_writable(tmp_path / place)


def test_whole_numbers_of_a_table_are_of_a_size_that_means_something() -> None:
    for text in ("9" * 10, "9" * 5000, "1.5", "x"):
        with pytest.raises(InputError, match="whole number"):
            Row("a.csv", 2, {"year": text}).integer("year")


# The register -------------------------------------------------------------------------------------

RISK = {
    "id": "a",
    "title": "China licenses dysprosium",
    "instrument": "export_licensing",
    "imposer": "CHN",
    "targets": "USA",
    "commodities": "dysprosium oxide",
    "approval_share": "0.5",
    "probability_low": "0.1",
    "probability": "0.2",
    "probability_high": "0.3",
    "months": "12",
    "source": "own judgement",
    "kind": "assumed",
}


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("approval_share", "sigma", "approval_share"),
        ("approval_share", "nan", "approval_share"),
        ("imposer", "all", "imposer"),
        ("months", "0", "months"),
    ],
)
def test_a_row_of_the_register_means_something(column: str, cell: str, says: str, tmp_path: Path) -> None:
    def write(row: dict[str, str]) -> Path:
        with (tmp_path / "r.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, restval="")
            writer.writeheader()
            writer.writerow(row)
        return tmp_path / "r.csv"

    assert load_risks(WORLD, write(RISK))[0].measure.approval_share == 0.5
    with pytest.raises(InputError, match=says):
        load_risks(WORLD, write({**RISK, column: cell}))


def test_a_register_with_a_name_that_is_too_long_is_one_line() -> None:
    with pytest.raises(InputError, match="no such file"):
        load_risks(WORLD, "x" * 5000)


# Streams, signals, options ------------------------------------------------------------------------


def closing(*descriptors: int) -> Callable[[], None]:
    def close() -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    return close


def test_closed_streams_and_full_disks_are_one_line() -> None:
    assert "empty" in one_line(run("read", "-", preexec_fn=closing(0)))
    finished = run("ledger", "--help", preexec_fn=closing(1))
    assert "standard output" in one_line(finished)
    with Path("/dev/full").open("wb") as full:
        finished = run("facts", "gallium", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert finished.returncode == 1
    assert finished.stderr.decode() == "oresight: No space left on device\n"
    assert run("facts", "nonsense", preexec_fn=closing(0, 1, 2)).returncode == 2
    with Path("/dev/full").open("wb") as full:
        assert run("facts", "nonsense", capture_output=False, stderr=full).returncode == 2


def test_a_reader_that_leaves_is_no_fault() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    finished = run("facts", "gallium", capture_output=False, stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    assert (finished.returncode, finished.stderr) == (0, b"")


def test_an_interruption_leaves_with_130_and_no_traceback(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "text")
    command = [sys.executable, "-m", "oresight.cli", "read", str(tmp_path / "text")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    with (tmp_path / "text").open("wb"):  # opens when the command begins to read
        process.send_signal(signal.SIGINT)
        _, message = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in message


def test_names_of_files_that_are_no_text_are_printed(tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/\xff.txt"
    Path(os.fsdecode(file)).write_bytes(EXAMPLE.read_bytes())
    assert shared.as_text(os.fsdecode(b"\xff.txt")) == "\\udcff.txt"
    finished = run("read", os.fsdecode(file), "--json")
    assert finished.returncode == 0, finished.stderr
    json.loads(finished.stdout)


def test_a_wrong_option_is_named() -> None:
    assert "--draws" in one_line(run("rank", "--buyer", "USA", "--draws", "many"))
    assert one_line(run()).startswith("oresight: name a command")


def test_an_option_that_is_there_and_empty_is_refused() -> None:
    assert shared.not_blank(None) is None
    assert shared.not_blank("USA") == "USA"
    with pytest.raises(typer.BadParameter):
        shared.not_blank(" ")
    assert "--economy" in one_line(run("facts", "gallium", "--economy", ""))

"""A user's own store: merged when repeated, whole after a kill, safe under several writers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.errors import InputError
from oresight.policy import store
from oresight.policy.ledger import Ledger, load_ledger
from oresight.policy.own import Own, Text, Told, from_yaml, same_entry, to_yaml, union
from oresight.policy.records import Agreement, Exemption, Measure, Provision, State

HASH = "ab" * 32

# Adds entries one by one and says so after each; what it said must be there whatever happens then.
WRITER = """
import sys
from oresight.policy import store
from oresight.policy.own import Own, Text, Told
from oresight.policy.ledger import Ledger
from oresight.policy.records import Measure, State
path, name, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
for i in range(n):
    ours = tuple(
        Measure(id, "export_ban", "CHN", ("USA",), ("gallium metal",), source="text",
                states=(State("announced", f"2025-01-{i + 1:02}", f"2025-01-{i + 1:02}"),))
        for id in (f"{name}-{i}", f"shared-{i}")
    )
    told = tuple(Told(m.id, "ab" * 32, f"said {name} {i}") for m in ours)
    store.add(path, Own(Ledger(ours), (Text("ab" * 32, "A text", "2025-01-01"),), told))
    print(i, flush=True)
"""


def measure(name: str, **changes: object) -> Measure:
    plain = Measure(name, "export_ban", "CHN", ("USA",), ("gallium metal",), source="text")
    return replace(plain, states=(State("announced", "2025-01-01", "2025-01-01"),), **changes)  # type: ignore[arg-type]


def writer(path: Path, name: str, n: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(n)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_nothing_is_written_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ledger.duckdb"
    assert store.load(path) == Own()
    assert list(tmp_path.iterdir()) == []


def test_what_is_added_is_there_and_repeating_it_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ledger.duckdb"
    own = Own(
        Ledger((measure("a"),)),
        (Text(HASH, "A text", "2025-01-01"),),
        (Told("a", HASH, "We ban “gallium”."),),
    )
    assert store.add(path, own) == store.Added(("a",), (), 1)
    assert store.add(path, own) == store.Added((), ("a",), 0)
    assert store.load(path) == own
    assert [p.name for p in path.parent.iterdir()] == ["ledger.duckdb"]
    assert store.load(path).texts_of("a") == own.texts


def test_two_texts_on_one_thing_give_one_entry_with_both_states(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    later = replace(measure("a"), states=(State("in_force", "2025-02-01", "2025-02-01"),))
    store.add(path, Own(Ledger((measure("a"),))))
    store.add(path, Own(Ledger((later,))))
    (merged,) = store.load(path).ledger.measures
    assert [s.state for s in merged.states] == ["announced", "in_force"]


def test_the_mark_in_an_id_tells_different_contents_apart() -> None:
    one = same_entry(measure("a", quote="said here"))
    assert one == same_entry(measure("a", quote="said elsewhere"))
    assert one.id != same_entry(measure("a", commodities=("germanium metal",))).id
    assert one.id == same_entry(replace(measure("a"), states=())).id


def test_a_contradiction_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    store.add(path, Own(Ledger((measure("a"),))))
    before = store.load(path)
    with pytest.raises(InputError, match="'a' say different things"):
        store.add(path, Own(Ledger((measure("b"), measure("a", imposer="MYS")))))
    assert store.load(path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"  # the two also race to make it
    writers = [writer(path, name, 12) for name in ("one", "two")]
    for running in writers:
        _, said = running.communicate(timeout=120)
        assert running.returncode == 0, said.decode()
    own = store.load(path)
    names = {m.id for m in own.ledger.measures}
    assert names == {f"{who}-{i}" for who in ("one", "two", "shared") for i in range(12)}
    assert len(own.texts) == 1
    assert len(own.told) == 2 * 2 * 12  # the shared entries keep the words of both


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("after", [0, 1, 3, 5, 8])
def test_a_kill_in_the_middle_leaves_all_that_was_acknowledged(tmp_path: Path, after: int) -> None:
    path = tmp_path / "ledger.duckdb"
    running = writer(path, "one", 28)
    assert running.stdout is not None
    said = [running.stdout.readline() for _ in range(after)]
    time.sleep(0.004 * after)  # strike at different places of an addition
    os.kill(running.pid, signal.SIGKILL)
    said += running.stdout.read().splitlines()
    running.wait(timeout=60)
    own = store.load(path)
    done = sum(bool(line.strip()) for line in said)
    there = {m.id for m in own.ledger.measures}
    assert {f"one-{i}" for i in range(done)} <= there
    # An addition is there whole or not at all: each brings two entries and two quotations.
    assert len(there) == len(own.told)
    assert {i.removeprefix("one-") for i in there if "one" in i} == {
        i.removeprefix("shared-") for i in there if "shared" in i
    }
    store.add(path, Own(Ledger((measure("after"),))))
    assert "after" in {m.id for m in store.load(path).ledger.measures}
    if running.stderr is not None:
        running.stderr.close()
    running.stdout.close()


def test_the_bundled_ledger_goes_through_yaml_and_store_byte_for_byte(tmp_path: Path) -> None:
    ledger = load_ledger()
    own = Own(Ledger(ledger.measures, ledger.agreements, ledger.exemptions))
    first, second = tmp_path / "one.yaml", tmp_path / "two.yaml"
    store.add(tmp_path / "a.duckdb", own)
    store.export_file(tmp_path / "a.duckdb", first)
    store.import_file(tmp_path / "b.duckdb", first)
    store.export_file(tmp_path / "b.duckdb", second)
    assert first.read_bytes() == second.read_bytes()
    assert set(store.load(tmp_path / "b.duckdb").entries) == set(union(own, Own()).entries)
    # What is exported is a ledger file like those that come with the program.
    (tmp_path / "folder").mkdir()
    first.rename(tmp_path / "folder" / "own.yaml")
    assert set(load_ledger(tmp_path / "folder").measures) == set(union(own, Own()).ledger.measures)


WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
DAYS = st.dates().map(str)
STATES = st.builds(State, st.sampled_from(["announced", "in_force", "suspended"]), DAYS, DAYS, note=WORDS)
MEASURES = st.builds(
    Measure,
    WORDS.map(lambda w: f"m:{w}"),
    st.sampled_from(["export_ban", "import_tariff"]),
    st.sampled_from(["CHN", "USA", "NO"]),
    st.lists(st.sampled_from(["MYS", "all", "NO"]), max_size=2).map(tuple),
    hs=st.lists(st.sampled_from(["2504", "0511", "1e5"]), max_size=2).map(tuple),
    rate_percent=st.none() | st.floats(0, 1e6),
    title=WORDS,
    verified=st.booleans(),
    states=st.lists(STATES, min_size=1, max_size=3).map(tuple),
)
PROVISIONS = st.builds(
    Provision,
    WORDS,
    st.just("investment"),
    st.just("USA"),
    st.just("MYS"),
    st.just(("critical minerals",)),
    st.booleans(),
    text=WORDS,
)
AGREEMENTS = st.builds(
    Agreement,
    WORDS.map(lambda w: f"a:{w}"),
    WORDS,
    st.just("framework"),
    st.just(("USA", "MYS")),
    st.booleans(),
    st.lists(PROVISIONS, max_size=2).map(tuple),
    st.lists(STATES, max_size=2).map(tuple),
)
EXEMPTIONS = st.builds(
    Exemption,
    WORDS.map(lambda w: f"e:{w}"),
    st.just("USA"),
    WORDS,
    st.just(("2504",)),
    st.lists(STATES, max_size=2).map(tuple),
)
COLLECTIONS = st.builds(
    lambda m, a, e, words: Own(
        Ledger(tuple(m), tuple(a), tuple(e)),
        (Text(HASH, "A text", ""),),
        tuple(Told(x.id, HASH, words) for x in m),
    ),
    st.lists(MEASURES, max_size=3, unique_by=lambda m: m.id),
    st.lists(AGREEMENTS, max_size=2, unique_by=lambda a: a.id),
    st.lists(EXEMPTIONS, max_size=2, unique_by=lambda e: e.id),
    WORDS,
)


@settings(max_examples=60, deadline=None)
@given(COLLECTIONS)
def test_any_collection_survives_yaml(own: Own) -> None:
    written = to_yaml(own)
    read = from_yaml(written, "own.yaml")
    assert to_yaml(read) == written
    assert read.told == union(own, Own()).told
    assert {m.rate_percent for m in read.ledger.measures} == {m.rate_percent for m in own.ledger.measures}


@settings(max_examples=40, deadline=None)
@given(st.lists(MEASURES, max_size=6), st.randoms())
def test_the_order_of_adding_does_not_matter(measures: list[Measure], random: object) -> None:
    ones = [Own(Ledger((same_entry(m),))) for m in measures]
    others = list(ones)
    random.shuffle(others)  # type: ignore[attr-defined]
    forward, shuffled = Own(), Own()
    for one, other in zip(ones, others, strict=True):
        forward, shuffled = union(forward, one), union(shuffled, other)
    assert forward == shuffled
    assert union(forward, forward) == forward


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("texts: [{sha256: xyz, title: a}]", "texts[0]: sha256"),
        (f"texts: [{{sha256: '{HASH}', titel: a}}]", "titel"),
        (f"told: [{{entry: a, text: '{HASH}', quote: b}}]", "no entry of the file is called 'a'"),
        ("measure: []", "measures"),
        ("measures: [{id: a, instrument: export_bann, imposer: CHN, targets: [all]}]", "export_ban"),
        ("texts: 5", "texts should be a list"),
        ("[1, 2]", "mapping"),
    ],
)
def test_a_file_with_a_fault_is_one_line_and_nothing_is_made(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as fault:
        store.import_file(tmp_path / "ledger.duckdb", file)
    assert said in str(fault.value)
    assert "own.yaml" in str(fault.value)
    assert "\n" not in str(fault.value)
    assert not (tmp_path / "ledger.duckdb").exists()


def test_a_file_that_is_no_store_is_said_in_one_line(tmp_path: Path) -> None:
    import duckdb

    (tmp_path / "notes.txt").write_text("not a store", encoding="utf-8")
    with pytest.raises(InputError, match="cannot open the store"):
        store.load(tmp_path / "notes.txt")
    with duckdb.connect(str(tmp_path / "other.duckdb")) as other:
        other.execute("CREATE TABLE a (b INTEGER)")
    with pytest.raises(InputError, match="no store of this version"):
        store.add(tmp_path / "other.duckdb", Own())
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot make the store"):
        store.add(tmp_path / "file" / "ledger.duckdb", Own())


def test_a_store_that_another_process_keeps_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.duckdb"
    store.add(path, Own(Ledger((measure("a"),))))
    keep = (
        "import duckdb, sys\nc = duckdb.connect(sys.argv[1])\nprint('has it', flush=True)\nsys.stdin.read()"
    )
    keeper = subprocess.Popen(
        [sys.executable, "-c", keep, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert keeper.stdout is not None
        keeper.stdout.readline()
        monkeypatch.setattr(store, "PATIENCE", 0.1)
        with pytest.raises(InputError, match="another process has had the store"):
            store.load(path)
    finally:
        keeper.communicate(b"", timeout=60)
    assert len(store.load(path).ledger.measures) == 1


def test_the_default_place_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert store.default_path() == tmp_path / "oresight" / "ledger.duckdb"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")  # the specification says to ignore it
    assert store.default_path() == Path.home() / ".local" / "share" / "oresight" / "ledger.duckdb"

"""What became of a text's promises, threats and measures, and what was not yet known."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oresight.errors import InputError
from oresight.policy import store
from oresight.policy.ledger import Coverage, Ledger, load_ledger
from oresight.policy.listing import joined_rows
from oresight.policy.own import Own, from_yaml, to_yaml
from oresight.policy.records import Agreement, Measure, Provision, State
from oresight.policy.repeats import joined
from oresight.reader.aftermath import VERDICTS, Fate, aftermath
from oresight.reader.read import read
from oresight.reader.reading import Reading
from oresight.reader.remember import own_of
from oresight.reader.to_policy import to_policy
from oresight.world.model import World

EXAMPLE = Path(__file__).parents[1] / "examples" / "asia-deals.txt"
SEED = Path(__file__).parents[2] / "shared" / "articles" / "seed-asia-deals.txt"
DAY = "2025-10-26"
LEDGER = load_ledger()


@cache
def world() -> World:
    return World.load()


@cache
def reading_of(path: Path) -> Reading:
    return to_policy(read(path.read_text(encoding="utf-8"), published=DAY), world())


def fates(path: Path, known_by: str, ledger: Ledger = LEDGER) -> tuple[Fate, ...]:
    return aftermath(reading_of(path), ledger, world(), known_by=known_by)


def seed() -> Path:
    if not SEED.exists():
        pytest.skip("the seed article is not beside the checkout")
    return SEED


def of(found: tuple[Fate, ...], kind: str, entry: str) -> Fate:
    (one,) = [f for f in found if f.kind == kind and f.entry == entry]
    return one


def test_the_seed_article_a_year_later() -> None:
    found = fates(seed(), "2026-11-23")
    threat = of(found, "threat", "us-threat-china-100")
    assert (threat.verdict, threat.on) == ("withdrawn", "2025-11-01")
    kept = [f for f in found if f.kind == "promise" and f.entry == "us-reciprocal-19"]
    assert len(kept) == 3  # Malaysia, Thailand, Cambodia
    assert {(f.verdict, f.on) for f in kept} == {("struck down", "2026-02-20")}
    assert all("Supreme Court" in f.sentence and "Learning Resources" in f.source for f in kept)
    raw = of(found, "promise", "my-raw-rare-earths-2024")
    assert raw.verdict == "not kept"
    assert "already stood when the text appeared" in raw.sentence
    assert "not in force as far as is known" in raw.sentence
    assert raw.assumed  # nobody has ruled on it, and the agreement does not bind yet
    assert raw.source == "Reuters, 29 October 2025"
    controls = {f.entry: f for f in found if f.kind == "measure"}
    assert controls["cn-rare-earths-2025-04"].verdict == "in force"
    back = controls["cn-rare-earths-2025-10-57"]
    assert (back.verdict, back.on, back.assumed) == ("back in force", "2026-11-11", True)
    assert "it is assumed to apply since 11 November 2026" in back.sentence
    (standstill,) = [f for f in found if f.item.startswith("text:tariff_standstill:USA>all")]
    assert standstill.verdict == "held"
    assert "Cambodia, Malaysia and Thailand" in standstill.sentence
    assert standstill.assumed  # the ledger ends with July 2026, and says so
    framework = of(found, "agreement", "us-china-framework-october")
    assert framework.verdict == "carried out"
    assert "Kuala Lumpur" in framework.sentence


def test_in_the_year_between_the_controls_are_suspended() -> None:
    found = fates(seed(), "2026-06-01")
    assert of(found, "measure", "cn-rare-earths-2025-10-57").verdict == "suspended"
    assert "until 10 November 2026" in of(found, "measure", "cn-rare-earths-2025-10-57").sentence


MONTHS = [date(2025, month, 1).strftime("%B") for month in range(1, 13)]


def days_in(text: str) -> list[str]:
    found = re.findall(r"(\d{1,2}) ([A-Z][a-z]+) (20\d\d)", text)
    return [f"{year}-{MONTHS.index(month) + 1:02}-{int(day):02}" for day, month, year in found]


def test_on_its_own_day_a_text_knows_nothing_of_november() -> None:
    for path in (EXAMPLE, seed()):
        found = fates(path, DAY)
        assert found
        assert {f.verdict for f in found} <= {"open", "in force"}
        for fate in found:
            assert fate.on <= DAY
            # A deadline may lie ahead; nothing else may.
            assert all(d <= DAY or d == "2025-11-01" for d in days_in(fate.sentence)), fate.sentence
            assert all(d <= DAY for d in days_in(fate.source)), fate.source


def known_until(ledger: Ledger, day: str) -> Ledger:
    """The ledger as it would have been had it been written on a day."""

    def cut(entries: tuple, day: str) -> tuple:
        kept = (replace(e, states=tuple(s for s in e.states if s.known <= day)) for e in entries)
        return tuple(e for e in kept if e.states)

    return replace(
        ledger,
        measures=cut(ledger.measures, day),
        agreements=cut(ledger.agreements, day),
        exemptions=cut(ledger.exemptions, day),
    )


@settings(max_examples=15, deadline=None)
@given(st.dates(date(2025, 10, 26), date(2026, 12, 31)).map(str))
def test_what_is_written_later_changes_nothing_known_before(day: str) -> None:
    assert fates(EXAMPLE, day) == fates(EXAMPLE, day, known_until(LEDGER, day))


@settings(max_examples=15, deadline=None)
@given(st.dates(date(2025, 10, 26), date(2026, 12, 31)).map(str))
def test_every_fate_is_a_sentence_with_its_source(day: str) -> None:
    entries = {e.id: e for e in (*LEDGER.measures, *LEDGER.agreements)}
    for fate in fates(EXAMPLE, day):
        assert fate.verdict in VERDICTS
        assert fate.sentence.endswith(".")
        assert "\n" not in fate.sentence
        assert fate.on <= day
        assert bool(fate.source) or fate.verdict == "open"
        assert not fate.entry or fate.entry in entries
        if fate.verified and fate.entry:
            assert entries[fate.entry].verified


def threat(rate: float, until: str) -> Measure:
    state = State("threatened", DAY, DAY, until=until)
    return Measure(
        f"text:threat:{rate:g}",
        "import_tariff",
        "USA",
        ("MYS",),
        ("all",),
        rate_percent=rate,
        states=(state,),
    )


def reading(*measures: Measure, provisions: tuple[Provision, ...] = ()) -> Reading:
    return Reading("A text", DAY, measures, (), provisions, (), (), ())


def test_a_threat_is_carried_out_or_lapses_in_silence() -> None:
    silent = aftermath(reading(threat(37, "2025-12-01")), LEDGER, world(), known_by="2026-01-01")[0]
    assert (silent.verdict, silent.on, silent.assumed) == ("lapsed", "2025-12-01", True)
    waiting = aftermath(reading(threat(37, "2025-12-01")), LEDGER, world(), known_by="2025-11-30")[0]
    assert waiting.verdict == "open"
    done = Measure(
        "us-37",
        "import_tariff",
        "USA",
        ("MYS",),
        ("all",),
        rate_percent=37,
        title="Tariff of 37 % on Malaysia",
        states=(State("in_force", "2025-12-05", "2025-12-03"),),
        source="own",
    )
    law = replace(LEDGER, measures=(*LEDGER.measures, done))
    found = aftermath(reading(threat(37, "2025-12-01")), law, world(), known_by="2026-01-01")[0]
    assert (found.verdict, found.on, found.entry) == ("carried out", "2025-12-05", "us-37")
    # It raises a duty, so that a promise not to is broken by the same entry.
    promise = Provision("p", "tariff_standstill", "USA", "MYS", ("all",), False, text="The promise")
    broken = aftermath(reading(provisions=(promise,)), law, world(), known_by="2026-01-01")[0]
    assert (broken.verdict, broken.on, broken.entry) == ("not kept", "2025-12-05", "us-37")


def test_a_new_restriction_breaks_a_promise_of_none() -> None:
    promise = Provision(
        "p", "no_export_restriction", "AUS", "USA", ("rare earths",), False, text="The promise"
    )
    kept = aftermath(reading(provisions=(promise,)), LEDGER, world(), known_by="2026-01-01")[0]
    # The ledger does not claim to hold Australia's measures: that it has none says nothing.
    assert (kept.verdict, kept.entry) == ("open", "")
    assert "does not claim" in kept.sentence
    watched = replace(LEDGER, coverage=(Coverage("AUS", "2025-01-01", "2026-12-31"),))
    assert (
        aftermath(reading(provisions=(promise,)), watched, world(), known_by="2026-01-01")[0].verdict
        == "held"
    )
    ban = Measure(
        "au-ban",
        "export_ban",
        "AUS",
        ("all",),
        ("rare earths",),
        title="Australia's ban",
        states=(State("in_force", "2025-12-05", "2025-12-03"),),
        source="own",
    )
    law = replace(LEDGER, measures=(*LEDGER.measures, ban))
    broken = aftermath(reading(provisions=(promise,)), law, world(), known_by="2026-01-01")[0]
    assert (broken.verdict, broken.on, broken.entry) == ("not kept", "2025-12-05", "au-ban")


def test_a_promise_to_end_restrictions_is_begun_when_some_are_suspended() -> None:
    promise = Provision(
        "p", "restriction_removal", "CHN", "USA", ("gallium metal", "germanium metal"), False, text="It"
    )
    one = replace(reading(provisions=(promise,)), published="2025-11-01")
    begun = aftermath(one, LEDGER, world(), known_by="2026-01-01")[0]
    assert (begun.verdict, begun.on, begun.entry) == ("begun", "2025-11-09", "cn-us-ban-2024")
    assert "China's licensing of gallium and germanium exports stood on 1 January 2026" in begun.sentence
    assert aftermath(one, LEDGER, world(), known_by="2025-11-01")[0].verdict == "open"


def test_what_stood_before_a_text_does_not_carry_out_its_threat() -> None:
    threatened = Measure(
        "text:threat",
        "export_licensing",
        "CHN",
        ("all",),
        ("rare earths",),
        states=(State("threatened", "2025-11-01", "2025-11-01"),),
        source="text",
    )
    one = replace(reading(threatened), published="2025-11-01")
    found = aftermath(one, LEDGER, world(), known_by="2026-11-23")
    assert "carried out" not in {f.verdict for f in found}


def test_a_text_without_a_day_is_asked_for_one() -> None:
    with pytest.raises(InputError, match="published"):
        aftermath(replace(reading(), published=""), LEDGER, world())


# A reading in a store -----------------------------------------------------------------------------


def own(path: Path = EXAMPLE) -> Own:
    document = read(path.read_text(encoding="utf-8"), published=DAY)
    return own_of(document, to_policy(document, world()))


def test_a_reading_goes_into_a_store_with_its_words_and_merges_when_repeated(tmp_path: Path) -> None:
    mine = own()
    first = store.add(tmp_path / "ledger.duckdb", mine)
    again = store.add(tmp_path / "ledger.duckdb", mine)
    assert first.new == again.merged
    assert first.texts == 1
    assert again.new == ()
    assert store.load(tmp_path / "ledger.duckdb") == mine
    document = read(EXAMPLE.read_text(encoding="utf-8"), published=DAY)
    assert mine.texts[0].sha256 == document.sha256
    assert mine.texts[0].published == DAY
    for words in mine.told:
        assert words.quote in document.text
    assert to_yaml(from_yaml(to_yaml(mine), "own.yaml")) == to_yaml(mine)


def test_the_joined_view_says_what_repeats_the_ledger() -> None:
    rows = joined_rows(LEDGER, own(), world(), DAY)
    assert len({tuple(sorted(r)) for r in rows}) == 1
    (told,) = [r for r in rows if r["repeats"] == ["us-threat-china-100"]]
    assert told["quotes"]
    assert told["texts"]
    bundled = [r for r in rows if not r["texts"]]
    assert "us-threat-china-100" in {r["id"] for r in bundled}
    assert all(r["repeats"] == [] for r in bundled)


def test_what_a_text_says_is_no_law_but_an_entry_of_ones_own_is() -> None:
    mine = own()
    assert joined(LEDGER, mine.ledger) == LEDGER
    ban = Measure(
        "own-ban", "export_ban", "AUS", ("all",), ("rare earths",), source="my reading of the gazette"
    )
    assert joined(LEDGER, Ledger((ban,))).measures == (*LEDGER.measures, ban)
    deal = Agreement("own-deal", "Deal", "framework", ("USA", "AUS"), False, (), (), source="my notes")
    assert joined(LEDGER, Ledger(agreements=(deal,))).agreements[-1] == deal
    exported = from_yaml(to_yaml(Own(Ledger(LEDGER.measures, LEDGER.agreements))), "bundled.yaml")
    assert joined(LEDGER, exported.ledger) == LEDGER

"""From records to policy, on the labelled seed text and on records made up here."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from oresight.policy.compile import to_wedges
from oresight.policy.ledger import Ledger, load_ledger
from oresight.reader.document import Amount, Document, Quantity, Record
from oresight.reader.to_policy import (
    Reading,
    against_promises,
    brief_scenarios,
    document_scenario,
    dominant_restrictor,
    threat_scenario,
    to_policy,
)
from oresight.world.model import World
from policy_world import small_world

SHARED = Path(__file__).parents[2] / "shared" / "articles"
WORLD = small_world()
LEDGER = load_ledger()


def labelled(name: str) -> Document:
    """A labelled text as a document whose records are the labels."""
    if not SHARED.exists():
        pytest.skip("the labelled texts are not beside this checkout")
    text = (SHARED / f"{name}.txt").read_text(encoding="utf-8")
    gold = json.loads((SHARED / f"{name}.gold.json").read_text(encoding="utf-8"))
    meta = json.loads((SHARED / f"{name}.meta.json").read_text(encoding="utf-8"))
    records = []
    for row in gold["records"] if isinstance(gold, dict) else gold:
        at = text.index(row["quote"])
        known = {f.name for f in fields(Record)}
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in row.items() if k in known
        }
        if values.get("amount"):
            values["amount"] = Amount(**values["amount"])
        if values.get("quantity"):
            values["quantity"] = Quantity(**values["quantity"])
        records.append(Record(**values, start=at, end=at + len(row["quote"]), rule="label", sure=1.0))
    return Document(meta["title"], meta["date"], "", text, tuple(records))


def told(*records: dict[str, Any], published: str | None = "2025-10-26") -> Reading:
    """A reading of records made up for a test; quotes follow each other in the text."""
    made, at = [], 0
    for row in records:
        quote = row.get("quote", "words")
        base = {"subtype": "", "actors": (), "targets": (), "rule": "test", "sure": 1.0}
        made.append(Record(**{**base, **row, "quote": quote, "start": at, "end": at + len(quote)}))
        at += len(quote) + 1
    text = " ".join(r.quote for r in made)
    return to_policy(Document("a test", published, "", text, tuple(made)), WORLD)


# The seed text -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed() -> Reading:
    return to_policy(labelled("seed-asia-deals"), WORLD)


def test_the_agreements_of_the_seed(seed: Reading) -> None:
    found = {(a.kind, tuple(sorted(a.parties))): a for a in seed.agreements}
    assert set(found) == {
        ("reciprocal_trade_agreement", ("MYS", "USA")),
        ("reciprocal_trade_agreement", ("KHM", "USA")),
        ("memorandum_of_understanding", ("KHM", "MYS", "THA", "USA")),
        ("deal", ("AUS", "USA")),
        ("framework", ("CHN", "USA")),
    }
    assert found[("reciprocal_trade_agreement", ("MYS", "USA"))].binding
    assert not found[("memorandum_of_understanding", ("KHM", "MYS", "THA", "USA"))].binding
    assert found[("framework", ("CHN", "USA"))].states[0].state == "announced"
    assert any("between the United States and Australia bind" in q for q in seed.open_questions)


def test_the_promises_of_the_seed(seed: Reading) -> None:
    by_kind = {(p.kind, p.promisor, p.beneficiary): p for p in seed.provisions}
    malaysia = by_kind[("no_export_restriction", "MYS", "USA")]
    assert malaysia.binding
    assert malaysia.instruments == ("export_ban", "export_quota")
    assert set(malaysia.commodities) == {"critical minerals", "rare earths"}
    assert malaysia.agreed_on == "2025-10-26"
    assert by_kind[("market_opening", "KHM", "USA")].binding
    assert not by_kind[("supply_increase", "THA", "USA")].binding
    for country in ("MYS", "THA", "KHM"):
        assert by_kind[("tariff_held", "USA", country)].rate_percent == 19
        assert not by_kind[("tariff_standstill", "USA", country)].binding
    assert any("names bans and quotas" in q for q in seed.open_questions)


def test_the_measures_of_the_seed(seed: Reading) -> None:
    tariff = next(m for m in seed.measures if m.rate_percent == 19)
    assert tariff.targets == ("MYS", "THA", "KHM")
    assert tariff.states[0].state == "in_force"
    threat = next(m for m in seed.measures if m.states[0].state == "threatened")
    assert (threat.rate_percent, threat.targets, threat.commodities) == (100, ("CHN",), ("all",))
    assert threat.states[0].until == "2025-11-01"
    assert "China’s export controls" in threat.cause
    control = next(m for m in seed.measures if m.instrument == "export_licensing")
    assert (control.imposer, control.commodities) == ("CHN", ("rare earths",))
    assert "instrument" in control.assumed
    assert any(m.instrument == "equity_stake" for m in seed.measures)
    assert all(m.quote for m in seed.measures)


def test_the_scenarios_of_the_seed(seed: Reading) -> None:
    scenarios = brief_scenarios(WORLD, LEDGER, seed, "2025-10-26")
    assert [s.name for s in scenarios] == [
        "status quo",
        "the deal",
        "China restricts everything",
        "the deal, and China restricts everything",
        "China restricts everything, Malaysia too, no promise",
        "China restricts everything, Malaysia too, promise kept",
    ]
    wedges = [to_wedges(s, WORLD, LEDGER) for s in scenarios]
    n = WORLD.economy_index
    ban = (WORLD.commodity_index["dysprosium oxide"], n["MYS"], n["USA"])
    assert not wedges[3].closed[ban]
    assert wedges[4].closed[ban]
    assert not wedges[5].closed[ban]
    assert "its agreement of 26 October 2025, taken to be in force, forbids it" in wedges[5].blocked[0].sentence
    stress = {c.measure for c in wedges[2].caps} - {c.measure for c in wedges[0].caps}
    assert stress == {"export_licensing:CHN>all:critical minerals@0.25"}
    assert not any(m.states and m.states[0].state == "threatened" for s in scenarios for m in s.measures)


def test_the_threat_carried_out_is_a_scenario_of_its_own(seed: Reading) -> None:
    scenario = threat_scenario(seed, "2025-10-26")
    assert scenario is not None
    quo = to_wedges(brief_scenarios(WORLD, LEDGER, seed, "2025-10-26")[0], WORLD, LEDGER)
    more = to_wedges(scenario, WORLD, LEDGER).import_duty - quo.import_duty
    assert more[:, WORLD.economy_index["CHN"], WORLD.economy_index["USA"]] == pytest.approx(1.0)


def test_a_promise_against_what_stands_is_asked_about(seed: Reading) -> None:
    if not (Path(__file__).parents[1] / "src/oresight/world/data").exists():
        pytest.skip("no bundled baseline")
    asked = against_promises(seed, World.load(), LEDGER, "2025-10-26")
    assert len(asked) == 1
    assert asked[0].startswith("Malaysia's ban on exports of unprocessed rare earths has been in force since")


def test_every_labelled_text_gives_scenarios() -> None:
    if not SHARED.exists():
        pytest.skip("the labelled texts are not beside this checkout")
    for file in sorted(SHARED.glob("*.gold.json")):
        reading = to_policy(labelled(file.name.removesuffix(".gold.json")), WORLD)
        scenarios = brief_scenarios(WORLD, LEDGER, reading, reading.published)
        assert len(scenarios) in (2, 4, 5, 6), file.name
        assert len({s.name for s in scenarios}) == len(scenarios)
        for scenario in scenarios:
            to_wedges(scenario, WORLD, LEDGER)


def test_what_a_text_says_is_eased_reaches_the_other_no_longer() -> None:
    reading = to_policy(labelled("us-china-deal-2025-11"), WORLD)
    quo, deal = (
        to_wedges(s, WORLD, LEDGER) for s in brief_scenarios(WORLD, LEDGER, reading, "2025-11-01")[:2]
    )
    n = WORLD.economy_index
    gallium = (WORLD.commodity_index["gallium metal"], n["CHN"], n["USA"])
    assert quo.closed[gallium]
    assert not deal.closed[gallium]
    assert any("no longer reaches the United States, if China does as it says" in note for note in deal.notes)
    # The fentanyl duty falls by ten points.
    assert deal.import_duty[gallium] - quo.import_duty[gallium] == pytest.approx(-0.1)


# Records made up here ----------------------------------------------------------------------------

DEAL = {"kind": "agreement", "actors": ("USA", "MYS"), "status": "signed", "quote": "They signed a pact."}
VOW = {
    "kind": "commitment",
    "subtype": "no_export_restriction",
    "actors": ("MYS",),
    "targets": ("USA",),
    "minerals": ("rare_earths",),
    "quote": "Malaysia will not ban exports of rare earths to the United States.",
}


@pytest.mark.parametrize(
    ("kind", "status", "binds"),
    [
        ("reciprocal_trade_agreement", "signed", True),
        ("free_trade_agreement", "in_force", True),
        ("reciprocal_trade_agreement", "announced", False),
        ("mou", "signed", False),
        ("minerals_framework", "signed", False),
        ("deal", "signed", False),
    ],
)
def test_a_promise_has_the_force_of_its_agreement(kind: str, status: str, binds: bool) -> None:
    reading = told({**DEAL, "subtype": kind, "status": status}, VOW)
    assert reading.provisions[0].binding is binds
    assert reading.agreements[0].provisions == reading.provisions


def test_a_promise_that_no_agreement_holds_is_asked_about() -> None:
    reading = told(VOW)
    assert not reading.provisions[0].binding
    assert any("does not say that an agreement holds this" in q for q in reading.open_questions)


def test_a_promise_is_not_given_to_an_agreement_of_long_ago() -> None:
    reading = told({**DEAL, "subtype": "trade_framework", "date": "2004-05-10"}, VOW)
    assert reading.provisions[0].source == "text"


def test_a_promise_inside_the_words_of_an_agreement_belongs_to_it() -> None:
    text = "They signed a memorandum to raise exports of gallium, and a treaty."
    base = {"rule": "test", "sure": 1.0, "actors": ("USA", "MYS"), "targets": (), "status": "signed"}
    records = (
        Record(kind="agreement", subtype="mou", quote=text[:52], start=0, end=52, **base),
        Record(kind="agreement", subtype="treaty", quote=text[54:], start=54, end=len(text), **base),
        Record(
            kind="commitment",
            subtype="supply_increase",
            quote=text[28:52],
            start=28,
            end=52,
            minerals=("gallium",),
            **{**base, "actors": ("MYS",), "targets": ("USA",)},
        ),
    )
    reading = to_policy(Document("t", "2025-10-26", "", text, records), WORLD)
    assert [len(a.provisions) for a in reading.agreements] == [1, 0]


@pytest.mark.parametrize(
    ("quote", "forbids"),
    [
        ("will not ban or impose quotas on exports", ("export_ban", "export_quota")),
        ("will never again embargo shipments", ("export_ban",)),
        ("will lift all restrictions on exports, quotas among them", ()),
        ("will require no licences for exports", ("export_licensing",)),
    ],
)
def test_a_promise_forbids_what_it_names(quote: str, forbids: tuple[str, ...]) -> None:
    assert told({**VOW, "quote": quote}).provisions[0].instruments == forbids


def test_the_cause_of_a_threat_is_not_its_scope() -> None:
    threat = {"kind": "threat", "actors": ("USA",), "targets": ("CHN",), "rate_percent": 50.0}
    on_all = {**threat, "minerals": ("gallium",), "quote": "A 50% tariff in response to curbs on gallium."}
    on_one = {**threat, "minerals": ("gallium",), "quote": "A 50% tariff on gallium over the curbs."}
    assert told(on_all).measures[0].commodities == ("all",)
    assert told(on_all).measures[0].cause == "in response to curbs on gallium."
    assert told(on_one).measures[0].commodities == ("gallium",)


def test_minerals_outside_the_baseline_are_listed_and_reach_nothing() -> None:
    reading = told(
        {
            "kind": "tariff",
            "actors": ("USA",),
            "minerals": ("copper",),
            "rate_percent": 50.0,
            "status": "announced",
        }
    )
    assert reading.not_modelled == ("copper",)
    assert any("copper" in q for q in reading.open_questions)
    deal = document_scenario(reading, "x", "2025-10-26", ledger=LEDGER, world=WORLD)
    quo = brief_scenarios(WORLD, LEDGER, reading, "2025-10-26")[0]
    assert (to_wedges(deal, WORLD, LEDGER).import_duty == to_wedges(quo, WORLD, LEDGER).import_duty).all()


def test_a_text_without_minerals_agreements_or_a_date_still_gives_a_stress() -> None:
    reading = told(published=None)
    assert len(reading.open_questions) == 2
    quo, stress = brief_scenarios(WORLD, LEDGER, reading)
    assert quo.base == "baseline"
    assert to_wedges(stress, WORLD, LEDGER).caps


def test_the_stress_falls_to_who_restricts_in_the_text() -> None:
    control = {
        "kind": "export_control",
        "subtype": "export_quota",
        "actors": ("MYS",),
        "minerals": ("rare_earths", "critical_minerals"),
        "status": "in_force",
    }
    assert dominant_restrictor(told(control), WORLD, LEDGER) == ("MYS", ("rare earths",))
    assert dominant_restrictor(told({**control, "minerals": ("copper",)}), WORLD, Ledger())[0] == "CHN"


def test_an_announced_measure_that_is_on_record_is_not_added() -> None:
    tariff = {"kind": "tariff", "actors": ("USA",), "targets": ("CHN",), "status": "announced"}
    same = told({**tariff, "rate_percent": 20.0})
    new = told({**tariff, "rate_percent": 35.0})
    args = ("x", "2025-10-26", "", LEDGER, WORLD)
    assert document_scenario(same, *args).measures == ()
    assert len(document_scenario(new, *args).measures) == 1


def test_organisations_and_companies_are_no_governments() -> None:
    stake = {"kind": "investment", "subtype": "equity_stake", "status": "announced"}
    assert told({**stake, "actors": ("DOE",), "targets": ("Acme Metals",)}).measures == ()
    measure = told({**stake, "actors": ("USA",), "targets": ("Acme Metals",)}).measures[0]
    assert measure.project == "Acme Metals"


def test_a_thing_told_twice_counts_once() -> None:
    twice = told({**DEAL, "subtype": "treaty"}, VOW, {**DEAL, "subtype": "treaty"}, VOW)
    assert len(twice.agreements) == 1
    assert len(twice.provisions) == 1

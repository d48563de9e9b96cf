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
    assert (
        "its agreement of 26 October 2025, taken to be in force, forbids it" in wedges[5].blocked[0].sentence
    )
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
    assert dominant_restrictor(told(control), WORLD, LEDGER) == "MYS"
    assert dominant_restrictor(told({**control, "minerals": ("copper",)}), WORLD, Ledger()) == "CHN"


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


# What the words of a record do to a measure ---------------------------------------------------------

CURB = {"kind": "export_control", "subtype": "export_control", "actors": ("CHN",), "minerals": ("gallium",)}
DUTY = {"kind": "tariff", "subtype": "tariff", "actors": ("USA",), "targets": ("CHN",), "status": "announced"}
PLEDGE = {
    "kind": "commitment",
    "subtype": "undertaking",
    "actors": ("MYS",),
    "targets": ("USA",),
    "status": "announced",
}


def states(reading: Reading) -> list[tuple[str, str]]:
    return [(m.instrument, m.states[0].state) for m in reading.measures]


@pytest.mark.parametrize(
    ("status", "quote"),
    [
        ("proposed", "Eliminate China's current and proposed export controls on gallium."),
        ("announced", "China will lift its ban on gallium exports."),
        ("suspended", "China agreed to suspend its curbs on gallium."),
        ("removed", "Restrictions on gallium are to be eased by China, where restrictions will be lifted."),
    ],
)
def test_controls_that_are_to_end_are_a_promise_and_no_threat(status: str, quote: str) -> None:
    reading = told({**CURB, "status": status, "quote": quote})
    assert reading.measures == ()
    promise = reading.provisions[0]
    assert (promise.kind, promise.promisor, promise.beneficiary) == ("restriction_removal", "CHN", "all")
    assert promise.commodities == ("gallium",)


def test_controls_that_are_over_or_suspended_by_their_day_keep_that_state() -> None:
    over = told({**CURB, "status": "removed", "quote": "China lifted its curbs on gallium."})
    held = told(
        {
            **CURB,
            "status": "suspended",
            "date": "2025-10-09",
            "date_role": "event",
            "quote": "China will suspend the controls on gallium that it announced on October 9, 2025.",
        }
    )
    assert states(over) == [("export_licensing", "ended")]
    assert states(held) == [("export_licensing", "suspended")]


@pytest.mark.parametrize(
    "quote",
    ["A panel voted to ease controls on gallium.", "Japan urged China to lift its curbs on gallium."],
)
def test_an_easing_that_is_only_asked_for_is_a_question(quote: str) -> None:
    reading = told({**CURB, "status": "proposed", "quote": quote})
    assert (reading.measures, reading.provisions) == ((), ())
    assert any("asked for and not agreed" in q for q in reading.open_questions)


def test_a_refusal_to_lift_controls_leaves_them_in_force() -> None:
    reading = told({**CURB, "status": "in_force", "quote": "China will not lift its curbs on gallium."})
    assert states(reading) == [("export_licensing", "in_force")]


def test_a_vow_to_keep_a_ban_is_a_ban() -> None:
    reading = told({**VOW, "quote": "Malaysia will not lift its ban on exports of raw rare earths."})
    assert states(reading) == [("export_ban", "in_force")]
    assert reading.provisions == ()


def test_new_controls_with_some_easing_are_new_controls() -> None:
    quote = "China announced new controls on gallium and said it would ease licensing for some users."
    reading = told({**CURB, "status": "announced", "quote": quote})
    assert states(reading) == [("export_licensing", "announced")]


def test_tariffs_that_are_to_end_are_a_promise() -> None:
    reading = told({**DUTY, "quote": "The United States will scrap its tariffs on Chinese magnets."})
    assert reading.measures == ()
    assert reading.provisions[0].kind == "tariff_removal"
    paused = told({**DUTY, "status": "suspended", "quote": "Washington suspended its tariffs on China."})
    assert states(paused) == [("import_tariff", "suspended")]


@pytest.mark.parametrize(
    ("quote", "points"),
    [
        ("The duty will be lowered by 7 percentage points.", -7.0),
        ("The United States cuts 7 percentage points off the duty on ore.", -7.0),
        ("The duty will be raised by 7 percentage points.", 7.0),
    ],
)
def test_a_step_of_a_rate_has_the_sign_of_its_verb(quote: str, points: float) -> None:
    measure = told({**DUTY, "rate_change_points": 7.0, "quote": quote}).measures[0]
    assert measure.rate_percent == points
    assert "percentage points" in measure.note


def test_a_rate_lowered_by_a_percentage_is_no_tariff_of_that_rate() -> None:
    reading = told(
        {**DUTY, "rate_percent": 10.0, "quote": "Washington will lower its tariffs by 10 percent."}
    )
    assert reading.measures == ()
    assert any("In points or as a share" in q for q in reading.open_questions)
    level = told(
        {**DUTY, "rate_percent": 10.0, "quote": "Washington will lower its tariffs to 10 % by 2027."}
    )
    assert level.measures[0].rate_percent == 10.0


@pytest.mark.parametrize(
    ("quote", "on", "missing"),
    [
        ("China will control exports of certain chemicals to Peru.", ("chemicals",), ("chemicals",)),
        ("China imposed curbs on drug precursors.", ("drug precursors",), ("drug precursors",)),
        ("China placed controls on all goods.", ("all",), ()),
        ("China tightened its export controls.", ("goods not named",), ()),
    ],
)
def test_a_control_is_on_all_goods_only_where_the_text_says_so(
    quote: str, on: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    reading = told({**CURB, "minerals": (), "status": "in_force", "quote": quote})
    assert reading.measures[0].commodities == on
    assert reading.not_modelled == missing
    assert ("On which goods?" in " ".join(reading.open_questions)) is (on == ("goods not named",))


def test_measures_other_than_tariffs_promise_no_lower_tariffs() -> None:
    vow = {**PLEDGE, "subtype": "tariff_elimination"}
    other = told({**vow, "quote": "Malaysia will remove its non-tariff countermeasures."}).provisions[0]
    tariff = told({**vow, "quote": "Malaysia will remove its tariffs."}).provisions[0]
    assert (other.kind, tariff.kind) == ("cooperation", "tariff_removal")
    assert other.text == (
        "Malaysia promises, in the words of the text: “Malaysia will remove its non-tariff countermeasures”"
    )


def test_a_promise_of_no_known_kind_is_quoted_up_to_a_word() -> None:
    quote = (
        "Malaysia will keep “the register” of its " + "smelters and refiners and traders " * 6 + "open and"
    )
    text = told({**PLEDGE, "quote": quote}).provisions[0].text
    words = text.split("in the words of the text: ")[1]
    assert len(words) <= 122
    assert words.startswith("“Malaysia will keep ‘the register’")
    assert words.endswith("…”")
    assert words[1:-2].split()[-1] in quote.split()


def test_a_purchase_names_its_buyer() -> None:
    buys = {**PLEDGE, "subtype": "purchase", "products": ("aircraft",)}
    one = told({**buys, "quote": "Malaysia will purchase aircraft from the United States."})
    both = {**buys, "actors": ("USA", "MYS"), "targets": ()}
    assert one.provisions[0].promisor == "MYS"
    assert one.provisions[0].text.startswith("Malaysia promises to buy from the United States, in the words")
    two = told({**both, "quote": "Purchase of aircraft worth 3 billion dollars."})
    assert two.provisions == ()
    assert any(q.startswith("Who buys from whom?") for q in two.open_questions)


def test_shares_and_least_prices_are_measures_and_explorations_are_neither() -> None:
    vow = {**PLEDGE, "minerals": ("gallium",)}
    shares = told({**vow, "quote": "Malaysia will buy a tenth of the shares of Acme Metals."})
    floor = told({**vow, "quote": "Malaysia will set a price floor for gallium."})
    explored = told({**vow, "quote": "Malaysia shall explore a price floor for gallium."})
    assert states(shares) == [("equity_stake", "announced")]
    assert states(floor) == [("price_floor", "announced")]
    assert shares.provisions == floor.provisions == explored.measures == ()
    assert explored.provisions[0].kind == "cooperation"


def test_who_takes_deliveries_does_not_promise_them() -> None:
    vow = {**PLEDGE, "subtype": "offtake", "minerals": ("gallium",)}
    takes = told({**vow, "quote": "Malaysia is to have an offtake right to gallium."}).provisions[0]
    makes = told({**vow, "quote": "Malaysia will supply gallium under an offtake."}).provisions[0]
    assert (takes.kind, makes.kind) == ("investment", "supply_increase")
    assert "promises to take deliveries" in takes.text


def test_supply_chains_are_no_supplies() -> None:
    vow = {**PLEDGE, "subtype": "supply_increase", "minerals": ("gallium",)}
    chains = told({**vow, "quote": "Malaysia will work to secure its supply chains of gallium."}).provisions[
        0
    ]
    more = told({**vow, "quote": "Malaysia will increase its shipments of gallium."}).provisions[0]
    assert (chains.kind, more.kind) == ("cooperation", "supply_increase")


def test_a_market_opened_to_investment_is_not_opened_to_goods() -> None:
    vow = {**PLEDGE, "subtype": "market_opening", "minerals": ("gallium",)}
    text = (
        told({**vow, "quote": "Malaysia will open its market to U.S. investment in gallium."})
        .provisions[0]
        .text
    )
    assert text == "Malaysia promises to open its market to investment by the United States in gallium"


def test_a_standstill_is_told_of_the_partners_it_names() -> None:
    vow = {"kind": "commitment", "subtype": "tariff_standstill", "actors": ("USA",)}
    quote = "Washington promised not to raise tariffs."
    named = told({**vow, "targets": ("MYS", "KHM"), "quote": quote})
    assert [p.beneficiary for p in named.provisions] == ["MYS", "KHM"]
    assert named.open_questions[0].startswith(
        "The United States promises not to raise tariffs on Malaysia and Cambodia:"
    )
    assert told({**vow, "quote": quote}).provisions[0].text.endswith("not to raise tariffs on others")


@pytest.mark.parametrize(("when", "kept"), [("1996-07-16", 0), ("2020", 0), ("2025", 1), ("2025-06", 1)])
def test_an_agreement_of_long_ago_is_background(when: str, kept: int) -> None:
    reading = told({**DEAL, "subtype": "trade_framework", "date": when, "date_role": "event"})
    assert len(reading.agreements) == kept


def test_a_tariff_on_top_of_others_is_noted_as_such() -> None:
    threat = {"kind": "threat", "actors": ("USA",), "targets": ("CHN",), "rate_percent": 40.0}
    added = told({**threat, "quote": "Washington threatens an additional 40 % tariff on China."}).measures[0]
    plain = told({**threat, "quote": "Washington threatens a 40 % tariff on China."}).measures[0]
    more = told({**DUTY, "rate_percent": 5.0, "quote": "It will impose a further 5 percent duty."}).measures[
        0
    ]
    assert (added.note, plain.note, more.note) == ("additional", "", "further")


def test_a_cause_that_opens_a_sentence_ends_at_its_clause() -> None:
    threat = {"kind": "threat", "subtype": "tariff_reimposition", "actors": ("USA",), "targets": ("MYS",)}
    quote = "If Malaysia signs with others, the United States may reimpose the tariff."
    measure = told({**threat, "quote": quote}).measures[0]
    assert measure.cause == "if Malaysia signs with others"


def test_exports_suspended_by_their_maker_are_banned() -> None:
    stopped = {**CURB, "subtype": "export_restriction", "status": "suspended"}
    now = told({**stopped, "quote": "China suspended exports of gallium."})
    later = told({**stopped, "quote": "China will halt all shipments of gallium to Japan."})
    assert states(now) == [("export_ban", "in_force")]
    assert states(later) == [("export_ban", "announced")]


def test_a_limit_that_may_come_names_no_measure() -> None:
    maybe = {**CURB, "subtype": "export_restriction", "status": "announced"}
    reading = told({**maybe, "quote": "China might limit exports of gallium."})
    assert reading.measures == ()
    assert threat_scenario(reading) is None
    assert any("without saying by which measure" in q for q in reading.open_questions)


@pytest.mark.parametrize(
    "quote",
    [
        "China strengthens enforcement of its existing limits on exports.",
        "China announced tighter enforcement of its limits.",
        "Beijing tightened enforcement of the export controls.",
    ],
)
def test_enforcing_what_stands_is_no_new_measure(quote: str) -> None:
    reading = told({**CURB, "minerals": (), "status": "in_force", "quote": quote})
    assert reading.measures == ()
    assert any(q.startswith("Enforcement of limits that stand") for q in reading.open_questions)


def test_a_list_of_means_is_no_stake() -> None:
    support = {"kind": "investment", "subtype": "equity_stake", "actors": ("USA",), "status": "announced"}
    listed = told({**support, "quote": "Washington will support mines by grants, loans or equity."})
    taken = told({**support, "quote": "Washington will take equity in mines."})
    assert listed.measures == ()
    assert any(q.startswith("By which of the means") for q in listed.open_questions)
    assert states(taken) == [("equity_stake", "announced")]

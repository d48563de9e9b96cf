"""Tariffs, threats, export controls and public money in a text, as measures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from oresight.policy.constructors import measure_id
from oresight.policy.records import Measure, State
from oresight.policy.say import goods, join, possessive
from oresight.reader.document import Record
from oresight.reader.policy_draft import (
    ISO_DAY,
    Draft,
    commodities_in,
    commodity_word,
    governments,
    is_modelled,
    phrase,
    short,
    states_of,
)
from oresight.reader.policy_promises import add_provisions, sentence_case

CONTROLS = {
    "export_ban": "export_ban",
    "export_quota": "export_quota",
    "export_licensing": "export_licensing",
    "export_tax": "export_tax",
    "export_duty": "export_tax",
    "export_restriction": "",  # which instrument, the text does not say
    "export_control": "",
    "export_controls": "",
}

_CAUSE = re.compile(
    r"\b(?:in (?:response|retaliation|reply|reaction) (?:to|for)|because of|on account of|due to"
    r"|over|if|unless|after)\b",
    re.IGNORECASE,
)

CALLED_AFTER = ("fentanyl", "opioids")

LOWERED = re.compile(r"\b(?:lower|reduc|remov|cut)", re.IGNORECASE)

_POINTS = re.compile(r"percentage points?", re.IGNORECASE)

_KEPT = re.compile(r"\b(?:maintain|keep|kept|retain|hold|held|remain|stay|leave)", re.IGNORECASE)

_LICENCE_GIVEN = re.compile(r"\b(?:issue|grant|approve)\w*\b.{0,40}\blicen[cs]e", re.IGNORECASE | re.DOTALL)


def distinct(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """Measures told twice count once; the first telling stays."""
    kept: dict[tuple[object, ...], Measure] = {}
    for m in measures:
        key = (
            m.instrument,
            m.imposer,
            m.targets,
            m.commodities,
            m.rate_percent,
            m.states[0].state,
            m.project,
        )
        kept.setdefault(key, m)
    return tuple(kept.values())


def read_tariff(record: Record, b: Draft, summaries: frozenset[str]) -> None:
    """Add a tariff or import ban in the state the text tells, and the promise to hold a rate."""
    actors = governments(record.actors)
    if not actors or "exempt" in record.subtype or "exclusion" in record.subtype:
        return
    targets = governments(record.targets) or ("all",)
    states = states_of(record, b)
    rate, change = record.rate_percent, record.rate_change_points
    if (
        record.rate_percent is not None
        and change is None
        and _POINTS.search(record.quote)
        and LOWERED.search(record.quote)
    ):
        rate, change = None, -record.rate_percent  # "removing 10 percentage points": a step, not a level
    instrument = "import_ban" if record.subtype == "import_ban" else "import_tariff"
    investigating = "investigation" in record.subtype
    if investigating:
        states = (replace(states[0], state="proposed"),)
    # A duty named after what it is meant to stop falls on all goods.
    commodities = tuple(c for c in commodities_in(record, b) if c not in CALLED_AFTER) or ("all",)
    for imposer in actors:
        measure = Measure(
            id=measure_id(
                f"text:{instrument}", imposer, targets, commodities, "" if rate is None else f"{rate:g}"
            ),
            instrument=instrument,
            imposer=imposer,
            targets=targets,
            commodities=commodities,
            rate_percent=rate if change is None else change,
            basis=phrase(record.subtype),
            states=states,
            source="text",
            quote=record.quote,
            note="a change of the rate, in percentage points" if change is not None else "",
        )
        b.measures.append(measure)
        if rate is not None and _KEPT.search(record.quote) and states[0].state == "in_force":
            named = tuple(t for t in targets if t != "all")
            if named:
                add_provisions("tariff_held", record, imposer, named, b, summaries, rate=rate)
    unknown_rate = rate is None and change is None and instrument == "import_tariff"
    on_ours = commodities == ("all",) or any(is_modelled(word, b.world) for word in commodities)
    if unknown_rate and on_ours and not investigating and states[0].state == "announced":
        b.asked.append(f"At what rate? The text does not say of: “{short(record.quote)}”")


def read_threat(record: Record, b: Draft) -> None:
    """Add what a government says it may do, with what it answers to and by when."""
    actors = governments(record.actors)
    targets = governments(record.targets) or ("all",)
    before, cause = _split_cause(record.quote)
    on = tuple(m for m in record.minerals if _said(m, before))
    commodities = (
        tuple(commodity_word(m) for m in on)
        or tuple(p.replace("_", " ") for p in record.products)
        or ("all",)
    )
    if record.rate_percent is not None or "tariff" in record.subtype or "tariff" in before.lower():
        instrument = "import_tariff"
    else:
        instrument = CONTROLS.get(record.subtype, "")
    if not instrument:
        b.asked.append(f"Threatened, without saying by which measure: “{short(record.quote)}”")
        return
    for imposer in actors:
        amount = "" if record.rate_percent is None else f"{record.rate_percent:g}"
        b.measures.append(
            Measure(
                id=measure_id(f"text:threat:{instrument}", imposer, targets, commodities, amount),
                instrument=instrument,
                imposer=imposer,
                targets=targets,
                commodities=commodities,
                rate_percent=record.rate_percent,
                basis=phrase(record.subtype),
                states=(replace(_threat_state(record, b), state="threatened"),),
                source="text",
                cause=cause,
                quote=record.quote,
            )
        )
    if not record.date:
        b.asked.append(f"By when? The text sets no day for the threat: “{short(record.quote)}”")


def _threat_state(record: Record, b: Draft) -> State:
    until = record.date if record.date and ISO_DAY.match(record.date) else ""
    return State("threatened", b.published, b.published, until=until)


def _split_cause(quote: str) -> tuple[str, str]:
    found = _CAUSE.search(quote)
    if not found:
        return quote, ""
    return quote[: found.start()], " ".join(quote[found.start() :].split())


def _said(mineral: str, text: str) -> bool:
    word = mineral.replace("_", " ").lower().rstrip("s")
    return word in " ".join(text.lower().split())


def read_control(record: Record, b: Draft, summaries: frozenset[str]) -> None:
    """Add a restriction on exports; licences that are promised to somebody are a promise instead."""
    actors = governments(record.actors)
    targets = governments(record.targets) or ("all",)
    if record.subtype not in CONTROLS or not actors:
        return
    if _LICENCE_GIVEN.search(record.quote) and record.targets:
        general = ("export_ban", "export_quota", "export_licensing")
        for promisor in actors:  # licences that are promised ease a control
            add_provisions("restriction_removal", record, promisor, targets, b, summaries, general)
        return
    instrument = CONTROLS[record.subtype] or "export_licensing"
    commodities = commodities_in(record, b) or ("all",)
    assumed: tuple[str, ...] = ()
    if not CONTROLS[record.subtype]:
        assumed = ("instrument",)
    if instrument == "export_licensing":
        assumed += ("approval_share",)
    rate = record.rate_percent if instrument == "export_tax" else None
    limit = record.quantity.value if record.quantity is not None and record.quantity.unit == "t" else None
    for imposer in actors:
        measure = Measure(
            id=measure_id(f"text:{instrument}", imposer, targets, commodities),
            instrument=instrument,
            imposer=imposer,
            targets=targets,
            commodities=commodities,
            rate_percent=rate,
            limit_t=limit if instrument == "export_quota" else None,
            basis=phrase(record.subtype),
            states=states_of(record, b, "in_force"),
            source="text",
            assumed=assumed,
            quote=record.quote,
        )
        b.measures.append(measure)
        if "instrument" in assumed:
            whose = sentence_case(possessive(imposer, b.world))
            b.asked.append(
                f"{whose} restrictions on {goods(commodities)}: by ban, quota or licence? The text does not"
                " say; read as licensing."
            )


def read_investment(record: Record, b: Draft) -> None:
    """Add stakes and grants of governments; investment by companies is no measure."""
    actors = governments(record.actors)
    kinds = {
        "equity_stake": "equity_stake",
        "warrants": "equity_stake",
        "grant": "subsidy",
        "loan": "subsidy",
    }
    if record.subtype not in kinds or not actors:
        return
    firms = tuple(t for t in record.targets if t not in governments(record.targets))
    instrument = kinds[record.subtype]
    commodities = commodities_in(record, b)
    for imposer in actors:
        b.measures.append(
            Measure(
                id=measure_id(f"text:{instrument}", imposer, firms or ("companies",), commodities),
                instrument=instrument,
                imposer=imposer,
                targets=(),
                commodities=commodities,
                project=join(firms) or "companies not named",
                states=states_of(record, b, "in_force"),
                source="text",
                quote=record.quote,
            )
        )
    if instrument == "equity_stake" and not firms:
        b.asked.append(
            f"In which companies, and how large? The text does not say of: “{short(record.quote)}”"
        )

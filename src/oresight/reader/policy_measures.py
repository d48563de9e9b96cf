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
    restricted_goods,
    short,
    states_of,
)
from oresight.reader.policy_language import (
    UNNAMED,
    easing,
    lies_ahead,
    lowered_by,
    more,
    only_enforced,
    only_explored,
    only_possible,
    step_down,
    stops_exports,
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

# A condition or an answer that opens the sentence ends where the sentence about the measure begins.
_OPENING_ENDS = re.compile(
    r",\s+(?=(?:[^\s,]+\s+){1,6}?(?:will|would|may|might|could|shall|can|is|are|has|have|threaten\w*)\b)"
)

CALLED_AFTER = ("fentanyl", "opioids")

# What a licence for goods, or the end of a control that is not named, does away with.
GENERAL = ("export_ban", "export_quota", "export_licensing")

_ANEW = re.compile(r"\b(?:impos|introduc|plac|tighten|expand)", re.IGNORECASE)

_ONE_OF_SEVERAL = re.compile(
    r"\b(?:grants?|guarantees?|loans?|equity|insurance)\b[^.;]{0,80}"
    r"\bor (?:\w+ )?(?:equity|loans?|grants?)\b",
    re.IGNORECASE,
)

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
    if _tariff_ends(record, actors, targets, states[0].state, b, summaries):
        return
    rate, change = record.rate_percent, record.rate_change_points
    studied = "investigation" not in record.subtype and only_explored(record.quote)
    if rate is None and change is None and studied:
        b.asked.append(f"Only to be considered or discussed: “{short(record.quote)}”")
        return
    if change is not None:
        rate = None
        change = -abs(change) if step_down(record.quote, abs(change)) else change
    elif rate is not None and (lowered_by(record.quote) or _down_by_points(record.quote, rate)):
        if not _POINTS.search(record.quote):
            b.asked.append(f"In points or as a share of the rate? Of: “{short(record.quote)}”")
            for imposer in actors:
                add_provisions("tariff_removal", record, imposer, _named(targets), b, summaries)
            return
        change = -rate  # "removing 10 percentage points": a step, not a level
        rate = None
    instrument = "import_ban" if record.subtype == "import_ban" else "import_tariff"
    investigating = "investigation" in record.subtype and states[0].state not in ("suspended", "ended")
    if investigating:
        states = (replace(states[0], state="proposed"),)
    # A duty named after what it is meant to stop falls on all goods.
    commodities = tuple(c for c in commodities_in(record, b) if c not in CALLED_AFTER) or ("all",)
    if instrument == "import_ban":
        commodities = restricted_goods(record, b)
    note = "a change of the rate, in percentage points" if change is not None else more(record.quote)
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
            note=note,
        )
        b.measures.append(measure)
        if rate is not None and _KEPT.search(record.quote) and states[0].state == "in_force":
            named = _named(targets)
            if named:
                add_provisions("tariff_held", record, imposer, named, b, summaries, rate=rate)
    unknown_rate = rate is None and change is None and instrument == "import_tariff"
    on_ours = commodities == ("all",) or any(is_modelled(word, b.world) for word in commodities)
    if unknown_rate and on_ours and not investigating and states[0].state == "announced":
        b.asked.append(f"At what rate? The text does not say of: “{short(record.quote)}”")


def _down_by_points(quote: str, number: float) -> bool:
    return _POINTS.search(quote) is not None and step_down(quote, number)


def _named(targets: Iterable[str]) -> tuple[str, ...]:
    return tuple(t for t in targets if t != "all")


def _tariff_ends(
    record: Record,
    actors: tuple[str, ...],
    targets: tuple[str, ...],
    state: str,
    b: Draft,
    summaries: frozenset[str],
) -> bool:
    """Read a tariff that is to end or be suspended as a promise; one only asked for is a question."""
    by_an_amount = record.rate_change_points is not None or _POINTS.search(record.quote)
    if by_an_amount or state not in ("announced", "proposed", "threatened"):
        return False
    said = easing(record.quote, tariff=True)
    if said == "asked" or (said and state != "announced"):
        b.asked.append(f"The end of a tariff, asked for and not agreed: “{short(record.quote)}”")
    elif said:
        for imposer in actors:
            add_provisions("tariff_removal", record, imposer, _named(targets), b, summaries)
    return bool(said)


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
    if instrument != "import_tariff" and commodities == ("all",):
        commodities = restricted_goods(record, b)
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
                note=more(before) if instrument == "import_tariff" else "",
            )
        )
    if not record.date:
        b.asked.append(f"By when? The text sets no day for the threat: “{short(record.quote)}”")


def _threat_state(record: Record, b: Draft) -> State:
    until = record.date if record.date and ISO_DAY.match(record.date) else ""
    return State("threatened", b.published, b.published, until=until)


def _split_cause(quote: str) -> tuple[str, str]:
    """What is threatened, and what the threat answers to, as the part of a sentence that it is."""
    text = " ".join(quote.split())
    found = _CAUSE.search(text)
    if not found:
        return text, ""
    before, cause = text[: found.start()], text[found.start() :]
    if not before.strip():
        ends = _OPENING_ENDS.search(cause)
        if ends:
            before, cause = cause[ends.end() :], cause[: ends.start()]
    return before, cause[:1].lower() + cause[1:]


def _said(mineral: str, text: str) -> bool:
    word = mineral.replace("_", " ").lower().rstrip("s")
    return word in " ".join(text.lower().split())


def read_control(record: Record, b: Draft, summaries: frozenset[str]) -> None:
    """Add a restriction on exports. Licences and an end of restrictions that are promised are promises."""
    actors = governments(record.actors)
    targets = governments(record.targets) or ("all",)
    if record.subtype not in CONTROLS or not actors:
        return
    if _LICENCE_GIVEN.search(record.quote) and record.targets:
        for promisor in actors:  # licences that are promised ease a control
            add_provisions("restriction_removal", record, promisor, targets, b, summaries, GENERAL)
        return
    states = states_of(record, b, "in_force")
    instrument = CONTROLS[record.subtype]
    if stops_exports(record.quote):
        instrument = "export_ban"
        if states[0].state in ("suspended", "in_force"):
            state = "announced" if lies_ahead(record.quote) else "in_force"
            states = (replace(states[0], state=state),)
    elif _control_ends(record, actors, targets, states[0], b, summaries):
        return
    elif only_enforced(record.quote):
        b.asked.append(f"Enforcement of limits that stand, no new one: “{short(record.quote)}”")
        return
    if only_possible(record.quote) and states[0].state != "proposed":
        states = (replace(states[0], state="threatened"),)
    if not instrument and states[0].state in ("threatened", "proposed"):
        b.asked.append(f"Threatened, without saying by which measure: “{short(record.quote)}”")
        return
    commodities = restricted_goods(record, b)
    assumed: tuple[str, ...] = ()
    if not instrument:
        instrument, assumed = "export_licensing", ("instrument",)
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
            states=states,
            source="text",
            assumed=assumed,
            quote=record.quote,
        )
        b.measures.append(measure)
        if "instrument" in assumed and commodities != (UNNAMED,):
            whose = sentence_case(possessive(imposer, b.world))
            b.asked.append(
                f"{whose} restrictions on {goods(commodities)}: by ban, quota or licence? The text does not"
                " say; read as licensing."
            )


def _control_ends(
    record: Record,
    actors: tuple[str, ...],
    targets: tuple[str, ...],
    state: State,
    b: Draft,
    summaries: frozenset[str],
) -> bool:
    """Read restrictions that are to end or be eased as a promise; True when nothing is left to read.

    What is only asked for is a question. What is over, or suspended and named by its day, stays a
    measure in that state: its day tells which entry on record it is.
    """
    said = easing(record.quote)
    if not said or said == "done" or (state.state == "suspended" and state.on):
        return said == "done" and state.state not in ("ended", "suspended") and not _ANEW.search(record.quote)
    if said == "asked" or state.state == "threatened":
        b.asked.append(f"An end of restrictions, asked for and not agreed: “{short(record.quote)}”")
        return True
    instrument = CONTROLS[record.subtype]
    instruments = (instrument,) if instrument else GENERAL
    words = restricted_goods(record, b)
    for promisor in actors:
        add_provisions(
            "restriction_removal", record, promisor, targets, b, summaries, instruments, None, words
        )
    return True


def read_investment(record: Record, b: Draft) -> None:
    """Add stakes and grants of governments; investment by companies is no measure."""
    actors = governments(record.actors)
    kinds = {
        "equity_stake": "equity_stake",
        "warrants": "equity_stake",
        "grant": "subsidy",
        "loan": "subsidy",
        "price_floor": "price_floor",
    }
    if record.subtype not in kinds or not actors:
        return
    firms = tuple(t for t in record.targets if t not in governments(record.targets))
    if not firms and _ONE_OF_SEVERAL.search(record.quote):
        b.asked.append(f"By which of the means that the text lists? “{short(record.quote)}”")
        return
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

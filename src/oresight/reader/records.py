"""Fills in the fields of a record: what, how much, when, in what state; and puts doubles together."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from oresight.reader.dates import Date, dates_of
from oresight.reader.document import Amount, Quantity, Record
from oresight.reader.frames import BECAME, COVERAGE, INSTEAD, Draft
from oresight.reader.gazetteer import Find
from oresight.reader.numbers import Number, numbers_of
from oresight.reader.roles import Page
from oresight.reader.rules import Tables

LONGEST = 390  # characters of a quote
CITED = re.compile(
    r"(?:order|act|proclamation|memorandum|section|regulation|no\.|law)\s+(?:no\. "
    r")?(?:[\w/.-]+\s+)?(?:of|dated)\s+$|as amended\W*$"
)
SECTORAL = ("statement", "supply_share", "commitment", "tariff", "export_control", "agreement", "investment")
UNIT_PRICE = re.compile(
    r"\s*(?:per|a|an|/)\s*(?:metric\s)?(?:kilogram|kilo|kg|tonne|ton|lb|pound|ounce|barrel|unit|share)\b"
)
ENDED = re.compile(
    r"no longer (?:be )?(?:in effect|collected|apply|applicable)"
    r"|(?:shall be|is|are|hereby) (?:terminated|revoked|repealed|rescinded)"
)
HELD_OFF = re.compile(
    r"\b(?:is|are|was|were|been|shall be|remains?|be) (?:hereby |also )?"
    r"(?:suspended|delayed|postponed|paused|put on hold)\b"
)
LAPSING = re.compile(r"\b(?:due|set|scheduled) to (?:expire|end|lapse) (?:on|in|at)\s+(?:the\s+)?$")
THROUGH = re.compile(
    r"\b(?:through|by|via|with|by means of) (?:an? |the )?[a-z ]{0,24}(?:\d+ )?(?:of|dated) $"
)
MADE = re.compile(r"\b(?:announced|imposed|taken|adopted|issued|introduced)\s+(?:on|since|in|after)\s+$")
SAID = re.compile(r"\b(?:said|announced|told|says)\b[^,.]{0,20}$")


def trim_quote(text: str, start: int, end: int, keep: int) -> tuple[int, int]:
    """A span of at most `LONGEST` characters within [start, end) that holds the offset `keep`."""
    if end - start > LONGEST:
        if keep - start > LONGEST - 120:
            start = max(start, keep - 90)
            while start < keep and not text[start - 1].isspace():
                start += 1
        if end - start > LONGEST:
            end = start + LONGEST
            while end > keep and not text[end].isspace():
                end -= 1
            if end <= keep:
                end = start + LONGEST
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;"):
        end -= 1
    return start, end


def terms_in(terms: tuple[Find, ...], starts: list[int], start: int, end: int, kind: str) -> tuple[str, ...]:
    """The distinct values of one kind of term in a span, in the order of the text."""
    import bisect

    left, right = bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)
    return tuple(dict.fromkeys(t.value for t in terms[left:right] if t.kind == kind))


def pick_date(
    low: str,
    start: int,
    end: int,
    at: int,
    kind: str,
    published: dt.date | None,
    ended: bool = False,
    cited: bool = False,
) -> Date | None:
    """The date that a record carries: the one nearest to its verb that is not part of a citation."""
    if kind == "supply_share":
        return None
    found: list[Date] = []
    spare: list[Date] = []  # what dates an instrument, or the measure that is now ended
    for date in dates_of(low[start:end], published):
        before = low[max(start, start + date.start - 44) : start + date.start]
        if CITED.search(before):
            if cited or THROUGH.search(before):
                spare.append(date)
            continue
        if LAPSING.search(before):
            continue
        if kind in ("commitment",) and date.role == "event":
            continue
        if ended and MADE.search(before):
            spare.append(date)
            continue
        between = low[min(at, start + date.start) : max(at, start + date.start)]
        if kind in ("agreement", "commitment", "investment") and re.search(r"\bsaid\b", between):
            continue
        found.append(date)
    if kind in ("tariff", "threat", "export_control") and len(found) > 1:
        timed = [date for date in found if date.role != "event"]
        found = (
            timed
            or [
                date
                for date in found
                if not SAID.search(low[max(start, start + date.start - 30) : start + date.start])
            ]
            or found
        )
    if not found and kind in ("tariff", "export_control"):
        found = spare
    in_effect = [date for date in found if date.role == "effective"]
    if kind == "tariff" and in_effect and not ended:
        found = in_effect
    if not found:
        return None
    return min(found, key=lambda date: (abs(start + date.start - at), date.start))


def status_of(tables: Tables, kind: str, words: str) -> str | None:
    """The status that the words around a verb give to a record of this kind."""
    for pattern, status in tables.statuses.get(kind, ()):
        if pattern.search(words):
            return status
    return None


STEP = re.compile(r"[;,]\s|\b(?:while|and|by|but|instead of)\s")


def _status_at(tables: Tables, low: str, start: int, at: int) -> str | None:
    """The status that the verb right before a rate gives it: of two rates one may be kept, one suspended."""
    cuts = [m.end() for m in STEP.finditer(low, max(start, at - 110), at)]
    window = low[cuts[-1] if cuts else max(start, at - 110) : at + 12]
    for pattern, status in tables.statuses.get("tariff", ())[:-2]:
        if pattern.search(window):
            return status
    return None


def subtype_of(tables: Tables, kind: str, words: str) -> str:
    """The finer type that the words of a record name."""
    for pattern, subtype in tables.subtypes.get(kind, ()):
        if pattern.search(words):
            return subtype
    return kind


def record_of(
    page: Page, draft: Draft, tables: Tables, published: dt.date | None, starts: list[int]
) -> Record:
    """The record of a draft."""
    rule, segment, low = draft.rule, draft.segment, page.low
    kind = rule.kind
    start, end = trim_quote(page.text, segment.start, segment.end, draft.head)
    sentence = page.sentences[segment.sentence]
    if sentence.end - sentence.start <= 230 and kind not in ("commitment", "tariff"):
        start, end = trim_quote(page.text, sentence.start, sentence.end, draft.head)
    words = low[
        max(segment.start, draft.head - 28) : min(segment.end, draft.end + (14 if kind == "agreement" else 0))
    ]
    if kind == "investment":
        words = low[segment.start : draft.end]
    words = f"{segment.lead} {words}" if segment.lead else words
    status = rule.status or status_of(tables, kind, words)
    if kind == "tariff" and draft.rate is not None and not rule.status:
        own = _status_at(tables, low, segment.start, segment.start + draft.rate.start)
        status = own if own and (own != "removed" or draft.rate.kind != "points") else status
    subtype = rule.subtype or subtype_of(tables, kind, low[draft.head : segment.end])
    if kind in ("tariff", "export_control") and draft.span is None:
        status = "removed" if ENDED.search(low, segment.start, segment.end) else status
        status = "suspended" if HELD_OFF.search(low, segment.start, segment.end) else status
    numbers = numbers_of(low[segment.start : segment.end])
    clause = low[segment.start : segment.end]
    percents = [n for n in numbers if n.kind == "percent"]
    covered = [n for n in percents if COVERAGE.match(clause[n.end : n.end + 24])]
    rate = previous = points = share = coverage = None
    qualifier: str | None = None
    if kind in ("tariff", "threat"):
        if draft.rate is not None and draft.rate.kind == "percent":
            rate, qualifier = draft.rate.value, draft.rate.qualifier
        for number in percents:
            if number.value != rate and (
                BECAME.search(clause[: number.start]) or INSTEAD.match(clause[number.end :])
            ):
                previous = number.value
        points = next((n.value for n in numbers if n.kind == "points"), None)
        if draft.rate is not None:
            points = draft.rate.value if draft.rate.kind == "points" else points if rate is None else None
    elif kind in ("supply_share", "investment") and percents:
        if kind == "supply_share" or re.search(r"stake|equity|share|interest|warrant|owner", clause):
            pick = draft.rate or _nearest(percents, draft.head - segment.start, draft.end - segment.start)
            share, qualifier = pick.value, pick.qualifier
        elif covered:
            coverage = covered[0].value
    elif covered and kind in ("commitment", "export_control"):
        coverage, qualifier = covered[0].value, covered[0].qualifier
    elif kind == "export_control":
        coverage = next(
            (n.value for n in percents if re.search(r"\bby (?:\w+ ){0,2}$", clause[: n.start])), None
        )
    money = (
        [n for n in numbers if n.kind == "money"] if kind in ("investment", "commitment", "agreement") else []
    )
    money = [n for n in money if not UNIT_PRICE.match(clause[n.end : n.end + 20])]
    amounts = (
        [n for n in numbers if n.kind == "quantity"]
        if kind in ("export_control", "commitment", "agreement", "tariff")
        else []
    )
    if money and qualifier is None:
        qualifier = money[0].qualifier
    span = draft.span if draft.span and dates_of(low[slice(*draft.span)], published) else None
    left, right = span or (segment.start, segment.end)
    named = draft.rule.name == "measure named by its title"
    date = pick_date(low, left, right, draft.head, kind, published, status in ("suspended", "removed"), named)
    if kind == "meeting" and date and date.value and published and len(date.value) == 10:
        status = "planned" if date.value > published.isoformat() else "held"
    role = date.role if date else None
    if date and role == "event" and kind in ("tariff", "threat", "export_control"):
        role = (
            "condition"
            if re.search(r"\bif\b", clause[: date.start])
            else ("event" if subtype.endswith("investigation") else "effective")
        )
    if draft.rule.name == "conditional measure" and rate is None and subtype == "measure":
        subtype = "retaliation"
    return Record(
        kind,
        subtype,
        draft.actors,
        draft.targets,
        page.text[start:end],
        start,
        end,
        rule.name,
        rule.sure,
        minerals=_goods(page, draft, starts, "mineral"),
        products=_goods(page, draft, starts, "product"),
        sectors=terms_in(page.terms, starts, segment.start, segment.end, "sector"),
        rate_percent=rate,
        previous_rate_percent=previous,
        rate_change_points=points,
        share_percent=share,
        coverage_percent=coverage,
        qualifier=qualifier,
        amount=Amount(money[0].value, money[0].unit) if money else None,
        quantity=Quantity(amounts[0].value, amounts[0].unit) if amounts else None,
        status=status,
        date=date.value if date else None,
        date_role=role if date and date.value else None,
        date_basis=date.basis if date and date.value else None,
        persons=draft.persons,
    )


def _goods(page: Page, draft: Draft, starts: list[int], sort: str) -> tuple[str, ...]:
    """The minerals of a record: a control named in passing covers what follows its name; a meeting none."""
    kind, segment = draft.rule.kind, draft.segment
    if kind == "meeting":
        return ()
    left, right = draft.start if draft.rule.actor == "possessor" else segment.start, segment.end
    if draft.span is not None:
        near = terms_in(page.terms, starts, *draft.span, sort)
        rest = terms_in(page.terms, starts, segment.start, draft.span[0], sort)
        return near or (rest if draft.first else ())
    return terms_in(page.terms, starts, left, right, sort)


def _nearest(numbers: list[Number], start: int, end: int) -> Number:
    inside = [n for n in numbers if start <= n.start <= end]
    return inside[0] if inside else min(numbers, key=lambda n: abs(n.start - start))


def _worth(record: Record) -> tuple[int, float, int]:
    filled = sum(
        value not in (None, (), "")
        for value in (
            record.targets,
            record.minerals,
            record.rate_percent,
            record.date,
            record.amount,
            record.share_percent,
            record.persons,
        )
    )
    if record.kind == "agreement":  # who made it outweighs what a later mention adds
        return int(record.sure >= 0.85), filled, -record.start
    return filled, record.sure, -record.start


def same(a: Record, b: Record) -> bool:
    """Whether two records tell of one and the same thing: a later sentence that repeats it is no news."""
    if a.kind != b.kind or a.kind == "statement":
        return False
    if a.quote == b.quote and a.start == b.start:
        figures = (a.rate_percent, a.rate_change_points, a.share_percent, set(a.targets))
        return figures == (b.rate_percent, b.rate_change_points, b.share_percent, set(b.targets))
    if a.kind == "meeting":
        return set(a.actors) == set(b.actors) and a.status == b.status and None in (a.date, b.date)
    if a.kind == "agreement":
        mine, other = {*a.actors, *a.targets}, {*b.actors, *b.targets}
        return (
            mine == other
            and (a.subtype == b.subtype or "deal" in (a.subtype, b.subtype))
            and (None in (a.date, b.date) or a.date == b.date)
        )
    if a.kind == "supply_share":
        return a.actors == b.actors and a.share_percent == b.share_percent and a.subtype == b.subtype
    if a.kind == "export_control":
        return (
            a.actors == b.actors
            and _overlap(a.minerals, b.minerals)
            and _overlap(a.targets, b.targets)
            and (a.status == b.status or "control named" in a.rule + b.rule)
            and (
                a.subtype == b.subtype
                or {a.subtype, b.subtype} & {"export_restriction", "export_control"} != set()
            )
            and (None in (a.date, b.date) or a.date == b.date)
            and None in (a.quantity, b.quantity)
        )
    if a.kind in ("tariff", "threat"):
        if a.rate_percent is None and b.rate_percent is None:
            return (
                a.actors == b.actors
                and set(a.targets) == set(b.targets)
                and a.subtype == b.subtype
                and a.rate_change_points == b.rate_change_points
                and (a.status == b.status or not {a.status, b.status} & {"removed", "suspended"})
                and (
                    set(a.products + a.minerals) == set(b.products + b.minerals)
                    or (a.kind == "tariff" and _overlap(a.products + a.minerals, b.products + b.minerals))
                )
            )
        undated = None in (a.date, b.date) or a.date == b.date
        return (
            (a.actors == b.actors or not a.actors or not b.actors)
            and a.rate_percent == b.rate_percent
            and (set(a.targets) == set(b.targets) or not a.targets or not b.targets)
            and (a.status == b.status or ({a.status, b.status} == {"announced", "in_force"} and undated))
            and _overlap(a.products + a.minerals, b.products + b.minerals)
            and (
                a.start == b.start
                or (a.products + a.minerals == b.products + b.minerals)
                or not (a.products + a.minerals)
                or not (b.products + b.minerals)
            )
        )
    if a.kind == "investment":
        return (
            a.actors == b.actors
            and a.targets == b.targets
            and a.amount == b.amount
            and a.share_percent == b.share_percent
        )
    return a.kind == "commitment" and a.quote == b.quote


def _overlap(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return not a or not b or bool(set(a) & set(b))


def _key(record: Record) -> tuple[str, tuple[str, ...]]:
    """What two records must share to be compared at all; keeps the merging linear."""
    if record.kind in ("agreement", "meeting"):
        return record.kind, tuple(sorted({*record.actors, *record.targets}))
    if record.kind == "tariff" and record.rate_percent is not None:
        return record.kind, (str(record.rate_percent),)
    return record.kind, tuple(sorted(record.actors))


def merge(records: list[Record]) -> list[Record]:
    """Doubles become one record, the fullest; the others' quotes stay as `alt_quotes`. Ordered by place."""
    kept: list[Record] = []
    by_key: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for record in sorted(records, key=lambda r: (r.start, r.end, r.kind, r.actors, r.targets)):
        key = _key(record)
        for index in by_key.get(key, [])[-40:]:
            if same(kept[index], record):
                best, other = (
                    (kept[index], record) if _worth(kept[index]) >= _worth(record) else (record, kept[index])
                )
                quotes = tuple(
                    q
                    for q in dict.fromkeys((*best.alt_quotes, other.quote, *other.alt_quotes))
                    if q != best.quote
                )
                kept[index] = replace(best, alt_quotes=quotes[:5])
                break
        else:
            by_key.setdefault(key, []).append(len(kept))
            kept.append(record)
    return sorted(kept, key=lambda r: (r.start, r.end, r.kind, r.actors, r.targets))

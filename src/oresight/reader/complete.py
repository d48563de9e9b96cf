"""What a record may take from the rest of its document.

Only what the text itself ties together is carried over; everything else stays open.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace

from oresight.reader.dates import dates_of
from oresight.reader.document import Record
from oresight.reader.gazetteer import Find
from oresight.reader.roles import Page

FORCE = re.compile(
    r"\b(?:this|the|these)\s+(?:order|proclamation|regulations?|agreement|"
    r"announcement|notice|measures?|dut(?:y|ies)|amendments?|decision|directive)\s+"
    r"(?:\w+\s+){0,3}?(?:comes?|came|enters?|entered|takes?|took|go(?:es)?|"
    r"is|are|becomes?)\s+(?:into\s+force|into\s+effect|effect|effective|"
    r"in\s+force)\b[^.;]{0,80}"
    r"|\b(?:such|this|these|the)\s+(?:additional\s+)?(?:rates?|dut(?:y|ies)|"
    r"tariffs?|modifications?)\b[^.;]{0,90}\b(?:apply|applies|effective|"
    r"in\s+effect)\b"
    r"[^;]{0,120}?\bon\s+or\s+after\b[^;]{0,60}"
)
SIGNED = re.compile(r"\b(?:signed|done) (?:at|in) [a-z][^.;]{0,40}?,? (?:on|this)\b[^.;]{0,60}")
GROUPS = frozenset({"critical_minerals", "rare_earths", "strategic_metals", "base_metals", "rare_metals"})
PROMISED = re.compile(r"\b(?:shall|will|intends? to|plans? to)\b")
PAIRED = re.compile(r"(?:this|the|that) (?:investment|stake|purchase|financing|transaction)\b")
INHERITS = ("agreement", "export_control", "investment", "statement")


def complete(records: list[Record], page: Page, published: dt.date | None, title: str) -> list[Record]:
    """Records with what their document gives to all of them; order and number may shrink, never grow."""
    return _one_mineral(
        _signing_day(
            _signed(_in_force(_pair(records, page), page, published), page, published), page, published
        ),
        page,
    )


def _pair(records: list[Record], page: Page) -> list[Record]:
    """`This investment makes it a 10% shareholder` goes on about the investment before it."""
    kept: list[Record] = []
    for record in records:
        before = kept[-1] if kept else None
        if (
            before is not None
            and record.kind == before.kind == "investment"
            and record.actors == before.actors
            and record.rule != "warrants"
            and PAIRED.match(page.low, record.start)
            and 0 <= record.start - before.end < 4
        ):
            kept[-1] = replace(
                before,
                targets=before.targets or record.targets,
                share_percent=before.share_percent
                if before.share_percent is not None
                else record.share_percent,
                amount=before.amount or record.amount,
                subtype=record.subtype,
                alt_quotes=(*before.alt_quotes, record.quote),
            )
        else:
            kept.append(record)
    return kept


def _in_force(records: list[Record], page: Page, published: dt.date | None) -> list[Record]:
    """An order that names one day on which it comes into force dates the measures that it makes."""
    if not page.instrument:
        return records
    found = set()
    quotes = []
    for match in FORCE.finditer(page.low):
        for date in dates_of(match.group(), published)[:1]:
            if date.value and len(date.value) == 10:
                found.add((date.value, date.basis))
                quotes.append(page.text[match.start() : match.end()].strip())
    if len(found) != 1:
        return records
    value, basis = next(iter(found))
    return [
        replace(r, date=value, date_role="effective", date_basis=basis, alt_quotes=(*r.alt_quotes, quotes[0]))
        if r.kind in ("tariff", "export_control")
        and r.date is None
        and r.subtype != "tariff_exemption"
        and not r.subtype.endswith("investigation")
        else r
        for r in records
    ]


def _signed(records: list[Record], page: Page, published: dt.date | None) -> list[Record]:
    """`Signed at Lima on May 4` at the foot of a pact: the agreement of its parties is signed."""
    foot = SIGNED.search(page.low, max(0, len(page.low) - 6000)) if page.parties.own else None
    if foot is None:
        return records
    date = next((d for d in dates_of(foot.group(), published) if d.value), None)
    out: list[Record] = []
    done = False
    for record in records:
        if (
            not done
            and record.kind == "agreement"
            and {*record.actors, *record.targets} == set(page.parties.own)
        ):
            done = True
            record = replace(record, status="signed", date=date.value if date else record.date)
            if date:
                record = replace(record, date_role="event", date_basis=date.basis)
        out.append(record)
    return out


def _signing_day(records: list[Record], page: Page, published: dt.date | None) -> list[Record]:
    """Agreements signed with parties of an agreement dated before share its day; so does, in a joint
    statement, the day of the statement the agreement that it is about."""
    done: list[Record] = []
    dated: list[Record] = []
    headline = True
    for record in records:
        if record.kind != "agreement":
            done.append(record)
            continue
        members = {*record.actors, *record.targets}
        if record.date is None and record.status == "signed":
            for earlier in dated:
                if members <= {*earlier.actors, *earlier.targets} and earlier.date_role == "event":
                    record = replace(
                        record, date=earlier.date, date_role="event", date_basis=earlier.date_basis
                    )
                    break
        about = headline and page.instrument and members == set(page.parties.own)
        about = about and not PROMISED.search(record.quote)
        if record.date is None and about and published and record.status in ("announced", "signed"):
            record = replace(record, date=published.isoformat(), date_role="event", date_basis="docdate")
        headline = False
        if record.date and record.status == "signed":
            dated.append(record)
        done.append(record)
    return done


def _one_mineral(records: list[Record], page: Page) -> list[Record]:
    """A text about one mineral alone means it where a sentence leaves it out."""
    counts = Counter(term.value for term in page.terms if term.kind == "mineral")
    if not counts or len(counts) > 2:
        return records
    (value, often), *rest = counts.most_common()
    if (
        often < 2
        or value in GROUPS
        or (rest and rest[0][1] * 3 > often)
        or not _in_heading(page.terms, page, value)
    ):
        return records
    return [
        replace(r, minerals=(value,)) if not r.minerals and not r.products and r.kind in INHERITS else r
        for r in records
    ]


def _in_heading(terms: tuple[Find, ...], page: Page, value: str) -> bool:
    first = page.blocks[0] if page.blocks else None
    return first is not None and any(t.value == value and t.start < first.end for t in terms)

"""What named officials are quoted or reported as saying."""

from __future__ import annotations

import bisect
import datetime as dt
import re

from oresight.reader.dates import dates_of
from oresight.reader.document import Record
from oresight.reader.frames import COVERAGE
from oresight.reader.mentions import Mention
from oresight.reader.numbers import numbers_of
from oresight.reader.parties import codes_of, is_prepositional, subject_of
from oresight.reader.records import subtype_of, terms_in, trim_quote
from oresight.reader.roles import Page
from oresight.reader.rules import Tables

SAY = re.compile(
    r"\b(?:said|says|told|tells|added|adds|stated|warned|warns|argued|argues|"
    r"noted|notes|predicted|predicts|stressed|stresses"
    r"|insisted|insists|explained|explains|declared|declares|claimed|claims|"
    r"asked|urged|urges|commented|remarked|wrote|posted|testified"
    r"|acknowledged|suggested|observed|contended|asserted|maintained that|"
    r"believes|called on|hailed|described|replied|emphasi[sz]ed"
    r"|reiterated|complained|denied|rejected|criticized|criticised|recalled|"
    r"expressed|hinted|quipped|tweeted|concluded that)\b"
)
ACCORDING = re.compile(r"\baccording to\s+(?:[\w.'-]+\s+){0,4}$")
QUOTE = re.compile(r"“[^”]{2,1200}(?:”|$)|\"[^\"]{2,1200}(?:\"|$)")
LABELLED = re.compile(r"^[^\"“”]{3,90}?:\s*[\"“]")
VOWS = re.compile(r"warn|threat|vow|pledg")
BESIDE = re.compile(r"^\s+(?:also\s+|then\s+|later\s+|has\s+|had\s+|today\s+|yesterday\s+|\w+day\s+)?$")
NOT_SAYING = re.compile(r"\b(?:not|never|to|being|be|as|was|were|is|been)\s+$")


def quotations(text: str, blocks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of direct speech, longer than a term in inverted commas, in order."""
    found: list[tuple[int, int]] = []
    for start, end in blocks:
        found.extend(
            (m.start(), m.end()) for m in QUOTE.finditer(text, start, end) if len(m.group().split()) > 5
        )
    return found


def _speaker(page: Page, start: int, end: int, verb: re.Match[str]) -> Mention | None:
    """The named official who is the subject of a verb of speech, before it or after it."""
    gap = page.low[verb.end() : verb.end() + 2]
    near = [m for m in page.parties.between(verb.end(), min(end, verb.end() + 90)) if m.person]
    if (
        near
        and gap.startswith(" ")
        and page.low[verb.end() : near[0].start].strip() == ""
        and _closes_quote(page, start, verb.start())
    ):
        return near[0]
    just = [m for m in page.parties.between(max(start, verb.start() - 70), verb.start()) if m.person]
    if (
        just
        and BESIDE.match(page.low[just[-1].end : verb.start()])
        and not is_prepositional(page.low, just[-1].start, start)
    ):
        return just[-1]
    group = subject_of(page.parties, start, verb.start())
    people = [m for m in group if m.person is not None]
    if not people:
        return None
    gap = page.low[people[-1].end : verb.start()]
    return None if gap.startswith("'s") or len(gap.split()) > 16 or "said" in gap.split() else people[0]


def _closes_quote(page: Page, start: int, at: int) -> bool:
    return bool(re.search(r"[\"”,]\s*$", page.text[start:at]))


def statements_of(
    page: Page, tables: Tables, published: dt.date | None, others: list[Record], starts: list[int]
) -> list[Record]:
    """One record for each sentence that reports the words of a named official."""
    found: list[Record] = []
    taken = sorted(
        (r.start, r.end)
        for r in others
        if r.kind in ("agreement", "commitment", "investment", "export_control")
    )
    threats = [(r.start, r.end) for r in others if r.kind == "threat"][:400]
    for sentence in page.sentences:
        start, end = sentence.start, sentence.end
        low = page.low[start:end]
        speaker: Mention | None = None
        verb_at = start
        for verb in SAY.finditer(page.low, start, end):
            if _quoted(page, verb.start()) or NOT_SAYING.search(
                page.low[max(start, verb.start() - 8) : verb.start()]
            ):
                continue
            speaker = _speaker(page, start, end, verb)
            verb_at = verb.start()
            if speaker is not None:
                break
        if speaker is None and "according to" in low:
            for mention in page.parties.between(start, end):
                if mention.person and ACCORDING.search(
                    page.low[max(start, mention.start - 50) : mention.start]
                ):
                    speaker = mention
                    verb_at = mention.start
        if speaker is None and LABELLED.match(page.text[start:end]):
            head = [m for m in page.parties.between(start, start + 90) if m.person]
            speaker = head[0] if head else None
        if speaker is None or speaker.person is None or not speaker.codes:
            continue
        direct = any(a < end and b > start for a, b in _near(page.quoted, start, end))
        at = bisect.bisect_left(taken, (start, 0))
        doubled = any(a < end and b > start for a, b in taken[max(0, at - 3) : at + 3])
        if doubled and not direct:
            continue
        if VOWS.match(page.low[verb_at : verb_at + 12]) and any(a < end and b > start for a, b in threats):
            continue
        left, right = trim_quote(page.text, start, end, max(start, verb_at - 40))
        actors = speaker.codes
        spoken = _near(page.quoted, start, end) if direct else [(verb_at, end)]
        if not direct and not any(
            m.start > verb_at for m in page.parties.between(start, end) if m is not speaker
        ):
            spoken = [(start, end)]
        others_named = [
            m for a, b in spoken for m in page.parties.between(max(a, start), min(b, end)) if m is not speaker
        ]
        targets = tuple(c for c in codes_of(tuple(others_named)) if c not in actors and len(c) <= 3)
        numbers = numbers_of(low)
        rates = [n for n in numbers if n.kind == "percent" and not COVERAGE.match(low[n.end : n.end + 24])]
        rate = (
            rates[0].value
            if rates and re.search(r"tariff|dut(?:y|ies)|lev(?:y|ies)|surcharge", low)
            else None
        )
        dates = [
            d
            for d in dates_of(low, published)
            if abs(start + d.start - verb_at) < 34 and d.form in ("day", "weekday", "md", "mdy")
        ]
        date = dates[0] if dates else None
        found.append(
            Record(
                "statement",
                subtype_of(tables, "statement", low),
                actors,
                targets,
                page.text[left:right],
                left,
                right,
                "speech",
                0.75 if direct else 0.65,
                minerals=terms_in(page.terms, starts, start, end, "mineral"),
                products=terms_in(page.terms, starts, start, end, "product"),
                sectors=terms_in(page.terms, starts, start, end, "sector"),
                rate_percent=rate,
                date=date.value if date else None,
                date_role="event" if date and date.value else None,
                date_basis=date.basis if date and date.value else None,
                speaker=speaker.person.name,
                persons=(speaker.person.name,),
            )
        )
    return found


def _near(spans: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    at = bisect.bisect_left(spans, (start, 0))
    return spans[max(0, at - 1) : bisect.bisect_left(spans, (end, 0))]


def _quoted(page: Page, at: int) -> bool:
    return any(a <= at < b for a, b in _near(page.quoted, at, at + 1))

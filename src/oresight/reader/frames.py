"""Runs the frames of `rules.toml` over a text: each reading becomes a draft of a record."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, replace
from itertools import pairwise

from oresight.reader import rules as rulebook
from oresight.reader.gazetteer import Find
from oresight.reader.mentions import Mention
from oresight.reader.numbers import Number, numbers_of
from oresight.reader.parties import codes_of, groups_in, is_prepositional
from oresight.reader.roles import Match, Page, Segment, roles_of
from oresight.reader.rules import Rule, Tables

SPLIT = re.compile(
    r";\s|,\s+(?=(?:but|while|whereas|although|though|and he|and she|and it|and they)\s)"
    r"|,?\s+and\s+(?=(?:has|have|will|shall|is|are|was|were|also|includes?|said|identifies|makes|may)\s)"
)
ACT = (
    r"(?:invest|lift|remove|suspend|ban|eliminate|lower|raise|buy|purchase|impose|terminate|exempt|"
    r"reduce|open|build|scrap|halt|cut|abolish|levy|withdraw)"
)
DOING = (
    r"(?:removing|suspending|lifting|retaining|maintaining|reducing|imposing|eliminating|exempting|"
    r"raising|lowering|levying|terminating|keeping)"
)
AND_ACT = re.compile(rf",?\s+and\s+(?:(?:also|further|then|immediately)\s+)*(?={ACT}\s)")
AND_DOING = re.compile(rf",?\s+(?:and|while)\s+(?={DOING}\s)")
AND_PARTY = re.compile(r",\s+and\s+(?=(?:the\s+)?)")
FINITE = re.compile(
    r"(?:'s government)?\s+(?:(?:also|further|both|then|now|in turn)\s+)*(?:will|shall|would|has|have|"
    r"is|was|are|were|agreed|announced|signed|pledged|promised|imposed|raised|lifted|suspended|removed|"
    r"committed|threatened|took|concluded|reached|banned|intends?|plans?|agrees?|commits?)\b"
)
FRONT = re.compile(r"\W*(?:when|once|after|because|since|although|though|while|before)\s")
SUPPOSED = re.compile(r"\W*(?:when|once|before)\s")
COMMA_PARTY = re.compile(r",\s+(?=(?:the\s+)?)")
NUMBERED = re.compile(r"\((?:[ivx]+|[a-z]|\d+)\)\s+")
FUTURE = re.compile(r"\s+(?:\w+ly\s+|also\s+|then\s+)?(?:will|shall|would|may)\b")
MODAL = re.compile(r"\b(?:will|shall|must|would)\b")
BASE = re.compile(
    rf"(?:{ACT}|adopt|modify|apply|maintain|ensure|provide|take|make|establish|accept|allow|permit|"
    r"recognize|grant|extend|amend|issue|publish|refrain|support|supply|increase|restrict|limit)\s"
)
PLURAL = re.compile(
    r"\b(?:agreements|deals|pacts|accords|treaties|memoranda|memorandums|mous|frameworks)\b"
    r"(?:\s+(?:on|for|of|about)\s+(?:[\w-]+\s+){1,5}?|\s+)(?:with|to)\s+$"
)
MANY = re.compile(
    r"\b(two|three|four|five|several|separate|bilateral|2|3|4|5)\b[^.]{0,40}\b(?:agreements|"
    r"deals|pacts|accords|treaties|memoranda|memorandums)\b"
)
COUNT = {"two": 2, "three": 3, "four": 4, "five": 5, "2": 2, "3": 3, "4": 4, "5": 5}
MEASURES = frozenset({"agreement", "investment", "tariff", "export_control", "threat"})
STAKES = frozenset({"warrants"})
COVERAGE = re.compile(
    r"^\s*(?:of|below|above|more|less|fewer)\b(?! (?:the )?(?:value|its value|customs value|declared))"
)
RELATIVE = re.compile(
    r"\b(?:by|another)\s+(?:up to\s+|about\s+|at least\s+|as much as\s+|"
    r"some\s+|nearly\s+|roughly\s+|an average of\s+|a further\s+)?$"
)
BECAME = re.compile(
    r"\bfrom\s+(?:a\s+|the\s+)?(?:current\s+|rate of\s+)?$"
    r"|\b(?:deleting|striking(?: out)?|replacing|in place of|instead of)\s+"
    r"(?:the (?:rate|words?|figure) )?[\"“]?$"
)
PUT_IN = re.compile(r"[^.]{0,90}\b(?:insert|substitut|with|by)")
INSTEAD = re.compile(r"[^.]{0,140}\b(?:shall|will|is|are|be) instead\b")


@dataclass(frozen=True, slots=True)
class Draft:
    """A reading before its fields are filled in: the rule, where it matched, who acts on whom."""

    rule: Rule
    segment: Segment
    start: int  # of the match
    end: int
    head: int
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    persons: tuple[str, ...]
    rate: Number | None = None
    span: tuple[int, int] | None = None  # the part of the clause that one of several rates covers
    first: bool = True
    together: tuple[str, ...] = ()  # all counterparties of "agreements with A and B", where this is one


CITED_TITLE = re.compile(
    r"(?:order|proclamation|regulation|memorandum|notice)s?\b[^()]{0,60}\([^()]{12,220}\)"
)
UNTOUCHED = re.compile(r"\bunaffected|not (?:be )?affect|remains? in (?:force|effect|place)|continues? in")


def segments_of(page: Page) -> list[Segment]:
    """The sentences cut where a new clause with its own verb begins."""
    found: list[Segment] = []
    for index, sentence in enumerate(page.sentences):
        cuts = [sentence.start]
        supposed = SUPPOSED.match(page.low, sentence.start, sentence.end) is not None
        main = _main_clause(page, sentence.start, sentence.end)
        if main and supposed and FUTURE.match(page.low, main[1]):
            cuts = [main[0]]  # "when Peru acts, Chile will": what comes first has not happened
        elif main:
            cuts.append(main[0])
        for at in _cuts(page, sentence.start, sentence.end):
            if at - cuts[-1] > 25 and sentence.end - at > 20:
                cuts.append(at)
        cuts.append(sentence.end)
        for left, right in pairwise(cuts):
            right = left + len(page.text[left:right].rstrip(" \n\r\t\xa0"))
            if right > left:
                lead = _lead_of(page.low, sentence.start, left)
                found.append(Segment(left, right, sentence.start, sentence.block, index, lead))
    return found


def _main_clause(page: Page, start: int, end: int) -> tuple[int, int] | None:
    """Where the main clause of "after A acted, B will act" begins, and where its subject ends."""
    if not FRONT.match(page.low, start, end):
        return None
    for match in COMMA_PARTY.finditer(page.low, start, end):
        near = page.parties.between(match.end(), min(end, match.end() + 60))
        if near and near[0].start - match.end() < 5:
            last = groups_in(page.text, near)[0][-1]
            if FINITE.match(page.low, last.end) and match.end() - start > 15:
                return match.end(), last.end
    return None


def _cuts(page: Page, start: int, end: int) -> list[int]:
    """Where a clause of its own begins: a verb after "and", a party with its verb, an act that shares
    the modal before it ("will open its market and lift its ban"), a participle ("while retaining")."""
    low = page.low
    found = {
        match.end() for match in SPLIT.finditer(low, start, end) if not _inside(page.quoted, match.start())
    }
    for pattern in (AND_ACT, AND_DOING):
        for match in pattern.finditer(low, start, end):
            if not _inside(page.quoted, match.start()) and (
                pattern is AND_DOING
                or len(low[_modal(low, start, match.start()) : match.start()].split()) > 3
            ):
                found.add(match.end())
    for match in AND_PARTY.finditer(low, start, end):
        near = page.parties.between(match.end(), min(end, match.end() + 40))
        if near and near[0].start - match.end() < 5 and not _inside(page.quoted, match.start()):
            groups = groups_in(page.text, near)
            if FINITE.match(low, groups[0][-1].end):
                found.add(match.end())
    return sorted(found)


def _modal(low: str, start: int, at: int) -> int:
    """Where the last modal before `at` ends; `at` itself where there is none."""
    ends = [match.end() for match in MODAL.finditer(low, start, at)]
    return ends[-1] if ends else at


def _lead_of(low: str, start: int, at: int) -> str:
    """The modal of the sentence, for a later act that begins with a bare verb."""
    number = NUMBERED.match(low, at)
    if at == start or not BASE.match(low, number.end() if number else at):
        return ""
    modals = MODAL.findall(low, start, at)
    return modals[-1] if modals else ""


def _inside(spans: list[tuple[int, int]], at: int) -> bool:
    index = bisect.bisect_right(spans, (at, 1 << 60)) - 1
    return index >= 0 and spans[index][0] <= at < spans[index][1]


def drafts_of(page: Page, tables: Tables) -> list[Draft]:
    """Every reading of every clause, in the order of the text."""
    found: list[Draft] = []
    carried: tuple[Mention, ...] = ()
    last_floor = -1
    for segment in segments_of(page):
        if segment.floor != last_floor:
            carried = ()
            last_floor = segment.floor
        if segment.end - segment.start > 3000:
            segment = replace(segment, end=segment.start + 3000)
        tagged = rulebook.tag(tables, page.low, segment.start, segment.end, segment.lead)
        titles = [m.span() for m in CITED_TITLE.finditer(page.low, segment.start, segment.end)]
        consumed: list[tuple[int, int, bool]] = []  # start, end, whether a rate in it may not be read again
        kinds: set[str] = set()
        low = page.low[segment.start : segment.end]
        formula = page.instrument and tables.formula.search(low) is not None
        for rule, ready in rulebook.ready(tagged.mask):
            if rule.where in ("instrument", "pact") and not page.instrument:
                continue
            if rule.where in ("pact", "no order") and page.order:
                continue
            if formula and (rule.kind == "commitment" or rule.name == "tariff without a rate"):
                continue
            if rule.alone and kinds & MEASURES:
                continue
            for frame in ready:
                match = frame.search(tagged)
                if not match:
                    continue
                if rule.unless and rule.unless.search(low):
                    break
                start, end = tagged.source(match.start(), match.end())
                head = (
                    tagged.source(match.start("head"), match.end("head"))[0]
                    if "head" in frame.regex.groupindex
                    else start
                )
                if any(
                    a <= head < b and (rest or rule.name != "tariff rate given") for a, b, rest in consumed
                ) or _inside(page.quoted, head):
                    continue
                if _inside(titles, head) != (rule.name == "measure named by its title"):
                    continue
                drafts = _read(page, Match(rule, segment, start, end, head, carried), low)
                drafts = [d for d in drafts if not _known(d, found, segment)]
                if not drafts:
                    continue
                found.extend(drafts)
                kinds.add(rule.kind)
                consumed.append((start, segment.end if rule.rest else end, rule.kind != "export_control"))
                break
        first = [m for m in page.parties.between(segment.start, segment.end) if m.codes]
        if first and not carried and not is_prepositional(page.low, first[0].start, segment.start):
            carried = groups_in(page.text, tuple(first))[0]
    return _one_summary(found)


def _one_summary(found: list[Draft]) -> list[Draft]:
    """ "Agreements with A and B" stay one where the text then speaks of the agreement with A by itself."""
    by_clause: dict[tuple[int, int], list[Draft]] = {}
    named: dict[frozenset[str], set[int]] = {}
    for draft in found:
        if draft.rule.kind == "agreement":
            if draft.together:
                by_clause.setdefault((draft.segment.start, draft.head), []).append(draft)
            else:
                named.setdefault(frozenset((*draft.actors, *draft.targets)), set()).add(draft.segment.start)
    kept: list[Draft] = []
    for draft in found:
        group = by_clause.get((draft.segment.start, draft.head), []) if draft.together else []
        if any(frozenset((*d.actors, *d.targets)) in named for d in group):
            if draft is group[0]:
                kept.append(replace(draft, targets=draft.together, together=()))
        else:
            kept.append(draft)
    return kept


def _known(draft: Draft, found: list[Draft], segment: Segment) -> bool:
    """Whether the clause has given the same kind with the same actors, or its rate as a threat, before."""
    for other in reversed(found):
        if other.segment is not segment:
            return False
        names = {other.rule.name, draft.rule.name}
        shared = bool(set(other.actors) & set(draft.actors)) or not draft.actors
        if other.rule.kind == draft.rule.kind and len(names) == 2 and not STAKES & names and shared:
            return True
        if (other.rule.kind, draft.rule.kind) == ("threat", "tariff"):
            return True
    return False


def _read(page: Page, match: Match, low: str) -> list[Draft]:
    """The drafts of a match: none where its conditions fail, several for several rates or counterparties."""
    rule, segment = match.rule, match.segment
    numbers = numbers_of(low)
    rates = [
        n
        for n in numbers
        if n.kind == "percent"
        and not RELATIVE.search(low[: n.start])
        and not COVERAGE.match(low[n.end : n.end + 24])
    ]
    if rule.requires == "list" and not _listed(page, segment):
        return []
    if rule.name == "measure named by its title" and not UNTOUCHED.search(
        page.low, segment.start, page.sentences[segment.sentence].end
    ):
        return []
    if rule.requires == "mineral" and all(term.kind != "mineral" for term in _terms(page, segment)):
        return []
    if not _meets(rule, low, numbers, rates) or (rule.kind == "commitment" and low.endswith(":")):
        return []
    roles = roles_of(page, match)
    if roles is None:
        return []
    base = Draft(
        rule, segment, match.start, match.end, match.head, roles.actors, roles.targets, roles.persons
    )
    if rule.kind == "agreement" and len(base.targets) > 1:
        many = MANY.search(low)
        if many and COUNT.get(many.group(1), 0) == len(base.targets):
            return [replace(base, targets=(target,)) for target in base.targets]
        first = page.parties.between(match.head, segment.end)
        place = next((m.start for m in first if m.codes and m.codes[0] in base.targets), None)
        if place is not None and PLURAL.search(page.low[match.head : place]):
            return [replace(base, targets=(target,), together=base.targets) for target in base.targets]
    points = [n for n in numbers if n.kind == "points"]
    shares = [n for n in numbers if n.kind == "percent"]
    if rule.kind == "supply_share" and len(shares) > 1:
        return _per_rate(page, replace(base, targets=()), shares, low)
    if rule.kind in ("tariff", "threat") and (rates or points):
        return _per_rate(page, base, sorted(rates + points, key=lambda n: n.start), low)
    return [base]


LIST_OF = re.compile(r"\b(?:will|shall|commit|agree|promise|pledge|undertake|intend)\w*\b[^.]*:\W*$")


def _listed(page: Page, segment: Segment) -> bool:
    """Whether a clause is a point of a list of promises: `Peru will:`, `The Parties agree to:`."""
    block = page.blocks[segment.block]
    if block.kind != "bullet" or block.lead is None or segment.start != segment.floor:
        return False
    lead = page.blocks[block.lead]
    return LIST_OF.search(page.low[max(lead.start, lead.end - 300) : lead.end]) is not None


def _terms(page: Page, segment: Segment) -> tuple[Find, ...]:
    left = bisect.bisect_left(page.term_starts, segment.start)
    return page.terms[left : bisect.bisect_left(page.term_starts, segment.end)]


def _meets(rule: Rule, low: str, numbers: list[Number], rates: list[Number]) -> bool:
    need = rule.requires
    if need == "rate":
        return bool(rates) or any(n.kind == "points" for n in numbers)
    if need == "no rate":
        return not rates and not any(n.kind == "points" for n in numbers)
    if need == "money":
        return any(n.kind == "money" for n in numbers)
    if need in ("percent", "share"):
        return any(n.kind == "percent" for n in numbers)
    if need == "agreement":
        return bool(re.search(r"agreement|memorand|\bmou\b|deal|pact|accord|framework", low))
    return True


def _per_rate(page: Page, base: Draft, rates: list[Number], low: str) -> list[Draft]:
    """One draft for each rate that stands for itself ("25% on A and 30% on B"); `from 10 to 20` is one."""
    reached = any(re.search(r"\bto\s+(?:a |only |just )?$", low[: n.start]) for n in rates)
    own = [
        n
        for n in rates
        if not INSTEAD.match(low[n.end :])
        and not (
            BECAME.search(low[: n.start])
            and (reached or re.match(r"[^.]{0,30}\bto\b", low[n.end :]) or PUT_IN.match(low[n.end :]))
        )
    ]
    distinct = list({(n.kind, n.value): n for n in own}.values())
    if not distinct:
        distinct = rates[:1]
    percents = [n for n in distinct if n.kind == "percent"]
    if (
        percents
        and len(percents) < len(distinct)
        and not re.search(r"suspen|paus|while|remaining|retain", low)
    ):
        distinct = percents
    if len(distinct) == 1 or base.rule.kind == "threat":
        return [replace(base, rate=distinct[0])]
    found = []
    for index, number in enumerate(distinct[:6]):
        left = base.segment.start + number.start
        right = (
            base.segment.start + distinct[index + 1].start if index + 1 < len(distinct) else base.segment.end
        )
        near = tuple(c for c in codes_of(page.parties.between(left, right)) if c not in base.actors)
        found.append(
            replace(base, targets=near or base.targets, rate=number, span=(left, right), first=index == 0)
        )
    return found

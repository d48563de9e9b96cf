"""Runs the frames of `rules.toml` over a text: each reading becomes a draft of a record."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, replace

from oresight.reader import rules as rulebook
from oresight.reader.gazetteer import Find
from oresight.reader.mentions import Mention
from oresight.reader.numbers import Number, numbers_of
from oresight.reader.parties import (
    Parties,
    after_preposition,
    codes_of,
    groups_in,
    is_prepositional,
    persons_of,
    subject_of,
)
from oresight.reader.rules import Rule, Tables
from oresight.reader.sentences import Block, Sentence

SPLIT = re.compile(
    r";\s|,\s+(?=(?:but|while|whereas|although|though|and he|and she|and it|and they)\s)"
    r"|,?\s+and\s+(?=(?:has|have|will|shall|is|are|was|were|also|includes?|said|identifies|makes|may)\s)"
)
PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be|get|gets|got)\s+(?:\w+ly\s+|also\s+|not\s+|now\s+|currently\s+)?$")
BY = re.compile(r"^.{0,90}?\bby\s+(?:the\s+|both\s+)?$")
MODAL = re.compile(r"\b(?:will|would|may|could|can|might|shall)\b")
ANNOUNCED = re.compile(r"^\s+(?:\w+ )?(?:said|announced|says)\b")
ADJACENT = re.compile(r"^\)?(?:'s?)?(?:\s*\([^)]{0,60}\))?\s*(?:,[^.;]{0,200},)?\s*(?:also|further|each|both|therefore|hereby|then|now|jointly|governments?)?,?\s*$")
MANY = re.compile(r"\b(two|three|four|five|several|separate|bilateral|2|3|4|5)\b[^.]{0,40}\b(?:agreements|deals|pacts|accords|treaties|memoranda|memorandums)\b")
COUNT = {"two": 2, "three": 3, "four": 4, "five": 5, "2": 2, "3": 3, "4": 4, "5": 5}
MEASURES = frozenset({"agreement", "investment", "tariff", "export_control", "threat"})
STAKES = frozenset({"warrants"})
STATE = re.compile(r"[A-Z]{3}|EU")
COVERAGE = re.compile(r"^\s*(?:of|below|above|more|less|fewer)\b(?! (?:the )?(?:value|its value|customs value|declared))")
TO_OTHER = re.compile(r"tariff|dut(?:y|ies)|market|barrier|export|import licens|purchas|procure|investment|digital")
ASIDE = re.compile(r", (?:posing|raising|sending|prompting|threatening|causing|leading|saying|adding|forcing|escalating|leaving|sparking|putting)\b")
SOURCE = re.compile(r"\b(?:according to|citing|data from|figures from|(?:reliance|dependence|dependency|dependent|reliant) on)\s+(?:the\s+)?$")
RELATIVE = re.compile(r"\b(?:by|another)\s+(?:up to\s+|about\s+|at least\s+|as much as\s+|some\s+|nearly\s+|roughly\s+|an average of\s+|a further\s+)?$")
BECAME = re.compile(r"\bfrom\s+(?:a\s+|the\s+)?(?:current\s+|rate of\s+)?$")


@dataclass(frozen=True, slots=True)
class Segment:
    """A clause that is read on its own; `floor` is where the sentence begins."""

    start: int
    end: int
    floor: int
    block: int
    sentence: int


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


@dataclass(frozen=True, slots=True)
class Page:
    """What the frames read: the text with its names, blocks, sentences and quotations."""

    text: str
    low: str
    blocks: list[Block]
    sentences: list[Sentence]
    parties: Parties
    terms: tuple[Find, ...]
    quoted: list[tuple[int, int]]  # direct speech
    order: bool  # an executive order, a regulation
    instrument: bool  # a treaty, an order, a joint statement, a fact sheet


def segments_of(page: Page) -> list[Segment]:
    """The sentences cut where a new clause with its own verb begins."""
    found: list[Segment] = []
    for index, sentence in enumerate(page.sentences):
        cuts = [sentence.start]
        for match in SPLIT.finditer(page.low, sentence.start, sentence.end):
            if match.start() - cuts[-1] > 25 and sentence.end - match.end() > 20 and not _inside(page.quoted, match.start()):
                cuts.append(match.end())
        cuts.append(sentence.end)
        for left, right in zip(cuts, cuts[1:], strict=False):
            right = left + len(page.text[left:right].rstrip(" \n\r\t\xa0"))
            if right > left:
                found.append(Segment(left, right, sentence.start, sentence.block, index))
    return found


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
            segment = Segment(segment.start, segment.start + 3000, segment.floor, segment.block, segment.sentence)
        tagged = rulebook.tag(tables, page.low, segment.start, segment.end)
        consumed: list[tuple[int, int, bool]] = []  # start, end, whether a rate in it may not be read again
        kinds: set[str] = set()
        low = page.low[segment.start : segment.end]
        formula = page.instrument and tables.formula.search(low) is not None
        for rule in tables.rules:
            if rule.where in ("instrument", "pact") and not page.instrument:
                continue
            if rule.where in ("pact", "no order") and page.order:
                continue
            if formula and (rule.kind == "commitment" or rule.name == "tariff without a rate"):
                continue
            if rule.alone and kinds & MEASURES:
                continue
            if rule.unless and rule.unless.search(low):
                continue
            for pattern, needs in zip(rule.patterns, rule.needs, strict=True):
                if not all(group & tagged.classes for group in needs):
                    continue
                match = pattern.search(tagged.text)
                if not match:
                    continue
                start, end = tagged.source(match.start(), match.end())
                head = tagged.source(match.start("head"), match.end("head"))[0] if "head" in pattern.groupindex else start
                if any(a <= head < b and (rest or rule.name != "tariff rate given") for a, b, rest in consumed) or _inside(page.quoted, head):
                    continue
                drafts = _read(page, rule, segment, start, end, head, carried, low)
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
    return found


def _known(draft: Draft, found: list[Draft], segment: Segment) -> bool:
    """Whether the clause has given the same kind with the same actors, or its rate as a threat, before."""
    for other in reversed(found):
        if other.segment is not segment:
            return False
        if other.rule.kind == draft.rule.kind and other.rule.name != draft.rule.name:
            if not STAKES & {other.rule.name, draft.rule.name} and (set(other.actors) & set(draft.actors) or not draft.actors):
                return True
        if (other.rule.kind, draft.rule.kind) == ("threat", "tariff"):
            return True
    return False


def _lead(page: Page, segment: Segment) -> tuple[Mention, ...]:
    block = page.blocks[segment.block]
    if block.kind != "bullet" or block.lead is None or block.lead >= len(page.blocks):
        return ()
    lead = page.blocks[block.lead]
    return page.parties.between(lead.start, lead.end)


def _read(
    page: Page, rule: Rule, segment: Segment, start: int, end: int, head: int, carried: tuple[Mention, ...], low: str
) -> list[Draft]:
    parties = page.parties
    everyone = parties.between(segment.start, segment.end)
    numbers = [n for n in numbers_of(low)]
    rates = [n for n in numbers if n.kind == "percent" and not RELATIVE.search(low[: n.start]) and not COVERAGE.match(low[n.end : n.end + 24])]
    if not _meets(rule, low, numbers, rates):
        return []
    actor_group: tuple[Mention, ...] = ()
    target_group: tuple[Mention, ...] = ()
    passive = rule.actor == "subject" and rule.kind != "commitment" and bool(PASSIVE.search(page.low[max(segment.start, head - 24) : head]))
    if rule.actor == "subject" and passive:
        for group in groups_in(page.text, parties.between(head, segment.end)):
            if BY.match(page.low[head : group[0].start]):
                actor_group = group
                break
        target_group = tuple(m for m in everyone if m not in actor_group)
    elif rule.actor == "subject":
        actor_group = subject_of(parties, segment.floor, head) or carried
        if not codes_of(actor_group):
            lead = _lead(page, segment)
            actor_group = groups_in(page.text, lead)[0] if lead else ()
        left = max((m.end for m in actor_group), default=segment.start)
        stop = ASIDE.search(page.low, max(left, head), segment.end) if rule.kind in ("tariff", "export_control") else None
        target_group = tuple(
            m
            for m in parties.between(max(segment.start, left), stop.start() if stop else segment.end)
            if not SOURCE.search(page.low[max(segment.start, m.start - 24) : m.start])
        )
    elif rule.actor == "modal":
        modals = [m.start() for m in MODAL.finditer(page.low, start, end)]
        near = [
            group
            for group in groups_in(page.text, parties.between(segment.floor, modals[-1]))
            if codes_of(group) and not is_prepositional(page.low, group[0].start, segment.floor)
        ] if modals else []
        actor_group = near[-1] if near else ()
        target_group = everyone
    elif rule.actor in ("near", "all", "own"):
        actor_group = tuple(m for m in everyone if rule.actor == "all" or m.person is None)
    elif rule.actor == "own parties":
        target_group = tuple(m for m in everyone if not set(m.codes) & set(parties.own))
    elif rule.actor == "source":
        actor_group = after_preposition(parties, head, segment.end, "in|by|from")[:1]
    elif rule.actor == "possessor":
        before = [m for m in parties.between(segment.floor, head + 12) if m.end <= head + 12 and m.form == "possessive"]
        actor_group = tuple(before[-1:])
        target_group = ()
    elif rule.actor == "of":
        actor_group = tuple(m for m in parties.between(segment.start, min(segment.end, end + 60)) if m.kind == "body")
    actors, persons = codes_of(actor_group), persons_of(actor_group)
    if rule.kind == "meeting" and rule.actor == "all":
        if not actors or len(actors) < 2:
            subject = subject_of(parties, segment.floor, head)
            actor_group = (*subject, *everyone)
            actors, persons = codes_of(actor_group), persons_of(actor_group)
    if not actors and rule.actor == "subject":
        agents = after_preposition(parties, head, segment.end, "by") or _announcer(page, segment)
        if agents:
            actor_group = groups_in(page.text, agents)[0]
            actors, persons = codes_of(actor_group), persons_of(actor_group)
            target_group = tuple(m for m in everyone if m not in actor_group)
    if not actors and rule.kind != "threat" and rule.actor in ("subject", "modal", "own parties") and page.instrument and rule.requires != "state subject":
        actors = parties.own or ((parties.issuer,) if parties.issuer else ())
    if rule.target == "none":
        targets: tuple[str, ...] = ()
    elif rule.kind == "agreement":
        withs = after_preposition(parties, segment.start, segment.end, "with|between|among|including|from|and|to")
        if len(actors) >= 2:
            targets = ()
            linked = after_preposition(parties, max((m.end for m in actor_group), default=start), segment.end, "with|including")
            targets = tuple(c for c in codes_of(linked) if c not in actors)
        else:
            targets = tuple(c for c in codes_of(withs) if c not in actors)
            if not targets:
                right = parties.between(head, min(segment.end, end + 10))
                targets = tuple(c for c in codes_of(right) if c not in actors)
                if targets:
                    actors, targets = (*actors, *targets), ()
    else:
        targets = tuple(c for c in codes_of(target_group) if c not in actors)
    if rule.kind == "commitment":
        targets = _promised_to(page, actors, actor_group, segment, targets)
    if rule.kind == "tariff" and not targets and rule.target == "object":
        targets = tuple(c for c in codes_of(tuple(m for m in everyone if m.person is None)) if c not in actors)
    if rule.kind in ("tariff", "export_control") and not targets and segment.start > segment.floor:
        before = codes_of(parties.between(segment.floor, segment.start))
        targets = tuple(c for c in before if c not in actors)
    if rule.adjacent and not _adjacent(page, actor_group, head):
        return []
    if not _fits(rule, actors, targets, parties.own) or (rule.kind == "commitment" and low.endswith(":")):
        return []
    base = Draft(rule, segment, start, end, head, actors, targets, persons)
    if rule.kind == "agreement" and len(targets) > 1:
        many = MANY.search(low)
        if many and COUNT.get(many.group(1), 0) == len(targets):
            return [replace(base, targets=(target,)) for target in targets]
    points = [n for n in numbers if n.kind == "points"]
    shares = [n for n in numbers if n.kind == "percent"]
    if rule.kind == "supply_share" and len(shares) > 1:
        return _per_rate(page, replace(base, targets=()), shares, low)
    if rule.kind in ("tariff", "threat") and (rates or points):
        return _per_rate(page, base, sorted(rates + points, key=lambda n: n.start), low)
    return [base]


def _announcer(page: Page, segment: Segment) -> tuple[Mention, ...]:
    """The institution after a measure told without a subject: `..., the Energy Department said`."""
    found = [m for m in page.parties.between(segment.start, segment.end) if m.person is None and m.codes]
    last = found[-1:] if found else []
    return tuple(m for m in last if ANNOUNCED.match(page.low[m.end : m.end + 24]))


def _adjacent(page: Page, group: tuple[Mention, ...], head: int) -> bool:
    """Whether a verb follows its subject at once, a phrase between commas apart."""
    if not group:
        return False
    gap = page.low[max(m.end for m in group) : head]
    return bool(ADJACENT.match(gap))


def _promised_to(
    page: Page, actors: tuple[str, ...], group: tuple[Mention, ...], segment: Segment, targets: tuple[str, ...]
) -> tuple[str, ...]:
    """A promise of two parties to each other has no target; so has one whose only other party is a place."""
    if len(actors) > 1 and not group:
        return ()
    named = page.parties.between(segment.start, segment.end)
    owned = {code for m in named if m.form == "possessive" for code in m.codes} - {
        code for m in named if m.form != "possessive" for code in m.codes
    }
    targets = tuple(code for code in targets if code not in owned)
    own = page.parties.own
    if not targets and len(actors) == 1 and len(own) == 2 and actors[0] in own and TO_OTHER.search(page.low[segment.start : segment.end]):
        return tuple(code for code in own if code not in actors)
    return targets


def _meets(rule: Rule, low: str, numbers: list[Number], rates: list[Number]) -> bool:
    need = rule.requires
    if need == "rate":
        return bool(rates) or any(n.kind == "points" for n in numbers)
    if need == "no rate":
        return not rates
    if need == "money":
        return any(n.kind == "money" for n in numbers)
    if need in ("percent", "share"):
        return any(n.kind == "percent" for n in numbers)
    if need == "agreement":
        return bool(re.search(r"agreement|memorand|\bmou\b|deal|pact|accord|framework", low))
    return True


def _fits(rule: Rule, actors: tuple[str, ...], targets: tuple[str, ...], own: tuple[str, ...]) -> bool:
    need = rule.requires
    if need == "two":
        return len(set(actors) | set(targets)) >= 2
    if need == "state subject":
        return bool(actors) and STATE.fullmatch(actors[0]) is not None and (not own or bool(set(own) & set(actors)))
    if need == "rate" and not actors and not targets:
        return True
    if need in ("party", "money", "share", "body", "agreement"):
        return bool(actors)
    return bool(actors or targets)


def _per_rate(page: Page, base: Draft, rates: list[Number], low: str) -> list[Draft]:
    """One draft for each rate that stands for itself ("25% on A and 30% on B"); `from 10 to 20` is one."""
    reached = any(re.search(r"\bto\s+(?:a |only |just )?$", low[: n.start]) for n in rates)
    own = [
        n for n in rates if not (BECAME.search(low[: n.start]) and (reached or re.match(r"[^.]{0,30}\bto\b", low[n.end :])))
    ]
    distinct = list({(n.kind, n.value): n for n in own}.values())
    if not distinct:
        distinct = rates[:1]
    percents = [n for n in distinct if n.kind == "percent"]
    if percents and len(percents) < len(distinct) and not re.search(r"suspen|paus|while|remaining|retain", low):
        distinct = percents
    if len(distinct) == 1 or base.rule.kind == "threat":
        return [replace(base, rate=distinct[0])]
    found = []
    for index, number in enumerate(distinct[:6]):
        left = base.segment.start + number.start
        right = base.segment.start + distinct[index + 1].start if index + 1 < len(distinct) else base.segment.end
        near = tuple(c for c in codes_of(page.parties.between(left, right)) if c not in base.actors)
        found.append(
            replace(base, targets=near or base.targets, rate=number, span=(left, right), first=index == 0)
        )
    return found

"""Who acts, and on whom, where a frame has matched.

A rule says where its parties stand: before the verb (subject), behind a modal (modal), as agent of a
passive, anywhere in the clause (near, all), in front of a noun (possessor), or in the document itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from oresight.reader.gazetteer import Find
from oresight.reader.mentions import Mention
from oresight.reader.parties import (
    Parties,
    after_preposition,
    codes_of,
    groups_in,
    is_prepositional,
    persons_of,
    subject_of,
)
from oresight.reader.rules import Rule
from oresight.reader.sentences import Block, Sentence

PASSIVE = re.compile(
    r"\b(?:is|are|was|were|been|being|be|get|gets|got)\s+(?:\w+ly\s+|also\s+|not\s+|now\s+|currently\s+)?$"
)
PROGRESSIVE = re.compile(r"\w+ing\b")
BY = re.compile(r"^.{0,90}?\bby\s+(?:the\s+|both\s+)?$")
MODAL = re.compile(r"\b(?:will|would|may|could|can|might|shall)\b")
WORLD = re.compile(r"\b(?:world|global|worldwide|international|national|country|nation)\b")
STATE = re.compile(r"[A-Z]{3}|EU")
TO_OTHER = re.compile(
    r"tariff|dut(?:y|ies)|market|barrier|export|import licens|purchas|procure|investment|digital"
)
DEAL = re.compile(r"\b(?:deal|agreement|accord|pact|framework|truce|joint statement)\b")
EVERYONE = re.compile(r"\b(?:universal|global|worldwide|all (?:countries|trading partners|imports))\b")
RETALIATORY = re.compile(r"\bretaliat|\bcountermeasures?\b|\bcounter-")
PLACE = re.compile(r"\bin\s+(?:the\s+)?$")
SOURCE = re.compile(
    r"\b(?:according to|citing|data from|figures from|(?:reliance|dependence|"
    r"dependency|dependent|reliant) on)\s+(?:the\s+)?$"
)
ASIDE = re.compile(
    r", (?:posing|raising|sending|prompting|threatening|causing|leading|"
    r"saying|adding|forcing|escalating|leaving|sparking|putting)\b"
)
ANNOUNCED = re.compile(r"^\s+(?:\w+ )?(?:said|announced|says)\b")
ADJACENT = re.compile(
    r"^\)?(?:'s?)?(?:\s*\([^)]{0,60}\))?\s*(?:,[^.;]{0,200},)?\s*(?:also|"
    r"further|each|both|therefore|hereby|then|now|jointly|governments?)?,?\s*$"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A clause that is read on its own; `floor` is where the sentence begins."""

    start: int
    end: int
    floor: int
    block: int
    sentence: int
    lead: str = ""  # the modal that an act after "and" or "(ii)" shares with the act before it


@dataclass(frozen=True, slots=True)
class Page:
    """What the frames read: the text with its names, blocks, sentences and quotations."""

    text: str
    low: str
    blocks: list[Block]
    sentences: list[Sentence]
    parties: Parties
    terms: tuple[Find, ...]
    term_starts: tuple[int, ...]
    quoted: list[tuple[int, int]]  # direct speech
    order: bool  # an executive order, a regulation
    instrument: bool  # a treaty, an order, a joint statement, a fact sheet


@dataclass(frozen=True, slots=True)
class Match:
    """A frame that matched: document offsets of the match and of its head, and the subject that the
    clause inherits from the one before it."""

    rule: Rule
    segment: Segment
    start: int
    end: int
    head: int
    carried: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Roles:
    """The parties of a record: codes or names, and the people among the actors."""

    actors: tuple[str, ...]
    targets: tuple[str, ...]
    persons: tuple[str, ...]


Group = tuple[Mention, ...]


def roles_of(page: Page, match: Match) -> Roles | None:
    """The roles of a match, or None where the rule asks for parties that the text does not give."""
    rule, segment, parties = match.rule, match.segment, page.parties
    everyone = parties.between(segment.start, segment.end)
    actor_group, target_group = _groups(page, match, everyone)
    if rule.kind == "meeting" and rule.actor == "all" and len(codes_of(actor_group)) < 2:
        actor_group = (*subject_of(parties, segment.floor, match.head), *everyone)
    if not codes_of(actor_group) and rule.actor == "subject":
        agents = (
            after_preposition(parties, match.head, segment.end, "by")
            or after_preposition(parties, match.head, segment.end, "that|which")
            or _announcer(page, segment)
        )
        if agents:
            actor_group = groups_in(page.text, agents)[0]
            target_group = tuple(m for m in everyone if m not in actor_group)
    actors = codes_of(actor_group)
    if not actors and _speaks_for_itself(page, rule):
        actors = parties.own or ((parties.issuer,) if parties.issuer else ())
        met = [code for code in actors if code in codes_of(everyone)]
        if rule.kind == "tariff" and len(actors) == 2 and len(met) == 1:
            actors = tuple(code for code in actors if code not in met)  # goods of one: the duty of the other
    if rule.target == "none":
        targets: tuple[str, ...] = ()
    elif rule.kind == "agreement":
        actors, targets = _counterparties(page, match, actors, actor_group)
    else:
        targets = _targets(page, match, actors, actor_group, target_group, everyone)
    numbered = segment.lead and page.low[segment.start] == "(" and match.head == segment.start
    if rule.adjacent and not numbered and not _adjacent(page, actor_group, match.head):
        return None
    if not _fits(rule, actors, targets, parties.own):
        return None
    inside = rule.kind == "supply_share" and not STATE.fullmatch(actors[0])
    if inside and not WORLD.search(page.low, segment.start, segment.end):
        return None  # a mine's share in its owner's output is no share of supply
    return Roles(actors, targets, persons_of(actor_group))


def _speaks_for_itself(page: Page, rule: Rule) -> bool:
    """Whether a clause without a subject may mean the state or the parties whose text it is."""
    return (
        page.instrument
        and rule.kind != "threat"
        and rule.actor in ("subject", "modal", "own parties")
        and rule.requires != "state subject"
    )


def _groups(page: Page, match: Match, everyone: Group) -> tuple[Group, Group]:
    """The mentions that a rule takes for actors and those from which the targets come."""
    rule, segment, head, parties = match.rule, match.segment, match.head, page.parties
    if rule.actor == "subject":
        return _subject(page, match, everyone)
    if rule.actor == "modal":
        modals = [m.start() for m in MODAL.finditer(page.low, match.start, match.end)]
        left_of = parties.between(segment.floor, modals[-1]) if modals else ()
        near = [
            group
            for group in groups_in(page.text, left_of)
            if codes_of(group) and not is_prepositional(page.low, group[0].start, segment.floor)
        ]
        return (near[-1] if near else ()), everyone
    if rule.actor == "own parties":
        return (), tuple(m for m in everyone if not set(m.codes) & set(parties.own))
    if rule.actor == "source":
        return after_preposition(parties, head, segment.end, "in|by|from")[:1], ()
    if rule.actor == "possessor":
        owners = [m for m in parties.between(segment.floor, head + 12) if m.form == "possessive"]
        return tuple(owners[-1:]), ()
    if rule.actor == "of":
        right = parties.between(segment.start, min(segment.end, match.end + 60))
        return tuple(m for m in right if m.kind == "body"), ()
    if rule.kind == "meeting":  # "in Korea" is where they met
        low, left = page.low, segment.start
        everyone = tuple(m for m in everyone if m.person or not PLACE.search(low, left, m.start))
    return tuple(m for m in everyone if rule.actor == "all" or m.person is None), ()


def _subject(page: Page, match: Match, everyone: Group) -> tuple[Group, Group]:
    """The subject of the head (the agent, in the passive) and the mentions on its other side."""
    rule, segment, head, parties = match.rule, match.segment, match.head, page.parties
    passive = PASSIVE.search(page.low[max(segment.start, head - 24) : head])
    if passive and rule.kind != "commitment" and not PROGRESSIVE.match(page.low, head):
        agents = [
            group
            for group in groups_in(page.text, parties.between(head, segment.end))
            if BY.match(page.low[head : group[0].start])
        ]
        actors = agents[0] if agents else ()
        return actors, tuple(m for m in everyone if m not in actors)
    actors = subject_of(parties, segment.floor, head) or match.carried
    if not codes_of(actors):
        lead = _lead(page, segment)
        actors = groups_in(page.text, lead)[0] if lead else ()
    left = max((m.end for m in actors), default=segment.start)
    measure = rule.kind in ("tariff", "export_control")
    stop = ASIDE.search(page.low, max(left, head), segment.end) if measure else None
    right = parties.between(max(segment.start, left), stop.start() if stop else segment.end)
    return actors, tuple(
        m for m in right if not SOURCE.search(page.low[max(segment.start, m.start - 24) : m.start])
    )


def _counterparties(
    page: Page, match: Match, actors: tuple[str, ...], group: Group
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parties of an agreement: joint subjects are all actors, who stands behind `with` is a target."""
    segment, parties = match.segment, page.parties
    if len(actors) >= 2:
        left = max((m.end for m in group), default=match.start)
        linked = after_preposition(parties, left, segment.end, "with|including|to")
        return actors, tuple(c for c in codes_of(linked) if c not in actors)
    left = max((m.end for m in group), default=match.head) if actors else segment.start
    words = "with|including|from|and|to" if actors else "with|between|among|and|to"
    withs = after_preposition(parties, left, segment.end, words)
    targets = tuple(c for c in codes_of(withs) if c not in actors)
    if targets:
        return actors, targets
    right = parties.between(match.head, min(segment.end, match.end + 10))
    return (*actors, *(c for c in codes_of(right) if c not in actors)), ()


def _targets(
    page: Page, match: Match, actors: tuple[str, ...], group: Group, right: Group, everyone: Group
) -> tuple[str, ...]:
    """On whom a measure or a promise falls; a tariff takes them from anywhere in its sentence."""
    rule, segment = match.rule, match.segment
    targets = tuple(c for c in codes_of(right) if c not in actors)
    if rule.kind == "commitment":
        return _promised_to(page, actors, group, segment, targets)
    if rule.kind == "tariff" and not targets:
        named = codes_of(tuple(m for m in everyone if m.person is None))
        targets = tuple(c for c in named if c not in actors)
    issuer = page.parties.issuer
    other = _other_side(page, actors) if rule.kind == "tariff" and not targets else ()
    if other and not EVERYONE.search(page.low, segment.start, segment.end):
        return other
    answers = rule.kind == "tariff" and RETALIATORY.search(page.low, segment.start, segment.end) is not None
    if answers and not targets and actors and issuer and issuer not in actors:
        return (issuer,)  # a state speaks of the retaliation that it meets
    if rule.kind in ("tariff", "export_control") and not targets and segment.start > segment.floor:
        earlier = codes_of(page.parties.between(segment.floor, segment.start))
        targets = tuple(c for c in earlier if c not in actors)
    return targets


def _other_side(page: Page, actors: tuple[str, ...]) -> tuple[str, ...]:
    """In a pact of two, or a text on a deal whose headline names one partner: who is not the actor."""
    if len(actors) != 1 or not page.instrument or page.order or not page.blocks:
        return ()
    own, issuer = page.parties.own, page.parties.issuer
    first = page.blocks[0]
    if len(own) != 2 and issuer and DEAL.search(page.low, first.start, first.end):
        own = tuple(dict.fromkeys((issuer, *codes_of(page.parties.between(first.start, first.end)))))
    return tuple(code for code in own if code not in actors) if len(own) == 2 and actors[0] in own else ()


def _lead(page: Page, segment: Segment) -> tuple[Mention, ...]:
    block = page.blocks[segment.block]
    if block.kind != "bullet" or block.lead is None or block.lead >= len(page.blocks):
        return ()
    lead = page.blocks[block.lead]
    return page.parties.between(lead.start, lead.end)


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
    page: Page,
    actors: tuple[str, ...],
    group: tuple[Mention, ...],
    segment: Segment,
    targets: tuple[str, ...],
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
    if (
        not targets
        and len(actors) == 1
        and len(own) == 2
        and actors[0] in own
        and TO_OTHER.search(page.low[segment.start : segment.end])
    ):
        return tuple(code for code in own if code not in actors)
    return targets


def _fits(rule: Rule, actors: tuple[str, ...], targets: tuple[str, ...], own: tuple[str, ...]) -> bool:
    need = rule.requires
    if need == "two":
        body = rule.name == "standing body" and any(not STATE.fullmatch(actor) for actor in actors)
        return body or len(set(actors) | set(targets)) >= 2
    if need == "state subject":
        return (
            bool(actors)
            and STATE.fullmatch(actors[0]) is not None
            and (not own or bool(set(own) & set(actors)))
        )
    if need == "rate" and not actors and not targets:
        return True
    if need in ("party", "list", "mineral", "money", "share", "body", "agreement"):
        return bool(actors)
    return bool(actors or targets)

"""Who acts and on whom: what pronouns mean, the subject of a verb, the parties after a preposition."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, replace

from oresight.reader.mentions import Mention, group_of

PREPOSITION = re.compile(
    r"(?:^|[\s(\"-])(of|with|to|from|in|on|against|for|by|between|among|"
    r"toward|towards|into|at|over|under|via|about|than|like"
    r"|including|within|across|through|regarding|concerning|alongside|vis-a-vis|"
    r"outside|inside|throughout|near)\s+"
    r"(?:(?:the|both|all|its|their|his|a|an|some|other|certain|any|each|"
    r"either|new|early|fresh|former|government of|people of|"
    r"republic of|kingdom of|governments of|state of|central|eligible|private)\s+){0,3}$"
)
BOUNDARY = re.compile(
    r"\b(?:that|which|who|after|before|while|because|if|when|since|although|"
    r"though|whether|said|says|saying|told \w+|but|"
    r"unless|until|where|whereas|whereby|(?<!well )as(?! well)|so|than|amid|"
    r"despite|following|once|provided)\b|[;:]|\"|--| - |, (?:and|or|with|"
    r"in) (?!other)"
)
HEADS = re.compile(
    r"^(?:['’]s|['’])?\s+(?:\w+\s+){0,3}?(?:officials?|governments?|authorities|"
    r"side|ministry|leaders?|administration|negotiators?|parliament|"
    r"lawmakers|cabinet|commission|department|agency|delegation|customs|"
    r"embassy|state|president|trade|panel|panels|committee|subcommittee|"
    r"regulators?|treasury|congress|senate|legislators?|representatives?|"
    r"military|army|court|council|bank|minister)\b",
    re.I,
)
EXPLETIVE = re.compile(
    r"^\s*(?:is|was|'s|has been|would be|will be|may be|seems?|appears?|"
    r"remains?)\s+(?:also\s+|still\s+|not\s+|very\s+|widely\s+|so\s+)*"
    r"(?:\w+(?:ed|n't)\b(?! to)|important|clear|unclear|likely|possible|"
    r"hard|difficult|true|time|the|essential|crucial|necessary|expected|"
    r"reported|up to)"
)
OWN_HEAD = re.compile(
    r"(?:'s)?\s(?:[a-z-]+\s){0,2}(commission|council|treasury|committee|"
    r"subcommittee|panel|agency|department|ministry|senate|parliament)\b"
)
ANY_HEAD = re.compile(
    r"(commission|council|treasury|committee|subcommittee|panel|agency|department|ministry|senate|parliament)"
)


@dataclass(frozen=True, slots=True)
class Parties:
    """The mentions of a text with their pronouns resolved; lookups by offset."""

    text: str
    low: str
    mentions: tuple[Mention, ...]
    starts: tuple[int, ...]
    own: tuple[str, ...]  # the parties of the document itself: a treaty's, a joint statement's
    home: str | None  # the state of the dateline
    issuer: str | None  # the state that issued the text

    def between(self, start: int, end: int) -> tuple[Mention, ...]:
        """The mentions that begin in [start, end) and end by `end`."""
        left, right = bisect.bisect_left(self.starts, start), bisect.bisect_left(self.starts, end)
        return tuple(m for m in self.mentions[left:right] if m.end <= end)


def codes_of(mentions: tuple[Mention, ...]) -> tuple[str, ...]:
    """The distinct codes of mentions in the order of the text."""
    return tuple(dict.fromkeys(code for mention in mentions for code in mention.codes))


def persons_of(mentions: tuple[Mention, ...]) -> tuple[str, ...]:
    """The distinct names of the people among mentions who speak for a state."""
    return tuple(dict.fromkeys(m.person.name for m in mentions if m.person))


def groups_in(text: str, mentions: tuple[Mention, ...]) -> list[tuple[Mention, ...]]:
    """Mentions cut into coordinated groups ("A, B and C")."""
    groups = []
    at = 0
    while at < len(mentions):
        after = group_of(text, mentions, at)
        groups.append(mentions[at:after])
        at = after
    return groups


def is_prepositional(low: str, start: int, floor: int) -> bool:
    """Whether the words just before `start` make what follows the object of a preposition."""
    return bool(PREPOSITION.search(low[max(floor, start - 44) : start]))


def resolve(
    text: str,
    low: str,
    mentions: tuple[Mention, ...],
    sentences: list[tuple[int, int]],
    own: tuple[str, ...],
    home: str | None,
    issuer: str | None,
) -> Parties:
    """Gives every pronoun and generic actor the codes of what it stands for, reading from the top."""
    starts = [mention.start for mention in mentions]
    done: list[Mention] = list(mentions)
    person: Mention | None = None
    thing: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    groups: list[tuple[str, ...]] = []
    by_head: dict[str, tuple[str, ...]] = {}
    for left, right in sentences:
        first, last = bisect.bisect_left(starts, left), bisect.bisect_left(starts, right)
        subject: tuple[str, ...] = ()
        speaker: Mention | None = None
        for group in groups_in(text, tuple(mentions[first:last])):
            members = []
            for mention in group:
                index = bisect.bisect_left(starts, mention.start)
                if mention.kind == "anaphor":
                    codes: tuple[str, ...] = ()
                    who = None
                    if mention.form == "he":
                        named_now = speaker or person
                        if named_now is not None:
                            codes, who = named_now.codes, named_now.person
                    elif mention.form == "it":
                        expletive = EXPLETIVE.match(low[mention.end : mention.end + 40])
                        codes = () if expletive else (subject or thing)
                        codes = codes if len(codes) == 1 else codes[:1]
                    elif mention.form in ("they", "three", "four"):
                        size = {"three": 3, "four": 4}.get(mention.form, 2)
                        fitting = [
                            g
                            for g in reversed(groups)
                            if len(g) == size or (low[mention.start : mention.end] == "they" and len(g) >= 2)
                        ]
                        if fitting:
                            codes = fitting[0]
                        elif size == 2 and len(own) == 2:
                            codes = own
                        elif size == 2 and low[mention.start : mention.end] == "they":
                            codes = thing
                    elif mention.form == "company":
                        codes = company
                    elif mention.form == "parties":
                        codes = own or (groups[-1] if groups else ())
                    elif mention.form == "state":
                        head = ANY_HEAD.search(low[mention.start : mention.end])
                        adjective = done[index - 1] if index else None
                        if (
                            adjective
                            and adjective.kind == "economy"
                            and low[adjective.end : mention.start].strip() in ("", "'s")
                        ):
                            codes = adjective.codes
                        else:
                            codes = by_head.get(head.group(1), ()) if head else ()
                            fallback = home or issuer
                            codes = codes or ((fallback,) if fallback else thing[:1])
                    elif mention.form in ("we", "order", "self"):
                        codes = (issuer,) if issuer else ()
                    mention = replace(mention, codes=codes, person=who)
                    done[index] = mention
                members.append(mention)
                if mention.kind == "company":
                    company = mention.codes
                if mention.kind in ("institution", "economy"):
                    head = OWN_HEAD.match(low[mention.end : min(right, mention.end + 44)]) or ANY_HEAD.search(
                        low[mention.start : mention.end]
                    )
                    if head:
                        by_head[head.group(1)] = mention.codes
            codes = codes_of(tuple(members))
            if len(codes) >= 2:
                groups.append(codes)
            prepositional = is_prepositional(low, group[0].start, left)
            named = [m for m in members if m.person is not None]
            if named and not prepositional:
                speaker = speaker or named[0]
            elif named and person is None:
                person = named[0]
            if codes and not subject and not prepositional and not named:
                subject = codes
        if speaker is not None:
            person = speaker
            thing = subject or speaker.codes or thing
        elif subject:
            thing = subject
    return Parties(text, low, tuple(done), tuple(starts), own, home, issuer)


def subject_of(parties: Parties, floor: int, at: int) -> tuple[Mention, ...]:
    """The group that is the subject of a verb at `at`, looking left as far as `floor`; may be empty."""
    low = parties.low
    cuts = [floor] + [m.end() for m in BOUNDARY.finditer(low, floor, at)] + [at]
    for index in range(len(cuts) - 2, -1, -1):
        found = parties.between(cuts[index], cuts[index + 1])
        weak: tuple[Mention, ...] = ()
        groups = groups_in(parties.text, found)
        if FRONTED.search(low, max(floor, cuts[index] - 12), cuts[index]):
            # "When A acts, B will": the subject is who stands after the comma
            main = [g for g in groups[1:] if AFTER_COMMA.search(low[cuts[index] : g[0].start])]
            main = [g for g in main if MAIN_VERB.match(low[g[-1].end : g[-1].end + 40])]
            groups = main[-1:] or groups
        for group in groups:
            if not codes_of(group) and not persons_of(group):
                continue
            if is_prepositional(low, group[0].start, floor) and not PLAN_OF.search(
                low[max(floor, group[0].start - 40) : group[0].start]
            ):
                follows = at - group[-1].end < 24 and low[group[0].end : group[0].end + 1] == ","
                if len(group) < 3 or not follows:
                    continue
                group = group[1:]  # "in Korea, A and B signed": the place is no member of the list
            last = group[-1]
            if last.form in ("adjective", "possessive") and last.person is None and last.kind == "economy":
                if HEADS.match(low[last.end : last.end + 60]):
                    return group
                weak = weak or group
                continue
            if POSSESSED.match(low[last.end : last.end + 3]) and last.kind != "anaphor":
                weak = weak or group
                continue
            return group
        if weak:
            agent = after_preposition(parties, weak[-1].end, at, "by")
            return groups_in(parties.text, agent)[0] if agent else weak
    return ()


FRONTED = re.compile(r"\b(?:when|if|once|after|before|because|since|although|though|while|unless|until)$")
AFTER_COMMA = re.compile(r",\s+(?:the\s+|both\s+)?$")
MAIN_VERB = re.compile(
    r"\s+(?:\w+ly\s+|also\s+|then\s+)?(?:will|shall|would|may|must|can|could|has|have|is|are|"
    r"intends?|commits?|agrees?|plans?|imposed|raised|lifted|agreed|announced|signed)\b"
)
PLAN_OF = re.compile(
    r"\b(?:proposal|plan|plans|decision|bid|offer|effort|efforts|attempt|"
    r"agreement|move|threat|promise|pledge|intention|refusal|governments?|"
    r"republic|kingdom)"
    r"\s+(?:of|by|from|between|among)\s+(?:the\s+|both\s+)?$"
)
POSSESSED = re.compile(r"'s?\s")
BY = re.compile(r"\b(?:by|between|among)\s+(?:the\s+|both\s+)?$")


def after_preposition(parties: Parties, start: int, end: int, words: str) -> tuple[Mention, ...]:
    """All groups in [start, end) that one of the prepositions in `words` (a regex) introduces."""
    pattern = re.compile(
        rf"(?:^|\W)(?:{words})\s+(?:(?:the|both|its|a|an|all|some|any|other|government "
        rf"of|republic of|governments of)\s+){{0,3}}$"
    )
    found: tuple[Mention, ...] = ()
    for group in groups_in(parties.text, parties.between(start, end)):
        if pattern.search(parties.low[max(0, group[0].start - 40) : group[0].start]):
            found += group
    return found

"""Who and what is named where: one ordered list of parties, and the terms for goods and sectors.

Also the parties that a text speaks of without naming: the pronouns and the generic actors ("each Party",
"the two countries", "the ministry"), which `parties.py` resolves.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from oresight.reader.gazetteer import Find, finds_of, load
from oresight.reader.people import PORTFOLIO, Person, people_of
from oresight.reader.tables import rows, words

SUFFIX = (
    r"(?:Incorporated|Inc|Corporation|Corp|Limited|Ltd|Company|Co|Plc|PLC|"
    r"plc|AG|SA|NV|GmbH|LLC|LP|Bhd|Pty|SpA|AB|ASA|Oyj|Holdings|Group|SAF)"
)
SOFT = (
    r"(?:Metals|Mining|Resources|Minerals|Materials|Lithium|Steel|Motors|"
    r"Industries|Technologies|Elements|Magnets|Graphite|Aluminium|Aluminum|"
    r"Semiconductor|Electronics|Airlines|Smelting|Refining|Rare Earths|Earths|"
    r"Battery|Batteries|Mines|Electric|Pharmaceuticals|Petroleum|Chemicals|"
    r"Aerospace|Dynamics|Metal|Energy|Power)"
)
CAP = r"(?:(?:[A-Z]\.)+|[A-Z][\w'’&-]*|\d[A-Z]\w*)"
WRAP = r"(?:[^\S\n]+|\n(?!\s*\n))"
COMPANY = re.compile(
    rf"(?<![\w.]){CAP}(?:{WRAP}(?:{CAP}|of|and|&|de)){{0,5}}?{WRAP}{SUFFIX}\b\.?(?:\s+{SUFFIX}\b\.?)*(?!\s+of\s+[a-z])"
)
SOFT_COMPANY = re.compile(
    rf"(?<![\w.])(?:[A-Z][\w-]*[a-z]\s+|[A-Z]{{2,5}}\s+){{1,3}}{SOFT}\b(?!\s+[A-Z][a-z])"
)
BODY = re.compile(
    r"\b(?:Association|Organi[sz]ation|Union|League|Council|Group|Conference) "
    r"of (?:[A-Z][a-z]+ ){1,4}(?:Countries|States|Nations|Exporters|Producers)\b"
    r"|\bInternational (?:[A-Z][a-z]+ ){1,3}(?:Council|Organi[sz]ation|Agency|"
    r"Association|Study Group|Forum)\b"
)
BRACKETED = re.compile(r"<(?P<name>[A-Z][\w .,&'’-]{3,60})>")
ACRONYM = re.compile(r"\s*\((?:the\s+)?[\"“]?(?P<short>[A-Z][A-Z&.]{1,9})[\"”]?\)")
NOT_COMPANY = words("not a company")
ANAPHORS = (
    ("he", r"he|she"),
    ("it", r"it|the country|the nation|the kingdom|the republic|the bloc"),
    (
        "they",
        r"they|both countries|both nations|both sides|both governments|both "
        r"leaders|both parties|(?:the )?two (?:countries|nations|sides|governments|"
        r"leaders|economies|parties|allies|powers|superpowers)|the sides",
    ),
    ("three", r"(?:all |the )?three (?:countries|nations|sides|governments|economies|partners)"),
    ("four", r"(?:all |the )?four (?:countries|nations|sides|governments|economies|partners)"),
    (
        "parties",
        r"(?:each|either|the|both|neither) (?:parties|party|participants?|governments "
        r"of the participants|signatories|contracting parties|sides?)|the partners|"
        r"our (?:two )?(?:countries|nations|governments)|the (?:two )?leaders|participants",
    ),
    ("company", r"the (?:company|firm|miner|group|smelter's owner|automaker|refiner|producer|corporation)"),
    (
        "state",
        r"the (?:government|ministry|cabinet|commission|council|treasury|administration|"
        r"central bank|agency|committee|subcommittee|panel|parliament|commerce "
        r"ministry|trade ministry|foreign ministry|finance ministry|department|"
        r"authorities|customs authorities|legislature|president|prime minister|"
        r"secretary|minister|senate|chamber)|(?:senior |key )?(?:government|"
        r"trade|ministry|agency) officials?|(?:a |an )?(?:senior |key )?(?:government|"
        r"agency|ministry) official|a key house panel|treasury|(?:the )?commission's",
    ),
    ("we", r"we"),
    (
        "self",
        r"(?<!\()i(?=\s(?:hereby|also|further|therefore|have|had|am|may|will|shall|do|impose|find|determine|"
        r"direct|order|declare|\w+ed)\b)",
    ),
    ("order", r"the secretary of commerce|this (?:order|proclamation|regulation)"),
)
# The lookahead only saves time: every anaphor begins with one of these words.
ANAPHOR = re.compile(
    r"\b(?=(?:he|she|it|i|they|the|we|this|both|two|three|four|all|each|either|neither|our|an?|senior|key|"
    r"government|trade|ministry|agency|treasury|commission|participants)\b)(?:"
    + "|".join(rf"(?P<{name}>(?:{words})\b)" for name, words in ANAPHORS)
    + ")"
)
JOIN = re.compile(
    r"^\s*\)?(?:\([^)]{0,40}\))?\s*,?\s*(?:and|&|or|as well as|along with|plus|together with|/|-|–)?,?\s*"
    r"(?:both |also |the |then-|its |with |between |the government of the "
    r"|the government of |kingdom of |republic of |state of )*(?:[A-Z][a-z]+(?:\s[a-z]+)? "
    r")?$"
)
LINK = re.compile(r"\b(?:and|or|as well as|along with|plus|together with)\b|[&/–-]")
AND_OTHERS = re.compile(r",?\s+(?:and|or)\s+(?:others?|elsewhere|more)\b")
RESTATED = re.compile(r"^\s*\((?:hereinafter\s+)?(?:the\s+)?[\"“]?(?:the\s+)?$")
NO_GROUP = re.compile(
    r"\b(?:Response|Working|Study|Task|Contact|Expert|Advisory|Nuclear Suppliers|Coordination) Group$"
)
POSSESSIVE = re.compile(r"^(?:['’]s\b|['’](?=\s))")


@dataclass(frozen=True, slots=True)
class Mention:
    """A party named (or meant) in the text. `kind` is economy, institution, body, company, agreement,
    person or anaphor; `codes` is empty until an anaphor is resolved."""

    start: int
    end: int
    kind: str
    codes: tuple[str, ...]
    form: str = "name"  # name | adjective | capital | possessive | the anaphor's class
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """All that is named in a text, in order."""

    mentions: tuple[Mention, ...]
    terms: tuple[Find, ...]  # minerals, products, sectors
    home: str | None  # the economy of the dateline


def _companies(text: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    aliases: dict[str, str] = {}
    for pattern in (BRACKETED, COMPANY, SOFT_COMPANY):
        for match in pattern.finditer(text):
            start, end = match.span("name") if pattern is BRACKETED else match.span()
            name = text[start:end].rstrip(". ,")
            parts = name.split()
            while len(parts) > 1 and (parts[0] in NOT_COMPANY or re.search(r"['’]s?$", parts[0])):
                start += len(parts[0]) + (
                    len(text[start:]) - len(text[start + len(parts[0]) :].lstrip()) - len(parts[0])
                )
                parts = parts[1:]
                name = text[start:end].rstrip(". ,")
            if (
                pattern is SOFT_COMPANY
                and len(parts) == 2
                and re.match(r"\s+(?:and\s|[A-Z]?[a-z]*\s?[Mm]inist)", text[end : end + 12])
            ):
                continue
            if len(parts) < 2 or (re.search(rf"^(?:{PORTFOLIO})\s", name) and pattern is SOFT_COMPANY):
                continue
            if NO_GROUP.search(name):
                continue
            tail = ACRONYM.match(text, end)
            value = " ".join(name.split())
            if tail:
                value = tail["short"]
                aliases[value] = value
                end = tail.end()
            elif pattern is COMPANY and len(parts) >= 2 and len(parts[0]) > 3:
                aliases.setdefault(parts[0], value)
            found.append((start, end, value))
    for alias, value in aliases.items():
        if alias.isupper():
            found.extend((m.start(), m.end(), value) for m in re.finditer(rf"\b{re.escape(alias)}\b", text))
    return found


def _foreign_houses(finds: list[Find], text: str) -> list[Find]:
    """`Mexico's Congress` is no institution of the United States: the state before it has the word."""
    kept: list[Find] = []
    for find in finds:
        before = kept[-1] if kept else None
        if (
            find.kind == "institution"
            and before is not None
            and before.kind == "economy"
            and before.value != find.value
            and text[before.end : find.start].strip() in ("", "'s", "’s", "’", "'")
        ):
            continue
        kept.append(find)
    return kept


@functools.cache
def _cities() -> dict[str, str]:
    return {row["city"]: row["code"] for row in rows("cities.csv")}


def name_all(text: str, low: str, home_find: tuple[int, int] | None) -> Naming:
    """Finds every party and term in a text; `home_find` is the span of the dateline's place, if any."""
    finds = finds_of(text, low)
    home: str | None = None
    if home_find:
        for find in finds_of(text[home_find[0] : home_find[1]].title(), " " * (home_find[1] - home_find[0])):
            if find.kind == "economy":
                home = find.value
        finds = [f for f in finds if not home_find[0] <= f.start < home_find[1]]
        home = home or _cities().get(low[home_find[0] : home_find[1]].split(",")[0].strip())
    people = people_of(text, finds, load(), home)
    finds = _foreign_houses(finds, text)
    candidates: list[tuple[int, int, int, Mention]] = []  # rank, start, -length
    for p in people:
        candidates.append(
            (0, p.start, p.start - p.end, Mention(p.start, p.end, "person", p.person.codes, "name", p.person))
        )
    for start, end, value in _companies(text):
        candidates.append((0, start, start - end, Mention(start, end, "company", (value,))))
    for find in finds:
        if find.kind in ("mineral", "product", "sector"):
            continue
        form = "adjective" if find.form == "adjective" else find.form
        if POSSESSIVE.match(text[find.end : find.end + 3]):
            form = "possessive"
        rank = 0 if find.kind in ("institution", "body") else 1
        candidates.append(
            (
                rank,
                find.start,
                find.start - find.end,
                Mention(find.start, find.end, find.kind, (find.value,), form),
            )
        )
    for match in BODY.finditer(text):
        candidates.append(
            (
                0,
                match.start(),
                match.start() - match.end(),
                Mention(match.start(), match.end(), "body", (match.group(),)),
            )
        )
    for match in ANAPHOR.finditer(low):
        kind = match.lastgroup or "it"
        candidates.append(
            (
                2,
                match.start(),
                match.start() - match.end(),
                Mention(match.start(), match.end(), "anaphor", (), kind),
            )
        )
    covered = bytearray(len(text))
    mentions: list[Mention] = []
    for _, start, minus, mention in sorted(candidates, key=lambda c: (c[0], c[2], c[1])):
        if not any(covered[start : start - minus]):
            covered[start : start - minus] = b"\1" * -minus
            mentions.append(mention)
    mentions.sort(key=lambda mention: mention.start)
    terms = tuple(f for f in finds if f.kind in ("mineral", "product", "sector"))
    return Naming(tuple(mentions), terms, home)


def group_of(text: str, mentions: tuple[Mention, ...], first: int) -> int:
    """The index after the last mention that is coordinated with `mentions[first]` ("A, B and C").

    A comma alone joins only parties of one family, and only where an "and" still follows: in "with A and B,
    C said" the list ends before C.
    """
    last = first
    settled = first  # the last member that an "and" or a bracket has confirmed
    while last + 1 < len(mentions):
        before, after = mentions[last], mentions[last + 1]
        gap = text[before.end : after.start]
        if len(gap) > 60 or "\n\n" in gap or before.form == "possessive" or POSSESSIVE.match(gap):
            break
        if RESTATED.match(gap):
            last += 1
            settled = last
            continue
        if not JOIN.match(gap):
            break
        confirmed = LINK.search(gap)
        if not confirmed and (settled > first or (before.person is None) != (after.person is None)):
            break
        last += 1
        if confirmed:
            settled = last
    if last > settled and AND_OTHERS.match(text, mentions[last].end):
        settled = last
    return settled + 1

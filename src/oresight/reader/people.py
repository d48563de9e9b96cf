"""Finds named people by their titles, by the list of office holders and by later short names."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass

from oresight.reader.gazetteer import Find, Gazetteer
from oresight.reader.tables import words

OFFICES = (
    r"[Vv]ice[- ][Pp]resident|[Dd]eputy [Pp]rime [Mm]inister|[Pp]rime [Mm]inister|"
    r"[Pp]resident(?:-elect)?|[Vv]ice [Pp]remier|[Pp]remier"
    r"|[Cc]hancellor|King|Queen|Crown Prince|(?:[Uu]nder|[Aa]ssistant |[Dd]eputy "
    r")?[Ss]ecretary(?:[- ][Gg]eneral)?(?: of [Ss]tate)?"
    r"|[Vv]ice [Mm]inister|[Dd]eputy [Mm]inister|[Mm]inister|[Aa]mbassador|"
    r"[Rr]epresentative|[Cc]ommissioner|[Gg]overnor|[Ss]enator"
    r"|Sen\.|Rep\.|[Cc]ongressman|[Cc]ongresswoman|[Cc]hairman|[Cc]hairwoman|"
    r"[Cc]hair|[Ss]pokesman|[Ss]pokeswoman|[Ss]pokesperson"
    r"|(?:[Mm]ajority |[Mm]inority )?[Ll]eader|[Dd]irector(?:[- ][Gg]eneral)?|"
    r"[Tt]reasurer|[Aa]dvis[eo]r|[Ee]nvoy|[Nn]egotiator|[Cc]zar"
    r"|[Cc]hief executive(?: officer)?|CEO|[Aa]nalyst|[Ee]conomist|[Dd]iplomat|"
    r"[Pp]resident and CEO|[Ff]ounder|[Pp]rofessor|Mr\.|Mrs\.|Ms\.|Dr\."
)
PRIVATE = re.compile(
    r"chief executive|ceo|analyst|economist|founder|professor|managing|executive|fellow|farmer|grower|trader",
    re.I,
)
PORTFOLIO = (
    "Trade|Industry|Commerce|Finance|Economy|Economic|Economics|Affairs|"
    "International|Energy|Agriculture|Foreign|Defen[cs]e|Mines|Mining"
    "|Mineral|Minerals|Resources|Natural|State|Treasury|Development|Security|"
    "National|Interior|Labou?r|Transport|Transportation|External"
    "|Technology|Science|Environment|Water|Petroleum|Oil|Home|Justice|War|"
    "Health|Planning|Investment|Supply|Growth|Business|Ministry|Commission"
    "|Council|Department|House|Senate|Union|Office|Policy|Committee|Subcommittee|"
    "Information|Coordinating|General|Chief|Senior|Strategic"
)
NAME_TOKEN = r"(?:[A-ZÀ-Ž][a-zà-ž'’]+(?:-[A-ZÀ-Ž]?[a-zà-ž]+)?|[A-Z][a-z]*[A-Z][a-z]+|[A-Z]\.(?:[A-Z]\.)*)"
NAME = rf"{NAME_TOKEN}(?:\s(?:(?:van|von|der|de|la|bin|al|da|del|el|ben|abu|al-)\s)*{NAME_TOKEN}){{0,3}}"
TITLED = re.compile(
    rf"(?<![\w])(?P<office>{OFFICES})"
    rf"(?P<tail>\s+(?:of|for)\s+(?:the\s+)?(?:(?:{PORTFOLIO}|and|the|&)\b,?\s+)+|\s+)(?P<name>{NAME})"
)
OFFICE = re.compile(rf"\b(?:{OFFICES})(?!\w)")
APPOSITION = re.compile(
    rf"(?P<name>{NAME}),\s+(?P<right>(?:(?:a|an|the|who is)\s+)?"
    rf"(?:[A-Za-z][\w.'’&-]*\s+){{0,6}}?(?P<office>{OFFICES})\b[^,.;]{{0,90}})"
)
LEFT = re.compile(r"(?:[A-Za-z][\w.'’&-]*,?\s+){0,7}$")
BETWEEN = re.compile(
    r"(?:['’]s)?(?:\s+(?:[A-Z][\w'’&.-]*|and|of|the|for|state|top|chief|"
    r"senior|deputy|trade|foreign|finance|defen[cs]e|interior"
    r"|industry|energy|mines|agriculture|economy|vice|former|then|new|lead|"
    r"subcommittee|committee|government))*\s*$"
)
SAYS = (
    r"(?:said|says|told|added|stated|warned|argued|announced|noted|predicted|"
    r"testified|insisted|explained|declared|commented|wrote|pledged|vowed)"
)
SPEAKER = re.compile(
    rf"(?:^|[\s\"”,])(?P<name>{NAME_TOKEN}\s{NAME_TOKEN}(?:\s{NAME_TOKEN})?)\s+{SAYS}\b|"
    rf"\b{SAYS}\s+(?P<after>{NAME_TOKEN}\s{NAME_TOKEN})(?=[\s,.])"
)
CAPITALISED = re.compile(r"\b[A-ZÀ-Ž][\w-]*[a-zà-ž]\b(?!\s+[Aa]dministration)")
NOT_NAME = words("not a name")
US_OFFICE = re.compile(
    r"secretary|senator|sen\.|rep\.|representative|congress|majority leader|minority leader|subcommittee",
    re.I,
)
SUBNATIONAL = re.compile(r"\bgovernor\b|\bmayor\b|\bgov\.", re.I)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone named in the text; `codes` is the economy spoken for, empty for private people."""

    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonFind:
    """A mention of a person by offsets, title included."""

    start: int
    end: int
    person: Person


PARAGRAPH = re.compile(r"\n\s*\n")
PORTFOLIOS = re.compile(
    rf"(?<!\w)(?:(?:{PORTFOLIO}|[Ff]ormer|[Dd]eputy)[^\S\n]+(?:and[^\S\n]+|of[^\S\n]+)?)+$"
)
INITIAL = re.compile(r"\s[A-Z]\.(?=\s)")


def _clean(name: str) -> str | None:
    tokens = name.replace("’", "'").split()
    while tokens and tokens[-1].rstrip(".") in NOT_NAME:
        tokens.pop()
    while tokens and tokens[0] in NOT_NAME:
        return None
    for index, token in enumerate(tokens):
        if token in NOT_NAME:
            tokens = tokens[:index]
            break
    if tokens and tokens[-1].endswith("'s"):
        tokens[-1] = tokens[-1][:-2]
    name = " ".join(tokens)
    return name if len(name) > 2 and not name.isupper() else None


def people_of(text: str, finds: list[Find], table: Gazetteer, home: str | None) -> list[PersonFind]:
    """All mentions of named people, offsets in `text`; `home` is the economy of the dateline, if any."""
    found: list[PersonFind] = []
    taken = bytearray(len(text))
    named = bytearray(len(text))
    for find in finds:
        if find.kind not in ("mineral", "product", "sector"):
            named[find.start : find.end] = b"\1" * (find.end - find.start)
    short: dict[str, Person] = {}
    full: dict[str, Person] = {}
    states = [find for find in finds if find.kind in ("economy", "institution")]
    starts = [find.start for find in states]
    known = {official.name: official for official in table.officials}
    by_short: dict[str, list[str]] = {}
    for official in table.officials:
        by_short.setdefault(official.short, []).append(official.name)

    def state_in(left: int, right: int) -> Find | None:
        """The last state named between two offsets."""
        at = bisect.bisect_left(starts, right) - 1
        return states[at] if at >= 0 and starts[at] >= left else None

    def note(name: str, code: str | None) -> Person:
        official = known.get(name) or known.get(INITIAL.sub("", name))
        if official is None and " " not in name and len(by_short.get(name, [])) == 1:
            candidate = known[by_short[name][0]]
            if code in (None, candidate.code):
                official = candidate
        if (
            official is None
            and " " not in name
            and name in short
            and (code is None or short[name].codes in ((), (code,)))
        ):
            return short[name]
        if official is not None:
            name, code = official.name, official.code
        person = full.get(name)
        if person is None or (code and not person.codes):
            person = Person(name, (code,) if code else ())
            full[name] = person
            short[official.short if official else name.split()[-1]] = person
        return person

    def add(start: int, end: int, person: Person) -> None:
        if not any(taken[start:end]):
            found.append(PersonFind(start, end, person))
            taken[start:end] = b"\1" * (end - start)

    for match in TITLED.finditer(text):
        name = _clean(match["name"])
        if not name or PARAGRAPH.search(match.group()):
            continue
        window = max(0, match.start() - 90)
        before = LEFT.search(text[window : match.start()])
        left = window + (before.start() if before else match.start() - window)
        state = state_in(left, match.start())
        if state and not BETWEEN.match(text[state.end : match.start()]):
            state = None
        code = state.value if state else None
        begin = state.start if state else match.start()
        wider = state_in(max(0, begin - 30), begin) if state else None
        if wider and text[wider.end : begin].strip() == "":
            begin = wider.start
        if state is None:
            portfolio = PORTFOLIOS.search(text, max(0, begin - 60), begin)
            begin = portfolio.start() if portfolio else begin
        title = text[begin : match.start("name")]
        if PRIVATE.search(title):
            code = None
        elif code is None or SUBNATIONAL.search(title):
            code = (
                "USA"
                if US_OFFICE.search(title) and (home in (None, "USA"))
                else (home if not SUBNATIONAL.search(title) else None)
            )
        at = match.start("name") + match["name"].replace("’", "'").find(name.split()[0])
        end = at + len(name)
        if re.fullmatch(r"(?:Mr|Mrs|Ms|Dr)\.", match["office"]):
            code = None
        add(begin, end, note(name, code))
    for match in APPOSITION.finditer(text):
        name = _clean(match["name"])
        if (
            name
            and " " in name
            and match["name"].replace("’", "'").startswith(name)
            and len(name) == len(match["name"])
        ):
            state = state_in(match.start("right"), match.end("right"))
            code = state.value if state else None
            if PRIVATE.search(match["right"]) or SUBNATIONAL.search(match["right"]):
                code = None
            else:
                code = code or ("USA" if US_OFFICE.search(match["right"]) and home in (None, "USA") else home)
            if not named[match.start()]:
                add(match.start("name"), match.start("name") + len(name), note(name, code))
    for name, official in known.items():
        at = text.find(name)
        while at >= 0:
            add(at, at + len(name), note(name, official.code))
            at = text.find(name, at + 1)
    for match in SPEAKER.finditer(text):
        which = "name" if match["name"] else "after"
        name = _clean(match[which])
        if name and " " in name and not any(named[match.start(which) : match.end(which)]):
            add(match.start(which), match.start(which) + len(name), full.get(name) or note(name, None))
    for official in table.officials:
        if official.alone and official.short not in short and official.short in text:
            short[official.short] = note(official.name, official.code)
    for match in CAPITALISED.finditer(text):
        person = short.get(match.group())
        if person is not None:
            add(match.start(), match.end(), person)
    if "von der Leyen" in short:
        for match in re.finditer("von der Leyen", text):
            add(match.start(), match.end(), short["von der Leyen"])
    return sorted(found, key=lambda find: find.start)

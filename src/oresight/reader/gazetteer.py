"""Names and the words for minerals, products and sectors, found in one pass over the tokens.

The tables are the CSV files in `data/`: economies (ISO 3166 with adjectives, capitals as metonyms and
vanished states), institutions that speak for a state, organisations, minerals, products, sectors, officials.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from oresight.reader.tables import rows

TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?|S\.(?= [AK])|[^\W_]+(?:-[^\W_]+)*|[&]")
FIRST_NAMES = frozenset(
    {"Chad", "Jordan", "Georgia", "Israel", "Intel", "Ford", "Apple", "Lebanon", "Panama", "Victoria"}
)
PLACE = re.compile(r"\b(?:in|at|near|visit(?:ed|s|ing)?(?: to)?|outside|arrived in|trip to|flew to|of)\s+$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in the gazetteer. `kind` is economy, institution, body, company, agreement, mineral,
    product or sector; `form` is name, adjective or capital for economies."""

    kind: str
    value: str
    form: str
    tokens: tuple[str, ...]
    proper: bool  # begins with a capital in a text
    exact: bool  # an abbreviation that must be written as it stands


@dataclass(frozen=True, slots=True)
class Official:
    """An office holder: full name, the economy spoken for, the short name of later mentions."""

    name: str
    code: str
    short: str
    alone: bool  # the short name alone is enough


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The tables, indexed by the first token of each name (lower case)."""

    by_first: dict[str, tuple[Entry, ...]]
    officials: tuple[Official, ...]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Find:
    """A name in a text, by offsets."""

    start: int
    end: int
    kind: str
    value: str
    form: str


def fold(text: str) -> str:
    """Lower case with plain quotes and spaces, character for character: offsets stay the same."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low.translate(PLAIN)


SPACES = "\xa0\u202f\u2009\t\r\n"
PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "−": "-", "‑": "-", **dict.fromkeys(SPACES, " ")}
)


def tokens_of(name: str) -> tuple[str, ...]:
    """The tokens of a name as the scan sees them, lower case; hyphens part them."""
    return tuple(part for token in TOKEN.findall(name) for part in token.lower().split("-"))


@functools.cache
def load() -> Gazetteer:
    """The gazetteer of the package, read once."""
    entries: list[Entry] = []

    def add(kind: str, value: str, name: str, form: str = "name", proper: bool = True) -> None:
        bare = name.replace(".", "")
        exact = bare.isupper() and len(bare) <= 5
        entries.append(Entry(kind, value, form, tokens_of(name), proper, exact))

    codes: set[str] = set()
    for row in rows("economies.csv"):
        codes.add(row["code"])
        add("economy", row["code"], row["name"], row["form"])
    for row in rows("institutions.csv"):
        add("institution", row["code"], row["name"])
    for row in rows("organisations.csv"):
        add(row["kind"], row["name"], row["name"])
    for kind, table in (("mineral", "minerals.csv"), ("product", "products.csv"), ("sector", "sectors.csv")):
        for row in rows(table):
            for name in filter(None, row["names"].split(";")):
                add(kind, row["value"], name, proper=False)
    index: dict[str, list[Entry]] = {}
    for entry in entries:
        index.setdefault(entry.tokens[0], []).append(entry)
    by_first = {
        first: tuple(sorted(group, key=lambda entry: (-len(entry.tokens), entry.kind, entry.value)))
        for first, group in index.items()
    }
    officials = tuple(
        Official(row["name"], row["code"], row["short"], row["alone"] == "yes")
        for row in rows("officials.csv")
    )
    return Gazetteer(by_first, officials, frozenset(codes))


def _tokens(text: str) -> list[tuple[str, int, int]]:
    found = []
    for match in TOKEN.finditer(text):
        token, start = match.group(), match.start()
        if "-" in token:
            at = start
            for part in token.split("-"):
                found.append((part, at, at + len(part)))
                at += len(part) + 1
        else:
            found.append((token, start, match.end()))
    return found


def finds_of(text: str, low: str) -> list[Find]:
    """Every gazetteer name in a text, longest first at each place; terms of different kinds may share a
    place (a semiconductor is a product and a sector). Offsets relative to `text`; linear in its length."""
    table = load().by_first
    tokens = _tokens(text)
    lowered = [token.lower() for token, _, _ in tokens]
    found: list[Find] = []
    skip_until: dict[str, int] = {}
    for i, (token, start, _) in enumerate(tokens):
        for entry in table.get(lowered[i], ()):
            size = len(entry.tokens)
            if (size > 1 and tuple(lowered[i : i + size]) != entry.tokens) or i + size > len(tokens):
                continue
            family = entry.kind if entry.kind in ("mineral", "product", "sector") else "party"
            if skip_until.get(family, -1) > i:
                continue
            if entry.proper and not token[0].isupper():
                continue
            end = tokens[i + size - 1][2]
            if entry.exact and not text[start:end].isupper():
                continue
            if size == 1 and token in FIRST_NAMES and _begins_name(text, end):
                continue
            if entry.form == "capital" and PLACE.search(low[max(0, start - 16) : start]):
                skip_until[family] = i + size
                continue
            found.append(Find(start, end, entry.kind, entry.value, entry.form))
            skip_until[family] = i + size
    return found


def _begins_name(text: str, end: int) -> bool:
    """Whether a capitalised word follows at once: `Chad Smith` is no country."""
    return bool(re.match(r"\s[A-Z][a-z]+", text[end : end + 20])) and not re.match(
        r"\sstate\b", text[end : end + 8]
    )

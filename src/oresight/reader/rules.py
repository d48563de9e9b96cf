"""The rules as data: word classes and frames from `data/rules.toml`, compiled once.

A pattern is a row of elements parted by spaces: `{class}` any word of a class, `~4` up to four words,
anything else a regular expression for one place; a trailing `?` makes an element optional. The first
class of a pattern is its head: the subject is sought to its left, the objects to its right.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import operator
import re
import tomllib
from dataclasses import dataclass
from importlib import resources

OPEN = "[\"'(“]*"
START = r"(?<!\S)" + OPEN
GAP = r"\S*\s+" + OPEN
SPACED = re.compile(r"\S+")


PLAIN = re.compile(r"[a-z]+|\{\w+\}")
FIRST_WORD = re.compile(OPEN + r"(\w+)")


@dataclass(frozen=True, slots=True)
class Frame:
    """One pattern. Classes and plain words each own a bit: a clause that lacks one of `needs` is not
    searched, and a match is only tried at tokens that `first` allows (0: at any)."""

    regex: re.Pattern[str]
    needs: tuple[int, ...]  # masks; the clause must hold a bit of each
    first: int

    def fits(self, mask: int) -> bool:
        """Whether a clause with these bits can match at all."""
        for need in self.needs:  # noqa: SIM110 (the innermost loop; a generator takes thrice as long)
            if not mask & need:
                return False
        return True

    def search(self, tagged: Tagged) -> re.Match[str] | None:
        """The leftmost match in a tagged clause."""
        if not self.first:
            return self.regex.search(tagged.text)
        match, text, first = self.regex.match, tagged.text, self.first
        for at, mask in zip(tagged.at, tagged.masks, strict=True):
            if mask & first:
                found = match(text, at)
                if found:
                    return found
        return None


@dataclass(frozen=True, slots=True)
class Rule:
    """One frame. `actor` and `target` say where the parties stand: subject, by, with, other, object,
    parties, near or none; `rest` that nothing to the right of the match is read again."""

    name: str
    kind: str
    frames: tuple[Frame, ...]
    needs: int  # a clause without any of these bits meets no frame; -1 where that cannot be said
    actor: str
    target: str
    status: str | None
    subtype: str | None
    sure: float
    rest: bool
    alone: bool  # only where the clause has given no measure, agreement or investment
    adjacent: bool  # the verb must follow its subject at once
    where: (
        str  # any | instrument (treaties, orders, fact sheets, joint statements) | pact (no order) | no order
    )
    unless: re.Pattern[str] | None
    requires: str  # "" | rate | money | percent | two | party | mineral
    yes: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """All that `rules.toml` holds, compiled."""

    rules: tuple[Rule, ...]
    phrases: dict[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]  # first word -> (words, classes)
    statuses: dict[str, tuple[tuple[re.Pattern[str], str], ...]]
    subtypes: dict[str, tuple[tuple[re.Pattern[str], str], ...]]
    relevant: re.Pattern[str]
    formula: re.Pattern[str]  # words of orders and treaties that are no measure and no promise
    order: re.Pattern[str]  # words by which an order speaks
    issuers: tuple[tuple[re.Pattern[str], str], ...]
    bits: dict[str, int]  # of each class, in braces, and of each word that patterns name


def _alternatives(body: str) -> list[str]:
    """The classes and plain words of an element, or nothing where it is any other expression."""
    inner = body[3:-1] if body.startswith("(?:") and body.endswith(")") else body
    listed = inner.split("|")
    return listed if all(PLAIN.fullmatch(word) for word in listed) else []


def _compile(pattern: str, bits: dict[str, int]) -> Frame:
    parts: list[str] = [START]
    needs: list[int] = []
    first = 0
    head = True

    def mask_of(names: list[str]) -> int:
        mask = 0
        for name in names:
            mask |= bits.setdefault(name, 1 << len(bits))
        return mask

    elements = pattern.split()
    for index, element in enumerate(elements):
        if element.startswith("~"):
            parts.append(rf"(?:\S+\s+){{0,{int(element[1:])}}}?{OPEN}")
            continue
        if element.count("(") != element.count(")"):
            raise ValueError(f"rules.toml: {pattern!r} has a space within brackets at {element!r}")
        optional = element.endswith("?") and element.startswith(("{", "(?:"))
        body = element[:-1] if optional else element
        named = re.findall(r"\{(\w+)\}", body)
        listed = _alternatives(body)
        if not optional and (named or listed):
            needs.append(mask_of([f"{{{name}}}" for name in named] or listed))
        if index == 0 and not optional:
            first = mask_of(listed)
        text = re.sub(r"\{(\w+)\}", r"[^\\s<]+(?:<\\w+>)*<\1>", body)
        if not re.search(r"\\[dwS$]|%", body):
            text = f"(?:{text})(?!\\w)"
        if named and head and not optional:
            text = f"(?P<head>{text})"
            head = False
        gap = r"\S*" if index == len(elements) - 1 else GAP
        parts.append(f"(?:{text}{gap})?" if optional else text + gap)
    return Frame(re.compile("".join(parts)), tuple(needs), first)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A stretch of text with the classes of each word written behind it, and the way back."""

    text: str
    at: tuple[int, ...]  # where each token starts in `text`
    starts: tuple[int, ...]  # where it starts in the document
    ends: tuple[int, ...]
    masks: tuple[int, ...]  # the bits of each token
    mask: int  # of all tokens

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The document offsets of the tokens that [start, end) of the tagged text touches."""
        first = max(0, bisect.bisect_right(self.at, start) - 1)
        last = max(first, bisect.bisect_left(self.at, end) - 1)
        return self.starts[first], self.ends[last]


@functools.lru_cache(maxsize=8192)
def ready(mask: int) -> tuple[tuple[Rule, tuple[Frame, ...]], ...]:
    """The rules, with those of their frames, that a clause with these bits can meet, in order."""
    found = []
    for rule in load().rules:
        if mask & rule.needs:
            frames = tuple(frame for frame in rule.frames if frame.fits(mask))
            if frames:
                found.append((rule, frames))
    return tuple(found)


@functools.lru_cache(maxsize=40_000)
def _token(token: str) -> tuple[str, str, int, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]]:
    """A token as the patterns read it: safe text, bare word, bit of its word, phrases that it may begin."""
    tables = load()
    bare = token.strip("\"'.,;:()[]!?<>-–—*")
    bare = bare[:-2] if bare.endswith("'s") else bare
    safe = token.replace("<", "(").replace(">", ")")
    word = FIRST_WORD.match(safe)
    return safe, bare, tables.bits.get(word.group(1), 0) if word else 0, tables.phrases.get(bare, ())


def tag(tables: Tables, low: str, start: int, end: int, lead: str = "") -> Tagged:
    """Writes the word classes behind the words of `low[start:end]`: `signed<sign> the deal<agreement>`.

    `lead` is a word read before them that stands earlier in the sentence; its place is `start`.
    """
    found = list(SPACED.finditer(low, start, end))
    tokens = [_token(match.group()) for match in found]
    ahead = (start,) if lead else ()
    if lead:
        tokens.insert(0, _token(lead))
    words = [token[1] for token in tokens]
    tags: dict[int, list[str]] = {}
    for index, (_, _, _, entries) in enumerate(tokens):
        for entry, names in entries:
            size = len(entry)
            if size == 1 or tuple(words[index : index + size]) == entry:
                for inside in range(index, index + size):
                    listed = tags.setdefault(inside, [])
                    listed.extend(name for name in names if name not in listed)
    parts = [token[0] for token in tokens]
    masks = [token[2] for token in tokens]
    for index, listed in tags.items():
        for name in listed:
            parts[index] += f"<{name}>"
            masks[index] |= tables.bits.get(f"{{{name}}}", 0)
    return Tagged(
        " ".join(parts),
        tuple(itertools.accumulate((len(part) + 1 for part in parts[:-1]), initial=0)) if parts else (),
        (*ahead, *(match.start() for match in found)),
        (*ahead, *(match.end() for match in found)),
        tuple(masks),
        functools.reduce(operator.or_, masks, 0),
    )


@functools.cache
def load() -> Tables:
    """The rules of the package, compiled once."""
    raw = resources.files("oresight.reader").joinpath("data", "rules.toml").read_bytes().decode()
    data = tomllib.loads(raw)
    words: dict[str, list[str]] = {}
    for name, value in data["words"].items():
        listed: list[str] = []
        for word in value.split(","):
            bare = " ".join(word.split())
            if bare.startswith("@"):
                listed.extend(words[bare[1:]])
            elif bare:
                listed.append(bare)
        words[name] = listed
    by_phrase: dict[tuple[str, ...], list[str]] = {}
    for name, listed in words.items():
        for word in listed:
            names = by_phrase.setdefault(tuple(word.split()), [])
            if name not in names:
                names.append(name)
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for phrase, names in by_phrase.items():
        phrases.setdefault(phrase[0], []).append((phrase, tuple(names)))
    rules = []
    bits: dict[str, int] = {}
    for entry in data["rule"]:
        patterns = entry["pattern"] if isinstance(entry["pattern"], list) else [entry["pattern"]]
        frames = tuple(_compile(pattern, bits) for pattern in patterns)
        unless = entry.get("unless")
        rules.append(
            Rule(
                entry["name"],
                entry["kind"],
                frames,
                # the last need is the noun, rarer than the verb before it
                functools.reduce(operator.or_, (f.needs[-1] if f.needs else -1 for f in frames)),
                entry.get("actor", "subject"),
                entry.get("target", "object"),
                entry.get("status"),
                entry.get("subtype"),
                entry.get("sure", 0.8),
                entry.get("rest", False),
                entry.get("alone", False),
                entry.get("adjacent", False),
                entry.get("where", "any"),
                re.compile(unless) if unless else None,
                entry.get("requires", ""),
                tuple(entry.get("yes", ())),
                tuple(entry.get("no", ())),
            )
        )

    def pairs(table: dict[str, list[list[str]]]) -> dict[str, tuple[tuple[re.Pattern[str], str], ...]]:
        return {
            kind: tuple((re.compile(pattern), value) for pattern, value in rows)
            for kind, rows in table.items()
        }

    return Tables(
        tuple(rules),
        {word: tuple(group) for word, group in phrases.items()},
        pairs(data["status"]),
        pairs(data["subtype"]),
        re.compile(r"\b(?:" + "|".join(re.escape(word) for word in words["relevant"]) + r")\b"),
        re.compile(data["formula"]["pattern"]),
        re.compile(data["formula"]["order"]),
        tuple((re.compile(pattern), code) for pattern, code in data["issuer"]["pattern"]),
        bits,
    )

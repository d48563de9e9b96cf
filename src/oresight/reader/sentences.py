"""Cuts a text into blocks and sentences without moving a single offset.

A block is a paragraph, a bullet, a numbered clause or a heading. A sentence knows its block, so that
a bullet can be read in the light of the line that led into it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from oresight.reader.tables import words

BULLET = re.compile(
    r"(?:[-*•–·▪◦]\s+|\(?(?:[a-z]|[ivx]{1,5}|\d{1,3})[.)]\s+|\d{1,3}\s+\(\d+\)\s+|\(\d+\)\s+"
    r"|(?:Sec(?:tion|\.)|Article)\s+[\d.]+\.\s+)+",
    re.ASCII,
)
LABEL = re.compile(r"\**(?:[A-Z0-9][A-Z0-9'’&,./()“”\"-]*\s+){1,14}[A-Z0-9'’&,./()-]+:\s*\**\s+")
ORDER_LABEL = re.compile(
    r"Sec(?:tion|\.)\s+\d+\.\s+(?:[A-Z][\w'’,-]*\s+(?:(?:of|and|the|to|in|for|on)\s+)*){0,12}"
    r"[A-Z][\w'’,-]*\.\s+"
)
DATELINE = re.compile(
    r"([A-Z][A-Za-z.'’ ,/]{1,45}?),?\s+(?:\(?[A-Z][a-z]+\)?\s+)?"
    r"((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2})?\s*"
    r"(?:\([A-Z][\w ]+\)\s*)?(?:--?|–|—)\s+"
)
ABBREVIATIONS = words("abbreviation")
STARTERS = words("sentence starter")
END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s)|[.!?]+[\"'”’)\]]*$")
WORD_BEFORE = re.compile(r"([A-Za-z][A-Za-z.]*)$")


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text: `kind` is heading, bullet or paragraph; `lead` is the index of its lead-in block."""

    start: int
    end: int
    kind: str
    lead: int | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """Offsets in the text and the index of the block that it belongs to."""

    start: int
    end: int
    block: int


def _joins(previous: str, following: str) -> bool:
    """Whether a single line break is a soft wrap: a long line that does not end a sentence."""
    last = previous.rstrip()
    return (
        45 <= len(last) <= 140
        and not last.endswith((".", ":", ";", "!", "?", "”", '"'))
        and not BULLET.match(following.lstrip())
    )


def _is_heading(text: str) -> bool:
    """A short line without a full stop in capitals or title case."""
    if text.rstrip().endswith((".", ";", ",", "!", "?", "”", '"', ":")) and not text.isupper():
        return bool(
            re.fullmatch(r"(?:Article|Section|Sec\.|Chapter|Annex)\s+[\w.]+[^.]{0,120}:?", text.strip())
        )
    tokens = re.findall(r"[A-Za-z][A-Za-z'’.-]*", text)
    if not tokens or len(tokens) > 30:
        return not tokens
    if text.upper() == text:
        return True
    content = [word for word in tokens if len(word) > 3]
    if len(tokens) <= 4:
        return True
    return bool(content) and sum(word[0].isupper() for word in content) >= 0.8 * len(content)


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text in order; together they hold every character that is not white space."""
    spans: list[tuple[int, int]] = []
    start: int | None = None
    at = 0
    previous = ""
    for line in text.splitlines(keepends=True):
        bare = line.strip("\ufeff \t\r\n\f\v\x1c\x1d\x1e\x85\u2028\u2029\xa0")
        if not bare:
            if start is not None:
                spans.append((start, at))
            start = None
        elif start is None:
            start = at
        elif not _joins(previous, line):
            spans.append((start, at))
            start = at
        previous = bare
        at += len(line)
    if start is not None:
        spans.append((start, at))

    blocks: list[Block] = []
    lead: int | None = None
    front = False  # within the `---` lines of a Markdown file
    for number, (left, right) in enumerate(spans):
        left, right = _trim(text, left, right)
        content = text[left:right]
        if (left == 0 and content.startswith("---\n")) or front:
            front = not content.rstrip().endswith("---")
            blocks.append(Block(left, right, "heading"))
            continue
        bullet = BULLET.match(content)
        if bullet and bullet.end() < len(content):
            blocks.append(Block(left + bullet.end(), right, "bullet", lead))
        elif _is_heading(content) or (number == 0 and len(spans) > 1 and not content.endswith(".")):
            lead = None
            blocks.append(Block(left, right, "heading"))
        else:
            lead = number if content.endswith(":") else None
            blocks.append(Block(left, right, "paragraph", None))
        if bullet and content.endswith(":"):
            lead = number
    return blocks


def _trim(text: str, left: int, right: int) -> tuple[int, int]:
    while left < right and (text[left].isspace() or text[left] == "\ufeff"):
        left += 1
    while right > left and text[right - 1].isspace():
        right -= 1
    return left, right


def _ends_sentence(text: str, stop: re.Match[str], limit: int) -> bool:
    after = stop.end()
    while after < limit and text[after].isspace():
        after += 1
    if after >= limit:
        return True
    following = text[after]
    if not (following.isupper() or following.isdigit() or following in "\"'“‘([<-•"):
        return False
    mark = stop.group()
    if mark[0] != "." or len(mark) > 1:
        return True
    before = WORD_BEFORE.search(text, max(0, stop.start() - 24), stop.start())
    if not before:
        return True
    word = before.group(1)
    next_word = re.match(r"[\"“‘'(]*([A-Za-z]+)", text[after : after + 30])
    starts_anew = bool(next_word) and next_word is not None and next_word.group(1).lower() in STARTERS
    starts_anew = starts_anew and next_word is not None and next_word.group(1)[0].isupper()
    if word.lower() in ABBREVIATIONS or len(word) == 1 or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        if word.lower() in {
            "u.s",
            "u.k",
            "e.u",
            "e.c",
            "inc",
            "ltd",
            "co",
            "corp",
            "etc",
            "u.s.a",
            "a.m",
            "p.m",
        }:
            return starts_anew
        return False
    return True


def sentences_of(text: str, blocks: list[Block]) -> list[Sentence]:
    """The sentences of all blocks but the headings, in order."""
    found: list[Sentence] = []
    for index, block in enumerate(blocks):
        if block.kind == "heading":
            continue
        start = block.start
        label = LABEL.match(text, start, block.end) or ORDER_LABEL.match(text, start, block.end)
        if label and label.end() < block.end:
            start = label.end()
        cuts = [start]
        for stop in END.finditer(text, start, block.end):
            if _ends_sentence(text, stop, block.end):
                cuts.append(stop.end())
        if cuts[-1] < block.end:
            cuts.append(block.end)
        for left, right in pairwise(cuts):
            left, right = _trim(text, left, right)
            if right - left > 1:
                found.append(Sentence(left, right, index))
    return found

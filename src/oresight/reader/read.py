"""The reader's door: a text in, a document of grounded records out."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import sys
from dataclasses import replace
from pathlib import Path

from oresight.errors import InputError
from oresight.reader import rules as rulebook
from oresight.reader.complete import complete
from oresight.reader.dates import dates_of, parse_day
from oresight.reader.document import Document, Record
from oresight.reader.frames import drafts_of
from oresight.reader.gazetteer import fold
from oresight.reader.mentions import Mention, name_all
from oresight.reader.parties import codes_of, groups_in, resolve
from oresight.reader.records import merge, record_of
from oresight.reader.roles import Page
from oresight.reader.sentences import DATELINE, Block, Sentence, blocks_of, sentences_of
from oresight.reader.statements import quotations, statements_of

INSTRUMENT = re.compile(
    r"\bshall\b|joint statement|fact sheet|memorandum of understanding (?:between|"
    r"concerning)|\bthe participants\b|executive order"
    r"|key terms of|proclamation|intends? to\b.{0,200}\bintends? to\b|regulation|"
    r"commits? to\b.{0,400}\bcommits? to\b",
    re.S,
)
PACT = re.compile(
    r"agreement|framework|memorandum|partnership|statement|treaty|fund|deal|arrangement|cooperation|accord",
    re.I,
)
FUNCTION_WORDS = re.compile(r"\b(?:the|of|and|to|in|that|is|for|on|with|was|by|it|as|at)\b")


def _published(published: str | None) -> dt.date | None:
    if not published:
        return None
    try:
        return parse_day(published)
    except ValueError as error:
        raise InputError(f"published date {published!r}: {error}; give a day as 2025-10-26") from None


def _looks_english(low: str) -> bool:
    """English prose has a function word in every four or five; a tenth is asked for."""
    sample = low[:20000]
    words = len(re.findall(r"[^\W\d_]+", sample))
    return words < 20 or len(FUNCTION_WORDS.findall(sample)) >= 0.1 * words


def read(text: str, *, published: str | None = None, title: str | None = None) -> Document:
    """Reads a text into records; offsets are into `text` as it is given.

    `published` is the ISO day of publication: dates that need it stay open without it, and `notes` says so.
    `title` is the text's first line unless given. Raises InputError for a date that is none, an empty text
    or one that does not look English.
    """
    day = _published(published)
    if not text.replace("\ufeff", " ").strip():
        raise InputError("the text is empty; give an article, a fact sheet or an agreement in English")
    low = fold(text)
    if not _looks_english(low):
        raise InputError(
            "the text does not look English (hardly any of the, of, and, to); Oresight "
            "reads English only, give a translation"
        )
    blocks = blocks_of(text)
    sentences = sentences_of(text, blocks)
    first = text[blocks[0].start : blocks[0].end].strip() if blocks else ""
    name = title if title is not None else " ".join(first.splitlines()[0].split())[:200]
    notes: list[str] = []
    tables = rulebook.load()
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    dateline, sentences = _dateline(text, sentences)
    naming = name_all(text, low, dateline)
    if not any(term.kind == "mineral" for term in naming.terms):
        notes.append("the text names no mineral")
    records: list[Record] = []
    if tables.relevant.search(low):
        instrument = naming.home is None and INSTRUMENT.search(low[:60000]) is not None
        order = tables.order.search(low[:60000]) is not None
        own = _own_parties(text, blocks, naming.mentions, name) if instrument and not order else ()
        issuer = next((code for pattern, code in tables.issuers if pattern.search(low)), None)
        spans = [(s.start, s.end) for s in sentences]
        parties = resolve(text, low, naming.mentions, spans, own, naming.home, issuer)
        quoted = quotations(text, [(b.start, b.end) for b in blocks])
        starts = [term.start for term in naming.terms]
        page = Page(
            text, low, blocks, sentences, parties, naming.terms, tuple(starts), quoted, order, instrument
        )
        read_off = [record_of(page, draft, tables, day, starts) for draft in drafts_of(page, tables)]
        read_off += statements_of(page, tables, day, read_off, starts)
        records = complete(merge(read_off), page, day, name)
    else:
        notes.append("the text speaks of no trade measure and no mineral")
    if day is None and any(d.basis == "docdate" and d.value is None for d in dates_of(low[:200000], None)):
        notes.append("dates such as 'on Sunday' stay open: give the day of publication (--published)")
    return Document(name, published or None, digest, text, tuple(records), tuple(notes))


def _dateline(text: str, sentences: list[Sentence]) -> tuple[tuple[int, int] | None, list[Sentence]]:
    """The span of the dateline's place, and the sentences with the dateline cut off."""
    for index, sentence in enumerate(sentences[:3]):
        match = DATELINE.match(text, sentence.start, min(sentence.end, sentence.start + 90))
        if match and match.group(1).split(",")[0].isupper():
            fixed = list(sentences)
            fixed[index] = replace(sentence, start=match.end())
            return match.span(1), fixed
    return None, sentences


def _own_parties(
    text: str, blocks: list[Block], mentions: tuple[Mention, ...], title: str
) -> tuple[str, ...]:
    """The parties of the document itself, from its title: a treaty's or a joint statement's."""
    if not blocks or not PACT.search(title + text[: blocks[0].end]):
        return ()
    named = tuple(m for m in mentions if m.start < blocks[0].end and m.kind == "economy")
    found = codes_of(named)
    if len(found) >= 2:
        return found
    for block in blocks[1:14]:
        for group in groups_in(
            text, tuple(m for m in mentions if block.start <= m.start < block.end and m.kind == "economy")
        ):
            if len(codes_of(group)) >= 2:
                return codes_of(group)
    return ()


def read_file(path: str, published: str | None = None) -> Document:
    """Reads a file (or standard input for `-`) in UTF-8; raises InputError for any bad input."""
    where = "standard input" if path == "-" else path
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError(f"{where}: no such file; give the path of a text, or - for standard input") from None
    except IsADirectoryError:
        raise InputError(f"{where}: is a folder; give the path of one text") from None
    except OSError as error:
        raise InputError(f"{where}: cannot be read ({error.strerror}); give a readable text file") from None
    if not data.strip():
        raise InputError(f"{where}: is empty; give an article, a fact sheet or an agreement in English")
    nul = data.find(b"\0")
    if nul >= 0:
        raise InputError(f"{where}: is binary (a NUL byte at byte {nul}); give plain text in UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where}: is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x}); "
            f"save it as plain text in UTF-8"
        ) from None
    try:
        return read(text, published=published)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None

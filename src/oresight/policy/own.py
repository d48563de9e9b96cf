"""What a user's own texts say: ledger entries with the text and the words that each rests on.

A collection is a set. Putting two together keeps every text, entry and quotation once, whatever the
order; an entry that two texts tell alike is one entry with the states and quotations of both. Entries
that differ in anything but their states differ in their id: `same_entry` adds a mark of the content.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, TypeVar

from oresight.errors import InputError, unknown
from oresight.policy.ledger import Entry, Ledger, iso_day, ledger_of, parse_yaml
from oresight.policy.records import Agreement, Exemption, Measure, Provision, State

T = TypeVar("T", Measure, Agreement, Exemption)

KEYS = ("texts", "told", "measures", "exemptions", "agreements")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was read: the hash of its UTF-8 bytes, its title, and the day it appeared."""

    sha256: str
    title: str
    published: str = ""  # ISO day; "" when not known


@dataclass(frozen=True, slots=True)
class Told:
    """The words of a text that an entry rests on; a provision is named by its agreement's id and its own."""

    entry: str
    text: str  # sha256
    quote: str


@dataclass(frozen=True, slots=True)
class Own:
    """Entries of a user's own, the texts they come from, and the words they rest on; all sorted."""

    ledger: Ledger = field(default_factory=Ledger)
    texts: tuple[Text, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Measures, exemptions and agreements."""
        return (*self.ledger.measures, *self.ledger.exemptions, *self.ledger.agreements)

    def texts_of(self, entry: str) -> tuple[Text, ...]:
        """The texts that tell an entry."""
        of = {t.text for t in self.told if t.entry == entry}
        return tuple(t for t in self.texts if t.sha256 in of)


def same_entry(entry: T) -> T:
    """The entry under an id that ends in a mark of its content, states and quotations left out.

    Two texts that tell the same thing give the same id, two that tell it differently do not.
    """
    bare = _without_words(entry)
    # States are dates of one and the same thing: they join.
    mark = hashlib.sha256(repr(plain(replace(bare, states=()))).encode()).hexdigest()[:8]
    return replace(bare, id=f"{entry.id}#{mark}")


def _without_words(entry: T) -> T:
    """The entry without quotations, which are kept beside it with their text."""
    if isinstance(entry, Agreement):
        inside = tuple(replace(p, quote="") for p in entry.provisions)
        return replace(entry, quote="", provisions=inside)
    return replace(entry, quote="") if isinstance(entry, Measure) else entry


def union(one: Own, other: Own) -> Own:
    """Both collections as one. Raises InputError when they say different things under one id."""
    return Own(
        ledger=Ledger(
            _join(one.ledger.measures, other.ledger.measures),
            _join(one.ledger.agreements, other.ledger.agreements),
            _join(one.ledger.exemptions, other.ledger.exemptions),
        ),
        texts=_texts((*one.texts, *other.texts)),
        told=tuple(sorted({*one.told, *other.told}, key=lambda t: (t.entry, t.text, t.quote))),
    )


def _texts(texts: Iterable[Text]) -> tuple[Text, ...]:
    """Each text once; of two readings of it the one that knows its day and title is kept."""
    kept: dict[str, Text] = {}
    for text in sorted(texts, key=lambda t: (t.sha256, t.published, t.title)):
        kept[text.sha256] = text
    return tuple(kept.values())


def _join(ones: Iterable[T], others: Iterable[T]) -> tuple[T, ...]:
    kept: dict[str, T] = {}
    for entry in (*ones, *others):
        states = set(entry.states)
        if entry.id in kept:
            known: T = kept[entry.id]
            if plain(replace(known, states=())) != plain(replace(entry, states=())):
                raise InputError(
                    f"two entries called {entry.id!r} say different things; give one of them another id"
                )
            states.update(known.states)
        joined: Any = replace(entry, states=tuple(sorted(states, key=_state_order)))
        kept[entry.id] = joined
    return tuple(kept[key] for key in sorted(kept))


def _state_order(s: State) -> tuple[str, ...]:
    return (s.known, s.on, s.state, s.until, s.source, s.note)


# As plain values and YAML -------------------------------------------------------------------------


def plain(record: Any) -> dict[str, Any]:
    """A record as a mapping of plain values; fields at their default are left out."""
    told: dict[str, Any] = {}
    for slot in fields(record):
        value = getattr(record, slot.name)
        if slot.default is not MISSING and value == slot.default:
            continue
        if slot.name in ("agreement", "agreed_on") and isinstance(record, Provision):
            continue  # the agreement that holds it says so
        told[slot.name] = _plain(value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return plain(value) if isinstance(value, State | Provision) else value


def from_plain(rows: Iterable[tuple[str, Mapping[str, Any]]], name: str) -> Ledger:
    """Entries from (kind, mapping) pairs as `plain` makes them; `name` stands for their place in errors."""
    content: dict[str, list[Mapping[str, Any]]] = {"measures": [], "exemptions": [], "agreements": []}
    for kind, row in rows:
        content[f"{kind.lower()}s"].append(row)
    return ledger_of({name: content})


def to_yaml(own: Own) -> str:
    """The collection as YAML that `from_yaml` reads back, the same bytes for the same collection.

    `measures`, `exemptions` and `agreements` are in the form of the bundled ledger; `texts` names each
    text by its sha256, and `told` gives the words of a text that an entry rests on.
    """
    import yaml

    own = union(own, Own())
    content = {
        "texts": [plain(t) for t in own.texts],
        "told": [plain(t) for t in own.told],
        "measures": [plain(m) for m in own.ledger.measures],
        "exemptions": [plain(e) for e in own.ledger.exemptions],
        "agreements": [plain(a) for a in own.ledger.agreements],
    }
    kept = {key: rows for key, rows in content.items() if rows}
    dumped: str = yaml.dump(kept, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=110)
    return dumped if kept else "{}\n"


# Line breaks of Unicode that a YAML reader would fold, and a mark it would take for the file's own.
_FOLDED = re.compile("[\r\x85\u2028\u2029\ufeff]")


def _dumper() -> Any:
    """A writer that repeats equal states rather than refer to them by an anchor, and keeps all characters."""
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: Any, value: str) -> Any:
        style = '"' if _FOLDED.search(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Plain.add_representer(str, text)
    return Plain


def from_yaml(text: str, name: str) -> Own:
    """Read what `to_yaml` writes, or a ledger file of one's own.

    Raises InputError naming the file and the place for a key, word, date or hash that is not right, and
    for words that rest on a text or an entry that the file does not hold.
    """
    content = parse_yaml(text, name)
    for key in content:
        if key not in KEYS:
            raise unknown("key", str(key), KEYS, name)
    ledger = ledger_of({name: content})
    texts = tuple(_text(raw, f"{name}: texts[{n}]") for n, raw in _rows(content, "texts", name))
    told = tuple(_told(raw, f"{name}: told[{n}]") for n, raw in _rows(content, "told", name))
    own = union(Own(ledger, texts, told), Own())
    ids = {e.id for e in own.entries} | {
        provision_key(a.id, p.id) for a in own.ledger.agreements for p in a.provisions
    }
    known = {t.sha256 for t in own.texts}
    for n, words in enumerate(told):
        if words.entry not in ids:
            raise InputError(f"{name}: told[{n}]: no entry of the file is called {words.entry!r}")
        if words.text not in known:
            raise InputError(f"{name}: told[{n}]: no text of the file has the hash {words.text!r}")
    return own


def provision_key(agreement: str, provision: str) -> str:
    """How the words of a provision name it."""
    return f"{agreement}/{provision}"


def _rows(content: Mapping[str, Any], key: str, name: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
    rows = content.get(key) or ()
    if not isinstance(rows, list | tuple):
        raise InputError(f"{name}: {key} should be a list")
    for n, raw in enumerate(rows):
        if not isinstance(raw, dict):
            raise InputError(f"{name}: {key}[{n}] should be a mapping")
        yield n, raw


def _text(raw: Mapping[str, Any], where: str) -> Text:
    _known_keys(raw, ("sha256", "title", "published"), where)
    text = Text(*(str(raw.get(key, "")) for key in ("sha256", "title", "published")))
    if not _SHA256.fullmatch(text.sha256):
        raise InputError(f"{where}: sha256 should be 64 digits and letters a to f, in quotes")
    if text.published:
        iso_day(text.published, f"{where}.published")
    return text


def _told(raw: Mapping[str, Any], where: str) -> Told:
    _known_keys(raw, ("entry", "text", "quote"), where)
    return Told(*(str(raw.get(key, "")) for key in ("entry", "text", "quote")))


def _known_keys(raw: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in raw:
        if key not in keys:
            raise unknown("key", str(key), keys, where)

"""What the reader hands on: a document and the records that it rests on.

The fields and their vocabulary are those of the labelled texts: a record is one thing that a text
says a government, a company or an official did, promised, threatened or claimed.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    "agreement",
    "commitment",
    "tariff",
    "threat",
    "export_control",
    "investment",
    "supply_share",
    "meeting",
    "statement",
)

STATUSES = (
    "in_force",
    "signed",
    "announced",
    "threatened",
    "proposed",
    "planned",
    "under_negotiation",
    "suspended",
    "removed",
    "held",
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Money: `value` in units (not millions) of `currency` (ISO 4217)."""

    value: float
    currency: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A physical amount: tonnes have the unit `t`."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that a text says; `text[start:end] == quote` always.

    Rates and shares are in percent, `rate_change_points` in percentage points. `rule` names the
    rule that made the record and `sure` (0 to 1) is the share of such readings that are expected
    to be right: it is a judgement, not a measurement.
    """

    kind: str  # one of KINDS
    subtype: str
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    quote: str
    start: int
    end: int
    rule: str
    sure: float
    minerals: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    rate_percent: float | None = None
    previous_rate_percent: float | None = None
    rate_change_points: float | None = None
    share_percent: float | None = None
    coverage_percent: float | None = None
    qualifier: str | None = None
    amount: Amount | None = None
    quantity: Quantity | None = None
    status: str | None = None  # one of STATUSES
    date: str | None = None  # ISO day, month or year
    date_role: str | None = None  # event | effective | deadline | expiry | condition
    date_basis: str | None = None  # text | docdate
    speaker: str | None = None
    persons: tuple[str, ...] = ()
    alt_quotes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The record as JSON-ready values, fields in the order of the contract."""
        return {
            "kind": self.kind,
            "subtype": self.subtype,
            "actors": list(self.actors),
            "targets": list(self.targets),
            "minerals": list(self.minerals),
            "products": list(self.products),
            "sectors": list(self.sectors),
            "rate_percent": self.rate_percent,
            "previous_rate_percent": self.previous_rate_percent,
            "rate_change_points": self.rate_change_points,
            "share_percent": self.share_percent,
            "coverage_percent": self.coverage_percent,
            "amount": None
            if self.amount is None
            else {"value": self.amount.value, "currency": self.amount.currency},
            "quantity": None
            if self.quantity is None
            else {"value": self.quantity.value, "unit": self.quantity.unit},
            "qualifier": self.qualifier,
            "status": self.status,
            "date": self.date,
            "date_role": self.date_role,
            "date_basis": self.date_basis,
            "speaker": self.speaker,
            "persons": list(self.persons),
            "quote": self.quote,
            "alt_quotes": list(self.alt_quotes),
            "start": self.start,
            "end": self.end,
            "rule": self.rule,
            "sure": self.sure,
        }


@dataclass(frozen=True, slots=True)
class Document:
    """A text that was read: its records in the order of their quotes, and what stayed open."""

    title: str
    published: str | None  # ISO day, or None when the caller did not know it
    sha256: str  # of the text in UTF-8
    text: str
    records: tuple[Record, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The contract's form: `{"document": {...}, "records": [...]}`; the text stays out."""
        return {
            "document": {
                "title": self.title,
                "published": self.published,
                "sha256": self.sha256,
                "notes": list(self.notes),
            },
            "records": [record.to_json() for record in self.records],
        }

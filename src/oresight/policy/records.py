"""Measures, agreements and provisions as plain, immutable records.

The vocabulary follows UNCTAD's MAST chapters and the Global Trade Alert types. A measure is what a
government does to a flow; an agreement holds provisions, each of which promises a measure or
forbids some. Dates are ISO days. `known` is the day something became public, `on` the day it took
effect.
"""

from __future__ import annotations

from dataclasses import dataclass

STATES = (
    "proposed",
    "threatened",
    "announced",
    "signed",
    "in_force",
    "suspended",
    "lapsed",
    "withdrawn",
    "ended",
    "struck_down",  # by a court
)

INSTRUMENTS = (
    "import_tariff",
    "export_tax",
    "export_ban",
    "export_quota",
    "export_licensing",
    "import_ban",
    "price_floor",
    "stockpile",
    "subsidy",
    "equity_stake",
)

PROVISION_KINDS = (
    "no_export_restriction",
    "restriction_removal",  # the promisor ends or eases restrictions of its own that stand
    "tariff_held",
    "tariff_standstill",
    "tariff_removal",
    "market_opening",
    "supply_increase",
    "investment",
    "cooperation",
)


@dataclass(frozen=True, slots=True)
class State:
    """What a measure or an agreement was from a day on."""

    state: str  # one of STATES
    on: str  # ISO day from which it holds; "" when not known
    known: str  # ISO day on which it became public
    until: str = ""  # ISO day after which it ends by itself (a deadline, a suspension); "" when open
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """What one government does, or says it may do, to flows of commodities.

    `targets` is ("all",) for every other economy. `commodities` are commodity words (a commodity,
    a mineral, a group, `group: stage`) or ("all",); `hs` are code prefixes instead. Exactly the
    amount that its instrument needs is set: `rate_percent` (import_tariff, export_tax),
    `approval_share` (export_licensing, 0 to 1), `share_of_baseline` or `limit_t` (export_quota),
    `project` and `accelerates_months` (equity_stake).
    """

    id: str
    instrument: str
    imposer: str
    targets: tuple[str, ...]
    commodities: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    except_targets: tuple[str, ...] = ()
    except_hs: tuple[str, ...] = ()
    except_commodities: tuple[str, ...] = ()
    rate_percent: float | None = None
    approval_share: float | None = None
    approval_range: tuple[float, float] | None = None  # of an approval_share that is an assumption
    share_of_baseline: float | None = None
    limit_t: float | None = None
    project: str = ""
    accelerates_months: float | None = None
    basis: str = ""  # legal basis: MFN, Section 301, Section 232, IEEPA reciprocal, ...
    title: str = ""
    states: tuple[State, ...] = ()
    source: str = ""
    verified: bool = False
    assumed: tuple[str, ...] = ()  # fields whose value is ours, not the source's
    quote: str = ""  # the words in a text that it rests on, when it was read from one
    includes_mfn: bool = False  # the rate is a ceiling that holds the MFN rate: it adds the difference only
    cause: str = ""  # what a threat answers to, in words
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exemption:
    """Goods that measures on one legal basis leave out, from a day on."""

    id: str
    imposer: str
    basis: str  # as in `Measure.basis`
    hs: tuple[str, ...]
    states: tuple[State, ...]
    title: str = ""
    source: str = ""
    verified: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Provision:
    """A promise in an agreement: of a measure, or of none."""

    id: str
    kind: str  # one of PROVISION_KINDS
    promisor: str
    beneficiary: str
    commodities: tuple[str, ...]
    binding: bool
    rate_percent: float | None = None
    text: str = ""  # what it says, in our words
    quote: str = ""
    source: str = ""
    instruments: tuple[str, ...] = ()  # those it forbids; () is what its kind forbids by itself
    agreement: str = ""  # title of the agreement that holds it
    agreed_on: str = ""  # ISO day on which it was agreed


@dataclass(frozen=True, slots=True)
class Agreement:
    """What governments agreed with each other."""

    id: str
    title: str
    kind: str  # reciprocal_trade_agreement | framework | memorandum_of_understanding | ...
    parties: tuple[str, ...]
    binding: bool
    provisions: tuple[Provision, ...]
    states: tuple[State, ...]
    source: str = ""
    verified: bool = False
    quote: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A ledger view on a date plus changes.

    `base` says what stands at the start: `baseline` (nothing but what the baseline year holds) or
    `ledger` (what was in force on `as_of` as known on `known_by`). Scenarios add with `+`: measures
    and provisions join, the right-hand name is appended.
    """

    name: str
    base: str = "baseline"  # baseline | ledger
    as_of: str = ""
    known_by: str = ""
    measures: tuple[Measure, ...] = ()
    provisions: tuple[Provision, ...] = ()
    drop: tuple[str, ...] = ()
    assume: tuple[tuple[str, float], ...] = ()

    def __add__(self, other: Scenario | Measure | Provision) -> Scenario:
        from oresight.policy.scenario import combine

        return combine(self, other)

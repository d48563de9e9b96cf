"""Agreements and promises of a text, and which promise belongs to which agreement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from oresight.policy.records import Agreement, Provision
from oresight.policy.say import economy_name, goods, join, possessive
from oresight.reader.document import Record
from oresight.reader.policy_draft import Draft, commodities_in, governments, phrase, short, states_of
from oresight.reader.policy_language import (
    buys,
    invests,
    lets_investment_in,
    more_supply,
    on_tariffs,
    only_explored,
    takes_output,
)
from oresight.world.model import World

AGREEMENT_KINDS = {
    "mou": "memorandum_of_understanding",
    "memorandum": "memorandum_of_understanding",
    "deal": "deal",
}

BINDING = frozenset(
    {
        "reciprocal_trade_agreement",
        "free_trade_agreement",
        "trade_agreement",
        "investment_agreement",
        "investment_treaty",
        "treaty",
    }
)

NOT_BINDING = frozenset(
    {
        "memorandum_of_understanding",
        "memorandum_of_agreement",
        "framework",
        "trade_framework",
        "joint_statement",
        "declaration",
        "letter_of_intent",
        "mandate_to_negotiate",
        "standing_body",
        "study_group",
    }
)

# Words that may stand for any of the others.
LOOSE = frozenset({"deal", "trade_deal", "minerals_deal", "agreement", "pact", "accord", "partnership"})

PROVISIONS = {
    "no_export_restriction": "no_export_restriction",
    "export_control_removal": "restriction_removal",
    "tariff_standstill": "tariff_standstill",
    "tariff_elimination": "tariff_removal",
    "tariff_reduction": "tariff_removal",
    "tariff_removal": "tariff_removal",
    "market_opening": "market_opening",
    "market_access": "market_opening",
    "supply_increase": "supply_increase",
    "supply_resumption": "supply_increase",
    "offtake": "supply_increase",
    "offtake_right": "supply_increase",
    "domestic_supply": "investment",
}

# Promises that bear on trade, for which it matters whether an agreement holds them.
TRADE = (
    "no_export_restriction",
    "restriction_removal",
    "tariff_held",
    "tariff_standstill",
    "tariff_removal",
    "supply_increase",
)

NAMES = {
    "export_ban": ("ban", "bans"),
    "export_quota": ("quota", "quotas"),
    "export_licensing": ("licensing", "licences"),
    "export_tax": ("tax", "taxes"),
}

# Words that lead to a quotation; {} is to whom.
PLAIN = "promises"
MUTUAL = "and {} promise each other"
BUYS = "promises to buy from {}"
TAKES = "promises to take deliveries"

PURCHASES = ("purchase", "purchases", "procurement", "offtake", "undertaking")

_LOOSE_END = re.compile(r"(?:[\s.,;:]|\b(?:and|or|but)$)+$")

_STAGE = re.compile(r"\b(?:raw|unprocessed|processed|refined|ores?|concentrates?|separated|magnets?)\b", re.I)

_FORBIDDEN = (
    (re.compile(r"\b(?:ban|bans|banning|banned|embargo\w*|prohibit\w*)\b", re.I), "export_ban"),
    (re.compile(r"\bquotas?\b", re.I), "export_quota"),
    (re.compile(r"\blicen[cs]\w*\b", re.I), "export_licensing"),
    (re.compile(r"\bexport (?:tax|taxes|duty|duties)\b", re.I), "export_tax"),
)

_ANY_RESTRICTION = re.compile(r"\b(?:restrict\w*|limit\w*|control\w*)\b", re.I)


def read_agreement(record: Record, b: Draft) -> None:
    """Add an agreement between two or more governments; the same one told twice counts once."""
    parties = tuple(dict.fromkeys(governments((*record.actors, *record.targets))))
    if len(parties) < 2:
        return
    if _long_before(record, b.published):
        return
    kind = AGREEMENT_KINDS.get(record.subtype, record.subtype) or "agreement"
    states = states_of(record, b)
    told = f"text:{kind}:{','.join(sorted(parties))}"
    for _, known in b.agreements:
        days = {known.states[0].on, states[0].on} - {""}
        if known.id.startswith(told) and len(days) < 2:
            return
    names = join([economy_name(p, b.world, article=False) for p in parties])
    title = f"{sentence_case(phrase(kind))}: {names}"
    b.agreements.append(
        (
            record,
            Agreement(
                id=told + (f":{states[0].on}" if states[0].on else ""),
                title=title,
                kind=kind,
                parties=parties,
                binding=force_of(kind) is True,
                provisions=(),
                states=states,
                source="text",
                quote=record.quote,
            ),
        )
    )
    if force_of(kind) and states[0].state not in ("signed", "in_force"):
        b.asked.append(
            f"{title}: {phrase(states[0].state)}, not signed as far as the text tells; not binding yet."
        )


def _long_before(record: Record, published: str) -> bool:
    """Whether a record is dated more than a year before the text: it is told as background."""
    if not record.date or not published or record.date_role not in (None, "event"):
        return False
    last = record.date + {4: "-12-31", 7: "-28"}.get(len(record.date), "")  # a year is at most its last day
    return (date.fromisoformat(published) - date.fromisoformat(last)).days > 366


def force_of(kind: str) -> bool | None:
    """Whether agreements of a kind bind once they are signed; None where the kind does not tell."""
    if kind in BINDING or kind.endswith(("_trade_agreement", "_treaty")):
        return True
    if kind in NOT_BINDING or kind.endswith(("framework", "statement", "understanding")):
        return False
    return None


def summaries_among(agreements: Sequence[Agreement]) -> frozenset[str]:
    """Ids of loosely named agreements whose parties the text names again, agreement by agreement."""
    exact = [a for a in agreements if a.kind not in LOOSE]
    found = set()
    for one in agreements:
        if one.kind not in LOOSE:
            continue
        others = [set(a.parties) for a in exact if len(set(a.parties) & set(one.parties)) > 1]
        if others and set(one.parties) <= set().union(*others):
            found.add(one.id)
    return frozenset(found)


def holder(
    record: Record, promisor: str, beneficiary: str, b: Draft, summaries: frozenset[str]
) -> Agreement | None:
    """The agreement of the text that a promise belongs to, or None where the text does not tell."""
    between = [
        (r, a) for r, a in b.agreements if promisor in a.parties and beneficiary in (*a.parties, "all")
    ]
    if not between:
        return None
    for r, a in between:
        if a.id not in summaries and r.start <= record.start and record.end <= r.end:
            return a
    before = [(r, a) for r, a in between if r.start <= record.start]
    nearest = (
        max(before, key=lambda pair: pair[0].start) if before else min(between, key=lambda p: p[0].start)
    )
    return None if nearest[1].id in summaries else nearest[1]


def add_provisions(
    kind: str,
    record: Record,
    promisor: str,
    beneficiaries: Sequence[str],
    b: Draft,
    summaries: frozenset[str],
    instruments: tuple[str, ...] = (),
    rate: float | None = None,
    on: tuple[str, ...] | None = None,
    lead: str = "",
) -> None:
    """Add a promise to each beneficiary, with the force of the agreement that holds it.

    A promise to nobody in particular has the beneficiary `all`. Asks once where no agreement holds it.
    `on` are its commodity words, those of the record unless given (("all",) is every good). With a `lead`
    ("promises") the text's own words stand for ours.
    """
    commodities = commodities_in(record, b) if on is None else tuple(w for w in on if w != "all")

    def told_to(whom: Sequence[str]) -> str:
        if lead:
            return _quoted(lead, record.quote, promisor, whom, b.world)
        investors = kind == "market_opening" and lets_investment_in(record.quote)
        form = "investment_opening" if investors else kind
        return _in_words(form, promisor, whom, commodities, instruments, rate, b.world)

    loose = []
    for beneficiary in beneficiaries or ("all",):
        # What a government promises at home belongs to no agreement.
        alone = beneficiary == promisor
        held = None if alone else holder(record, promisor, beneficiary, b, summaries)
        concluded = held is not None and held.states[0].state in ("signed", "in_force")
        if held is None and not alone:
            loose.append(beneficiary)
        b.provisions.append(
            Provision(
                id=f"text:{kind}:{promisor}>{beneficiary}:{','.join(commodities) or 'all'}"
                + (f":{record.start}" if lead else ""),
                kind=kind,
                promisor=promisor,
                beneficiary=beneficiary,
                commodities=commodities,
                binding=bool(held is not None and held.binding and concluded),
                rate_percent=rate,
                text=told_to((beneficiary,)),
                quote=record.quote,
                source=held.id if held is not None else "text",
                instruments=instruments,
                agreement=held.title if held is not None else "",
                agreed_on=(held.states[0].on or b.published) if held is not None and concluded else "",
            )
        )
    if loose and kind in TRADE:
        b.asked.append(
            f"{told_to(loose)}: the text does not say that an agreement holds this; taken not to bind."
        )


def _in_words(
    kind: str,
    promisor: str,
    beneficiaries: Sequence[str],
    commodities: tuple[str, ...],
    instruments: tuple[str, ...],
    rate: float | None,
    world: World,
) -> str:
    who = sentence_case(economy_name(promisor, world))
    others = [e for e in beneficiaries if e not in ("all", promisor)]
    whom = join([economy_name(e, world) for e in others]) or "others"
    what = goods(commodities) if commodities else "goods"
    if kind == "no_export_restriction":
        of = join([NAMES[i][0] for i in instruments], "or") or "restriction"
        return f"{who} promises {whom} no {of} on exports of {what}"
    if kind == "restriction_removal":
        return f"{who} is to end or ease restrictions on exports of {what} to {whom}"
    if kind == "investment" and set(others) <= {promisor}:
        return f"{who} promises to build up its own supply of {what}"
    if kind == "tariff_held":
        return f"{who} keeps the tariff on {whom} at {rate:g} %"
    if kind == "tariff_standstill":
        return f"{who} promises not to raise tariffs on {whom}"
    verbs = {
        "tariff_removal": f"promises {whom} lower tariffs on {what}",
        "market_opening": f"promises to open its market to {whom}" + (f" in {what}" if commodities else ""),
        "investment_opening": f"promises to open its market to investment by {whom}"
        + (f" in {what}" if commodities else ""),
        "supply_increase": f"promises {whom} more {what}",
        "investment": f"promises investment in {what}",
        "cooperation": f"promises to work with {whom} on {what}",
    }
    return f"{who} {verbs[kind]}"


def _quoted(lead: str, quote: str, promisor: str, beneficiaries: Sequence[str], world: World) -> str:
    """A promise in the text's own words, after who promises; `{}` in the lead is whom."""
    who = sentence_case(economy_name(promisor, world))
    whom = join([economy_name(e, world) for e in beneficiaries if e not in ("all", promisor)]) or "others"
    words = _LOOSE_END.sub("", " ".join(quote.split()).strip('“”"'))
    words = short(words.replace("“", "‘").replace("”", "’"), 120)
    return f"{who} {lead.format(whom)}, in the words of the text: “{words}”"


def sentence_case(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def read_commitment(record: Record, b: Draft, summaries: frozenset[str]) -> None:
    """Add the promises of one or more governments; what companies promise binds no government."""
    promisors = governments(record.actors)
    if not promisors:
        return
    targets = governments(record.targets)
    beneficiaries = tuple(t for t in targets if t not in promisors) or targets
    kind, lead = _kind_of(record, bool(commodities_in(record, b)))
    if record.subtype == "domestic_supply":
        beneficiaries = promisors[:1]
    if not beneficiaries and len(promisors) > 1:  # two sides promise each other
        if lead == BUYS:
            b.asked.append(f"Who buys from whom? The text does not say of: “{short(record.quote)}”")
            return
        promisors, beneficiaries = promisors[:1], promisors[1:]
        lead = MUTUAL if lead == PLAIN else lead
    instruments = _forbidden(record.quote) if kind == "no_export_restriction" else ()
    for promisor in promisors:
        whom = tuple(e for e in beneficiaries if e != promisor)
        if whom or not beneficiaries or len(promisors) == 1:
            add_provisions(
                kind, record, promisor, whom or beneficiaries, b, summaries, instruments, None, None, lead
            )
    if kind == "no_export_restriction":
        who = sentence_case(possessive(promisors[0], b.world))
        if not _STAGE.search(record.quote):
            b.asked.append(
                f"{who} promise: does it hold for raw ores as for processed goods? The text does not say."
            )
        if instruments and "export_licensing" not in instruments:
            named = join([NAMES[i][1] for i in instruments])
            b.asked.append(f"{who} promise names {named}; on licences and taxes the text is silent.")


def _kind_of(record: Record, names_goods: bool) -> tuple[str, str]:
    """The kind of a promise, and the lead to a quotation where words of ours would say more than the text."""
    kind, quote = PROVISIONS.get(record.subtype, ""), record.quote
    if only_explored(quote) and kind not in ("no_export_restriction", "restriction_removal"):
        return "cooperation", PLAIN
    if record.subtype in PURCHASES and buys(quote):
        return "cooperation", BUYS
    if takes_output(quote):
        return "investment", TAKES
    if kind in ("tariff_removal", "tariff_standstill") and not on_tariffs(quote):
        return "cooperation", PLAIN
    if kind == "supply_increase" and not more_supply(quote):
        return "cooperation", PLAIN
    if kind:
        return kind, ""
    if record.subtype.startswith("invest"):
        clear = record.subtype == "investment" and invests(quote) and names_goods
        return "investment", "" if clear else PLAIN
    return "cooperation", "" if record.subtype == "cooperation" and names_goods else PLAIN


def _forbidden(quote: str) -> tuple[str, ...]:
    """The instruments that a promise names; none when it speaks of restrictions at large."""
    if _ANY_RESTRICTION.search(quote):
        return ()
    return tuple(name for pattern, name in _FORBIDDEN if pattern.search(quote))

"""Agreements and promises of a text, and which promise belongs to which agreement."""

from __future__ import annotations

import re
from collections.abc import Sequence

from oresight.policy.records import Agreement, Provision
from oresight.policy.say import economy_name, goods, join, possessive
from oresight.reader.document import Record
from oresight.reader.policy_draft import Draft, commodities_in, governments, phrase, states_of
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

PROVISIONS = {
    "no_export_restriction": "no_export_restriction",
    "export_control_removal": "no_export_restriction",
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

NAMES = {
    "export_ban": ("ban", "bans"),
    "export_quota": ("quota", "quotas"),
    "export_licensing": ("licensing", "licences"),
    "export_tax": ("tax", "taxes"),
}

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
    kind = AGREEMENT_KINDS.get(record.subtype, record.subtype) or "agreement"
    states = states_of(record, b)
    names = join([economy_name(p, b.world, article=False) for p in parties])
    title = f"{sentence_case(phrase(kind))}: {names}"
    identity = f"text:{kind}:{','.join(parties)}"
    if any(a.id == identity for _, a in b.agreements):
        return
    b.agreements.append(
        (
            record,
            Agreement(
                id=identity,
                title=title,
                kind=kind,
                parties=parties,
                binding=kind in BINDING,
                provisions=(),
                states=states,
                source="text",
                quote=record.quote,
            ),
        )
    )
    if kind in BINDING and states[0].state not in ("signed", "in_force"):
        b.asked.append(
            f"{title}: {phrase(states[0].state)}, not signed as far as the text tells; not binding yet."
        )


def summaries_among(agreements: Sequence[Agreement]) -> frozenset[str]:
    """Ids of loosely named agreements whose parties the text names again, agreement by agreement."""
    exact = [a for a in agreements if a.kind in BINDING | NOT_BINDING]
    found = set()
    for one in agreements:
        if one.kind in BINDING | NOT_BINDING:
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
) -> None:
    """Add a promise to each beneficiary, with the force of the agreement that holds it.

    A promise to nobody in particular has the beneficiary `all`. Asks once where no agreement holds it.
    """
    commodities = commodities_in(record, b)
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
                id=f"text:{kind}:{promisor}>{beneficiary}:{','.join(commodities) or 'all'}",
                kind=kind,
                promisor=promisor,
                beneficiary=beneficiary,
                commodities=commodities,
                binding=bool(held is not None and held.binding and concluded),
                rate_percent=rate,
                text=_in_words(kind, promisor, (beneficiary,), commodities, instruments, rate, b.world),
                quote=record.quote,
                source=held.id if held is not None else "text",
                instruments=instruments,
                agreement=held.title if held is not None else "",
                agreed_on=(held.states[0].on or b.published) if held is not None and concluded else "",
            )
        )
    if loose:
        told = _in_words(kind, promisor, loose, commodities, instruments, rate, b.world)
        b.asked.append(f"{told}: the text does not say that an agreement holds this; taken not to bind.")


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
        of = " or ".join(NAMES[i][0] for i in instruments) or "restriction"
        return f"{who} promises {whom} no {of} on exports of {what}"
    if kind == "tariff_held":
        return f"{who} keeps the tariff on {whom} at {rate:g} %"
    if kind == "tariff_standstill":
        return f"{who} promises not to raise tariffs on {whom}"
    verbs = {
        "tariff_removal": f"promises {whom} lower tariffs on {what}",
        "market_opening": f"promises to open its market to {whom} in {what}",
        "supply_increase": f"promises {whom} more {what}",
        "investment": f"promises investment in {what}",
        "cooperation": f"promises to work with {whom} on {what}",
    }
    return f"{who} {verbs[kind]}"


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
    kind = PROVISIONS.get(record.subtype, "investment" if "invest" in record.subtype else "cooperation")
    if not beneficiaries and len(promisors) > 1:  # two sides promise each other
        promisors, beneficiaries = promisors[:1], promisors[1:]
    instruments = _forbidden(record.quote) if kind == "no_export_restriction" else ()
    for promisor in promisors:
        add_provisions(kind, record, promisor, beneficiaries, b, summaries, instruments)
    if kind == "no_export_restriction":
        who = sentence_case(possessive(promisors[0], b.world))
        if not _STAGE.search(record.quote):
            b.asked.append(
                f"{who} promise: does it hold for raw ores as for processed goods? The text does not say."
            )
        if instruments and "export_licensing" not in instruments:
            named = join([NAMES[i][1] for i in instruments])
            b.asked.append(f"{who} promise names {named}; on licences and taxes the text is silent.")


def _forbidden(quote: str) -> tuple[str, ...]:
    """The instruments that a promise names; none when it speaks of restrictions at large."""
    if _ANY_RESTRICTION.search(quote):
        return ()
    return tuple(name for pattern, name in _FORBIDDEN if pattern.search(quote))

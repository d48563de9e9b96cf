"""From what a text says to policy: measures, agreements, provisions, and what the text leaves open.

Rules, stated here because they are ours and not the text's:

- **Legal force.** A promise takes the force of the agreement it belongs to: a reciprocal, free trade or
  investment agreement binds once it is signed; a memorandum, a framework or a joint statement does not. Of
  a "deal" the text does not say; it is taken not to bind, and asked about.
- **Which agreement.** Of agreements between promisor and beneficiary, the one whose words hold the
  promise, else the nearest one before it, else the nearest after it.
- **Cause and scope.** What follows "in response to", "over" or the like is what a threat answers to, not
  what it falls on.
- **Instrument.** A text that says "restrictions" or "controls" without saying which is read as licensing.
- Tariffs that a text tells as in force are left to the ledger, so that none counts twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from oresight.errors import InputError
from oresight.policy.constructors import measure_id
from oresight.policy.records import Agreement, Measure, Provision, State
from oresight.policy.say import day, economy_name, goods, join, possessive
from oresight.reader.document import Document, Record
from oresight.reader.reading import Reading
from oresight.reader.scenarios import brief_scenarios, document_scenario, dominant_restrictor, threat_scenario
from oresight.world.model import World
from oresight.world.scope import resolve

__all__ = [
    "Reading",
    "brief_scenarios",
    "document_scenario",
    "dominant_restrictor",
    "threat_scenario",
    "to_policy",
]

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

CONTROLS = {
    "export_ban": "export_ban",
    "export_quota": "export_quota",
    "export_licensing": "export_licensing",
    "export_tax": "export_tax",
    "export_duty": "export_tax",
    "export_restriction": "",  # which instrument, the text does not say
    "export_control": "",
    "export_controls": "",
}

STATES = {
    "in_force": "in_force",
    "held": "in_force",
    "signed": "signed",
    "announced": "announced",
    "planned": "announced",
    "threatened": "threatened",
    "proposed": "proposed",
    "under_negotiation": "proposed",
    "suspended": "suspended",
    "removed": "ended",
}

# Texts name some goods in words of their own.
GOODS = {
    "rare_earth_magnets": "rare earths: magnet",
    "permanent_magnets": "rare earths: magnet",
    "magnets": "rare earths: magnet",
    "rare_earth_elements": "rare earths",
    "natural_graphite": "graphite",
}

_CAUSE = re.compile(
    r"\b(?:in (?:response|retaliation|reply|reaction) (?:to|for)|because of|on account of|due to|over|if|unless|after)\b",
    re.IGNORECASE,
)
_KEPT = re.compile(r"\b(?:maintain|keep|kept|retain|hold|held|remain|stay|leave)", re.IGNORECASE)
_LICENCE_GIVEN = re.compile(r"\b(?:issue|grant|approve)\w*\b.{0,40}\blicen[cs]e", re.IGNORECASE | re.DOTALL)
_STAGE = re.compile(r"\b(?:raw|unprocessed|processed|refined|ores?|concentrates?|separated|magnets?)\b", re.I)
_FORBIDDEN = (
    (re.compile(r"\b(?:ban|bans|banning|banned|embargo\w*|prohibit\w*)\b", re.I), "export_ban"),
    (re.compile(r"\bquotas?\b", re.I), "export_quota"),
    (re.compile(r"\blicen[cs]\w*\b", re.I), "export_licensing"),
    (re.compile(r"\bexport (?:tax|taxes|duty|duties)\b", re.I), "export_tax"),
)
_ANY_RESTRICTION = re.compile(r"\b(?:restrict\w*|limit\w*|control\w*)\b", re.I)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
_CODE = re.compile(r"(?:[A-Z]{3}|EU)$")


@dataclass
class _Build:
    world: World
    published: str
    measures: list[Measure]
    agreements: list[tuple[Record, Agreement]]
    provisions: list[Provision]
    asked: list[str]


def to_policy(document: Document, world: World) -> Reading:
    """Read policy out of a document's records; order follows the text."""
    b = _Build(world, document.published or "", [], [], [], [])
    records = sorted(document.records, key=lambda r: (r.start, r.end))
    words = _named(records)
    modelled, missing = _modelled(words, world)
    if not b.published:
        b.asked.append("The text has no date of its own: days such as 'on Sunday' stay open.")
    for record in (r for r in records if r.kind == "agreement"):
        _agreement(record, b)
    summaries = _summaries([a for _, a in b.agreements])
    for record in records:
        if record.kind == "commitment":
            _commitment(record, b, summaries)
        elif record.kind == "tariff":
            _tariff(record, b, summaries)
        elif record.kind == "threat":
            _threat(record, b)
        elif record.kind == "export_control":
            _control(record, b, summaries)
        elif record.kind == "investment":
            _investment(record, b)
    if missing:
        listed = join([w.replace("_", " ") for w in missing])
        b.asked.append(f"Not in the baseline, so without figures here: {listed}.")
    provisions = tuple(dict.fromkeys(b.provisions))
    agreements = tuple(
        replace(a, provisions=tuple(p for p in provisions if p.source == a.id))
        for _, a in b.agreements
        if a.id not in summaries
    )
    for agreement in agreements:
        if agreement.kind not in BINDING and agreement.kind not in NOT_BINDING:
            whom = join([economy_name(p, world) for p in agreement.parties])
            b.asked.append(f"Does the {_phrase(agreement.kind)} between {whom} bind? The text does not say.")
    return Reading(
        title=document.title,
        published=b.published,
        measures=_distinct(b.measures),
        agreements=agreements,
        provisions=provisions,
        open_questions=tuple(dict.fromkeys(b.asked)),
        commodities=modelled,
        not_modelled=missing,
    )


# Words -------------------------------------------------------------------------------------------


def _named(records: Iterable[Record]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m for r in records for m in r.minerals))


def _word(mineral: str) -> str:
    return GOODS.get(mineral, mineral.replace("_", " "))


def _modelled(minerals: Iterable[str], world: World) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Mineral names as commodity words the world holds, and the names it does not hold."""
    held, missing = [], []
    for mineral in minerals:
        try:
            resolve(world, (_word(mineral),))
            held.append(_word(mineral))
        except InputError:
            missing.append(mineral)
    return tuple(dict.fromkeys(held)), tuple(dict.fromkeys(missing))


def _governments(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(n for n in names if _CODE.match(n))


def _phrase(kind: str) -> str:
    return kind.replace("_", " ")


def _commodities(record: Record, b: _Build) -> tuple[str, ...]:
    """Commodity words of a record. One that names other goods keeps their names, which reach nothing."""
    named = tuple(_word(m) for m in record.minerals)
    others = tuple(p.replace("_", " ") for p in record.products if _word(p) == p.replace("_", " "))
    magnets = tuple(_word(p) for p in record.products if p in GOODS)
    return tuple(dict.fromkeys((*named, *magnets))) or others


def _states(record: Record, b: _Build, fallback: str = "announced") -> tuple[State, ...]:
    state = STATES.get(record.status or "", fallback)
    when = record.date if record.date and _ISO_DAY.match(record.date) else ""
    note = ""
    if record.date and not when:
        note = f"the text says {day(record.date)}"
    if record.date_role in ("deadline", "expiry", "condition"):
        return (State(state, b.published, b.published, until=when, note=note),)
    return (State(state, when, b.published, note=note),)


# Agreements --------------------------------------------------------------------------------------


def _agreement(record: Record, b: _Build) -> None:
    parties = tuple(dict.fromkeys(_governments((*record.actors, *record.targets))))
    if len(parties) < 2:
        return
    kind = AGREEMENT_KINDS.get(record.subtype, record.subtype) or "agreement"
    states = _states(record, b)
    title = f"{_phrase(kind)[:1].upper()}{_phrase(kind)[1:]}: {join([economy_name(p, b.world, article=False) for p in parties])}"
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
            f"{title}: {states[0].state.replace('_', ' ')}, not signed as far as the text tells; not binding yet."
        )


def _summaries(agreements: Sequence[Agreement]) -> frozenset[str]:
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


def _holder(
    record: Record, promisor: str, beneficiary: str, b: _Build, summaries: frozenset[str]
) -> Agreement | None:
    """The agreement of the text that a promise belongs to, or None where the text does not tell."""
    between = [
        (r, a)
        for r, a in b.agreements
        if promisor in a.parties and (beneficiary in a.parties or not beneficiary)
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


# Promises ----------------------------------------------------------------------------------------


def _provision(
    kind: str,
    record: Record,
    promisor: str,
    beneficiary: str,
    b: _Build,
    summaries: frozenset[str],
    instruments: tuple[str, ...] = (),
    rate: float | None = None,
) -> Provision:
    held = _holder(record, promisor, beneficiary, b, summaries)
    concluded = held is not None and held.states[0].state in ("signed", "in_force")
    commodities = _commodities(record, b)
    signed_on = (held.states[0].on or b.published) if held is not None and concluded else ""
    provision = Provision(
        id=f"text:{kind}:{promisor}>{beneficiary or 'all'}:{','.join(commodities) or 'all'}",
        kind=kind,
        promisor=promisor,
        beneficiary=beneficiary or "all",
        commodities=commodities,
        binding=bool(held is not None and held.binding and concluded),
        rate_percent=rate,
        text=_promise_in_words(kind, promisor, beneficiary, commodities, instruments, rate, b.world),
        quote=record.quote,
        source=held.id if held is not None else "text",
        instruments=instruments,
        agreement=held.title if held is not None else "",
        agreed_on=signed_on,
    )
    if held is None:
        b.asked.append(
            f"{provision.text}: the text does not say that an agreement holds this; taken not to bind."
        )
    return provision


def _promise_in_words(
    kind: str,
    promisor: str,
    beneficiary: str,
    commodities: tuple[str, ...],
    instruments: tuple[str, ...],
    rate: float | None,
    world: World,
) -> str:
    who = economy_name(promisor, world)
    who = who[:1].upper() + who[1:]
    whom = economy_name(beneficiary, world) if beneficiary else "others"
    what = goods(commodities) if commodities else "goods"
    if kind == "no_export_restriction":
        names = {
            "export_ban": "ban",
            "export_quota": "quota",
            "export_licensing": "licensing",
            "export_tax": "tax",
        }
        of = " or ".join(names[i] for i in instruments) or "restriction"
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


def _commitment(record: Record, b: _Build, summaries: frozenset[str]) -> None:
    actors = _governments(record.actors)
    targets = tuple(t for t in _governments(record.targets) if t not in actors)
    kind = PROVISIONS.get(record.subtype, "investment" if "invest" in record.subtype else "cooperation")
    if not actors:
        return
    promisors: tuple[str, ...] = actors
    if not targets and len(actors) > 1:  # two sides promise each other
        promisors, targets = actors[:1], actors[1:]
    instruments = _forbidden(record.quote) if kind == "no_export_restriction" else ()
    for promisor in promisors:
        for beneficiary in targets or ("",):
            b.provisions.append(_provision(kind, record, promisor, beneficiary, b, summaries, instruments))
    if kind == "no_export_restriction":
        who = possessive(actors[0], b.world)
        who = who[:1].upper() + who[1:]
        if not _STAGE.search(record.quote):
            b.asked.append(
                f"{who} promise: does it hold for raw ores as for processed goods? The text does not say."
            )
        if instruments and "export_licensing" not in instruments:
            b.asked.append(
                f"{who} promise names {_listed(instruments)}; on licences and taxes the text is silent."
            )


def _listed(instruments: Sequence[str]) -> str:
    names = {
        "export_ban": "bans",
        "export_quota": "quotas",
        "export_licensing": "licences",
        "export_tax": "taxes",
    }
    return join([names[i] for i in instruments])


def _forbidden(quote: str) -> tuple[str, ...]:
    """The instruments that a promise names; none when it speaks of restrictions at large."""
    if _ANY_RESTRICTION.search(quote):
        return ()
    return tuple(name for pattern, name in _FORBIDDEN if pattern.search(quote))


# Measures ----------------------------------------------------------------------------------------


def _put(measure: Measure, b: _Build) -> None:
    b.measures.append(measure)


def _distinct(measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """Measures told twice count once; the first telling stays."""
    kept: dict[tuple[object, ...], Measure] = {}
    for m in measures:
        key = (
            m.instrument,
            m.imposer,
            m.targets,
            m.commodities,
            m.rate_percent,
            m.states[0].state,
            m.project,
        )
        kept.setdefault(key, m)
    return tuple(kept.values())


def _tariff(record: Record, b: _Build, summaries: frozenset[str]) -> None:
    actors = _governments(record.actors)
    if not actors or "exempt" in record.subtype or "exclusion" in record.subtype:
        return
    targets = _governments(record.targets) or ("all",)
    states = _states(record, b)
    rate = record.rate_percent
    instrument = "import_ban" if record.subtype == "import_ban" else "import_tariff"
    investigating = "investigation" in record.subtype
    if investigating:
        states = (replace(states[0], state="proposed"),)
    commodities = _commodities(record, b) or ("all",)
    for imposer in actors:
        measure = Measure(
            id=measure_id(
                f"text:{instrument}", imposer, targets, commodities, "" if rate is None else f"{rate:g}"
            ),
            instrument=instrument,
            imposer=imposer,
            targets=targets,
            commodities=commodities,
            rate_percent=rate if not record.rate_change_points else record.rate_change_points,
            basis=_phrase(record.subtype),
            states=states,
            source="text",
            quote=record.quote,
            note="a change of the rate, in percentage points" if record.rate_change_points else "",
        )
        _put(measure, b)
        if rate is not None and _KEPT.search(record.quote) and states[0].state == "in_force":
            for target in targets:
                if target != "all":
                    b.provisions.append(
                        _provision("tariff_held", record, imposer, target, b, summaries, rate=rate)
                    )
    if (
        rate is None
        and record.rate_change_points is None
        and instrument == "import_tariff"
        and not investigating
    ):
        b.asked.append(f"At what rate? The text does not say of: “{_short(record.quote)}”")


def _threat(record: Record, b: _Build) -> None:
    actors = _governments(record.actors)
    targets = _governments(record.targets) or ("all",)
    before, cause = _split_cause(record.quote)
    on = tuple(m for m in record.minerals if _said(m, before))
    commodities = (
        tuple(_word(m) for m in on) or tuple(p.replace("_", " ") for p in record.products) or ("all",)
    )
    if record.rate_percent is not None or "tariff" in record.subtype or "tariff" in before.lower():
        instrument = "import_tariff"
    else:
        instrument = CONTROLS.get(record.subtype, "")
    if not instrument:
        b.asked.append(f"Threatened, without saying by which measure: “{_short(record.quote)}”")
        return
    for imposer in actors:
        amount = "" if record.rate_percent is None else f"{record.rate_percent:g}"
        _put(
            Measure(
                id=measure_id(f"text:threat:{instrument}", imposer, targets, commodities, amount),
                instrument=instrument,
                imposer=imposer,
                targets=targets,
                commodities=commodities,
                rate_percent=record.rate_percent,
                basis=_phrase(record.subtype),
                states=(replace(_threat_state(record, b), state="threatened"),),
                source="text",
                cause=cause,
                quote=record.quote,
            ),
            b,
        )
    if not record.date:
        b.asked.append(f"By when? The text sets no day for the threat: “{_short(record.quote)}”")


def _threat_state(record: Record, b: _Build) -> State:
    until = record.date if record.date and _ISO_DAY.match(record.date) else ""
    return State("threatened", b.published, b.published, until=until)


def _split_cause(quote: str) -> tuple[str, str]:
    found = _CAUSE.search(quote)
    if not found:
        return quote, ""
    return quote[: found.start()], " ".join(quote[found.start() :].split())


def _said(mineral: str, text: str) -> bool:
    word = mineral.replace("_", " ").lower().rstrip("s")
    return word in " ".join(text.lower().split())


def _control(record: Record, b: _Build, summaries: frozenset[str]) -> None:
    actors = _governments(record.actors)
    targets = _governments(record.targets) or ("all",)
    if record.subtype not in CONTROLS or not actors:
        return
    if _LICENCE_GIVEN.search(record.quote) and record.targets:
        for promisor in actors:  # licences that are promised ease a control
            for beneficiary in targets:
                b.provisions.append(
                    _provision(
                        "no_export_restriction",
                        record,
                        promisor,
                        beneficiary,
                        b,
                        summaries,
                        ("export_ban", "export_quota", "export_licensing"),
                    )
                )
        return
    instrument = CONTROLS[record.subtype] or "export_licensing"
    commodities = _commodities(record, b) or ("all",)
    assumed: tuple[str, ...] = ()
    if not CONTROLS[record.subtype]:
        assumed = ("instrument",)
    if instrument == "export_licensing":
        assumed += ("approval_share",)
    rate = record.rate_percent if instrument == "export_tax" else None
    limit = record.quantity.value if record.quantity is not None and record.quantity.unit == "t" else None
    for imposer in actors:
        measure = Measure(
            id=measure_id(f"text:{instrument}", imposer, targets, commodities),
            instrument=instrument,
            imposer=imposer,
            targets=targets,
            commodities=commodities,
            rate_percent=rate,
            limit_t=limit if instrument == "export_quota" else None,
            basis=_phrase(record.subtype),
            states=_states(record, b, "in_force"),
            source="text",
            assumed=assumed,
            quote=record.quote,
        )
        _put(measure, b)
        if "instrument" in assumed:
            b.asked.append(
                f"{possessive(imposer, b.world)} restrictions on {goods(commodities)}: by ban, quota or"
                " licence? The text does not say; read as licensing."
            )


def _investment(record: Record, b: _Build) -> None:
    actors = _governments(record.actors)
    kinds = {
        "equity_stake": "equity_stake",
        "warrants": "equity_stake",
        "grant": "subsidy",
        "loan": "subsidy",
    }
    if record.subtype not in kinds or not actors:
        return
    firms = tuple(t for t in record.targets if not _CODE.match(t))
    instrument = kinds[record.subtype]
    commodities = _commodities(record, b)
    for imposer in actors:
        _put(
            Measure(
                id=measure_id(f"text:{instrument}", imposer, firms or ("companies",), commodities),
                instrument=instrument,
                imposer=imposer,
                targets=(),
                commodities=commodities,
                project=join(firms) or "companies not named",
                states=_states(record, b, "in_force"),
                source="text",
                quote=record.quote,
            ),
            b,
        )
    if instrument == "equity_stake" and not firms:
        b.asked.append(
            f"In which companies, and how large? The text does not say of: “{_short(record.quote)}”"
        )


def _short(quote: str, most: int = 110) -> str:
    text = " ".join(quote.split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"

"""What the text reports, as lines of the brief: what was agreed, what stands, what it claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from oresight.brief.anchors import Anchors
from oresight.brief.content import (
    Agreed,
    Claim,
    ClaimRow,
    Estimate,
    OpenQuestion,
    Span,
    Standing,
    Words,
)
from oresight.impact.claims import Claim as CheckedClaim
from oresight.policy.records import Agreement, Measure, Provision, State
from oresight.policy.say import NOUN, day, economy_name, goods, join, measure_name, possessive
from oresight.reader.document import Document, Record
from oresight.reader.reading import Reading
from oresight.world.model import Fact, World

_STAGES = ("mining", "separation", "refining", "metal", "magnet")
_SHORT = 150  # characters of a quotation inside a line; the whole stands in the appendix


@dataclass(frozen=True, slots=True)
class Marks:
    """The spans of the text's records, in the order of the text, and where each quotation stands."""

    spans: tuple[Span, ...]
    numbers: Mapping[str, int]  # of the span with these words

    def of(self, *quotes: str) -> tuple[int, ...]:
        """The numbers of the spans with these words; words that are no record's have none."""
        return tuple(dict.fromkeys(self.numbers[q] for q in quotes if q in self.numbers))


def marks_of(document: Document) -> Marks:
    """Number the spans of a document's records; a quotation that comes twice leads to its first place."""
    places: dict[str, tuple[int, int]] = {}
    for record in document.records:
        places.setdefault(record.quote, (record.start, record.end))
    ordered = {place: n for n, place in enumerate(sorted(set(places.values())), start=1)}
    spans = tuple(Span(n, start, end) for (start, end), n in ordered.items())
    return Marks(spans, {quote: ordered[place] for quote, place in places.items()})


@dataclass(frozen=True, slots=True)
class Promise:
    """Provisions that one set of words holds: who promises whom what."""

    text: str
    promisors: tuple[str, ...]
    beneficiaries: tuple[str, ...]
    binding: bool
    quote: str


def agreed_rows(reading: Reading, world: World, marks: Marks) -> tuple[Agreed, ...]:
    """Agreements, each followed by its promises, then the promises that no agreement is said to hold."""
    rows = []
    held = set()
    for agreement in reading.agreements:
        rows.append(_agreement(agreement, world, marks))
        held |= {p.id for p in agreement.provisions}
        rows += [_promise(p, world, marks, agreement) for p in promises(agreement.provisions, world)]
    rest = [p for p in reading.provisions if p.id not in held]
    rows += [_promise(p, world, marks, None) for p in promises(rest, world)]
    return tuple(rows)


def promises(provisions: Iterable[Provision], world: World) -> tuple[Promise, ...]:
    """Provisions as promises: what several economies give or get in the same words is one."""
    groups: dict[tuple[object, ...], list[Provision]] = {}
    for p in provisions:
        groups.setdefault((p.kind, p.quote, p.commodities, p.rate_percent, p.binding), []).append(p)
    made = []
    for group in groups.values():
        first = group[0]
        givers = list(dict.fromkeys(p.promisor for p in group))
        takers = list(dict.fromkeys(p.beneficiary for p in group))
        # Names change in our words alone, never in what the text itself says.
        text, mark, said = first.text.partition("“")
        if len(takers) > 1:
            text = text.replace(
                economy_name(takers[0], world), join([economy_name(t, world) for t in takers])
            )
        if len(givers) > 1:
            one, many = economy_name(givers[0], world), join([economy_name(g, world) for g in givers])
            rest = text[len(one) :]
            for singular, plural in ((" promises", " promise"), (" keeps ", " keep ")):
                rest = rest.replace(singular, plural, 1)
            text = _capital(many) + rest
        text += mark + said
        made.append(Promise(text, tuple(givers), tuple(takers), first.binding, first.quote))
    return tuple(made)


def _agreement(agreement: Agreement, world: World, marks: Marks) -> Agreed:
    state = agreement.states[0] if agreement.states else State("announced", "", "")
    kind = agreement.kind.replace("_", " ")
    count = len(promises(agreement.provisions, world))
    holds = f", with the promise{'s' if count > 1 else ''} below" if count else ""
    return Agreed(
        parties=join([economy_name(p, world, article=False) for p in agreement.parties]),
        what=(f"{_capital(kind)}{holds}.",),
        status=state.state.replace("_", " "),
        day=_when(state),
        force=_force(agreement.binding and state.state in {"signed", "in_force"}, state.state),
        spans=marks.of(agreement.quote),
    )


def _force(binds: bool, state: str) -> str:
    """Legal force in words: what is signed binds only once it has entered into force."""
    if not binds:
        return "not binding"
    return "binding once in force" if state == "signed" else "binding"


def _promise(promise: Promise, world: World, marks: Marks, agreement: Agreement | None) -> Agreed:
    def named(codes: tuple[str, ...]) -> str:
        return join([economy_name(c, world, article=False) for c in codes if c != "all"])

    parties = named(promise.promisors)
    if named(promise.beneficiaries) and promise.beneficiaries != promise.promisors:
        parties += " to " + named(promise.beneficiaries)
    return Agreed(
        parties=parties,
        what=(f"{promise.text}.",),
        status="promised",
        day="" if agreement is not None else "outside any agreement named",
        force=_force(promise.binding, agreement.states[0].state if agreement and agreement.states else ""),
        spans=marks.of(promise.quote),
        part=agreement is not None,
    )


def binding_lines(reading: Reading, world: World, marks: Marks) -> tuple[Standing, ...]:
    """Promises that bind, and measures that the text tells as in force."""
    signed = {
        p.id for a in reading.agreements if a.states and a.states[0].state == "signed" for p in a.provisions
    }
    binding = [p for p in reading.provisions if p.binding]
    lines = [
        Standing((f"{p.text}, once the agreement is in force.",), marks.of(p.quote))
        for p in promises((p for p in binding if p.id in signed), world)
    ]
    lines += [
        Standing((f"{p.text}.",), marks.of(p.quote))
        for p in promises((p for p in binding if p.id not in signed), world)
    ]
    lines += [
        Standing((f"{_capital(measure_words(m, world))}{_since(m)}.",), marks.of(m.quote))
        for m in reading.measures
        if _state(m) in {"in_force", "suspended"} and m.instrument != "equity_stake"
    ]
    lines += [
        Standing((f"{_capital(measure_words(m, world))}.",), marks.of(m.quote))
        for m in reading.measures
        if _state(m) == "in_force" and m.instrument == "equity_stake"
    ]
    return _merged(lines)


def threatened_lines(reading: Reading, world: World, marks: Marks) -> tuple[Standing, ...]:
    """Measures threatened, proposed or announced, with their deadline and their cause."""
    lines = []
    for m in reading.measures:
        if _state(m) not in {"threatened", "proposed", "announced"} or (m.rate_percent or 0.0) < 0:
            continue
        until = f", by {day(m.states[0].until)}" if m.states[0].until else ""
        cause = f", {m.cause.rstrip('.')}" if m.cause else ""
        lines.append(
            Standing(
                (f"{_capital(_state(m))}: {measure_words(m, world)}{until}{cause}.",),
                marks.of(m.quote),
            )
        )
    return _merged(lines)


def said_lines(reading: Reading, document: Document, world: World, marks: Marks) -> tuple[Standing, ...]:
    """Promises that do not bind, meetings, claims and what people are quoted as saying."""
    lines = [
        Standing((f"{p.text}.",), marks.of(p.quote))
        for p in promises(reading.provisions, world)
        if not p.binding
    ]
    for record in document.records:
        if record.kind == "statement":
            who = record.speaker or join([economy_name(a, world) for a in record.actors]) or "The text"
            words = (f"{_capital(who)}: “{short(_inner(record.quote), 240)}”",)
            lines.append(Standing(words, marks.of(record.quote), quoted=True))
        elif record.kind == "meeting":
            lines.append(Standing((_meeting(record, world),), marks.of(record.quote)))
        elif record.kind == "supply_share":
            words = (f"Claimed: “{short(record.quote, 240)}”",)
            lines.append(Standing(words, marks.of(record.quote), quoted=True))
    return _merged(lines)


def claims_shown(
    claims: Iterable[CheckedClaim], world: World, marks: Marks, anchors: Anchors
) -> tuple[Claim, ...]:
    """The text's shares with their verdicts and every figure held against them."""
    shown = []
    for claim in claims:
        rows = tuple(
            ClaimRow(
                what=_figure_name(check.fact, claim.subject),
                publisher=_publisher(check.fact, world),
                figure=anchors.fact(check.fact),
                year=check.fact.year,
                bears_out=check.holds,
                verdict="yes" if check.holds else f"no, it is {'more' if check.difference > 0 else 'less'}",
            )
            for check in sorted(claim.checks, key=lambda c: (_stage(c.fact.stage), -c.fact.year))
        )
        words: Words = ()
        if rows:
            words = ("Figures of one stage differ by source, year and what they count; all are shown.",)
        shown.append(
            Claim(
                claimed=short(claim.record.quote, 240).rstrip("."),
                verdict=claim.sentence.rstrip("."),
                explanation=words,
                rows=rows,
                spans=marks.of(claim.record.quote),
                level=Estimate(claim.share_percent, "%"),
                chart_title=_chart_title(claim, world) if rows else "",
            )
        )
    return tuple(shown)


def open_questions(reading: Reading, document: Document) -> tuple[OpenQuestion, ...]:
    """What the text does not tell, as the reader and the policy room noted it."""
    asked = dict.fromkeys((*reading.open_questions, *document.notes))
    return tuple(OpenQuestion((typographic(question),)) for question in asked)


def measure_words(measure: Measure, world: World) -> str:
    """A measure with its amount and whom it falls on: "the United States’ import tariff of 100 % on ..."."""
    if measure.title or measure.instrument == "equity_stake":
        return typographic(measure_name(measure, world))
    targets = [economy_name(t, world) for t in measure.targets if t not in {"all", ""}]
    further = f"{measure.note} " if measure.note in {"additional", "further"} else ""
    words = f"{possessive(measure.imposer, world)} {further}{NOUN[measure.instrument]}"
    if measure.rate_percent is not None and measure.rate_percent >= 0:
        words += f" of {measure.rate_percent:g} %"
    elif measure.rate_percent is not None:
        words += f", lowered by {-measure.rate_percent:g} percentage points,"
    what = goods(measure.commodities, measure.hs)
    if measure.instrument.startswith("import") and targets:
        words += f" on {'goods' if what == 'all goods' else what} from {join(targets)}"
    else:
        words += f" on {what}" + (f" to {join(targets)}" if targets else "")
    return typographic(words)


def typographic(text: str) -> str:
    """Our own words with a typographic apostrophe. Never applied to what the text says."""
    return text.replace("'", "’")


def short(text: str, most: int = _SHORT) -> str:
    """A quotation on one line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + " …"


def _chart_title(claim: CheckedClaim, world: World) -> str:
    whose = typographic(possessive(claim.economy, world))
    found = [check.fact.value for check in claim.checks]
    ends = f"{min(found):.0f} to {max(found):.0f} %" if len(found) > 1 else f"{found[0]:.0f} %"
    share = f"{claim.share_percent:g} %"
    return _capital(
        f"{whose} share is {ends}, depending on the stage and the source, where the text says {share}"
    )


def _figure_name(fact: Fact, subject: str) -> str:
    stage = _capital(fact.stage or "all stages")
    if fact.stage and fact.stage in fact.subject:
        return fact.subject
    return stage if fact.subject == subject else f"{stage}, {fact.subject}"


def _publisher(fact: Fact, world: World) -> str:
    return world.sources[fact.source].publisher if fact.source in world.sources else "Oresight, baseline"


def _stage(stage: str) -> int:
    return _STAGES.index(stage) if stage in _STAGES else len(_STAGES)


def _meeting(record: Record, world: World) -> str:
    who = join([economy_name(a, world) for a in (*record.actors, *record.targets)])
    status = {"planned": "to come", "held": "held"}.get(record.status or "", "")
    parts = [f"A meeting of {who}" if who else "A meeting", status, day(record.date) if record.date else ""]
    return ", ".join(p for p in parts if p) + "."


def _merged(lines: Iterable[Standing]) -> tuple[Standing, ...]:
    """Lines with the same words once, with all their spans."""
    merged: dict[Words, Standing] = {}
    for line in lines:
        before = merged.get(line.words)
        spans = tuple(dict.fromkeys((*(before.spans if before else ()), *line.spans)))
        merged[line.words] = Standing(line.words, spans, line.quoted)
    return tuple(merged.values())


def _state(measure: Measure) -> str:
    return measure.states[0].state if measure.states else "announced"


def _since(measure: Measure) -> str:
    state = measure.states[0]
    words = " (suspended)" if state.state == "suspended" else ""
    return words + (f", since {day(state.on)}" if state.on and state.state == "in_force" else "")


def _when(state: State) -> str:
    return day(state.on) if state.on else state.note or "day not stated"


def _inner(quote: str) -> str:
    """What stands between quotation marks, when that is most of the quote."""
    for opening, closing in (("“", "”"), ('"', '"')):
        start = quote.find(opening)
        end = quote.rfind(closing)
        end = end if end > start else len(quote)
        if start >= 0 and end - start > len(quote) / 3:
            return quote[start + 1 : end]
    return quote.strip('“”"')


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

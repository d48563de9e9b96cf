"""From what was found to what is shown: one `Brief`, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from oresight.brief import reported
from oresight.brief.anchors import Anchors, assumption_rows, source_rows
from oresight.brief.comparisons import comparisons
from oresight.brief.content import (
    Brief,
    Claim,
    Column,
    Estimate,
    Fate,
    Finding,
    Reference,
    Run,
    SourceText,
    Words,
)
from oresight.brief.findings import Findings
from oresight.brief.headline import approved, count, not_held, summary, title
from oresight.brief.promise import promise_finding
from oresight.brief.results import (
    Results,
    capital,
    findings,
    lower,
    results_of,
)
from oresight.brief.supply import drawn_for, magnet_chain, supply_map
from oresight.evidence.scoreboard import in_a_sentence
from oresight.policy.records import Measure
from oresight.policy.say import day, economy_name, join
from oresight.world.scope import resolve


def assemble(found: Findings, command: str = "oresight brief") -> Brief:
    """The contents of a brief. `command` is told in the run's record, so that it can be repeated."""
    world = found.world
    anchors = Anchors(world)
    marks = reported.marks_of(found.document)
    results = results_of(found)
    claims = reported.claims_shown(found.claims, world, marks, anchors)
    tables = comparisons(results, anchors)
    restrictor = _restrictor(found)
    maps = tuple(
        drawn
        for what in drawn_for(world, _touched(found))
        if (drawn := supply_map(world, what, restrictor, anchors)) is not None
    )
    chain = None
    if any("rare earths" in _groups(found, name) for name in _touched(found)):
        chain = magnet_chain(world, restrictor, found.buyer, anchors)
    promised = promise_finding(results, anchors)
    made = (
        *findings(results, anchors),
        *((promised,) if promised is not None else ()),
        *_claim_findings(claims),
        *_threat_findings(found),
    )
    paragraph = summary(results, anchors)
    method = _method(found, anchors)
    assumptions = assumption_rows(world.assumptions)
    used = {f.source for f in anchors.fact_rows()} | {a.source for a in assumptions}
    return Brief(
        title=title(results, anchors),
        summary=paragraph,
        source=SourceText(
            found.document.title,
            found.document.published or "",
            found.document.text,
            found.document.sha256,
            marks.spans,
        ),
        buyer=economy_name(found.buyer, world),
        findings=made,
        agreed=reported.agreed_rows(found.reading, world, marks),
        binds=reported.binding_lines(found.reading, world, marks),
        threatened=reported.threatened_lines(found.reading, world, marks),
        said=reported.said_lines(found.reading, found.document, world, marks),
        claims=claims,
        scenarios=tuple(_column(results, s) for s in results.columns),
        comparisons=tables,
        blocked=tuple(
            (reported.typographic(f"{sentence}."),)
            for sentence in dict.fromkeys(
                b.sentence for s in found.outcome.solutions for b in s.wedges.blocked
            )
        ),
        assumed=tuple(
            (reported.typographic(f"{note}."),)
            for note in dict.fromkeys(n for s in found.outcome.solutions for n in s.wedges.notes)
        ),
        maps=maps,
        chain=chain,
        open_questions=reported.open_questions(found.reading, found.document),
        method=method,
        assumptions=assumptions,
        facts=anchors.fact_rows(),
        results=anchors.result_rows(),
        sources=source_rows(world, used),
        run=_run(found, command),
        published=day(found.document.published) if found.document.published else "",
        aftermath=tuple(
            Fate(f.verdict, reported.typographic(f"{f.sentence.rstrip('.')}."), f.source, f.assumed)
            for f in found.fates
        ),
        cautions=_cautions(found),
    )


def _touched(found: Findings) -> tuple[str, ...]:
    """Commodities that the text or its scenarios speak of, in the order of the world."""
    words = dict.fromkeys(w for s in found.scenarios for m in s.measures for w in m.commodities)
    narrow = [w for w in (*found.reading.commodities, *words) if w not in {"critical minerals", "all"}]
    wanted = narrow or ["critical minerals"]
    named = {found.world.commodities[c].name for c in resolve(found.world, tuple(wanted))}
    return tuple(c.name for c in found.world.commodities if c.name in named)


def _groups(found: Findings, name: str) -> tuple[str, ...]:
    return found.world.commodities[found.world.commodity_index[name]].groups


def _restrictor(found: Findings) -> str:
    """Who restricts in the stress."""
    stress = found.scenarios[results_of(found).stress]
    return stress.measures[-1].imposer if stress.measures else found.buyer


def _claim_findings(claims: tuple[Claim, ...]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            (f"“{reported.short(c.claimed, 130)}”: {c.verdict[:1].lower()}{c.verdict[1:]}.",),
            ("Every figure that was held against it is under ", Reference("claims and facts", "claims"), "."),
        )
        for c in claims
        if c.rows
    )


def _threat_findings(found: Findings) -> tuple[Finding, ...]:
    threats = [
        m for m in found.reading.measures if m.states and m.states[0].state in {"threatened", "proposed"}
    ]
    if not threats:
        return ()
    names = join([reported.measure_words(m, found.world) for m in threats[:2]])
    verb = "is" if len(threats) == 1 else "are"
    return (
        Finding(
            (f"{capital(names)} {verb} threatened, not in force.",),
            ("No scenario on this page counts it as imposed; a scenario file can add it.",),
        ),
    )


def _column(results: Results, scenario: int) -> Column:
    found = results.found
    solution = found.outcome.solutions[scenario]
    if scenario == results.quo:
        quo = found.scenarios[scenario]
        known = f", as known on {day(quo.known_by)}" if quo.known_by and quo.known_by != quo.as_of else ""
        when = f"What was in force on {day(quo.as_of)}{known}." if quo.as_of else "Nothing new."
        words: Words = (f"{when} Compared with the baseline of {found.world.year}.",)
    elif scenario == results.deal:
        held = len(reported.promises(found.reading.provisions, found.world))
        added = [reported.measure_words(m, found.world) for m in found.scenarios[scenario].measures]
        kept = f"the {count(held)} promise{'s' * (held != 1)} of the text, taken to be kept" if held else ""
        words = (
            f"The status quo with {join([w for w in (kept, *added) if w]) or 'nothing that moves trade'}.",
        )
    elif scenario == results.stress:
        stress = found.scenarios[scenario].measures[-1]
        words = (f"The status quo and {reported.measure_words(stress, found.world)}{approved(stress)}.",)
    else:
        words = (f"The deal, and {lower(results.name(results.stress))}.",)
    return Column(results.label(scenario), words, solution.status, capital(_named(solution.message, found)))


def _named(message: str, found: Findings) -> str:
    """A message with economies by name instead of code."""
    world = found.world

    def name(match: re.Match[str]) -> str:
        code = match.group(2)
        return f" in {economy_name(code, world)}" if code in world.economy_index else match.group(0)

    return re.sub(r"( in)? ([A-Z]{3})\b", name, message)


def _method(found: Findings, anchors: Anchors) -> tuple[Words, ...]:
    world = found.world
    draws = found.outcome.draws
    uncertain: Words = (
        f"Elasticities, capacities, stocks and licence shares are uncertain. The run solves every scenario "
        f"for {draws} draws over their ranges, the same draws in each; intervals run from the 5th to the "
        "95th percentile. The central value is the central case, not the median.",
    )
    if not draws:
        uncertain = ("No draws were asked for: the numbers are the central case and carry no intervals.",)
    return (
        (
            f"The baseline is {world.year}: {len(world.economies)} economies, {len(world.commodities)} "
            f"commodities and {len(world.processes)} processes, in which every tonne that is used was made. "
            "Figures come from the ",
            Reference("sources below", "sources"),
            "; bilateral flows that nobody publishes are estimated and marked as derived.",
        ),
        (
            "Each scenario is an equilibrium of that network for one year: buyers choose origins by "
            "delivered cost, processes turn ores into oxides and oxides into magnets within their "
            "capacities, and a quota or a licence that binds carries one rent per tonne. Stocks are drawn "
            "first; above a multiple of the baseline price, use is substituted or stops.",
        ),
        (*uncertain, " The ", Reference("assumptions", "assumptions"), " give each range and its source."),
        (
            "What the text says was read by rules, without a language model. Each line rests on the words it "
            "opens; what the rules could not place is under ",
            Reference("what the text leaves open", "open"),
            ".",
        ),
    )


def _cautions(found: Findings) -> tuple[Words, ...]:
    stress = found.scenarios[results_of(found).stress].measures
    cautions: list[Words] = [(not_held(found),)] if found.reading.not_modelled else []
    if stress and stress[-1].approval_share is not None and "approval_share" in stress[-1].assumed:
        share = Estimate(100 * stress[-1].approval_share, "%")
        cautions.append(
            (
                "The restriction is a supposition, not a forecast: ",
                share,
                f" of the baseline is let out{_drawn(stress[-1])}, ",
                Reference("a share that is ours", _stress_share(found)),
                ". Its effects scale with it.",
            )
        )
    cautions.append(
        (
            "This is a model of one year around a baseline, and its intervals cover the stated ranges of its "
            f"assumptions, no more. {in_a_sentence()}. Read the order of things rather than the digits.",
        )
    )
    return tuple(cautions)


def _drawn(stress: Measure) -> str:
    if stress.approval_range is None:
        return ""
    low, high = stress.approval_range
    return f" in the central case, and {100 * low:.0f} to {100 * high:.0f} % over the draws"


def _stress_share(found: Findings) -> str:
    names = [a.name for a in found.world.assumptions]
    wanted = "licence_approval_share_stress"
    return f"assumption-{names.index(wanted) + 1}" if wanted in names else "assumptions"


def _run(found: Findings, command: str) -> Run:
    run: Mapping[str, object] = found.run
    lines = []
    for n, solution in enumerate(found.outcome.solutions):
        gap = solution.certificate.get("duality_gap")
        residual = solution.certificate.get("residual")
        words = f"{solution.status}: {_named(solution.message, found)}"
        words += f" Residual {residual:.1e}" if residual is not None else ""
        words += f", duality gap {gap:.1e}, relative, worst over draws." if gap is not None else ""
        lines.append((capital(found.scenarios[n].name), words))
    return Run(
        version=str(run["oresight"]),
        fingerprint=str(run["fingerprint"]),
        text_sha256=found.document.sha256,
        world_sha256=str(run["world"]),
        ledger_sha256=str(run["ledger"]),
        seed=found.outcome.seed,
        draws=found.outcome.draws,
        as_of=found.as_of,
        known_by=found.known_by,
        command=command,
        certificates=tuple(lines),
    )

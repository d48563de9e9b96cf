"""Are the text's shares true, and of which stage?

A text says that an economy holds so much of the supply of a mineral. The fact table says what is
known by stage, scope and year; the balanced baseline adds the share by tonnes of each stage. Each
is compared with the claim and the verdict names the stages it is true of, and those it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from oresight.errors import InputError
from oresight.policy.say import economy_name
from oresight.reader.document import Record
from oresight.world.model import Fact, World
from oresight.world.scope import economies, resolve

NEAR = 5.0  # percentage points within which a rounded or hedged share is taken to hold
EXACT = 2.5  # the same for a share given without a hedge: it was rounded by someone
FLOOR = ("at_least", "more_than", "over", "above", "minimum")
CEILING = ("at_most", "less_than", "up_to", "under", "below", "maximum")
HEDGES = ("nearly", "almost", "about", "around", "approximately", "roughly", "some", "close_to")


STAGE_ORDER = ("mining", "separation", "refining", "metal", "magnet")
STAGE_WORDS = {"metal": "metal making", "magnet": "magnet making"}


@dataclass(frozen=True, slots=True)
class Check:
    """One figure held against a claim."""

    fact: Fact
    holds: bool
    difference: float  # fact less claim, percentage points


@dataclass(frozen=True, slots=True)
class Claim:
    """A share that the text states, with every figure that speaks to it."""

    record: Record
    economy: str
    subject: str  # the mineral as the text names it
    share_percent: float
    checks: tuple[Check, ...]
    verdict: str  # true | true of some stages | not borne out | cannot be checked
    sentence: str


def check_claims(world: World, records: tuple[Record, ...]) -> tuple[Claim, ...]:
    """Hold every supply share of the text against the facts; what is over 100 % is growth, not a share."""
    out = []
    for record in records:
        share = record.share_percent
        if record.kind != "supply_share" or share is None or not 0 <= share <= 100 or not record.actors:
            continue
        for mineral in record.minerals or ():
            if record.targets or "import" in record.quote.casefold():
                out.append(_check_imports(world, record, mineral))
            else:
                out.append(_check(world, record, record.actors[0], mineral))
    return tuple(out)


def _check_imports(world: World, record: Record, mineral: str) -> Claim:
    """A share of what one economy buys from another, held against import shares and not world supply."""
    share = float(record.share_percent or 0.0)
    word = mineral.replace("_", " ")
    if not record.targets:
        sentence = f"The text does not say whose share of the imports of {word} this is."
        return Claim(record, record.actors[0], word, share, (), "cannot be checked", sentence)
    buyer, supplier = _buyer_first(world, word, record.actors[0], record.targets[0])
    figures = _import_figures(world, word, buyer, supplier)
    checks = tuple(
        Check(fact, _holds(share, record.qualifier, fact.value), fact.value - share) for fact in figures
    )
    verdict, sentence = _verdict(word, supplier, share, checks, world)
    if checks:
        sentence = (
            f"As a share of the imports of {economy_name(buyer, world)}: {sentence[:1].lower()}{sentence[1:]}"
        )
    return Claim(record, supplier, word, share, checks, verdict, sentence)


def _buyer_first(world: World, word: str, one: str, other: str) -> tuple[str, str]:
    """Which of two economies buys and which supplies: the side that gets more at the baseline."""

    def sent(origin: str, destination: str) -> float:
        i, j = _members(world, origin), _members(world, destination)
        return float(sum(world.flows[c][np.ix_(i, j)].sum() * world.prices[c] for c in _goods(world, word)))

    return (one, other) if sent(other, one) >= sent(one, other) else (other, one)


def _members(world: World, code: str) -> list[int]:
    try:
        return [world.economy_index[e] for e in economies(world, (code,))]
    except InputError:
        return []


def _goods(world: World, word: str) -> tuple[int, ...]:
    try:
        return resolve(world, (word,))
    except InputError:
        return ()


def _import_figures(world: World, word: str, buyer: str, supplier: str) -> list[Fact]:
    """Sourced import shares first, then the baseline's own by stage."""
    goods = _goods(world, word)
    names = {world.commodities[c].name for c in goods} | {word}
    sourced = [
        f
        for f in world.facts
        if f.attribute == "import_share"
        and (f.economy, f.partner) == (buyer, supplier)
        and f.subject in names
    ]
    i, j = _members(world, supplier), _members(world, buyer)
    derived = []
    for stage in dict.fromkeys(world.commodities[c].stage for c in goods):
        flows = sum(world.flows[c] for c in goods if world.commodities[c].stage == stage)
        bought = float(flows[:, j].sum() - flows[np.ix_(j, j)].sum())
        if bought > 0 and i and j:
            part = 100.0 * float(flows[np.ix_(i, j)].sum()) / bought
            note = "share by tonnes of imports in the balanced baseline"
            derived.append(_baseline_share(world, word, buyer, stage, "import_share", part, note, supplier))
    return [*sourced, *derived]


def _baseline_share(
    world: World, word: str, economy: str, stage: str, what: str, value: float, note: str, partner: str = ""
) -> Fact:
    year = world.year
    return Fact(
        word, economy, stage, what, value, "percent", year, "baseline", "derived", True, note, partner
    )


def _check(world: World, record: Record, economy: str, mineral: str) -> Claim:
    share = float(record.share_percent or 0.0)
    word = mineral.replace("_", " ")
    figures = _figures(world, word, economy)
    checks = tuple(
        Check(fact, _holds(share, record.qualifier, fact.value), fact.value - share) for fact in figures
    )
    verdict, sentence = _verdict(word, economy, share, checks, world)
    return Claim(record, economy, word, share, checks, verdict, sentence)


def _figures(world: World, word: str, economy: str) -> list[Fact]:
    """Sourced shares first, then the baseline's own by stage."""
    commodities = _goods(world, word)
    names = {world.commodities[c].name for c in commodities} | {word}
    sourced = [
        f
        for f in world.facts
        if f.attribute == "supply_share" and f.economy == economy and f.subject in names
    ]
    derived = []
    for stage in dict.fromkeys(world.commodities[c].stage for c in commodities):
        at_stage = [c for c in commodities if world.commodities[c].stage == stage]
        made = world.flows[at_stage].sum(axis=(0, 2))
        n = world.economy_index.get(economy)
        if n is None or made.sum() <= 0:
            continue
        part = float(100.0 * made[n] / np.sum(made))
        note = "share by tonnes of production in the balanced baseline"
        derived.append(_baseline_share(world, word, economy, stage, "supply_share", part, note))
    return [*sourced, *derived]


def _holds(claimed: float, qualifier: str | None, found: float) -> bool:
    if qualifier in FLOOR:
        return found >= claimed - EXACT
    if qualifier in CEILING:
        return found <= claimed + EXACT
    return abs(found - claimed) <= (NEAR if qualifier in HEDGES else EXACT)


def _verdict(
    word: str, economy: str, share: float, checks: tuple[Check, ...], world: World
) -> tuple[str, str]:
    """A verdict in a few words, and the sentence that names the stages."""
    name = next((e.name for e in world.economies if e.code == economy), economy)
    if not checks:
        return "cannot be checked", f"No figure in the tables gives {name}'s share of {word}."
    true = _stages(checks, lambda check: check.holds)
    others = [c for c in checks if c.fact.stage not in true]
    more = _stages(others, lambda check: check.difference > 0)
    less = [stage for stage in _stages(others, lambda check: check.difference < 0) if stage not in more]
    parts = []
    if true:
        parts.append(f"true of {_join([_said(s) for s in true])}")
    if more:
        parts.append(f"too low for {_join([_figure(others, s) for s in more])}")
    if less:
        parts.append(
            f"{'not true of' if true or more else 'too high for'} {_join([_figure(others, s) for s in less])}"
        )
    sentence = "; ".join(parts)
    verdict = "true" if true and not (more or less) else "true of some stages" if true else "not borne out"
    return verdict, f"{sentence[:1].upper()}{sentence[1:]}."


def _stages(checks: Sequence[Check], wanted: Callable[[Check], bool]) -> list[str]:
    """The stages with a check that is wanted, in the order of the chain."""
    found = {check.fact.stage for check in checks if wanted(check)}
    return sorted(found, key=lambda stage: STAGE_ORDER.index(stage) if stage in STAGE_ORDER else -1)


def _said(stage: str) -> str:
    return STAGE_WORDS.get(stage, stage or "all stages together")


def _figure(checks: Sequence[Check], stage: str) -> str:
    values = [check.fact.value for check in checks if check.fact.stage == stage]
    low, high = round(min(values)), round(max(values))
    return f"{_said(stage)} ({low} %)" if low == high else f"{_said(stage)} ({low} to {high} %)"


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]

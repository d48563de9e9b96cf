"""What a clause is worth that brings capacity: an opened market, a stake, an offtake, a price floor.

Such a clause stops no measure. It is worth what the plants that it brings take off the loss that
must be expected over the register, in the first year in which they run because of it. A plant is
counted when the clause names it and the outlook's table of projects holds it; what is not named is
worth nothing that can be counted. A clause takes effect with a stated probability, its take-up: that
the plant is built, or opens so much earlier, because of the clause and would not otherwise.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import repeat
from pathlib import Path

import numpy as np

from oresight.deal.amounts import Amount, Floats, Part, amount_of, draw_ranges, is_noise, parts_of
from oresight.deal.crises import games
from oresight.deal.losses import BASELINE, Expected, Progress, Solve, in_silence, solve_market, state_losses
from oresight.deal.register import Risk
from oresight.deal.shapley import shapley
from oresight.deal.words import SMALLEST, capacity_sentence, promise_name
from oresight.errors import InputError
from oresight.outlook.horizon import site, world_in
from oresight.outlook.projects import Project
from oresight.policy.ledger import Ledger
from oresight.policy.reach import commodities_of
from oresight.policy.records import Measure, Provision, Scenario
from oresight.policy.say import economy_name, goods, measure_name
from oresight.world.model import Range, World

TAKE_UP = {
    "market_opening": "take_up_opening",
    "supply_increase": "take_up_promise",
    "investment": "take_up_promise",
    "equity_stake": "take_up_stake",
    "subsidy": "take_up_grant",
    "price_floor": "take_up_price_floor",
    "stockpile": "take_up_offtake",
}
OFFTAKE = re.compile(r"\boff-?take", re.IGNORECASE)
OWNER = re.compile(r"\(([^)]*?)(?: with [^)]*)?\)")


@dataclass(frozen=True, slots=True)
class Brought:
    """A plant that a clause brings, and the year that is counted."""

    project: Project
    months: float | None  # by which the clause brings it forward; None when it would not open without it
    year: int  # the first calendar year in which it runs because of the clause
    span: float  # part of that year, or 1 when it lasts a year or longer


@dataclass(frozen=True, slots=True)
class Clause:
    """A promise or a measure that may bring capacity; `reason` says why nothing can be counted."""

    text: Provision | Measure
    name: str
    brings: tuple[Brought, ...]
    take_up: str  # name of the assumption
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CapacityValue:
    """What a clause is worth through the capacity that it brings, million USD in the year counted."""

    text: Provision | Measure
    name: str
    worth: Amount
    brings: tuple[Brought, ...]
    take_up: Range
    by_project: tuple[Part, ...]
    by_risk: tuple[Part, ...]
    verdict: str  # valued | noise
    sentence: str


@cache
def take_ups() -> dict[str, Range]:
    """The table of take-ups by name; all are assumed."""
    return {
        str(row["name"]): Range(float(row["value"]), float(row["low"]), float(row["high"]))
        for row in take_up_rows()
    }


def take_up_rows() -> list[dict[str, str]]:
    """The table of assumptions of this room, as it stands."""
    with (Path(__file__).with_name("data") / "assumptions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def clauses(
    world: World,
    provisions: Sequence[Provision],
    measures: Sequence[Measure],
    projects: Sequence[Project],
) -> list[Clause]:
    """The promises and measures that may bring capacity, with the projects that they name.

    A stake names its project. A price floor without one supports the projects of its imposer in its
    goods. Promises and other measures name a project in their words, by its site or its owner.
    """
    found = []
    for p in provisions:
        if p.kind in TAKE_UP and not p.instruments:
            words = " ".join((p.quote, p.text))
            found.append(_clause(world, p, promise_name(p, world), p.kind, words, p.commodities, projects))
    for m in measures:
        if m.instrument in TAKE_UP:
            words = " ".join((m.project, m.title, m.quote))
            found.append(
                _clause(world, m, measure_name(m, world), m.instrument, words, m.commodities, projects)
            )
    return found


def _clause(
    world: World,
    text: Provision | Measure,
    name: str,
    kind: str,
    words: str,
    scope: Sequence[str],
    projects: Sequence[Project],
) -> Clause:
    take_up = "take_up_offtake" if OFFTAKE.search(words) else TAKE_UP[kind]
    named = [p for p in projects if isinstance(text, Measure) and text.project == p.project]
    named = named or named_in(words, projects)
    if not named and isinstance(text, Measure) and kind == "price_floor":
        named = [p for p in projects if p.economy == text.imposer]
    if not named:
        return Clause(
            text,
            name,
            (),
            take_up,
            "nothing in the text says what is built, so that it is worth nothing that can be counted",
        )
    reach = {world.commodities[c].name for c in commodities_of(world, scope or ("all",))}
    fitting = [p for p in named if p.commodity in reach]
    if not fitting:
        return Clause(
            text,
            name,
            (),
            take_up,
            f"it names {named[0].title}, and the table of projects has no plant of that name for"
            f" {goods(tuple(scope))}",
        )
    outside = [why for p in fitting if isinstance(why := site(world, p), str)]
    kept = [p for p in fitting if not isinstance(site(world, p), str)]
    if not kept:
        return Clause(text, name, (), take_up, outside[0])
    months = text.accelerates_months if isinstance(text, Measure) else None
    later = [b for p in kept if (b := _brought(world, p, months, _agreed(text))) is not None]
    if not later:
        return Clause(text, name, (), take_up, f"{kept[0].title} was to be open by then without it")
    return Clause(text, name, tuple(later), take_up)


def _agreed(text: Provision | Measure) -> float:
    """When a clause was agreed or known, in years; 0 when it does not say."""
    if isinstance(text, Provision):
        day = text.agreed_on
    else:
        day = min((state.known for state in text.states if state.known), default="")
    return int(day[:4]) + (int(day[5:7]) - 1) / 12.0 if day else 0.0


def _brought(world: World, project: Project, months: float | None, agreed: float) -> Brought | None:
    """The plant with its year; None when it was open before the clause or the baseline year."""
    if project.opens <= max(agreed, float(world.year)):
        return None
    if not months:
        return Brought(project, None, math.ceil(project.opens), 1.0)
    earlier = max(project.opens - months / 12.0, agreed, float(world.year))
    return Brought(project, months, math.ceil(earlier), min(1.0, project.opens - earlier))


def named_in(words: str, projects: Sequence[Project]) -> list[Project]:
    """The projects that a text names: by their sites, or, where it names no site, by their owners."""

    def said(name: str) -> bool:
        return bool(name) and re.search(rf"\b{re.escape(name)}\b", words) is not None

    by_site = [p for p in projects if said(p.project) or said(_site_name(p))]
    return by_site or [p for p in projects if said(_owner(p))]


def _owner(project: Project) -> str:
    match = OWNER.search(project.title)
    return match.group(1).strip() if match else ""


def _site_name(project: Project) -> str:
    """The leading names of a title, "White Mesa" of "White Mesa phase 2 (Energy Fuels)"."""
    names = []
    for word in project.title.split(" (")[0].split():
        if not (word[0].isupper() or word[0].isdigit()):
            break
        names.append(word)
    name = " ".join(names)
    return "" if name.casefold() in project.commodity else name


def plants(found: Sequence[Clause]) -> tuple[Brought, ...]:
    """What the clauses bring, each plant once for each way in which it is brought."""
    return tuple(dict.fromkeys(b for clause in found for b in clause.brings))


def capacity_values(
    world: World,
    ledger: Ledger,
    found: Sequence[Clause],
    risks: Sequence[Risk],
    projects: Sequence[Project],
    beneficiary: str,
    draws: int,
    seed: int,
    solve: Solve = solve_market,
    start: Scenario = BASELINE,
    watch: Iterator[Progress] = repeat(in_silence),  # noqa: B008 - it has no state
) -> tuple[tuple[CapacityValue, ...], tuple[str, ...]]:
    """Value the clauses that bring plants; returns values and the states without an equilibrium.

    For each plant the register is put twice on the baseline of its year: with the plant open and
    without, all other projects as planned. Clauses that bring the same plant share it by Shapley
    value, each taking effect by itself with its take-up.
    """
    ranges = take_ups()
    taken = draw_ranges({name: ranges[name] for name in {c.take_up for c in found}}, draws, seed)
    shares: list[dict[str, Floats]] = [{} for _ in found]
    by_risk: list[dict[str, float]] = [{} for _ in found]
    failed: list[str] = []
    accuracy = 0.0
    for brought in plants(found):
        saved, crises, gap, broken = _saved(
            world, ledger, brought, risks, projects, beneficiary, draws, seed, solve, start, watch
        )
        failed += broken
        accuracy = max(accuracy, gap)
        players = [k for k, c in enumerate(found) if brought in c.brings]

        def worth(some: frozenset[int], saved: Floats = saved, of: Mapping[str, Floats] = taken) -> Floats:
            missed: Floats = np.ones(draws + 1)
            for k in sorted(some):
                missed = missed * (1.0 - of[found[k].take_up])
            return saved * (1.0 - missed)

        for k, share in shapley(worth, players).items():
            shares[k][brought.project.title] = share
            part = float(share[0] / saved[0]) if saved[0] else 0.0
            for name, amount in crises.items():
                by_risk[k][name] = by_risk[k].get(name, 0.0) + part * amount
    values = []
    for k, clause in enumerate(found):
        if not clause.brings:
            continue
        total = sum(shares[k].values(), np.zeros(draws + 1))
        worth_of = amount_of(total)
        verdict = "noise" if is_noise(worth_of, max(accuracy, SMALLEST)) else "valued"
        parts = parts_of({name: float(v[0]) for name, v in shares[k].items()}, worth_of.central)
        causes = parts_of(by_risk[k], worth_of.central)
        values.append(
            CapacityValue(
                clause.text,
                clause.name,
                worth_of,
                clause.brings,
                ranges[clause.take_up],
                parts,
                causes,
                verdict,
                capacity_sentence(
                    clause.name,
                    economy_name(beneficiary, world),
                    verdict,
                    (worth_of.central, worth_of.low, worth_of.high),
                    [
                        (b.project.title, b.project.capacity_t, b.project.commodity, b.year, b.months)
                        for b in clause.brings
                    ],
                    causes[0].name if causes else "",
                    ranges[clause.take_up].central,
                ),
            )
        )
    return tuple(values), tuple(failed)


def _saved(
    world: World,
    ledger: Ledger,
    brought: Brought,
    risks: Sequence[Risk],
    projects: Sequence[Project],
    beneficiary: str,
    draws: int,
    seed: int,
    solve: Solve,
    start: Scenario,
    watch: Iterator[Progress],
) -> tuple[Floats, dict[str, float], float, tuple[str, ...]]:
    """What a plant takes off the expected loss of its year, (D,) USD; by crisis; accuracy; failures."""
    plant = brought.project
    others = tuple(p for p in projects if p.project != plant.project)
    opened = replace(plant, start=float(world.year), delay_low=0.0, delay_high=0.0)
    total = np.zeros((2, draws + 1))
    by_crisis: dict[str, float] = {}
    accuracy, failed = 0.0, []
    c = world.commodity_index[plant.commodity]
    drawn = draw_ranges({f"risk {r.id}": r.probability for r in risks}, draws, seed)
    probability = {r.id: drawn[f"risk {r.id}"] for r in risks}
    for case, table in enumerate((others, (*others, opened))):
        try:
            later, _, _ = world_in(world, brought.year, table)
        except InputError as fault:
            raise InputError(f"{plant.title}, counted in {brought.year}: {fault}") from None
        played = [game for game in games(later, risks, ()) if c in game.chain]
        losses = state_losses(later, ledger, played, beneficiary, draws, seed, solve, start, next(watch))
        n = later.economy_index[beneficiary]
        spent = float((later.flows[:, :, n].sum(axis=1) * later.prices).sum())
        accuracy = max(accuracy, losses.accuracy * spent / 1e6)
        failed += list(losses.failed)
        for game in played:
            loss = Expected(game, losses, probability, {}).of(frozenset())[: draws + 1] * brought.span
            total[case] += loss
            title = game.tree[0].title
            by_crisis[title] = by_crisis.get(title, 0.0) + float(loss[0]) * (1 if case == 0 else -1)
    return total[0] - total[1], by_crisis, accuracy, tuple(failed)

"""What each provision of a deal is worth to an economy: the expected yearly loss that it avoids.

The loss expected over the register is taken with and without the provisions; a provision stops the
measures that it forbids with the probability that it is kept. What they avoid together is shared by
Shapley value. Intervals are over what is not known (market parameters, probabilities, compliance),
not over luck: each draw is an expectation over states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oresight.deal.amounts import MILLION, Amount, Part, amount_of, draw_ranges, is_noise, parts_of
from oresight.deal.capacity import TAKE_UP, CapacityValue, capacity_values, clauses, plants
from oresight.deal.crises import crises, games
from oresight.deal.losses import (
    BASELINE,
    Expected,
    Progress,
    Solve,
    in_silence,
    solve_market,
    stages,
    state_losses,
)
from oresight.deal.register import Risk
from oresight.deal.shapley import EXACT_LIMIT, owen, sampled
from oresight.deal.spared import NOT_VALUED, stops
from oresight.deal.words import SMALLEST, promise_name, worth_sentence
from oresight.errors import InputError
from oresight.outlook.projects import Project, load_projects
from oresight.policy.ledger import Ledger
from oresight.policy.records import Measure, Provision, Scenario
from oresight.policy.say import economy_name
from oresight.world.model import Range, World

Floats = NDArray[np.float64]

SWEPT = (0.25, 0.5, 0.75, 1.0)  # probabilities of keeping a promise in the table of values against it
ORDERS = 2000  # sampled when there are too many provisions to count all orders
Z90 = 1.6449  # of the normal distribution, for the error of a sampled share


@dataclass(frozen=True, slots=True)
class ProvisionValue:
    """What one provision is worth."""

    provision: Provision
    name: str
    worth: Amount  # its Shapley share
    alone: Amount  # what it avoids when no other provision stands
    last: Amount  # what it adds when all others stand
    kept: Range  # probability that it is kept
    by_risk: tuple[Part, ...]  # largest first
    by_commodity: tuple[Part, ...]
    sampling_error: float  # standard error of the share, million USD/yr; 0 when exact
    verdict: str  # valued | noise | zero
    sentence: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What provisions are worth if every promise is kept with one probability."""

    kept: float
    avoided: Amount
    worths: tuple[Amount, ...]  # in the order of `Valuation.provisions`


@dataclass(frozen=True, slots=True)
class Valuation:
    """A deal valued: expected yearly loss to the beneficiary, and what each provision takes off it."""

    beneficiary: str
    loss_without: Amount
    loss_with: Amount
    avoided: Amount
    rents: tuple[Part, ...]  # scarcity rents that imposers are expected to keep, without promises
    provisions: tuple[ProvisionValue, ...]
    capacity: tuple[CapacityValue, ...]  # clauses that bring plants; beside the sums above, not in them
    sweep: tuple[Swept, ...]  # the same deal by how often promises are kept
    not_valued: tuple[tuple[Provision | Measure, str, str], ...]  # clause, its name, the reason
    risks: tuple[Risk, ...]
    failed: tuple[str, ...]  # states without an equilibrium in the central case
    messages: tuple[str, ...]
    solves: int
    draws: int
    draws_solved: int  # those of them that every market found an equilibrium in; intervals are over these
    seed: int


@dataclass(frozen=True, slots=True)
class ClauseValue:
    """A line of the table "what each clause is worth"; amounts are None where it cannot be valued."""

    provision: Provision | Measure
    central: float | None  # million USD/yr; of capacity, in the year counted
    low: float | None
    high: float | None
    sentence: str


def value(
    world: World,
    ledger: Ledger,
    provisions: Sequence[Provision],
    risks: Sequence[Risk],
    beneficiary: str = "USA",
    draws: int = 200,
    seed: int = 0,
    solve: Solve = solve_market,
    start: Scenario = BASELINE,
    measures: Sequence[Measure] = (),
    projects: Sequence[Project] | None = None,
    progress: Progress = in_silence,
) -> Valuation:
    """Value provisions for an economy over a register of risks.

    Args:
        world: the baseline.
        ledger: passed to the compiler of scenarios.
        provisions: those of a deal; what stands in other agreements is not counted.
        risks: the register, from `load_risks`.
        beneficiary: whose loss is counted. A promise to somebody else may well be worth something.
        draws: over market parameters, probabilities and compliance; 0 is the central case only.
        seed: of the draws.
        solve: the market's solver, or another with its signature (in tests).
        start: what stands before a risk comes, such as `status_quo("2025-10-26")`; losses are against it.
            Agreements on record between the parties of a provision are set aside.
        measures: of the text or scenario; those that bring capacity (stakes, price floors) are valued.
        projects: plants that may open, by default the outlook's table.
        progress: called with (done, total) over the whole job, in steps of a batch.

    Raises InputError for an unknown economy or a missing compliance assumption.
    """
    unique = list(dict.fromkeys(provisions))
    open_to_value = [p for p in unique if not _reason(p, world) and not _brings(p)]
    table = tuple(load_projects() if projects is None else projects)
    built = clauses(world, [p for p in unique if _brings(p)], tuple(dict.fromkeys(measures)), table)
    watch = stages(progress, 1 + 2 * len(plants(built)))
    played = games(world, risks, open_to_value)
    alone = set_aside(start, ledger, open_to_value)
    losses = state_losses(world, ledger, played, beneficiary, draws, seed, solve, alone, next(watch))
    capacity, broken = capacity_values(
        world, ledger, built, risks, table, beneficiary, draws, seed, solve, alone, watch
    )
    probability, compliance = _sample(world, risks, open_to_value, draws, seed)
    C, D = len(world.commodities), draws + 1
    expected = [Expected(game, losses, probability, compliance) for game in played]
    tally = [_Tally(D, C) for _ in open_to_value]
    without, kept_by_all = _shared(expected, tally, D, seed)
    sweep = []
    for level in SWEPT if open_to_value else ():
        again = [_Tally(D, C) for _ in open_to_value]
        always = {k: np.full(D, level) for k in range(len(open_to_value))}
        _, left = _shared([e.under(always) for e in expected], again, D, seed)
        sweep.append(Swept(level, amount_of(without - left), tuple(amount_of(t.share) for t in again)))
    rents = sum((e.rents() for e in expected), np.zeros(len(world.economies)))
    noise = losses.accuracy * _spending(world, beneficiary)
    kept = {p: _compliance(world, p) for p in open_to_value}
    return Valuation(
        beneficiary=beneficiary,
        loss_without=amount_of(without),
        loss_with=amount_of(kept_by_all),
        avoided=amount_of(without - kept_by_all),
        rents=parts_of(
            {e.name: float(kept) for e, kept in zip(world.economies, rents, strict=True)},
            float(rents.sum()) / MILLION,
        ),
        provisions=tuple(
            _told(p, t, kept[p], noise, beneficiary, world, risks)
            for p, t in zip(open_to_value, tally, strict=True)
        ),
        capacity=capacity,
        sweep=tuple(sweep),
        not_valued=(
            *((p, promise_name(p, world), why) for p in unique if (why := _reason(p, world))),
            *((c.text, c.name, c.reason) for c in built if not c.brings),
        ),
        risks=tuple(risks),
        failed=(*losses.failed, *broken),
        messages=losses.messages,
        solves=losses.solves,
        draws=draws,
        draws_solved=int(np.isfinite((without + kept_by_all)[1:]).sum()),
        seed=seed,
    )


def set_aside(start: Scenario, ledger: Ledger, provisions: Sequence[Provision]) -> Scenario:
    """The start without the agreements on record between the parties of a provision: none counts twice."""
    if start.base != "ledger":
        return start
    pairs = [{p.promisor, p.beneficiary} for p in provisions]
    dropped = [a.id for a in ledger.agreements if any(pair <= set(a.parties) for pair in pairs)]
    return replace(start, drop=tuple(dict.fromkeys((*start.drop, *dropped))))


def relevant(risks: Sequence[Risk], provisions: Sequence[Provision], world: World) -> tuple[Risk, ...]:
    """The risks of those crises in which some provision stops something.

    They give every provision the value that the whole register would, from fewer solves.
    """
    found = []
    for crisis in crises(risks):
        if any(stops(p, r.measure, world) for r in crisis for p in provisions):
            found += list(crisis)
    return tuple(risk for risk in risks if risk in found)


def clause_values(valuation: Valuation) -> list[ClauseValue]:
    """The lines for a brief: valued provisions first, largest first, then those that are not valued."""
    ordered = sorted(valuation.provisions, key=lambda v: -abs(v.worth.central))
    lines = [
        ClauseValue(v.provision, v.worth.central, v.worth.low, v.worth.high, v.sentence) for v in ordered
    ]
    lines += [
        ClauseValue(c.text, c.worth.central, c.worth.low, c.worth.high, c.sentence)
        for c in valuation.capacity
    ]
    for provision, name, reason in valuation.not_valued:
        lines.append(ClauseValue(provision, None, None, None, f"{name}: not valued; {reason}."))
    return lines


class _Tally:
    """A provision's value as it is gathered over games, USD/yr."""

    def __init__(self, draws: int, commodities: int) -> None:
        self.share: Floats = np.zeros(draws)
        self.alone: Floats = np.zeros(draws)
        self.last: Floats = np.zeros(draws)
        self.by_commodity: Floats = np.zeros(commodities)  # of the central share
        self.variance = 0.0  # of the central share, by sampling
        self.by_risk: dict[str, float] = {}


def _shared(
    expected: Sequence[Expected], tally: Sequence[_Tally], draws: int, seed: int
) -> tuple[Floats, Floats]:
    """Share every game out into the tally; expected loss without promises and with all, (D,) USD/yr."""
    without, with_all = np.zeros((2, draws))
    for one in expected:
        everyone = frozenset(player for group in one.game.groups for player in group)
        without += one.of(frozenset())[:draws]
        with_all += one.of(everyone)[:draws]
        _share(one, everyone, tally, draws, seed)
    return without, with_all


def _brings(provision: Provision) -> bool:
    """Whether a promise is of capacity rather than of a measure or of none."""
    return provision.kind in TAKE_UP and not provision.instruments


def _share(
    expected: Expected,
    everyone: frozenset[tuple[int, int]],
    tally: Sequence[_Tally],
    draws: int,
    seed: int,
) -> None:
    """Share what the promises avoid in one game; shares of games add up, as the Shapley value is additive."""
    game, groups = expected.game, expected.game.groups
    if not groups:
        return
    nothing = expected.of(frozenset())

    def avoided(players: frozenset[tuple[int, int]]) -> Floats:
        return nothing - expected.of(players)

    if max(len(groups), *(len(group) for group in groups)) <= EXACT_LIMIT:
        shares = owen(avoided, groups)
        errors = dict.fromkeys(everyone, 0.0)
    else:
        shares, spread = sampled(avoided, groups, ORDERS, seed)
        errors = {player: float(spread[player][0]) for player in everyone}
    for group in groups:
        j, mine = group[0][0], frozenset(group)
        tally[j].alone += avoided(mine)[:draws]
        tally[j].last += (avoided(everyone) - avoided(everyone - mine))[:draws]
        for player in group:
            risk, share = game.tree[player[1]].id, shares[player]
            tally[j].share += share[:draws]
            tally[j].by_commodity[list(game.chain)] += share[draws:]
            tally[j].variance += errors[player] ** 2
            tally[j].by_risk[risk] = tally[j].by_risk.get(risk, 0.0) + float(share[0])


def _told(
    provision: Provision,
    tally: _Tally,
    kept: Range,
    noise: float,
    beneficiary: str,
    world: World,
    risks: Sequence[Risk],
) -> ProvisionValue:
    worth = amount_of(tally.share)
    error = float(np.sqrt(tally.variance)) / MILLION
    titles = {risk.id: risk.title for risk in risks}
    by_risk = parts_of({titles[name]: v for name, v in tally.by_risk.items()}, worth.central)
    names = [c.name for c in world.commodities]
    by_commodity = parts_of(dict(zip(names, tally.by_commodity, strict=True)), worth.central)
    if not tally.by_risk:
        verdict = "zero"
    elif is_noise(worth, max(noise / MILLION, Z90 * error, SMALLEST)):
        verdict = "noise"
    else:
        verdict = "valued"
    name = promise_name(provision, world)
    return ProvisionValue(
        provision=provision,
        name=name,
        worth=worth,
        alone=amount_of(tally.alone),
        last=amount_of(tally.last),
        kept=kept,
        by_risk=by_risk,
        by_commodity=by_commodity,
        sampling_error=error,
        verdict=verdict,
        sentence=worth_sentence(
            name,
            economy_name(beneficiary, world),
            verdict,
            (worth.central, worth.low, worth.high),
            by_risk[0].name if by_risk else "",
            by_risk[0].share if by_risk else None,
            by_commodity[0].name if by_commodity else "",
            provision.binding,
            kept.central,
        ),
    )


def _reason(provision: Provision, world: World) -> str:
    """Why a provision cannot be valued; empty when it can be, or is valued by what it brings."""
    if _brings(provision):
        return ""
    if provision.kind in NOT_VALUED and not provision.instruments:
        return NOT_VALUED[provision.kind]
    if provision.kind.startswith("tariff") and provision.beneficiary == "all":
        return "it does not say for whom tariffs stay as they are"
    if provision.promisor not in world.economy_index:
        return f"{provision.promisor} is not an economy of its own in this baseline"
    return ""


def _compliance(world: World, provision: Provision) -> Range:
    name = "compliance_binding" if provision.binding else "compliance_non_binding"
    for row in world.assumptions:
        if row.name == name:
            return row.value
    raise InputError(f"the baseline's attribute table has no {name}; add a row, a probability with its range")


def _sample(
    world: World, risks: Sequence[Risk], provisions: Sequence[Provision], draws: int, seed: int
) -> tuple[dict[str, Floats], dict[int, Floats]]:
    """Probabilities of risks and of compliance over draws, (D,) each, draw 0 central.

    Each risk is one dimension; provisions of the same legal force err together.
    """
    kept = [_compliance(world, p) for p in provisions]
    ranges = {f"risk {r.id}": r.probability for r in risks}
    ranges |= {f"force {p.binding}": value for p, value in zip(provisions, kept, strict=True)}
    drawn = draw_ranges(ranges, draws, seed)
    return (
        {r.id: drawn[f"risk {r.id}"] for r in risks},
        {j: drawn[f"force {p.binding}"] for j, p in enumerate(provisions)},
    )


def _spending(world: World, economy: str) -> float:
    """What an economy spends on the commodities in the baseline, USD/yr: the scale of numerical error."""
    n = world.economy_index[economy]
    return float((world.flows[:, :, n].sum(axis=1) * world.prices).sum())

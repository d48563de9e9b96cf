"""From a scenario to wedges: what the market sees of a policy.

Rules, in order.

1. A baseline year is observed under the policy of its time. What was in force in the middle of that
   year is in its flows and is not added again; duties enter as the *change* of the stacked duty since.
2. A scenario that starts from the ledger adds what stands on its day and did not stand then, less
   what it drops; then come its own measures.
3. Domestic routes are never touched.
4. A binding promise takes the beneficiary's routes out of the restrictions it forbids. One that does
   not bind leaves them in and is told in the notes. A promise that is signed but not yet in force
   does not bind from the ledger; a scenario that adds it supposes that it is kept. A government that says
   it ends or eases restrictions of its own is supposed to do so in a scenario that adds this; measures
   that the scenario itself adds are not touched by it.
5. A quota is one cap, hence one rent, over all it covers. A licence is one cap per commodity at the
   approved share of the baseline. Where a limit leaves nothing, the route is closed.
6. What one period cannot show (a price floor, a stockpile, a subsidy, a stake in a company) is a
   sentence in the notes, never a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from oresight.errors import InputError
from oresight.policy.ledger import EVER, Ledger, measures_in_force, standing
from oresight.policy.reach import check_words, commodities_of, commodity_reach, members, routes
from oresight.policy.records import Agreement, Measure, Provision, Scenario
from oresight.policy.say import (
    blocked_sentence,
    join,
    measure_name,
    removal_sentence,
    unbinding_sentence,
)
from oresight.policy.stacking import duty_change, lines_of
from oresight.policy.wedges import Blocked, Cap, Draw, Wedges
from oresight.world.model import Range, World

Routes = NDArray[np.int64]

# What each kind of promise forbids when it does not name the instruments itself. An export tax is a
# duty, not a restriction in the sense of GATT Article XI, and is forbidden only where it is named.
FORBIDS = {
    "no_export_restriction": ("export_ban", "export_quota", "export_licensing"),
    "restriction_removal": ("export_ban", "export_quota", "export_licensing", "export_tax"),
    "tariff_standstill": ("import_tariff",),
}

IN_ONE_PERIOD = {
    "price_floor": "a price floor supports producers over years; this market of one period does not hold it",
    "stockpile": "buying or releasing stocks is not in this market of one period",
    "subsidy": "a subsidy shows in capacity that opens later; this market of one period does not hold it",
}


@dataclass
class _Build:
    """What is being gathered; it becomes Wedges at the end."""

    world: World
    ledger: Ledger
    duty: NDArray[np.float64]
    tax: NDArray[np.float64]
    closed: NDArray[np.bool_]
    caps: list[Cap] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    on_record: set[str] = field(default_factory=set)  # ids of measures that come from the ledger


def to_wedges(scenario: Scenario, world: World, ledger: Ledger) -> Wedges:
    """What a scenario does to the routes of a world.

    Raises InputError for a word or an amount that a measure lacks, or an assumption the world does not hold.
    """
    shape = world.flows.shape
    build = _Build(world, ledger, np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool))
    for measure in scenario.measures:
        if measure.source != "text":  # what a text names may lie outside the world; it reaches nothing
            check_words(measure, world)
    promises = list(scenario.provisions)
    measures = list(scenario.measures)
    if scenario.base == "ledger":
        kept = _without(ledger, scenario.drop)
        build.duty += duty_change(kept, world, scenario.as_of, scenario.known_by)
        standing_now = _new_since_baseline(kept, world, scenario, build)
        build.on_record.update(m.id for m in standing_now)
        measures = [*standing_now, *measures]
        promises += standing_promises(kept, scenario.as_of, scenario.known_by)
    # Bans go first: a licence is then granted over the routes that stay open.
    for measure in sorted(measures, key=lambda m: m.instrument not in ("export_ban", "import_ban")):
        _add(measure, promises, scenario, build)
    return Wedges(
        name=scenario.name,
        import_duty=np.maximum(build.duty, -world.duty) + 0.0,  # no minus zero
        export_tax=build.tax,
        closed=build.closed,
        caps=tuple(_tightest(build.caps)),
        draws=tuple(build.draws),
        assume=scenario.assume,
        blocked=tuple(build.blocked),
        notes=tuple(dict.fromkeys(build.notes)),
    )


def standing_promises(ledger: Ledger, as_of: str, known_by: str = "") -> list[Provision]:
    """Provisions of agreements that stand on a day: those only signed do not bind."""
    found: list[Provision] = []
    for s in standing(ledger, as_of, known_by):
        if not isinstance(s.entry, Agreement) or s.state.state not in ("in_force", "signed"):
            continue
        for provision in s.entry.provisions:
            binds = provision.binding and s.in_force
            found.append(provision if binds == provision.binding else replace(provision, binding=False))
    return found


def _without(ledger: Ledger, drop: Iterable[str]) -> Ledger:
    out = set(drop)
    if not out:
        return ledger
    return replace(
        ledger,
        measures=tuple(m for m in ledger.measures if m.id not in out),
        agreements=tuple(a for a in ledger.agreements if a.id not in out),
    )


def _new_since_baseline(ledger: Ledger, world: World, scenario: Scenario, build: _Build) -> list[Measure]:
    """Measures other than tariffs that stand now and did not in the middle of the baseline year."""
    then = {m.id: m for m in measures_in_force(ledger, f"{world.year}-07-01", EVER)}
    now = measures_in_force(ledger, scenario.as_of, scenario.known_by)
    still = {m.id for m in now}
    for old in then.values():
        if old.id not in still and old.instrument != "import_tariff":
            build.notes.append(
                f"{measure_name(old, world)} was in force in {world.year} and is not now;"
                " the flows of that year hold it, and its end is not represented"
            )
    return [m for m in now if m.id not in then and m.instrument != "import_tariff"]


def _add(measure: Measure, promises: Sequence[Provision], scenario: Scenario, build: _Build) -> None:
    world = build.world
    name = measure_name(measure, world)
    if measure.instrument == "equity_stake":
        months = measure.accelerates_months
        when = f" starts {months:g} months earlier" if months else " starts earlier than planned"
        build.notes.append(
            f"{measure.project or name}{when}: when capacity opens matters over years, not in this period"
        )
        return
    if measure.instrument in IN_ONE_PERIOD:
        build.notes.append(f"{name}: {IN_ONE_PERIOD[measure.instrument]}")
        return
    if measure.imposer not in world.economy_index:
        build.notes.append(f"{name}: {measure.imposer} is not an economy of its own in this baseline")
        return
    reached = _spared(measure, routes(measure, world), promises, build)
    if len(reached) == 0:
        return
    at = (reached[:, 0], reached[:, 1], reached[:, 2])
    if measure.instrument == "import_tariff":
        build.duty[at] += _amount(measure, "rate_percent") / 100 * _covered(measure, reached, build)
    elif measure.instrument == "export_tax":
        build.tax[at] += _amount(measure, "rate_percent") / 100
    elif measure.instrument in ("export_ban", "import_ban"):
        build.closed[at] = True
        _withhold(measure, reached, 1.0, build)
    elif measure.instrument == "export_quota":
        flow = float(world.flows[at].sum())
        limit = measure.limit_t
        if limit is None:
            limit = _amount(measure, "share_of_baseline") * flow
        _cap(measure, reached, limit, flow, build)
    elif measure.instrument == "export_licensing":
        _license(measure, reached, scenario, build)


def _covered(measure: Measure, reached: Routes, build: _Build) -> NDArray[np.float64]:
    """The part of each route's commodity, by weight of its tariff lines, that a measure's codes cover."""
    if not measure.hs:
        return np.ones(len(reached))
    shares = {}
    for c in np.unique(reached[:, 0]):
        lines = lines_of(build.ledger, build.world, int(c))
        shares[c] = sum(
            w for line, w in lines if any(line.startswith(h) or h.startswith(line) for h in measure.hs)
        )
    return np.array([shares[c] for c in reached[:, 0]])


def _license(measure: Measure, reached: Routes, scenario: Scenario, build: _Build) -> None:
    world = build.world
    shares: dict[float, list[str]] = {}
    for c in np.unique(reached[:, 0]):
        share, ends = measure.approval_share, measure.approval_range
        if share is None:
            allowed = assumption_range(world, "licence_approval_share", int(c), scenario.assume)
            share, ends = allowed.central, (allowed.low, allowed.high)
            shares.setdefault(share, []).append(world.commodities[c].name)
        mine = reached[reached[:, 0] == c]
        mine = mine[~build.closed[mine[:, 0], mine[:, 1], mine[:, 2]]]
        flow = float(world.flows[mine[:, 0], mine[:, 1], mine[:, 2]].sum())
        if len(mine):
            _cap(measure, mine, share * flow, flow, build, ends)
    name = measure_name(measure, world)
    if measure.approval_share is not None and "approval_share" in measure.assumed:
        build.notes.append(f"{name}: assumed: {100 * measure.approval_share:g} % of the baseline is approved")
    if shares:
        told = "; ".join(
            f"{100 * share:g} % of the baseline for {join(names)}" for share, names in shares.items()
        )
        build.notes.append(f"{name}: the share approved is not published; assumed: {told}")


def _cap(
    measure: Measure,
    reached: Routes,
    limit: float,
    flow: float,
    build: _Build,
    ends: tuple[float, float] | None = None,
) -> None:
    if limit <= 0.0:
        build.closed[reached[:, 0], reached[:, 1], reached[:, 2]] = True
    else:
        low, high = (None, None) if ends is None else (ends[0] * flow, ends[1] * flow)
        build.caps.append(Cap(measure.id, reached, float(limit), measure.imposer, low, high))
    if flow > 0.0:
        _withhold(measure, reached, 1.0 - limit / flow, build)


def _withhold(measure: Measure, reached: Routes, share: float, build: _Build) -> None:
    used = reached[build.world.flows[reached[:, 0], reached[:, 1], reached[:, 2]] > 0.0]
    if share > 0.0 and len(used):
        build.draws.append(Draw(measure.id, used, min(float(share), 1.0)))


def _tightest(caps: Iterable[Cap]) -> list[Cap]:
    """Of caps over the very same routes only the tightest can bind, and two equal ones share no rent."""
    kept: dict[tuple[bytes, str], Cap] = {}
    for cap in caps:
        key = (np.unique(cap.routes, axis=0).tobytes(), cap.owner)
        if key not in kept or cap.limit_t < kept[key].limit_t:
            kept[key] = cap
    return list(kept.values())


def _amount(measure: Measure, name: str) -> float:
    value = getattr(measure, name)
    if value is None:
        raise InputError(f"{measure.id}: {measure.instrument} needs {name}")
    return float(value)


def _spared(measure: Measure, reached: Routes, promises: Sequence[Provision], build: _Build) -> Routes:
    """The routes left when binding promises have taken theirs out; says which promise did what."""
    world = build.world
    for promise in promises:
        removal = promise.kind == "restriction_removal"
        if removal and measure.id not in build.on_record:
            continue
        forbidden = promise.instruments or FORBIDS.get(promise.kind, ())
        if promise.promisor != measure.imposer or measure.instrument not in forbidden or len(reached) == 0:
            continue
        covered = np.array(commodities_of(world, promise.commodities or ("all",)), dtype=np.int64)
        others = np.array(
            [world.economy_index[e] for e in members(world, (promise.beneficiary,))], dtype=np.int64
        )
        side = 1 if measure.instrument in ("import_tariff", "import_ban") else 2
        hit = np.isin(reached[:, 0], covered) & np.isin(reached[:, side], others)
        if not hit.any():
            continue
        if removal:
            reached = reached[~hit]
            build.notes.append(removal_sentence(measure, promise, world))
        elif promise.binding:
            reached = reached[~hit]
            build.blocked.append(Blocked(measure.id, promise.id, blocked_sentence(measure, promise, world)))
        else:
            build.notes.append(unbinding_sentence(measure, promise, world))
    return reached


def assumption(world: World, name: str, commodity: int, assume: Sequence[tuple[str, float]] = ()) -> float:
    """A parameter for a commodity: the scenario's value, else the world's for the narrowest scope.

    Raises InputError when the world's attribute table does not hold it.
    """
    return assumption_range(world, name, commodity, assume).central


def assumption_range(
    world: World, name: str, commodity: int, assume: Sequence[tuple[str, float]] = ()
) -> Range:
    """As `assumption`, with the ends of its range; a value that the scenario sets has none."""
    for key, value in assume:
        if key == name:
            return Range(value, value, value)
    c = world.commodities[commodity]
    rows = [a for a in world.assumptions if a.name == name]
    for scope in ((c.name,), c.minerals, c.groups, ("*",)):
        for row in rows:
            if row.scope in scope:
                return row.value
    raise InputError(
        f"the baseline's attribute table has no {name} for {c.name}; add a row, or set it in assume"
    )


def touched(scenario: Scenario, world: World) -> tuple[int, ...]:
    """Indices of the commodities that a scenario's own measures are on."""
    found: set[int] = set()
    for measure in scenario.measures:
        found.update(commodity_reach(measure, world))
    return tuple(sorted(found))

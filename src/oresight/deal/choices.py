"""What each of two sides can do to the other, from the ledger and a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from oresight.errors import InputError, unknown
from oresight.policy.compile import IN_ONE_PERIOD
from oresight.policy.ledger import EVER, Ledger, measures_in_force, standing
from oresight.policy.reach import commodities_of, commodity_reach, members, reaches, routes
from oresight.policy.records import Agreement, Measure, Scenario
from oresight.policy.say import economy_name, measure_name
from oresight.world.model import World

LIVE = ("in_force", "threatened", "announced", "proposed", "suspended")
MOST_ON_TOP = 2  # threats that are also choices on top of what is in force
MOST_SINGLE = 4  # measures of a side that are choices of their own; all are in "all"


@dataclass(frozen=True, slots=True)
class Move:
    """One measure that a side has against the other."""

    measure: Measure
    name: str
    state: str  # in_force | threatened | announced | proposed | suspended | scenario
    in_ledger: bool  # acts by itself in a scenario that starts from the ledger


@dataclass(frozen=True, slots=True)
class Choice:
    """What a side may do: some of its moves together."""

    name: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One side with its choices: nothing, each of its largest moves, what stands, all."""

    economy: str
    choices: tuple[Choice, ...]
    stands: int  # place of the choice that is in force today
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Both sides, the background on which they play, and what is left out."""

    first: Side
    second: Side
    start: Scenario
    notes: tuple[str, ...]
    left_out: tuple[str, ...]

    def cell(self, a: int, b: int) -> Scenario:
        """The scenario in which the first side plays choice `a` and the second `b`."""
        one, two = self.first.choices[a], self.second.choices[b]
        played = {m.measure.id for m in (*one.moves, *two.moves)}
        everything = (*self.first.moves, *self.second.moves)
        dropped = [m.measure.id for m in everything if m.in_ledger and m.measure.id not in played]
        added = [m.measure for m in (*one.moves, *two.moves) if not m.in_ledger]
        return replace(
            self.start,
            name=f"{self.first.economy}: {one.name}; {self.second.economy}: {two.name}",
            drop=(*self.start.drop, *dropped),
            measures=(*self.start.measures, *added),
        )


def table(
    world: World,
    ledger: Ledger,
    side: str,
    other: str,
    scenario: Scenario | None = None,
    as_of: str = "",
    known_by: str = "",
    only: tuple[str, ...] = (),
) -> Table:
    """The choices of two sides against each other.

    Moves are the measures that the ledger knows on the day, in force, threatened or suspended, and
    those of the scenario; what stood in the middle of the baseline year is part of the baseline.
    With `only`, of the ledger's measures just these are moves and the others stay as they stand.
    The day is that of the scenario, else `as_of`, else the last on which the ledger knows anything.

    Raises InputError when the sides are unknown, are one, or have no move between them.
    """
    for code in (side, other):
        if code not in world.economy_index:
            raise unknown("economy", code, world.economy_index)
    if side == other:
        raise InputError(f"leverage: side and other are both {side}; name two economies")
    day = (scenario.as_of if scenario else "") or as_of or last_day(ledger)
    known = (scenario.known_by if scenario else "") or known_by or day
    notes = [
        f"only trade in the {len(world.commodities)} commodities of the baseline is counted: a tariff on all"
        " goods acts here on these alone, and soybeans, aircraft and the like are left out",
        "a loss is the fall in consumer and producer surplus, duty revenue and the rents that an economy"
        " keeps; the scarcity rent of a quota or licence is kept by the economy that imposes it, and the own"
        " cost is shown with it and without it",
    ]
    left_out: list[str] = []
    mine = _moves(world, ledger, side, other, scenario, day, known, left_out, only)
    theirs = _moves(world, ledger, other, side, scenario, day, known, left_out, only)
    if not mine and not theirs:
        raise InputError(
            f"leverage: on {day} neither {side} nor {other} has a measure against the other on these"
            " commodities beyond the baseline; give a scenario with one"
        )
    own = {m.measure.id for m in (*mine, *theirs)}
    between = tuple(
        a.id
        for s in standing(ledger, day, known)
        if isinstance(a := s.entry, Agreement) and {side, other} <= set(a.parties)
    )
    if between:
        notes.append("what the two promised each other is set aside: " + ", ".join(between))
    kept = scenario or Scenario("start")
    start = Scenario(
        name="start",
        base="ledger",
        as_of=day,
        known_by=known,
        measures=tuple(m for m in kept.measures if m.id not in own),
        provisions=tuple(p for p in kept.provisions if {p.promisor, p.beneficiary} != {side, other}),
        drop=tuple(dict.fromkeys((*kept.drop, *between))),
        assume=kept.assume,
    )
    return Table(
        _side(world, side, mine, notes),
        _side(world, other, theirs, notes),
        start,
        tuple(notes),
        tuple(left_out),
    )


def last_day(ledger: Ledger) -> str:
    """The last day on which something on record became known."""
    measures = [state.known for m in ledger.measures for state in m.states]
    agreements = [state.known for a in ledger.agreements for state in a.states]
    return max((*measures, *agreements), default="9999-12-31")


def _moves(
    world: World,
    ledger: Ledger,
    imposer: str,
    target: str,
    scenario: Scenario | None,
    day: str,
    known: str,
    left_out: list[str],
    only: tuple[str, ...],
) -> tuple[Move, ...]:
    """An economy's live measures that reach another, each once."""
    before = {m.id for m in measures_in_force(ledger, f"{world.year}-07-01", EVER)}
    dropped = set(scenario.drop) if scenario else set()
    found: list[Move] = []
    live = [
        (s.entry, s.state.state, s.in_force)
        for s in standing(ledger, day, known)
        if isinstance(s.entry, Measure) and s.state.state in LIVE and s.entry.id not in before | dropped
    ]
    live = [found for found in live if not only or found[0].id in only]
    live += [(m, "scenario", False) for m in (scenario.measures if scenario else ())]
    for measure, state, in_ledger in live:
        if measure.imposer != imposer or not reaches(measure, world)[world.economy_index[target]]:
            continue
        name = measure_name(measure, world)
        if measure.instrument in IN_ONE_PERIOD or measure.instrument == "equity_stake":
            left_out.append(f"{name}: a measure of this kind does not act within one period")
        elif not commodity_reach(measure, world):
            left_out.append(f"{name}: the baseline holds none of its goods")
        elif measure.instrument in ("import_tariff", "export_tax") and measure.rate_percent is None:
            left_out.append(f"{name}: no rate is on record")
        elif not any(_same(measure, move.measure, world) for move in found):
            own = state == "scenario" or in_ledger
            found.append(Move(measure if own else _within(measure, world), name, state, in_ledger))
    return tuple(found)


def _within(measure: Measure, world: World) -> Measure:
    """A measure on record with the words that this world holds, so that a scenario can take it on."""
    return replace(
        measure,
        targets=tuple(w for w in measure.targets if w == "all" or members(world, (w,))),
        except_targets=tuple(w for w in measure.except_targets if members(world, (w,))),
        commodities=tuple(w for w in measure.commodities if commodities_of(world, (w,))),
        except_commodities=tuple(w for w in measure.except_commodities if commodities_of(world, (w,))),
        hs=tuple(code for code in measure.hs if commodities_of(world, (), (code,))),
        except_hs=tuple(code for code in measure.except_hs if commodities_of(world, (), (code,))),
    )


def _same(one: Measure, two: Measure, world: World) -> bool:
    """Whether two records tell of one measure, as when a text repeats what the ledger has."""
    amounts = [
        (m.instrument, m.rate_percent, m.approval_share, m.share_of_baseline, m.limit_t) for m in (one, two)
    ]
    return amounts[0] == amounts[1] and routes(one, world).tobytes() == routes(two, world).tobytes()


def _side(world: World, economy: str, moves: Sequence[Move], notes: list[str]) -> Side:
    single = sorted(moves, key=lambda move: (move.state == "in_force", -_trade(world, move.measure)))[
        :MOST_SINGLE
    ]
    if len(single) < len(moves):
        notes.append(
            f"{economy_name(economy, world)} has {len(moves)} measures: {MOST_SINGLE} are choices of their"
            " own, threats and the largest by trade first; the others act only within what stands and all"
        )
    choices = [Choice("nothing", ())]
    choices += [Choice(move.name, (move,)) for move in moves if move in single]
    standing_moves = tuple(move for move in moves if move.state == "in_force")
    stands = next((k for k, choice in enumerate(choices) if choice.moves == standing_moves), -1)
    if stands < 0:
        stands = len(choices)
        choices.append(Choice("what is in force", standing_moves))
    for move in [m for m in single if m.state != "in_force"][:MOST_ON_TOP] if standing_moves else ():
        if {*standing_moves, move} != set(moves):
            choices.append(Choice(f"what is in force and {move.name}", (*standing_moves, move)))
    if not any(set(choice.moves) == set(moves) for choice in choices):
        choices.append(Choice("all it has or threatens", tuple(moves)))
    return Side(economy, tuple(choices), stands, tuple(moves))


def _trade(world: World, measure: Measure) -> float:
    """Baseline value of the routes that a measure reaches, USD/yr."""
    c, i, j = routes(measure, world).T
    return float((world.flows[c, i, j] * world.prices[c]).sum())

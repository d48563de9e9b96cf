"""All that a brief is assembled from: what was read, what stands, what was solved, what was checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from oresight.impact.claims import Claim, check_claims
from oresight.impact.money import Money, money
from oresight.impact.rows import UNITS, Row, interval
from oresight.impact.run_record import run_record
from oresight.impact.table import rows
from oresight.market.outcome import Outcome
from oresight.policy.compile import to_wedges
from oresight.policy.ledger import Ledger
from oresight.policy.records import Scenario
from oresight.policy.wedges import Wedges
from oresight.reader.aftermath import aftermath
from oresight.reader.document import Document
from oresight.reader.fates import Fate
from oresight.reader.reading import Reading
from oresight.reader.scenarios import against_promises, brief_scenarios
from oresight.reader.to_policy import to_policy
from oresight.world.model import World

MILLION = 1e6
Solver = Callable[[World, list[Wedges], int, int], Outcome]


@dataclass(frozen=True, slots=True)
class Findings:
    """One text, read and worked out for one buyer."""

    document: Document
    reading: Reading
    world: World
    ledger: Ledger
    as_of: str  # ISO day whose law is in force
    known_by: str
    buyer: str  # ISO3
    scenarios: tuple[Scenario, ...]  # the first is the status quo; the order is that of outcome.solutions
    outcome: Outcome
    rows: tuple[Row, ...]
    money: tuple[Money, ...]  # one per scenario
    claims: tuple[Claim, ...]
    run: Mapping[str, object]
    fates: tuple[Fate, ...] = ()  # what became of the text by `known_by`, where that is later


def find(
    document: Document,
    world: World,
    ledger: Ledger,
    *,
    as_of: str,
    known_by: str,
    buyer: str,
    draws: int,
    seed: int,
    solve: Solver,
) -> Findings:
    """Work a text out: its policy, the scenarios it calls for, their solution, its claims."""
    reading = to_policy(document, world)
    asked = against_promises(reading, world, ledger, as_of)
    reading = replace(reading, open_questions=(*asked, *reading.open_questions))
    scenarios = brief_scenarios(world, ledger, reading, as_of, known_by)
    outcome = solve(world, [to_wedges(s, world, ledger) for s in scenarios], draws, seed)
    imposers = dict.fromkeys(m.imposer for s in scenarios for m in s.measures)
    origins = tuple(code for code in imposers if code in world.economy_index and code != buyer)
    accounts = tuple(money(outcome, solution) for solution in outcome.solutions)
    results = (*rows(outcome, chains=origins, about=buyer), *_losses_elsewhere(outcome, accounts, buyer))
    return Findings(
        document=document,
        reading=reading,
        world=world,
        ledger=ledger,
        as_of=as_of,
        known_by=known_by,
        buyer=buyer,
        scenarios=tuple(scenarios),
        outcome=outcome,
        rows=results,
        money=accounts,
        claims=check_claims(world, document.records),
        fates=_fates(reading, ledger, world, document.published or "", known_by),
        run=run_record(outcome, {"text": document.sha256}, ledger.fingerprint, results),
    )


def _losses_elsewhere(outcome: Outcome, accounts: Sequence[Money], buyer: str) -> Iterator[Row]:
    """The loss of every economy but the buyer, which the page sets beside the buyer's own."""
    for solution, account in zip(outcome.solutions, accounts, strict=True):
        for n, economy in enumerate(outcome.world.economies):
            central, low, high = interval(account.loss[:, n] / MILLION)
            if economy.code != buyer and central is not None:
                name = solution.wedges.name
                yield Row(name, "loss", UNITS["loss"], central, low, high, destination=economy.code)


def _fates(reading: Reading, ledger: Ledger, world: World, published: str, known_by: str) -> tuple[Fate, ...]:
    """What became of what the text says, when more is known than on its day."""
    if not published or known_by <= published:
        return ()
    return aftermath(reading, ledger, world, published, known_by)

"""How long the deal room takes: a full valuation, a ranking, and a ready case of leverage.

One JSON line each: seconds by the clock and of all cores (user and system), draws, and how many states
or cells were solved. The goal for the valuation of 20 risks with 500 draws is 20 seconds on two idle
cores; on a busy machine read the processor's seconds, half of which two idle cores would need.

Run `python benchmarks/bench_deal.py [--quick] [TEXT]`. Without a text the promises are those of the
deals of October 2025, as records.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

from oresight.deal.cases import load_case
from oresight.deal.leverage import play
from oresight.deal.rank import rank
from oresight.deal.register import load_risks
from oresight.deal.value import value
from oresight.policy.constructors import NoExportRestriction, status_quo
from oresight.policy.ledger import load_ledger
from oresight.policy.records import Provision
from oresight.world.model import World


def promises(text: str, world: World) -> tuple[Provision, ...]:
    if text:
        from oresight.reader.read import read_file
        from oresight.reader.to_policy import to_policy

        return to_policy(read_file(text, published="2025-10-26"), world).provisions
    held = tuple(
        Provision(f"held-{code}", "tariff_held", "USA", code, (), False, 19.0)
        for code in ("MYS", "THA", "KHM")
    )
    more = tuple(
        Provision(f"more-{code}", "supply_increase", code, "USA", ("critical minerals",), False)
        for code in ("MYS", "THA", "KHM")
    )
    opened = Provision("opened", "market_opening", "KHM", "USA", ("critical minerals",), True)
    spared = NoExportRestriction("MYS", "USA", ("critical minerals", "rare earths"))
    return (*held, *more, opened, spared)


def timed(name: str, draws: int, run: Callable[[], tuple[str, int]]) -> None:
    before, clock = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    unit, count = run()
    after = resource.getrusage(resource.RUSAGE_SELF)
    line = {
        "case": name,
        "draws": draws,
        unit: count,
        "seconds": round(time.perf_counter() - clock, 2),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
    }
    print(json.dumps(line))


def main() -> None:
    quick = "--quick" in sys.argv
    text = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    world, ledger = World.load(), load_ledger()
    risks, deal = load_risks(world), promises(text, world)
    start = status_quo("2025-10-26")
    value(world, ledger, deal, risks[:1], draws=1)  # the engine is compiled once per installation
    draws = 20 if quick else 500
    timed(
        f"value of {len(deal)} provisions over {len(risks)} risks",
        draws,
        lambda: ("states", value(world, ledger, deal, risks, "USA", draws, start=start).solves),
    )
    timed(
        "ranking for the United States",
        draws // 5,
        lambda: ("commodities", len(rank(world, ledger, "USA", risks, draws // 5, start=start).ranked)),
    )
    timed(
        "leverage, October 2025",
        draws // 10,
        lambda: ("cells", len(play(load_case("october-2025", world), world, ledger, draws // 10).cells)),
    )


if __name__ == "__main__":
    main()

"""The stacked duty as plain dictionaries: what `oresight tariff` prints."""

from __future__ import annotations

import dataclasses
from typing import Any

from oresight.policy.ledger import Ledger, standing
from oresight.policy.listing import economy_of
from oresight.policy.records import Exemption, Measure
from oresight.policy.stacking import StackedDuty, stacked_duty
from oresight.world.model import World
from oresight.world.scope import resolve


def duties(
    ledger: Ledger,
    world: World,
    origin: str,
    destination: str,
    commodity: str,
    as_of: str,
    known_by: str = "",
) -> list[StackedDuty]:
    """The duty on each commodity that a word stands for. Raises InputError for a word that is not known."""
    start, end = economy_of(world, origin, "--from"), economy_of(world, destination, "--to")
    return [
        stacked_duty(ledger, world, start, end, world.commodities[c].name, as_of, known_by)
        for c in resolve(world, (commodity,), where="--commodity")
    ]


def general_duty(ledger: Ledger, importer: str, partner: str, as_of: str, known_by: str = "") -> float:
    """Duty in percent that an importer puts on all goods of a partner, beside the MFN rate.

    The sum of tariffs that are on all goods, for a good that no exemption of its own frees; `partner` is an
    ISO 3166 code or a group such as `EU`, and need not be in any baseline. A ceiling that holds the MFN rate
    counts whole. Exemptions of all goods, such as free entry under USMCA, take their duty out.
    """
    stands = [s.entry for s in standing(ledger, as_of, known_by) if s.in_force]
    free = {e.basis for e in stands if isinstance(e, Exemption) and e.imposer == importer and "" in e.hs}
    return float(
        sum(
            m.rate_percent or 0.0
            for m in stands
            if isinstance(m, Measure)
            and (m.instrument, m.imposer, m.commodities, m.hs) == ("import_tariff", importer, ("all",), ())
            and {"all", partner} & set(m.targets)
            and partner not in m.except_targets
            and m.basis not in free
        )
    )


def duties_json(found: list[StackedDuty]) -> dict[str, Any]:
    """One commodity's duty as it is; several as a list under `duties`."""
    told = [
        {
            "from": d.origin,
            "to": d.destination,
            "commodity": d.commodity,
            "as_of": d.as_of,
            "known_by": d.known_by,
            "total_percent": d.total_percent,
            "parts": [dataclasses.asdict(p) for p in d.parts],
            "lines": [{"hts": line, "weight": weight} for line, weight in d.lines],
            "note": d.note,
        }
        for d in found
    ]
    return told[0] if len(told) == 1 else {"duties": told}


def duty_rows(found: list[StackedDuty]) -> list[dict[str, Any]]:
    """A line per part, and one for the total of each commodity."""
    rows = []
    for d in found:
        rows += [
            {
                "commodity": d.commodity,
                "part": p.basis,
                "percent": p.percent,
                "measure": p.title,
                "why": p.reason,
            }
            for p in d.parts
        ]
        rows.append(
            {
                "commodity": d.commodity,
                "part": "total",
                "percent": d.total_percent,
                "measure": f"{d.origin} to {d.destination} on {d.as_of}",
                "why": d.note,
            }
        )
    return rows

"""A solved scenario's head: how the solve went, and what policy did not let through."""

from __future__ import annotations

from oresight.market.outcome import Solution


def scenario_head(solution: Solution) -> dict[str, object]:
    """Status, certificate, what was blocked and what is not represented, in the contract's form."""
    return {
        "name": solution.wedges.name,
        "status": solution.status,
        "message": solution.message,
        # The price bound holds for one commodity without rents; elsewhere it is not a number.
        "certificate": {name: value for name, value in solution.certificate.items() if value == value},
        "worst_market": solution.worst_market,
        "blocked": [
            {"measure": b.measure, "provision": b.provision, "sentence": b.sentence}
            for b in solution.wedges.blocked
        ],
        "notes": list(solution.wedges.notes),
    }

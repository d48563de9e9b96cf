"""Final demand: what economies use outside the network, closing each commodity's world balance.

Facts `consumption` (t/yr) of the baseline year hold as they stand when reported. What production
leaves after process inputs and those rows is divided by `consumption_share` facts (percent of the
remainder), of the commodity itself or of a group at its stage. Without shares, derived and assumed
`consumption` rows are scaled together until the balance closes, and the report says by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oresight.errors import InputError, unknown
from oresight.world.load import YEAR
from oresight.world.model import Commodity, Economy, Fact, Floats

NOTHING = 1e-6  # of supply: less than this left over is no final demand


@dataclass(frozen=True, slots=True)
class FinalDemand:
    """Tonnes by economy, shape (N,), the kind of each figure, and what the report should say."""

    tonnes: Floats
    kinds: tuple[str, ...]  # empty where there is no demand
    report: tuple[str, ...]


def final_demand(
    commodity: Commodity,
    supply: Floats,
    inputs: Floats,
    economies: Sequence[Economy],
    facts: Sequence[Fact],
) -> FinalDemand:
    """Divide what supply, shape (N,), leaves after process inputs, shape (N,).

    Raises InputError when inputs or reported use exceed supply, or when nothing says who uses the rest.
    """
    name, made = commodity.name, float(supply.sum())
    left = made - float(inputs.sum())
    nobody = FinalDemand(np.zeros_like(supply), ("",) * len(supply), ())
    if left < -NOTHING * made:
        raise InputError(
            f"{name}: processes take {inputs.sum():,.1f} t but only {made:,.1f} t are made; "
            "lower an activity in processes/ or add supply"
        )
    if left <= NOTHING * made:
        return nobody
    codes = {e.code: n for n, e in enumerate(economies)}
    kinds = [""] * len(supply)
    held, moved = np.zeros_like(supply), np.zeros_like(supply)
    for fact in _chosen(facts, name, "consumption"):
        n = _index(codes, fact)
        kinds[n] = fact.kind
        (held if fact.kind == "reported" else moved)[n] += fact.value
    own = _chosen(facts, name, "consumption_share")
    shared = own or ([] if moved.any() else _of_group(facts, commodity))
    if shared:
        tonnes = _divide(name, left, held + moved, shared, codes, kinds)
        return FinalDemand(tonnes, tuple(kinds), ())
    rest = left - float(held.sum())
    if not moved.any():
        raise InputError(
            f"facts: {rest:,.0f} t of {name} have no use; add rows `consumption` or `consumption_share`"
        )
    if rest <= 0:
        raise InputError(
            f"facts: reported consumption of {name} is {held.sum():,.0f} t of {left:,.0f} t in all; lower it"
        )
    scale = rest / float(moved.sum())
    line = f"{name}: derived and assumed consumption scaled by {scale:.4f} to close the balance"
    return FinalDemand(held + scale * moved, tuple(kinds), () if abs(scale - 1) < 1e-6 else (line,))


def _divide(
    name: str, left: float, known: Floats, rows: list[Fact], codes: dict[str, int], kinds: list[str]
) -> Floats:
    shares = np.zeros_like(known)
    for fact in rows:
        n = _index(codes, fact)
        shares[n] += fact.value / 100
        kinds[n] = kinds[n] or fact.kind
    if abs(shares.sum() - 1) > 1e-8:
        raise InputError(
            f"facts: consumption_share rows for {name} add up to {100 * shares.sum():g}; make them 100"
        )
    rest = left - float(known.sum())
    if rest < 0:
        raise InputError(
            f"facts: consumption of {name} is {known.sum():,.0f} t but only {left:,.0f} t are left for it; "
            "lower the rows"
        )
    divided: Floats = known + rest * shares
    return divided


def _of_group(facts: Sequence[Fact], commodity: Commodity) -> list[Fact]:
    for group in commodity.groups:
        rows = [f for f in _chosen(facts, group, "consumption_share") if f.stage == commodity.stage]
        if rows:
            return rows
    return []


def _chosen(facts: Sequence[Fact], subject: str, attribute: str) -> list[Fact]:
    return [
        f for f in facts if f.chosen and f.year == YEAR and f.subject == subject and f.attribute == attribute
    ]


def _index(codes: dict[str, int], fact: Fact) -> int:
    if fact.economy not in codes:
        raise unknown("economy", fact.economy, codes, f"{fact.attribute} of {fact.subject} in facts/")
    return codes[fact.economy]

"""Which entries of the ledger say what another entry, such as one read from a text, says too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from oresight.policy.ledger import Ledger, Standing, standing
from oresight.policy.reach import commodity_reach, reaches
from oresight.policy.records import Agreement, Measure
from oresight.world.model import World

EXPORT = ("export_ban", "export_quota", "export_licensing", "export_tax")
OVER = ("lapsed", "withdrawn", "ended", "struck_down")
NEAR = 60  # days within which two dates are taken to be of one agreement


def same_measures(measure: Measure, ledger: Ledger, world: World, day: str) -> tuple[Standing, ...]:
    """Entries known by a day, and not over on it, that are what `measure` says, each with its state.

    Imposer and instrument agree, targets and goods overlap, and tariffs have the same rate. Where the
    instrument of an export restriction is an assumption, any instrument will do.
    """
    found = []
    for s in standing(ledger, day):
        if not isinstance(s.entry, Measure) or s.entry.imposer != measure.imposer:
            continue
        if not _same_instrument(measure, s.entry):
            continue
        if s.state.state in OVER:
            continue
        same_rate = measure.rate_percent is not None and measure.rate_percent == s.entry.rate_percent
        if measure.instrument == "import_tariff" and not same_rate:
            continue
        if np.any(reaches(measure, world) & reaches(s.entry, world)) and _same_goods(measure, s.entry, world):
            found.append(s)
    return tuple(found)


def _same_instrument(measure: Measure, other: Measure) -> bool:
    if "instrument" in measure.assumed and measure.instrument in EXPORT:
        return other.instrument in EXPORT
    return measure.instrument == other.instrument


def _same_goods(measure: Measure, other: Measure, world: World) -> bool:
    if set(commodity_reach(measure, world)) & set(commodity_reach(other, world)):
        return True
    # Goods that the world does not hold are told in plain words: "rare-earth technology".
    named = [w.replace("-", " ").removesuffix("s") for w in measure.commodities if w != "all"]
    return any(word in other_word.replace("-", " ") for word in named for other_word in other.commodities)


def same_agreements(agreement: Agreement, ledger: Ledger, day: str, published: str) -> tuple[Agreement, ...]:
    """Agreements known by a day that are what `agreement` says.

    They share two parties and are of about the same day, or known before `published` where the text gives
    no day; of several, those of the same kind, else the latest. Where none shares two parties, those of the
    same kind and day that share one: a text may leave one side of a memorandum unsaid.
    """
    on = agreement.states[0].on if agreement.states else ""
    known = [
        a
        for a in ledger.agreements
        if any(s.known and s.known <= day for s in a.states) and _of_about(a, on, published)
    ]
    parties = set(agreement.parties)
    close = [a for a in known if len(parties & set(a.parties)) > 1]
    alike = [a for a in close if a.kind == agreement.kind]
    if alike:
        return tuple(alike)
    if close:
        return (max(close, key=lambda a: (_first(a), a.id)),)
    same_day = [a for a in known if a.kind == agreement.kind and _first(a) == on]
    return tuple(a for a in same_day if parties & set(a.parties))


def _of_about(agreement: Agreement, on: str, published: str) -> bool:
    first = _first(agreement)
    if len(on) != 10:  # the text gives no day, or only a month or a year
        return not published or first <= published
    return abs((date.fromisoformat(first) - date.fromisoformat(on)).days) <= NEAR


def _first(agreement: Agreement) -> str:
    return min((s.known for s in agreement.states if s.known), default="")


def repeated(own: Ledger, ledger: Ledger, world: World, day: str) -> dict[str, tuple[str, ...]]:
    """Ids of the ledger's entries, known by a day, that each entry of `own` repeats, by its id.

    Entries that repeat none are left out.
    """
    told: dict[str, tuple[str, ...]] = {}
    for m in own.measures:
        told_on = min([day, *(s.known for s in m.states if s.known)])
        told[m.id] = tuple(s.entry.id for s in same_measures(m, ledger, world, told_on))
    for a in own.agreements:
        told[a.id] = tuple(e.id for e in same_agreements(a, ledger, day, day))
    return {key: ids for key, ids in told.items() if ids}


def joined(ledger: Ledger, own: Ledger) -> Ledger:
    """The ledger with a user's own entries, for what is in force.

    What a text says (entries with the source `text`) is no law and stays out, and so does an entry under an
    id that the ledger has.
    """
    known = {*ledger.ids, *(e.id for e in ledger.exemptions)}
    return replace(
        ledger,
        measures=(*ledger.measures, *(m for m in own.measures if m.source != "text" and m.id not in known)),
        agreements=(
            *ledger.agreements,
            *(a for a in own.agreements if a.source != "text" and a.id not in known),
        ),
        exemptions=(*ledger.exemptions, *(e for e in own.exemptions if e.id not in known)),
    )

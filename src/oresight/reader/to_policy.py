"""From what a text says to policy: measures, agreements, provisions, and what the text leaves open.

Rules, stated here because they are ours and not the text's:

- **Legal force.** A promise takes the force of the agreement it belongs to: a reciprocal, free trade or
  investment agreement binds once it is signed; a memorandum, a framework or a joint statement does not. Of
  a "deal" the text does not say; it is taken not to bind, and asked about.
- **Which agreement.** Of agreements between promisor and beneficiary, the one whose words hold the
  promise, else the nearest one before it, else the nearest after it.
- **Cause and scope.** What follows "in response to", "over" or the like is what a threat answers to, not
  what it falls on.
- **Instrument.** A text that says "restrictions" or "controls" without saying which is read as licensing.
- **Easing.** Controls or tariffs that are to end are a promise of their imposer, never a measure; an end
  that is only asked for, and enforcement of what stands, are questions.
- **Scope.** A restriction is on all goods only where the text says all; on goods that the baseline does
  not hold, or that the text does not name, it reaches nothing.
- **Words.** A promise of no known kind is quoted, not glossed.
- **Background.** An agreement dated more than a year before the text is not what the text agrees.
- Tariffs that a text tells as in force are left to the ledger, so that none counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from oresight.policy.records import Provision
from oresight.policy.say import economy_name, join
from oresight.reader.document import Document, Record
from oresight.reader.policy_draft import Draft, modelled, named, phrase
from oresight.reader.policy_language import (
    buys_shares,
    control_named,
    keeps_controls,
    only_explored,
    sets_a_floor,
)
from oresight.reader.policy_measures import distinct, read_control, read_investment, read_tariff, read_threat
from oresight.reader.policy_promises import (
    force_of,
    read_agreement,
    read_commitment,
    summaries_among,
)
from oresight.reader.reading import Reading
from oresight.reader.scenarios import (
    against_promises,
    brief_scenarios,
    document_scenario,
    dominant_restrictor,
    threat_scenario,
)
from oresight.world.model import World

__all__ = [
    "Reading",
    "against_promises",
    "brief_scenarios",
    "document_scenario",
    "dominant_restrictor",
    "threat_scenario",
    "to_policy",
]


def to_policy(document: Document, world: World) -> Reading:
    """Read policy out of a document's records; order follows the text."""
    b = Draft(world, document.published or "", [], [], [], [])
    records = sorted(document.records, key=lambda r: (r.start, r.end))
    words = named(records)
    held, missing = modelled(words, world)
    if b.published and b.published < f"{world.year}-01-01":
        b.asked.append(
            f"The text is older than the baseline: its scenarios start from {world.year} as it was."
        )
    if not b.published:
        b.asked.append("The text has no date of its own: days such as 'on Sunday' stay open.")
    for record in (r for r in records if r.kind == "agreement"):
        read_agreement(record, b)
    summaries = summaries_among([a for _, a in b.agreements])
    for record in (_as_it_is(r) for r in records):
        if record.kind == "commitment":
            read_commitment(record, b, summaries)
        elif record.kind == "tariff":
            read_tariff(record, b, summaries)
        elif record.kind == "threat":
            read_threat(record, b)
        elif record.kind == "export_control":
            read_control(record, b, summaries)
        elif record.kind == "investment":
            read_investment(record, b)
    missing = tuple(dict.fromkeys((*missing, *b.missing)))
    if missing:
        b.asked.append(f"Not in the baseline, so without figures here: {join(missing)}.")
    if not held:
        b.asked.append("The text names no mineral that the baseline holds; a stress is put on all of them.")
    provisions = _once(b.provisions)
    agreements = tuple(
        replace(a, provisions=tuple(p for p in provisions if p.source == a.id))
        for _, a in b.agreements
        if a.id not in summaries
    )
    for agreement in agreements:
        if force_of(agreement.kind) is None:
            whom = join([economy_name(p, world) for p in agreement.parties])
            b.asked.append(f"Does the {phrase(agreement.kind)} between {whom} bind? The text does not say.")
    return Reading(
        title=document.title,
        published=b.published,
        measures=distinct(b.measures),
        agreements=agreements,
        provisions=provisions,
        open_questions=tuple(dict.fromkeys(b.asked)),
        commodities=held,
        not_modelled=missing,
    )


def _as_it_is(record: Record) -> Record:
    """A promise to take shares, to set a least price or to keep controls as the measure that it is."""
    if record.kind not in ("commitment", "investment") or only_explored(record.quote):
        return record
    if sets_a_floor(record.quote):
        return replace(record, kind="investment", subtype="price_floor")
    if record.kind == "commitment" and buys_shares(record.quote):
        return replace(record, kind="investment", subtype="equity_stake")
    if record.subtype == "no_export_restriction" and keeps_controls(record.quote):
        return replace(record, kind="export_control", subtype=control_named(record.quote), status="in_force")
    return record


def _once(provisions: Iterable[Provision]) -> tuple[Provision, ...]:
    """A promise told twice counts once, with the force it has where it binds."""
    kept: dict[str, Provision] = {}
    for provision in provisions:
        if provision.id not in kept or (provision.binding and not kept[provision.id].binding):
            kept[provision.id] = provision
    return tuple(kept.values())

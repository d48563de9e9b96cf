"""The ledger as rows: what stands on a day, for a table or JSON."""

from __future__ import annotations

from oresight.errors import InputError
from oresight.policy.ledger import Ledger, Standing, standing
from oresight.policy.own import Own
from oresight.policy.reach import commodities_of, commodity_reach, members, reaches
from oresight.policy.records import Agreement, Exemption, Measure, Provision
from oresight.policy.repeats import repeated
from oresight.policy.stacking import lines_of
from oresight.world.model import World
from oresight.world.scope import economies, resolve

Row = dict[str, object]


def ledger_rows(
    ledger: Ledger,
    world: World,
    as_of: str,
    known_by: str = "",
    imposer: str = "",
    target: str = "",
    commodity: str = "",
) -> list[Row]:
    """Measures, exemptions, agreements and provisions with their state on a day, as dictionaries.

    Filters are words: economies by code, group or name, commodities as in scenarios. An agreement passes
    when the imposer and the target are parties and a provision is on the commodity; its provisions follow
    it as rows of their own. Raises InputError for a word that is not known.
    """
    by = set(economies(world, (imposer,), "--imposer")) if imposer else set()
    on = set(economies(world, (target,), "--target")) if target else set()
    of = set(resolve(world, (commodity,), where="--commodity")) if commodity else set()
    rows: list[Row] = []
    for s in standing(ledger, as_of, known_by):
        if isinstance(s.entry, Measure):
            if _measure_passes(s.entry, ledger, world, by, on, of):
                rows.append(_measure_row(s.entry, s))
        elif isinstance(s.entry, Exemption):
            if _exemption_passes(s.entry, ledger, world, by, of):
                rows.append(_exemption_row(s.entry, s))
        else:
            parties = set(members(world, s.entry.parties))
            told = [p for p in s.entry.provisions if not of or of & _provision_reach(p, world)]
            if (by and not by & parties) or (on and not on & parties) or (of and not told):
                continue
            rows.append(_agreement_row(s.entry, s))
            rows.extend(_provision_row(p, s) for p in told)
    return rows


def joined_rows(
    ledger: Ledger,
    own: Own,
    world: World,
    as_of: str,
    known_by: str = "",
    imposer: str = "",
    target: str = "",
    commodity: str = "",
) -> list[Row]:
    """The rows of the ledger and of a user's own entries, each with where it comes from.

    `texts` are the titles of the texts that tell an entry, `quotes` their words, and `repeats` the entries
    of the ledger that say the same; all three are empty for the ledger's own rows. Filters are as in
    `ledger_rows`.
    """
    known = known_by or as_of
    words = (as_of, known_by, imposer, target, commodity)
    rows: list[Row] = [
        {**row, "texts": [], "quotes": [], "repeats": []} for row in ledger_rows(ledger, world, *words)
    ]
    same = repeated(own.ledger, ledger, world, known)
    there = {*ledger.ids, *(e.id for e in ledger.exemptions)}
    titles = {t.sha256: t.title for t in own.texts}
    for row in ledger_rows(own.ledger, world, *words):
        told = [t for t in own.told if t.entry == row["id"] or t.entry.endswith(f"/{row['id']}")]
        if row["id"] in there:
            continue  # an entry of the bundled ledger that was exported and came back
        rows.append(
            {
                **row,
                "texts": list(dict.fromkeys(titles[t.text] for t in told)),
                "quotes": [t.quote for t in told],
                "repeats": list(same.get(str(row["id"]), ())),
            }
        )
    return rows


def _measure_passes(
    measure: Measure, ledger: Ledger, world: World, by: set[str], on: set[str], of: set[int]
) -> bool:
    if by and not by & set(members(world, (measure.imposer,))):
        return False
    if on:
        hit = {e.code for e, reached in zip(world.economies, reaches(measure, world), strict=True) if reached}
        if not on & hit:
            return False
    return not of or bool(of & _measure_reach(measure, ledger, world))


def _exemption_passes(exemption: Exemption, ledger: Ledger, world: World, by: set[str], of: set[int]) -> bool:
    """Whether the imposer fits and some tariff line of a commodity is exempt; its targets are the basis's."""
    if by and not by & set(members(world, (exemption.imposer,))):
        return False
    return not of or any(line.startswith(exemption.hs) for c in of for line, _ in lines_of(ledger, world, c))


def _measure_reach(measure: Measure, ledger: Ledger, world: World) -> set[int]:
    """Commodities a measure is on: by their tariff lines where it names codes, else by its words."""
    if not measure.hs:
        return set(commodity_reach(measure, world))
    return {
        c
        for c in range(len(world.commodities))
        if any(line.startswith(code) for line, _ in lines_of(ledger, world, c) for code in measure.hs)
    }


def _provision_reach(provision: Provision, world: World) -> set[int]:
    return set(commodities_of(world, provision.commodities or ("all",)))


def _state_of(s: Standing) -> Row:
    return {
        "state": s.state.state,
        "since": s.state.on or None,
        "until": s.state.until or None,
        "known": s.state.known or None,
    }


def _measure_row(m: Measure, s: Standing) -> Row:
    amounts = {
        "rate_percent": m.rate_percent,
        "approval_share": m.approval_share,
        "share_of_baseline": m.share_of_baseline,
        "limit_t": m.limit_t,
    }
    return {
        "kind": "measure",
        "id": m.id,
        "title": m.title,
        "type": m.instrument,
        "from": [m.imposer],
        "to": list(m.targets),
        "except": list(m.except_targets),
        "commodities": list(m.commodities),
        "hs": list(m.hs),
        **amounts,
        "basis": m.basis or None,
        "binding": None,
        **_state_of(s),
        "source": s.state.source or m.source,
        "verified": m.verified,
        "assumed": list(m.assumed),
        "note": "; ".join(n for n in (s.note, m.note) if n) or None,
    }


_NO_AMOUNT: Row = {"rate_percent": None, "approval_share": None, "share_of_baseline": None, "limit_t": None}


def _exemption_row(e: Exemption, s: Standing) -> Row:
    return {
        "kind": "exemption",
        "id": e.id,
        "title": e.title,
        "type": "exemption",
        "from": [e.imposer],
        "to": [],
        "except": [],
        "commodities": [],
        "hs": [code for code in e.hs if code],
        **_NO_AMOUNT,
        "basis": e.basis,
        "binding": None,
        **_state_of(s),
        "source": s.state.source or e.source,
        "verified": e.verified,
        "assumed": [],
        "note": "; ".join(n for n in (s.note, e.note) if n) or None,
    }


def _agreement_row(a: Agreement, s: Standing) -> Row:
    return {
        "kind": "agreement",
        "id": a.id,
        "title": a.title,
        "type": a.kind,
        "from": list(a.parties),
        "to": list(a.parties),
        "except": [],
        "commodities": [],
        "hs": [],
        **_NO_AMOUNT,
        "basis": None,
        "binding": a.binding,
        **_state_of(s),
        "source": s.state.source or a.source,
        "verified": a.verified,
        "assumed": [],
        "note": "; ".join(n for n in (s.note, a.note) if n) or None,
    }


def _provision_row(p: Provision, s: Standing) -> Row:
    return {
        "kind": "provision",
        "id": p.id,
        "title": p.text,
        "type": p.kind,
        "from": [p.promisor],
        "to": [p.beneficiary],
        "except": [],
        "commodities": list(p.commodities),
        "hs": [],
        **_NO_AMOUNT,
        "rate_percent": p.rate_percent,
        "basis": p.agreement or None,
        "binding": p.binding and s.in_force,
        **_state_of(s),
        "source": p.source or getattr(s.entry, "source", ""),
        "verified": getattr(s.entry, "verified", False),
        "assumed": [],
        "note": None if not p.binding or s.in_force else "binds once the agreement is in force",
    }


def economy_of(world: World, word: str, where: str) -> str:
    """The one economy a word stands for; raises InputError for a group or an unknown word."""
    codes = economies(world, (word,), where)
    if len(codes) != 1:
        raise InputError(f"{where}: {word!r} is several economies; give one, such as {codes[0]}")
    return codes[0]


def commodity_of(world: World, word: str, where: str) -> str:
    """The one commodity a word stands for; raises InputError naming the candidates otherwise."""
    found = resolve(world, (word,), where=where)
    if len(found) != 1:
        names = ", ".join(world.commodities[c].name for c in found[:6])
        raise InputError(f"{where}: {word!r} is several commodities; give one of {names}")
    return world.commodities[found[0]].name

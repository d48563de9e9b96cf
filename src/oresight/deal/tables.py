"""Valuations, leverage and rankings as plain data and as rows for printing.

Amounts are million USD a year.
"""

from __future__ import annotations

import numpy as np

from oresight.deal.amounts import Amount, Part
from oresight.deal.leverage import Leverage, Threat
from oresight.deal.rank import Ranking
from oresight.deal.register import Risk
from oresight.deal.value import ProvisionValue, Valuation
from oresight.deal.words import million, percent
from oresight.policy.records import Measure, Provision
from oresight.policy.say import join
from oresight.world.model import Range

LOSS = (
    "the fall in consumer surplus, producer surplus, duty and tax revenue and the rents that the economy"
    " keeps; the scarcity rent of a quota or licence is kept by the economy that imposes it"
)


def value_json(valuation: Valuation) -> dict[str, object]:
    """The valuation as plain data: amounts in million USD/yr, null where there is none."""
    return {
        "beneficiary": valuation.beneficiary,
        "unit": "million USD/yr",
        "loss_is": LOSS,
        "rents_kept_by_imposers": [part_json(part) for part in valuation.rents],
        "expected_loss": {
            "without": amount_json(valuation.loss_without),
            "with_all": amount_json(valuation.loss_with),
            "avoided": amount_json(valuation.avoided),
        },
        "provisions": [
            {
                "id": v.provision.id,
                "name": v.name,
                "kind": v.provision.kind,
                "promisor": v.provision.promisor,
                "beneficiary": v.provision.beneficiary,
                "binding": v.provision.binding,
                "quote": v.provision.quote,
                **amount_json(v.worth),
                "alone": amount_json(v.alone),
                "last": amount_json(v.last),
                "kept": range_json(v.kept),
                "by_risk": [part_json(part) for part in v.by_risk],
                "by_commodity": [part_json(part) for part in v.by_commodity],
                "sampling_error": v.sampling_error,
                "verdict": v.verdict,
                "sentence": v.sentence,
            }
            for v in valuation.provisions
        ],
        "capacity": [
            {
                "id": c.text.id,
                "name": c.name,
                "kind": kind_of(c.text),
                "quote": c.text.quote,
                **amount_json(c.worth),
                "take_up": range_json(c.take_up),
                "brings": [
                    {
                        "project": b.project.project,
                        "title": b.project.title,
                        "economy": b.project.economy,
                        "commodity": b.project.commodity,
                        "capacity_t": b.project.capacity_t,
                        "source": b.project.source,
                        "year": b.year,
                        "part_of_year": b.span,
                        "months_earlier": b.months,
                    }
                    for b in c.brings
                ],
                "by_project": [part_json(part) for part in c.by_project],
                "by_risk": [part_json(part) for part in c.by_risk],
                "verdict": c.verdict,
                "sentence": c.sentence,
            }
            for c in valuation.capacity
        ],
        "compliance_sweep": [
            {
                "kept": swept.kept,
                "avoided": amount_json(swept.avoided),
                "provisions": [
                    {"id": v.provision.id, **amount_json(worth)}
                    for v, worth in zip(valuation.provisions, swept.worths, strict=True)
                ],
            }
            for swept in valuation.sweep
        ],
        "not_valued": [
            {"id": p.id, "name": name, "kind": kind_of(p), "quote": p.quote, "reason": reason}
            for p, name, reason in valuation.not_valued
        ],
        "risks": [risk_json(risk) for risk in valuation.risks],
        "failed": list(valuation.failed),
        "messages": list(valuation.messages),
        "solves": valuation.solves,
        "draws": valuation.draws,
        "draws_solved": valuation.draws_solved,
        "seed": valuation.seed,
    }


def _why(v: ProvisionValue) -> str:
    """The reason in few words; the sentence says it in full."""
    if v.verdict == "zero":
        return "stops nothing in the register"
    if v.verdict == "noise":
        return "cannot be told from zero"
    share = v.by_risk[0].share
    part = "" if share is None or share > 0.995 else f"{percent(share)} "
    return f"{part}through: {v.by_risk[0].name}; mostly in {v.by_commodity[0].name}"


def kind_of(clause: Provision | Measure) -> str:
    """The kind of a promise, or the instrument of a measure."""
    return clause.kind if isinstance(clause, Provision) else clause.instrument


def range_json(value: Range) -> dict[str, float]:
    """A range as plain data."""
    return {"central": value.central, "low": value.low, "high": value.high}


def amount_json(amount: Amount) -> dict[str, float | None]:
    """An amount as plain data."""
    central = amount.central if np.isfinite(amount.central) else None
    return {"central": central, "low": amount.low, "high": amount.high}


def _amount_or_null(amount: Amount | None) -> dict[str, float | None] | None:
    return None if amount is None else amount_json(amount)


def part_json(part: Part) -> dict[str, object]:
    """A part as plain data; the share is a fraction."""
    return {
        "name": part.name,
        "central": part.central if np.isfinite(part.central) else None,
        "share": part.share if part.share is not None and np.isfinite(part.share) else None,
    }


def risk_json(risk: Risk) -> dict[str, object]:
    """A risk as plain data."""
    return {
        "id": risk.id,
        "title": risk.title,
        "given": risk.given or None,
        "probability": risk.probability.central,
        "probability_low": risk.probability.low,
        "probability_high": risk.probability.high,
        "months": risk.months,
        "kind": risk.kind,
        "source": risk.source,
        "note": risk.note,
    }


def value_rows(valuation: Valuation) -> list[dict[str, object]]:
    """The valuation as rows for printing."""
    rows: list[dict[str, object]] = [
        {
            "provision": v.name,
            "million USD/yr": million(v.worth.central),
            "90 % interval": f"{million(v.worth.low)} to {million(v.worth.high)}",
            "kept": f"{100 * v.kept.central:.0f} %",
            "why": _why(v),
        }
        for v in valuation.provisions
    ]
    rows += [
        {
            "provision": c.name,
            "million USD/yr": million(c.worth.central),
            "90 % interval": f"{million(c.worth.low)} to {million(c.worth.high)}",
            "kept": f"{100 * c.take_up.central:.0f} %",
            "why": f"in {min(b.year for b in c.brings)}, through {join([b.project.title for b in c.brings])}",
        }
        for c in valuation.capacity
    ]
    for _, name, reason in valuation.not_valued:
        rows.append(
            {
                "provision": name,
                "million USD/yr": "",
                "90 % interval": "",
                "kept": "",
                "why": f"not valued: {reason}",
            }
        )
    for part in valuation.rents:
        rows.append(
            {
                "provision": f"Scarcity rent that {part.name} keeps",
                "million USD/yr": million(part.central),
                "90 % interval": "",
                "kept": "",
                "why": "expected, central case; counted as a gain of that economy",
            }
        )
    for name, amount in (
        ("Expected loss without", valuation.loss_without),
        ("Expected loss with all", valuation.loss_with),
    ):
        rows.append(
            {
                "provision": f"{name} ({valuation.beneficiary})",
                "million USD/yr": million(amount.central),
                "90 % interval": f"{million(amount.low)} to {million(amount.high)}",
                "kept": "",
                "why": f"over {len(valuation.risks)} risks of the register",
            }
        )
    return rows


def sweep_rows(valuation: Valuation) -> list[dict[str, object]]:
    """What each provision is worth by how often promises are kept, as rows for printing."""
    rows: list[dict[str, object]] = []
    for k, v in enumerate(valuation.provisions):
        row: dict[str, object] = {"provision": v.name}
        for swept in valuation.sweep:
            row[f"kept {percent(swept.kept)}"] = million(swept.worths[k].central)
        row["as assumed"] = f"{million(v.worth.central)} (kept {percent(v.kept.central)})"
        rows.append(row)
    return rows


def leverage_json(result: Leverage) -> dict[str, object]:
    """The table as plain data: amounts in million USD/yr."""
    return {
        "title": result.title or None,
        "side": result.side,
        "other": result.other,
        "as_of": result.as_of,
        "known_by": result.known_by,
        "unit": "million USD/yr",
        "choices": {"side": list(result.choices[0]), "other": list(result.choices[1])},
        "cells": [
            {
                "side": c.first,
                "other": c.second,
                "loss_side": amount_json(c.loss_first),
                "loss_other": amount_json(c.loss_second),
                "equilibrium": c.equilibrium,
                "equilibrium_share": c.equilibrium_share,
            }
            for c in result.cells
        ],
        "effects": [
            {
                "side": e.side,
                "measure": e.name,
                "state": e.state,
                "own_cost": amount_json(e.own_cost),
                "rent_kept": amount_json(e.rent),
                "own_cost_without_rent": amount_json(e.without_rent),
                "damage": amount_json(e.damage),
                "ratio": e.ratio,
            }
            for e in result.effects
        ],
        "threats": [
            {
                "side": t.side,
                "measure": t.name,
                "states": list(t.states),
                "gain_at_once": amount_json(t.at_once),
                "gain_after_answer": amount_json(t.after_answer),
                "answer": t.answer,
                "credible_share": t.credible_share,
                "verdict": t.verdict,
                "bargain_without_threat": _amount_or_null(t.bargain_without),
                "bargain_with_threat": _amount_or_null(t.bargain_with),
                "moved": _amount_or_null(t.moved),
            }
            for t in result.threats
        ],
        "beliefs": [
            {
                "side": b.side,
                "measure": b.name,
                "chance": b.chance,
                "transfer_to_side": amount_json(b.transfer),
                "moved": amount_json(b.moved),
            }
            for b in result.beliefs
        ],
        "bargains": [
            {
                "side": b.first,
                "other": b.second,
                "joint_gain": amount_json(b.gain),
                "transfer_to_side": amount_json(b.transfer),
                "moved": amount_json(b.moved),
            }
            for b in result.bargains
        ],
        "agreed": {"side": result.agreed[0], "other": result.agreed[1]},
        "equilibria": [
            {
                "side": dict(e.first),
                "other": dict(e.second),
                "pure": e.pure,
                "loss_side": e.loss_first,
                "loss_other": e.loss_second,
            }
            for e in result.equilibria
        ],
        "notes": list(result.notes),
        "left_out": list(result.left_out),
        "not_covered": [{"what": n.what, "why": n.why, "source": n.source} for n in result.not_covered],
        "failed": list(result.failed),
        "draws": result.draws,
        "draws_solved": result.draws_solved,
        "seed": result.seed,
    }


def leverage_rows(result: Leverage) -> list[dict[str, object]]:
    """What each measure costs, does, and whether it would be carried out, as rows for printing."""
    told = {(t.side, t.name): t for t in result.threats}
    rows: list[dict[str, object]] = []
    for e in result.effects:
        threat = told.get((e.side, e.name))
        rows.append(
            {
                "side": e.side,
                "measure": e.name,
                "state": e.state,
                "own cost, million USD/yr": million(e.own_cost.central),
                "without the rent it keeps": million(e.without_rent.central),
                "damage, million USD/yr": million(e.damage.central),
                "damage per dollar": "costs nothing" if e.ratio is None else f"{e.ratio:.2g}",
                "carried out?": "" if threat is None else _carried(threat),
                "moves the bargain by": ""
                if threat is None or threat.moved is None
                else million(threat.moved.central),
            }
        )
    return rows


def _carried(threat: Threat) -> str:
    if threat.credible_share is None:
        return threat.verdict
    return f"{threat.verdict} (pays in {percent(threat.credible_share)} of draws)"


def matrix_rows(result: Leverage) -> list[dict[str, object]]:
    """The losses to each side in every cell, as rows for printing, "side / other"."""
    B = len(result.choices[1])
    rows: list[dict[str, object]] = []
    for a, name in enumerate(result.choices[0]):
        row: dict[str, object] = {f"{result.side} \\ {result.other}": name}
        for b, column in enumerate(result.choices[1]):
            cell = result.cells[a * B + b]
            mark = " *" if cell.equilibrium else ""
            row[column] = f"{million(cell.loss_first.central)} / {million(cell.loss_second.central)}{mark}"
        rows.append(row)
    return rows


def equilibrium_rows(result: Leverage) -> list[dict[str, object]]:
    """The equilibria of the central case, as rows for printing."""

    def told(mix: tuple[tuple[str, float], ...]) -> str:
        return "; ".join(name if p > 0.995 else f"{percent(p)} {name}" for name, p in mix)

    return [
        {
            f"{result.side} plays": told(e.first),
            f"{result.other} plays": told(e.second),
            f"loss to {result.side}": million(e.loss_first),
            f"loss to {result.other}": million(e.loss_second),
        }
        for e in result.equilibria
    ]


def belief_rows(result: Leverage) -> list[dict[str, object]]:
    """What a threat moves the bargain by, by how likely the other side thinks it, as rows for printing."""
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for b in result.beliefs:
        row = rows.setdefault((b.side, b.name), {"side": b.side, "threat": b.name})
        row[f"believed {percent(b.chance)}"] = million(b.moved.central)
    return list(rows.values())


def outside_rows(result: Leverage) -> list[dict[str, object]]:
    """What the result does not cover, as rows for printing."""
    rows: list[dict[str, object]] = [
        {"not covered": n.what, "why": n.why, "source": n.source} for n in result.not_covered
    ]
    for line in result.left_out:
        what, _, why = line.partition(": ")
        rows.append({"not covered": what, "why": why, "source": "ledger"})
    return rows


def bargain_rows(result: Leverage) -> list[dict[str, object]]:
    """The Nash bargain from each threat point, as rows for printing."""
    return [
        {
            f"{result.side} plays": b.first,
            f"{result.other} plays": b.second,
            "joint gain of agreeing, million USD/yr": million(b.gain.central),
            f"paid to {result.side}": million(b.transfer.central),
            "90 % interval": f"{million(b.transfer.low)} to {million(b.transfer.high)}",
            "more than from today": million(b.moved.central),
        }
        for b in result.bargains
    ]


def rank_json(ranking: Ranking) -> dict[str, object]:
    """The ranking as plain data: amounts in million USD/yr."""
    return {
        "buyer": ranking.buyer,
        "unit": "million USD/yr",
        "loss_is": LOSS,
        "total": amount_json(ranking.total),
        "commodities": [
            {
                "place": r.place,
                "commodity": r.commodity,
                **amount_json(r.expected_loss),
                "share_of_spending": r.share_of_spending,
                "worst_crisis": r.worst_crisis or None,
                "worst_share": r.worst_share,
            }
            for r in ranking.ranked
        ],
        "risks": [risk_json(risk) for risk in ranking.risks],
        "failed": list(ranking.failed),
        "draws": ranking.draws,
        "draws_solved": ranking.draws_solved,
        "seed": ranking.seed,
    }


def rank_rows(ranking: Ranking) -> list[dict[str, object]]:
    """The ranking as rows for printing."""
    return [
        {
            "place": r.place,
            "commodity": r.commodity,
            "expected loss, million USD/yr": million(r.expected_loss.central),
            "90 % interval": f"{million(r.expected_loss.low)} to {million(r.expected_loss.high)}",
            "of spending": "" if r.share_of_spending is None else percent(r.share_of_spending),
            "mostly through": r.worst_crisis,
        }
        for r in ranking.ranked
    ]

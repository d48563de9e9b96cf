"""The brief's numbers and records as one JSON object: what the page shows, for programs."""

from __future__ import annotations

import dataclasses

from oresight.brief.content import Brief, FactRow, ResultRow
from oresight.brief.findings import Findings
from oresight.impact.claims import Claim
from oresight.impact.head import scenario_head
from oresight.policy.records import Agreement, Measure


def brief_json(found: Findings, brief: Brief) -> dict[str, object]:
    """Document, records, policy, claims, scenarios, results and the run.

    `quoted` and `facts` are the rows that the page's numbers link to, by their anchors: results of
    the run, differences between scenarios among them, and figures of the fact table.
    """
    read = found.document.to_json()
    return {
        "document": read["document"],
        "records": read["records"],
        "as_of": found.as_of,
        "known_by": found.known_by,
        "buyer": found.buyer,
        "agreements": [_agreement(a) for a in found.reading.agreements],
        "measures": [_measure(m) for m in found.reading.measures],
        "provisions": [dataclasses.asdict(p) for p in found.reading.provisions],
        "open_questions": list(found.reading.open_questions),
        "aftermath": [dataclasses.asdict(fate) for fate in found.fates],
        "claims": [_claim(c) for c in found.claims],
        "scenarios": [scenario_head(s) for s in found.outcome.solutions],
        "results": [row.to_json() for row in found.rows],
        "quoted": [_quoted(row) for row in brief.results],
        "facts": [_fact(row) for row in brief.facts],
        "run": dict(found.run),
    }


def _quoted(row: ResultRow) -> dict[str, object]:
    about = {
        name: getattr(row, name) for name in ("anchor", "scenario", "commodity", "origin", "destination")
    }
    e = row.figure
    numbers = {"unit": e.unit, "central": e.central, "low": e.low, "high": e.high}
    return {**about, "variable": row.variable, **numbers}


def _fact(row: FactRow) -> dict[str, object]:
    about = {name: getattr(row, name) for name in ("anchor", "what", "year", "kind", "source", "note")}
    return {**about, "value": row.figure.central, "unit": row.figure.unit}


def _agreement(agreement: Agreement) -> dict[str, object]:
    return {**dataclasses.asdict(agreement), "provisions": [p.id for p in agreement.provisions]}


def _measure(measure: Measure) -> dict[str, object]:
    return {name: value for name, value in dataclasses.asdict(measure).items() if value not in (None, "", ())}


def _claim(claim: Claim) -> dict[str, object]:
    return {
        "quote": claim.record.quote,
        "economy": claim.economy,
        "subject": claim.subject,
        "share_percent": claim.share_percent,
        "verdict": claim.verdict,
        "sentence": claim.sentence,
        "checks": [
            {**dataclasses.asdict(check.fact), "holds": check.holds, "difference": check.difference}
            for check in claim.checks
        ],
    }

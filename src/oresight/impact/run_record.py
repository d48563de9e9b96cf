"""The record that binds a run's inputs to its results, so that a figure can be cited."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from oresight import __version__
from oresight.impact.rows import Row
from oresight.market.outcome import Outcome


def run_record(
    outcome: Outcome, inputs: Mapping[str, str], ledger: str, rows: Iterable[Row]
) -> dict[str, object]:
    """What went in and what came out, by hash (sha256).

    `inputs` maps the name of each text or scenario to the hash of its bytes; `ledger` is the
    ledger's fingerprint. The fingerprint covers all of it and the results; it holds no time, so the
    same run has the same fingerprint anywhere.
    """
    record: dict[str, object] = {
        "oresight": __version__,
        "world": outcome.world.fingerprint,
        "baseline_year": outcome.world.year,
        "ledger": ledger,
        "inputs": dict(sorted(inputs.items())),
        "draws": outcome.draws,
        "seed": outcome.seed,
        "results": digest([row.to_json() for row in rows]),
    }
    record["fingerprint"] = digest(record)
    return record


def digest(data: object) -> str:
    """sha256 of plain data in canonical JSON; floats to nine significant digits, to hold across machines."""
    return hashlib.sha256(json.dumps(_rounded(data), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _rounded(data: object) -> object:
    if isinstance(data, float):
        return float(f"{data:.9g}")
    if isinstance(data, Mapping):
        return {str(k): _rounded(v) for k, v in data.items()}
    if isinstance(data, list | tuple):
        return [_rounded(v) for v in data]
    return data

"""The record that binds a run's inputs to its results, so that a figure can be cited."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from oresight import __version__
from oresight.impact.rows import Row
from oresight.market.outcome import Outcome
from oresight.world.model import World


def run_record(
    outcome: Outcome, inputs: Mapping[str, str], ledger: str, rows: Iterable[Row]
) -> dict[str, object]:
    """What went into an outcome and what came out, by hash (sha256); see `record_of`."""
    results = [row.to_json() for row in rows]
    return record_of(outcome.world, ledger, inputs, outcome.draws, outcome.seed, results)


def record_of(
    world: World, ledger: str, inputs: Mapping[str, str], draws: int, seed: int, results: object
) -> dict[str, object]:
    """The record of a run on `world` that gave `results` (plain data).

    `inputs` maps the name of each text or scenario to the hash of its bytes; `ledger` is the
    ledger's fingerprint. The fingerprint covers all of it and the results; it holds no time, so the
    same run has the same fingerprint anywhere.
    """
    record: dict[str, object] = {
        "oresight": __version__,
        "world": world.fingerprint,
        "baseline_year": world.year,
        "ledger": ledger,
        "inputs": dict(sorted(inputs.items())),
        "draws": draws,
        "seed": seed,
        "results": digest(results),
    }
    record["fingerprint"] = digest(record)
    return record


def hash_of(path: str | Path) -> str:
    """sha256 of a file's bytes."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


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

"""The record that binds a valuation, a ranking or a game to what went into it.

These results rest on several batches of solves. They share the world, the draws and the seed, so
that one record by hash holds for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oresight.deal import register
from oresight.impact.run_record import hash_of, record_of
from oresight.outlook import projects
from oresight.policy.ledger import Ledger
from oresight.world.model import World


def with_record(
    told: Mapping[str, object], world: World, ledger: Ledger, inputs: Mapping[str, str]
) -> dict[str, object]:
    """The plain data of a result with its record under `run`.

    `inputs` maps the name of each text, scenario, case or table to the hash of its bytes. The same
    inputs, draws and seed give the same fingerprint anywhere.
    """
    draws, seed = (told[key] for key in ("draws", "seed"))
    assert isinstance(draws, int)
    assert isinstance(seed, int)
    return {**told, "run": record_of(world, ledger.fingerprint, inputs, draws, seed, told)}


def table_hashes(risks: str | Path | None = None) -> dict[str, str]:
    """The tables that a valuation or a ranking rests on, by name, with the hashes of their bytes.

    `risks` is the user's register, or None for the bundled one.
    """
    files = {
        "risks" if risks is None else str(risks): register.BUNDLED if risks is None else Path(risks),
        "take-ups": register.BUNDLED.with_name("assumptions.csv"),
        "projects": Path(projects.__file__).with_name("data") / "projects.csv",
    }
    return {name: hash_of(file) for name, file in files.items()}

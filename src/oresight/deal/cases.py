"""Ready cases: two sides, a day, and what each may do, as a file.

A case is a YAML file: `title`, `side`, `other`, `as_of`, `known_by`, `choices` (ids of the ledger
that are choices; all of them when left out), `add`, `drop` and `assume` as in a scenario file, and
`not_covered`, a list of {what, why, source} that is printed beside the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oresight.errors import InputError, unknown
from oresight.policy.ledger import Ledger, load_ledger, read_yaml
from oresight.policy.records import Scenario
from oresight.policy.scenario import parse_scenario
from oresight.world.model import World

BUNDLED = Path(__file__).with_name("data") / "cases"
OF_SCENARIO = ("as_of", "known_by", "add", "drop", "assume")
KEYS = ("title", "side", "other", "choices", "not_covered", *OF_SCENARIO)


@dataclass(frozen=True, slots=True)
class NotCovered:
    """Something that belongs to the quarrel and lies outside of this model."""

    what: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Case:
    """A game that is ready to be played."""

    name: str
    title: str
    side: str
    other: str
    scenario: Scenario  # the day, and measures that the case adds to the ledger's
    choices: tuple[str, ...]  # ledger ids that are choices; () for all that stand
    not_covered: tuple[NotCovered, ...]
    path: Path


def case_names() -> tuple[str, ...]:
    """The bundled cases."""
    return tuple(sorted(file.stem for file in BUNDLED.glob("*.yaml")))


def load_case(name: str, world: World, ledger: Ledger | None = None) -> Case:
    """A bundled case by name, or one in a file of the user's.

    Raises InputError naming the file and the place for an unknown case, key, side or ledger id, and
    for whatever is wrong with its measures.
    """
    path = Path(name) if Path(name).suffix in (".yaml", ".yml") else BUNDLED / f"{name}.yaml"
    if path.parent == BUNDLED and not path.is_file():
        raise unknown("case", name, case_names(), "leverage")
    content: Mapping[str, Any] = read_yaml(path)
    where, law = path.name, ledger or load_ledger()
    for key in content:
        if key not in KEYS:
            raise unknown("key", str(key), KEYS, where)
    for key in ("title", "side", "other", "as_of"):
        if not content.get(key):
            raise InputError(f"{where}: needs {key}")
    for key in ("side", "other"):
        if content[key] not in world.economy_index:
            raise unknown("economy", str(content[key]), world.economy_index, f"{where}: {key}")
    choices = content.get("choices") or []
    if not isinstance(choices, list):
        raise InputError(f"{where}: choices should be a list of ids of the ledger")
    known = {m.id for m in law.measures}
    for entry in choices:
        if entry not in known:
            raise unknown("ledger id", str(entry), known, f"{where}: choices")
    scenario = parse_scenario(
        {key: content[key] for key in OF_SCENARIO if key in content}, where, world, law, name=path.stem
    )
    return Case(
        name=path.stem,
        title=" ".join(str(content["title"]).split()),
        side=content["side"],
        other=content["other"],
        scenario=scenario,
        choices=tuple(choices),
        not_covered=_not_covered(content.get("not_covered"), where),
        path=path,
    )


def _not_covered(given: object, where: str) -> tuple[NotCovered, ...]:
    rows = given or []
    if not isinstance(rows, list):
        raise InputError(f"{where}: not_covered should be a list of what, why and source")
    found = []
    for n, row in enumerate(rows):
        if not isinstance(row, dict) or set(row) != {"what", "why", "source"}:
            raise InputError(f"{where}: not_covered[{n}] should have what, why and source")
        found.append(NotCovered(str(row["what"]), str(row["why"]), str(row["source"])))
    return tuple(found)

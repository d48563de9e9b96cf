"""A scenario as it arrives: YAML or JSON bytes to the mapping of a scenario file."""

from __future__ import annotations

import json
from typing import Any

from oresight.errors import InputError
from oresight.policy.ledger import DEEPEST, parse_yaml

WHERE = "request"


def scenario_mapping(body: bytes) -> dict[str, Any]:
    """The mapping in a request's body. JSON is tried when it begins with a brace, else YAML.

    Raises InputError with one line for bytes that are not UTF-8, a text that is neither, a key
    given twice, NaN or infinity, and YAML aliases, which can make a few bytes stand for millions.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{WHERE}: not a UTF-8 text; post a scenario as YAML or JSON") from None
    if not text.strip():
        raise InputError(f"{WHERE}: is empty; post a scenario as YAML or JSON")
    if text.lstrip().startswith("{"):
        try:
            return _json(text)
        except json.JSONDecodeError:
            pass  # a YAML mapping may begin with a brace too; its reader names the fault
    _no_aliases(text)
    return parse_yaml(text, WHERE)


def _json(text: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for n, (key, _) in enumerate(pairs):
            if any(key == other for other, _ in pairs[:n]):
                raise InputError(f"{WHERE}: {key[:80]!r} is given twice; keep one")
        return dict(pairs)

    def refused(word: str) -> float:
        raise InputError(f"{WHERE}: {word} is not a number that a scenario can hold")

    try:
        found: dict[str, Any] = json.loads(text, object_pairs_hook=once, parse_constant=refused)
    except RecursionError:
        raise InputError(f"{WHERE}: nested too deep") from None
    return found


def _no_aliases(text: str) -> None:
    import yaml

    depth = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.AliasEvent):
                raise InputError(f"{WHERE}: YAML aliases are not taken here; write the values out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return  # the reader proper refuses it
    except yaml.YAMLError:
        return  # the reader proper names the place

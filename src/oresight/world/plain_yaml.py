"""YAML from anywhere, read with care: no types beyond plain ones, no depth or aliases that blow up."""

from __future__ import annotations

from typing import Any

from oresight.errors import InputError, shown

DEEPEST = 50  # levels of lists and mappings in a YAML file
MOST_REPEATED = 10_000  # entries that the aliases of a file may add when they are written out


def parse_yaml(text: str, name: str) -> dict[str, Any]:
    """A YAML text as a mapping, with safe types only; `name` stands for it in the InputErrors."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # libyaml builds nested nodes by recursion in C and crashes where Python would raise.
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise InputError(f"{name}: nested too deep; a scenario needs five levels")
        root = yaml.compose(text, Loader=loader)
        _no_key_twice(root, name, set())
        sizes: dict[int, int] = {}
        if _written_out(root, name, sizes) > len(sizes) + MOST_REPEATED:
            raise InputError(f"{name}: its aliases stand for too much; write the values out")
        content = yaml.load(text, Loader=loader)
    except InputError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as fault:
        # A tag or a form that promises a number or a date which the value is not.
        raise InputError(f"{name}: a value cannot be read ({fault}); write dates as 2025-10-26") from None
    except RecursionError:
        raise InputError(f"{name}: nested too deep, or an anchor that holds itself") from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        place = f" line {mark.line + 1}" if mark else ""
        raise InputError(f"{name}{place}: not valid YAML: {getattr(fault, 'problem', fault)}") from None
    if not isinstance(content, dict):
        raise InputError(f"{name}: should be a mapping of keys such as name and add")
    return content


def _no_key_twice(node: Any, name: str, visited: set[int]) -> None:
    """YAML readers keep the last of two equal keys in silence; here that is an error."""
    if node is None or isinstance(node.value, str) or id(node) in visited:
        return
    visited.add(id(node))
    seen: set[str] = set()
    for child in node.value:
        if not isinstance(child, tuple):
            _no_key_twice(child, name, visited)
            continue
        key, value = child
        if isinstance(key.value, str) and key.value != "<<":
            if key.value in seen:
                line = key.start_mark.line + 1
                raise InputError(f"{name} line {line}: {shown(key.value)} is given twice; keep one")
            seen.add(key.value)
        _no_key_twice(value, name, visited)


def _written_out(node: Any, name: str, sizes: dict[int, int]) -> int:
    """How many nodes a node is when every alias is written out; `sizes` remembers those that were counted."""
    if node is None:
        return 0
    if id(node) in sizes:
        if not sizes[id(node)]:
            raise InputError(f"{name}: an anchor that holds itself; write the values out")
        return sizes[id(node)]
    sizes[id(node)] = 0
    children: list[Any] = [] if isinstance(node.value, str) else node.value
    flat = [part for child in children for part in (child if isinstance(child, tuple) else (child,))]
    sizes[id(node)] = 1 + sum(_written_out(child, name, sizes) for child in flat)
    return sizes[id(node)]

"""Scenarios: how they add, and how a scenario file is read and checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from oresight.errors import InputError, shown, unknown
from oresight.policy import constructors as make
from oresight.policy.ledger import Ledger, asked_day, load_ledger, read_hashed_yaml
from oresight.policy.listing import economy_of
from oresight.policy.reach import routes
from oresight.policy.records import Measure, Provision, Scenario
from oresight.policy.say import measure_name
from oresight.world.model import World
from oresight.world.scope import economies, resolve

T = TypeVar("T", Measure, Provision)

KEYS = ("name", "as_of", "known_by", "add", "drop", "assume")
PLACE = ("imposer", "targets", "commodities", "hs")
ADDITIONS: Mapping[str, tuple[str, ...]] = {
    "export_ban": PLACE,
    "import_ban": PLACE,
    "export_quota": (*PLACE, "share_of_baseline", "limit_t"),
    "export_licensing": (*PLACE, "approval_share"),
    "export_tax": (*PLACE, "rate_percent"),
    "import_tariff": (*PLACE, "rate_percent"),
    "no_export_restriction": ("promisor", "beneficiary", "commodities", "binding", "instruments"),
    "equity_stake": ("investor", "project", "accelerates_months"),
    "price_floor": PLACE,
    "stockpile": PLACE,
    "subsidy": PLACE,
}


def combine(left: Scenario, right: Scenario | Measure | Provision) -> Scenario:
    """`left + right`: measures, provisions, drops and assumptions join, the right-hand name is appended.

    The same measure counts once. An assumption on the right replaces the same one on the left.
    Raises InputError when the two start from the ledger on different days.
    """
    if isinstance(right, Measure):
        right = Scenario(measure_name(right), measures=(right,))
    elif isinstance(right, Provision):
        right = Scenario(right.text or right.id, provisions=(right,))
    starts = [s for s in (left, right) if s.base == "ledger"]
    if len(starts) == 2 and (left.as_of, left.known_by) != (right.as_of, right.known_by):
        raise InputError(
            f"cannot add {shown(right.name)} (ledger of {right.as_of}, known by {right.known_by})"
            f" to {shown(left.name)} (ledger of {left.as_of}, known by {left.known_by}):"
            " a scenario starts on one day"
        )
    start = starts[0] if starts else left
    return Scenario(
        name=f"{left.name} + {right.name}",
        base=start.base,
        as_of=start.as_of,
        known_by=start.known_by,
        measures=_once(left.measures, right.measures),
        provisions=_once(left.provisions, right.provisions),
        drop=tuple(dict.fromkeys((*left.drop, *right.drop))),
        assume=tuple({**dict(left.assume), **dict(right.assume)}.items()),
    )


def _once(left: tuple[T, ...], right: tuple[T, ...]) -> tuple[T, ...]:
    return left + tuple(item for item in right if item not in left)


def load_scenario(path: str | Path, world: World, ledger: Ledger | None = None) -> Scenario:
    """Read a scenario file and check it against a world and the ledger.

    Raises InputError with one line that names the file and the place, for an unknown key, economy,
    commodity, ledger id or assumption, a number out of bounds, a date that is none, and for entries
    that contradict or repeat each other.
    """
    return read_scenario(path, world, ledger)[0]


def read_scenario(path: str | Path, world: World, ledger: Ledger | None = None) -> tuple[Scenario, str]:
    """A scenario as `load_scenario` gives it, with the sha256 of the bytes that it was read from."""
    file = Path(path)
    content, sha256 = read_hashed_yaml(file)
    # A file's name may hold bytes that are no text, which no JSON could repeat.
    name = file.stem.encode("utf-8", "backslashreplace").decode()
    return parse_scenario(content, file.name, world, ledger, name=name), sha256


def parse_scenario(
    content: Mapping[str, Any], where: str, world: World, ledger: Ledger | None = None, *, name: str = ""
) -> Scenario:
    """A scenario from the mapping that a scenario file holds, wherever that came from.

    `where` stands for the file in messages, `name` is used when the mapping has none. Raises
    InputError as `load_scenario` does.
    """
    for key in content:
        if key not in KEYS:
            raise unknown("key", str(key), KEYS, where)
    name = content.get("name", name)
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"{where}: name should be a line of text")
    as_of, known_by = (_day(content.get(key), f"{where}: {key}") for key in ("as_of", "known_by"))
    if known_by and not as_of:
        raise InputError(f"{where}: known_by needs as_of, the day the ledger is read for")
    measures: list[Measure] = []
    provisions: list[Provision] = []
    places: dict[str, str] = {}
    for n, entry in enumerate(_list(content.get("add"), f"{where}: add")):
        place = f"{where}: add[{n}]"
        kind, values = _kind(entry, place)
        here = f"{place}.{kind}"
        if kind == "no_export_restriction":
            promise = _promise(values, here, world)
            _check_new(promise.id, here, places)
            provisions.append(promise)
        else:
            measure = (
                _stake(values, here, world) if kind == "equity_stake" else _measure(kind, values, here, world)
            )
            _check_new(measure.id, here, places)
            measures.append(measure)
    _check_contradictions(measures, places, world)
    return Scenario(
        name=" ".join(name.split()),
        base="ledger" if as_of else "baseline",
        as_of=as_of,
        known_by=known_by or as_of,
        measures=tuple(measures),
        provisions=tuple(provisions),
        drop=_drop(content.get("drop"), where, as_of, ledger),
        assume=_assume(content.get("assume"), where, world),
    )


def _day(value: Any, where: str) -> str:
    if value is None or value == "":
        return ""
    return asked_day(value.isoformat() if isinstance(value, date) else str(value), where)


def _list(value: Any, where: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError(f"{where} should be a list, each item starting with '- '")
    return value


def _kind(entry: Any, place: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(entry, dict) or len(entry) != 1:
        raise InputError(f"{place}: should be one measure, such as '- export_ban: {{imposer: CHN, ...}}'")
    kind, values = next(iter(entry.items()))
    if kind not in ADDITIONS:
        raise unknown("measure", str(kind), ADDITIONS, place)
    if not isinstance(values, dict):
        raise InputError(f"{place}.{kind}: should be a mapping with {', '.join(ADDITIONS[kind])}")
    for key in values:
        if key not in ADDITIONS[kind]:
            raise unknown("key", str(key), ADDITIONS[kind], f"{place}.{kind}")
    return str(kind), values


def _economy(value: Any, where: str, world: World) -> str:
    if not isinstance(value, str):
        raise InputError(f"{where}: needs the code of an economy, such as CHN")
    return economy_of(world, value, where)


def _words(value: Any, where: str) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not given or not all(isinstance(w, str) and w for w in given):
        raise InputError(f"{where}: should be a word or a list of words")
    if len(set(given)) < len(given):
        raise InputError(f"{where}: names a word twice")
    return tuple(given)


def _targets(values: Mapping[str, Any], where: str, world: World, imposer: str) -> tuple[str, ...]:
    targets = _words(values.get("targets", "all"), f"{where}.targets")
    if targets == ("all",):
        return targets
    codes = economies(world, targets)
    if imposer in codes:
        raise InputError(f"{where}.targets: {imposer} cannot be a target of its own measure")
    return targets


def _goods(values: Mapping[str, Any], where: str, world: World) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if ("commodities" in values) == ("hs" in values):
        raise InputError(f"{where}: needs commodities or hs, one of the two")
    if "hs" in values:
        given = values["hs"] if isinstance(values["hs"], list) else [values["hs"]]
        codes = tuple(str(code).replace(".", "") for code in given)
        if not codes or not all(isinstance(c, str) for c in given):
            raise InputError(f'{where}.hs: write codes in quotes, such as ["850511"]')
        resolve(world, (), hs=codes, where=f"{where}.hs")
        return (), codes
    named = _words(values["commodities"], f"{where}.commodities")
    if named != ("all",):
        resolve(world, named, where=f"{where}.commodities")
    return named, ()


def _number(values: Mapping[str, Any], key: str, where: str, high: float = math.inf) -> float | None:
    if key not in values:
        return None
    return make.amount(f"{where}.{key}", values[key], 0.0, high)


def _needed(values: Mapping[str, Any], key: str, where: str, high: float = math.inf) -> float:
    number = _number(values, key, where, high)
    if number is None:
        raise InputError(f"{where}: needs {key}")
    return number


def _measure(kind: str, values: Mapping[str, Any], where: str, world: World) -> Measure:
    imposer = _economy(values.get("imposer"), f"{where}.imposer", world)
    targets = _targets(values, where, world, imposer)
    commodities, hs = _goods(values, where, world)
    place: dict[str, Any] = {"imposer": imposer, "targets": targets, "commodities": commodities, "hs": hs}
    if kind == "export_quota":
        share = _number(values, "share_of_baseline", where)
        limit = _number(values, "limit_t", where)
        if (share is None) == (limit is None):
            if share is None:
                raise InputError(f"{where}: needs share_of_baseline or limit_t")
            raise InputError(f"{where}: has both share_of_baseline and limit_t; keep one")
        return make.ExportQuota(**place, share_of_baseline=share, limit_t=limit)
    if kind == "export_licensing":
        return make.ExportLicensing(**place, approval_share=_number(values, "approval_share", where, 1.0))
    if kind in ("export_tax", "import_tariff"):
        rate = _needed(values, "rate_percent", where)
        build = make.ExportTax if kind == "export_tax" else make.ImportTariff
        return build(**place, rate_percent=rate)
    bare: Mapping[str, Callable[..., Measure]] = {"export_ban": make.ExportBan, "import_ban": make.ImportBan}
    if kind in bare:
        return bare[kind](**place)
    return Measure(
        id=make.measure_id(kind, imposer, targets, commodities or hs),
        instrument=kind,
        **place,
    )


def _stake(values: Mapping[str, Any], where: str, world: World) -> Measure:
    investor = _economy(values.get("investor"), f"{where}.investor", world)
    project = values.get("project")
    if not isinstance(project, str) or not project:
        raise InputError(f"{where}: needs project, the name of what is invested in")
    return Measure(
        id=f"equity_stake:{investor}:{project}",
        instrument="equity_stake",
        imposer=investor,
        targets=(),
        project=project,
        accelerates_months=_number(values, "accelerates_months", where, 240.0),
    )


def _promise(values: Mapping[str, Any], where: str, world: World) -> Provision:
    promisor = _economy(values.get("promisor"), f"{where}.promisor", world)
    beneficiary = values.get("beneficiary")
    if not isinstance(beneficiary, str):
        raise InputError(f"{where}: needs beneficiary, the code of an economy")
    if promisor in economies(world, (beneficiary,)):
        raise InputError(f"{where}: promisor and beneficiary are both {promisor}")
    commodities, _ = _goods({"commodities": values.get("commodities", ["all"])}, where, world)
    binding = values.get("binding", True)
    if not isinstance(binding, bool):
        raise InputError(f"{where}.binding: should be true or false")
    instruments = _words(values["instruments"], f"{where}.instruments") if "instruments" in values else ()
    for word in instruments:
        restricting = ("export_ban", "export_quota", "export_licensing", "export_tax")
        if word not in restricting:
            raise unknown("instrument", word, restricting, f"{where}.instruments")
    return make.NoExportRestriction(
        promisor, beneficiary, commodities, binding=binding, instruments=instruments
    )


def _check_new(entry: str, where: str, places: dict[str, str]) -> None:
    if entry in places:
        raise InputError(f"{where}: says the same as {places[entry].split(': ', 1)[1]}; keep one")
    places[entry] = where


def _check_contradictions(measures: Sequence[Measure], places: Mapping[str, str], world: World) -> None:
    """Two limits on one scope, or a ban over a quota on the same route, cannot both be meant.

    A ban beside a licence can: China licensed gallium for all and banned it for one.
    """
    limits = [m for m in measures if m.instrument in ("export_quota", "export_licensing")]
    bans = [m for m in measures if m.instrument == "export_ban"]
    reached = {m.id: _route_set(m, world) for m in (*limits, *bans)}
    for n, one in enumerate(limits):
        for two in limits[:n]:
            if one.instrument == two.instrument and reached[one.id] == reached[two.id] and reached[one.id]:
                raise InputError(
                    f"{places[one.id]}: sets a second limit on the scope of"
                    f" {places[two.id].split(': ', 1)[1]}; keep one"
                )
        for ban in bans if one.instrument == "export_quota" else ():
            if reached[one.id] & reached[ban.id]:
                raise InputError(
                    f"{places[one.id]}: limits a route that {places[ban.id].split(': ', 1)[1]} bans;"
                    " leave those targets or commodities out of one of them"
                )


def _route_set(measure: Measure, world: World) -> frozenset[tuple[int, int, int]]:
    return frozenset((int(c), int(o), int(d)) for c, o, d in routes(measure, world))


def _drop(value: Any, where: str, as_of: str, ledger: Ledger | None) -> tuple[str, ...]:
    ids = _list(value, f"{where}: drop")
    if ids and not as_of:
        raise InputError(f"{where}: drop needs as_of: the bare baseline holds no ledger entries to drop")
    known: Iterable[str] = (ledger or load_ledger()).ids if ids else ()
    for entry in ids:
        if entry not in known:
            raise unknown("ledger id", str(entry), known, f"{where}: drop")
    return tuple(ids)


def _assume(value: Any, where: str, world: World) -> tuple[tuple[str, float], ...]:
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise InputError(f"{where}: assume should be a mapping of names to numbers")
    set_to: list[tuple[str, float]] = []
    for name, number in value.items():
        rows = [a for a in world.assumptions if a.name == name]
        if not rows:
            raise unknown("assumption", str(name), (a.name for a in world.assumptions), f"{where}: assume")
        low, high = max(a.bounds[0] for a in rows), min(a.bounds[1] for a in rows)
        set_to.append((str(name), make.amount(f"{where}: assume.{name}", number, low, high)))
    return tuple(set_to)


def renamed(scenario: Scenario, name: str) -> Scenario:
    """The same scenario under another name."""
    return replace(scenario, name=name)

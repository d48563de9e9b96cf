"""Promises and amounts in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from oresight.policy.records import Provision
from oresight.policy.say import economy_name, goods, join, possessive
from oresight.world.model import World

SMALLEST = 0.001  # million USD a year; less is not told as a value

_PROMISE = {
    "tariff_standstill": "not to raise tariffs on",
    "tariff_removal": "to remove tariffs on",
    "market_opening": "to open its market to",
    "supply_increase": "of more supply for",
    "investment": "of investment for",
    "cooperation": "to cooperate with",
}

_RESTRICTION = {
    "export_ban": "ban",
    "export_quota": "quota",
    "export_licensing": "licensing",
    "export_tax": "tax",
}


def promise_name(provision: Provision, world: World) -> str:
    """A provision as a noun phrase: "Malaysia's promise of no ban or quota on rare earths for Japan"."""
    if provision.beneficiary == "all":
        whom = "everyone"
    elif provision.beneficiary == provision.promisor:
        whom = "itself"
    else:
        whom = economy_name(provision.beneficiary, world)
    of = goods(provision.commodities or ("all",))
    if provision.kind == "no_export_restriction":
        named = [_RESTRICTION[i] for i in provision.instruments if i in _RESTRICTION]
        none = f"no {join(named).replace(' and ', ' or ')} on" if named else "not to restrict"
        what = f"{'of ' if named else ''}{none} exports of {of} to {whom}"
    elif provision.kind == "restriction_removal":
        what = f"to end or ease its restrictions on exports of {of} to {whom}"
    elif provision.kind == "tariff_held":
        rate = "" if provision.rate_percent is None else f" at {provision.rate_percent:g} %"
        what = f"to hold its tariff on {whom}{rate}"
    else:
        what = f"{_PROMISE.get(provision.kind, provision.kind.replace('_', ' ') + ' for')} {whom}"
    name = f"{possessive(provision.promisor, world)} promise {what}"
    return name[:1].upper() + name[1:]


def million(amount: float | None) -> str:
    """An amount in million USD to two or three significant figures."""
    if amount is None or not math.isfinite(amount):
        return "n/a"
    if amount == 0.0:
        return "0"
    if abs(amount) < 0.0005:
        return "about 0"
    digits = max(0, 1 - math.floor(math.log10(abs(amount))))
    return f"{amount:,.{min(digits, 4)}f}"


def percent(fraction: float) -> str:
    """A fraction as whole percent."""
    return f"{round(100.0 * fraction):d} %"


def worth_sentence(
    name: str,
    whom: str,
    verdict: str,
    amount: tuple[float, float | None, float | None],
    risk: str,
    risk_share: float | None,
    commodity: str,
    binding: bool,
    kept: float,
) -> str:
    """Why a provision is worth what it is, in a sentence; amounts in million USD a year."""
    central, low, high = amount
    if verdict == "zero":
        return (
            f"{name} stops no measure in the register of risks on goods that are traded: worth exactly zero."
        )
    if not math.isfinite(central):
        return f"{name} has no value here: the market of a state that it bears on found no equilibrium."
    if verdict == "noise" and abs(central) < SMALLEST:
        return f"{name} changes what {whom} must expect to lose by less than a thousand dollars a year."
    if verdict == "noise":
        return (
            f"{name} changes what {whom} must expect to lose by {million(central)} million USD a year"
            f"{_between(low, high)}, which cannot be told from zero."
        )
    verb, what, between = (
        ("saves", central, _between(low, high))
        if central > 0
        else ("costs", -central, _between(None if high is None else -high, None if low is None else -low))
    )
    some = risk_share is not None and risk_share < 0.995
    share = f", {percent(risk_share or 0.0)} of it" if some else ", all of it"
    force = "binding" if binding else "not binding"
    return (
        f"{name} {verb} {whom} {million(what)} million USD a year in expectation{between}{share} through"
        f' the risk "{risk}", and it shows most in {commodity}; the promise is {force} and taken to be kept'
        f" with {percent(kept)} probability."
    )


def capacity_sentence(
    name: str,
    whom: str,
    verdict: str,
    amount: tuple[float, float | None, float | None],
    plants: Sequence[tuple[str, float, str, int, float | None]],
    risk: str,
    take_up: float,
) -> str:
    """What a clause is worth through the plants that it brings; amounts in million USD.

    Plants are title, capacity in t/yr, commodity, the year counted, and the months by which it opens
    earlier or None.
    """
    central, low, high = amount
    brings = join(
        [
            f"{title} ({capacity:,.0f} t/yr of {good}"
            + (f", {months:g} months earlier)" if months else ", which is taken not to open without it)")
            for title, capacity, good, _, months in plants
        ]
    )
    years = sorted({plant[3] for plant in plants})
    when = f"{years[0]}" if len(years) == 1 else f"the first year of each, {years[0]} to {years[-1]}"
    name = name[:1].upper() + name[1:]
    if not math.isfinite(central):
        return f"{name} has no value here: the market of a state that it bears on found no equilibrium."
    if verdict == "noise":
        effect = (
            f"changes what {whom} must expect to lose in {when} by {million(central)} million USD"
            f"{_between(low, high)}, which cannot be told from zero"
        )
    else:
        between = _between(low, high) if central > 0 else _between(*_turned(low, high))
        effect = (
            f"{'saves' if central > 0 else 'costs'} {whom} {million(abs(central))} million USD in expectation"
            f' in {when}{between}, most of it through the risk "{risk}"'
        )
    return f"{name} brings {brings}: this {effect}; its take-up is assumed to be {percent(take_up)}."


def _turned(low: float | None, high: float | None) -> tuple[float | None, float | None]:
    return (None if high is None else -high, None if low is None else -low)


def _between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" (90 % interval {million(low)} to {million(high)})"

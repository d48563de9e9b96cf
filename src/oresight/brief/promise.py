"""What a promise of no export restriction is worth, and why: what its maker sends, what it does not make."""

from __future__ import annotations

import numpy as np

from oresight.brief.anchors import Anchors
from oresight.brief.content import Estimate, Finding, Reference, Words
from oresight.brief.results import (
    Results,
    loss_difference,
    lower,
    noise,
    nothing,
    promises_tested,
    promisors,
    unsigned,
)
from oresight.policy.reach import commodities_of
from oresight.policy.say import economy_name, goods, join

NAMED = 2  # goods that a sentence names before it says "others"
SHORT = 4  # of the goods that run shortest


def promise_finding(results: Results, anchors: Anchors) -> Finding | None:
    """What the promise of no export restriction is worth to the buyer, and why."""
    if results.without is None:
        return None
    if results.kept is None:
        return _broken_promise(results, anchors, results.without)
    found = results.found
    spared = loss_difference(results, anchors, results.without, results.kept)
    tested = promises_tested(found)
    what = join(list(dict.fromkeys(goods(p.commodities) for p in tested)))
    buyer = economy_name(found.buyer, found.world)
    many = len({p.promisor for p in tested}) > 1
    promise = f"The promise{'s' * many} of {promisors(found)}"
    test = f"if {'they' if many else 'it'} would otherwise ban exports of {what}"
    if nothing(spared):
        return Finding(
            (
                f"{promise} {'are' if many else 'is'} worth ",
                Reference("nothing that can be measured", spared.link),
                f", even {test}.",
            ),
            why(results, anchors),
        )
    plain = unsigned(spared)
    return Finding(
        (f"{promise} {'are' if many else 'is'} worth ", plain, f" to {buyer}{noise(spared)}, {test}."),
        (
            *why(results, anchors),
            f"That is on top of a stress in which {lower(results.name(results.stress))}: an insurance pays ",
            "only when it is tested.",
        ),
    )


def _broken_promise(results: Results, anchors: Anchors, without: int) -> Finding:
    """What a promise that does not bind would have to prevent."""
    found = results.found
    added = loss_difference(results, anchors, without, results.stress)
    who = promisors(found)
    buyer = economy_name(found.buyer, found.world)
    if nothing(added):
        return Finding(
            (f"The promise of {who} does not bind, and little hangs on it.",),
            (
                f"A ban by {who} on top of the stress would change ",
                Reference("nothing that can be measured", added.link),
                f" for {buyer}.",
            ),
        )
    return Finding(
        (
            f"The promise of {who} does not bind; a ban that it forbids would change the loss of {buyer} by ",
            added,
            noise(added),
            ".",
        ),
        (f"That is on top of a stress in which {lower(results.name(results.stress))}.",),
    )


def why(results: Results, anchors: Anchors) -> Words:
    """One or two sentences on the promised goods: tonnes sent at the baseline, and what is not made there."""
    found = results.found
    world = found.world
    j = world.economy_index[found.buyer]
    words: list[str | Estimate | Reference] = []
    for code in dict.fromkeys(p.promisor for p in promises_tested(found)):
        if code not in world.economy_index:
            continue
        i = world.economy_index[code]
        promised = [p.commodities for p in promises_tested(found) if p.promisor == code]
        held = sorted({c for names in promised for c in commodities_of(world, names or ("all",))})
        sent = sorted(
            ((float(world.flows[c, i, j]), c) for c in held if world.flows[c, i, j] >= 0.5), reverse=True
        )
        who, buyer = economy_name(code, world), economy_name(found.buyer, world)
        if not sent:
            words.append(f"At the baseline {who} sends {buyer} none of these goods. ")
        else:
            words.append(f"At the baseline {who} sends {buyer} ")
            for n, (tonnes, c) in enumerate(sent[:NAMED]):
                name = world.commodities[c].name
                flow = anchors.derived(name, f"baseline flow, {who} to {buyer}", tonnes, "t/yr", "balanced")
                words += [" and " if n else "", flow, f" of {name}"]
            words.append(", and others in smaller amounts. " if len(sent) > NAMED else ". ")
        missing = [name for name in _shortest(results) if _made(results, name, i) <= 0]
        if missing:
            words.append(f"Of what runs shortest in the stress it makes no {join(missing, 'or')}. ")
    return tuple(words)


def _shortest(results: Results) -> list[str]:
    """The goods of which the largest part of the buyer's use goes unmet in the stress."""
    found = results.found
    j = found.world.economy_index[found.buyer]
    parts = []
    for c, commodity in enumerate(found.world.commodities):
        use = float(found.world.flows[c, :, j].sum())
        row = results.row(results.stress, "shortfall", commodity.name, destination=found.buyer)
        if use > 0 and row is not None and (row.central or 0.0) > 0.05 * use:
            parts.append(((row.central or 0.0) / use, commodity.name))
    return [name for _, name in sorted(parts, reverse=True)[:SHORT]]


def _made(results: Results, commodity: str, economy: int) -> float:
    world = results.found.world
    return float(np.sum(world.flows[world.commodity_index[commodity], economy]))

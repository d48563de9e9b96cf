"""The title and the summary: what a reader who reads no further should know."""

from __future__ import annotations

from oresight.brief import reported
from oresight.brief.anchors import Anchors
from oresight.brief.content import Reference, Words
from oresight.brief.findings import Findings
from oresight.brief.results import (
    Results,
    gain_or_loss,
    loss_difference,
    loss_of,
    lower,
    nothing,
    speaks_of_others,
    unsigned,
)
from oresight.policy.records import Agreement, Measure
from oresight.policy.say import day, economy_name, goods, join

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def title(results: Results, anchors: Anchors) -> str:
    """The finding that matters most, as a headline."""
    found = results.found
    buyer = economy_name(found.buyer, found.world)
    stress = lower(results.name(results.stress))
    if speaks_of_others(found):
        return found.document.title
    if results.deal is None or results.both is None:
        if found.reading.measures or found.reading.agreements:
            loss = loss_of(results, anchors, results.stress)
            return f"What {buyer} would {gain_or_loss(loss)[0] if loss else 'lose'} if {stress}"
        return found.document.title
    deals, many = _deals(found)
    change = loss_difference(results, anchors, results.both, results.stress)
    loss = loss_of(results, anchors, results.stress)
    if loss is None or loss.central <= 0:
        return f"{deals}: what {buyer} gains and risks"
    share = -change.central / loss.central
    if nothing(change) or change.within_noise or abs(share) < 0.01:
        return f"{deals} {'leave' if many else 'leaves'} {buyer} as exposed as before if {stress}"
    if share > 0:
        return f"{deals} would spare {buyer} {100 * share:.0f} % of the loss if {stress}"
    return f"{deals} would add {-100 * share:.0f} % to the loss of {buyer} if {stress}"


def _deals(found: Findings) -> tuple[str, bool]:
    """ "Deals with Malaysia, Cambodia and Thailand", and whether that is a plural."""
    agreements = [
        a
        for a in found.reading.agreements
        if found.buyer in a.parties and a.states and a.states[0].state in {"signed", "in_force"}
    ]
    partners = list(dict.fromkeys(p for a in agreements for p in a.parties if p != found.buyer))
    named = [economy_name(p, found.world) for p in partners]
    whom = join(named) if len(named) <= 4 else f"{count(len(named))} partners"
    if len(agreements) == 1:
        return f"The {_kind(agreements[0])} with {whom}", False
    if agreements:
        return f"Deals with {whom}", True
    return ("The agreements of the text" if found.reading.agreements else "The promises of the text"), True


def not_held(found: Findings) -> str:
    """What to say of minerals that the baseline does not hold; empty when it holds all."""
    missing = [w.replace("_", " ") for w in found.reading.not_modelled]
    if not missing:
        return ""
    if speaks_of_others(found):
        return f"It is about {join(missing)}, which the baseline does not hold: no number here is about that."
    return f"The baseline does not hold {join(missing)}: no number here is about that."


def summary(results: Results, anchors: Anchors) -> Words:
    """The text and the numbers in one paragraph."""
    found = results.found
    world = found.world
    buyer = economy_name(found.buyer, world)
    missing = not_held(found)
    words: Words = (f"{_agreements_sentence(found)}{' ' if missing else ''}{missing}",)
    threats = [m for m in found.reading.measures if m.states and m.states[0].state == "threatened"]
    if threats:
        threat = threats[0]
        until = f" by {day(threat.states[0].until)}" if threat.states[0].until else ""
        words += (f" It reports a threat: {reported.measure_words(threat, world)}{until}.",)
    if speaks_of_others(found):
        return (*words, " The scenarios are of the minerals that it holds, and stand apart from the text.")
    loss = loss_of(results, anchors, results.stress)
    if loss is None:
        return (*words, f" The scenarios move no price that {buyer} faces.")
    stress = found.scenarios[results.stress].measures[-1]
    verb, amount = gain_or_loss(loss_difference(results, anchors, results.stress, results.quo))
    words += (f" If {lower(results.name(results.stress))}{approved(stress)}, {buyer} would {verb} ",)
    words += ("a further ", unsigned(amount))
    if results.both is None:
        return (*words, ".")
    change = loss_difference(results, anchors, results.both, results.stress)
    if nothing(change):
        why = ", for nothing in it counts as supply within the year" if verb == "lose" else ""
        return (*words, f"; what was agreed would not change that{why}.")
    if change.within_noise:
        less = Reference("less than its noise", change.link)
        return (*words, "; what was agreed would change that by ", less, ".")
    worse, size = gain_or_loss(change)
    if worse == verb:
        return (*words, "; what was agreed would add ", unsigned(size), ".")
    return (*words, "; what was agreed would take ", unsigned(size), " off that.")


def _agreements_sentence(found: Findings) -> str:
    agreements = found.reading.agreements
    held = reported.promises(found.reading.provisions, found.world)
    if not agreements and not held:
        return "The text reports no agreement and no promise."
    kinds: dict[str, int] = {}
    for a in agreements:
        kinds[_kind(a)] = kinds.get(_kind(a), 0) + 1
    listed = join([_plural(kind, n) for kind, n in kinds.items()]) or "no agreement"
    if not held:
        return f"The text reports {listed}, and no promise in {'it' if len(agreements) == 1 else 'them'}."
    return f"The text reports {listed}. {_binding_sentence(len(held), sum(p.binding for p in held))}"


def _binding_sentence(held: int, binding: int) -> str:
    if held == 1:
        return f"The one promise in it {'binds' if binding else 'does not bind'}."
    if binding == held:
        return f"{'Both' if held == 2 else f'All {count(held)}'} promises in it bind."
    bind = f"{count(binding)} {'binds' if binding == 1 else 'bind'}" if binding else "none binds"
    return f"Of {count(held)} promises in it {bind}."


def _kind(agreement: Agreement) -> str:
    return agreement.kind.replace("_", " ")


def _plural(kind: str, n: int) -> str:
    if n == 1:
        return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    head, _, tail = kind.partition(" of ")
    many = "memoranda" if head == "memorandum" else f"{head}s"
    return f"{count(n)} {many}" + (f" of {tail}" if tail else "")


def count(n: int) -> str:
    """A number as a word, up to ten."""
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def approved(stress: Measure) -> str:
    """What a licence lets out, in brackets; empty for other measures."""
    if stress.approval_share is None:
        return ""
    what = goods(stress.commodities, stress.hs)
    return f" (letting out about {100 * stress.approval_share:.0f} % of its exports of {what})"

"""Numbers as readers see them: honest rounding, a real minus sign, no line break inside.

Rounding follows the interval: the last digit shown is a tenth or more of half its width, never more than
three significant digits and never fewer than one. A number without an interval keeps three, unless
it is a reported figure that is shown as reported.
"""

from __future__ import annotations

import math
import re

from oresight.brief.content import Estimate

MINUS = "\u2212"
SPACE = "\u202f"  # narrow no-break space, between a number and its unit
NO_BREAK = "\u00a0"

_NUMBER_UNIT = re.compile(r"(\d) (%|t/yr|t\b)")
_DAY = re.compile(r"\b(\d{1,2}) ([A-Z][a-z]+) (\d{4})\b")
_ZERO = 1e-12  # smaller numbers are nothing, whatever their unit
_NOTHING = {"%": 0.05, "points": 0.05}  # percentages smaller than this are not told apart from none


def numeral(value: float, step: float, sign: bool = False) -> str:
    """`value` to the nearest `step` (a power of ten), with thousands separators and a minus sign.

    At least one significant digit is kept.
    """
    if abs(value) < _ZERO:
        return "0"
    step = min(step, 10.0 ** math.floor(math.log10(abs(value))))
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    rounded = round(value / step) * step
    digits = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + digits
    return "+" + digits if sign and rounded > 0 else digits


def step_for(estimate: Estimate) -> float:
    """The power of ten to which an estimate is rounded."""
    numbers = [abs(x) for x in (estimate.central, estimate.low, estimate.high) if x is not None]
    largest = max(numbers)
    if largest < _ZERO:
        return 1.0
    size = abs(estimate.central) if abs(estimate.central) >= _ZERO else largest
    finest = 10.0 ** (math.floor(math.log10(size)) - 2)
    if estimate.low is None or estimate.high is None or estimate.high - estimate.low < _ZERO:
        return finest
    half = (estimate.high - estimate.low) / 2
    return max(10.0 ** (math.floor(math.log10(half)) - 1), finest)


def unit_words(unit: str) -> str:
    """The unit with the space before it: `\u202f%`, `\u202ft/yr`, nothing for a bare number."""
    return SPACE + unit.replace(" ", NO_BREAK) if unit else ""


def central(estimate: Estimate) -> str:
    """The central value alone, with its unit: `+12 %`, `1,230 t/yr`, `no change`, `under 0.1 %`."""
    floor = _NOTHING.get(estimate.unit, _ZERO)
    if not math.isfinite(estimate.central):
        return "not known"
    if abs(estimate.central) <= floor:
        spread = max(abs(estimate.low or 0.0), abs(estimate.high or 0.0))
        if estimate.change and spread <= floor:
            return "no" + NO_BREAK + "change"
        if abs(estimate.central) <= _ZERO or spread > floor:
            return "0" + unit_words(estimate.unit)
        return f"under{NO_BREAK}{2 * floor:g}" + unit_words(estimate.unit)
    words = numeral(estimate.central, step_for(estimate), estimate.change)
    if (
        estimate.low is None
        and "." in words
        and abs(float(f"{estimate.central:.3g}") - estimate.central) < 1e-9
    ):
        words = words.rstrip("0").rstrip(".")  # a figure given as 69 % is not 69.0 %
    return words + unit_words(estimate.unit)


def in_table(estimate: Estimate) -> str:
    """As `central`, without a unit that the heading of the table gives: only the per cent sign stays."""
    words = central(estimate)
    return words if estimate.unit == "%" else words.removesuffix(unit_words(estimate.unit))


def interval(estimate: Estimate) -> str:
    """The 90 % interval without its unit: `+5 to +30`; empty when there is none to tell."""
    if estimate.low is None or estimate.high is None or not math.isfinite(estimate.central):
        return ""
    floor = _NOTHING.get(estimate.unit, _ZERO)
    low, high = (0.0 if abs(x) <= floor else x for x in (estimate.low, estimate.high))
    if low == high == 0.0:
        return ""
    step = step_for(estimate)
    low_words = numeral(low, step, estimate.change)
    high_words = numeral(high, step, estimate.change)
    if low_words == high_words:
        return ""
    return f"{low_words}{NO_BREAK}to{NO_BREAK}{high_words}"


def shown(estimate: Estimate) -> str:
    """The whole figure in one line: `+12 % (90 %: +5 to +30)`."""
    ends = interval(estimate)
    if not ends:
        return central(estimate)
    return f"{central(estimate)} (90{SPACE}%:{NO_BREAK}{ends})"


def tied(words: str) -> str:
    """Words in which no line breaks between a number and its unit, or within a date."""
    return _DAY.sub(rf"\1{NO_BREAK}\2{NO_BREAK}\3", _NUMBER_UNIT.sub(rf"\1{SPACE}\2", words))


def reported(value: float, unit: str) -> str:
    """A figure as its source gives it, not rounded: `270,000 t/yr`, `98.5 %`."""
    digits = f"{abs(value):,.10g}" if abs(value) < 1e15 else f"{abs(value):,.3e}"
    return (MINUS if value < 0 else "") + digits + unit_words(unit)


def tonnes_words(value: float) -> str:
    """Tonnes to three digits, for drawings: `71,100 t`."""
    step = 10.0 ** (math.floor(math.log10(value)) - 2) if value > 0 else 1.0
    return numeral(value, max(step, 1.0) if value >= 1 else step) + SPACE + "t"

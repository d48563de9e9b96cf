"""Percentages, money and quantities, with what qualifies them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from oresight.reader.tables import figures

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
WORDS = {word: float(value) for word, value in figures("number").items()}
FRACTIONS = {word: float(value) for word, value in figures("fraction").items()}
SCALES = {word: float(value) for word, value in figures("scale").items()}
CURRENCIES = figures("currency")
UNITS = figures("unit")
SIGNS = {
    "usd",
    "eur",
    "gbp",
    "jpy",
    "cny",
    "aud",
    "cad",
    "krw",
    "inr",
}  # codes that may stand before a figure
QUALIFIERS = (
    ("nearly", r"nearly|almost|close to|just under|just below"),
    ("at_least", r"at least|no less than|a minimum of|not less than"),
    ("up_to", r"up to|as much as|as high as|at most|no more than|not more than|a maximum of|not exceeding"),
    ("more_than", r"more than|over|above|exceeding|in excess of|upwards of"),
    ("less_than", r"less than|under|below|fewer than"),
    ("approximately", r"approximately|an estimated|estimated"),
    ("about", r"about|around|roughly|some|circa"),
)
QUALIFIER = re.compile(
    r"(?:" + "|".join(rf"(?P<{name}>{words})" for name, words in QUALIFIERS) + r")\s+(?:a |an |the )?$"
)
WORD_NUMBER = "|".join(sorted(WORDS, key=len, reverse=True))
PERCENT = re.compile(
    rf"(?P<value>{NUMBER}|\b(?:{WORD_NUMBER}))\s*[- ]?(?P<unit>percentage[- "
    rf"]points?|percent|per cent|pct\b|%)(?P<more>[- ]points?)?"
)
FRACTION = re.compile(r"\b(?P<value>" + "|".join(sorted(FRACTIONS, key=len, reverse=True)) + r")(?= of )")
ALL = re.compile(
    r"\b(?:import(?:s|ed)?|produces?|controls?|supplies|supply|sources?|"
    r"gets?|buys?|refines?|for)\s+(?P<near>nearly |almost |virtually |practically "
    r")?"
    r"(?P<value>all)(?= (?:of )?(?:its|the|their|global|world))"
)
BARE_FROM = re.compile(rf"\bfrom\s+(?P<value>{NUMBER})\s+(?:to|down to|up to)\s+(?={NUMBER})")
_SCALE = "|".join(sorted(SCALES, key=len, reverse=True))
_SIGN = "|".join(
    sorted((re.escape(k) for k in CURRENCIES if not k.isalpha() or k in SIGNS), key=len, reverse=True)
)
_NAME = "|".join(
    sorted((re.escape(k) for k in CURRENCIES if re.fullmatch(r"[a-z. ]+", k)), key=len, reverse=True)
)
MONEY_BEFORE = re.compile(rf"(?<![\w])(?P<cur>{_SIGN})\s?(?P<value>{NUMBER})(?:[\s-]?(?P<scale>{_SCALE})\b)?")
MONEY_AFTER = re.compile(
    rf"(?P<value>{NUMBER}|\b(?:{WORD_NUMBER}))[\s-](?:(?P<scale>{_SCALE})[\s-])?(?:u\.s\. "
    rf")?(?P<cur>{_NAME})\b"
)
QUANTITY = re.compile(
    rf"(?P<value>{NUMBER}|\b(?:{WORD_NUMBER}))[\s-](?:(?P<scale>thousand|million|mln|billion|bln)[\s-])?"
    rf"(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})\b"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A figure in a text. `kind` is percent, points, money or quantity; `unit` a currency or a unit."""

    start: int
    end: int
    kind: str
    value: float
    unit: str = ""
    qualifier: str | None = None


def _value(word: str) -> float:
    return float(WORDS[word]) if word in WORDS else float(word.replace(",", ""))


def _qualifier(low: str, start: int) -> str | None:
    found = QUALIFIER.search(low[max(0, start - 28) : start])
    return found.lastgroup if found else None


def numbers_of(low: str) -> list[Number]:
    """All figures in a lower-cased piece of text, in order, offsets relative to it."""
    return list(_numbers_of(low))


@functools.lru_cache(maxsize=64)  # the rules that match a clause each ask for its figures
def _numbers_of(low: str) -> list[Number]:
    if not any(c.isdigit() for c in low) and not re.search(r"per ?cent|pct| of |dollar|dlr|ton", low):
        return []
    found: list[Number] = []
    taken: list[tuple[int, int]] = []

    def free(start: int, end: int) -> bool:
        return all(end <= a or start >= b for a, b in taken)

    def add(number: Number) -> None:
        found.append(number)
        taken.append((number.start, number.end))

    for match in PERCENT.finditer(low):
        points = match["unit"].startswith("percentage") or bool(match["more"])
        value = _value(match["value"])
        add(
            Number(
                match.start(),
                match.end(),
                "points" if points else "percent",
                value,
                "",
                _qualifier(low, match.start()),
            )
        )
    for pattern in (MONEY_BEFORE, MONEY_AFTER):
        for match in pattern.finditer(low):
            if free(match.start(), match.end()):
                value = _value(match["value"]) * SCALES.get(match["scale"] or "", 1.0)
                add(
                    Number(
                        match.start(),
                        match.end(),
                        "money",
                        value,
                        CURRENCIES[match["cur"]],
                        _qualifier(low, match.start()),
                    )
                )
    for match in QUANTITY.finditer(low):
        if free(match.start(), match.end()):
            value = _value(match["value"]) * SCALES.get(match["scale"] or "", 1.0)
            add(
                Number(
                    match.start(),
                    match.end(),
                    "quantity",
                    value,
                    UNITS[match["unit"]],
                    _qualifier(low, match.start()),
                )
            )
    for match in FRACTION.finditer(low):
        if free(match.start(), match.end()) and match["value"] != "all":
            value = round(FRACTIONS[match["value"]], 1)
            add(
                Number(
                    match.start(), match.end(), "percent", value, "fraction", _qualifier(low, match.start())
                )
            )
    for match in ALL.finditer(low):
        if free(match.start("value"), match.end("value")):
            add(
                Number(
                    match.start("value"),
                    match.end("value"),
                    "percent",
                    100.0,
                    "fraction",
                    "nearly" if match["near"] else None,
                )
            )
    for match in BARE_FROM.finditer(low):
        following = re.match(
            rf"(?:{NUMBER})\s*(?:percent|per cent|pct|%)", low[match.end() : match.end() + 24]
        )
        if following and free(match.start("value"), match.end("value")):
            add(Number(match.start("value"), match.end("value"), "percent", _value(match["value"])))
    return sorted(found, key=lambda number: number.start)

"""Dates, absolute and relative.

A relative date ("on Sunday", "Nov. 1", "next week") is resolved only against the day of publication;
without it the date stays open and is counted in `Date.open`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import re
from dataclasses import dataclass

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ), 1,
    )
    for name in names.split()
}  # fmt: skip
DAYS = {name: number for number, name in enumerate(calendar.day_name)}
DAYS = {name.lower(): number for name, number in DAYS.items()}
_M = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_D = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?:\s*-\s*\d{1,2}\b)?"
_Y = r"(?P<year>(?:1[89]|20)\d\d)\b"
PATTERNS = (
    ("iso", re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<day>\d\d)\b")),
    ("dmy", re.compile(rf"\b{_D}(?:\s+of)?\s+{_M},?\s+{_Y}")),
    ("mdy", re.compile(rf"\b{_M}\s+{_D},?\s+{_Y}")),
    ("my", re.compile(rf"\b{_M},?\s+(?:of\s+)?{_Y}")),
    ("md", re.compile(rf"\b{_M}\s+{_D}(?!\s*(?:percent|per cent|pct|%|mln|billion|million))")),
    ("dm", re.compile(rf"\b{_D}\s+(?:of\s+)?{_M}(?![a-z])")),
    ("end of month", re.compile(rf"\b(?:the )?end of (?:this |next |last )?{_M}(?:\s+{_Y})?")),
    ("end of given year", re.compile(r"\b(?:the )?end of " + _Y)),
    ("end of year", re.compile(r"\b(?:the )?(?:end of (?:this|the|next) year|year[- ]end|year's end)\b")),
    ("end of span", re.compile(r"\b(?:the )?end of (?:this|the|next) (?P<span>month|week)\b")),
    (
        "span",
        re.compile(
            r"\b(?P<which>last|next|this|later this|earlier this) (?P<span>week|"
            r"month|year|spring|summer|autumn|fall|winter)\b"
        ),
    ),
    (
        "weekday",
        re.compile(
            r"\b(?:(?P<which>last|next|this|on|this coming)\s+)?(?P<weekday>" + "|".join(DAYS) + r")\b"
        ),
    ),
    ("day", re.compile(r"\b(?P<which>today|yesterday|tomorrow|tonight)\b")),
    (
        "days after",
        re.compile(
            r"\b(?P<count>\d{1,3}|seven|ten|thirty|sixty|ninety) days (?:after|from|of|"
            r"following) (?:the date of )?(?:this (?:order|proclamation|memorandum|"
            r"notice|framework|agreement|statement|announcement)|publication|signing|today)\b"
        ),
    ),
    (
        "over years",
        re.compile(
            r"\b(?:over|within|during|in) the next (?P<count>\d{1,2}|two|three|four|"
            r"five|ten) (?P<span>years|months)\b"
        ),
    ),
    (
        "m",
        re.compile(
            r"\b(?:in|since|last|next|this|until|by|from|late|early|mid-?)\s+(?P<month>"
            + "|".join(m for m in MONTHS if len(m) > 3 or m == "may")
            + r")\b(?!\s+\d)"
        ),
    ),
    (
        "y",
        re.compile(
            r"\b(?:in|since|by|until|from|through|during|before|for|to)\s+" + _Y + r"(?!\s*(?:tonnes|mln))"
        ),
    ),
)
ROLES = (
    ("deadline", r"(?:by|before|no later than|not later than|within|deadline of|prior to)\s+(?:the\s+)?$"),
    (
        "expiry",
        r"(?:until|till|through|expires?|expiring|expire on|ends? on|up to|to)\s+(?:on\s+|"
        r"in\s+)?(?:the\s+|at least\s+)?$",
    ),
    (
        "effective",
        r"(?:on or after(?: 12:01 a\.m\. [a-z ]{4,24}time,?)?|effective|as of|"
        r"from|since|starting|beginning|start(?:s|ed)?|begin(?:s|ning)?|commencing|"
        r"takes? effect|took effect|taking effect|in effect|into force|come "
        r"into force|comes into force)\s*(?:on|in|from|at|as of|since)?\s*(?:the\s+)?$",
    ),
)
ROLE = tuple((name, re.compile(pattern)) for name, pattern in ROLES)
SMALL = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
CUE = re.compile(
    r"\d|day|year|month|week|tomorrow|tonight|" + "|".join(m for m in MONTHS if len(m) > 3 or m == "may")
)


@dataclass(frozen=True, slots=True)
class Date:
    """A date in a text. `value` is an ISO day, month or year, or None when it stays open."""

    start: int
    end: int
    value: str | None
    role: str  # event | effective | deadline | expiry
    basis: str  # text | docdate
    form: str = ""


def parse_day(text: str) -> dt.date:
    """A day of 1900 to 2200, written YYYY-MM-DD, as a date; raises ValueError with what was wrong."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("it is not written as a day")
    day = dt.date.fromisoformat(text)
    if not 1900 <= day.year <= 2200:
        raise ValueError("its year is not between 1900 and 2200")
    return day


def _role(low: str, start: int) -> str:
    before = low[max(0, start - 60) : start]
    for name, pattern in ROLE:
        if pattern.search(before):
            return name
    return "event"


def _nearest_year(month: int, day: int, published: dt.date, forward: bool) -> int | None:
    """The year that puts a day without a year within about half a year of publication."""
    best: int | None = None
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            gap = (dt.date(year, month, day) - published).days
        except ValueError:
            continue
        low, high = (-31, 335) if forward else (-200, 165)
        if low <= gap < high:
            best = year
    return best


def _shift_month(published: dt.date, months: int) -> str:
    index = published.year * 12 + published.month - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def _month_end(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}-{calendar.monthrange(year, month)[1]:02d}"


def _resolve(
    form: str, match: re.Match[str], published: dt.date | None, role: str, low: str
) -> tuple[str | None, str]:
    """The ISO value and whether the text alone gives it; raises ValueError for 31 June and the like."""
    groups = match.groupdict()
    month = MONTHS[groups["month"]] if groups.get("month") else 0
    if form == "iso":
        return dt.date(int(groups["year"]), int(groups["m"]), int(groups["day"])).isoformat(), "text"
    if form in ("dmy", "mdy"):
        return dt.date(int(groups["year"]), month, int(groups["day"])).isoformat(), "text"
    if form == "my":
        return f"{groups['year']}-{month:02d}", "text"
    if form == "y":
        return str(groups["year"]), "text"
    if form == "end of given year":
        return f"{groups['year']}-12-31", "text"
    if form == "end of month" and groups.get("year"):
        return _month_end(int(groups["year"]), month), "text"
    if published is None:
        return None, "docdate"
    forward = role in ("deadline", "expiry")
    if form in ("md", "dm"):
        year = _nearest_year(month, int(groups["day"]), published, forward)
        since = low[: match.start()].endswith("since ")
        if year is not None and since and dt.date(year, month, int(groups["day"])) > published:
            year -= 1
        return (None if year is None else dt.date(year, month, int(groups["day"])).isoformat()), "docdate"
    if form == "m":
        past = match.group().startswith(("last", "since")) or (not forward and month > published.month)
        ahead = match.group().startswith("next") or (forward and month < published.month)
        year = published.year - (past and month >= published.month) + ahead
        if (
            month > published.month
            and re.search(r"\b(?:will|to|next|plan\w*)\b", low)
            and not match.group().startswith(("last", "since"))
        ):
            year = published.year
        return f"{year:04d}-{month:02d}", "docdate"
    if form == "end of month":
        return f"{published.year:04d}-{month:02d}", "docdate"
    if form == "end of year":
        return f"{published.year + ('next' in match.group()):04d}-12-31", "docdate"
    if form == "end of span":
        if groups["span"] == "month":
            ahead_month = _shift_month(published, 1 if "next" in match.group() else 0)
            return _month_end(int(ahead_month[:4]), int(ahead_month[5:])), "docdate"
        return (published + dt.timedelta(days=6 - published.weekday())).isoformat(), "docdate"
    if form == "span":
        step = {"last": -1, "next": 1}.get(groups["which"], 0)
        if groups["span"] == "month":
            return _shift_month(published, step), "docdate"
        if groups["span"] == "year":
            return f"{published.year + step:04d}", "docdate"
        return None, "docdate"
    if form == "weekday":
        gap = DAYS[groups["weekday"]] - published.weekday()
        if (
            groups["which"] in ("next", "this coming")
            or role == "deadline"
            or re.search(
                r"\b(?:will|to meet|due to|scheduled|takes? effect|expires?|begins?|is due)\b",
                low[: match.start()],
            )
        ):
            gap = gap + 7 if gap <= 0 else gap
        else:
            gap = gap - 7 if gap > 0 else gap
            gap = gap - 7 if gap == 0 and groups["which"] == "last" else gap
        return (published + dt.timedelta(days=gap)).isoformat(), "docdate"
    if form == "day":
        step = {"yesterday": -1, "tomorrow": 1}.get(groups["which"], 0)
        return (published + dt.timedelta(days=step)).isoformat(), "docdate"
    if form == "days after":
        days = (
            {"seven": 7, "thirty": 30, "sixty": 60, "ninety": 90}.get(groups["count"])
            or SMALL.get(groups["count"])
            or int(groups["count"])
        )
        return (published + dt.timedelta(days=days)).isoformat(), "docdate"
    if form == "over years":
        count = SMALL.get(groups["count"]) or int(groups["count"])
        if groups["span"] == "years":
            return f"{published.year + count:04d}", "docdate"
        return _shift_month(published, count), "docdate"
    raise AssertionError(form)


def dates_of(low: str, published: dt.date | None) -> list[Date]:
    """All dates in a lower-cased piece of text, in order, offsets relative to it."""
    return list(_dates_of(low, published)) if CUE.search(low) else []


@functools.lru_cache(maxsize=256)  # a clause is asked for its dates once for each of its records
def _dates_of(low: str, published: dt.date | None) -> list[Date]:
    found: list[Date] = []
    void: list[tuple[int, int]] = []  # what looks like a day that no month has
    for form, pattern in PATTERNS:
        for match in pattern.finditer(low):
            taken = [*void, *((date.start, date.end) for date in found)]
            if any(match.start() < end and match.end() > start for start, end in taken):
                continue
            role = _role(low, match.start())
            first = match.group().split()[0]
            if form in ("m", "y"):
                role = {"by": "deadline", "before": "deadline", "until": "expiry", "through": "expiry"}.get(
                    first, role
                )
                role = "effective" if first in ("since", "from") else role
            if form == "over years":
                role = "deadline"
            try:
                value, basis = _resolve(form, match, published, role, low)
            except ValueError:
                void.append((match.start(), match.end()))
                continue
            found.append(Date(match.start(), match.end(), value, role, basis, form))
    return sorted(found, key=lambda date: date.start)

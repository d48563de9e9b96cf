"""What the words of a record say of a measure: that it is eased, stopped, only enforced, raised or lowered.

A record's status is that of its verb; these rules read what the verb does to the measure.
"""

from __future__ import annotations

import re

UNNAMED = "goods not named"  # the word for the goods of a control where a text names none

_GAP = r"(?:[\w’'.-]+,?\s+){0,12}?"
_CONTROL = (
    r"(?:controls?|restrictions?|curbs?|bans?|quotas?|limits?|embargo(?:es)?|prohibitions?|moratori\w+"
    r"|licen[cs]ing|licen[cs]e requirements?)\b"
)
_TARIFF = r"(?<!non-)(?<!non)(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|surcharges?|surtax(?:es)?)\b"
_EASE = (
    r"(?:eliminat|lift|remov|suspend|eas|relax|loosen|scrap|abolish|repeal|rescind|revok|withdr[ae]w|cancel"
    r"|terminat|drop|paus|end)(?:e|es|ed|ing|s|ped|ping|pped|pping|n)?\b"
)
_DONE = r"(?:ed|pped|withdrew|withdrawn)$"

_EASES = re.compile(rf"\b(?P<verb>{_EASE})\s+{_GAP}{_CONTROL}", re.IGNORECASE)
_IS_EASED = re.compile(
    rf"\b{_CONTROL}\s+{_GAP}(?:be|being|been|is|are|was|were)\s+(?:\w+ly\s+)?(?P<verb>{_EASE})", re.IGNORECASE
)
_CUTS_TARIFF = re.compile(rf"\b(?P<verb>{_EASE})\s+{_GAP}{_TARIFF}", re.IGNORECASE)
_TARIFF_IS_CUT = re.compile(
    rf"{_TARIFF}\s+{_GAP}(?:be|being|been|is|are|was|were)\s+(?:\w+ly\s+)?(?P<verb>{_EASE})", re.IGNORECASE
)
_NOT = re.compile(
    r"\b(?:not|never|no|refus\w+|rul\w+ out|without|cannot|won[’']t|instead of)\s+(?:\w+\s+){0,3}$", re.I
)
_ONLY_ASKED = re.compile(
    r"\b(?:vot(?:e|es|ed|ing)|propos\w+|consider\w*|mull\w*|weigh\w*|recommend\w*|urg\w+"
    r"|call(?:s|ed|ing)? (?:for|on)|ask(?:s|ed|ing)?|press(?:es|ed|ing)?|demand\w*|may|might|could|would like"
    r"|explor\w+|discuss\w*|seek\w*|sought)\b",
    re.IGNORECASE,
)
_PUT_UP = re.compile(
    r"(?<!which )(?<!that )(?<!had )(?<!having )\b(?:impos|introduc|plac|announc|tighten|add)\w*\s+"
    rf"(?:[\w’'-]+\s+){{0,6}}?{_CONTROL}",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:will|shall|would|to|agree\w*|promis\w*|pledg\w*|vow\w*|commit\w*|intend\w*|plan\w*|undertak\w*)\b",
    re.IGNORECASE,
)

_NOT_A_FLOW = (
    r"(?!\s+(?:controls?|restrictions?|curbs?|licen|bans?|quotas?|limits?|dut|tax|tariff|rules?|measures?|polic"
    r"|requirements?|regulat|regimes?|credits?|licens))"
)
_STOPS = re.compile(
    r"\b(?:suspend(?:s|ed|ing)?|halt(?:s|ed|ing)?|stop(?:s|ped|ping)?|ban(?:s|ned|ning)?|block(?:s|ed|ing)?"
    r"|prohibit(?:s|ed|ing)?|ceas(?:e|es|ed|ing)|fr[eo]{1,2}z\w*|embargo(?:es|ed|ing)?|cut(?:s|ting)? off)\s+"
    rf"(?:(?!{_CONTROL}|on\b|to\b)[\w’'-]+\s+){{0,4}}?(?:exports?|shipments?|exporting|shipping)\b{_NOT_A_FLOW}",
    re.IGNORECASE,
)
_IS_STOPPED = re.compile(
    r"\b(?:exports?|shipments?)\s+(?:[\w’'-]+\s+){0,8}?(?:be|been|were|was|are|is)\s+(?:\w+ly\s+)?"
    r"(?:suspended|halted|stopped|banned|blocked|prohibited|frozen|embargoed|cut off)\b",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"\b(?:might|could|may(?! \d))\s+(?:\w+\s+){0,3}?"
    r"(?:limit|restrict|curb|control|ban|halt|stop|suspend|block|cut|tighten)",
    re.IGNORECASE,
)
_ENFORCED = re.compile(
    r"\b(?:enforc\w*|crack\w* down|polic(?:e|es|ing))\b[^.;]{0,40}?"
    r"\b(?:existing|current|its|their|the|of|on)\b"
    rf"[^.;]{{0,40}}?\b(?:{_CONTROL}|rules?\b|laws?\b)",
    re.IGNORECASE,
)
_ENFORCING = re.compile(r"(?:\w+\s+){0,3}enforc\w*", re.IGNORECASE)
_IMPOSED = re.compile(
    r"\b(?:impos\w*|introduc\w*|new|expand\w*|add(?:s|ed|ing)?|announc\w*|widen\w*|tighten\w*)\b",
    re.IGNORECASE,
)

_ALL_GOODS = re.compile(
    r"\b(?:all|any|every)\s+(?:\w+\s+){0,2}?(?:goods|products|exports|imports|items|shipments|merchandise|trade)\b",
    re.IGNORECASE,
)
_OF_GOODS = re.compile(
    r"\b(?:exports?|imports?|shipments?|sales?|controls?|restrictions?|curbs?|limits?|bans?|quotas?|licen[cs]ing"
    r"|licen[cs]es?|embargo|flow|flows)\s+(?:of|on|for|over)\s+(?!exports?\b|shipments?\b|imports?\b|sales?\b)"
    r"(?P<what>[a-z][\w-]*(?:\s+[a-z][\w-]*){0,4})"
)
_FILLER = re.compile(
    r"(?:a|an|the|its|their|his|her|our|these|those|this|that|some|any|all|certain|other|others|"
    r"several|various|many|such|designated|specified|selected|new|existing|further|more|key|of|"
    r"foreign|overseas|domestic|strategic|sensitive|and)$"
)
_BREAK = re.compile(
    r"(?:to|from|in|into|at|by|for|with|without|until|unless|after|before|since|as|while|if|when|"
    r"which|who|that|under|on|over|and|or|but|because|due|including|used|will|shall|would|may|"
    r"might|could|is|are|was|were|be|been|have|has|had|not|last|this|next|during|made|going|bound)$"
)
_GENERAL = re.compile(
    r"(?:goods|products|exports|imports|items|things|materials|shipments|trade|technology|"
    r"technologies)$"
)

_DIRECTION = re.compile(
    r"\b(?:(?P<down>lower\w*|reduc\w*|remov\w*|cut\w*|drop\w*|decreas\w*|trim\w*|slash\w*|shav\w*)"
    r"|(?P<up>rais\w*|increas\w*|add(?:s|ed|ing)?|hik\w*|lift\w*))\b",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"\bby\s+(?:[\w-]+\s+){0,3}?\d[\d.,]*\s*(?:%|per\s?cent|pct|(?:percentage )?points?)", re.I
)
_MORE = re.compile(
    r"\b(additional|further|extra)\s+(?:[\w.,-]+\s*(?:%|per\s?cent|percent|pct)?\s*){0,4}?(?:ad valorem\s+)?"
    r"(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|surcharge)",
    re.IGNORECASE,
)


_EXPLORED = re.compile(
    r"\b(?:shall|will|would|may|to|agree\w*|intend\w*|plan\w*|commit\w*)\s+(?:\w+\s+){0,3}?"
    r"(?:explor|consider|discuss|examin|study|look(?:ing)? into|assess|seek)\w*",
    re.IGNORECASE,
)
_SHARES = re.compile(
    r"\b(?:buy|purchas|acquir|tak|obtain|receiv|subscrib)\w*\s+(?:[\w’'.,$%-]+\s+){0,8}?"
    r"(?:shares?|stakes?|equity|warrants?)\b(?!\s+of\s+(?:the\s+)?(?:output|production|market))",
    re.IGNORECASE,
)
_FLOOR = re.compile(
    r"\b(?:price floors?|floor prices?|(?:minimum|guaranteed|floor)(?: \w+)? prices?)\b", re.IGNORECASE
)
_OFFTAKE = re.compile(r"\boff-?take", re.IGNORECASE)
_SUPPLIES = re.compile(
    r"\b(?:suppl(?:y|ies|ied|ying)(?! chains?)|sell\w*|deliver\w*|ship\w*|export\w*)\b", re.I
)
_BUYS = re.compile(r"\b(?:buy\w*|purchas\w*|procur\w*|import(?:s|ing)?)\b", re.IGNORECASE)
_MORE_SUPPLY = re.compile(
    r"\b(?:increas|expand|boost|rais|resum|ramp|doubl|tripl|grow|step|accelerat|more|guarantee|ensur)\w*\b[^.;]{0,70}?"
    r"\b(?:exports?|suppl(?:y|ies)\b(?! chains?)|shipments?|deliver\w*|production|output|sales|trade)\b"
    r"|\b(?:will|shall|to)\s+(?:supply|sell|deliver|ship|export)\b(?! chains?)",
    re.IGNORECASE,
)
_NOT_TARIFFS = re.compile(
    r"\bnon-?\s?tariff\w*|\btariff\s+(?:lines?|exclusions?|classif\w+|schedules?|codes?)|\bdut(?:y|ies)\s+evasion",
    re.I,
)
_TARIFFS = re.compile(_TARIFF, re.IGNORECASE)
_INVESTMENT_LET_IN = re.compile(
    r"\bmarkets?\b[^.;]{0,20}?\bto\s+(?:[\w.’'-]+\s+){0,4}?invest(?:ment|ors?)\b", re.I
)
_INVESTS = re.compile(r"\binvest(?:s|ed|ing|ments?)?\b", re.IGNORECASE)


def one_line(quote: str) -> str:
    """A quote with single spaces."""
    return " ".join(quote.split())


def easing(quote: str, tariff: bool = False) -> str:
    """How a quote speaks of the end of controls (or of tariffs): "promised", "done", "asked" or ""."""
    text = one_line(quote)
    patterns = (_CUTS_TARIFF, _TARIFF_IS_CUT) if tariff else (_EASES, _IS_EASED)
    found = next((m for p in patterns if (m := p.search(text))), None)
    if found is None:
        return ""
    before = text[: found.start("verb")]
    if _NOT.search(before) or _PUT_UP.search(before):
        return ""
    if _ONLY_ASKED.search(before[-80:]):
        return "asked"
    if _AHEAD.search(before[-80:]) or not re.search(_DONE, found["verb"], re.IGNORECASE):
        return "promised"
    return "done"


def keeps_controls(quote: str) -> bool:
    """Whether a quote says that controls are not to be lifted: no promise, though it reads like one."""
    text = one_line(quote)
    found = _EASES.search(text)
    return found is not None and _NOT.search(text[: found.start("verb")]) is not None


def control_named(quote: str) -> str:
    """The subtype of a control by the word that a quote has for it."""
    found = re.search(r"\b(?:(ban)|(quota)|(licen[cs]))", quote, re.IGNORECASE)
    kinds = {1: "export_ban", 2: "export_quota", 3: "export_licensing"}
    return kinds[found.lastindex] if found and found.lastindex else "export_control"


def stops_exports(quote: str) -> bool:
    """Whether exports themselves are suspended, halted or banned, rather than a control on them."""
    text = one_line(quote)
    found = _STOPS.search(text) or _IS_STOPPED.search(text)
    return found is not None and not _NOT.search(text[: found.start()])


def lies_ahead(quote: str) -> bool:
    """Whether a quote speaks of what will be done."""
    return re.search(r"\b(?:will|shall|would|plans? to|intends? to|is to|are to)\b", quote, re.I) is not None


def only_possible(quote: str) -> bool:
    """Whether a quote says that exports might, could or may be limited."""
    return _MAYBE.search(one_line(quote)) is not None


def only_enforced(quote: str) -> bool:
    """Whether a quote speaks of enforcing limits that stand, and of no new one."""
    text = one_line(quote)
    beside = _ENFORCING.sub(" ", text)
    return _ENFORCED.search(text) is not None and _IMPOSED.search(beside) is None


def goods_said(quote: str) -> tuple[str, ...]:
    """The goods that a quote puts under a measure in words that no gazetteer holds.

    ("all",) where it says all goods; ("goods not named",) where it names none.
    """
    text = one_line(quote)
    if _ALL_GOODS.search(text):
        return ("all",)
    for found in _OF_GOODS.finditer(text):
        words: list[str] = []
        for word in found["what"].split():
            if words and _BREAK.match(word):
                break
            if not _FILLER.match(word):
                words.append(word)
        if words and not _BREAK.match(words[0]) and not all(_GENERAL.match(w) for w in words):
            return (" ".join(words[:3]),)
    return (UNNAMED,)


def step_down(quote: str, number: float | None = None) -> bool:
    """Whether the verb nearest before a step of a rate ("by 10 percentage points") lowers it."""
    text = one_line(quote)
    mark = f"{number:g}" if number is not None else ""
    at = text.find(mark) if mark else -1
    found = list(_DIRECTION.finditer(text, 0, at if at >= 0 else len(text))) or list(
        _DIRECTION.finditer(text)
    )
    return bool(found) and found[-1]["down"] is not None


def lowered_by(quote: str) -> bool:
    """Whether a quote lowers a rate by an amount, not to one."""
    text = one_line(quote)
    return _STEP.search(text) is not None and step_down(text)


def more(quote: str) -> str:
    """ "additional" or "further" where a quote says that a tariff comes on top of others, else ""."""
    found = _MORE.search(one_line(quote))
    return found[1].lower() if found else ""


def only_explored(quote: str) -> bool:
    """Whether what is promised is no more than to explore, consider or discuss something."""
    return _EXPLORED.search(one_line(quote)) is not None


def buys_shares(quote: str) -> bool:
    """Whether a quote tells of taking shares or warrants of a company."""
    return _SHARES.search(one_line(quote)) is not None


def sets_a_floor(quote: str) -> bool:
    """Whether a quote tells of a least price."""
    return _FLOOR.search(one_line(quote)) is not None


def takes_output(quote: str) -> bool:
    """Whether the side that promises is to take deliveries, not to make them."""
    text = one_line(quote)
    return _OFFTAKE.search(text) is not None and _SUPPLIES.search(text) is None


def buys(quote: str) -> bool:
    """Whether the side that promises is to buy goods; a promise not to buy is none."""
    text = one_line(quote)
    found = _BUYS.search(text)
    return found is not None and not _NOT.search(text[: found.start()])


def more_supply(quote: str) -> bool:
    """Whether a quote promises more goods; supply chains are not goods."""
    return _MORE_SUPPLY.search(one_line(quote)) is not None


def on_tariffs(quote: str) -> bool:
    """Whether a quote speaks of tariffs: non-tariff measures and tariff lines are none."""
    return _TARIFFS.search(_NOT_TARIFFS.sub(" ", one_line(quote))) is not None


def lets_investment_in(quote: str) -> bool:
    """Whether a market is opened to investment rather than to goods."""
    return _INVESTMENT_LET_IN.search(one_line(quote)) is not None


def invests(quote: str) -> bool:
    """Whether a quote speaks of investment."""
    return _INVESTS.search(one_line(quote)) is not None

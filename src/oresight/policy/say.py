"""Measures and promises in words."""

from __future__ import annotations

from collections.abc import Sequence

from oresight.policy.records import Measure, Provision
from oresight.world.model import World

NOUN = {
    "import_tariff": "import tariff",
    "export_tax": "export tax",
    "export_ban": "export ban",
    "export_quota": "export quota",
    "export_licensing": "export licensing",
    "import_ban": "import ban",
    "price_floor": "price floor",
    "stockpile": "stockpile",
    "subsidy": "subsidy",
    "equity_stake": "equity stake",
}

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

# Names that English gives an article.
_WITH_THE = {"USA", "PHL", "ARE", "NLD", "COD", "GBR", "EU", "ROW"}
# Short names as sentences use them; others take the name of the world's own table.
_SHORT = {
    "USA": "United States",
    "GBR": "United Kingdom",
    "ROW": "rest of the world",
    "EU": "European Union",
    "ARG": "Argentina",
    "AUS": "Australia",
    "AUT": "Austria",
    "BEL": "Belgium",
    "BOL": "Bolivia",
    "BRA": "Brazil",
    "CAN": "Canada",
    "CHE": "Switzerland",
    "CHL": "Chile",
    "CHN": "China",
    "COD": "Democratic Republic of the Congo",
    "DEU": "Germany",
    "ESP": "Spain",
    "EST": "Estonia",
    "FRA": "France",
    "IDN": "Indonesia",
    "IND": "India",
    "ITA": "Italy",
    "JPN": "Japan",
    "KAZ": "Kazakhstan",
    "KHM": "Cambodia",
    "KOR": "Korea",
    "LAO": "Laos",
    "MDG": "Madagascar",
    "MEX": "Mexico",
    "MMR": "Myanmar",
    "MOZ": "Mozambique",
    "MYS": "Malaysia",
    "NLD": "Netherlands",
    "NOR": "Norway",
    "PHL": "Philippines",
    "PRT": "Portugal",
    "RUS": "Russia",
    "RWA": "Rwanda",
    "SAU": "Saudi Arabia",
    "SGP": "Singapore",
    "SWE": "Sweden",
    "THA": "Thailand",
    "TUR": "Türkiye",
    "TWN": "Taiwan",
    "UKR": "Ukraine",
    "VNM": "Vietnam",
    "ZAF": "South Africa",
}


def economy_name(code: str, world: World | None = None, article: bool = True) -> str:
    """An economy as a sentence names it: "Malaysia", "the United States"."""
    name = _SHORT.get(code, "")
    if not name and world is not None and code in world.economy_index:
        name = world.economies[world.economy_index[code]].name
    name = name or code
    return f"the {name}" if article and code in _WITH_THE else name


def possessive(code: str, world: World | None = None) -> str:
    """ "Malaysia's", "the United States'"."""
    name = economy_name(code, world)
    return name + ("'" if name.endswith("s") else "'s")


def goods(words: Sequence[str], hs: Sequence[str] = ()) -> str:
    """Commodity words as a phrase: "rare earths and gallium metal"."""
    if "all" in words:
        return "all goods"
    named = [w.replace("_", " ") for w in words]
    if not named and hs:
        named = ["goods of HS " + ", ".join(hs[:3]) + (" and others" if len(hs) > 3 else "")]
    return join(named) or "all goods"


def join(words: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"; `last` is the word before the last one."""
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def day(iso: str) -> str:
    """ "26 October 2025" for 2025-10-26; shorter dates stay shorter."""
    parts = iso.split("-")
    if len(parts) == 1:
        return iso
    month = MONTHS[int(parts[1]) - 1]
    return f"{month} {parts[0]}" if len(parts) == 2 else f"{int(parts[2])} {month} {parts[0]}"


def measure_name(measure: Measure, world: World | None = None) -> str:
    """A measure as a noun phrase: "Malaysia's export ban on rare earths"."""
    if measure.title:
        return measure.title
    if measure.instrument == "equity_stake":
        return f"{possessive(measure.imposer, world)} stake in {measure.project}".rstrip()
    what = f"{NOUN[measure.instrument]} on {goods(measure.commodities, measure.hs)}"
    return _capital(f"{possessive(measure.imposer, world)} {what}")


def blocked_sentence(measure: Measure, promise: Provision, world: World) -> str:
    """Why a measure does not act on a beneficiary."""
    verb = "is not raised on" if measure.instrument == "import_tariff" else "does not reach"
    whom = economy_name(promise.beneficiary, world)
    force = ", taken to be in force," if promise.agreed_on else ""
    return f"{measure_name(measure, world)} {verb} {whom}: {_promise(promise, world)}{force} forbids it"


def unbinding_sentence(measure: Measure, promise: Provision, world: World) -> str:
    """That a promise which does not bind makes a measure less likely, without stopping it."""
    return (
        f"{measure_name(measure, world)} goes against {_promise(promise, world)}, which does not bind:"
        " it is less likely for that, and applied here all the same"
    )


def removal_sentence(measure: Measure, promise: Provision, world: World) -> str:
    """That a measure on record no longer reaches those for whom the imposer said it ends or eases it."""
    whom = "anyone" if promise.beneficiary == "all" else economy_name(promise.beneficiary, world)
    who = economy_name(promise.promisor, world)
    return f"{measure_name(measure, world)} no longer reaches {whom}, if {who} does as it says"


def _promise(promise: Provision, world: World) -> str:
    if not promise.agreement and not promise.agreed_on:
        return f"its promise to {economy_name(promise.beneficiary, world)}"
    when = f" of {day(promise.agreed_on)}" if promise.agreed_on else ""
    return f"its agreement{when}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

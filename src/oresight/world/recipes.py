"""The recipes of the rare-earth network: mines, separation plants and magnet makers as processes.

Separation is joint production. A plant takes one tonne of rare-earth oxide in ore and gives its
basket of elements times a recovery; what it does not separate leaves the model. The feed of the
Chinese plants closes each ore's balance, and the output of Chinese NdFeB makers closes the balance
of neodymium-praseodymium oxide; dysprosium and terbium per tonne of magnet follow from what is left
of their supply, and go into the high-coercivity part of the output. All of this stands in the tables
of `evidence/` and is written to `processes/rare-earths.csv`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from oresight.errors import InputError, unknown
from oresight.world.model import Fact
from oresight.world.tables import KINDS, Row, Tables, unique

FILE = "processes/rare-earths.csv"
YEAR = 2024

OXIDE_OF = {
    **dict.fromkeys(("La", "Ce"), "lanthanum-cerium oxide"),
    **dict.fromkeys(("Pr", "Nd"), "neodymium-praseodymium oxide"),
    "Sm": "samarium oxide",
    "Eu": "europium oxide",
    "Gd": "gadolinium oxide",
    "Tb": "terbium oxide",
    "Dy": "dysprosium oxide",
    "Y": "yttrium oxide",
    **dict.fromkeys(("Ho", "Er", "Tm", "Yb", "Lu"), "holmium-lutetium oxides"),
}
OXIDES = tuple(dict.fromkeys(OXIDE_OF.values()))
ORES = ("bastnaesite concentrate", "ion-adsorption clay concentrate", "monazite concentrate")
NDPR, DY, TB, SM, GD = (OXIDE_OF[e] for e in ("Nd", "Dy", "Tb", "Sm", "Gd"))
NDFEB, SMCO = "NdFeB magnet", "SmCo magnet"

PLANT_COLUMNS = (
    *("process", "economy", "ore", "feed_t", "capacity_factor", "recovery", "kind", "source", "note"),
)
FEED_COLUMNS = ("process", "basket", "weight", "kind", "source", "note")
BASKET_COLUMNS = ("basket", "element", "percent", "kind", "source", "note")
RECOVERY_COLUMNS = ("process", "commodity", "recovery", "kind", "source", "note")
MAGNET_COLUMNS = ("commodity", "economy", "tonnes", "capacity_factor", "kind", "source", "note")
PARAMETER_COLUMNS = ("name", "value", "unit", "kind", "source", "note")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A process before it is written as rows."""

    process: str
    kind: str
    economy: str
    inputs: Mapping[str, float]
    outputs: Mapping[str, float]
    activity: float
    capacity: float
    elasticity: tuple[float, float, float]  # central, low, high
    source: str
    kind_of_figure: str
    note: str


def write_rows(recipes: list[Recipe]) -> list[tuple[str, ...]]:
    """The recipes in long form, a row per input or output, ready for `processes/*.csv`."""
    rows = []
    for recipe in sorted(recipes, key=lambda r: r.process):
        for role, side in (("input", recipe.inputs), ("output", recipe.outputs)):
            for commodity, tonnes in sorted(side.items()):
                rows.append(
                    (
                        *(recipe.process, recipe.kind, recipe.economy, role, commodity),
                        *(figure(tonnes), figure(recipe.activity), figure(recipe.capacity)),
                        *(figure(e) for e in recipe.elasticity),
                        *(recipe.source, recipe.kind_of_figure, recipe.note),
                    )
                )
    return rows


def figure(value: float) -> str:
    """A number with twelve significant digits: enough to balance, short enough to read."""
    return f"{value:.12g}"


def rare_earth_recipes(tables: Tables, facts: tuple[Fact, ...]) -> tuple[list[Recipe], list[str]]:
    """All recipes of the network and the lines of the report on what was closed and how far it lies off."""
    parameter = _parameters(tables)
    mined = _mined(facts)
    recipes = _mines(mined, facts, parameter)
    plants = _plants(tables, mined, parameter)
    recipes += plants
    supply: dict[str, float] = defaultdict(float)
    for plant in plants:
        for commodity, tonnes in plant.outputs.items():
            supply[commodity] += tonnes * plant.activity
    magnets, report = _magnets(tables, supply, parameter)
    return recipes + magnets, report


def _parameters(tables: Tables) -> dict[str, float]:
    rows = tables.rows("evidence/recipes.csv", PARAMETER_COLUMNS)
    unique(rows, lambda row: (row.text("name"),))
    return {row.text("name"): row.number("value", low=0) for row in rows}


def _elasticity(parameter: Mapping[str, float], kind: str) -> tuple[float, float, float]:
    central, low, high = (parameter[f"{kind} elasticity {level}"] for level in ("central", "low", "high"))
    return central, low, high


def _mined(facts: tuple[Fact, ...]) -> dict[tuple[str, str], Fact]:
    return {
        (fact.subject, fact.economy): fact
        for fact in facts
        if fact.chosen and fact.attribute == "production" and fact.year == YEAR and fact.subject in ORES
    }


def _mines(
    mined: Mapping[tuple[str, str], Fact], facts: tuple[Fact, ...], parameter: Mapping[str, float]
) -> list[Recipe]:
    return [
        Recipe(
            process=f"mining of {ore.removesuffix(' concentrate')} {economy}",
            kind="mining",
            economy=economy,
            inputs={},
            outputs={ore: 1.0},
            activity=fact.value,
            capacity=fact.value * parameter["mining capacity"],
            elasticity=_elasticity(parameter, "mining"),
            source=fact.source,
            kind_of_figure=fact.kind,
            note="activity is production; capacity and elasticity are assumed",
        )
        for (ore, economy), fact in sorted(mined.items())
    ]


def _baskets(tables: Tables) -> dict[str, dict[str, float]]:
    """Share of each oxide commodity in the rare-earth oxide of a basket; shares add up to one."""
    rows = tables.rows("evidence/baskets.csv", BASKET_COLUMNS)
    unique(rows, lambda row: (row.text("basket"), row.text("element")))
    baskets: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(OXIDES, 0.0))
    totals: dict[str, float] = defaultdict(float)
    last: dict[str, Row] = {}
    for row in rows:
        element = row.text("element")
        if element not in OXIDE_OF:
            raise unknown("element", element, OXIDE_OF, f"{row.file}, line {row.line}")
        row.choice("kind", KINDS)
        percent = row.number("percent", low=0, high=100)
        baskets[row.text("basket")][OXIDE_OF[element]] += percent
        totals[row.text("basket")] += percent
        last[row.text("basket")] = row
    for basket, total in totals.items():
        if not 95 <= total <= 105:
            raise last[basket].error(f"basket {basket} adds up to {total:.1f} percent; give 95 to 105")
    return {b: {c: v / totals[b] for c, v in shares.items()} for b, shares in baskets.items()}


def _plants(
    tables: Tables, mined: Mapping[tuple[str, str], Fact], parameter: Mapping[str, float]
) -> list[Recipe]:
    baskets = _baskets(tables)
    blend: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in tables.rows("evidence/feeds.csv", FEED_COLUMNS):
        basket = row.text("basket")
        if basket not in baskets:
            raise unknown("basket", basket, baskets, f"{row.file}, line {row.line}")
        blend[row.text("process")].append((basket, row.number("weight", low=0)))
    special = {
        (row.text("process"), row.text("commodity")): row.number("recovery", low=0, high=1)
        for row in tables.rows("evidence/recoveries.csv", RECOVERY_COLUMNS)
    }
    rows = tables.rows("evidence/plants.csv", PLANT_COLUMNS)
    unique(rows, lambda row: (row.text("process"),))
    feeds = _feeds(rows, mined)
    recipes = []
    for row in rows:
        name = row.text("process")
        if not blend[name]:
            raise row.error(f"{name} has no basket; add one to evidence/feeds.csv")
        weight = sum(w for _, w in blend[name])
        recovery = row.number("recovery", low=0, high=1)
        outputs = {}
        for oxide in OXIDES:
            share = sum(baskets[b][oxide] * w for b, w in blend[name]) / weight
            made = share * special.get((name, oxide), recovery)
            if made > 0:
                outputs[oxide] = made
        recipes.append(
            Recipe(
                process=name,
                kind="separation",
                economy=row.text("economy"),
                inputs={row.text("ore"): 1.0},
                outputs=outputs,
                activity=feeds[name],
                capacity=feeds[name] * row.number("capacity_factor", low=1),
                elasticity=_elasticity(parameter, "separation"),
                source=row.text("source"),
                kind_of_figure=row.choice("kind", KINDS),
                note="outputs are basket times recovery, see evidence/",
            )
        )
    return recipes


def _feeds(rows: list[Row], mined: Mapping[tuple[str, str], Fact]) -> dict[str, float]:
    """Tonnes of ore each plant takes; the one plant of an ore whose feed is empty takes the rest."""
    feeds: dict[str, float] = {}
    for ore in ORES:
        total = sum(fact.value for (commodity, _), fact in mined.items() if commodity == ore)
        closing = []
        for row in rows:
            if row.text("ore") != ore:
                continue
            if row.text("feed_t", required=False):
                feeds[row.text("process")] = row.number("feed_t", low=0)
                total -= feeds[row.text("process")]
            else:
                closing.append(row)
        if len(closing) != 1:
            raise InputError(
                f"evidence/plants.csv: {len(closing)} plants of {ore} have an empty feed_t; leave one"
            )
        if total <= 0:
            raise closing[0].error(
                f"the other plants take {-total:,.0f} t more {ore} than is mined; lower them"
            )
        feeds[closing[0].text("process")] = total
    return feeds


def _magnets(
    tables: Tables, supply: Mapping[str, float], parameter: Mapping[str, float]
) -> tuple[list[Recipe], list[str]]:
    rows = tables.rows("evidence/magnets.csv", MAGNET_COLUMNS)
    unique(rows, lambda row: (row.text("commodity"), row.text("economy")))
    ndpr = parameter["NdPr oxide per tonne of NdFeB"]
    known = {
        (row.text("commodity"), row.text("economy")): row.number("tonnes", low=0)
        for row in rows
        if row.text("tonnes", required=False)
    }
    others = sum(tonnes for (commodity, _), tonnes in known.items() if commodity == NDFEB)
    total = supply[NDPR] * (1 - parameter["NdPr other use"]) / ndpr
    known[NDFEB, "CHN"] = total - others
    if known[NDFEB, "CHN"] <= 0:
        raise InputError(
            "evidence/magnets.csv: makers outside China take more NdPr oxide than there is; lower them"
        )
    dy = supply[DY] * (1 - parameter["Dy other use"]) / total
    tb = supply[TB] * (1 - parameter["Tb other use"]) / total
    recipes = []
    for row in rows:
        commodity = row.text("commodity")
        tonnes, room = known[commodity, row.text("economy")], row.number("capacity_factor", low=1)
        if commodity == SMCO:
            inputs = {
                SM: parameter["Sm oxide per tonne of SmCo"],
                GD: parameter["Gd oxide per tonne of SmCo"],
            }
            recipes.append(_maker(row, commodity, inputs, tonnes, tonnes * room, parameter))
            continue
        # Magnets with and without heavy rare earths are one good with two recipes: makers thrift dysprosium
        # and terbium by moving from the one to the other, as far as grades can be switched within a year.
        high = parameter["high-coercivity share of NdFeB"]
        switched = parameter["switchable share of high-coercivity NdFeB"] * high
        rich = {NDPR: ndpr, DY: dy / high, TB: tb / high}
        recipes.append(
            _maker(row, f"high-coercivity {NDFEB}", rich, tonnes * high, tonnes * high * room, parameter)
        )
        plain = tonnes * (1 - high)
        recipes.append(_maker(row, NDFEB, {NDPR: ndpr}, plain, plain * room + tonnes * switched, parameter))
    report = [
        f"NdPr oxide supply {supply[NDPR]:,.0f} t; NdFeB output that closes it {total:,.0f} t, "
        f"of it China {known[NDFEB, 'CHN']:,.0f} t ({100 * known[NDFEB, 'CHN'] / total:.1f} %)",
        f"dysprosium oxide {1000 * dy:.2f} and terbium oxide {1000 * tb:.2f} kg per tonne of NdFeB magnet, "
        "from what their supply leaves, all of it in the high-coercivity grades",
    ]
    return recipes, report


def _maker(
    row: Row,
    what: str,
    inputs: Mapping[str, float],
    tonnes: float,
    capacity: float,
    parameter: Mapping[str, float],
) -> Recipe:
    return Recipe(
        process=f"making of {what} {row.text('economy')}",
        kind="magnet making",
        economy=row.text("economy"),
        inputs=inputs,
        outputs={row.text("commodity"): 1.0},
        activity=tonnes,
        capacity=capacity,
        elasticity=_elasticity(parameter, "magnet"),
        source=row.text("source"),
        kind_of_figure=row.choice("kind", KINDS),
        note=row.text("note", required=False),
    )

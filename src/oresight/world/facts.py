"""Looking figures up: the fact table, with shares by economy worked out from the baseline."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from oresight.errors import InputError, unknown
from oresight.world.model import Fact, Source, World
from oresight.world.scope import ALIASES, STAGES, economies, plain, resolve

BASELINE = "baseline"  # the source key of figures worked out from the balanced world


def find_facts(
    world: World, commodity: str, stage: str | None = None, economy: str | None = None
) -> list[Fact]:
    """Figures about a commodity, a mineral or a group: the word's own first, chosen before others.

    Production by economy that the tables do not give (oxides and magnets come out of the recipes) and
    each economy's share of it are added as derived figures. An economy or stage narrows the list.

    Raises InputError for a word, stage or economy that is not known.
    """
    stages = _stages(stage)
    wanted = set(economies(world, (economy,))) if economy else None
    word = commodity.partition(":")[0].strip()
    subjects = {plain(word)} | ({plain(ALIASES[plain(word)])} if plain(word) in ALIASES else set())
    sourced = [fact for fact in world.facts if plain(fact.subject) in subjects]
    try:
        indices = resolve(world, (commodity,))
    except InputError:
        if not sourced:
            raise
        indices = ()
    names = {world.commodities[c].name for c in indices}
    sourced += [fact for fact in world.facts if fact.subject in names and plain(fact.subject) not in subjects]
    produced = {
        (fact.subject, fact.economy)
        for fact in sourced
        if fact.chosen and fact.attribute == "production" and fact.year == world.year
    }
    found = sourced + [fact for c in indices for fact in derived_facts(world, c, produced)]
    stage_of = {c.name: c.stage for c in world.commodities}
    kept = [
        fact
        for fact in found
        if (stages is None or (fact.stage or stage_of.get(fact.subject, "")) in stages)
        and (wanted is None or fact.economy in wanted or fact.partner in wanted)
    ]
    return sorted(kept, key=lambda fact: (plain(fact.subject) not in subjects, *_order(fact)))


def _order(fact: Fact) -> tuple[Any, ...]:
    return (fact.subject, not fact.chosen, fact.stage, fact.attribute, -fact.year, -fact.value, fact.economy)


def _stages(stage: str | None) -> tuple[str, ...] | None:
    if stage is None:
        return None
    if plain(stage) not in STAGES:
        raise unknown("stage", stage, STAGES, "--stage")
    return STAGES[plain(stage)]


def derived_facts(world: World, c: int, known: set[tuple[str, str]]) -> list[Fact]:
    """Production and supply shares by economy as the balanced baseline has them (those above 0.05 %)."""
    commodity = world.commodities[c]
    made = world.flows[c].sum(axis=1)
    total = float(made.sum())
    facts = []
    for n in np.argsort(-made, kind="stable"):
        code, tonnes = world.economies[int(n)].code, float(made[n])
        if total <= 0 or tonnes < 5e-4 * total:
            break
        place: dict[str, Any] = {
            "subject": commodity.name,
            "economy": code,
            "stage": commodity.stage,
            "year": world.year,
            "source": BASELINE,
            "kind": "derived",
            "chosen": True,
        }
        if (commodity.name, code) not in known:
            facts.append(
                Fact(attribute="production", value=tonnes, unit="t/yr", note="from the recipes", **place)
            )
        facts.append(
            Fact(
                attribute="supply_share",
                value=100 * tonnes / total,
                unit="percent",
                note="share of world production in the balanced baseline, by tonnes",
                **place,
            )
        )
    return facts


def fact_rows(
    world: World, commodity: str, stage: str | None = None, economy: str | None = None
) -> list[dict[str, Any]]:
    """The figures of `find_facts` as rows for a table or JSON, each with its source in one line.

    Raises InputError when nothing is known about what was asked.
    """
    facts = find_facts(world, commodity, stage, economy)
    if not facts:
        narrowed = " ".join(
            f"{name} {value}" for name, value in (("stage", stage), ("economy", economy)) if value
        )
        raise InputError(f"no figures on {commodity} for {narrowed}; leave --stage or --economy out")
    return [
        {
            "subject": fact.subject,
            "stage": fact.stage,
            "attribute": fact.attribute,
            "economy": fact.economy,
            "partner": fact.partner,
            "value": round(fact.value, 3),
            "unit": fact.unit,
            "year": fact.year,
            "kind": fact.kind,
            "chosen": fact.chosen,
            "source": fact.source,
            "cite": cite(world, fact.source),
            "note": fact.note,
        }
        for fact in facts
    ]


def cite(world: World, key: str) -> str:
    """A source in one line."""
    source = world.sources.get(key)
    if source is None:
        return f"Oresight baseline for {world.year}, worked out from its tables"
    return f"{source.publisher}, {source.title} ({source.year})"


def source_rows(world: World) -> list[dict[str, Any]]:
    """All sources with licence and credit, and how many figures rest on each."""
    used: dict[str, int] = defaultdict(int)
    for rows in (world.facts, world.assumptions, world.end_uses):
        for item in rows:
            used[item.source] += 1
    return [_source_row(source, used[key]) for key, source in sorted(world.sources.items())]


def _source_row(source: Source, figures: int) -> dict[str, Any]:
    return {
        "source": source.key,
        "publisher": source.publisher,
        "title": source.title,
        "year": source.year,
        "licence": source.licence,
        "where": source.where,
        "url": source.url,
        "figures": figures,
    }

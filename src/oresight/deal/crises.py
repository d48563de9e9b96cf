"""Crises: which states of the world the register makes possible, and how likely each is.

A crisis is a first risk with the risks that depend on it. Two crises in one year are counted as the
sum of each alone; their chance is the product of two small ones. Within a crisis all combinations
are counted. Commodities that no process and no shared quota links form separate chains: what
happens in one does not move prices in another, so states are made and solved chain by chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from oresight.deal.register import Risk
from oresight.deal.spared import Spared, remainder, stops
from oresight.policy.reach import commodity_reach, routes
from oresight.policy.records import Measure, Provision
from oresight.world.model import World

Floats = NDArray[np.float64]

Variant = tuple[Spared, ...]  # by risk of a game, in its order: what the kept promises spare
State = frozenset[str]  # ids of the measures that act, in one chain


@dataclass(frozen=True, eq=False)
class Game:
    """One crisis in one chain: the risks that reach the chain, and the promises that stop some."""

    world: World
    chain: tuple[int, ...]  # commodities
    tree: tuple[Risk, ...]  # the risks that matter to it, each after the one it depends on
    hits: tuple[bool, ...]  # by risk of the tree: whether it reaches the chain itself
    provisions: Mapping[int, tuple[tuple[int, Spared], ...]]  # by provision: (risk of the tree, spared)

    @property
    def groups(self) -> list[list[tuple[int, int]]]:
        """Players of the game, (provision, risk of the tree), grouped by provision."""
        return [[(j, r) for r, _ in acts] for j, acts in self.provisions.items()]

    @cached_property
    def occurrences(self) -> tuple[tuple[bool, ...], ...]:
        """Every combination of risks of the tree that can happen in a year, the empty one left out."""
        place = {risk.id: r for r, risk in enumerate(self.tree)}
        parents = [place.get(risk.given, -1) for risk in self.tree]
        possible = []
        for happens in product((True, False), repeat=len(self.tree)):
            pairs = zip(happens, parents, strict=True)
            if any(happens) and all(parent < 0 or happens[parent] or not it for it, parent in pairs):
                possible.append(happens)
        return tuple(possible)

    def chance(self, happens: tuple[bool, ...], probability: Mapping[str, Floats]) -> Floats:
        """How likely a combination is, shape (D,)."""
        place = {risk.id: r for r, risk in enumerate(self.tree)}
        out: Floats = np.ones_like(next(iter(probability.values())))
        for risk, it in zip(self.tree, happens, strict=True):
            if risk.given in place and not happens[place[risk.given]]:
                continue
            out = out * (probability[risk.id] if it else 1.0 - probability[risk.id])
        return out

    def segments(
        self, happens: tuple[bool, ...], variant: Variant
    ) -> list[tuple[float, tuple[Measure, ...]]]:
        """The stretches of a year, as fractions, with the measures that act in each.

        All start together; the shortest ends first. Stretches in which nothing acts are left out.
        """
        acting = [r for r, it in enumerate(happens) if it and self.hits[r]]
        ends = sorted({self.tree[r].months for r in acting})
        found, start = [], 0.0
        for end in ends:
            measures: dict[str, Measure] = {}
            for r in acting:
                if self.tree[r].months >= end:
                    for m in self.measures(r, variant[r]):
                        measures.setdefault(m.id, m)
            if measures and end > start:
                found.append(((end - start) / 12.0, tuple(measures.values())))
            start = end
        return found

    def measures(self, r: int, spared: Spared) -> tuple[Measure, ...]:
        """What is left of a risk's measure in this chain."""
        return remainder(self.tree[r].measure, spared, self.chain, self.world)

    def variants(self) -> set[Variant]:
        """Every way in which kept promises can thin out the risks' measures."""
        found: set[Variant] = {(frozenset(),) * len(self.tree)}
        for acts in self.provisions.values():
            # In a coalition a provision may act on some of its risks only.
            some = product((False, True), repeat=len(acts))
            chosen = [[act for act, on in zip(acts, mask, strict=True) if on] for mask in some]
            found = {keep(variant, part) for variant in found for part in chosen}
        return found

    def states(self) -> Iterator[tuple[Measure, ...]]:
        """The measures of every state that a solve is needed for."""
        for variant in self.variants():
            for happens in self.occurrences:
                for _, measures in self.segments(happens, variant):
                    yield measures


def keep(variant: Variant, acts: Sequence[tuple[int, Spared]]) -> Variant:
    """A variant with one more promise kept."""
    changed = list(variant)
    for r, spared in acts:
        changed[r] = changed[r] | spared
    return tuple(changed)


def games(world: World, risks: Sequence[Risk], provisions: Sequence[Provision]) -> list[Game]:
    """Every crisis in every chain that it reaches."""
    found = []
    by_id = {risk.id: risk for risk in risks}
    for crisis in crises(risks):
        for chain in chains(world, risks):
            reached = [
                risk.id
                for risk in crisis
                if set(commodity_reach(risk.measure, world)) & set(chain) and len(routes(risk.measure, world))
            ]
            wanted: set[str] = set()
            for name in reached:
                while name and name not in wanted:
                    wanted.add(name)
                    name = by_id[name].given
            if not wanted:
                continue
            tree = tuple(risk for risk in crisis if risk.id in wanted)
            found.append(
                Game(
                    world,
                    chain,
                    tree,
                    tuple(risk.id in reached for risk in tree),
                    _acts(world, chain, tree, provisions),
                )
            )
    return found


def _acts(
    world: World, chain: tuple[int, ...], tree: Sequence[Risk], provisions: Sequence[Provision]
) -> dict[int, tuple[tuple[int, Spared], ...]]:
    found = {}
    for j, provision in enumerate(provisions):
        acts = []
        for r, risk in enumerate(tree):
            spared = frozenset((c, e) for c, e in stops(provision, risk.measure, world) if c in chain)
            if spared:
                acts.append((r, spared))
        if acts:
            found[j] = tuple(acts)
    return found


def crises(risks: Sequence[Risk]) -> list[tuple[Risk, ...]]:
    """The risks as trees, each a first risk and all that depends on it, parents before children."""
    trees = []
    for root in risks:
        if root.given:
            continue
        tree = [root]
        for risk in tree:
            tree += [child for child in risks if child.given == risk.id]
        trees.append(tuple(tree))
    return trees


def chains(world: World, risks: Sequence[Risk]) -> list[tuple[int, ...]]:
    """Commodities in groups that share no process and no quota, in the order of the world."""
    C = len(world.commodities)
    label = list(range(C))

    def join(group: list[int]) -> None:
        old = {label[c] for c in group}
        for c in range(C):
            if label[c] in old:
                label[c] = min(old)

    for process in world.processes:
        join([world.commodity_index[name] for name in (*process.inputs, *process.outputs)])
    for risk in risks:
        reach = commodity_reach(risk.measure, world)
        if risk.measure.instrument == "export_quota" and reach:
            join(list(reach))
    return [tuple(c for c in range(C) if label[c] == first) for first in dict.fromkeys(label)]

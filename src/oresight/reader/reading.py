"""A text as policy: what `to_policy` makes of a document."""

from __future__ import annotations

from dataclasses import dataclass

from oresight.policy.records import Agreement, Measure, Provision


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as policy; every entry keeps the words it rests on in `quote`."""

    title: str
    published: str  # ISO day, or "" when not known
    measures: tuple[Measure, ...]
    agreements: tuple[Agreement, ...]  # each with the provisions that are linked to it
    provisions: tuple[Provision, ...]  # all, also those that no agreement of the text holds
    open_questions: tuple[str, ...]  # what the text does not tell, one sentence each
    commodities: tuple[str, ...]  # commodity words of the text that the baseline models
    not_modelled: tuple[str, ...]  # those it does not

    def restricting(self) -> tuple[Measure, ...]:
        """Restrictions on exports that the text tells as announced or in force."""
        return tuple(
            m
            for m in self.measures
            if m.instrument in ("export_ban", "export_quota", "export_licensing", "export_tax")
            and m.states[0].state in ("announced", "in_force", "suspended")
        )

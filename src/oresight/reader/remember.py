"""A reading as entries for a user's own store, with the text and the words that each rests on."""

from __future__ import annotations

from dataclasses import replace

from oresight.policy.ledger import Ledger
from oresight.policy.own import Own, Text, Told, from_plain, plain, provision_key, same_entry, union
from oresight.policy.records import Agreement, Measure, State
from oresight.reader.document import Document
from oresight.reader.reading import Reading


def own_of(document: Document, reading: Reading) -> Own:
    """What a text says as a collection to add to a store (`policy.store.add`).

    Measures and agreements keep the ids of the reading with a mark of their content. A promise that no
    agreement of the text holds becomes an agreement of the kind `promise`, which does not bind.
    """
    loose = [p for p in reading.provisions if not any(p in a.provisions for a in reading.agreements)]
    alone = [
        Agreement(
            id=p.id.replace("text:", "text:promise:", 1),
            title=p.text,
            kind="promise",
            parties=tuple(dict.fromkeys((p.promisor, p.beneficiary))),
            binding=False,
            provisions=(p,),
            states=(State("announced", reading.published, reading.published),),
            source="text",
            quote=p.quote,
        )
        for p in loose
    ]
    sha = document.sha256
    told: list[Told] = []
    measures: list[Measure] = []
    for measure in reading.measures:
        kept = same_entry(measure)
        measures.append(kept)
        told.append(Told(kept.id, sha, measure.quote))
    agreements: list[Agreement] = []
    for agreement in (*reading.agreements, *alone):
        # Where a promise was found is the agreement's own id, which the mark is about to change.
        kept_one = same_entry(
            replace(agreement, provisions=tuple(replace(p, source="text") for p in agreement.provisions))
        )
        agreements.append(kept_one)
        told.append(Told(kept_one.id, sha, agreement.quote))
        told += [Told(provision_key(kept_one.id, p.id), sha, p.quote) for p in agreement.provisions]
    entries = [(type(e).__name__, plain(e)) for e in _once([*measures, *agreements])]
    ledger = from_plain(entries, document.title)
    text = Text(sha, document.title, document.published or "")
    return union(Own(ledger, (text,), tuple(t for t in told if t.quote)), Own())


def _once(entries: list[Measure | Agreement]) -> list[Measure | Agreement]:
    """A text may tell one thing twice: its states join."""
    m, a = (tuple(e for e in entries if isinstance(e, kind)) for kind in (Measure, Agreement))
    one = union(Own(), Own(Ledger(m, a)))  # type: ignore[arg-type]
    return [*one.ledger.measures, *one.ledger.agreements]

"""Several acts in one sentence, agreements by their noun, rates replaced, orders that speak as "I"."""

from __future__ import annotations

import pytest

from oresight.reader.document import Record
from oresight.reader.read import read

FRAME = """Joint Statement of Canada and Peru on Trade in Minerals

{sentence}

This joint statement of Canada and Peru speaks of the trade in metals, as the fact sheet says of it."""
ORDER = """Adjusting Imports of Zinc

By the authority vested in me by section 604 of title 19, United States Code, I hereby proclaim what follows
on the imports of zinc, of which 10 percent came from Canada and Mexico in the years before.

{sentence}
"""


def records(sentence: str, frame: str = FRAME) -> tuple[Record, ...]:
    return read(frame.format(sentence=sentence), published="2026-05-06").records


def kinds(sentence: str, frame: str = FRAME) -> list[str]:
    return sorted(record.kind for record in records(sentence, frame))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Peru will open its market to Canadian trucks and invest $5 billion in copper mines of Canada.",
            ["commitment", "investment"],
        ),
        (
            "Peru signed a zinc pact with Chile, and Canada announced a 20 percent tariff on Brazil's tin.",
            ["agreement", "tariff"],
        ),
        ("Peru will open its market to Canadian trucks and their drivers of all ages.", ["commitment"]),
    ],
)
def test_each_act_of_a_sentence_is_a_record(sentence: str, expected: list[str]) -> None:
    assert kinds(sentence) == expected


def test_a_duty_partly_suspended_partly_kept_partly_removed_is_three() -> None:
    found = records(
        "Peru will suspend 20 percentage points of its duty on Canadian zinc, while retaining a rate of 5 "
        "percent, and removing the duties on old lead."
    )
    assert [(r.status, r.rate_percent, r.rate_change_points) for r in found] == [
        ("suspended", None, 20.0),
        ("in_force", 5.0, None),
        ("removed", None, None),
    ]


def test_numbered_acts_share_their_modal() -> None:
    found = records(
        "Canada will (i) lower its tariff on Peruvian copper to 3 percent; and (ii) lift its duties on lead."
    )
    assert [(r.kind, r.status) for r in found] == [("tariff", "announced"), ("tariff", "removed")]


def test_agreements_with_two_are_two_and_one_agreement_is_one() -> None:
    two = records("In Chile, President Boric signed Agreements on Reciprocal Trade with Peru and Korea.")
    assert sorted(r.targets for r in two) == [("KOR",), ("PER",)]
    one = records("Chile signed a trade agreement with Peru and Korea.")
    assert [set(r.targets) for r in one] == [{"PER", "KOR"}]


def test_an_inserted_rate_replaces_the_deleted_one() -> None:
    (record,) = records("Heading 9999.01 of Canada's tariff is changed by deleting 12% and inserting 30%.")
    assert (record.rate_percent, record.previous_rate_percent) == (30.0, 12.0)


def test_what_stands_before_the_main_clause_has_not_happened() -> None:
    (record,) = records("When Canada lowers its duties, Peru will cut its tariff on zinc to 5 percent.")
    assert (record.actors, record.targets, record.status) == (("PER",), ("CAN",), "announced")


def test_a_title_in_brackets_is_a_measure_only_where_something_is_said_of_it() -> None:
    cited = "Order 12 of May 2, 2026 (Imposing Duties on Peruvian Copper), was cited by Canada."
    kept = "Order 12 of May 2, 2026 (Imposing Duties on Peruvian Copper), is unaffected, Canada said."
    assert kinds(cited) == []
    assert [(r.kind, r.date) for r in records(kept)] == [("tariff", "2026-05-02")]


def test_an_order_speaks_as_its_issuer_and_its_findings_are_no_measures() -> None:
    (record,) = records("Accordingly, I impose a duty of 12 percent on zinc, effective June 1, 2026.", ORDER)
    assert (record.actors, record.rate_percent, record.date) == (("USA",), 12.0, "2026-06-01")
    assert kinds("I find that special measures to restrict imports are required.", ORDER) == []
    assert kinds("Section 122 authorizes the President to impose a surcharge of 15 percent.", ORDER) == []


def test_an_inverted_condition_is_a_threat_to_who_must_meet_it() -> None:
    (record,) = records("(c) Should Canada fail to keep its promises, I may raise these duties.", ORDER)
    assert (record.kind, record.actors, record.targets) == ("threat", ("USA",), ("CAN",))


def test_an_extension_carries_its_new_end_and_not_the_old() -> None:
    (record,) = records(
        "Canada will extend its tariff exclusions for Peruvian pipes, now due to expire on May 1, 2026, "
        "until June 30, 2027."
    )
    assert record.date == "2027-06-30"

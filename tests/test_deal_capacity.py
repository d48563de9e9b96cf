from __future__ import annotations

import json
from dataclasses import replace

import pytest

from oresight.deal.capacity import TAKE_UP, Clause, clauses, named_in, take_up_rows, take_ups
from oresight.deal.record import table_hashes, with_record
from oresight.deal.register import Risk, load_risks
from oresight.deal.tables import value_json, value_rows
from oresight.deal.value import Valuation, clause_values, value
from oresight.outlook.projects import Project, load_projects
from oresight.policy.constructors import ExportLicensing
from oresight.policy.ledger import Ledger
from oresight.policy.records import Measure, Provision
from oresight.world.model import Range, World

GALLIUM = Project(
    project="grey-hill-gallium",
    title="Grey Hill gallium (Northern Alumina)",
    economy="CAN",
    commodity="gallium metal",
    process="gallium recovery",
    feed="own",
    capacity_t=20.0,
    basis="added",
    start=2026.0,
    delay_low=0.0,
    delay_high=12.0,
    status="announced",
    source="made up",
    kind="assumed",
)
RISK = Risk(
    "licence",
    "China licenses gallium",
    ExportLicensing("CHN", "all", "gallium", approval_share=0.4),
    Range(0.5, 0.5, 0.5),
    12,
    "",
    "made up",
    "assumed",
)


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


def opening(quote: str, name: str = "open") -> Provision:
    return Provision(name, "market_opening", "CAN", "USA", ("critical minerals",), False, quote=quote)


def stake(project: str, months: float | None = None) -> Measure:
    return Measure(
        f"equity_stake:USA:{project}",
        "equity_stake",
        "USA",
        (),
        project=project,
        accelerates_months=months,
    )


def valued(world: World, *texts: Provision | Measure, draws: int = 0, whom: str = "USA") -> Valuation:
    return value(
        world,
        Ledger(),
        [t for t in texts if isinstance(t, Provision)],
        [RISK],
        whom,
        draws,
        1,
        measures=[t for t in texts if isinstance(t, Measure)],
        projects=[GALLIUM],
    )


def test_a_clause_that_names_no_plant_is_worth_nothing_that_can_be_counted(world: World) -> None:
    got = valued(world, opening("Canada opens its market to investment in critical minerals."))
    assert got.capacity == ()
    ((_, _, reason),) = got.not_valued
    assert "nothing in the text says what is built" in reason
    assert clause_values(got)[0].central is None


@pytest.mark.parametrize("name", ["grey-hill-gallium", "Grey Hill", "Northern Alumina"])
def test_a_plant_is_named_by_its_id_its_site_or_its_owner(name: str) -> None:
    assert named_in(f"They will invest in {name} soon.", [GALLIUM]) == [GALLIUM]
    assert named_in(f"They will invest in {name}s soon.", [GALLIUM]) == []


def test_an_owner_with_several_plants_is_passed_over_where_the_text_names_the_site() -> None:
    projects = load_projects()
    assert len(named_in("A stake in MP Materials", projects)) > 1
    assert [p.project for p in named_in("MP Materials and its Independence plant", projects)] == [
        "independence-magnets"
    ]


def test_a_named_plant_is_worth_what_it_takes_off_the_loss_times_its_take_up(world: World) -> None:
    open_it, hold_it = (
        valued(world, opening("Work starts at Grey Hill.")),
        valued(world, stake(GALLIUM.project)),
    )
    (one,), (two,) = open_it.capacity, hold_it.capacity
    assert one.worth.central > 0.0
    ratio = take_ups()["take_up_opening"].central / take_ups()["take_up_stake"].central
    assert one.worth.central == pytest.approx(ratio * two.worth.central)
    assert one.brings[0].year == 2027  # opens in the middle of 2026: 2027 is the first whole year
    assert "Grey Hill" in one.sentence
    assert "take-up is assumed to be 20 %" in one.sentence


def test_months_gained_count_as_that_part_of_a_year(world: World) -> None:
    plant = replace(GALLIUM, start=2026.75, delay_low=0.0, delay_high=0.0)
    brought = clauses(world, [], [stake(GALLIUM.project, 3.0)], [plant])[0].brings[0]
    assert (brought.year, brought.span) == (2027, pytest.approx(0.25))
    whole = clauses(world, [], [stake(GALLIUM.project, 24.0)], [plant])[0].brings[0]
    assert (whole.year, whole.span) == (2025, 1.0)


def test_two_clauses_that_bring_one_plant_share_it(world: World) -> None:
    alone = valued(world, opening("Work starts at Grey Hill.")).capacity[0].worth.central
    got = valued(world, opening("Work starts at Grey Hill."), opening("Grey Hill is to grow.", "again"))
    shares = [c.worth.central for c in got.capacity]
    t = take_ups()["take_up_opening"].central
    assert shares[0] == pytest.approx(shares[1])
    assert sum(shares) == pytest.approx(alone * (2 - t))


def test_a_contract_to_buy_has_the_take_up_of_an_offtake(world: World) -> None:
    (clause,) = clauses(world, [opening("An off-take contract for Grey Hill.")], [], [GALLIUM])
    assert clause.take_up == "take_up_offtake"


def test_a_price_floor_without_a_name_supports_the_plants_of_its_imposer_in_its_goods(world: World) -> None:
    floor = Measure("floor", "price_floor", "CAN", ("all",), ("gallium",))
    (clause,) = clauses(world, [], [floor], [GALLIUM])
    assert [b.project for b in clause.brings] == [GALLIUM]
    (other,) = clauses(world, [], [replace(floor, commodities=("tungsten",))], [GALLIUM])
    assert not other.brings


@pytest.mark.parametrize(
    ("project", "said"),
    [
        (replace(GALLIUM, start=2020.0), "open by then without it"),
        (replace(GALLIUM, economy="QAT"), "QAT"),
        (replace(GALLIUM, commodity="tin metal"), "no plant of that name"),
    ],
)
def test_what_cannot_be_counted_is_told_with_the_reason(project: Project, said: str, world: World) -> None:
    (clause,) = clauses(world, [opening("Work starts at Grey Hill.")], [], [project])
    assert isinstance(clause, Clause)
    assert said in clause.reason


def test_a_clause_brings_no_plant_that_was_open_when_it_was_agreed(world: World) -> None:
    late = replace(opening("Work starts at Grey Hill."), agreed_on="2026-09-01")
    (clause,) = clauses(world, [late], [], [GALLIUM])
    assert not clause.brings
    assert "open by then" in clause.reason


def test_take_ups_are_assumed_with_ranges_and_serve_every_kind() -> None:
    assert set(TAKE_UP.values()) | {"take_up_offtake"} == set(take_ups())
    for row in take_up_rows():
        assert row["kind"] == "assumed"
        assert 0.0 <= float(row["low"]) < float(row["value"]) < float(row["high"]) <= 1.0


def test_intervals_rows_and_plain_data(world: World) -> None:
    got = valued(world, opening("Work starts at Grey Hill."), stake("Unknown Metals"), draws=8)
    (told,) = got.capacity
    assert told.worth.low < told.worth.central < told.worth.high
    assert told.verdict == "valued"
    assert [part.name for part in told.by_risk] == [RISK.title]
    assert [name for _, name, _ in got.not_valued] == ["the United States' stake in Unknown Metals"]
    data = value_json(got)
    json.dumps(data, allow_nan=False)
    assert data["capacity"][0]["brings"][0]["project"] == GALLIUM.project  # type: ignore[index]
    assert any("Grey Hill" in str(row["why"]) for row in value_rows(got))
    assert [line.central for line in clause_values(got)] == [told.worth.central, None]


def test_the_record_is_the_same_for_the_same_run_and_another_for_another_seed(world: World) -> None:
    def run(draws: int) -> object:
        data = value_json(valued(world, opening("Work starts at Grey Hill."), draws=draws))
        return with_record(data, world, Ledger(), table_hashes())["run"]

    one = run(2)
    assert one == run(2)
    assert one["fingerprint"] != run(3)["fingerprint"]  # type: ignore[index]
    assert set(one["inputs"]) == {"risks", "take-ups", "projects"}  # type: ignore[index]


def test_the_register_of_the_bundle_serves_a_stake_in_a_bundled_project(world: World) -> None:
    risks = [r for r in load_risks(world) if r.id in ("chn-rare-earths", "usa-bastnaesite-outage")]
    got = value(world, Ledger(), [], risks, "USA", 0, measures=[stake("mountain-pass-magnets", 12.0)])
    (told,) = got.capacity
    assert told.worth.central > 0.0
    assert not got.failed

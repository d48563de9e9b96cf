"""Scenario files: what they say is what is read, and what is wrong with one is told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from oresight.errors import InputError
from oresight.policy.compile import to_wedges
from oresight.policy.constructors import ExportBan, ExportQuota, NoExportRestriction
from oresight.policy.ledger import load_ledger
from oresight.policy.records import Scenario
from oresight.policy.scenario import load_scenario
from policy_world import small_world

WORLD = small_world()

WHOLE = """
name: China licenses rare earths, Malaysia keeps its word
as_of: 2025-10-26
known_by: 2025-10-26
add:
  - export_licensing: {imposer: CHN, targets: all, commodities: [rare earths], approval_share: 0.4}
  - export_quota: {imposer: CHN, targets: all, commodities: [tungsten], share_of_baseline: 0.5}
  - export_ban: {imposer: MYS, targets: [USA], commodities: [rare earths]}
  - import_tariff: {imposer: USA, targets: [CHN], commodities: all, rate_percent: 100}
  - export_tax: {imposer: CHN, targets: all, commodities: [gallium], rate_percent: 20}
  - no_export_restriction: {promisor: MYS, beneficiary: USA, commodities: [critical minerals], binding: true}
  - equity_stake: {investor: USA, project: a magnet plant, accelerates_months: 12}
  - import_tariff: {imposer: USA, targets: [EU], hs: ["850511"], rate_percent: 5}
drop: [cn-us-ban-2024]
assume: {sigma: 6}
"""


def read(tmp_path: Path, text: str) -> Scenario:
    file = tmp_path / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return load_scenario(file, WORLD)


def test_a_whole_file_is_read_as_it_stands(tmp_path: Path) -> None:
    scenario = read(tmp_path, WHOLE)
    assert scenario.name == "China licenses rare earths, Malaysia keeps its word"
    assert (scenario.base, scenario.as_of, scenario.known_by) == ("ledger", "2025-10-26", "2025-10-26")
    assert [m.instrument for m in scenario.measures] == [
        "export_licensing",
        "export_quota",
        "export_ban",
        "import_tariff",
        "export_tax",
        "equity_stake",
        "import_tariff",
    ]
    assert scenario.provisions[0].binding
    assert scenario.drop == ("cn-us-ban-2024",)
    assert scenario.assume == (("sigma", 6.0),)
    wedges = to_wedges(scenario, WORLD, load_ledger())
    assert len(wedges.blocked) == 1
    assert len(wedges.caps) == 4  # per good, the tighter of the file and the ledger


def test_without_a_day_the_scenario_starts_from_the_baseline(tmp_path: Path) -> None:
    scenario = read(tmp_path, "add: []")
    assert scenario == Scenario("scenario")


BAN = "add: [{export_ban: {imposer: CHN, targets: [USA], commodities: [gallium]}}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("adds: []", "unknown key 'adds' in scenario.yaml; nearest: add"),
        ("as_of: soon", "scenario.yaml: as_of: 'soon' is not a date"),
        ("as_of: 2025-02-30", "write dates as 2025-10-26"),
        ("known_by: 2025-10-26", "known_by needs as_of"),
        ("add: {export_ban: {}}", "scenario.yaml: add should be a list"),
        ("add: [export_ban]", "scenario.yaml: add[0]: should be one measure"),
        (
            "add: [{exprt_ban: {}}]",
            "unknown measure 'exprt_ban' in scenario.yaml: add[0]; nearest: export_ban",
        ),
        (
            f"{BAN}, {{export_quota: {{imposer: CHN, commodities: [gallium]}}}}]",
            "add[1].export_quota: needs share_of_baseline or limit_t",
        ),
        (
            "add: [{export_quota: {imposer: CHN, commodities: all, share_of_baseline: 1, limit_t: 5}}]",
            "has both",
        ),
        (
            "add: [{export_quota: {imposer: CHN, commodities: all, limit_t: -5}}]",
            "limit_t: -5 should be at least 0",
        ),
        ("add: [{export_quota: {imposer: CHN, commodities: all, limit_t: .nan}}]", "nan is not a number"),
        ("add: [{export_quota: {imposer: CHN, commodities: all, limit_t: .inf}}]", "inf is not a number"),
        ("add: [{export_quota: {imposer: CHN, commodities: all, limit_t: '5'}}]", "'5' is not a number"),
        ("add: [{export_quota: {imposer: CHN, commodities: all, limit_t: yes}}]", "True is not a number"),
        (
            "add: [{export_licensing: {imposer: CHN, commodities: all, approval_share: 40}}]",
            "between 0 and 1",
        ),
        ("add: [{export_tax: {imposer: CHN, commodities: all}}]", "needs rate_percent"),
        ("add: [{export_ban: {imposer: Chyna, commodities: all}}]", "unknown economy 'Chyna'"),
        ("add: [{export_ban: {commodities: all}}]", "imposer: needs the code of an economy"),
        ("add: [{export_ban: {imposer: CHN, targets: [UAS], commodities: all}}]", "unknown economy 'UAS'"),
        ("add: [{export_ban: {imposer: CHN, targets: [CHN], commodities: all}}]", "cannot be a target"),
        ("add: [{export_ban: {imposer: CHN, targets: [], commodities: all}}]", "should be a word or a list"),
        ("add: [{export_ban: {imposer: CHN}}]", "needs commodities or hs"),
        ("add: [{export_ban: {imposer: CHN, commodities: [gallum]}}]", "gallium"),
        (
            "add: [{export_ban: {imposer: CHN, commodities: all, rate_percent: 5}}]",
            "unknown key 'rate_percent'",
        ),
        (
            f"{BAN}, {{export_ban: {{imposer: CHN, targets: [USA], commodities: [gallium]}}}}]",
            "says the same as add[0]",
        ),
        (
            f"{BAN}, {{export_quota: {{imposer: CHN, commodities: [gallium], limit_t: 5}}}}]",
            "bans",
        ),
        (
            "add: [{export_quota: {imposer: CHN, commodities: [gallium], limit_t: 5}},"
            " {export_quota: {imposer: CHN, commodities: [gallium metal], limit_t: 6}}]",
            "add[1].export_quota: sets a second limit on the scope of add[0].export_quota",
        ),
        ("add: [{no_export_restriction: {promisor: MYS, beneficiary: MYS}}]", "both MYS"),
        ("add: [{no_export_restriction: {promisor: MYS, beneficiary: USA, binding: 1}}]", "true or false"),
        ("drop: [cn-us-ban-2024]", "drop needs as_of"),
        ("as_of: 2025-10-26\ndrop: [cn-us-ban]", "unknown ledger id 'cn-us-ban'"),
        ("assume: {sigmas: 5}", "unknown assumption 'sigmas' in scenario.yaml: assume; nearest: sigma"),
        ("assume: {sigma: 500}", "assume.sigma: 500 should be between 1 and 30"),
        ("assume: {sigma: .nan}", "nan is not a number"),
        ("name: a\nname: b", "'name' is given twice"),
        ("name: [", "not valid YAML"),
        ("just words", "should be a mapping"),
        ("", "should be a mapping"),
        ("add: &a [*a]", "an anchor that holds itself"),
        ("name: 5", "name should be a line of text"),
        ("!!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
def test_a_fault_is_one_line_with_the_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as fault:
        read(tmp_path, text)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        load_scenario(tmp_path / "none.yaml", WORLD)
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="UTF-8"):
        load_scenario(tmp_path / "binary.yaml", WORLD)


def test_a_ban_beside_a_licence_is_no_contradiction(tmp_path: Path) -> None:
    scenario = read(tmp_path, f"{BAN}, {{export_licensing: {{imposer: CHN, commodities: [gallium]}}}}]")
    assert len(scenario.measures) == 2


def test_names_stand_for_codes(tmp_path: Path) -> None:
    named = read(
        tmp_path,
        "add: [{export_ban: {imposer: China, targets: [United States], commodities: [gallium]}}]",
    )
    coded = read(tmp_path, "add: [{export_ban: {imposer: CHN, targets: [USA], commodities: [gallium]}}]")
    one, two = (to_wedges(s, WORLD, load_ledger()) for s in (named, coded))
    assert one.closed.sum() == 1
    assert (one.closed == two.closed).all()


def test_a_duty_on_part_of_a_commodity_counts_for_that_part(tmp_path: Path) -> None:
    text = "add: [{import_tariff: {imposer: USA, targets: [CHN], hs: ['28418000'], rate_percent: 10}}]"
    wedges = to_wedges(read(tmp_path, text), WORLD, load_ledger())
    n = WORLD.economy_index
    # 2841.80 is 30.7 % of tungsten intermediates by the weights of the tariff lines.
    tungsten = (WORLD.commodity_index["tungsten intermediates"], n["CHN"], n["USA"])
    assert wedges.import_duty[tungsten] == pytest.approx(0.1 * 0.307)


def test_words_of_a_scenario_written_in_python_are_checked() -> None:
    for measure in (ExportBan("CHN", "XXX"), ExportBan("Qin"), ExportBan("CHN", commodities="unobtainium")):
        with pytest.raises(InputError, match="unknown"):
            to_wedges(Scenario("x", measures=(measure,)), WORLD, load_ledger())


def test_scenarios_add() -> None:
    ban = ExportBan("CHN", commodities="rare earths")
    both = Scenario("deal", assume=(("sigma", 5.0),)) + ban + ban + NoExportRestriction("MYS", "USA")
    assert both.name.startswith("deal + China's export ban on rare earths")
    assert both.measures == (ban,)
    assert len(both.provisions) == 1
    assert (both + Scenario("x", assume=(("sigma", 7.0),))).assume == (("sigma", 7.0),)


def test_constructors_check_their_numbers() -> None:
    with pytest.raises(InputError, match="one of the two"):
        ExportQuota("CHN")
    with pytest.raises(InputError, match="at least 0"):
        ExportQuota("CHN", share_of_baseline=-1)

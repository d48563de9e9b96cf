"""Short names for measures and promises, for scenarios written in Python.

    stress = deal + ExportBan("CHN", commodities="rare earths")

Targets and commodities are a word or a sequence of words; `targets="all"` is every other economy.
Words are checked when the scenario meets a world.
"""

# ruff: noqa: N802 - the names read as what they make, as the design writes them

from __future__ import annotations

import math
from collections.abc import Sequence

from oresight.errors import InputError, shown
from oresight.policy.records import Measure, Provision, Scenario

Words = str | Sequence[str]


def words(given: Words) -> tuple[str, ...]:
    """One word or several, as a tuple."""
    return (given,) if isinstance(given, str) else tuple(given)


def measure_id(
    instrument: str, imposer: str, targets: Sequence[str], scope: Sequence[str], amount: str = ""
) -> str:
    """An id made of what the measure is, so that the same measure has the same id anywhere."""
    whom = ",".join(targets)
    return f"{instrument}:{imposer}>{whom}:{','.join(scope) or 'all'}" + (f"@{amount}" if amount else "")


def amount(name: str, value: float, low: float = 0.0, high: float = math.inf) -> float:
    """A number within its bounds; raises InputError naming it otherwise."""
    number = finite(name, value)
    if not low <= number <= high:
        limits = f"at least {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"
        raise InputError(f"{name}: {number:g} should be {limits}")
    return number


def finite(name: str, value: object) -> float:
    """A finite number; raises InputError naming it otherwise, also for a whole number no float can hold."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except OverflowError:
        pass
    raise InputError(f"{name}: {shown(value)} is not a number that can be counted with")


def _measure(
    instrument: str,
    imposer: str,
    targets: Words,
    commodities: Words,
    hs: Words = (),
    given: str = "",
    **amounts: float | None,
) -> Measure:
    scope = words(commodities) if not hs else ()
    codes = words(hs)
    return Measure(
        id=measure_id(instrument, imposer, words(targets), scope or codes, given),
        instrument=instrument,
        imposer=imposer,
        targets=words(targets),
        commodities=scope,
        hs=codes,
        **amounts,  # type: ignore[arg-type]
    )


def ExportBan(imposer: str, targets: Words = "all", commodities: Words = "all", hs: Words = ()) -> Measure:
    """No tonne leaves the imposer for the targets."""
    return _measure("export_ban", imposer, targets, commodities, hs)


def ExportQuota(
    imposer: str,
    targets: Words = "all",
    commodities: Words = "all",
    hs: Words = (),
    *,
    share_of_baseline: float | None = None,
    limit_t: float | None = None,
) -> Measure:
    """A limit on all it covers together: a share (0 and above) of baseline tonnes, or tonnes a year.

    Raises InputError unless exactly one of the two is given.
    """
    if (share_of_baseline is None) == (limit_t is None):
        raise InputError("export_quota: needs share_of_baseline or limit_t, one of the two")
    if share_of_baseline is not None:
        amount("export_quota: share_of_baseline", share_of_baseline)
        given = f"{share_of_baseline:g}"
    else:
        given = f"{amount('export_quota: limit_t', limit_t or 0.0):g}t"
    return _measure(
        "export_quota",
        imposer,
        targets,
        commodities,
        hs,
        given,
        share_of_baseline=share_of_baseline,
        limit_t=limit_t,
    )


def ExportLicensing(
    imposer: str,
    targets: Words = "all",
    commodities: Words = "all",
    hs: Words = (),
    *,
    approval_share: float | None = None,
) -> Measure:
    """Exports need a licence; the share approved (0 to 1) is the world's assumption when not given."""
    given = ""
    if approval_share is not None:
        given = f"{amount('export_licensing: approval_share', approval_share, 0, 1):g}"
    return _measure(
        "export_licensing", imposer, targets, commodities, hs, given, approval_share=approval_share
    )


def ExportTax(
    imposer: str, targets: Words = "all", commodities: Words = "all", hs: Words = (), *, rate_percent: float
) -> Measure:
    """A tax on exports in percent of the producer price."""
    given = f"{amount('export_tax: rate_percent', rate_percent):g}"
    return _measure("export_tax", imposer, targets, commodities, hs, given, rate_percent=rate_percent)


def ImportTariff(
    imposer: str, targets: Words = "all", commodities: Words = "all", hs: Words = (), *, rate_percent: float
) -> Measure:
    """An additional ad valorem duty in percent, on top of what stands."""
    given = f"{amount('import_tariff: rate_percent', rate_percent):g}"
    return _measure("import_tariff", imposer, targets, commodities, hs, given, rate_percent=rate_percent)


def ImportBan(imposer: str, targets: Words = "all", commodities: Words = "all", hs: Words = ()) -> Measure:
    """No tonne from the targets enters the imposer."""
    return _measure("import_ban", imposer, targets, commodities, hs)


def NoExportRestriction(
    promisor: str,
    beneficiary: str,
    commodities: Words = "critical minerals",
    *,
    binding: bool = True,
    instruments: Words = (),
) -> Provision:
    """A promise not to restrict exports to a beneficiary: bans, quotas and licences unless named."""
    return Provision(
        id=f"no_export_restriction:{promisor}>{beneficiary}:{','.join(words(commodities))}",
        kind="no_export_restriction",
        promisor=promisor,
        beneficiary=beneficiary,
        commodities=words(commodities),
        binding=binding,
        instruments=words(instruments),
    )


def status_quo(as_of: str = "", known_by: str = "") -> Scenario:
    """What stands on a day as known by a day; without a day, the baseline year as it was."""
    if not as_of:
        return Scenario("status quo")
    return Scenario("status quo", base="ledger", as_of=as_of, known_by=known_by or as_of)

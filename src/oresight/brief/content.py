"""What a brief says, as plain data: no layout here, and no arithmetic.

A brief is assembled once and drawn twice, as a page and as a few lines on a terminal. Every number
is an `Estimate` that knows its unit, its interval and the anchor on the page of the row it rests
on: `fact-…` for a row of the fact table, `run-…` for a result of this run, `assumption-…` for an
assumption. Words are tuples of text, estimates and references, so that a number inside a sentence
is a link too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its unit, its 90 % interval where it has one, and where it comes from."""

    central: float
    unit: str  # "%", "t/yr", "million USD/yr", "points"; "" for a bare number
    low: float | None = None  # 5th percentile over draws
    high: float | None = None  # 95th percentile
    change: bool = False  # shown with its sign
    link: str = ""  # anchor of the row it rests on

    @property
    def within_noise(self) -> bool:
        """Whether the interval of a change holds zero: its sign is not known."""
        if not self.change or self.low is None or self.high is None or self.low == self.high == 0.0:
            return False
        return self.low <= 0.0 <= self.high


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that lead to another place on the page."""

    words: str
    anchor: str


Words = tuple[str | Estimate | Reference, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters start to end of the source text, which a line of the brief rests on."""

    number: int  # counted from 1, in the order of the text
    start: int
    end: int

    @property
    def anchor(self) -> str:
        """The id of the marked words in the appendix."""
        return f"span-{self.number}"


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text that was read, whole, with the spans that the brief quotes."""

    title: str
    published: str  # ISO day, or "" when it was not given
    text: str
    sha256: str
    spans: tuple[Span, ...] = ()

    def quote(self, number: int) -> str:
        """The words of a span."""
        span = next(s for s in self.spans if s.number == number)
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that matters: a headline sentence, then what stands behind it."""

    headline: Words
    detail: Words = ()


@dataclass(frozen=True, slots=True)
class Agreed:
    """One row of what was agreed, with the spans that it rests on."""

    parties: str
    what: Words
    status: str  # signed, announced, in force ...
    day: str  # "26 October 2025", or "not stated"
    force: str  # binding, not binding, not stated
    spans: tuple[int, ...]
    part: bool = False  # of the agreement in the row above


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of what binds, what is threatened or what was merely said."""

    words: Words
    spans: tuple[int, ...]
    quoted: bool = False  # the line is itself a quotation


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A figure that a claim is held against."""

    what: str  # "Separation", "Magnet, NdFeB magnet"
    figure: Estimate
    year: int
    bears_out: bool
    publisher: str = ""
    verdict: str = ""  # "yes", "no, it is less"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the text, the verdict and the figures behind it."""

    claimed: str  # in our words: "China controls nearly 90 % of the supply of rare earths"
    verdict: str  # "true of separation, not of mining"
    explanation: Words
    rows: tuple[ClaimRow, ...]
    spans: tuple[int, ...]
    level: Estimate | None = None  # the figure claimed, drawn as a rule in the chart
    chart_title: str = ""  # the finding, when the rows are worth a chart


@dataclass(frozen=True, slots=True)
class Column:
    """A scenario as a column of the comparisons."""

    name: str  # "The deal"
    description: Words
    status: str  # converged | shortage | capacity | failed
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: an estimate for each scenario, None where there is none."""

    label: str
    cells: tuple[Estimate | None, ...]
    baseline: Estimate | None = None
    charted: bool = True


@dataclass(frozen=True, slots=True)
class Comparison:
    """One result across the scenarios, as a table and, where it is worth one, as a chart."""

    key: str  # short, for ids: "price"
    title: str  # the finding
    measure: str  # what is shown, with its unit: "Change of the price that buyers pay, %"
    lines: tuple[Line, ...]
    note: Words = ()
    first: str = "Commodity"  # heading of the first column
    baseline: str = ""  # heading of the baseline column, "" for none
    chart: bool = True
    ratio: bool = False  # draw percentages on a logarithmic scale of ratios
    columns: tuple[str, ...] = ()  # headings of the cells; the scenarios when empty


@dataclass(frozen=True, slots=True)
class Place:
    """An economy on the map, at its main city."""

    code: str
    name: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """Tonnes a year from one place to another."""

    origin: str
    destination: str
    tonnes: float


@dataclass(frozen=True, slots=True)
class SupplyMap:
    """Who supplies whom with one commodity; small flows are left out, and how much is said."""

    title: str  # the finding
    commodity: str
    places: tuple[Place, ...]
    arrows: tuple[Arrow, ...]
    highlight: str  # the origin drawn dark
    note: Words
    alt: str


@dataclass(frozen=True, slots=True)
class Node:
    """An economy at a stage of a chain, or an end of it (losses, other uses)."""

    key: str
    stage: int  # column, from 0
    label: str
    highlight: bool = False  # drawn dark
    end: bool = False  # nothing flows on from here, before the last stage too
    rest: bool = False  # the sum of those that are not named; stands after them


@dataclass(frozen=True, slots=True)
class Band:
    """Tonnes a year from a node to a node of a later stage."""

    origin: str
    destination: str
    tonnes: float


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain from ore to use; at every inner node, tonnes in equal tonnes out."""

    title: str  # the finding
    measure: str  # what a tonne counts
    stages: tuple[str, ...]
    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    note: Words
    alt: str

    def __post_init__(self) -> None:
        keys = {n.key for n in self.nodes}
        into = dict.fromkeys(keys, 0.0)
        out = dict.fromkeys(keys, 0.0)
        for band in self.bands:
            out[band.origin] += band.tonnes
            into[band.destination] += band.tonnes
        last = len(self.stages) - 1
        for node in self.nodes:
            inner = 0 < node.stage < last and not node.end
            if inner and abs(into[node.key] - out[node.key]) > 1e-6 * max(into[node.key], out[node.key], 1.0):
                at = f"{node.label}, {self.stages[node.stage]}"
                raise ValueError(f"{at}: {into[node.key]:g} t in, {out[node.key]:g} t out")


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one thing that the text says."""

    verdict: str  # held, struck down, lapsed, open ...
    sentence: str
    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What the text leaves open, and the words that leave it so."""

    words: Words
    spans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FactRow:
    """A row of the fact table that the brief uses."""

    anchor: str
    what: str
    figure: Estimate
    year: int
    kind: str  # reported | derived | assumed
    source: str  # key of a SourceRow
    note: str = ""


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """An assumption of the model with its range."""

    anchor: str
    name: str
    scope: str
    value: Estimate
    description: str
    source: str
    kind: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where figures come from."""

    key: str
    publisher: str
    title: str
    year: int
    licence: str
    where: str = ""
    url: str = ""

    @property
    def anchor(self) -> str:
        """The id of the row in the list of sources."""
        return f"source-{self.key}"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A result of this run, as `--json` gives it too."""

    anchor: str
    scenario: str
    commodity: str
    origin: str
    destination: str
    variable: str
    figure: Estimate


@dataclass(frozen=True, slots=True)
class Run:
    """What another person needs to get the same numbers: the fingerprint of the run."""

    version: str
    fingerprint: str  # a hash over all that follows
    text_sha256: str
    world_sha256: str
    ledger_sha256: str
    seed: int
    draws: int
    as_of: str
    known_by: str
    command: str
    certificates: tuple[tuple[str, str], ...] = ()  # scenario, sentence


@dataclass(frozen=True, slots=True)
class Brief:
    """The contents of one brief, in the order of the page."""

    title: str
    summary: Words
    source: SourceText
    buyer: str  # "the United States"
    findings: tuple[Finding, ...]
    agreed: tuple[Agreed, ...]
    binds: tuple[Standing, ...]
    threatened: tuple[Standing, ...]
    said: tuple[Standing, ...]
    claims: tuple[Claim, ...]
    scenarios: tuple[Column, ...]
    comparisons: tuple[Comparison, ...]
    blocked: tuple[Words, ...]
    assumed: tuple[Words, ...]  # amounts that no source gives and the scenarios need
    maps: tuple[SupplyMap, ...]
    chain: Chain | None
    open_questions: tuple[OpenQuestion, ...]
    method: tuple[Words, ...]
    assumptions: tuple[AssumptionRow, ...]
    facts: tuple[FactRow, ...]
    results: tuple[ResultRow, ...]
    sources: tuple[SourceRow, ...]
    run: Run
    published: str = ""  # "26 October 2025"
    aftermath: tuple[Fate, ...] = ()  # what became of it, where the reader asks from a later day
    cautions: tuple[Words, ...] = ()  # what a reader must know before using the numbers

"""Contents of a brief for the tests. Every number, promise and quotation here is invented."""

from __future__ import annotations

from oresight.brief.content import (
    Agreed,
    Arrow,
    AssumptionRow,
    Band,
    Brief,
    Chain,
    Claim,
    ClaimRow,
    Column,
    Comparison,
    Estimate,
    FactRow,
    Finding,
    Line,
    Node,
    OpenQuestion,
    Place,
    Reference,
    ResultRow,
    Run,
    SourceRow,
    SourceText,
    Span,
    Standing,
    SupplyMap,
)

TEXT = """Ministers of three countries signed papers on minerals at a harbour hotel on Sunday.

Malaysia undertook not to ban exports of rare earths to the United States, nor to put a quota on them. \
The United States keeps its tariff of 19% on goods from Malaysia, Thailand and Cambodia.

The President has said that a further 100% tariff on China will follow by Nov. 1 unless its export \
controls are lifted. China holds nearly 90% of the world supply of rare earths, an official said.

A memorandum of understanding with Thailand speaks of more exports of critical minerals; it names no \
quantities and no dates.
"""

_QUOTES = (
    "Malaysia undertook not to ban exports of rare earths to the United States, nor to put a quota on them.",
    "The United States keeps its tariff of 19% on goods from Malaysia, Thailand and Cambodia.",
    "The President has said that a further 100% tariff on China will follow by Nov. 1 unless its export "
    "controls are lifted.",
    "China holds nearly 90% of the world supply of rare earths, an official said.",
    "A memorandum of understanding with Thailand speaks of more exports of critical minerals; it names no "
    "quantities and no dates.",
)

_PRICES = {  # baseline USD/t, then per cent in the four scenarios
    "terbium oxide": (810_000, (8.2, 3.1, 24.0), (8.0, 2.9, 24.1), (412, 95, 1080), (405, 90, 1060)),
    "dysprosium oxide": (257_000, (7.4, 2.8, 22.0), (7.3, 2.7, 22.1), (365, 88, 940), (351, 84, 921)),
    "gallium metal": (420_000, (61, 22, 140), (61, 22, 140), (388, 160, 790), (388, 160, 790)),
    "germanium metal": (1_900_000, (32, 11, 78), (32, 11, 78), (190, 71, 402), (190, 71, 402)),
    "antimony metal and oxide": (21_000, (44, 15, 96), (43.5, 15, 96), (151, 60, 320), (148, 59, 316)),
    "NdFeB magnet": (52_000, (3.2, 0.4, 8.8), (3.2, 0.4, 8.8), (74, 31, 160), (73, 30, 159)),
    "neodymium-praseodymium oxide": (55_000, (0.9, -0.6, 3.4), (0.8, -0.7, 3.3), (28, 9, 66), (24, 8, 61)),
    "tungsten intermediates": (38_000, (12, 4.4, 27), (12, 4.4, 27), (66, 24, 148), (65, 24, 147)),
    "spherical graphite": (2_900, (6.1, 1.0, 18), (6.1, 1.0, 18), (39, 14, 88), (39, 14, 88)),
    "lanthanum-cerium oxide": (700, (0.2, -0.9, 1.6), (0.1, -1.0, 1.5), (-6.1, -19, 4.2), (-6.0, -19, 4.3)),
}

_SECTORS = {
    "Technology": ((41, 12, 120), (40, 12, 118), (690, 240, 1720), (684, 236, 1710)),
    "Energy": ((12, 2.1, 39), (12, 2.0, 39), (310, 92, 830), (301, 90, 822)),
    "Defence": ((5.4, 0.8, 17), (5.3, 0.8, 17), (84, 22, 231), (80, 21, 228)),
    "Other": ((22, 5.0, 70), (22, 5.0, 70), (270, 81, 760), (268, 80, 755)),
}

_WHERE = {
    "CHN": ("China", 116.4, 39.9),
    "USA": ("United States", -77.0, 38.9),
    "MYS": ("Malaysia", 101.7, 3.1),
    "JPN": ("Japan", 139.7, 35.7),
    "AUS": ("Australia", 115.9, -31.9),
    "MMR": ("Myanmar", 96.1, 21.9),
    "DEU": ("Germany", 13.4, 52.5),
    "VNM": ("Viet Nam", 105.8, 21.0),
    "THA": ("Thailand", 100.5, 13.8),
    "EST": ("Estonia", 28.2, 59.4),
    "KOR": ("Korea", 127.0, 37.6),
    "BRA": ("Brazil", -46.6, -23.5),
    "FRA": ("France", 2.4, 48.9),
    "IND": ("India", 77.2, 28.6),
}


def _change(triple: tuple[float, float, float], link: str, unit: str = "%") -> Estimate:
    return Estimate(triple[0], unit, triple[1], triple[2], change=True, link=link)


def invented_brief(text: str = TEXT, title: str = "Papers on minerals signed at the harbour") -> Brief:
    """A brief with every part filled."""
    spans = []
    for number, quote in enumerate(_QUOTES, start=1):
        start = text.find(quote)
        if start >= 0:
            spans.append(Span(number, start, start + len(quote)))
    numbers = tuple(s.number for s in spans)

    def cited(*wanted: int) -> tuple[int, ...]:
        return tuple(n for n in wanted if n in numbers)

    scenarios = ("Status quo", "The deal", "China restricts", "Both")
    results: list[ResultRow] = []

    def line(
        label: str, cells: tuple[tuple[float, float, float], ...], variable: str, unit: str
    ) -> tuple[Estimate, ...]:
        made = []
        for scenario, triple in zip(scenarios, cells, strict=True):
            anchor = f"run-{len(results) + 1}"
            estimate = _change(triple, anchor, unit)
            results.append(ResultRow(anchor, scenario, label, "", "USA", variable, estimate))
            made.append(estimate)
        return tuple(made)

    prices = tuple(
        Line(name, line(name, cells, "buyer_price_change", "%"), Estimate(price, "", link="fact-1"))
        for name, (price, *cells) in ((n, tuple(v)) for n, v in _PRICES.items())
    )
    sectors = tuple(Line(n, line(n, c, "sector_loss", "million USD/yr")) for n, c in _SECTORS.items())
    share = Estimate(69.0, "%", link="fact-1")
    return Brief(
        title="Malaysia’s promise is worth little while China can restrict at will",
        summary=(
            "Two agreements and a memorandum were signed; one sentence in them binds a supplier. Set against "
            "a general restriction by China, that promise changes what buyers in the United States pay for "
            "dysprosium oxide by ",
            Estimate(-3.0, "points", -9.0, 1.0, change=True, link="run-11"),
            ", which is smaller than its noise. The threat that the text reports would cost more than the "
            "promises bring.",
        ),
        source=SourceText(title, "2025-10-26", text, "0" * 64, tuple(spans)),
        buyer="the United States",
        findings=(
            Finding(
                (
                    "If China restricts every rare earth, terbium oxide rises by ",
                    prices[0].cells[2] or "",
                    ".",
                ),
                ("The deal changes this by less than its noise: Malaysia separates no terbium to speak of.",),
            ),
            Finding(
                (
                    "“Nearly 90 %” is true of separation, not of mining: China mined ",
                    share,
                    " of the world’s rare earths.",
                ),
                ("Both figures are in the ", Reference("table of claims", "claims"), "."),
            ),
            Finding(
                ("Technology bears the most: ", sectors[0].cells[2] or "", " a year if China restricts."),
                ("Defence feels the smallest sum and has the fewest substitutes.",),
            ),
            Finding(("The text gives no quantity, no date and no penalty for any promise.",)),
        ),
        agreed=(
            Agreed(
                "Malaysia, United States",
                ("No ban and no quota on rare earths to the United States.",),
                "signed",
                "26 October 2025",
                "binding",
                cited(1),
            ),
            Agreed(
                "United States; Malaysia, Thailand, Cambodia",
                ("The tariff of 19 % is kept, not raised.",),
                "in force",
                "",
                "not stated",
                cited(2),
            ),
            Agreed(
                "Thailand, United States",
                ("A memorandum of understanding: more exports of critical minerals.",),
                "signed",
                "26 October 2025",
                "not binding",
                cited(5),
            ),
        ),
        binds=(
            Standing(
                ("Malaysia may not ban or limit exports of rare earths to the United States.",), cited(1)
            ),
            Standing(("A tariff of 19 % on three economies.",), cited(2)),
        ),
        threatened=(
            Standing(
                ("A further tariff of 100 % on China by 1 November 2025, unless its controls are lifted.",),
                cited(3),
            ),
        ),
        said=(
            Standing(("That China holds nearly 90 % of the supply.",), cited(4)),
            Standing(("That Thailand’s exports will grow.",), cited(5)),
        ),
        claims=(
            Claim(
                "China holds nearly 90 % of the world supply of rare earths",
                "True of separation, not of mining",
                (
                    "China mined ",
                    share,
                    " of rare earths in 2024 and separated about nine tenths of the oxides.",
                ),
                (
                    ClaimRow("mining, all rare earths", share, 2024, False),
                    ClaimRow("separation, all oxides", Estimate(90.0, "%", link="fact-2"), 2024, True),
                    ClaimRow(
                        "separation, dysprosium and terbium", Estimate(98.0, "%", link="fact-3"), 2024, True
                    ),
                    ClaimRow("NdFeB magnets", Estimate(93.0, "%", link="fact-4"), 2024, True),
                ),
                cited(4),
                Estimate(90.0, "%"),
                "Nine tenths holds from separation on; a third of the ore is mined elsewhere",
            ),
        ),
        scenarios=(
            Column(
                "Status quo", ("What was in force on 26 October 2025, as known that day.",), "converged", ""
            ),
            Column(
                "The deal", ("The status quo and every provision and tariff in the text.",), "converged", ""
            ),
            Column(
                "China restricts",
                ("The status quo and export licences for every rare earth, a quarter granted.",),
                "shortage",
                "Demand for terbium oxide in the United States goes unmet.",
            ),
            Column("Both", ("The deal, and China restricts.",), "converged", ""),
        ),
        comparisons=(
            Comparison(
                "price",
                "If China restricts, heavy rare earths and gallium rise several times over; the deal changes "
                "little",
                "Change of the price that buyers in the United States pay, %",
                prices,
                ("Against the baseline of 2024.",),
                baseline="Baseline, USD/t",
                ratio=True,
            ),
            Comparison(
                "sectors",
                "Technology bears more than half of the loss",
                "Loss by sector in the United States, million USD a year",
                sectors,
                first="Sector",
            ),
        ),
        blocked=(
            ("A ban by Malaysia on rare earths is stopped by ", Reference("its promise", "span-1"), "."),
        )
        if 1 in numbers
        else (),
        assumed=(("China’s licences: a quarter of the baseline is approved, which is assumed.",),),
        maps=_maps(),
        chain=_chain(),
        open_questions=(
            OpenQuestion(("How much more Thailand will export, and by when.",), cited(5)),
            OpenQuestion(("What happens if Malaysia breaks its promise.",), cited(1)),
        ),
        method=(
            (
                "A world of economies and commodities is solved for prices and tonnes in each scenario; see ",
                Reference("the assumptions", "assumptions"),
                ".",
            ),
            ("Intervals are the 5th to the 95th percentile of ", Estimate(200.0, "draws"), "."),
        ),
        assumptions=(
            AssumptionRow(
                "assumption-1",
                "sigma",
                "all",
                Estimate(6.0, "", 3.0, 10.0),
                "elasticity of substitution between origins",
                "paper",
                "assumed",
            ),
        ),
        facts=tuple(
            FactRow(f"fact-{n}", what, Estimate(value, "%"), 2024, kind, "survey", note)
            for n, (what, value, kind, note) in enumerate(
                (
                    ("China, mining of rare earths, share", 69.0, "reported", ""),
                    ("China, separation, share", 90.0, "reported", "of the world total"),
                    ("China, heavy oxides, share", 98.0, "derived", ""),
                    ("China, NdFeB magnets, share", 93.0, "assumed", ""),
                ),
                start=1,
            )
        ),
        results=tuple(results),
        sources=(
            SourceRow(
                "survey",
                "An invented survey",
                "Minerals of nowhere",
                2025,
                "public domain",
                "page 1",
                "https://example.org/minerals",
            ),
            SourceRow("paper", "An invented journal", "On substitution", 2020, "figures only"),
        ),
        run=Run(
            "0.0",
            "f" * 64,
            "0" * 64,
            "1" * 64,
            "2" * 64,
            1,
            200,
            "2025-10-26",
            "2025-10-26",
            "oresight brief harbour.txt --published 2025-10-26",
            (("Status quo", "Converged; relative duality gap at most 3e-11."),),
        ),
        cautions=(
            ("Shares of heavy oxides are derived from ore types, not reported: read them as ± 5 points.",),
        ),
    )


def _maps() -> tuple[SupplyMap, ...]:
    def drawn(title: str, commodity: str, flows: tuple[tuple[str, str, float], ...]) -> SupplyMap:
        codes = sorted({c for o, d, _ in flows for c in (o, d)})
        return SupplyMap(
            title,
            commodity,
            tuple(Place(c, *_WHERE[c]) for c in codes),
            tuple(Arrow(*f) for f in flows),
            "CHN",
            (
                "The flows shown are ",
                Estimate(94.0, "%"),
                " of what is traded; flows under 50 t are left out.",
            ),
            f"{title}. Arrows between {len(codes)} economies.",
        )

    return (
        drawn(
            "Ore goes to China, from Myanmar, the United States and Australia",
            "Rare-earth concentrates",
            (
                ("MMR", "CHN", 31_000.0),
                ("USA", "CHN", 38_000.0),
                ("AUS", "MYS", 21_000.0),
                ("AUS", "CHN", 4_000.0),
                ("BRA", "CHN", 900.0),
                ("IND", "JPN", 600.0),
                ("VNM", "CHN", 500.0),
            ),
        ),
        drawn(
            "China’s magnets go to Germany, the United States and Korea",
            "NdFeB magnets",
            (
                ("CHN", "USA", 7_400.0),
                ("CHN", "DEU", 9_100.0),
                ("CHN", "KOR", 5_000.0),
                ("CHN", "VNM", 4_100.0),
                ("CHN", "JPN", 2_300.0),
                ("JPN", "USA", 900.0),
                ("JPN", "THA", 500.0),
                ("CHN", "FRA", 900.0),
                ("CHN", "THA", 2_000.0),
                ("CHN", "BRA", 800.0),
                ("DEU", "USA", 300.0),
                ("EST", "DEU", 200.0),
            ),
        ),
    )


def _chain() -> Chain:
    nodes = (
        Node("m-CHN", 0, "China", True),
        Node("m-USA", 0, "United States"),
        Node("m-MMR", 0, "Myanmar"),
        Node("m-AUS", 0, "Australia"),
        Node("m-x", 0, "others"),
        Node("s-CHN", 1, "China", True),
        Node("s-MYS", 1, "Malaysia"),
        Node("s-x", 1, "others"),
        Node("g-CHN", 2, "China", True),
        Node("g-JPN", 2, "Japan"),
        Node("g-x", 2, "others"),
        Node("g-other", 2, "other uses", end=True),
        Node("u-CHN", 3, "China", True),
        Node("u-EU", 3, "European Union"),
        Node("u-USA", 3, "United States"),
        Node("u-x", 3, "others"),
    )
    bands = tuple(
        Band(*b)
        for b in (
            ("m-CHN", "s-CHN", 52_000.0),
            ("m-USA", "s-CHN", 6_500.0),
            ("m-USA", "s-x", 900.0),
            ("m-MMR", "s-CHN", 4_000.0),
            ("m-AUS", "s-MYS", 5_500.0),
            ("m-x", "s-CHN", 1_500.0),
            ("m-x", "s-x", 700.0),
            ("s-CHN", "g-CHN", 57_000.0),
            ("s-CHN", "g-JPN", 3_000.0),
            ("s-CHN", "g-other", 4_000.0),
            ("s-MYS", "g-JPN", 4_000.0),
            ("s-MYS", "g-CHN", 1_500.0),
            ("s-x", "g-x", 1_600.0),
            ("g-CHN", "u-CHN", 38_000.0),
            ("g-CHN", "u-EU", 9_000.0),
            ("g-CHN", "u-USA", 3_500.0),
            ("g-CHN", "u-x", 8_000.0),
            ("g-JPN", "u-x", 5_500.0),
            ("g-JPN", "u-USA", 900.0),
            ("g-JPN", "u-EU", 600.0),
            ("g-x", "u-EU", 1_600.0),
        )
    )
    return Chain(
        "Nine tenths of the neodymium and praseodymium in magnets passes through China",
        "Tonnes of neodymium-praseodymium oxide a year, contained; baseline of 2024",
        ("Mined", "Separated", "Made into magnets", "Used"),
        nodes,
        bands,
        ("Dark bands come from China. Every stage conserves tonnes; losses are counted with other uses.",),
        "Flow diagram of neodymium and praseodymium from mine to use; China holds most of every stage.",
    )

"""What is answered of buyers and Places side by side."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from services.api.routes.door import Answer
from services.api.routes.figures import AMOUNT, EXAMPLE, CoverageAnswer, Figures

Share = float | None


class PopulationAnswer(Answer):
    """The people of the areas that are served, at one mid-year."""

    people: int
    mid_year: int = Field(description="30 June of it; the nearest that all the areas have")
    of_the_year: bool = Field(description="Whether that lies in the financial year")
    areas: list[str] = Field(description="Their ONS codes")
    sources: list[str]


class PerHead(Answer):
    """Net pounds for each of the people."""

    amount: str = Field(pattern=AMOUNT)
    counting: str | None = Field(description="Of what counts; null where that can't be told")


class ProgrammeAnswer(Answer):
    """What is of one programme."""

    programme: str | None
    programme_state: str = Field(description="As in /v1/spend")
    lines: int
    amount: str = Field(pattern=AMOUNT)
    share: Share = Field(description="Of the net amount")
    counting: str | None = Field(description="What counts under the definition")
    counting_share: Share = Field(description="Of the amount of the programme")
    per_head: str | None


class LocalAnswer(Answer):
    """Where the suppliers that count lie or work, from the view of the buyer or Place."""

    local: Share = Field(description="Of what counts, net: in a Place that is served")
    regional: Share = Field(description="In other Places of the system")
    national: Share = Field(description="Beyond it")
    unknown: Share = Field(description="Nothing says where: how much of this is not covered")


class ConcentrationAnswer(Answer):
    """How far money is in few hands. What nets to nothing or less is left out."""

    number: int
    amount: str = Field(pattern=AMOUNT)
    smallest: str | None
    largest: str | None
    share_of_largest: dict[str, float] | None = Field(
        description="Of the largest 1, 5 and 12, from 0 to 1; null where there are none"
    )
    herfindahl: float | None = Field(
        description="The sum of the squared shares: 1 where one has it all"
    )
    left_out: int = Field(description="How many net to nothing or less")


class AgreementsAnswer(Answer):
    """The agreements that run on a day and whose providers count under the definition."""

    on: date
    agreements: int
    providers: int
    others: int = Field(description="Agreements of providers that do not count, or are not known")
    lines: ConcentrationAnswer = Field(description="Lines of agreements, by pounds a year")
    average_months: float | None = Field(description="Of agreements that record an end")
    one_year: int = Field(description="Agreements that run for a year or less")
    one_year_share: Share = Field(description="Of the agreements that record an end")
    one_year_amount_share: Share = Field(description="Of the pounds a year of all of them")
    without_end: int = Field(description="Agreements that record none")


class Untold(Answer):
    """A measure that can't be told here, and why: it is not nought."""

    measure: str
    reason: str


class ComparedAnswer(Answer):
    """One buyer or Place."""

    by: Literal["buyer", "place"]
    name: str | None = Field(description="An org-id or a Place; null: coded to no Place")
    population: PopulationAnswer | None
    spend: Figures | None = Field(description="null: no payment of the year is known")
    per_head: PerHead | None
    programmes: list[ProgrammeAnswer] = Field(description="The largest first")
    local: LocalAnswer | None
    providers: ConcentrationAnswer | None = Field(
        description="Organisations that count and were paid, by their net pounds of the year"
    )
    agreements: AgreementsAnswer | None = Field(
        description="null: none of a provider that counts is known on that day"
    )
    cannot_be_told: list[Untold]


class BenchmarksAnswer(Answer):
    """Buyers and Places side by side, of one year, under one definition."""

    financial_year: str
    until: date = Field(description="Payments up to here, and agreements as they run on this day")
    definition: str | None = Field(description="null: nothing has been classified yet")
    coverage: CoverageAnswer = Field(description="Of everything that is compared, by buyers")
    buyers: list[ComparedAnswer]
    places: list[ComparedAnswer]


_CONCENTRATION = {
    "number": 42,
    "amount": "19870000.00",
    "smallest": "28000.00",
    "largest": "7460000.00",
    "share_of_largest": {"1": 0.375440, "5": 0.583795, "12": 0.704580},
    "herfindahl": 0.165400,
    "left_out": 0,
}
_ROW: dict[str, Any] = {
    "by": "place",
    "name": "Leeds",
    "population": {
        "people": 798786,
        "mid_year": 2020,
        "of_the_year": False,
        "areas": ["E08000035"],
        "sources": ["Office for National Statistics, mid-2020 population estimates (OGL v3.0)"],
    },
    "spend": EXAMPLE,
    "per_head": {"amount": "24.88", "counting": "23.66"},
    "programmes": [
        {
            "programme": "End of life",
            "programme_state": "mapped",
            "lines": 96,
            "amount": "7600000.00",
            "share": 0.382486,
            "counting": "7600000.00",
            "counting_share": 1.0,
            "per_head": "9.51",
        }
    ],
    "local": {"local": 0.84, "regional": 0.05, "national": 0.06, "unknown": 0.05},
    "providers": _CONCENTRATION | {"number": 23},
    "agreements": {
        "on": "2025-03-31",
        "agreements": 38,
        "providers": 23,
        "others": 0,
        "lines": _CONCENTRATION,
        "average_months": 41.5,
        "one_year": 4,
        "one_year_share": 0.105263,
        "one_year_amount_share": 0.02,
        "without_end": 0,
    },
    "cannot_be_told": [],
}
BENCHMARKS_EXAMPLE: dict[str, Any] = {
    "financial_year": "2024-25",
    "until": "2025-03-31",
    "definition": "registered-charity",
    "coverage": EXAMPLE["coverage"],
    "buyers": [],
    "places": [
        _ROW,
        _ROW
        | {
            "name": "Kirklees",
            "spend": None,
            "per_head": None,
            "programmes": [],
            "local": None,
            "providers": None,
            "agreements": None,
            "cannot_be_told": [
                {"measure": "spend", "reason": "no payment of the year is known"},
                {"measure": "agreements", "reason": "no agreement that runs then is known"},
            ],
        },
    ],
}

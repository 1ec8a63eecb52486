"""A statement as a document: sections of figures, tables and charts. The JSON answer is this.

Frozen, and says what its models say, no more and no less.
"""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.api.statements.printed import Unit


class Part(BaseModel):
    """What every part of a document shares."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Coverage(Part):
    """How much of a figure is known: shares from 0 to 1 that add up to 1, null where there is
    nothing to share.
    """

    of: str = Field(description="What the shares are of: gross pounds paid, or pounds agreed")
    shares: dict[str, float | None]


class Figure(Part):
    """One figure with what it measures, how much of that is known, and where its rows are."""

    key: str = Field(description="By which a claim names it")
    label: str
    value: Decimal | None = Field(
        description="Pounds, a count, a share from 0 to 1, months or days; null: can't be told"
    )
    unit: Unit
    shown: str = Field(description="As it is printed")
    measure: str = Field(description="What is counted, and how; or why it can't be told")
    coverage: Coverage | None = Field(description="null: it is of nothing that could be unknown")
    rows: str | None = Field(description="The rows behind it, at this door")


class Table(Part):
    """Rows of text and figures as printed; `numeric` are the columns of figures."""

    id: str
    title: str
    columns: list[str]
    numeric: list[int]
    rows: list[list[str]]
    links: list[str | None] = Field(description="The rows behind each row, at this door")
    left_out: int = Field(description="Rows beyond the most that are shown")


class Bar(Part):
    """One bar."""

    label: str
    values: list[Decimal | None]


class Chart(Part):
    """Bars, for each label one of each series, with its content in words."""

    id: str
    title: str
    description: str
    unit: Unit
    series: list[str]
    bars: list[Bar]


class Section(Part):
    """A section, and the section of paper P1 that it answers."""

    id: str
    title: str
    paper: str
    notes: list[str]
    figures: list[Figure]
    tables: list[Table]
    charts: list[Chart]


class Claim(Part):
    """A figure as somebody printed it, and what it could have meant."""

    claim_id: UUID
    figure: str
    printed: str
    source: str


class Mismatch(Part):
    """Two numbers that should be one, both named."""

    figure: str
    label: str
    printed: str = Field(description="As printed, here or by whoever stated it")
    source: str
    recomputed: str = Field(description="What it comes to")
    by: list[str] = Field(description="What from: other figures as printed, or the rows")
    verdict: Literal["impossible", "rounding"] = Field(
        description="Whether the figures can't hold together, or rounding alone may explain it"
    )
    sentence: str


class Period(Part):
    """Days that count, both ends counted."""

    label: str
    since: date
    until: date


class Document(Part):
    """A statement of a buyer's year, or of a part of it."""

    buyer: str
    buyer_name: str | None = Field(description="What the buyer is called; null: nobody said")
    title: str
    financial_year: str
    period: Period
    compared_with: Period
    counted_to: date = Field(description="The last day of the period that had come")
    as_known_at: date | None = Field(
        description="By what was recorded by the end of this day; null: by all that is known"
    )
    definition: str | None = Field(description="Who counts; null: no definition is known yet")
    unsettled: bool = Field(
        description="Whether agreements count whose provider nothing settles yet"
    )
    sections: list[Section]
    claims: list[Claim]
    checks: int = Field(description="Sums, shares, differences and claims that were recomputed")
    warnings: list[Mismatch]

"""A figure with what is known of it: net pounds, lines, each definition's part, coverage."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import Field, create_model

from services.api.routes.door import Answer
from shared.money import POUNDS_PATTERN

AMOUNT = POUNDS_PATTERN


class Shares(Answer):
    """Shares from 0 to 1 that add up to 1; null where there is nothing to share."""

    matched: float | None = Field(description="The supplier is surely an organisation")
    review: float | None = Field(description="A person must settle which organisation it is")
    unmatched: float | None = Field(description="No organisation was found")
    redacted: float | None = Field(description="The ledger itself withholds the payee")
    awaiting: float | None = Field(description="The supplier is not classified yet")


class OutsideReach(Answer):
    """What is paid in months in which every agreement with the payee reaches who delivers by a
    council, an NHS provider or a lead provider: the ledger shows who passes it on, not who gets it.
    """

    lines: int
    gross_amount: str = Field(pattern=AMOUNT, description="Credits count as positive")
    share: float | None = Field(description="Of gross pounds; null where there is nothing to share")


class CoverageAnswer(Answer):
    """How much of a figure is known."""

    pounds: Shares = Field(description="Of gross pounds: credits count as positive")
    lines: Shares
    outside_reach: OutsideReach = Field(description="Beside the classes: of any of them")


class Unsettled(Answer):
    """The part of what counts whose suppliers are not `matched`: they wait in `review`, and every
    organisation that each may be counts. It is why more may count than is matched.
    """

    lines: int
    amount: str = Field(pattern=AMOUNT)
    share: float | None = Field(
        description="Of what counts under the definition; null where that is not positive"
    )


class UnderDefinition(Answer):
    """The part of a figure that counts under one definition, exact to the day of payment."""

    lines: int
    amount: str = Field(pattern=AMOUNT)
    share: float | None = Field(
        description="Of the net amount; null where that is not positive. Credits elsewhere can"
        " make it exceed 1"
    )
    difference: str = Field(
        pattern=AMOUNT,
        description="The amount less that under the first definition, in the order asked for",
    )
    unsettled: Unsettled


class Figures(Answer):
    """Net pounds and lines, their part under each definition, and how much of it is known."""

    lines: int
    amount: str = Field(pattern=AMOUNT, description="Net pounds: credits are taken off")
    definitions: dict[str, UnderDefinition]
    coverage: CoverageAnswer


class OrganisationFigures(Figures):
    """Figures of one organisation; without an org-id it is known to a register by name only."""

    organisation: str | None
    organisation_name: str | None
    legal_form: str | None


M = TypeVar("M", bound=Figures)


def with_definitions(model: type[M], known: Sequence[str]) -> type[M]:
    """The model with its definitions by name, which makes columns of what they say."""
    each: dict[str, Any] = dict.fromkeys(known, (UnderDefinition, ...))
    return create_model(
        f"{model.__name__}OfFile",
        __base__=model,
        definitions=(create_model("Definitions", **each), ...),
    )


EXAMPLE = {
    "lines": 504,
    "amount": "19870000.00",
    "definitions": {
        "registered-charity": {
            "lines": 480,
            "amount": "18900000.00",
            "share": 0.951183,
            "difference": "0.00",
            "unsettled": {"lines": 9, "amount": "300000.00", "share": 0.015873},
        }
    },
    "coverage": {
        "pounds": {
            "matched": 0.97,
            "review": 0.02,
            "unmatched": 0.01,
            "redacted": 0.0,
            "awaiting": 0.0,
        },
        "lines": {
            "matched": 0.95,
            "review": 0.03,
            "unmatched": 0.02,
            "redacted": 0.0,
            "awaiting": 0.0,
        },
        "outside_reach": {"lines": 12, "gross_amount": "1400000.00", "share": 0.070458},
    },
}
ORGANISATION_EXAMPLE = EXAMPLE | {
    "organisation": "GB-CHC-1234567",
    "organisation_name": "Example Hospice",
    "legal_form": "charity",
}

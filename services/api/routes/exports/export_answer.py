"""What is told of exports, and how each file looks, for their OpenAPI."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from services.api.exports import three_sixty_giving, vcse_grants
from services.api.exports.files import (
    OCDS,
    SPEND_OVER_500,
    SPEND_OVER_25000,
    THREE_SIXTY_GIVING,
    VCSE_GRANTS,
)
from services.api.exports.spend_items import OVER_500, OVER_25000
from services.api.routes.door import Answer
from services.api.routes.figures import AMOUNT
from shared.door.accepted import CSV_TYPE, JSON_TYPE


class RowsAnswer(Answer):
    """Rows of an export: payments, or agreements with what they pay over their whole term."""

    rows: int
    amount: str = Field(pattern=AMOUNT)


class GapAnswer(RowsAnswer):
    """A field that can't be given, and of which rows."""

    field: str = Field(description="By the standard's own name")
    reason: str
    left_out: bool = Field(description="Without it there is no valid row: none is published")
    ids: list[str] = Field(description="The first of these payments or agreements")


class ProblemsAnswer(Answer):
    """What is published and what is not, and every gap, those that leave rows out first."""

    export: str
    buyer: str
    published: RowsAnswer
    left_out: RowsAnswer
    gaps: list[GapAnswer]


PROBLEMS_EXAMPLE = {
    "export": "360giving",
    "buyer": "GB-LAE-LDS",
    "published": {"rows": 41, "amount": "1905000.00"},
    "left_out": {"rows": 1, "amount": "12000.00"},
    "gaps": [
        {
            "field": "awardDate",
            "reason": "no day of award is recorded",
            "left_out": True,
            "rows": 1,
            "amount": "12000.00",
            "ids": ["6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3"],
        }
    ],
}
_ITEM = "31/05/2024"


def _sheet(columns: tuple[str, ...], *cells: str) -> dict[str, Any]:
    rows = (columns, cells)
    return {
        CSV_TYPE: {
            "schema": {"type": "string"},
            "example": "\r\n".join(",".join(row) for row in rows) + "\r\n",
        }
    }


_RELEASE = {
    "ocid": "ocds-a1b2c3-6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3",
    "id": "5f0e8b1d3c5e4a529f0a4a8d2f6f9a11",
    "date": "2026-09-01T09:00:00Z",
    "tag": ["contract"],
    "initiationType": "tender",
    "language": "en",
    "parties": [
        {
            "id": "GB-NHS-QWO",
            "name": "NHS West Yorkshire Integrated Care Board",
            "identifier": {"scheme": "GB-NHS", "id": "QWO"},
            "roles": ["buyer"],
        },
        {
            "id": "GB-CHC-1234567",
            "name": "Example Hospice",
            "identifier": {
                "scheme": "GB-CHC",
                "id": "1234567",
                "legalName": "Example Hospice",
            },
            "roles": ["supplier"],
        },
    ],
    "buyer": {"id": "GB-NHS-QWO", "name": "NHS West Yorkshire Integrated Care Board"},
    "awards": [
        {
            "id": "6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3",
            "status": "active",
            "suppliers": [{"id": "GB-CHC-1234567", "name": "Example Hospice"}],
            "contractPeriod": {
                "startDate": "2024-04-01T00:00:00Z",
                "endDate": "2028-03-31T23:59:59Z",
            },
            "title": "Hospice care at home",
            "value": {"amount": 30000000, "currency": "GBP"},
            "date": "2024-02-14T00:00:00Z",
        }
    ],
    "contracts": [
        {
            "id": "6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3",
            "awardID": "6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3",
            "status": "active",
            "period": {
                "startDate": "2024-04-01T00:00:00Z",
                "endDate": "2028-03-31T23:59:59Z",
            },
            "title": "Hospice care at home",
            "value": {"amount": 30000000, "currency": "GBP"},
        }
    ],
}
_PACKAGE = {
    "version": "1.1",
    "publisher": {
        "name": "NHS West Yorkshire Integrated Care Board",
        "scheme": "GB-NHS",
        "uid": "QWO",
    },
    "releases": [_RELEASE],
}
_GRANTS = {
    "version": "1.4",
    "publisher": {"name": "Leeds City Council", "identifier": "GB-LAE-LDS"},
    "grants": [
        {
            "id": "360G-example-GB-LAE-LDS-G-12",
            "title": "Lunch clubs",
            "description": "Lunch clubs",
            "currency": "GBP",
            "amountAwarded": 12000,
            "awardDate": "2024-03-01",
            "plannedDates": [{"startDate": "2024-04-01", "endDate": "2025-03-31"}],
            "recipientOrganization": [
                {"name": "Example Elders", "id": "GB-CHC-1234568", "charityNumber": "1234568"}
            ],
            "fundingOrganization": [{"id": "GB-LAE-LDS", "name": "Leeds City Council"}],
            "dateModified": "2024-03-02T09:00:00+00:00",
        }
    ],
}
_OBJECT = {"type": "object"}
CONTENTS: Mapping[str, dict[str, Any]] = {
    SPEND_OVER_500: _sheet(
        OVER_500.columns,
        *("Leeds City Council", _ITEM, "Adults and Health", "Example Hospice", "Care at home"),
        *("12500.00", "", "Care of adults", "5100012345"),
    ),
    SPEND_OVER_25000: _sheet(
        OVER_25000.columns,
        *("Department of Health and Social Care", "NHS West Yorkshire ICB", _ITEM),
        *("Purchase of healthcare", "Community services", "Example Hospice", "5100012345"),
        *("31250.00", "Care at home", ""),
    ),
    VCSE_GRANTS: _sheet(
        vcse_grants.COLUMNS,
        *("01/03/2024", "01/04/2024 to 31/03/2025", "", "Example Elders", "1234568"),
        *("Lunch clubs", "12000.00"),
    ),
    OCDS: {JSON_TYPE: {"schema": _OBJECT, "example": _PACKAGE}},
    THREE_SIXTY_GIVING: {
        JSON_TYPE: {"schema": _OBJECT, "example": _GRANTS},
        **_sheet(
            three_sixty_giving.COLUMNS,
            *("360G-example-GB-LAE-LDS-G-12", "Lunch clubs", "Lunch clubs", "GBP", "12000.00"),
            *("2024-03-01", "2024-04-01", "2025-03-31", "GB-CHC-1234568", "Example Elders"),
            *("1234568", "", "GB-LAE-LDS", "Leeds City Council", "", "2024-03-02T09:00:00+00:00"),
        ),
    },
}

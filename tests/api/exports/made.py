"""Payments and agreements as the exports are given them, with what a case does not care about."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from services.api.asked.periods import Span
from services.api.exports.agreement import PROVIDER, Agreement
from services.api.exports.asked import AskedExport, Publisher
from services.api.exports.exported import Exported, Gap

ContentT = TypeVar("ContentT")
PUBLISHER = Publisher("ocds-a1b2c3", "360G-example", "Department of Health and Social Care")
ASKED = AskedExport("GB-LAE-LDS", "Leeds City Council", Span(), date(2026, 11, 23), PUBLISHER)
UNSETTLED = Gap(PROVIDER, "not settled")
MATCHED = {
    "redacted": False,
    "organisation": "GB-CHC-9000001",
    "organisation_name": "Saint Example Hospice",
}
UNMATCHED: dict[str, Any] = {"redacted": False, "organisation": None, "organisation_name": None}


def payment(**given: Any) -> dict[str, Any]:
    return {
        "payment_id": "0b8e3c5e-5f0e-5a52-9f0a-4a8d2f6f9a11",
        "payee": "SAINT EXAMPLE HOSPICE",
        "payment_date": date(2024, 4, 30),
        "amount_pence": 12_500_00,
        "reference": None,
        "transaction": "5100012345",
        "unit": "Adults and Health",
        "expense_type": "Care of adults",
        "purpose": "Care at home, April",
        **MATCHED,
    } | given


def agreement(**given: Any) -> Agreement:
    known: dict[str, Any] = {
        "agreement_id": "6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3",
        "reference": "G-12",
        "kind": "grant",
        "title": "Lunch clubs",
        "provider": "SAINT EXAMPLE HOSPICE",
        "supplier_id": "c2b4b9ff-62a5-5f7e-8a76-0a4c0f4be0d2",
        "organisation": "GB-CHC-9000001",
        "organisation_name": "Saint Example Hospice",
        "withheld": None,
        "start": date(2024, 4, 1),
        "end": date(2027, 3, 31),
        "maximum_end": None,
        "ended_on": None,
        "awarded_on": date(2024, 3, 1),
        "pence": 36_000_00,
        "programmes": ("Older people",),
        "definitions": frozenset({"community-interest"}),
        "amendments": (),
        "payments": (),
        "recorded_at": datetime(2024, 3, 2, 9, tzinfo=UTC),
    }
    return Agreement(**known | given)


async def each(rows: Iterable[Exported[ContentT]]) -> AsyncIterator[Exported[ContentT]]:
    for row in rows:
        yield row


def whole(pieces: AsyncIterator[bytes]) -> bytes:
    """A file of its pieces."""

    async def gather() -> bytes:
        return b"".join([piece async for piece in pieces])

    return asyncio.run(gather())


def gaps_of(exported: Exported[Any] | None) -> Sequence[str]:
    assert exported is not None
    return [gap.field for gap in exported.gaps]

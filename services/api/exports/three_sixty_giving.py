"""Grants by the 360Giving Data Standard 1.4, as records and as rows of its own spreadsheet.

https://standard.threesixtygiving.org/en/latest/technical/reference/: without an id, a title, a
description, an amount, a day of award, a recipient and a funder there is no grant to publish.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from services.api.exports.agreement import Agreement
from services.api.exports.asked import AskedExport
from services.api.exports.csv_sheet import Cells
from services.api.exports.exported import Exported, Gap

Grant = Mapping[str, Any]
VERSION = "1.4"
_CHARITIES = ("GB-CHC", "GB-SC", "GB-NIC")
_COMPANIES = ("GB-COH",)
_PREFIX = "360G-"
_TITLES: Mapping[str, tuple[str, ...]] = {
    "Identifier": ("id",),
    "Title": ("title",),
    "Description": ("description",),
    "Currency": ("currency",),
    "Amount Awarded": ("amountAwarded",),
    "Award Date": ("awardDate",),
    "Planned Dates:Start Date": ("plannedDates", "startDate"),
    "Planned Dates:End Date": ("plannedDates", "endDate"),
    "Recipient Org:Identifier": ("recipientOrganization", "id"),
    "Recipient Org:Name": ("recipientOrganization", "name"),
    "Recipient Org:Charity Number": ("recipientOrganization", "charityNumber"),
    "Recipient Org:Company Number": ("recipientOrganization", "companyNumber"),
    "Funding Org:Identifier": ("fundingOrganization", "id"),
    "Funding Org:Name": ("fundingOrganization", "name"),
    "Grant Programme:Title": ("grantProgramme", "title"),
    "Last Modified": ("dateModified",),
}
COLUMNS = tuple(_TITLES)
"""The standard's titles: of a field in a list, the list's and its own."""


def grant(agreement: Agreement, asked: AskedExport) -> Exported[Grant]:
    """A grant, or what it lacks to be one."""
    gaps = tuple(_lacking(agreement, asked))
    if gaps:
        return Exported(agreement.agreement_id, agreement.pence or 0, None, gaps)
    assert agreement.awarded_on is not None  # noqa: S101 - it would be lacking
    assert agreement.pence is not None  # noqa: S101
    planned = {"startDate": agreement.start.isoformat()}
    if agreement.end is not None:
        planned["endDate"] = agreement.end.isoformat()
    content: dict[str, Any] = {
        "id": _identifier(agreement.reference, asked),
        "title": agreement.title,
        # Nothing longer is kept of what it is for.
        "description": agreement.title,
        "currency": "GBP",
        "amountAwarded": _number(agreement.pence),
        "awardDate": agreement.awarded_on.isoformat(),
        "plannedDates": [planned],
        "recipientOrganization": [_recipient(agreement, asked)],
        "fundingOrganization": [{"id": asked.buyer, "name": asked.buyer_name}],
        "dateModified": agreement.recorded_at.isoformat(),
    }
    if agreement.programmes:
        content["grantProgramme"] = [{"title": name} for name in agreement.programmes]
    return Exported(agreement.agreement_id, agreement.pence, content)


def _lacking(agreement: Agreement, asked: AskedExport) -> list[Gap]:
    gaps = []
    if agreement.withheld is not None:
        gaps.append(
            Gap("recipientOrganization", "who received it is not settled: it may be a person", True)
        )
    if agreement.awarded_on is None:
        gaps.append(Gap("awardDate", "no day of award is recorded", True))
    if agreement.pence is None:
        reason = "no total is stated, and the amount a year does not tell it exactly"
        gaps.append(Gap("amountAwarded", reason, True))
    if asked.buyer_name is None:
        gaps.append(Gap("fundingOrganization", "nobody has said what the buyer is called", True))
    return gaps


def _identifier(reference: str, asked: AskedExport) -> str:
    """The publisher's prefix and the funder's own reference; one that has a prefix is kept."""
    if reference.startswith(_PREFIX):
        return reference
    return f"{asked.publisher.grant_prefix}-{asked.buyer}-{reference}"


def _recipient(agreement: Agreement, asked: AskedExport) -> dict[str, str]:
    recipient = {"name": agreement.provider}
    if agreement.number is None:
        # As the standard has it for an organisation that no register numbers.
        return {
            "id": f"{asked.publisher.grant_prefix}-ORG:{agreement.supplier_id}",
            **recipient,
        }
    if agreement.number.scheme in _CHARITIES:
        recipient["charityNumber"] = agreement.number.number
    if agreement.number.scheme in _COMPANIES:
        recipient["companyNumber"] = agreement.number.number
    return {"id": str(agreement.organisation), **recipient}


def _number(pence: int) -> int | float:
    pounds, rest = divmod(pence, 100)
    return pence / 100 if rest else pounds


async def as_rows(grants: AsyncIterator[Exported[Grant]]) -> AsyncIterator[Exported[Cells]]:
    """The same grants under the titles of the standard's spreadsheet."""
    async for each in grants:
        cells = None if each.content is None else _cells(each.content, each.pence)
        yield Exported(each.of, each.pence, cells, each.gaps)


def _cells(content: Grant, pence: int) -> Cells:
    return [
        pence if path == ("amountAwarded",) else _cell(content, path) for path in _TITLES.values()
    ]


def _cell(content: Grant, path: tuple[str, ...]) -> str:
    name, *inner = path
    if not inner:
        return str(content[name])
    each = [str(one[inner[0]]) for one in content.get(name, ()) if inner[0] in one]
    return "; ".join(each)

"""Grants to voluntary, community and social enterprise organisations, as councils list them.

Local Government Transparency Code 2015, Part 2, by the Code's own words. Which organisations they
are, a definition says, on the day of the award.
"""

from services.api.exports.agreement import Agreement
from services.api.exports.asked import AskedExport
from services.api.exports.csv_sheet import Cells
from services.api.exports.exported import Exported, Gap

_AWARDED = "Date the grant was awarded"
_PERIOD = "Time period for which the grant has been given"
_DEPARTMENT = "Local authority department which awarded the grant"
_BENEFICIARY, _NUMBER = "Beneficiary", "Beneficiary's registration number"
_SUMMARY, _AMOUNT = "Summary of the purpose of the grant", "Amount"
COLUMNS = (_AWARDED, _PERIOD, _DEPARTMENT, _BENEFICIARY, _NUMBER, _SUMMARY, _AMOUNT)
_DAY = "%d/%m/%Y"
_NO_AWARD_DAY = "no day of award is recorded"
_NO_END = "no end is recorded"
_NO_AMOUNT = "no total is stated, and the amount a year does not tell it exactly"


def vcse_grant(agreement: Agreement, asked: AskedExport) -> Exported[Cells] | None:
    """A line of the list; None for what is no grant to such an organisation.

    Left out, and told, is a grant to whom no one knows: it may be one.
    """
    if agreement.withheld is not None:
        gap = agreement.withheld._replace(
            field=_BENEFICIARY,
            reason="who received it is not settled, so whether it is a VCSE organisation is not"
            " known",
            left_out=True,
        )
        return Exported(agreement.agreement_id, agreement.pence or 0, None, (gap,))
    if asked.definition not in agreement.definitions:
        return None
    gaps = [Gap(_DEPARTMENT, "agreements are kept without the department that awarded them")]
    awarded = amount = number = ""
    if agreement.awarded_on is None:
        gaps.append(Gap(_AWARDED, _NO_AWARD_DAY))
    else:
        awarded = f"{agreement.awarded_on:{_DAY}}"
    if agreement.number is None:
        gaps.append(Gap(_NUMBER, "the register that names the organisation gives it no number"))
    else:
        number = agreement.number.number
    if agreement.pence is None:
        gaps.append(Gap(_AMOUNT, _NO_AMOUNT))
    if agreement.end is None:
        gaps.append(Gap(_PERIOD, _NO_END))
    end = "" if agreement.end is None else f" to {agreement.end:{_DAY}}"
    cells: Cells = (
        awarded,
        f"{agreement.start:{_DAY}}{end}",
        "",
        agreement.provider,
        number,
        agreement.title or "",
        amount if agreement.pence is None else agreement.pence,
    )
    return Exported(agreement.agreement_id, agreement.pence or 0, cells, tuple(gaps))

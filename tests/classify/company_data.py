"""Companies House's free company data as it is published: its header of 2022 to September 2026."""

COLUMNS = (
    *("CompanyName", " CompanyNumber", "RegAddress.CareOf", "RegAddress.POBox"),
    *("RegAddress.AddressLine1", " RegAddress.AddressLine2", "RegAddress.PostTown"),
    *("RegAddress.County", "RegAddress.Country", "RegAddress.PostCode", "CompanyCategory"),
    *("CompanyStatus", "CountryOfOrigin", "DissolutionDate", "IncorporationDate"),
    *("Accounts.AccountRefDay", "Accounts.AccountRefMonth", "Accounts.NextDueDate"),
    *("Accounts.LastMadeUpDate", "Accounts.AccountCategory", "Returns.NextDueDate"),
    *("Returns.LastMadeUpDate", "Mortgages.NumMortCharges", "Mortgages.NumMortOutstanding"),
    *("Mortgages.NumMortPartSatisfied", "Mortgages.NumMortSatisfied"),
    *(f"SICCode.SicText_{n}" for n in range(1, 5)),
    *("LimitedPartnerships.NumGenPartners", "LimitedPartnerships.NumLimPartners", "URI"),
    *(
        column
        for n in range(1, 11)
        for column in (f"PreviousName_{n}.CONDATE", f" PreviousName_{n}.CompanyName")
    ),
    *("ConfStmtNextDueDate", " ConfStmtLastMadeUpDate"),
)


def company(number: str, name: str, **cells: str) -> dict[str, str]:
    """A company by the columns in which it is published."""
    return {
        "CompanyName": name,
        " CompanyNumber": number,
        "RegAddress.AddressLine1": "1 ROW",
        "RegAddress.PostTown": "LEEDS",
        "RegAddress.PostCode": "LS1 4AB",
        "CompanyCategory": "Private Limited Company",
        "CompanyStatus": "Active",
        "CountryOfOrigin": "United Kingdom",
        "IncorporationDate": "11/09/2012",
        "Accounts.AccountCategory": "TOTAL EXEMPTION FULL",
        "SICCode.SicText_1": "88990 - Other social work activities",
        "URI": f"http://business.data.gov.uk/id/company/{number}",
        **cells,
    }

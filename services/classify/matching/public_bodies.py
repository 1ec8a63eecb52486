"""Payees whose own words say that they are a public body, whatever charity bears the same name.

NHS trusts, councils and schools hold charities that are registered under the body's own name: a
payment to the body is not one to its charity.
"""

import re

_PUBLIC = re.compile(
    r"^NHS |\bNHS (?:FOUNDATION )?TRUST$|\b(?:HEALTH|INTEGRATED CARE) BOARD$|\b(?:CCG|ICB)$"
    r"|\bCLINICAL COMMISSIONING GROUP$"
    # Not COMMUNITY COUNCIL: rural community councils are charities.
    r"|\b(?:CITY|COUNTY|BOROUGH|DISTRICT|METROPOLITAN|PARISH|TOWN|UNITARY) COUNCIL$"
    r"|^(?:CITY|COUNTY|BOROUGH|LONDON BOROUGH|ROYAL BOROUGH) OF [A-Z]+(?: [A-Z]+)?$"
    r"|\b(?:POLICE|FIRE) AUTHORITY$|\bFIRE AND RESCUE(?: SERVICE| AUTHORITY)?$|\bPOLICE$"
    r"|\bPOLICE AND CRIME COMMISSIONER\b|\bCOMBINED AUTHORITY$"
    r"|\b(?:PRIMARY|INFANTS?|JUNIOR|HIGH|SECONDARY|GRAMMAR|COMPREHENSIVE|SPECIAL) SCHOOL$"
    r"|\bUNIVERSITY$|^UNIVERSITY OF (?!THIRD AGE)"
)

_CHARITABLE = re.compile(
    r"\b(?:CHARIT[A-Z]*|FUNDS?|FRIENDS|APPEAL|YMCA|YWCA|MENCAP|MIND|HOSPICE|CAB|LEAGUE)\b"
)


def is_public_body(words: str) -> bool:
    """Whether comparable words name an NHS body, a council, police, a school or a university."""
    return bool(_PUBLIC.search(words)) and not _CHARITABLE.search(words)

"""Payees whose own words say that they are a public body, whatever charity bears the same name.

NHS trusts, councils and schools hold charities that are registered under the body's own name: a
payment to the body is not one to its charity.
"""

import re
from functools import lru_cache

_RECENT = 20_000  # the payees of several batches
_COUNCIL = r"(?:COUN?CIL[A-Z]*|COUCIL[A-Z]*|CNCL|CNL|COUNC)"
_NHS = (
    # The confederation, the providers' body and the fellowship of the NHS are charities.
    r"\bNHS\b(?! (?:CONFEDERATION|PROVIDERS|RETIREMENT|ALLIANCE))|\bNH(?:FT|ST|SFT|SBT)\b",
    r"\bPRIMARY CARE TRUST\b|\b(?:PCT|CCG|ICB|CSU)S?\b|\bCLINICAL COMMISSIONING GROUP\b",
    r"\bCOMMISSIONING SUPPORT\b|\b(?:HEALTH|INTEGRATED CARE) BOARD$|\bHEALTH AUTHORITY\b",
    # Ledgers drop the letters NHS from the names of trusts.
    r"\bHOSPITALS (?:[A-Z]+ )?(?:FOUNDATION )?(?:TRUST|TRST|TRS|FT)$",
    r"\b(?:HOSPITAL|HEALTHCARE|AMBULANCE SERVICE) (?:FOUNDATION TRUST|FT)$",
    r"^(?!.*\bOF\b).*\bSURGERY\b",
    r"\b(?:MEDICAL|HEALTH) CENTRE$|\b(?:MEDICAL|GROUP|GP|FAMILY) PRACTICE$",
    r"^DRS? (?:[A-Z]+ )+AND PARTNERS?$",
)
_COUNCILS = (
    # Not COMMUNITY COUNCIL: rural community councils are charities.
    rf"\b(?:CITY|COUNTY|BOROUGH|BORO|DISTRICT|METROPOLITAN|PARISH|TOWN|UNITARY) {_COUNCIL}\b",
    r"\b(?:MBC|MDC|CBC|DC|BC)$|\bCOUNTY CC$|\bCIVIC CENTRE$",
    r"^(?:CITY|COUNTY|BOROUGH|METROPOLITAN BOROUGH|ROYAL BOROUGH) OF [A-Z]+(?: [A-Z]+)?$",
    r"^(?:LONDON BOR(?:OUGH)?|LB) ",
    r"\bPROBATION (?:TRUST|SERVICE)$|\b(?:POLICE|FIRE) AUTHORITY$",
    r"\bFIRE AND RESCUE(?: SERVICE| AUTHORITY)?$|\bPOLICE$",
    r"\bPOLICE AND CRIME COMMISSIONER\b|\b(?:COMBINED|SERVICES) AUTHORITY$|\bCONSTABULARY$",
    r"^HM (?:COURTS?|REVENUE|PRISON|LAND|TREASURY|PASSPORT)\b|^HM(?:CTS|RC)\b",
)
_STATE = r"(?:PRIMARY|PRIM|INFANTS?|JUNIOR|JNR|SECONDARY|COMPREHENSIVE|SPECIAL)"
_SCHOOLS = (
    rf"\b{_STATE} (?:[A-Z]+ )?(?:SCHOOL|SCHL|SCH|ACADEMY|ACAD)(?: ACAD(?:EMY)?)?$",
    r"\bMULTI ACADEMY TRUST$",
)
_PUBLIC = re.compile("|".join((*_NHS, *_COUNCILS, *_SCHOOLS)))
# Some of these are registered charities themselves: their own name in the register settles it.
_LIKELY_PUBLIC = re.compile(
    r"\bUNIVERSITY$|^UNIVERSITY OF (?!THIRD AGE)|\b(?:HOSPITAL|HEALTHCARE) TRUST$"
    r"|\b(?:HIGH|GRAMMAR|UPPER|MIDDLE) SCHOOL$|\bACADEMY TRUST$"
)
_SCHOOL = re.compile(r"\b(?:SCHOOL|ACADEMY)\b")
_CHARITABLE = re.compile(
    r"\b(?:CHARIT[A-Z]*|FUNDS?|FRIENDS|APPEAL|YMCA|YWCA|MENCAP|MIND|HOSPICE|CAB|LEAGUE|TRUSTEES"
    r"|ASSOC[A-Z]*|PTF?A|PFA|PARENTS?|PRESCHOOL|PRE SCHOOL|PLAYGROUP|NURSERY|SCOUTS?|GUIDES?"
    r"|CLUB|ENDOWMENT|SCHOLARSHIP|RECREATION)\b"
)


# A payee's words are asked about when it is judged, and again before it may be said a charity.
@lru_cache(maxsize=_RECENT)
def is_public_body(words: str) -> bool:
    """Whether comparable words name an NHS body, a council, police, a court or a state school."""
    return bool(_PUBLIC.search(words)) and not _CHARITABLE.search(words)


def is_school(words: str) -> bool:
    """Whether they name a school of whatever sort."""
    return bool(_SCHOOL.search(words)) and not _CHARITABLE.search(words)


def is_likely_public(words: str) -> bool:
    """Whether they name a university, a hospital or a school of a sort that may be a charity."""
    return bool(_LIKELY_PUBLIC.search(words)) and not _CHARITABLE.search(words)

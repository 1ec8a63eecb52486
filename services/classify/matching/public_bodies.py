"""Payees whose own words say that they are a public body, whatever charity bears the same name.

NHS trusts, councils and schools hold charities that are registered under the body's own name: a
payment to the body is not one to its charity.
"""

import re
from functools import lru_cache

_RECENT = 20_000  # the payees of several batches
_COUNCIL = r"(?:COUN?CIL[A-Z]*|COUCIL[A-Z]*|CNCL|CNL|COUNC)"
_STATE = r"(?:PRIMARY|PRIM|INFANTS?|JUNIOR|JNR|SECONDARY|COMPREHENSIVE|SPECIAL)"
_BEGINNING_A_WORD = (
    # The confederation, the providers' body and the fellowship of the NHS are charities.
    r"NHS\b(?! (?:CONFEDERATION|PROVIDERS|RETIREMENT|ALLIANCE))|NH(?:FT|ST|SFT|SBT)\b",
    r"PRIMARY CARE TRUST\b|(?:PCT|CCG|ICB|CSU)S?\b|CLINICAL COMMISSIONING GROUP\b",
    r"COMMISSIONING SUPPORT\b|(?:HEALTH|INTEGRATED CARE) BOARD$|HEALTH AUTHORITY\b",
    # Ledgers drop the letters NHS from the names of trusts.
    r"HOSPITALS (?:[A-Z]+ )?(?:FOUNDATION )?(?:TRUST|TRST|TRS|FT)$",
    r"(?:HOSPITAL|HEALTHCARE|AMBULANCE SERVICE) (?:FOUNDATION TRUST|FT)$",
    r"(?:MEDICAL|HEALTH) CENTRE$|(?:MEDICAL|GROUP|GP|FAMILY) PRACTICE$",
    # Not COMMUNITY COUNCIL: rural community councils are charities.
    rf"(?:CITY|COUNTY|BOROUGH|BORO|DISTRICT|METROPOLITAN|PARISH|TOWN|UNITARY) {_COUNCIL}\b",
    r"(?:MBC|MDC|CBC|DC|BC)$|COUNTY CC$|CIVIC CENTRE$",
    r"PROBATION (?:TRUST|SERVICE)$|(?:POLICE|FIRE) AUTHORITY$",
    r"FIRE AND RESCUE(?: SERVICE| AUTHORITY)?$|POLICE$",
    r"POLICE AND CRIME COMMISSIONER\b|(?:COMBINED|SERVICES) AUTHORITY$|CONSTABULARY$",
    rf"{_STATE} (?:[A-Z]+ )?(?:SCHOOL|SCHL|SCH|ACADEMY|ACAD)(?: ACAD(?:EMY)?)?$",
    r"MULTI ACADEMY TRUST$",
)
_BEGINNING_THE_NAME = (
    r"(?!.*\bOF\b).*\bSURGERY\b",
    r"DRS? (?:[A-Z]+ )+AND PARTNERS?$",
    r"(?:CITY|COUNTY|BOROUGH|METROPOLITAN BOROUGH|ROYAL BOROUGH) OF [A-Z]+(?: [A-Z]+)?$",
    r"(?:LONDON BOR(?:OUGH)?|LB) ",
    r"HM (?:COURTS?|REVENUE|PRISON|LAND|TREASURY|PASSPORT)\b|HM(?:CTS|RC)\b",
)
_PUBLIC = re.compile(rf"\b(?:{'|'.join(_BEGINNING_A_WORD)})|^(?:{'|'.join(_BEGINNING_THE_NAME)})")
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

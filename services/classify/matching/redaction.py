"""Payees that the ledger itself withholds."""

import re

_WITHHELD = re.compile(
    r"\bREDACT(?:ED|ION|IONS)?\b"
    r"|\b(?:NAME|NAMES|DETAIL|DETAILS|DATA|INFORMATION|PAYEE|SUPPLIER|BENEFICIARY|VENDOR)"
    r" (?:IS |ARE |HAS BEEN |HAVE BEEN )?"
    r"(?:WITHHELD|SUPPRESSED|REMOVED|HIDDEN|ANONYMISED|PROTECTED|NOT DISCLOSED|NOT PUBLISHED)\b"
    r"|^WITHHELD\b"
)
# Words that are a withheld name only when they are the whole of it.
_WHOLE = re.compile(
    r"(?:PRIVATE |NAMED )?INDIVIDUALS?|PERSONAL (?:DATA|INFORMATION|DETAILS)"
    r"|(?:COMMERCIALLY )?(?:CONFIDENTIAL|SENSITIVE)(?: (?:DATA|INFORMATION|PAYMENT|SUPPLIER))?"
    r"|COMMERCIAL (?:IN )?CONFIDEN(?:CE|TIAL|TIALITY)|PRIVATE AND CONFIDENTIAL"
    r"|ANONYMISED|SUPPRESSED"
    r"|(?:EXEMPT )?(?:FOI )?(?:S|SECTION) ?4[013]|DATA PROTECTION(?: ACT)?|GDPR"
)
_NOT_WORD = re.compile(r"[\W_]+")


def is_redacted(payee: str) -> bool:
    """Whether the ledger prints, in place of a payee, that it withholds it."""
    words = _NOT_WORD.sub(" ", payee).strip().upper()
    return bool(_WITHHELD.search(words) or _WHOLE.fullmatch(words))

"""Money that came in: what headers and titles of receipts say, where payments are looked for."""

import re

RECEIVED = re.compile(r"\b(?:customers?|clients?|debtors?|payers?|received|receipts?|income)\b")
"""In a header of bodies (`plain_header`): whoever paid the buyer."""

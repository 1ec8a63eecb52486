"""Records of published standards, which stay whole: what they say lies in their nesting."""

from collections.abc import Mapping
from typing import Any

RECORD = "record"
"""The name of the one column in which such a record stands, as JSON."""
_OF_GRANTS = ("fundingOrganization", "recipientOrganization", "recipientIndividual")


def is_document(record: Mapping[str, Any]) -> bool:
    """Whether it is an OCDS release or record (it has an ocid), or a grant of 360Giving."""
    if isinstance(record.get("ocid"), str):
        return True
    return any(isinstance(record.get(name), list) for name in _OF_GRANTS)

"""The names that a reject's `field` may have without being the sender's own text."""

from services.ingest.sources.council_spend import COLUMNS
from shared.events import (
    AgreementEndPosted,
    AgreementLine,
    AgreementPosted,
    AgreementVariationPosted,
    PaymentPosted,
)

_ATTRIBUTES = {"", "id", "source", "type", "specversion", "data", "buyer"}
_KNOWN = _ATTRIBUTES.union(
    COLUMNS,
    *(
        fact.model_fields
        for fact in (
            PaymentPosted,
            AgreementPosted,
            AgreementVariationPosted,
            AgreementEndPosted,
            AgreementLine,
        )
    ),
)


def is_known_field(field: str) -> bool:
    """Whether every part of a path such as `lines.0.programme` is a name of ours, or a place."""
    return all(part in _KNOWN or part.isdecimal() for part in field.split("."))

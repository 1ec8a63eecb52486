"""The names that a reject's `field` may have without being the sender's own text."""

from pydantic import BaseModel

from services.ingest.shapes.fields import FIELDS
from shared.agreement_parts import PostedLine
from shared.events import (
    POSTED,
    ExtensionOption,
    PostedContact,
    PostedMember,
)
from shared.notice_terms import PostedDeemedService, PostedNoticeTerms

_ATTRIBUTES = {"", "id", "source", "type", "specversion", "data", "buyer"}
_MODELS: tuple[type[BaseModel], ...] = (
    *POSTED,
    *(PostedLine, ExtensionOption, PostedMember, PostedContact),
    *(PostedNoticeTerms, PostedDeemedService),
)
_KNOWN = _ATTRIBUTES.union(FIELDS, *(model.model_fields for model in _MODELS))


def is_known_field(field: str) -> bool:
    """Whether every part of a path such as `lines.0.programme` is a name of ours, or a place."""
    return all(part in _KNOWN or part.isdecimal() for part in field.split("."))

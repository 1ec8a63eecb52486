"""`ETag` and `If-None-Match` (RFC 9110, 13.1.2): what a client has is not sent again."""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated

from fastapi import Header, Response

IfNoneMatch = Annotated[str | None, Header(alias="if-none-match", include_in_schema=False)]
"""What the client has, for routes that are not lists (`Wish` reads it for those)."""

_TAG = re.compile(r'(?:W/)?("[^"]*")')

HEADERS = {
    "vary": "Accept, Authorization",
    # For whoever asked alone, and asked again each time: names are withheld by token.
    "cache-control": "private, no-cache",
}


def answer_unless_had(
    if_none_match: str | None,
    body: bytes,
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """What is answered, with its tag; or 304 where the client has it."""
    tagged = {**(headers or {}), **HEADERS, "etag": tag_of(body)}
    if has_it(if_none_match, tagged["etag"]):
        return Response(status_code=304, headers=tagged)
    return Response(body, media_type=media_type, headers=tagged)


def tag_of(content: bytes) -> str:
    """The tag of an answer by all of its bytes."""
    return f'"{blake2b(content, digest_size=12).hexdigest()}"'


def weak_tag_of(*said: object) -> str:
    """The tag of an answer that follows from what is `said`, without a look at it."""
    return f"W/{tag_of(repr(said).encode())}"


def has_it(if_none_match: str | None, tag: str) -> bool:
    """Whether the client has what the tag stands for, strong or weak alike."""
    if if_none_match is None:
        return False
    known = _TAG.findall(if_none_match)
    return if_none_match.strip() == "*" or tag.removeprefix("W/") in known

"""The public keys of an OpenID Connect issuer, by discovery (OpenID Connect Discovery 1.0, 4)."""

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
import orjson
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

from shared.access.issuer_settings import is_safe

ALGORITHMS = frozenset({"RS256", "ES256"})
"""Of a pair of keys each: what is public can sign nothing, and `none` is none of them."""
_SECONDS = 5.0
_MOST_BYTES = 1024 * 1024
_OK = 200


async def fetch_keys(issuer: str) -> Mapping[str, PyJWK]:
    """The issuer's keys for signatures, by their ids.

    Raises OSError where it does not answer, ValueError where what it answers is not of use.
    """
    # Beside the loop: to read the certificates that the machine trusts takes 20 ms.
    trusted = await asyncio.to_thread(_trusted)
    async with httpx.AsyncClient(verify=trusted, timeout=_SECONDS) as client:
        said = await _get(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != issuer:
            raise ValueError(f"it says to be {said.get('issuer')!r}")
        address = said.get("jwks_uri")
        if not isinstance(address, str) or not is_safe(address):
            raise ValueError(f"its jwks_uri {address!r} is no https address")
        keys = _usable(await _get(client, address))
    if not keys:
        raise ValueError(f"none of its keys is for {' or '.join(sorted(ALGORITHMS))}")
    return keys


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _get(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS), client.stream("GET", address) as answer:
            if answer.status_code != _OK:
                raise ValueError(f"{address} answers {answer.status_code}")
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > _MOST_BYTES:
                    raise ValueError(f"{address} answers more than {_MOST_BYTES:,} bytes")
    except httpx.HTTPError as error:
        raise OSError(f"{address} does not answer: {error!r}") from error
    said = orjson.loads(body)
    if not isinstance(said, dict):
        raise ValueError(f"{address} answers no JSON object")  # noqa: TRY004 - of what was answered
    return said


def _usable(said: dict[str, Any]) -> dict[str, PyJWK]:
    """Those that sign; others, as for encryption, are left aside."""
    try:
        published = PyJWKSet.from_dict(said).keys
    except (PyJWTError, AttributeError, TypeError) as error:
        raise ValueError(f"its keys can't be read: {error}") from error
    return {
        key.key_id or "": key
        for key in published
        if key.algorithm_name in ALGORITHMS and key.public_key_use in {None, "sig"}
    }

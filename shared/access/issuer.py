"""An OpenID Connect issuer: its keys, fetched when they are needed, and tokens checked by them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import jwt
from jwt import PyJWK

from shared.access.caller import Refused
from shared.access.claims import Names
from shared.access.fetch_keys import fetch_keys
from shared.access.issuer_settings import IssuerSettings
from shared.errors import Retryable
from shared.logs import logger

_FRESH_SECONDS = 3600.0
_LAST_KNOWN_SECONDS = 24 * 3600.0
"""For so long keys of an issuer that can't be reached are taken for its keys still."""
_BETWEEN_FETCHES, _BETWEEN_FAILURES = 60.0, 5.0
_LEEWAY_SECONDS = 30
_LONGEST = 200

Fetch = Callable[[str], Awaitable[Mapping[str, PyJWK]]]


class IssuerAway(Retryable):
    """The issuer can't be asked for its keys: whether a token is its own can't be told."""


class Issuer:
    """Checks tokens of one issuer by its keys; `fetch` gets them, by key id."""

    def __init__(
        self,
        settings: IssuerSettings,
        fetch: Fetch = fetch_keys,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = settings.issuer
        self.claims = Names(settings.scopes, settings.buyers, settings.organisation)
        self._audience = settings.audience
        self._fetch, self._clock = fetch, clock
        self._keys: Mapping[str, PyJWK] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._failed = False
        self._one_at_a_time = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def check(self, token: str) -> dict[str, Any]:
        """The claims of a token of this issuer, signed by one of its keys.

        Raises jwt.InvalidTokenError or Refused for one that is not; IssuerAway where that can't be
        told now.
        """
        key = await self._find_key(str(jwt.get_unverified_header(token).get("kid", "")))
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=self._audience,
            issuer=self.name,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "sub", "iss", "aud"]},
        )
        return claims

    async def _find_key(self, kid: str) -> PyJWK:
        known = self._known(kid)
        if known is not None:
            if self._clock() - self._fetched_at > _FRESH_SECONDS and self._may_fetch():
                # Beside the request: the key that was known is as good for this moment.
                self._refreshing = asyncio.ensure_future(self._refresh())
            return known
        await self._refresh()
        known = self._known(kid)
        if known is not None:
            return known
        if self._failed:
            raise IssuerAway(f"the issuer {self.name} can't be asked for its keys")
        raise Refused(
            401,
            f"the bearer token is not valid: its key {kid[:_LONGEST]!r} is none of the issuer's",
        )

    def _known(self, kid: str) -> PyJWK | None:
        if self._clock() - self._fetched_at > _LAST_KNOWN_SECONDS:
            return None
        if not kid and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    def _may_fetch(self) -> bool:
        wait = _BETWEEN_FAILURES if self._failed else _BETWEEN_FETCHES
        return self._clock() - self._tried_at >= wait

    async def _refresh(self) -> None:
        """Fetch the keys, at most once a minute whatever tokens are shown."""
        async with self._one_at_a_time:
            if not self._may_fetch():
                return
            self._tried_at = self._clock()
            try:
                self._keys = await self._fetch(self.name)
            except (OSError, ValueError) as error:
                self._failed = True
                logger.warning("issuer.away", issuer=self.name, error=repr(error))
                return
            self._failed, self._fetched_at = False, self._clock()
            logger.info("issuer.keys_fetched", issuer=self.name, keys=sorted(self._keys))

"""The check at every door: who calls, whether it may, and not too often."""

import hashlib
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import jwt
from pydantic import SecretStr
from starlette.requests import Request  # which is FastAPI's, without the rest of it

from shared.access.act import note_caller
from shared.access.caller import ANYONE, PROVIDER, Caller, Refused
from shared.access.claims import Names, caller_of
from shared.access.issuer import Issuer
from shared.access.own_tokens import OWN, check_own
from shared.access.pace import Pace
from shared.access.revoked import Revoked

_VERIFIED_SECONDS = 300.0
"""After so long a token is verified anew: a key that its issuer took back opens nothing then."""
_MOST_VERIFIED = 10_000
_LONGEST_TOKEN = 16 * 1024
_OWN_NAMES = Names()


class _Verified(NamedTuple):
    """Whose token it is, its id ('': it has none), and until when it need not be verified anew."""

    caller: Caller
    token_id: str
    until: float


class Guard:
    """Knows callers by their tokens: ours by the key, others' by the keys of their issuers.

    Without a key and without issuers the doors are open: whoever calls is ANYONE.
    """

    def __init__(
        self,
        key: SecretStr | None = None,
        issuers: Iterable[Issuer] = (),
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
        revoked: Revoked | None = None,
    ) -> None:
        self._key = key
        self._issuers = {issuer.name: issuer for issuer in issuers}
        self._pace = pace or Pace()
        self._clock = clock
        self._revoked = revoked or Revoked(None)
        self._verified: dict[bytes, _Verified] = {}

    @property
    def locked(self) -> bool:
        """Whether callers need a token."""
        return self._key is not None or bool(self._issuers)

    def require(
        self,
        scope: str | None,
        *,
        narrower: str = "",
        parameter: str = "",
        providers: bool = False,
    ) -> "Allow":
        """A FastAPI dependency: the caller, once it holds `scope` (None: once it has any token).

        `narrower` is a scope that will do as well. A token may then also come in the query
        parameter that is named, for clients that can send no header, but only with that scope and
        no other: addresses are written to logs. A provider's token is refused unless `providers`:
        such a route holds what it answers to `Caller.organisation`.
        """
        return Allow(self, scope, narrower, parameter, providers)

    async def identify(self, token: str) -> Caller:
        """Who bears a token, verified once in five minutes; whether it was revoked is asked anew.

        Raises Refused; Retryable where the issuer can't be asked.
        """
        if not token:
            raise Refused(401, "a bearer token is needed in the Authorization header")
        if len(token) > _LONGEST_TOKEN:
            raise Refused(401, f"the bearer token has more than {_LONGEST_TOKEN:,} characters")
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        now = self._clock()
        known = self._verified.get(digest)
        if known is None or now >= known.until:
            known = await self._verify(token, now + _VERIFIED_SECONDS)
            if len(self._verified) >= _MOST_VERIFIED:
                kept = {each: one for each, one in self._verified.items() if now < one.until}
                self._verified = kept if len(kept) < _MOST_VERIFIED else {}
            self._verified[digest] = known
        if await self._revoked.holds(known.token_id):
            raise Refused(401, "the bearer token is not valid: it was revoked")
        return known.caller

    def keep_pace(self, *who: str) -> None:
        """Count a request; Refused (429) where there were too many."""
        wait = self._pace.wait(who, self._clock())
        if wait > 0:
            seconds = math.ceil(wait)
            raise Refused(429, f"too many requests: go on in {seconds} s", seconds)

    async def _verify(self, token: str, until: float) -> _Verified:
        try:
            says = jwt.decode(token, options={"verify_signature": False}).get("iss")
            if says == OWN and self._key is not None:
                claims, names = check_own(token, self._key), _OWN_NAMES
            elif isinstance(says, str) and says in self._issuers:
                issuer = self._issuers[says]
                claims, names = await issuer.check(token), issuer.claims
            else:
                raise Refused(401, "the bearer token is not valid: its issuer is not known here")
        except jwt.InvalidTokenError as error:
            raise Refused(401, f"the bearer token is not valid: {error}") from error
        token_id = claims.get("jti", "")
        return _Verified(
            caller_of(claims, names, says),
            token_id if isinstance(token_id, str) else "",
            min(float(claims["exp"]), until),
        )


OPEN = Guard()
"""Of doors that are open."""


@dataclass(frozen=True)
class Allow:
    """A FastAPI dependency that knows who calls; made by `Guard.require`."""

    guard: Guard
    scope: str | None
    narrower: str = ""
    parameter: str = ""
    providers: bool = False

    async def __call__(self, request: Request) -> Caller:  # async: others get a thread each
        """The caller; raises Refused."""
        caller = await self._known(request) if self.guard.locked else ANYONE
        note_caller(request, caller.subject, caller.issuer)
        who = (caller.issuer, caller.subject) if self.guard.locked else (_address(request),)
        self.guard.keep_pace(*who)
        self._check(caller, in_query=self._in_query(request))
        return caller

    async def _known(self, request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if self._in_query(request):
            scheme, token = "bearer", request.query_params[self.parameter]
        try:
            return await self.guard.identify(token if scheme.lower() == "bearer" else "")
        except Refused:
            self.guard.keep_pace(_address(request))  # who guesses is slowed down too
            raise

    def _in_query(self, request: Request) -> bool:
        return self.parameter != "" and self.parameter in request.query_params

    def _check(self, caller: Caller, *, in_query: bool) -> None:
        if not self.guard.locked:
            return
        if in_query and caller.scopes != {self.narrower}:
            raise Refused(403, f"in an address a token may hold {self.narrower} and no other scope")
        if PROVIDER in caller.scopes:
            if not self.providers:
                raise Refused(
                    403,
                    "a provider's token sees what is its organisation's own, and this tells of "
                    f"others: the token lacks the scope {self.scope}",
                )
            return
        if self.scope is not None and not caller.scopes & {self.scope, self.narrower}:
            raise Refused(403, f"the token lacks the scope {self.scope}")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

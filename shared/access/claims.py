"""From the claims of a token that was verified to the caller that it makes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shared.access.caller import PROVIDER, SCOPES, Caller, Refused
from shared.fields import ORG_ID, TURNING

# Who did what is kept by this name, and read by people: OpenID Connect Core 1.0, 2 (`sub`) has 255
# characters at most.
_SUBJECT = re.compile(rf"(?=.*\S)[^\x00-\x1f\x7f-\x9f{TURNING}\ud800-\udfff]{{1,255}}")


SUBJECT_MUST = "must name somebody in 1 to 255 characters that are seen"


def names_somebody(subject: str) -> bool:
    """Whether a token's subject can be told in the audit."""
    return _SUBJECT.fullmatch(subject) is not None


class Names(NamedTuple):
    """The claims that say which scopes, which buyers and which organisation."""

    scopes: Sequence[str] = ("scope",)
    buyers: str = "buyers"
    organisation: str = "organisation"


def caller_of(claims: Mapping[str, Any], names: Names, issuer: str) -> Caller:
    """Who calls; raises Refused where what the claims say can't be taken.

    Scopes that are not ours are left aside: issuers add their own. The scope `provider` holds a
    token to its organisation, whatever else it says.
    """
    subject = str(claims["sub"])
    if not names_somebody(subject):
        raise Refused(401, f"the bearer token is not valid: sub {SUBJECT_MUST}")
    given = {one for name in names.scopes for one in _words(find(claims, name), name)}
    scopes = given.intersection(SCOPES)
    if PROVIDER in scopes:
        organisation = find(claims, names.organisation)
        if not isinstance(organisation, str) or not re.fullmatch(ORG_ID, organisation):
            raise Refused(
                401,
                "the bearer token is not valid: with the scope provider, "
                f"{names.organisation} must be the org-id of its organisation",
            )
        return Caller(subject, frozenset({PROVIDER}), frozenset(), issuer, organisation)
    buyers = frozenset(_words(find(claims, names.buyers), names.buyers))
    return Caller(subject, frozenset(scopes), buyers, issuer)


def find(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or by a path with dots; None where there is none."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _words(value: Any, name: str) -> list[str]:
    """A list of words, or words with spaces between."""
    if value is None:
        return []
    if isinstance(value, str):
        return value.split()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    raise Refused(401, f"the bearer token is not valid: {name} must be a list of words")

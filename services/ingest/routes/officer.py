"""Who acts at a door: the token's subject, or whom the request names where there are none."""

from shared.access import Caller
from shared.errors import Rejected

_LONGEST = 200


def officer(caller: Caller, said: str | None, *, locked: bool) -> str:
    """The name under which an act is kept. Rejected: none is said, or it is no name."""
    who = caller.subject if locked else said
    if not who:
        raise Rejected("who does it must be said", "who")
    if len(who) > _LONGEST or not who.isprintable():
        raise Rejected("who must be a name of 200 characters at most", "who")
    return who

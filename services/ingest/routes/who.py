"""Who did something at a door: the token's subject, or who says so where no token is asked for."""

from shared.access import Caller
from shared.errors import Rejected

_LONGEST = 200


def who_acts(caller: Caller, said: str | None, *, locked: bool) -> str:
    """The name to keep. Rejected: there is none, or it is none that can be shown."""
    who = caller.subject if locked else said
    if not who:
        raise Rejected("who does this must be said", "who")
    if len(who) > _LONGEST or not who.isprintable():
        raise Rejected(f"who must be a name of {_LONGEST} characters at most", "who")
    return who

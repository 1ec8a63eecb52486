"""What a provider's token may see here: its organisation's own, and nothing of others.

Own is what is paid to, and agreed with, the suppliers that are matched with its organisation.
Another's is answered like what there is not: what there is of others is not to be found out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.access import Caller, Refused


def held_to(caller: Caller, asked: str | None) -> str | None:
    """The organisation to which a list is held: a provider's own, else what is asked for, if any.

    Raises Refused where a provider asks for another, whether there is one or not.
    """
    if caller.organisation is None:
        return asked
    if asked not in {None, caller.organisation}:
        raise Refused(403, f"the token is that of {caller.organisation}: it sees no other's")
    return caller.organisation


def is_own(caller: Caller, organisation: str | None) -> bool:
    """Whether what is this organisation's may be shown: to a provider its own only."""
    return caller.organisation is None or caller.organisation == organisation


def own_rows(caller: Caller, rows: Sequence[Any]) -> list[Any]:
    """Those rows that bear an organisation which may be shown to the caller."""
    return [row for row in rows if is_own(caller, row["organisation"])]


def own_acknowledgements(
    caller: Caller, obligations: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Obligations without the acknowledgements of providers before or beside this one."""
    return [
        {
            **each,
            "acknowledgements": [
                one
                for one in each["acknowledgements"]
                if one["capacity"] != "provider" or is_own(caller, one["recipient"])
            ],
        }
        for each in obligations
    ]


def own_notices(caller: Caller, notices: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Notices without those that the buyer has drafted: whom one is for learns of it by service."""
    if caller.organisation is None:
        return list(notices)
    return [one for one in notices if one["given_by"] == "provider" or one["served_on"]]

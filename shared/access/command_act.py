"""What a verb of the command line does, as the audit will tell it: by whom, and of what."""

import os
import pwd
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

from shared.access.act import COMMAND, COMMAND_LINE, CURRENT, Act
from shared.fields import ORG_ID

_ID = re.compile(
    rf"(?:{ORG_ID.removeprefix('^').removesuffix('$')})|[0-9a-f]{{8}}(?:-[0-9a-f]{{4,12}}){{4}}"
)


def note_command(work: Callable[..., Any]) -> Act:
    """Say in this context that a verb is at `work`; returns the act.

    The verb is named by its module and function, for the words of a command line may be the name
    of a file that bears a person's. Of the arguments org-ids and UUIDs are kept and nothing else.
    """
    verb = f"{work.__module__.rpartition('.')[2]}.{work.__qualname__.partition('.')[0]}"
    about = " ".join(_identifiers(sys.argv[1:]))
    act = Act(COMMAND, subject=_user(), issuer=COMMAND_LINE, route=f"{COMMAND} {verb}", about=about)
    CURRENT.set(act)
    return act


def _identifiers(arguments: Sequence[str]) -> list[str]:
    said = (argument.rpartition("=")[2] for argument in arguments)
    return list(dict.fromkeys(each for each in said if _ID.fullmatch(each)))


def _user() -> str:
    """Whose process it is, by the operating system; no variable of the environment is believed."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # as in a container whose user has a number only
        return f"user {os.getuid()}"

"""A second `api` that asks for tokens, and two tokens for it: an officer's and a provider's.

The other doors trust this machine, so that a line can be pasted; here is seen what a network gets.
"""

import secrets
from datetime import datetime

from pydantic import SecretStr

from deploy.demo import council, lines
from deploy.demo.names import BY_NAME
from shared.access import issue_provider_token, issue_token

GUARDED = "api-2"
_KEY = SecretStr(secrets.token_hex(32))  # made anew at each start: nothing outlives the demo
OWN_SETTINGS = {GUARDED: {"LOCALPOUND_TOKEN_KEY": _KEY.get_secret_value()}}
PROVIDER = BY_NAME["Millrace Neighbourhood Network"]
_OFFICERS = ["spend:read", "payments:read", "personal:read", "review:write"]


def officer_token(now: datetime) -> str:
    """The token of a finance officer of the ICB and of the council."""
    buyers = [lines.BUYER, council.BUYER]
    return issue_token(_KEY, "R. Fellgate, finance", _OFFICERS, now, buyers=buyers)


def provider_token(now: datetime) -> str:
    """The token of a provider that both of them pay: it opens what is its own."""
    organisation = f"GB-CHC-{PROVIDER.charity_number}"
    return issue_provider_token(_KEY, "S. Millrace, director", organisation, now)

"""Whether doors may be open at all."""

from ipaddress import ip_address

from shared.errors import Misconfigured
from shared.logs import logger


def check_doors(host: str, *, locked: bool, may_be_open: bool) -> None:
    """Misconfigured where doors without tokens would be open to a network; a warning where they
    are.

    `may_be_open` is the operator's word that the network may be trusted.
    """
    if locked:
        return
    if not is_loopback(host) and not may_be_open:
        raise Misconfigured(
            f"LOCALPOUND_HTTP_HOST {host} opens the doors to a network, and without "
            "LOCALPOUND_TOKEN_KEY or LOCALPOUND_ISSUERS anyone there may read and write: set one, "
            "or say LOCALPOUND_OPEN_DOORS=true"
        )
    logger.warning("doors.open", host=host, reason="there is no token key: the network is trusted")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its name or its address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

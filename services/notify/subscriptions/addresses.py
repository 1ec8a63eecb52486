"""Which addresses a webhook may have: the open internet, never the inside of a network.

A webhook's address comes from outside, so a service that would post to any address could be made to
reach databases and cloud metadata (OWASP API7:2023). Names are resolved, every address that a name
resolves to must be public, and the connection is made to the very address that was checked.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from shared.errors import Rejected

Address = IPv4Address | IPv6Address

_LONGEST = 2000
_NEVER = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",  # a public address by which a cloud's machines reach its metadata
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b::/96",  # the IPv6 forms that carry an IPv4 address: any of those above
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "::/96",
        "::ffff:0:0:0/96",
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
        "fec0::/10",
    )
)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if not address.is_global or address.is_multicast:
        return False
    return not any(address in net for net in _NEVER if net.version == address.version)


def check_webhook(address: str, *, plain: bool = False) -> tuple[str, int]:
    """Host and port of a webhook's address; Rejected says what is wrong with its form.

    Messages carry the link that acknowledges them, so `plain` HTTP is for demonstrations only.
    """
    if len(address) > _LONGEST or not address.isascii() or not address.isprintable():
        raise Rejected("the address must be a URL in ASCII (a host name in punycode)", "address")
    if " " in address:
        raise Rejected("the address must be a URL without spaces", "address")
    try:
        url = urlsplit(address)
        host, port = url.hostname, url.port
    except ValueError as error:
        raise Rejected(f"the address is not a URL: {error}", "address") from error
    if url.scheme not in (("http", "https") if plain else ("https",)) or not host:
        raise Rejected("the address must begin with https:// and a host", "address")
    if url.username is not None or url.password is not None:
        raise Rejected("the address must not hold a user name or password", "address")
    if url.fragment:
        raise Rejected("the address must not hold a fragment (#)", "address")
    if port == 0:
        raise Rejected("port 0 is no port", "address")
    return host, port or (443 if url.scheme == "https" else 80)


async def check_public(address: str) -> None:
    """Raise Rejected unless a webhook's address is of HTTPS and on the open internet."""
    await resolve_public(*check_webhook(address))


async def check_anywhere(address: str) -> None:
    """Raise Rejected for what is no address of a webhook; it may be inside, and of plain HTTP."""
    check_webhook(address, plain=True)


async def resolve(host: str, port: int) -> list[Address]:
    """Every address of a host; Rejected where it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Rejected(f"{host} can't be resolved: {error}", "address") from error
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


async def resolve_public(host: str, port: int) -> list[Address]:
    """Every address of a host; Rejected where any of them is not public."""
    addresses = await resolve(host, port)
    if not all(is_public(address) for address in addresses):
        raise Rejected(f"{host} is inside a network, where webhooks are not sent", "address")
    return addresses

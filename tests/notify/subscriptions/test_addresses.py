"""Webhook addresses: their form, and that none reaches inside."""

import socket
from ipaddress import ip_address

import pytest

from services.notify.subscriptions import addresses
from services.notify.subscriptions.addresses import (
    check_anywhere,
    check_public,
    check_webhook,
    is_public,
    resolve_public,
)
from shared.errors import Rejected


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("https://provider.example/notices?for=leeds", "provider.example", 443),
        ("https://provider.example:8443/", "provider.example", 8443),
        ("https://[2a00:1450:4009:81f::200e]/x", "2a00:1450:4009:81f::200e", 443),
    ],
)
def test_a_webhook_address(address: str, host: str, port: int) -> None:
    assert check_webhook(address) == (host, port)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ftp://provider.example/", "https://"),
        ("http://provider.example/", "https://"),
        ("provider.example/notices", "https://"),
        ("https:///notices", "https://"),
        ("https://office@provider.example/", "user name"),
        ("https://:pass@provider.example/", "user name"),
        ("https://provider.example/#part", "fragment"),
        ("https://provider.example:0/", "port 0"),
        ("https://provider.example:99999/", "not a URL"),
        ("https://[::1/", "not a URL"),
        ("https://provider.example/a b", "spaces"),
        ("https://provider.example/\r\nx: y", "ASCII"),
        ("https://prövider.example/", "punycode"),
        ("https://provider.example/" + "x" * 2000, "ASCII"),
    ],
)
def test_what_is_no_webhook_address(address: str, says: str) -> None:
    with pytest.raises(Rejected, match=says) as error:
        check_webhook(address)
    assert error.value.field == "address"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # cloud metadata
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "::ffff:0:127.0.0.1",
        "3fff::1",
        "5f00::1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "::127.0.0.1",
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "81.2.69.142", "2a00:1450:4009:81f::200e"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]".strip("[]"), "localhost"]
)
async def test_every_way_to_write_loopback_is_refused(host: str) -> None:
    with pytest.raises(Rejected, match=r"inside a network|can't be resolved"):
        await resolve_public(host, 80)


async def test_a_name_with_one_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [ip_address("81.2.69.142"), ip_address("10.0.0.5")]

    async def resolved(_host: str, _port: int) -> object:
        return found

    monkeypatch.setattr(addresses, "resolve", resolved)
    with pytest.raises(Rejected, match="inside a network"):
        await resolve_public("provider.example", 443)
    found.pop()
    assert await resolve_public("provider.example", 443) == found


async def test_a_name_that_does_not_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(Rejected, match="can't be resolved"):
        await resolve_public("no.such.example", 443)


async def test_plain_http_is_for_demonstrations_only() -> None:
    """A message carries the link that acknowledges it: nobody on the way may read it."""
    await check_anywhere("http://127.0.0.1:8080/notices")
    with pytest.raises(Rejected, match="must begin with https://"):
        await check_public("http://93.184.215.14/notices")

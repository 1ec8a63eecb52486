"""Ports that two demos which start together must not both take."""

import socket
from contextlib import ExitStack

from deploy.local.ports import claim_or_any, free_ports


def test_a_port_is_claimed_once_until_whoever_has_it_lets_go() -> None:
    [wanted] = free_ports(1)
    with ExitStack() as first, ExitStack() as second:
        assert claim_or_any(wanted, first) == wanted
        assert claim_or_any(wanted, second) != wanted
        first.close()
        assert claim_or_any(wanted, second) == wanted


def test_a_port_on_which_something_listens_is_not_claimed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as held:
        [_, taken] = listening.getsockname()
        assert claim_or_any(taken, held) != taken

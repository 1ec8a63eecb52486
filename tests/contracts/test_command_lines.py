"""What `--help` of each service's command line says: every command, argument and option of it."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import typer

SERVICES = ("ingest", "classify", "notify", "api")
_OF_TYPER = {"help", "install_completion", "show_completion"}


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_argument_and_option_says_what_it_is(service: str) -> None:
    module = import_module(f"services.{service}.__main__")
    app = getattr(module, "app", None) or module.cli
    unsaid = [
        (*path, *whose)
        for path, command in commands(typer.main.get_command(app), (service,))
        for whose, said in (
            ((), command.help),
            *(
                ((parameter.name,), parameter.help)
                for parameter in command.params
                if parameter.name not in _OF_TYPER
            ),
        )
        if not said
    ]
    assert unsaid == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_list_of_commands_says_of_one_is_a_whole_sentence(service: str) -> None:
    """It shows the first paragraph of a docstring alone."""
    module = import_module(f"services.{service}.__main__")
    app = getattr(module, "app", None) or module.cli
    for path, command in commands(typer.main.get_command(app), (service,)):
        first = command.help.strip().partition("\n\n")[0]
        assert first.endswith("."), path
        assert first[0].isupper(), path

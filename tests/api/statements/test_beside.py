"""A statement of 20,000 agreements takes seconds of a processor: others are answered meanwhile."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from services.api.reports import read_statement
from tests.api.conftest import Model
from tests.api.facts import ICB, classified, member, paid, registered


async def test_a_statement_is_worked_out_beside_what_the_door_answers(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    by: dict[str, set[threading.Thread]] = {}

    def watched(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*given: Any, **named: Any) -> Any:
            by.setdefault(name, set()).add(threading.current_thread())
            return work(*given, **named)

        return watch

    for name in ("held_in", "document_of"):
        monkeypatch.setattr(read_statement, name, watched(name, getattr(read_statement, name)))
    await model.project(classified(memberships=[member()]), registered(), paid(1, 500_00))
    await model.ask(f"/v1/statements/{ICB}/2024-25")
    assert set(by) == {"held_in", "document_of"}
    assert all(threading.current_thread() not in threads for threads in by.values())

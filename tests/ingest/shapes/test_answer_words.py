"""Answers in the sentences of questions, as each door takes them."""

import json
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.shapes.answer_words import ORDER, entity_option, map_option, say_posted

_AS_POSTED = " (as the body of a POST to mapping)"


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (
            f"Net or Gross, paid? Say {map_option('amount', 'Net, paid')}",
            'Net or Gross, paid? Say {"columns": {"amount": "Net, paid"}}',
        ),
        (
            f"first? Say {map_option(ORDER, 'day first')} or {map_option(ORDER, 'month first')}.",
            'first? Say {"order": "day first"} or {"order": "month first"}.',
        ),
        (
            f"say {map_option('unit', 'pence')}, or {entity_option('all')} if every row is",
            'say {"columns": {"unit": "pence"}}, or {"entities": ["all"]} if every row is',
        ),
    ],
)
def test_a_question_is_answered_at_the_door_as_the_door_is_asked(question: str, shown: str) -> None:
    assert say_posted(question) == shown + _AS_POSTED


def test_a_question_without_an_answer_is_left_as_it_is() -> None:
    assert say_posted("mend the file") == "mend the file"


@given(st.text(min_size=1))
def test_whatever_a_header_holds_the_door_is_given_it_whole(header: str) -> None:
    posted = say_posted(f"say {map_option('amount', header)}; or not").removeprefix("say ")
    said = json.loads(posted.removesuffix(f"; or not{_AS_POSTED}"))
    assert said == {"columns": {"amount": header}}


def test_a_shell_gives_the_command_line_the_header_as_it_is() -> None:
    header = 'Net "actual", in $ or `pounds` \\ pence'
    command = f"printf '%s|' {map_option('amount', header)}"
    printed = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert printed.stdout == f"--map|amount={header}|"

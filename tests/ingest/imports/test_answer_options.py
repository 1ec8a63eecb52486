"""Questions in the words of the command line."""

import subprocess

from services.ingest.imports.answer_options import say_question
from services.ingest.imports.bodies_of_file import WHOSE
from services.ingest.shapes.question import ORDER, Answer, ColumnSamples, Question

_TRAP = 'Net "actual" --map amount="Gross", in $ or `pounds` \\ pence'


def test_a_question_is_answered_by_options() -> None:
    which = Question("amount", "which: Net or Gross?", answers=(Answer("amount", "Net, paid"),))
    assert say_question(which.kept()) == 'which: Net or Gross? Say --map amount="Net, paid"'
    answers = (Answer(WHOSE, "Leeds City Council", "for those alone"), Answer(WHOSE, "all", "else"))
    whose = say_question(Question(WHOSE, "another body is named", answers=answers).kept())
    assert whose.endswith(
        'named: say --entity "Leeds City Council" for those alone, or --entity all else'
    )
    in_pounds = Question("amount", "in EUR", answers=(Answer("amount", None, "of pounds"),))
    assert say_question(in_pounds.kept()) == "in EUR: say --map amount=HEADER of pounds"
    order = Question(ORDER, "which?", answers=(Answer(ORDER, "day first"), Answer(ORDER, "other")))
    assert say_question(order.kept()) == 'which? Say --map order="day first" or --map order=other'
    assert say_question(Question("amount", "mend the file").kept()) == "mend the file"


def test_values_of_the_columns_stand_behind_the_question() -> None:
    samples = tuple(
        ColumnSamples(name, values)
        for name, values in {"Net": ("12.50", "30.00"), "Gross": ("15.00",), "Blank": ()}.items()
    )
    asked = Question("amount", "which?", ("Net", "Gross", "Blank"), samples=samples)
    assert say_question(asked.kept()) == "which? (Net: 12.50 | 30.00; Gross: 15.00)"
    many = tuple(ColumnSamples(str(number), ("1",)) for number in range(22))
    assert say_question(asked._replace(samples=many).kept()).endswith("; 19: 1; and 2 more)")
    kept_before = {name: each for name, each in asked.kept().items() if name != "samples"}
    assert say_question(kept_before) == "which?"


def test_a_shell_gives_the_command_line_the_header_as_it_is() -> None:
    asked = Question("amount", "which", answers=(Answer("amount", _TRAP),)).kept()
    command = say_question(asked).replace("which: say", "printf '%s|'")
    printed = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert printed.stdout == f"--map|amount={_TRAP}|"

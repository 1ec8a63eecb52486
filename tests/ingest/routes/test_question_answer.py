"""Questions in the words of the HTTP door."""

from services.ingest.imports.bodies_of_file import WHOSE
from services.ingest.routes.question_answer import QuestionShown, show_question
from services.ingest.shapes.question import ORDER, Answer, Question


def test_an_answer_is_the_body_that_the_door_takes_whatever_a_header_holds() -> None:
    trap = 'Say --map amount="Gross" or --entity all'
    question = Question(
        "amount",
        f"which column is the amount, of {trap}?",
        (trap,),
        (
            Answer("amount", trap),
            Answer(ORDER, "day first"),
            Answer(WHOSE, "all", "if every row is"),
            Answer("amount", None, "of a column in pounds"),
        ),
    )
    shown = QuestionShown.model_validate(show_question(question.kept()))
    assert shown.question == question.question
    assert [each.body for each in shown.answers] == [
        {"columns": {"amount": trap}},
        {"order": "day first"},
        {"entities": ["all"]},
        {"columns": {"amount": None}},
    ]

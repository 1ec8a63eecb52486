"""Questions in the words of the HTTP door: their answers are bodies of a POST to `mapping`."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.imports.bodies_of_file import WHOSE
from services.ingest.shapes.question import ORDER


class AnswerShown(BaseModel):
    """One way to answer a question."""

    model_config = ConfigDict(frozen=True)

    when: str = Field(
        description='What it means; "" where its value says it', examples=["if every row is"]
    )
    body: dict[str, Any] = Field(
        description="The body of a POST to `mapping`. A null in it is to be replaced by one of the "
        "question's `columns`, or by any header of the sheet where it names none",
        examples=[{"columns": {"amount": "Net Amount"}}],
    )


class QuestionShown(BaseModel):
    """What must be answered before the file can be read, by a POST to `mapping`.

    `whose` asks for `entities`, every other field for `columns` (an order of days for `order`).
    """

    model_config = ConfigDict(frozen=True)

    field: str = Field(examples=["amount"])
    question: str
    columns: list[str] = Field(
        description="To choose from. Of `whose`, without personal:read for the buyer, only what "
        "says that it is a public body",
        examples=[["Net Amount", "Amount"]],
    )
    samples: dict[str, list[str] | None] = Field(
        default={},
        description="Values of those of its `columns` that stand in the sheet (the first 60), from "
        "rows in which they differ if they do; null where they may hold personal names, unless "
        "with personal:read for the buyer",
        examples=[{"Net Amount": ["12.50", "30.00"], "Amount": ["15.00", "36.00"]}],
    )
    answers: list[AnswerShown] = Field(
        description="The likely ones; empty where the file itself must be mended"
    )


def show_question(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A question as it is kept with an import: the fields of QuestionShown."""
    answers = [{"when": each["when"], "body": _body(each)} for each in kept["answers"]]
    return {**kept, "samples": kept.get("samples", {}), "answers": answers}


def _body(answer: Mapping[str, Any]) -> dict[str, Any]:
    field, value = answer["field"], answer["value"]
    if field == WHOSE:
        return {"entities": [value]}
    return {ORDER: value} if field == ORDER else {"columns": {field: value}}

"""What must be asked of a person before a table can be read, and how it may be answered: data.

Each door says it in its own words: imports/answer_options.py as options of the command line,
routes/question_answer.py as bodies of requests.
"""

from typing import Any, NamedTuple

ORDER = "order"
"""The field under which the order of day and month is answered."""


class Answer(NamedTuple):
    """An answer that may be given: the value of a field.

    `value` is None for any of the question's columns, and any header where it names none. `when`
    goes on with what the answer means, as `if every row is`; "" where the value says it.
    """

    field: str
    value: str | None
    when: str = ""


class ColumnSamples(NamedTuple):
    """A column of a question, and values of it by which it is told from the others."""

    column: str
    values: tuple[str, ...]


class Question(NamedTuple):
    """What a person must answer before the table can be read.

    `field` is what it is about, `columns` are all that may be chosen from, `answers` those worth
    saying beside the sentence, which itself names none. Without any the file must be mended.
    `samples` are of those columns that stand in the table.
    """

    field: str
    question: str
    columns: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    samples: tuple[ColumnSamples, ...] = ()

    def kept(self) -> dict[str, Any]:
        """The question as it is kept with an import."""
        answers = [answer._asdict() for answer in self.answers]
        samples = {each.column: list(each.values) for each in self.samples}
        as_lists = {"columns": list(self.columns), "answers": answers, "samples": samples}
        return self._asdict() | as_lists

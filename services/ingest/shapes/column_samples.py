"""Two values of each column that a question lets a person choose from."""

from collections.abc import Sequence

from services.ingest.reading.text import storable
from services.ingest.shapes.cells import as_text, cell
from services.ingest.shapes.fields import FIELDS
from services.ingest.shapes.question import ColumnSamples, Question
from services.ingest.shapes.sample import Sample

_VALUES = 2
_MOST_COLUMNS, _LONGEST_VALUE = 60, 80


def with_samples(question: Question, headers: Sequence[str], sample: Sample) -> Question:
    """The question with values of its columns, from rows in which those differ if they do.

    As it is where it lets choose from other things than columns. Of a wide table the first are
    told, as in the sentence.
    """
    if question.field not in FIELDS:
        return question
    named = question.columns[:_MOST_COLUMNS]
    places = {name: place for name in named if (place := find_column(name, headers)) is not None}
    rows = sample.differing(list(places.values()))
    told = []
    for name, place in places.items():
        texts = dict.fromkeys(as_text(cell(row, place)) for row in rows)
        values = [_short(storable(text)) for text in texts if text is not None][:_VALUES]
        told.append(ColumnSamples(name, tuple(values)))
    return question._replace(samples=tuple(told))


def find_column(name: str, headers: Sequence[str]) -> int | None:
    """The place of a column by its header, whatever its case, or by its number: `column 3`."""
    folded = name.strip().casefold()
    for place, header in enumerate(headers):
        if header.strip().casefold() == folded:
            return place
    word, _, number = folded.partition(" ")
    if word != "column" or not number.isdecimal():
        return None
    return int(number) - 1 if 0 < int(number) <= len(headers) else None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."

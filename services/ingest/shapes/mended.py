"""A sheet as its publisher meant it: what a table leaves out or turns around is put in place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.ingest.reading.sheet import Broken, Sheet, SheetRow
from services.ingest.shapes.cells import as_text, is_blank_row
from services.ingest.shapes.copied_sheets import COPIES
from services.ingest.shapes.cut_amounts import ASKED, NOTE, find_cut, put_together
from services.ingest.shapes.filled_down import BLANKS, fill_down, find_filled_down
from services.ingest.shapes.header import Header, find_header
from services.ingest.shapes.made_days import ANSWERS, Doubtful, MadeDays, find_days, with_days
from services.ingest.shapes.question import Answer, Question
from services.ingest.shapes.second_headers import find_order, is_as_before, put_in_order
from services.ingest.shapes.shifted_rows import LEAST_SHIFTED, is_shifted, put_back
from services.ingest.shapes.table import (
    Answers,
    Made,
    State,
    TableShape,
    find_shape,
    first_rows,
    row_cells,
)
from shared.errors import Rejected

_REORDERED = (
    "the header comes again with its columns in another order: they are read by their names"
)
_OF_ROWS = {BLANKS, COPIES}
"""What is answered of rows and sheets, not of columns."""
_REWORDED = "the header comes again in other words: its columns stand as before"


def find_mended(sheet: Sheet, file_name: str, answers: Answers) -> tuple[Sheet, TableShape]:
    """The sheet whose rows are to be read, and what it is.

    What was mended is a note of the shape and lowers its certainty; what is likely and not proved
    is asked. Rejected as `find_shape`.
    """
    rows: Sequence[SheetRow] = [] if sheet.hidden else first_rows(sheet)
    cut = find_cut(rows, find_header([row_cells(row) for row in rows]))
    if cut is not None and cut.place is not None:
        sheet, rows = _with_whole_amounts(sheet, rows, cut.place)
    sheet, rows, notes = _with_one_header(sheet, rows)
    one_header = bool(notes)
    shape = find_shape(sheet, rows, file_name, _of_columns(answers))
    if shape.columns.lacking == ("payment_date",) and any(shape.header.names):
        sheet, rows, shape = _with_days(sheet, rows, shape, file_name, answers)
    if not shape.columns.lacking and shape.state is not State.SKIPPED:
        sheet, rows, shape = _in_columns(sheet, rows, shape)
        sheet, shape = _with_blanks_filled(sheet, rows, shape, answers)
    if cut is not None:
        shape = _asking_about_cut(shape) if cut.place is None else replace(shape, cut=cut.place)
        notes = (NOTE, *notes) if cut.place is not None else notes
    return sheet, replace(shape, mended=(*notes, *shape.mended), one_header=one_header)


def mend_again(sheet: Sheet, file_name: str, shape: TableShape) -> Sheet:
    """The sheet mended as it was when its shape was found, which is kept with an import.

    Rejected: its days can't be made as they were.
    """
    if shape.cut is not None:
        named = Header(shape.asked_names, 0, 0)
        sheet = put_together(sheet, named, shape.header_end, shape.cut)
    if shape.one_header:
        sheet = put_in_order(sheet, shape.asked_names, shape.header_end)
    if shape.made is not Made.NOTHING:
        rows = first_rows(sheet)
        found = _find_days(sheet, rows, shape, file_name, shape.made.value)
        header = shape.header.names[-1]
        if (
            isinstance(found, Doubtful | None)
            or found.how is not shape.made
            or found.header not in header
        ):
            raise Rejected(
                f"the days of {file_name} were made as {shape.made.value}, under {header!r}, and "
                "can't be made so again: its rows would be other payments; import the file anew"
            )
        sheet = _dated(sheet, rows, shape, found)
    if shape.shifted:
        sheet = put_back(sheet, shape)
    return fill_down(sheet, shape, shape.filled) if shape.filled else sheet


def _of_columns(answers: Answers) -> Answers:
    """The answers without those that are about what is mended, or about whole sheets."""

    def of_columns(names: Sequence[str]) -> Mapping[str, str]:
        said = {field: each for field, each in answers(names).items() if field not in _OF_ROWS}
        if said.get("payment_date", "").strip().lower() in ANSWERS:
            del said["payment_date"]
        return said

    return of_columns


def _with_whole_amounts(
    sheet: Sheet, rows: Sequence[SheetRow], place: int
) -> tuple[Sheet, Sequence[SheetRow]]:
    header = find_header([row_cells(row) for row in rows])
    mended = put_together(sheet, header, rows[header.end - 1].number, place)
    return mended, first_rows(mended)


def _asking_about_cut(shape: TableShape) -> TableShape:
    if shape.state is State.SKIPPED:
        return shape
    asked = Question("amount", ASKED)
    return replace(shape, state=State.NEEDS_MAPPING, questions=(*shape.questions, asked))


def _with_one_header(
    sheet: Sheet, rows: Sequence[SheetRow]
) -> tuple[Sheet, Sequence[SheetRow], tuple[str, ...]]:
    header = find_header([row_cells(row) for row in rows])
    if not header.end:
        return sheet, rows, ()
    end = rows[header.end - 1].number
    first = [name.casefold() for name in header.names]
    notes: dict[str, None] = {}
    for number, row in rows[header.end :]:
        if isinstance(row, Broken) or number <= end:
            continue
        order = find_order(row, header.names)
        if order is None:
            continue
        if not is_as_before(order):
            notes[_REORDERED] = None
        elif [(as_text(value) or "").casefold() for value in row] != first[: len(row)]:
            notes[_REWORDED] = None
    if not notes:
        return sheet, rows, ()
    mended = put_in_order(sheet, header.names, end)
    return mended, first_rows(mended), tuple(notes)


def _with_days(
    sheet: Sheet,
    rows: Sequence[SheetRow],
    shape: TableShape,
    file_name: str,
    answers: Answers,
) -> tuple[Sheet, Sequence[SheetRow], TableShape]:
    place = len(shape.header.names)
    if any(isinstance(row, Broken) for _, row in rows[shape.header.first : shape.header.end]):
        return sheet, rows, shape  # no column is added to a header that can't be read whole
    said = answers(shape.header.names).get("payment_date", "").strip().lower()
    found = _find_days(sheet, rows, shape, file_name, said if said in ANSWERS else None)
    if found is None:
        return sheet, rows, shape
    if isinstance(found, Doubtful):
        return sheet, rows, _asking(shape, found)
    mended = _dated(sheet, rows, shape, found)

    def with_own(extended: Sequence[str]) -> Mapping[str, str]:
        own = _of_columns(answers)(extended[:place])
        return {**own, "payment_date": f"column {place + 1}"}

    rows = first_rows(mended)
    dated = find_shape(mended, rows, file_name, with_own)
    return mended, rows, replace(dated, made=found.how, mended=(found.note,))


def _find_days(
    sheet: Sheet, rows: Sequence[SheetRow], shape: TableShape, file_name: str, answer: str | None
) -> MadeDays | Doubtful | None:
    above = [row_cells(row) for row in rows[: shape.header.first]]
    title = " ".join(filter(None, (as_text(value) for row in above for value in row)))
    body = [row_cells(row) for row in rows[shape.header.end :]]
    body = [row for row in body if not is_blank_row(row)]
    return find_days(shape.asked_names, shape.columns, body, (sheet.name, title, file_name), answer)


def _dated(sheet: Sheet, rows: Sequence[SheetRow], shape: TableShape, days: MadeDays) -> Sheet:
    header = range(rows[shape.header.first].number, shape.header_end + 1)
    return with_days(sheet, days, shape.columns, len(shape.asked_names), header)


def _asking(shape: TableShape, doubtful: Doubtful) -> TableShape:
    if not doubtful.answers:
        return shape
    can = tuple(Answer("payment_date", answer) for answer in doubtful.answers)
    questions = tuple(
        each._replace(
            question=f"{each.question} Days can be made, but {doubtful.why}",
            columns=(*each.columns, *doubtful.answers),
            answers=(*each.answers, *can),
        )
        for each in shape.questions
    )
    return replace(shape, questions=questions)


def _in_columns(
    sheet: Sheet, rows: Sequence[SheetRow], shape: TableShape
) -> tuple[Sheet, Sequence[SheetRow], TableShape]:
    shifted = sum(is_shifted(row, shape) for number, row in rows if number > shape.header_end)
    if shifted < LEAST_SHIFTED:
        return sheet, rows, shape
    mended = put_back(sheet, shape)
    note = f"{shifted:,} rows or more stand one column to the right of the others: put back"
    return mended, first_rows(mended), replace(shape, mended=(*shape.mended, note), shifted=True)


def _with_blanks_filled(
    sheet: Sheet, rows: Sequence[SheetRow], shape: TableShape, answers: Answers
) -> tuple[Sheet, TableShape]:
    answer = answers(shape.asked_names).get(BLANKS)
    found = find_filled_down(rows, shape, answer)
    if found is None:
        return sheet, shape
    if isinstance(found, Question):
        questions = (*shape.questions, found)
        return sheet, replace(shape, state=State.NEEDS_MAPPING, questions=questions)
    return fill_down(sheet, shape, found.places), replace(
        shape, mended=(*shape.mended, found.note), filled=found.places
    )

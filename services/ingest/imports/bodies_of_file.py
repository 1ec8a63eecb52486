"""Whose rows a file holds: its column of entities against the names of the buyer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from services.ingest.buyers.body_names import BodyNames, is_parent, same_body, says_body
from services.ingest.imports.file_rows import FileRow, FileRows
from services.ingest.imports.tally import Count, say_rows
from services.ingest.reading.sheet import Broken
from services.ingest.shapes.cells import as_text, cell
from services.ingest.shapes.question import Answer, Question
from services.ingest.shapes.row_kinds import OF_ANOTHER, says_total
from services.ingest.shapes.row_reader import Skipped, fold_entity
from services.ingest.shapes.table import State, Table
from services.ingest.shapes.vocabulary import plain_header
from shared.errors import Rejected

WHOSE = "whose"
"""The field under which the answer stands: names of entities, a line each, or `ALL_OURS`."""
ALL_OURS = "all"
MOST_TOLD = 10
_OF_SEVERAL = re.compile(r"\b(?:family|department|parent|operating unit|code|uri)\b")
"""Above such a column stand divisions and codes too: only what says that it is a body counts."""


@dataclass(frozen=True)
class Whose:
    """What is known of whose rows a buyer's files hold.

    `names` is None where the buyer's are not known (a dry run); `ours` are values that somebody
    said to be the buyer's or another's; `answer` is what is said now, "" nothing.
    """

    names: BodyNames | None
    ours: Mapping[str, bool] = field(default_factory=dict)
    answer: str = ""


class Decided(NamedTuple):
    """The tables, those that ask among them; and of values what the answer says of each."""

    tables: list[Table]
    ours: dict[str, bool]


def decide_bodies(tables: Sequence[Table], whose: Whose, today: date) -> Decided:
    """The tables with a question where a column of entities names another body than the buyer.

    Rejected: the answer names what no row says.
    """
    decided, ours, seen = [], dict[str, bool](), set[str]()
    wanted = {fold_entity(line) for line in whose.answer.splitlines()}
    for place, table in enumerate(tables):
        said = entities_of(table)
        seen |= said.keys()
        if whose.answer and said:
            taken = {each: wanted == {ALL_OURS} or each in wanted for each in said}
            ours |= taken
            others = tuple(sorted(each for each, own in taken.items() if not own))
        else:
            others = tuple(sorted(each for each in said if whose.ours.get(each) is False))
            if _foreign(table, said, whose):
                decided.append(_asking(tables, place, said, today, whose))
                continue
        decided.append(table._replace(shape=replace(table.shape, others=others)))
    if whose.answer and seen and not (wanted == {ALL_OURS} or wanted <= seen):
        missing = ", ".join(sorted(wanted - seen))
        raise Rejected(f"no row is of the entity {missing}; there are {', '.join(seen)}", "map")
    return Decided(decided, ours)


def entities_of(table: Table) -> dict[str, str]:
    """The bodies that a table of payments names: folded, and as they stand there first.

    A total whose words stand in the column, such as `Grand Total`, is none.
    """
    place = table.shape.columns.place("entity")
    if place is None or table.shape.state is not State.PAYMENTS:
        return {}
    said: dict[str, str] = {}
    known = set[object]()
    for number, row in table.sheet.rows():
        if number <= table.shape.header_end or isinstance(row, Broken):
            continue
        value = cell(row, place)
        if isinstance(value, str) and value not in known:
            known.add(value)
            folded = fold_entity(value)
            if folded and folded != _header(table) and not says_total((value,)):
                said.setdefault(folded, " ".join(value.split()))
    return said


def may_be_body(table: Table, value: str) -> bool:
    """Whether a value of the column of entities is a body, and no division of the buyer."""
    header = plain_header(table.shape.columns.header("entity"))
    return bool(value) and (_OF_SEVERAL.search(header) is None or says_body(value))


def _header(table: Table) -> str:
    return fold_entity(table.shape.columns.header("entity"))


def _foreign(table: Table, said: Mapping[str, str], whose: Whose) -> list[str]:
    """The values that name a body of which nobody knows that it is the buyer."""
    bodies = [
        value
        for folded, value in said.items()
        if folded not in whose.ours and may_be_body(table, value) and not is_parent(value)
    ]
    if whose.names is not None:
        strange = [value for value in bodies if not whose.names.has(value)]
        # A file all of which was said to be of others holds nothing of the buyer.
        none_left = bool(said) and all(whose.ours.get(each) is False for each in said)
        return strange or (list(said.values()) if none_left else [])
    return bodies if any(not same_body(bodies[0], each) for each in bodies[1:]) else []


def _is_known(folded: str, value: str, whose: Whose) -> bool:
    """Whether a value is known to be the buyer, by an answer or by its names."""
    return whose.ours.get(folded, whose.names is not None and whose.names.has(value))


def _asking(
    tables: Sequence[Table], place: int, said: Mapping[str, str], today: date, whose: Whose
) -> Table:
    table = tables[place]
    counts = count_entities(tables, place, today)
    listed = sorted(said, key=lambda each: -counts.get(each, Count()).rows)
    likeliest = min(listed, key=lambda each: not _is_known(each, said[each], whose))
    told = [f"{said[each]} ({say_rows(counts.get(each, Count()))})" for each in listed[:MOST_TOLD]]
    more = f" and {len(listed) - MOST_TOLD:,} more" if len(listed) > MOST_TOLD else ""
    question = Question(
        WHOSE,
        f"{table.shape.columns.header('entity')} names another body than the buyer: "
        f"{', '.join(told)}{more}. Whose rows are the buyer's?",
        (*(said[each] for each in listed), ALL_OURS),
        (
            Answer(WHOSE, said[likeliest], "for those alone"),
            Answer(WHOSE, ALL_OURS, "if every row is"),
        ),
    )
    shape = replace(
        table.shape,
        state=State.NEEDS_MAPPING,
        questions=(*table.shape.questions, question),
    )
    return table._replace(shape=shape)


def count_entities(tables: Sequence[Table], place: int, today: date) -> dict[str, Count]:
    """The rows and pence of each body that a table names, folded."""
    counts = EntityCounts(tables[place])
    for row in FileRows(tables, today).of_table(place):
        counts.meet(row)
    return counts.by_value


class EntityCounts:
    """Counts the rows of a table, and their pence, by the body that they name."""

    def __init__(self, table: Table) -> None:
        self._place = table.shape.columns.place("entity")
        self.by_value: dict[str, Count] = {}
        self.names: dict[str, str] = {}
        """Each as it stands first."""

    def meet(self, sent: FileRow) -> None:
        """Count a row, unless it is blank, a header, a total or a note, or can't be read."""
        if self._place is None or isinstance(sent.row, Broken):
            return
        if isinstance(sent.read, Skipped) and sent.read.kind != OF_ANOTHER:
            return
        value = cell(sent.row, self._place)
        folded = fold_entity(value)
        self.names.setdefault(folded, " ".join((as_text(value) or "").split()))
        before = self.by_value.get(folded, Count())
        self.by_value[folded] = Count(before.rows + 1, before.pence + sent.pence)

"""Decisions as a CSV file: safe in a spreadsheet, unchanged when they come back."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.classify.decisions.decision import Decision
from services.classify.decisions.decisions_file import (
    COLUMNS,
    DecisionRow,
    read_decisions,
    write_decisions,
)
from shared.errors import Rejected
from shared.identity import identify

KEY = identify("name", "BECK")
ORGANISATION = Decision(
    *(identify("supplier", "1"), KEY, "LIMITED", "organisation", ("GB-CHC-9000101",), "Beck"),
    None,
    *("An invoice says so", "officer", datetime(2026, 3, 2, 9, 30, 0, 123, tzinfo=UTC)),
)
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
PERSON = ORGANISATION._replace(
    kind="person", organisations=(), name=None, why="J Smith is a carer", form=None
)


def written(*decisions: Decision, payee: str = "Beck Ltd", personal: bool = True) -> str:
    target = io.StringIO()
    write_decisions(target, [(each, payee) for each in decisions], personal=personal)
    return target.getvalue()


def read(text: str) -> list[DecisionRow]:
    return list(read_decisions(io.StringIO(text, newline=""), NOW))


_texts = st.text(st.characters(blacklist_categories=["Cc", "Cs"]), min_size=1, max_size=40).map(
    str.strip
)


@given(why=_texts.filter(bool), who=_texts.filter(bool), payee=st.text(max_size=20))
@example(why="0", who="0", payee="\r")
def test_what_is_written_is_read_again_and_no_cell_is_a_formula(
    why: str, who: str, payee: str
) -> None:
    decisions = [ORGANISATION._replace(why=why, who=who), PERSON._replace(why=why, who=who)]
    text = written(*decisions, payee=payee)
    assert [row.decision for row in read(text)] == decisions
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


def test_a_name_without_a_number_and_a_stated_form_come_back_as_they_were() -> None:
    listed = ORGANISATION._replace(organisations=(), legal_form="registered charity")
    stated = ORGANISATION._replace(kind="another", legal_form="community interest company")
    assert [row.decision for row in read(written(listed, stated))] == [listed, stated]


@pytest.mark.parametrize("why", ["=1+1", "'=1+1", "''", "-5", "@SUM(A1)", "+44", "'quoted'"])
def test_a_formula_stands_as_text_and_comes_back_as_it_was(why: str) -> None:
    [row] = read(written(ORGANISATION._replace(why=why)))
    assert row.decision is not None
    assert row.decision.why == why


def test_what_may_tell_a_persons_name_is_written_only_when_asked_for() -> None:
    text = written(PERSON, payee="J Smith", personal=False)
    assert "Smith" not in text
    assert KEY not in text, "who guesses the name can make its key"
    [row] = read(text)
    assert row.decision is not None
    assert (row.decision.id, row.decision.why) == (PERSON.id, "withheld")
    assert "Smith" in written(PERSON, payee="J Smith")
    assert "Beck Ltd" in written(ORGANISATION, personal=False)


@pytest.mark.parametrize("kind", ["person", "not-vcse", "revoked"])
def test_what_was_decided_before_tells_nothing_of_what_may_be_a_person_now(kind: Any) -> None:
    before = ORGANISATION._replace(name="J Smith Trust", why="J Smith runs it")
    later = PERSON._replace(kind=kind, decided_at=datetime(2026, 3, 3, tzinfo=UTC))
    text = written(before, later, payee="J Smith", personal=False)
    assert "Smith" not in text
    assert KEY not in text, "who guesses the name can make its key"
    assert "9000101" not in text
    assert [row.decision and row.decision.id for row in read(text)] == [later.id]
    assert len(read(written(before, later))) == 2
    other = before._replace(supplier_id=identify("supplier", "2"))
    assert "J Smith Trust" in written(other, later, personal=False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decision": "maybe"}, "`decision`: 'maybe' is none of organisation, another"),
        ({"organisations": "9000101"}, "`organisations`: '9000101' is not an org-id"),
        ({"organisations": "", "name": ""}, "`organisations`: the decision organisation names"),
        ({"legal_form": "school"}, "`legal_form`: the decision organisation has no form"),
        ({"legal_form": "club", "decision": "another"}, "`legal_form`: 'club' is none of: GP"),
        ({"supplier_id": "1"}, "`supplier_id`: is not a UUID"),
        ({"why": " "}, "`why`: "),
        ({"who": "x" * 201}, "`who`: "),
        ({"decided_at": "yesterday"}, "`decided_at`: is not a moment"),
        ({"decided_at": "2026-03-02T09:30:00"}, "`decided_at`: needs a time zone"),
        ({"decided_at": "0001-01-01T00:00+14:00"}, "`decided_at`: is beyond the calendar"),
        ({"decided_at": "9999-12-31T23:59-10:00"}, "`decided_at`: is beyond the calendar"),
        ({"decided_at": "2026-04-01T10:10+00:00"}, "`decided_at`: lies ahead"),
        ({"name": "x" * 200_000}, "`name`: "),
    ],
)
def test_a_row_that_can_not_be_used_is_told_with_its_line_beside_those_that_can(
    changes: dict[str, Any], said: str
) -> None:
    good = dict(
        zip(COLUMNS, next(csv.reader([written(ORGANISATION).splitlines()[1]])), strict=True)
    )
    target = io.StringIO()
    writer = csv.DictWriter(target, COLUMNS)
    writer.writeheader()
    writer.writerows([good | changes, good])
    bad, used = read(target.getvalue())
    assert (bad.number, bad.decision) == (2, None)
    assert bad.fault is not None
    assert bad.fault.startswith(f"can't be used: {said}")
    assert used == DecisionRow(3, ORGANISATION)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Rejected, match="columns are missing: why; there are: "):
        read(written(ORGANISATION).replace("why", "because"))

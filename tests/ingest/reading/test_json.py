"""JSON: records a line, in an array, or in an array within an object."""

import json
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest

from services.ingest.reading.limits import Limits
from services.ingest.reading.sheet import Broken
from shared.errors import Rejected
from tests.ingest.reading.reading import read_rows, read_sheets, written

RECORDS = '{"payee": "Leeds Mind", "amount": 1234.10}', '{"amount": 2, "reference": "R1"}'


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(RECORDS),
        f"\ufeff{RECORDS[0]}\r\n{RECORDS[1]}\r\n",
        f"[{','.join(RECORDS)}]",
        f'\ufeff{{"version": 1, "grants": [\n{RECORDS[0]},\n{RECORDS[1]}]}}',
        f'{{"grants": [{",".join(RECORDS)}], "version": 1}}',
    ],
)
def test_records_are_rows_under_every_name_that_one_of_them_has(
    tmp_path: Path, content: str
) -> None:
    [(sheet, rows)] = read_sheets(written(tmp_path, content.encode()))
    assert rows == [
        (0, ("payee", "amount", "reference")),
        (1, ("Leeds Mind", Decimal("1234.10"), None)),
        (2, (None, 2, "R1")),
    ]
    assert sheet.rows_about == 2


def test_names_within_names_are_joined(tmp_path: Path) -> None:
    record = {"recipient": [{"name": "Leeds Mind"}], "award": {"value": 1}}
    names, row = read_rows(written(tmp_path, json.dumps([record]).encode()))
    assert names == ("recipient/0/name", "award/value")
    assert row == ("Leeds Mind", 1)


def test_a_line_that_is_no_record_leaves_the_others(tmp_path: Path) -> None:
    content = '{"a": 1}\n{"a": \n\n[1]\n{"a": NaN}\n{"a": 2}'
    _, first, broken, blank, array, number, last = read_rows(written(tmp_path, content.encode()))
    assert (first, blank, last) == ((1,), (None,), (2,))
    for each, reason in ((broken, "no JSON"), (array, "no JSON object"), (number, "no number")):
        assert isinstance(each, Broken)
        assert reason in each.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"[{RECORDS[0]}, ", "spend.csv is no JSON, or is cut short"),
        ('{"a": [1, 2]}', ""),
        ('{"version": 1,\n"grants": []}', "spend.csv holds no records"),
        ("[" + "[" * 100_000, ""),
        ('[{"a": "' + "x" * 5_000_000 + '"}]', "a record has more than 4,194,304 bytes"),
        ("[{" + ",".join(f'"{n}": 1' for n in range(3_000)) + "}]", "more than 2,000 names"),
    ],
)
def test_what_holds_no_records_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    path = written(tmp_path, content.encode())
    if reason:
        with pytest.raises(Rejected, match=reason):
            read_sheets(path)
    else:
        read_sheets(path, Limits())


@pytest.mark.parametrize(
    "content",
    [
        b'[{"a":' + b"[" * 20_000,
        b'[{"a":1},{"a":"\\"' + b"x" * 70_000 + b'","b":' + b'{"a":' * 20_000,
        b'{"a":' * 20_000,
    ],
    ids=["arrays", "in a later record", "objects alone"],
)
def test_what_is_nested_too_deep_is_refused_before_it_takes_memory(
    tmp_path: Path, content: bytes
) -> None:
    path = written(tmp_path, content)
    tracemalloc.start()
    try:
        with pytest.raises(Rejected, match="levels deep"):
            read_rows(path)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_brackets_in_strings_nest_nothing(tmp_path: Path) -> None:
    said = [{"a": "[" * 100 + '"\\' * each} for each in range(600)]
    path = written(tmp_path, json.dumps(said).encode())
    assert read_rows(path)[1:] == [(each["a"],) for each in said]


@pytest.mark.parametrize("before", [0, (1 << 16) - 500], ids=["at once", "across two reads"])
def test_a_number_too_long_to_be_read_is_refused(tmp_path: Path, before: int) -> None:
    """The parser in C would crash, and whoever reads with it."""
    content = f'[{{"a": 1}}, {" " * before}{{"a": {"9" * 5_000}}}]'
    with pytest.raises(Rejected, match="a number has more than 1,000 digits"):
        read_rows(written(tmp_path, content.encode()))


@pytest.mark.parametrize("record", ['{"a": %s}', '{"ocid": "o", "a": {"b": %s}}'])
@pytest.mark.parametrize("form", ["%s\n%s", "[%s, %s]"], ids=["lines", "array"])
def test_a_number_beyond_every_amount_spoils_its_record_alone(
    tmp_path: Path, form: str, record: str
) -> None:
    content = form % (record % "1.5", record % "1e999999999")
    _, good, broken = read_rows(written(tmp_path, content.encode()))
    assert not isinstance(good, Broken)
    assert isinstance(broken, Broken)
    assert "a number is beyond 10 to the power of 300" in broken.reason


@pytest.mark.parametrize("form", ["%s\n%s", "[%s, %s]"], ids=["lines", "array"])
def test_what_no_database_keeps_is_replaced(tmp_path: Path, form: str) -> None:
    records = r'{"a\u0000": "b\u0000c\\u0000", "d": "\u0000"}', r'{"d": "e\ud800"}'
    names, first, second = read_rows(written(tmp_path, (form % records).encode()))
    assert names == ("a\ufffd", "d")
    assert first == ("b\ufffdc\\u0000", "\ufffd")
    assert isinstance(second, tuple)
    assert "".join(filter(None, map(str, second))).isprintable()


def test_a_document_holds_what_a_database_keeps(tmp_path: Path) -> None:
    record = r'{"ocid": "o", "a": {"b": "\u0000c\\u0000\\\u0000"}, "d": "\udc00"}'
    document = read_rows(written(tmp_path, f"{record}\n{record}".encode()))[1][0]
    assert json.loads(str(document)) == {
        "ocid": "o",
        "a": {"b": "\ufffdc\\u0000\\\ufffd"},
        "d": "\ufffd",
    }

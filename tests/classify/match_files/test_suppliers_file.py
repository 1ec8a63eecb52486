"""Files of suppliers as people bring them: read row for row, or refused by row and column."""

import io

import pytest

from services.classify.match_files.suppliers_file import read_suppliers
from services.classify.supplier import Supplier
from shared.errors import Rejected


def test_columns_are_found_by_name_and_others_left_aside() -> None:
    file = io.BytesIO(
        "\ufeffamount,postcode,supplier,charity_number\n1,LS1 1AA,Aelwyd yr Ŵyl,9000101\n"
        '2,,"Smith, J",\n\n3\n'.encode()
    )
    assert list(read_suppliers(file)) == [
        Supplier("", "Aelwyd yr Ŵyl", "9000101", None, "LS1 1AA"),
        Supplier("", "Smith, J", "", None, ""),
        Supplier("", "", None, None, None),
    ]


@pytest.mark.parametrize("header", [b" supplier ,postcode", b'Supplier,"POSTCODE "'])
def test_capitals_and_spaces_in_the_header_make_no_difference(header: bytes) -> None:
    file = io.BytesIO(header + b"\nNow Group,LS1\n")
    assert list(read_suppliers(file)) == [Supplier("", "Now Group", None, None, "LS1")]


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_an_empty_line_of_a_single_column_is_a_row_without_a_payee(end: bytes) -> None:
    file = io.BytesIO(b"supplier\nNow Group\n\n\nExtern" + end)
    assert [each.payee for each in read_suppliers(file)] == ["Now Group", "", "", "Extern"]


@pytest.mark.parametrize(
    ("content", "field", "row", "said"),
    [
        (b"", "supplier", 1, "`supplier` is missing"),
        (b"payee,town\nx,y\n", "supplier", 1, "`supplier` is missing among `payee`, `town`$"),
        (b"supplier;town\nx;y\n", "supplier", 1, "among `supplier;town`, which semicolons part: "),
        (b"supplier\ttown\nx\ty\n", "supplier", 1, "which tabs part: save the file with commas"),
        (b"Supplier,supplier\nx,y\n", "supplier", 1, "`supplier` stands twice"),
        ("supplier\nx\n".encode("utf-16"), "", 1, "row 1 is not UTF-8"),
        (b"supplier\nA\nB\xe9nie\n", "supplier", 3, "row 3, column `supplier` is not UTF-8"),
        (b"supplier\nSmith, J\n", "", 2, "row 2 has 2 cells, the header 1"),
        (b'supplier\nA\n"Smith\n' + b"x" * 140_000, "", 3, "row 3 is no CSV: field larger"),
        (b'supplier\nA\n"Smith\nB\n', "", 3, "row 3 is no CSV: unexpected end of data"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, field: str, row: int, said: str) -> None:
    with pytest.raises(Rejected, match=said) as refused:
        list(read_suppliers(io.BytesIO(content)))
    assert (refused.value.field, refused.value.row) == (field, row)

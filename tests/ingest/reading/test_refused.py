"""What is no table, or would harm whoever reads it, is refused with a sentence."""

import io
import os
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import xlwt

from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from shared.errors import Rejected
from tests.ingest.made_files import make_csv, make_ods, make_xls, make_xlsx, make_zip, repack
from tests.ingest.reading.reading import read_sheets, written

ROWS = [["a", "b"], ["1", "2"]]
CSV = make_csv(ROWS)


def bomb() -> bytes:
    return make_zip({"spend.csv": b"0" * 5_000_000})


def linked() -> bytes:
    link = zipfile.ZipInfo("spend.csv")
    link.external_attr = 0o120777 << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr(link, "/etc/passwd")
    return content.getvalue()


def unended() -> bytes:
    """An ODS workbook whose table has no end, which its library seeks for ever."""
    return repack(make_ods(ROWS), lambda _, part: part.replace(b"</table:table>", b"</t:able>"))


def locked() -> bytes:
    content = bytearray(make_zip({"spend.csv": CSV}))
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def entities(name: str, member: bytes) -> bytes:
    if not name.endswith("sheet1.xml"):
        return member
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return b"<?xml version='1.0'?>" + declared + member.partition(b"?>")[2]


def ole(stream: str) -> bytes:
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    return header + stream.encode("utf-16-le") + b"\0" * 512


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"\x1f\x8b\x08\0", "is packed by gzip: unpack it first"),
        (b"\x89PNG\r\n", "is a picture"),
        (b"\r\n<!DOCTYPE html>\n<html><body><table>", "is a web page without a table"),
        (b"\xef\xbb\xbf<table><tr><td>", "is a web page without a table"),
        (b"<?xml version='1.0'?><a/>", "is XML"),
        (b"a,b\n\0\x01\x02\x03", "is neither text nor a workbook"),
        (b"PAR1PAR1", "is not a Parquet file that can be read"),
        (make_xlsx(ROWS)[:-200], "is cut short or damaged"),
        (make_xls(ROWS)[:700], "is no workbook that can be read"),
        (ole("EncryptedPackage"), "is locked by a password"),
        (ole("WordDocument"), "is a Word document"),
        (make_zip({"mimetype": b"application/vnd.oasis.opendocument.text"}), "no spreadsheet"),
        (locked(), "is locked by a password"),
        (unended(), "is damaged inside: mismatched tag"),
        (linked(), "is a link to another file"),
        (make_zip({"../spend.csv": CSV}), "a path outside its folder"),
        (make_zip({"C:\\spend.csv": CSV}), "a path outside its folder"),
        (make_zip({"/spend.csv": CSV}), "a path outside its folder"),
        (make_zip({}), "holds no file"),
        (make_zip({"read.pdf": b"%PDF-1.7"}), "holds no table: .* is a PDF document"),
        (bomb(), "unpacks to more than 200 times its size, as a zip bomb does"),
        (make_zip({f"{n}.csv": CSV for n in range(60)}), "holds more than 50 files"),
        (repack(make_xlsx(ROWS), entities), "declares a document type"),
    ],
)
def test_it_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    limits = replace(Limits(), ratio_from_bytes=1_000_000, zip_members=50)
    with pytest.raises(Rejected, match=rf"^spend\.xls.*{reason}"):
        read_sheets(written(tmp_path, content, "spend.xls"), limits)


def test_a_zip_that_says_too_little_of_its_size_is_not_believed(tmp_path: Path) -> None:
    content = bytearray(bomb())
    for sign, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.find(sign) + offset, 10)
    with pytest.raises(Rejected, match="is cut short or damaged"):
        read_sheets(written(tmp_path, bytes(content)))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "spend.csv"
    with path.open("wb") as file:
        file.truncate(6_000_000_000)
    with pytest.raises(Rejected, match="6,000,000,000 bytes; 5,000,000,000 may be sent at most"):
        read_sheets(path)


def test_a_workbook_that_needs_too_much_memory_is_refused_and_the_next_one_read(
    tmp_path: Path,
) -> None:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Spend")
    for place in ((0, 0), (65_535, 255)):
        sheet.write(*place, "far apart")
    path = tmp_path / "spend.xls"
    workbook.save(str(path))
    with pytest.raises(Rejected, match="takes more than 200 MB of memory"):
        read_sheets(path, replace(Limits(), reader_memory=200_000_000))
    [(_, rows)] = read_sheets(written(tmp_path, make_ods(ROWS)))
    assert rows == [(1, ("a", "b")), (2, ("1", "2"))]


def test_a_row_beyond_the_last_is_no_reason_to_count_to_it(tmp_path: Path) -> None:
    far = repack(make_xlsx(ROWS), lambda _, member: member.replace(b'r="2"', b'r="4000000000"'))
    with pytest.raises(Rejected, match="row 4000000000 is beyond the last"):
        read_sheets(written(tmp_path, far))


def test_cells_far_to_the_right_are_counted_before_a_row_is_built(tmp_path: Path) -> None:
    far = repack(make_xlsx([["a", "b"]] * 40), lambda _, member: member.replace(b'r="B', b'r="XFD'))
    path = written(tmp_path, far)
    limits = replace(Limits(), sheet_cells=600_000)
    message = "sheet Sheet, spans more than 600,000 cells"
    with open_file(path, replace(limits, sheet_cells=700_000)), pytest.raises(Rejected) as refused:
        open_file(path, limits).__enter__()
    assert message in refused.value.reason


@pytest.mark.parametrize("name", ["pipe.csv", "device.csv", "folder.parquet"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    match name:
        case "pipe.csv":
            os.mkfifo(path)
        case "device.csv":
            path.symlink_to("/dev/zero")
        case _:
            path.mkdir()
    with pytest.raises(Rejected, match="is no file, but a folder, a pipe or a device"):
        read_sheets(path)


def test_a_file_name_that_is_not_utf_8_has_its_own_sentence(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.csv")
    with pytest.raises(Rejected, match=r"the file name caf\\xe9\.csv is not UTF-8"):
        read_sheets(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="can't be read: No such file"):
        read_sheets(tmp_path / "none.csv")


def test_a_zip_holds_files_of_any_kind_and_one_zip_more(tmp_path: Path) -> None:
    inner = make_zip({"deep.xlsx": make_xlsx(ROWS), "deeper.zip": make_zip({"no.csv": CSV})})
    members = {"2021/spend.csv": CSV, "__MACOSX/._spend.csv": b"\0", "more.zip": inner}
    path = written(tmp_path, make_zip({**members, "read me.pdf": b"%PDF-1.7"}))
    with open_file(path, Limits()) as opened:
        read = [(sheet.member, [row for _, row in sheet.rows()]) for sheet in opened.sheets]
    assert read == [
        ("2021/spend.csv", [("a", "b"), ("1", "2")]),
        ("more.zip/deep.xlsx", [("a", "b"), ("1", "2")]),
    ]
    assert [each.member for each in opened.unread] == ["more.zip/deeper.zip", "read me.pdf"]
    assert not list(tmp_path.parent.glob("localpound-*"))


@pytest.mark.parametrize("name", ["spend.csv", "spend.xls", "spend"])
def test_the_content_says_the_kind_whatever_the_name(tmp_path: Path, name: str) -> None:
    for content in (b"a\n", make_xlsx([["a"]]), make_xls([["a"]]), make_ods([["a"]])):
        [(_, rows)] = read_sheets(written(tmp_path, content, name))
        assert rows == [(1, ("a",))]

"""What a zip is: a workbook of one format or another, or files that somebody packed."""

from enum import Enum

from services.ingest.reading.xlsx import find_workbook
from services.ingest.reading.zip_file import Zip
from shared.errors import Rejected

_ODF = "application/vnd.oasis.opendocument."
_SHEETS = (f"{_ODF}spreadsheet", f"{_ODF}spreadsheet-template")
_LONGEST_MIME_TYPE = 100


class PackageKind(Enum):
    """XLSX is read a row at a time; XLSB and ODS, whose cells are not, as a whole."""

    XLSX = "xlsx"
    BINARY = "xlsb or ods"
    FILES = "files"


def find_package_kind(package: Zip, what: str) -> PackageKind:
    """The kind by its members. Rejected: a document that is no workbook, or a locked one."""
    names = package.members
    if "[Content_Types].xml" in names and "_rels/.rels" in names:
        return _find_office_kind(package, what)
    if "mimetype" in names:
        said = b"".join(package.unpack("mimetype"))[:_LONGEST_MIME_TYPE].decode(errors="replace")
        if said.strip() in _SHEETS:
            return _check_open_document(package, what)
        if said.startswith(_ODF):
            raise Rejected(f"{what} is an OpenDocument file, but no spreadsheet")
    if "Index/Document.iwa" in names:
        raise Rejected(f"{what} is a document of Apple's: export it as XLSX or CSV")
    return PackageKind.FILES


def _find_office_kind(package: Zip, what: str) -> PackageKind:
    workbook = find_workbook(package, what)
    if workbook.endswith(".bin"):
        return PackageKind.BINARY
    folder = workbook.partition("/")[0]
    if folder in {"word", "ppt", "visio"}:
        raise Rejected(f"{what} is a document or a presentation, not a workbook")
    return PackageKind.XLSX


def _check_open_document(package: Zip, what: str) -> PackageKind:
    manifest = "META-INF/manifest.xml"
    if manifest in package.members and b"encryption-data" in b"".join(package.unpack(manifest)):
        raise Rejected(f"{what} is locked by a password: send it without one")
    return PackageKind.BINARY

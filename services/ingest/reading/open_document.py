"""OpenDocument workbooks, before a library reads them."""

from services.ingest.reading.xml_elements import feed, safe_parser
from services.ingest.reading.zip_file import Zip

_CONTENT = "content.xml"


def check_nesting(package: Zip, what: str) -> None:
    """Where the sheets are one whole document. Rejected: they are not, or not safe to read.

    calamine 0.37 seeks the end of a table beyond the end of the part, for ever.
    """
    if _CONTENT in package.members:
        with package.open(_CONTENT) as part:
            for _ in feed(safe_parser(), part, what):
                pass

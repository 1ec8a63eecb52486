"""Match a file of names against register files: neither broker nor database is needed."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from services.classify.classification import Classification, classify
from services.classify.definitions.definition import Definitions
from services.classify.load_registers import borne_names, read_register
from services.classify.matching.asked import asked
from services.classify.matching.known import BorneName, Edition, Known, assemble
from services.classify.organisation import Link, Organisation
from services.classify.registers import find_registers
from services.classify.registers.opened import OpenFile, open_file
from services.classify.supplier import Supplier
from shared.errors import Rejected

CHARITY = "registered-charity"
COLUMNS = (
    *("supplier", "registered_charity", "tier", "organisation", "organisation_name", "score"),
    *("rule", "candidates"),
)


def know_registers(
    folder: Path, suppliers: Iterable[Supplier], opener: OpenFile = open_file
) -> Known:
    """What the register files in a folder say of these suppliers. Rejected where there are none.

    Names that none of them bears are passed over: half a million would take a gigabyte.
    """
    words = set(asked(suppliers).words)
    organisations: list[Organisation] = []
    names: list[BorneName] = []
    links: list[Link] = []
    editions: dict[str, Edition] = {}
    for register, path in find_registers(folder):
        contents, day = read_register(register, path, None, opener)
        editions[register.source] = Edition(register.title, day)
        borne = [n for n in borne_names(register.source, contents) if n.words in words]
        keys = {name.key for name in borne}
        organisations += [o for o in contents.organisations if o.org_id or o.key in keys]
        names += borne
        links += contents.links
    if not editions:
        raise Rejected(f"{folder} holds no register that is known by its file name")
    return assemble(organisations, names, links, editions)


def match_suppliers(
    suppliers: Iterable[Supplier], target: TextIO, known: Known, definitions: Definitions
) -> None:
    """Write one row for each supplier, in the same order."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for supplier in suppliers:
        writer.writerow(_answer(supplier, classify(supplier, known, definitions)))


def read_suppliers(source: TextIO) -> Iterator[Supplier]:
    """Suppliers from a CSV file with a column `supplier`; Rejected where it is missing.

    It may have `charity_number`, `company_number` and `postcode`.
    """
    reader = csv.DictReader(source)
    if "supplier" not in (reader.fieldnames or ()):
        raise Rejected("the column `supplier` is missing", "supplier", 1)
    for row in reader:
        yield Supplier(
            "",
            row["supplier"] or "",
            row.get("charity_number"),
            row.get("company_number"),
            row.get("postcode"),
        )


def _answer(supplier: Supplier, found: Classification) -> tuple[str, ...]:
    best = found.candidates[0] if found.candidates else None
    return (
        supplier.payee,
        str(any(m.definition == CHARITY for m in found.memberships)).lower(),
        found.tier,
        best.organisation or "" if best else "",
        best.name if best else "",
        str(found.score),
        found.rule,
        ";".join(c.organisation for c in found.candidates if c.organisation),
    )

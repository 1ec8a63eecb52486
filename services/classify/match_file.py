"""Match a file of names against register files: neither broker nor database is needed."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TextIO

from services.classify.classification import Classification, classify
from services.classify.definitions.definition import Definitions
from services.classify.matching.index import Index
from services.classify.matching.known import NOTHING
from services.classify.supplier import Supplier
from shared.errors import Rejected

CHARITY = "registered-charity"
COLUMNS = (
    *("supplier", "registered_charity", "tier", "organisation", "organisation_name", "score"),
    *("rule", "candidates"),
)
_AT_ONCE = 2000


def match_file(
    suppliers: Iterable[Supplier], target: TextIO, index: Index, definitions: Definitions
) -> int:
    """Write one row for each supplier, in the same order, as they come; returns how many."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    coming = iter(suppliers)
    while batch := list(islice(coming, _AT_ONCE)):
        found = classify(batch, NOTHING, index, definitions)
        writer.writerows(map(_answer, batch, found))
        count += len(batch)
    return count


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
        f"{found.score:.4f}",
        found.rule,
        ";".join(c.organisation for c in found.candidates if c.organisation),
    )

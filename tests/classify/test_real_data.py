"""The real registers and the audited suppliers of NHS bodies, where the data are."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest

from services.classify.classification import Classification, classify
from services.classify.index_files import index_files
from services.classify.match_file import CHARITY
from services.classify.matching.known import NOTHING
from services.classify.supplier import Supplier
from tests.classify.database import DEFINITIONS

Audited = list[tuple[dict[str, str], Classification]]


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def audited(data: Path) -> dict[str, Audited]:
    """Each file of the benchmark with the classification of its names, its first column."""
    files = {
        name: rows(data / "benchmark" / f"{name}.csv.gz")
        for name in ("nhs_suppliers_dev", "nhs_public_bodies_dev")
    }
    suppliers = {
        name: [Supplier("", next(iter(row.values()))) for row in own] for name, own in files.items()
    }
    index = index_files(data / "registers")
    return {
        name: list(zip(own, classify(suppliers[name], NOTHING, index, DEFINITIONS), strict=True))
        for name, own in files.items()
    }


def test_exact_names_find_what_they_should_and_little_else(audited: dict[str, Audited]) -> None:
    """The published baseline of exact names has a recall of .575 at a precision of .969."""
    said: Counter[tuple[bool, bool]] = Counter()
    links: Counter[bool] = Counter()
    for row, found in audited["nhs_suppliers_dev"]:
        charity = row["label"] in {"vcse_charity", "nhs_charity"}
        said[charity, any(m.definition == CHARITY for m in found.memberships)] += 1
        if found.tier == "auto" and charity:
            links[found.organisation == f"GB-CHC-{row['charityregno']}"] += 1
    recall = said[True, True] / (said[True, True] + said[True, False])
    precision = said[True, True] / (said[True, True] + said[False, True])
    assert recall >= 0.64, said
    assert precision >= 0.965, said
    assert links[True] / links.total() >= 0.97, links


def test_no_nhs_body_is_taken_for_a_charity(audited: dict[str, Audited]) -> None:
    found = [one for _, one in audited["nhs_public_bodies_dev"]]
    assert len(found) > 5000
    assert [one for one in found if one.tier == "auto"] == []
    counted = [row for row, one in audited["nhs_public_bodies_dev"] if one.memberships]
    assert len(counted) <= 3, counted

"""A statement as it was known on a day: what would have been answered then."""

from typing import Any

from services.api.statements.document import Document
from tests.api.conftest import Model
from tests.api.facts import (
    HOSPICE,
    ICB,
    PERSON,
    classified,
    corrected,
    ended,
    mapped,
    member,
    notice,
    paid,
    registered,
    unmatched,
    varied,
)
from tests.api.spend.test_as_known_at import said

_WITHHELD = {"Care": "withheld: it may be a person"}
PATH = f"/v1/statements/{ICB}/2024-25"


def history() -> list[Any]:
    """What was recorded from the 1st to the 9th of November 2026 of two agreements."""
    first = paid(1, 400_000_00, "2024-05-10", unit="0123")
    other = {"provider": PERSON, "supplier_id": unmatched().supplier_id, "title": "Care"}
    served = {"served_on": "2024-09-30", "last_day": "2025-03-30", "acts_on": "2025-03-30"}
    return [
        said(registered(), 1),
        said(first, 1),
        said(mapped("Hospices", unit="0123"), 2),
        said(classified(memberships=[member()]), 2),
        said(notice(1, **served), 3),
        said(registered("WY-2", **other), 3),
        said(paid(2, 90_000_00, "2024-06-10", payee=PERSON), 4),
        said(classified(PERSON, memberships=[member()], tier="review"), 4),
        said(mapped("End of life", "2024-05-01", 2, unit="0123"), 5),
        said(corrected(first, 40_000_00), 5),
        said(varied(effective_on="2024-10-01", annual_pence=8_000_000_00), 5),
        said(ended(on="2024-12-31"), 5),
        said(notice(2, **served | {"step": "withdrawn", "state": "withdrawn"}), 6),
        said(classified(HOSPICE, 2, memberships=[member(since="2024-08-01")]), 6),
        said(unmatched(revision=2), 7),
        said(paid(3, 5_000_00, "2024-07-10"), 7),
    ]


def _told(document: dict[str, Any]) -> dict[str, Any]:
    """All but the day, and the links that bear it, and a title that names whom we know as a person
    by now.
    """
    Document.model_validate(document, strict=False)
    sections = []
    for section in document["sections"]:
        shown = [{k: v for k, v in one.items() if k != "rows"} for one in section["figures"]]
        tables = [
            one
            | {"links": [], "rows": [[_WITHHELD.get(cell, cell) for cell in row] for row in rows]}
            for one in section["tables"]
            for rows in [one["rows"]]
        ]
        sections.append(section | {"figures": shown, "tables": tables})
    return document | {"sections": sections, "as_known_at": None}


async def test_a_statement_is_what_would_have_been_told_on_the_day(model: Model) -> None:
    facts, on = history(), "2026-11-04"
    await model.project(*(fact for fact in facts if fact.recorded_at.day <= 4))
    then = await model.ask(PATH)
    await model.project(*facts)
    known = await model.ask(PATH, as_known_at=on)
    assert known["as_known_at"] == on
    assert _told(known) == _told(then)
    assert "'Care'" not in str(known)
    assert _told(known) != _told(await model.ask(PATH))
    spent = {one["rows"] for part in known["sections"] for one in part["figures"] if one["rows"]}
    assert any(f"as_known_at={on}" in link for link in spent if link.startswith("/v1/spend"))
    nothing = await model.ask(PATH, as_known_at="2026-10-31", status=404)
    assert "by what was recorded by 2026-10-31" in nothing["detail"]
    await model.ask(PATH, as_known_at="2026-11-24", status=422)
    await model.ask(PATH, as_known_at="2026-11-05", version=1, status=422)
    page = await model._get(PATH, None, {"as_known_at": "2026-11-05", "format": "html"})
    assert "recorded by the end of 5 November 2026" in page.text

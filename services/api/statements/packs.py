"""The packs of a year: what is laid before whom and when, each made of a statement.

June and November: North Yorkshire Children's Trust Board, 2010, sections 2.3 and 3.2, an annual
report and a mid-year review. September and the two events: NHS West Yorkshire ICB in Leeds, 2024,
section 1.6.
"""

from typing import Literal, NamedTuple

from services.api.statements.document import Document
from shared.errors import NotKnown

STATEMENT = "Working with the voluntary, community and social enterprise sector: annual statement"
_LOOKING_BACK = (
    *("overview", "detail", "programmes", "reach", "lengths", "uplift", "notices"),
    "non-recurrent",
)


class Pack(NamedTuple):
    """A pack: its title, the part of the year that it is of, and its sections (empty: all)."""

    title: str
    part: Literal["year", "first-half"]
    sections: tuple[str, ...] = ()

    def of(self, statement: Document) -> Document:
        """The statement with the sections that belong in it."""
        sections = [
            section
            for section in statement.sections
            if not self.sections or section.id in self.sections
        ]
        return statement.model_copy(update={"sections": sections})


PACKS = {
    "june-annual": Pack("Annual report on spend and agreements", "year"),
    "november-mid-year": Pack("Mid-year review of spend and agreements", "first-half"),
    "september-statement": Pack(STATEMENT, "year"),
    "winter-planning": Pack(
        "Planning for the year ahead", "year", ("overview", "programmes", "ahead", "lengths")
    ),
    "progress": Pack("Progress against commitments", "year", _LOOKING_BACK),
}


def pack_named(name: str) -> Pack:
    """The pack of this name; NotKnown names those that there are."""
    if name not in PACKS:
        raise NotKnown(f"no pack is called {name[:80]!r}; there are: {', '.join(PACKS)}")
    return PACKS[name]

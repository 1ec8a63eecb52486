"""The packs of a year: what is laid before whom and when, a statement and what goes beside it.

June and November: North Yorkshire Children's Trust Board, 2010, sections 2.3 and 3.2, an annual
report on what was achieved and a mid-year review; 3.7 leads to benchmarks. September and the two
events: NHS West Yorkshire ICB in Leeds, 2024, section 1.6, a review with a summary of progress, an
event to plan the year ahead and one on the commitments. Places that plan want to compare: West
Yorkshire ICB's update on spend with the sector.
"""

from typing import Literal, NamedTuple

from services.api.statements.document import Document
from shared.errors import NotKnown

STATEMENT = "Working with the voluntary, community and social enterprise sector: annual statement"
_LOOKING_BACK = (
    *("overview", "detail", "programmes", "reach", "lengths", "uplift", "notices"),
    "non-recurrent",
)


Beside = Literal["commitments", "benchmarks"]
_BOTH: tuple[Beside, ...] = ("commitments", "benchmarks")


class Pack(NamedTuple):
    """A pack: its title, the part of the year that its statement is of, what of the year goes
    beside that, and the sections of the statement (empty: all).
    """

    title: str
    part: Literal["year", "first-half"]
    beside: tuple[Beside, ...]
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
    "june-annual": Pack("Annual report on spend and agreements", "year", _BOTH),
    "november-mid-year": Pack("Mid-year review of spend and agreements", "first-half", _BOTH),
    "september-statement": Pack(STATEMENT, "year", _BOTH),
    "winter-planning": Pack(
        "Planning for the year ahead",
        "year",
        ("benchmarks",),
        ("overview", "programmes", "ahead", "lengths"),
    ),
    "progress": Pack("Progress against commitments", "year", ("commitments",), _LOOKING_BACK),
}


def pack_named(name: str) -> Pack:
    """The pack of this name; NotKnown names those that there are."""
    if name not in PACKS:
        raise NotKnown(f"no pack is called {name[:80]!r}; there are: {', '.join(PACKS)}")
    return PACKS[name]

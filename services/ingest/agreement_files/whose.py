"""Whose agreement an entry is, of the buyers that are known."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from services.ingest.agreement_files.entry import BuyerNamed
from services.ingest.buyers.buyer import Buyers
from services.ingest.shapes.question import Question
from shared.errors import Rejected

BUYER = "buyer"
"""The field of the question which buyers are to be known."""
ALL = "all"
"""Given for a buyer: every buyer that the file names and that is known."""
ANOTHER, UNKNOWN = "of another buyer", "waiting for its buyer"
"""The kinds under which rows are counted that are left for another import."""
_NOT_WORDS = re.compile(r"[\W_]+")
_MOST_NAMED = 10


class Whose(NamedTuple):
    """The org-id of the buyer, or the kind under which the row is counted instead."""

    org_id: str | None
    kind: str = ""


class BuyersOfFile:
    """Tells whose entries are: all of one buyer where the file names no other, else by its name.

    `wanted` is an org-id, or `all`. `named` are the buyers that the file names. Rejected: the file
    names several, and none of them is the wanted; or `all` of a file that leaves some unnamed.
    """

    def __init__(self, wanted: str, buyers: Buyers, named: Iterable[BuyerNamed]) -> None:
        self._wanted = wanted
        self._buyers = buyers
        self._by_name = {plain_name(buyer.name): buyer.org_id for buyer in buyers.values()}
        every = set(named)
        self._named = {each for each in every if each.is_named}
        self._single = len({plain_name(each.name) for each in self._named}) <= 1
        self.unknown: dict[str, int] = {}
        if wanted == ALL and every - self._named:
            raise Rejected("the file names no buyer: say whose it is by --buyer ORG-ID", "buyer")
        if wanted != ALL and not self._single and not any(map(self._is_wanted, self._named)):
            known = buyers.get(wanted)
            raise Rejected(
                "none of the buyers that the file names is "
                f"{known.name if known else wanted}: {self._some_named()}; at the command line "
                "import it with --buyer all, or have the buyer known by the name in the file with "
                "`buyers add`",
                "buyer",
            )

    def of(self, named: BuyerNamed) -> Whose:
        """Whose an entry is that names this buyer."""
        if self._wanted != ALL:
            mine = self._single or not named.is_named or self._is_wanted(named)
            return Whose(self._wanted) if mine else Whose(None, ANOTHER)
        org_id = self._known(named)
        if org_id is None:
            return Whose(None, UNKNOWN)
        return Whose(org_id)

    def count_unknown(self, named: BuyerNamed) -> None:
        """Count an agreement that waits for its buyer to be known."""
        name = named.name or ", ".join(named.ids) or "no name"
        self.unknown[name] = self.unknown.get(name, 0) + 1

    @property
    def single(self) -> str | None:
        """The buyer whose the rows are that name none."""
        return None if self._wanted == ALL else self._wanted

    def questions(self) -> list[dict[str, Any]]:
        """What must be answered before the rows of buyers that are not known can be taken."""
        if not self.unknown:
            return []
        rows, names = (
            sum(self.unknown.values()),
            sorted(self.unknown, key=lambda n: -self.unknown[n]),
        )
        some = "; ".join(f"{name} ({self.unknown[name]})" for name in names[:_MOST_NAMED])
        more = f"; and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        question = (
            f"{rows} agreements are of {len(names)} buyers that are not known here: {some}{more}. "
            "Have those that are wanted added by the name in the file, and import it again"
        )
        return [Question(BUYER, question, tuple(names)).kept()]

    def _known(self, named: BuyerNamed) -> str | None:
        by_id = next((each for each in named.ids if each in self._buyers), None)
        return by_id or self._by_name.get(plain_name(named.name))

    def _is_wanted(self, named: BuyerNamed) -> bool:
        return self._wanted in named.ids or self._known(named) == self._wanted

    def _some_named(self) -> str:
        names = sorted(
            {plain_name(each.name): each.name or each.ids[0] for each in self._named}.values()
        )
        return ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")


def plain_name(name: str) -> str:
    """A body's name as one, however it is cased and punctuated."""
    words = _NOT_WORDS.sub(" ", name.casefold().replace("&", " and ")).split()
    return " ".join(word for word in words if word != "the")

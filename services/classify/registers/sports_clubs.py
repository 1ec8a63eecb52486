"""HM Revenue and Customs' list of community amateur sports clubs, with an id made for each row.

Quirks, seen in the list of 2026:
- The id is made from the row's text, so a club whose postcode was printed as "-", "No data" or
  "NA" in turn has an id for each; all but the present one are not active. They are links to the
  active club of the same name, not clubs of their own.
- A club that is not active left the list on a day that it does not give.
- The list does not say to which day it goes.
"""

import re
from collections import defaultdict
from pathlib import Path

from services.classify.matching.names import comparable
from services.classify.organisation import SPORTS_CLUB, Link, Name, Organisation
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import fault, joined

SOURCE = "sports-clubs"
REGISTER = "hmrc-sports-clubs"
_COLUMNS = ("id", "name", "address", "postcode", "active")
_ID = re.compile(r"GB-CASC-[0-9a-f]{8}")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Sports clubs; a left club's last day is that of the file, put in by the loader."""
    clubs: dict[str, list[tuple[Organisation, bool]]] = defaultdict(list)
    ids: set[str] = set()
    for row, (club_id, name, address, postcode, active) in read_rows(path, _COLUMNS, opener):
        if not _ID.fullmatch(club_id):
            raise fault(path, row, "id", f"{club_id!r} is not an id of a sports club")
        if club_id in ids:
            raise fault(path, row, "id", f"{club_id} stands there twice")
        if not name.strip():
            raise fault(path, row, "name", "the club has no name")
        if active not in {"True", "False"}:
            raise fault(path, row, "active", f"{active!r} is neither True nor False")
        ids.add(club_id)
        club = Organisation(
            SOURCE,
            club_id,
            club_id,
            name.strip(),
            REGISTER,
            SPORTS_CLUB,
            postcode=postcode if _POSTCODE.fullmatch(postcode) else None,
            address=joined(address),
        )
        clubs[comparable(name).words].append((club, active == "True"))
    organisations: list[Organisation] = []
    left: set[str] = set()
    links: list[Link] = []
    for rows in clubs.values():
        present = [club for club, active in rows if active]
        former = [club for club, active in rows if not active]
        if present:
            organisations += present
            links += [
                Link(club.key, present[0].key, "same") for club in former if len(present) == 1
            ]
        else:
            organisations.append(former[0])
            left.add(former[0].key)
            links += [Link(club.key, former[0].key, "same") for club in former[1:]]
    return Contents(
        None,
        organisations,
        [Name(club.key, club.name, "current") for club in organisations],
        links,
        left=frozenset(left),
    )

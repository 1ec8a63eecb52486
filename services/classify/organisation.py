"""What a register says: organisations, the names that they bear, and links between identifiers."""

from datetime import date
from typing import Literal, NamedTuple

CHARITY = "registered charity"
CHARITABLE_COMPANY = "charitable company"
CHARITABLE_INCORPORATED = "charitable incorporated organisation"
COMMUNITY_INTEREST_COMPANY = "community interest company"
REGISTERED_SOCIETY = "registered society"
SPORTS_CLUB = "community amateur sports club"
GUARANTEE_COMPANY = "company limited by guarantee"
PRIVATE_COMPANY = "private limited company"
ROYAL_CHARTER = "royal charter company"
SCHOOL = "school"
COLLEGE = "further education college"
UNIVERSITY = "university"
GOVERNMENT = "government body"
LOCAL_AUTHORITY = "local authority"
PARISH_COUNCIL = "parish or town council"

NameKind = Literal["current", "previous", "working", "merged"]
LinkKind = Literal["same", "succession"]


class Organisation(NamedTuple):
    """An organisation as one register prints it, on the day to which the register goes.

    `key` is unique within its source; `org_id` is None where the source prints names only.
    `removed_on` is the day of removal; `removed_by` is the last day on which it can have been
    removed, where the source says that it was but not when; `removed_why` is the register's word.
    `income` is the latest year's, in pounds. `areas` are the places in which it says that it works,
    `codes` its classification, each as printed.
    """

    source: str
    key: str
    org_id: str | None
    name: str
    register: str
    legal_form: str
    registered_on: date | None = None
    removed_on: date | None = None
    removed_by: date | None = None
    company_number: str | None = None
    postcode: str | None = None
    removed_why: str | None = None
    income: int | None = None
    address: str | None = None
    areas: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def removed(self) -> bool:
        """Whether the register says that it is no longer on it."""
        return self.removed_on is not None or self.removed_by is not None


class Name(NamedTuple):
    """A name as printed, and what kind of name it is to the organisation `key`.

    `since` and `until` are its first and last day, where the register gives them.
    """

    key: str
    name: str
    kind: NameKind
    since: date | None = None
    until: date | None = None


class Link(NamedTuple):
    """Two identifiers of one body (`same`), or of one that `b` carries on from `a` (`succession`).

    `since` is the day of a succession, None where it is not known.
    """

    a: str
    b: str
    kind: LinkKind
    since: date | None = None


def combine(rows: list[Organisation]) -> Organisation:
    """One organisation from what several registers say under the same org-id.

    The first row is the newest register's: it says what the organisation is called and whether it
    stands; older ones fill what it leaves out.
    """
    newest, *older = rows
    for row in older:
        newest = newest._replace(
            registered_on=newest.registered_on or row.registered_on,
            company_number=newest.company_number or row.company_number,
            postcode=newest.postcode or row.postcode,
            income=row.income if newest.income is None else newest.income,
            address=newest.address or row.address,
            areas=newest.areas or row.areas,
            codes=newest.codes or row.codes,
        )
        if newest.removed and row.removed and newest.removed_on is None:
            newest = newest._replace(
                removed_on=row.removed_on, removed_why=newest.removed_why or row.removed_why
            )
    return newest

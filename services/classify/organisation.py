"""What a register says: organisations, the names that they bear, and links between identifiers."""

from datetime import date
from typing import Literal, NamedTuple

CHARITY = "registered charity"
CHARITABLE_COMPANY = "charitable company"
CHARITABLE_INCORPORATED = "charitable incorporated organisation"
COMMUNITY_INTEREST_COMPANY = "community interest company"
REGISTERED_SOCIETY = "registered society"
COMMUNITY_BENEFIT_SOCIETY = "community benefit society"
COOPERATIVE_SOCIETY = "co-operative society"
CREDIT_UNION = "credit union"
OTHER_MUTUAL = "friendly or other mutual society"
SPORTS_CLUB = "community amateur sports club"
GUARANTEE_COMPANY = "company limited by guarantee"
PRIVATE_COMPANY = "private limited company"
PUBLIC_LIMITED_COMPANY = "public limited company"
LIMITED_LIABILITY_PARTNERSHIP = "limited liability partnership"
OTHER_COMPANY = "other company or partnership"
ROYAL_CHARTER = "royal charter company"
SCHOOL = "school"
COLLEGE = "further education college"
UNIVERSITY = "university"
GOVERNMENT = "government body"
LOCAL_AUTHORITY = "local authority"
PARISH_COUNCIL = "parish or town council"
NHS_BODY = "NHS body"
GP_PRACTICE = "GP practice"

SOCIETIES = frozenset({REGISTERED_SOCIETY, COMMUNITY_BENEFIT_SOCIETY, COOPERATIVE_SOCIETY})
"""Societies under the Co-operative and Community Benefit Societies Act 2014; the first where the
register does not say of which kind."""

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


class Company(NamedTuple):
    """A company of which only its number, names and standing are kept, to be looked up exactly.

    `words` are those of its name that are compared (matching/names.py).
    """

    number: str
    words: str
    name: str
    legal_form: str
    registered_on: date | None = None
    removed_on: date | None = None
    removed_why: str | None = None
    postcode: str | None = None


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
    stands; older ones fill what it leaves out. A list that gives no day at all (of links, of names)
    does not say that it stands: a removal in an older register holds. A society of which the newest
    does not say the kind is of the kind that an older one says.
    """
    newest, *older = rows
    dated = newest.removed or newest.registered_on is not None
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
        if row.removed and not dated:
            newest = newest._replace(
                removed_on=row.removed_on, removed_by=row.removed_by, removed_why=row.removed_why
            )
        if newest.legal_form == REGISTERED_SOCIETY and row.legal_form in SOCIETIES:
            newest = newest._replace(legal_form=row.legal_form)
        if newest.removed and row.removed and newest.removed_on is None:
            newest = newest._replace(
                removed_on=row.removed_on, removed_why=newest.removed_why or row.removed_why
            )
    return newest

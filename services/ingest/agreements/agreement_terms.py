"""Whether the terms of an agreement agree with themselves; who they say delivers it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from services.ingest.agreements.option_terms import check_options
from shared.errors import Rejected
from shared.events import AgreementVariationPosted, PostedTerms
from shared.notice_terms import NoticeTerms
from shared.periods import fits_the_term, span, working_days

_CHARITIES, _COMPANIES = ("GB-CHC", "GB-SC", "GB-NIC", "GB-CASC"), ("GB-COH", "GB-MPR")
_SCHEME = re.compile(r"^[A-Z]{2}-[A-Z0-9]+")


def check_terms(terms: PostedTerms) -> None:
    """Rejected, naming the field, where the terms contradict themselves.

    An end after `maximum_end` does not: parties have gone on for longer than was agreed, and what
    they did is what the register is for; readers mark it.
    """
    if terms.end is not None and terms.end < terms.start:
        raise Rejected("end is before start", "end")
    if terms.maximum_end is not None and terms.maximum_end < terms.start:
        raise Rejected("maximum_end is before start", "maximum_end")
    for place, line in enumerate(terms.lines):
        if line.annual_amount_pence < 0:
            at = f"lines.{place}.annual_amount_pence"
            raise Rejected(f"{at} is negative: an agreement pays its provider", at)
    if terms.total_amount_pence is not None and terms.total_amount_pence < 0:
        raise Rejected(
            "total_amount_pence is negative: an agreement pays its provider", "total_amount_pence"
        )
    check_options(terms)
    _check_notice(terms)
    _check_members(terms)
    if (
        isinstance(terms, AgreementVariationPosted)
        and terms.end is not None
        and terms.effective_on > terms.end
    ):
        raise Rejected("effective_on is after end: such terms would never hold", "effective_on")


def _check_notice(terms: PostedTerms) -> None:
    notice = terms.notice_terms
    if notice is not None and terms.notice_period is not None:
        raise Rejected(
            "notice_period is for agreements that say no more of notice: leave it out beside "
            "notice_terms",
            "notice_period",
        )
    for field, period in _notice_periods(terms):
        if not working_days(period) and span(period) == relativedelta():
            raise Rejected(f"{field} is no time at all: leave it out where none is agreed", field)
        if terms.end is not None and not fits_the_term(period, terms.start, terms.end):
            raise Rejected(f"{field} is longer than the agreement, from start to end", field)
    if notice is not None:
        _check_days(notice, terms)


def _check_days(notice: NoticeTerms, terms: PostedTerms) -> None:
    """The days that a notice clause names lie in the agreement, at its longest."""
    last = max(filter(None, (terms.end, terms.maximum_end)), default=None)
    for place, day in enumerate(notice.break_dates):
        at = f"notice_terms.break_dates.{place}"
        if day < terms.start or (last is not None and day > last):
            raise Rejected(f"{at} is not between the start and the end of the agreement", at)
        if day in notice.break_dates[:place]:
            raise Rejected(f"{at} is named twice", at)
    for side in ("buyer_earliest_end", "provider_earliest_end"):
        earliest: date | None = getattr(notice, side)
        if earliest is not None and last is not None and earliest > last:
            at = f"notice_terms.{side}"
            raise Rejected(f"{at} is after the end of the agreement: no notice could end it", at)


def _notice_periods(terms: PostedTerms) -> Iterator[tuple[str, str]]:
    if terms.notice_period is not None:
        yield "notice_period", terms.notice_period
    for side in ("buyer_period", "provider_period"):
        if period := getattr(terms.notice_terms, side, None):
            yield f"notice_terms.{side}", period


def _check_members(terms: PostedTerms) -> None:
    if terms.members and terms.route != "lead-provider":
        raise Rejected(
            "members deliver under a lead provider: route must be lead-provider", "members"
        )
    shares = [Decimal(each.share_percent) for each in terms.members if each.share_percent]
    if sum(shares) > Decimal(100):
        raise Rejected(f"the shares of the members come to {sum(shares)} per cent", "members")


def as_kept(terms: PostedTerms) -> Mapping[str, Any]:
    """The terms in JSON's own types, with the org-ids of provider and members as their numbers.

    A supplier is a name with the numbers given beside it, and `classify` reads an org-id in their
    place. Rejected: an org-id of no UK register of charities, companies or mutuals, or one beside
    another number of its kind.
    """
    data = terms.model_dump(mode="json", exclude_none=True)
    _name_organisation(data, "organisation")
    for place, member in enumerate(data["members"]):
        _name_organisation(member, f"members.{place}.organisation")
    return data


def _name_organisation(party: dict[str, Any], field: str) -> None:
    org_id = party.pop("organisation", None)
    if org_id is None:
        return
    scheme = _SCHEME.match(org_id)
    if scheme is None or scheme[0] not in (*_CHARITIES, *_COMPANIES):
        known = ", ".join((*_CHARITIES, *_COMPANIES))
        raise Rejected(
            f"{field} must be an org-id of a UK register of charities, companies or mutuals "
            f"({known}); name another provider without one",
            field,
        )
    number = "charity_number" if scheme[0] in _CHARITIES else "company_number"
    if party.setdefault(number, org_id) != org_id:
        raise Rejected(f"{field} stands beside another {number}: give one of the two", field)

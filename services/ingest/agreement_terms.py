"""Whether the terms of an agreement agree with themselves; who they say delivers it."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from shared.errors import Rejected
from shared.events import ExtensionOption, PostedTerms
from shared.periods import fits_the_term

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
    for place, option in enumerate(terms.extension_options):
        _check_option(terms, option, f"extension_options.{place}")
    _check_notice(terms)
    _check_members(terms)


def _check_option(terms: PostedTerms, option: ExtensionOption, at: str) -> None:
    if option.length is not None and terms.end is None:
        raise Rejected(
            f"{at}.length counts from the end, and none is recorded: give end, or until",
            f"{at}.length",
        )
    until = option.until
    if until is not None and until <= terms.start:
        raise Rejected(f"{at}.until is not after start", f"{at}.until")
    if until is not None and terms.maximum_end is not None and until > terms.maximum_end:
        raise Rejected(f"{at}.until is after maximum_end", f"{at}.until")
    if until is not None and option.exercise_by is not None and option.exercise_by > until:
        raise Rejected(
            f"{at}.exercise_by is after the day until which the option runs", f"{at}.exercise_by"
        )


def _check_notice(terms: PostedTerms) -> None:
    notice = terms.notice_terms
    if notice is not None and terms.notice_period is not None:
        raise Rejected(
            "notice_period is for agreements that say no more of notice: leave it out beside "
            "notice_terms",
            "notice_period",
        )
    for field, period in _notice_periods(terms):
        if terms.end is not None and not fits_the_term(period, terms.start, terms.end):
            raise Rejected(f"{field} is longer than the agreement, from start to end", field)
    for place, day in enumerate(notice.break_dates if notice else ()):
        last = max(filter(None, (terms.end, terms.maximum_end)), default=None)
        if day < terms.start or (last is not None and day > last):
            at = f"notice_terms.break_dates.{place}"
            raise Rejected(f"{at} is not between the start and the end of the agreement", at)


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

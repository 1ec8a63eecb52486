"""Releases and records of the Open Contracting Data Standard 1.1 as entries.

https://standard.open-contracting.org/1.1/en/schema/release/ with the fields that Find a Tender and
Contracts Finder add: renewals and options of lots (the lots and options extensions).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.ingest.agreement_files.entry import Entry
from services.ingest.agreement_files.ocds_parties import (
    Object,
    buyer_of,
    name_of,
    object_in,
    objects_in,
    org_ids_of,
)
from services.ingest.agreement_files.raw_terms import make_entry, read_register_day_or_none
from services.ingest.agreement_files.row_entries import NOT_AWARDED, WITHDRAWN, for_supplier
from services.ingest.shapes.cells import as_text
from services.ingest.shapes.day_form import DayForm
from services.ingest.shapes.row_reader import Skipped
from shared.errors import Rejected

OCDS = "ocds"
_TAKEN_BACK = {"cancelled", "unsuccessful"}
_NOT_YET = {"pending"}
_FORM = DayForm()

Read = tuple[Entry | Rejected, ...] | Skipped


def read_release_or_record(document: Object) -> Read:
    """The entries of a release, or of a record: its compiled release, else those embedded in it."""
    if isinstance(compiled := document.get("compiledRelease"), dict):
        return _read_release(compiled)
    if "releases" not in document:
        return _read_release(document)
    releases = [each for each in objects_in(document, "releases") if "tag" in each]
    if not releases:
        return (
            Rejected(
                "the record only links to its releases: send it with compiledRelease, or with the "
                "releases embedded",
                "releases",
            ),
        )
    reads = [
        _read_release(each) for each in sorted(releases, key=lambda each: str(each.get("date")))
    ]
    entries = tuple(entry for read in reads if not isinstance(read, Skipped) for entry in read)
    return entries or Skipped(NOT_AWARDED)


def _read_release(release: Object) -> Read:
    awards = objects_in(release, "awards")
    contracts = objects_in(release, "contracts")
    if not awards and not contracts:
        return Skipped(NOT_AWARDED)
    live = [
        (award, contract)
        for award, contract in _pairs(awards, contracts)
        if not _statuses(award, contract) & (_TAKEN_BACK | _NOT_YET)
    ]
    if not live:
        gone = any(_statuses(award, None) & _TAKEN_BACK for award in awards)
        return Skipped(WITHDRAWN if gone or not awards else NOT_AWARDED)
    return tuple(
        entry
        for award, contract in live
        for entry in _read_pair(release, award, contract, contracts)
    )


def _pairs(
    awards: Sequence[Object], contracts: Sequence[Object]
) -> Iterator[tuple[Object, Object | None]]:
    """Each contract with its award, then the awards of which no contract is published."""
    by_id = {str(award.get("id")): award for award in awards}
    signed = set()
    for contract in contracts:
        award_id = str(contract.get("awardID"))
        signed.add(award_id)
        yield by_id.get(award_id, {}), contract
    for award_id, award in by_id.items():
        if award_id not in signed:
            yield award, None


def _statuses(award: Object, contract: Object | None) -> set[str]:
    return {str(award.get("status")), str((contract or {}).get("status"))}


def _read_pair(
    release: Object, award: Object, contract: Object | None, contracts: Sequence[Object]
) -> Iterator[Entry | Rejected]:
    tender = object_in(release, "tender")
    signed = contract or {}
    lots = _lots_of(award, tender)
    period, planned = _period(signed, award, lots, tender)
    value = object_in(signed, "value") or object_in(award, "value")
    titles = (signed, award, lots[0] if len(lots) == 1 else {}, tender, release)
    cells = {
        "reference": _reference(release, award, contract, contracts),
        "title": next((each["title"] for each in titles if each.get("title")), None)
        or tender.get("description"),
        "start": period.get("startDate"),
        "end": period.get("endDate"),
        "maximum_end": period.get("maxExtentDate"),
        "award_date": signed.get("dateSigned") or award.get("date"),
        "total_value": value.get("amount", value.get("amountGross")),
        "currency": value.get("currency"),
        "programme": tender.get("mainProcurementCategory"),
        "extension": _renewal([signed, award, *lots, tender]),
    }
    suppliers = objects_in(award, "suppliers") or objects_in(signed, "suppliers")
    if not suppliers:
        yield Rejected("the award names no supplier", "awards.suppliers")
    for supplier in suppliers:
        yield _read_supplier(release, signed, award, cells, supplier, len(suppliers), planned)


def _read_supplier(
    release: Object,
    contract: Object,
    award: Object,
    cells: Object,
    supplier: Object,
    count: int,
    planned: str,
) -> Entry | Rejected:
    ids = org_ids_of(release, supplier)
    own = for_supplier(cells, name_of(release, supplier), count) | {"provider_id": ids}
    try:
        entry = make_entry(own, "contract", buyer_of(release), _FORM)
    except Rejected as error:
        return error.bare()
    amendment = _last_amendment(contract) or _last_amendment(award)
    remarks = (*entry.remarks, planned) if planned else entry.remarks
    return replace(
        entry,
        remarks=remarks,
        known_on=_day(release.get("date")),
        effective_on=_day(amendment.get("date")),
        reason=as_text(amendment.get("rationale")) or as_text(amendment.get("description")),
        ended_on=_ended_on(contract),
    )


def _reference(
    release: Object, award: Object, contract: Object | None, contracts: Sequence[Object]
) -> str:
    """The ocid and the award's id, with the contract's where the award has several.

    So an award keeps its reference when its contract is published.
    """
    ocid = str(release.get("ocid") or "")
    award_id = str(award.get("id") or (contract or {}).get("awardID") or "")
    siblings = [each for each in contracts if str(each.get("awardID")) == award_id]
    parts = [award_id] if award_id else []
    if contract is not None and (not award_id or len(siblings) > 1):
        parts.append(str(contract.get("id")))
    if parts and parts[0].startswith(ocid):
        return "/".join(parts)
    return "/".join([ocid, *parts])


def _period(
    contract: Object, award: Object, lots: Sequence[Object], tender: Object
) -> tuple[Object, str]:
    """The period of the contract or its award, else the one that was planned when it was let."""
    for source, name in ((contract, "period"), (award, "contractPeriod")):
        if (period := object_in(source, name)).get("startDate"):
            return period, ""
    planned = [object_in(each, "contractPeriod") for each in (*lots, tender)]
    dated = [each for each in planned if each.get("startDate")]
    if not dated or any(each != dated[0] for each in dated[: len(lots)]):
        return {}, ""
    return dated[0], "the dates are those planned in the tender: the award gives none"


def _lots_of(award: Object, tender: Object) -> list[Object]:
    related = award.get("relatedLots")
    lots = objects_in(tender, "lots")
    if isinstance(related, list):
        return [lot for lot in lots if lot.get("id") in related]
    return lots if len(lots) == 1 else []


def _renewal(sources: Sequence[Object]) -> str | None:
    """What the first that speaks of renewals or options says of them."""
    for source in sources:
        for told, details in (("hasRenewal", "renewal"), ("hasOptions", "options")):
            said = object_in(source, details).get("description")
            if said and source.get(told, True) is not False and _extends(details, str(said)):
                return str(said)
    return None


def _extends(details: str, said: str) -> bool:
    """Options may be for more goods as well as for more time."""
    return details == "renewal" or "exten" in said.lower()


def _last_amendment(source: Object) -> Object:
    amendments = sorted(
        objects_in(source, "amendments"), key=lambda each: str(each.get("date") or "")
    )
    return amendments[-1] if amendments else object_in(source, "amendment")


def _ended_on(contract: Object) -> date | None:
    """The day on which a contract ended, where its implementation says so and its status too."""
    if contract.get("status") != "terminated":
        return None
    return _day(object_in(contract, "implementation").get("endDate"))


def _day(value: Any) -> date | None:
    return read_register_day_or_none(value, _FORM)

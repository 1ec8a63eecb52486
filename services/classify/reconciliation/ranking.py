"""Ranked organisations for a query, and the features of each that its score goes by."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from services.classify.matching.forms import agreement
from services.classify.matching.identifiers import (
    is_given,
    read_charity_number,
    read_company_number,
)
from services.classify.matching.known import COMPANY, Known
from services.classify.matching.match import Match
from services.classify.matching.names import comparable
from services.classify.organisation import Organisation
from services.classify.reconciliation.query import MOST_CANDIDATES, Query
from services.classify.reconciliation.vocabulary import RULE, show_types, types_of
from services.classify.supplier import Supplier

_LONGEST_TOLD = 600


class Ranked(NamedTuple):
    """An organisation that a query may mean: score from 0 to 1, `sure` where it is matched."""

    organisation: Organisation
    score: float
    sure: bool = False


class Ranking(NamedTuple):
    """What a query may mean, best first, with the rule that decided and its evidence."""

    rule: str
    evidence: Sequence[str]
    ranked: Sequence[Ranked]


def ranking(match: Match, known: Known) -> Ranking:
    """A match as a ranking: its candidates, then every other body that it may be.

    What a register knows by name only has no identifier to answer with, and is left out.
    """
    scores = {each.organisation: each.score for each in match.candidates if each.organisation}
    least = min(scores.values(), default=match.score)
    for body in match.possible:
        if body.present.org_id:
            scores.setdefault(body.present.org_id, least)
    sure = match.organisation.org_id if match.organisation and match.tier == "auto" else None
    return Ranking(
        match.rule,
        match.evidence,
        [
            Ranked(known.by_id[org_id], score, org_id == sure)
            for org_id, score in list(scores.items())[:MOST_CANDIDATES]
            if org_id in known.by_id
        ],
    )


def answer(
    query: Query, asked: Supplier, found: Ranking, names: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """The candidates of one query as the protocol prints them; `names` are by org-id."""
    wanted = set(query.type) if query.type_strict != "should" else set()
    fitting = [
        each
        for each in found.ranked
        if not wanted
        or (
            wanted.issubset(types_of(each.organisation))
            if query.type_strict == "all"
            else wanted.intersection(types_of(each.organisation))
        )
    ]
    return {
        "result": [
            _candidate(each, asked, found, names.get(each.organisation.org_id or "", ()))
            for each in fitting[: min(query.limit, MOST_CANDIDATES)]
        ]
    }


def _candidate(
    one: Ranked, asked: Supplier, found: Ranking, names: Sequence[str]
) -> dict[str, Any]:
    organisation = one.organisation
    return {
        "id": organisation.org_id,
        "name": organisation.name,
        "description": " ".join(found.evidence)[:_LONGEST_TOLD],
        "type": show_types(organisation),
        "score": round(100 * one.score, 2),
        "match": one.sure,
        "features": [
            {"id": name, "value": value}
            for name, value in (
                features(organisation, asked, names) | {f"{RULE}{found.rule}": True}
            ).items()
        ],
    }


def features(
    organisation: Organisation, asked: Supplier, names: Sequence[str]
) -> dict[str, bool | float]:
    """How an organisation fits what is asked; only what both sides give is compared."""
    name = comparable(asked.payee)
    borne = [comparable(each) for each in (organisation.name, *names)]
    found: dict[str, bool | float] = {}
    if name.words:
        found["name_exact"] = any(each.words == name.words for each in borne)
        found["name_similarity"] = round(
            max(fuzz.token_set_ratio(name.words, each.words) for each in borne) / 100, 3
        )
    if name.form is not None:
        found["legal_form"] = int(agreement(name.form, borne[0].form, organisation)) / 2
    number = organisation.company_number
    for column, printed, read, ids in (
        (
            "charity_number",
            asked.charity_number,
            read_charity_number,
            {organisation.org_id},
        ),
        (
            "company_number",
            asked.company_number,
            read_company_number,
            {organisation.org_id, COMPANY + number if number else None},
        ),
    ):
        if printed is not None and is_given(printed):
            found[column] = read(printed) in ids - {None}
    if asked.postcode and organisation.postcode:
        ours, theirs = map(_postcode, (organisation.postcode, asked.postcode))
        found["postcode"] = ours == theirs
        found["postcode_district"] = ours[:-3] == theirs[:-3]
    found["removed"] = organisation.removed
    return found


def _postcode(printed: str) -> str:
    return "".join(printed.upper().split())

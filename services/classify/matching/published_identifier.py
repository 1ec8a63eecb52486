"""Rule: the ledger prints the number of a charity or company that the registers know."""

from services.classify.matching.bodies import Body, bodies
from services.classify.matching.identifiers import (
    is_given,
    read_charity_number,
    read_company_number,
)
from services.classify.matching.known import COMPANY, Known
from services.classify.matching.match import Match, candidates, carried_on, described
from services.classify.matching.said_otherwise import contradicted
from services.classify.organisation import Organisation
from services.classify.supplier import Supplier


def match_identifier(supplier: Supplier, known: Known) -> Match | tuple[str, ...]:
    """The match by a published number; else what was found wanting in the numbers printed."""
    evidence: list[str] = []
    found: list[Organisation] = []
    for printed, name, read in (
        (supplier.charity_number, "charity number", read_charity_number),
        (supplier.company_number, "company number", read_company_number),
    ):
        if printed is None or not is_given(printed):
            continue
        org_id = read(printed)
        if org_id is None:
            evidence.append(f"The {name} {printed} has not the form of one: it was not used.")
            continue
        meant = identified(org_id, known)
        if meant:
            found += meant
            evidence.append(f"The ledger prints the {name} {printed}: {org_id}.")
        else:
            evidence.append(f"The {name} {printed} stands in no register that is loaded.")
    possible = bodies(list(dict.fromkeys(found)), known)
    if not possible:
        return tuple(evidence)
    evidence += [f"It is {described(body.present, known)}." for body in possible]
    evidence += [carried_on(link, known) for body in possible for link in body.successions]
    if len(possible) > 1:
        rule = "identifiers-disagree"
        evidence.append("The numbers printed belong to different organisations.")
        return Match(
            "review", rule, tuple(evidence), None, tuple(possible), candidates(rule, possible)
        )
    if contradicts := contradicted(supplier, possible[0], known):
        rule = "identifier-contradicts-name"
        return Match("review", rule, (*evidence, contradicts), None, (), candidates(rule, possible))
    return _auto(possible[0], evidence)


def _auto(body: Body, evidence: list[str]) -> Match:
    rule = "published-identifier"
    return Match("auto", rule, tuple(evidence), body.present, (body,), candidates(rule, [body]))


def identified(org_id: str, known: Known) -> list[Organisation]:
    """The organisations that an identifier means, by itself or by the links of its body."""
    if org_id in known.by_id:
        return [known.by_id[org_id]]
    if org_id.startswith(COMPANY) and (
        companies := known.by_company.get(org_id.removeprefix(COMPANY))
    ):
        return list(companies)
    linked = []
    for link in known.links.get(org_id, ()):
        other = link.b if link.a == org_id else link.a
        if other in known.by_id and (link.kind == "same" or link.a == org_id):
            linked.append(known.by_id[other])
    return linked


def is_other_charity(supplier: Supplier, organisation: Organisation, known: Known) -> str | None:
    """A sentence where the ledger prints the charity number of another body; else None."""
    printed = read_charity_number(supplier.charity_number or "")
    own = organisation.org_id
    if printed is None or own is None or printed == own:
        return None
    if any(printed in (link.a, link.b) for link in known.links.get(own, ())):
        return None
    return f"The ledger prints charity number {printed}, the register {own}."


def is_other_company(supplier: Supplier, organisation: Organisation) -> str | None:
    """A sentence where the ledger's company number contradicts the register's; else None."""
    printed = read_company_number(supplier.company_number or "")
    number = organisation.company_number
    if printed is None or number is None or printed == COMPANY + number:
        return None
    return f"The ledger prints company number {printed}, the register {number}."

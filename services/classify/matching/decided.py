"""Rule: a person decided about this supplier, or about another payee of the same name.

What was decided of the supplier itself stands above everything. What is remembered from another
payee of its name gives way to a number that the ledger prints, for the number says more of who is
meant than a name; and it needs a legal form that is not another one, and agreement among people.
"""

from services.classify.decisions.decision import Decision, name_key_of
from services.classify.matching.bodies import bodies
from services.classify.matching.known import Known
from services.classify.matching.match import Match, candidates, carried_on, described, written
from services.classify.matching.names import comparable
from services.classify.matching.published_identifier import identified
from services.classify.organisation import Organisation
from services.classify.supplier import Supplier
from shared.events import Candidate

RULE = "decided"
UNKNOWN = "decided-not-in-registers"
_SCORE = 1.0


def match_decision(supplier: Supplier, known: Known) -> Match | None:
    """The match that was decided of this very supplier."""
    decision = known.decisions.by_supplier.get(supplier.supplier_id)
    return _match(decision, known, ()) if decision else None


def match_remembered(
    supplier: Supplier, known: Known, noted: tuple[str, ...]
) -> Match | tuple[str, ...]:
    """The match decided of another payee of this name; else `noted`, with what stood against it."""
    if not known.decisions.by_name:
        return noted
    name = comparable(supplier.payee)
    key = name_key_of(name.words)
    remembered = [
        decision
        for decision in (known.decisions.by_name.get(key, ()) if key else ())
        if decision.form is None or name.form is None or decision.form == name.form
    ]
    if not remembered:
        return noted
    if len({(decision.kind, decision.organisations) for decision in remembered}) > 1:
        return (*noted, "People decided differently about payees of this name.")
    newest = max(remembered, key=lambda decision: decision.decided_at)
    return _match(newest, known, (*noted, "It was decided of another payee of the same name."))


def _match(decision: Decision, known: Known, noted: tuple[str, ...]) -> Match:
    told = f"{decision.who} decided on {written(decision.decided_at.date())}: {_what(decision)}."
    evidence = (told, f"The reason given: {decision.why}", *noted)
    if not decision.organisations:
        return Match("auto", RULE, evidence)
    meant = [identified(org_id, known) for org_id in decision.organisations]
    found = [organisations[0] for organisations in meant if organisations]
    if len(found) < len(decision.organisations):
        return _not_in_registers(decision, known, evidence)
    possible = tuple(bodies(found, known))
    evidence += tuple(f"It is {described(each, known)}." for each in found)
    evidence += tuple(carried_on(link, known) for body in possible for link in body.successions)
    best = candidates(RULE, possible)
    if len(found) == 1:
        return Match("auto", RULE, evidence, found[0], possible, best)
    return Match("auto", RULE, evidence, None, possible, best, called=_names(found))


def _what(decision: Decision) -> str:
    if decision.kind == "person":
        return "the payee is a person"
    if decision.kind == "not-vcse":
        return "the payee is not a VCSE organisation"
    several = "several organisations, " if decision.kind == "several" else ""
    return f"the payee is {several}{', '.join(decision.organisations)}"


def _not_in_registers(decision: Decision, known: Known, evidence: tuple[str, ...]) -> Match:
    """Another organisation is what the person called it; what a register had waits in review."""
    missing = [org_id for org_id in decision.organisations if not identified(org_id, known)]
    evidence += (f"In no register that is loaded: {', '.join(missing)}.",)
    name = decision.name or missing[0]
    best = (Candidate(organisation=missing[0], name=name[:200], score=_SCORE),)
    if decision.kind != "another":
        return Match("review", UNKNOWN, evidence, candidates=best)
    organisation = Organisation("decisions", missing[0], missing[0], name, "", "")
    return Match("auto", RULE, evidence, organisation, candidates=best)


def _names(found: list[Organisation]) -> str:
    return "; ".join(organisation.name for organisation in found)

"""Rule: a person decided about this supplier, or about another payee of the same name.

What was decided of the supplier itself stands above everything. What is remembered from another
payee of its name gives way to a number that the ledger prints, for the number says more of who is
meant than a name; and it needs a legal form that is not another one, and agreement among people.
"""

from services.classify.decisions.decision import Decision, name_key_of
from services.classify.matching.bodies import Body, bodies
from services.classify.matching.known import STATED, Known
from services.classify.matching.match import Match, candidates, carried_on, described, written
from services.classify.matching.names import comparable
from services.classify.matching.numberless import printed_without_number
from services.classify.matching.published_identifier import identified
from services.classify.organisation import Organisation
from services.classify.supplier import Supplier
from shared.events import Candidate

RULE = "decided"
UNKNOWN = "decided-not-in-registers"
_SCORE = 1.0
_NO_ORGANISATION = {"person", "not-vcse"}


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
    if len({decision.what for decision in remembered}) > 1:
        return (*noted, "People decided differently about payees of this name.")
    newest = max(remembered, key=lambda decision: decision.decided_at)
    return _match(newest, known, (*noted, "It was decided of another payee of the same name."))


def _match(decision: Decision, known: Known, noted: tuple[str, ...]) -> Match:
    told = f"{decision.who} decided on {written(decision.decided_at.date())}: {_what(decision)}."
    evidence = (told, f"The reason given: {decision.why}", *noted)
    if decision.kind in _NO_ORGANISATION:
        return Match("auto", RULE, evidence)
    if not decision.organisations:
        return _by_name(decision, known, evidence)
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
    if not decision.organisations:
        return f"the payee is {decision.name}, which a register prints without a number"
    several = "several organisations, " if decision.kind == "several" else ""
    return f"the payee is {several}{', '.join(decision.organisations)}"


def _by_name(decision: Decision, known: Known, evidence: tuple[str, ...]) -> Match:
    """An organisation without a number is what its register says, in each form that is possible."""
    name = decision.name or ""
    found = printed_without_number(name, decision.legal_form, known)
    if not found:
        evidence += (f"No register that is loaded prints {name} without a number.",)
        best = (Candidate(organisation=None, name=name[:200], score=_SCORE),)
        return Match("review", UNKNOWN, evidence, candidates=best)
    possible = tuple(bodies(found, known))
    evidence += tuple(f"It is {described(each, known)}." for each in found)
    return Match("auto", RULE, evidence, found[0], possible, candidates(RULE, possible))


def _not_in_registers(decision: Decision, known: Known, evidence: tuple[str, ...]) -> Match:
    """Another organisation is what the person called it; what a register had waits in review."""
    missing = [org_id for org_id in decision.organisations if not identified(org_id, known)]
    evidence += (f"In no register that is loaded: {', '.join(missing)}.",)
    name = decision.name or missing[0]
    best = (Candidate(organisation=missing[0], name=name[:200], score=_SCORE),)
    if decision.kind != "another":
        return Match("review", UNKNOWN, evidence, candidates=best)
    listed = printed_without_number(name, decision.legal_form, known)
    evidence += tuple(f"A list has it by its name: {described(each, known)}." for each in listed)
    organisation = Organisation(STATED, missing[0], missing[0], name, "", decision.legal_form or "")
    if decision.legal_form:
        evidence += (f"Its form as it was stated: {decision.legal_form}.",)
    stated = [organisation] if decision.legal_form else []
    # What a list says of the name holds for the number too: a person's yes takes nothing away.
    possible = [each._replace(org_id=missing[0]) for each in listed] or stated
    together = tuple(Body(each, (each,)) for each in possible)
    return Match("auto", RULE, evidence, organisation, together, best)


def _names(found: list[Organisation]) -> str:
    return "; ".join(organisation.name for organisation in found)

"""Rule: the payee's name is a registered name, once case, punctuation and legal form are folded."""

from collections.abc import Sequence

from services.classify.matching.bodies import Body, bodies
from services.classify.matching.doubts import DOUBTS, Reading
from services.classify.matching.forms import Agreement, agreement
from services.classify.matching.known import Bearer, Known, identity
from services.classify.matching.match import Match, candidates, carried_on, described
from services.classify.matching.names import ComparableName, comparable
from services.classify.organisation import (
    CHARITABLE_COMPANY,
    CHARITABLE_INCORPORATED,
    CHARITY,
    GUARANTEE_COMPANY,
    ROYAL_CHARTER,
    SOCIETIES,
)
from services.classify.supplier import Supplier

# Types that a list of names may give to one and the same charity or society.
_CHARITABLE = {
    CHARITY,
    CHARITABLE_COMPANY,
    CHARITABLE_INCORPORATED,
    GUARANTEE_COMPANY,
    ROYAL_CHARTER,
    *SOCIETIES,
}
_NAMES_BY_TYPE = "names-by-type"
_MOST_TOLD = 3


def match_exact_name(
    supplier: Supplier, known: Known, noted: tuple[str, ...]
) -> Match | tuple[str, ...]:
    """The match by exact name; else `noted`, what earlier rules found wanting, as it was."""
    name = comparable(supplier.payee)
    bearers = known.by_words.get(name.words, ()) if name.words else ()
    if not bearers:
        return noted
    fits = _by_agreement(name, bearers)
    fit = max(fits)
    reading = Reading(supplier, name, fit, _possible(fits[fit], known))
    evidence = [*noted, _names(supplier, fits[fit])]
    for doubt in DOUBTS:
        if sentence := doubt.ask(reading):
            return Match(
                doubt.tier,
                doubt.rule,
                (*evidence, *_told(reading.possible, known), sentence),
                possible=tuple(reading.possible) if doubt.vouching else (),
                candidates=candidates(doubt.rule, reading.possible),
            )
    return _auto(reading, known, evidence)


def _auto(reading: Reading, known: Known, evidence: list[str]) -> Match:
    body = reading.choice
    if body is None:
        raise RuntimeError("a name that several bodies bear was not doubted")
    evidence.append(f"It is {described(body.present, known)}.")
    if len(reading.possible) > 1:
        evidence.append(f"Of the {len(reading.possible)} of this name only this one stands.")
    evidence += [carried_on(link, known) for link in body.successions[:_MOST_TOLD]]
    rule = "exact-name"
    return Match("auto", rule, tuple(evidence), body.present, (body,), candidates(rule, [body]))


def _by_agreement(name: ComparableName, bearers: Sequence[Bearer]) -> dict[Agreement, list[Bearer]]:
    fits: dict[Agreement, list[Bearer]] = {}
    for bearer in bearers:
        printed = comparable(bearer.name).form
        fits.setdefault(agreement(name.form, printed, bearer.organisation), []).append(bearer)
    return fits


def _possible(bearers: Sequence[Bearer], known: Known) -> list[Body]:
    """The bodies of a name; a list by type adds none that a register already has."""
    numbered = [bearer.organisation for bearer in bearers if bearer.organisation.org_id]
    forms = [organisation.legal_form for organisation in numbered]
    apart: list[Body] = []
    for bearer in sorted(bearers, key=_registers_first):
        organisation = bearer.organisation
        form = organisation.legal_form
        listed = organisation.register == _NAMES_BY_TYPE and any(_one_type(form, f) for f in forms)
        if organisation.org_id is None and not listed:
            forms.append(form)
            apart.append(Body(organisation, (organisation,)))
    return [*_joined_with_its_society(bodies(numbered, known)), *apart]


def _registers_first(bearer: Bearer) -> tuple[bool, str]:
    return bearer.organisation.register == _NAMES_BY_TYPE, identity(bearer.organisation)


def _one_type(one: str, other: str) -> bool:
    return one == other or (one in _CHARITABLE and other in _CHARITABLE)


def _joined_with_its_society(found: list[Body]) -> list[Body]:
    """One body where a charity and a registered society alone share a name.

    Housing associations were charitable companies and became societies; a society may be charitable
    itself. No published link says so.
    """
    societies = [body for body in found if body.present.legal_form in SOCIETIES]
    others = [body for body in found if body not in societies]
    if len(societies) != 1 or len(others) != 1 or others[0].present.legal_form not in _CHARITABLE:
        return found
    [charity], [society] = others, societies
    return [Body(charity.present, charity.found + society.found, charity.successions)]


def _names(supplier: Supplier, bearers: Sequence[Bearer]) -> str:
    printed = sorted({f"“{bearer.name}”" for bearer in bearers})[:_MOST_TOLD]
    return (
        f"The payee “{supplier.payee[:200]}” and the registered name {', '.join(printed)} are the "
        "same, case, punctuation, “the”, “and” and legal form set aside."
    )


def _told(possible: Sequence[Body], known: Known) -> list[str]:
    told = [f"It may be {described(body.present, known)}." for body in possible[:_MOST_TOLD]]
    if len(possible) > _MOST_TOLD:
        told.append(f"It may be any of {len(possible) - _MOST_TOLD} more.")
    successions = [link for body in possible for link in body.successions]
    return told + [carried_on(link, known) for link in successions[:_MOST_TOLD]]

"""Payees whose own words contradict the number that the ledger prints beside them."""

from services.classify.matching.bodies import Body
from services.classify.matching.known import Known
from services.classify.matching.names import comparable
from services.classify.matching.public_bodies import is_public_body
from services.classify.matching.words import FILLERS, unspaced, weighing_words
from services.classify.organisation import Organisation
from services.classify.supplier import Supplier

_LEAST = 4  # letters of a word that is looked for within others
_COMPANIES = {"PLC", "LLP"}


def contradicted(supplier: Supplier, body: Body, known: Known) -> str | None:
    """A sentence where the payee's words can hardly mean the body of its number; else None.

    A name that the body bears in a register never contradicts it.
    """
    words, form = comparable(supplier.payee)
    every = (body.present, *body.found)
    bearers = known.by_words.get(words, ())
    if not words or any(bearer.organisation in every for bearer in bearers):
        return None
    if is_public_body(words):
        return "By its own words the payee is a public body, and the number is another body's."
    printed = {comparable(one.name).form for one in every}
    if form in _COMPANIES and form not in printed:
        return f"The payee calls itself {form}, which the bearer of the number is not."
    if not any(_is_like(words, one) for one in every):
        return "The payee and the bearer of the number have no word in common."
    return None


def _is_like(words: str, organisation: Organisation) -> bool:
    """Whether they share a word, or the beginning of one, or the one is the other's initials."""
    theirs = comparable(organisation.name).words
    ours_weighed, theirs_weighed = weighing_words(words), weighing_words(theirs)
    if not set(ours_weighed).isdisjoint(theirs_weighed):
        return True
    joined, their_joined = unspaced(ours_weighed), unspaced(theirs_weighed)
    if any(len(word) >= _LEAST and word[:_LEAST] in their_joined for word in ours_weighed):
        return True
    if any(len(word) >= _LEAST and word in joined for word in theirs_weighed):
        return True
    initials = "".join(word[0] for word in theirs.split() if word not in FILLERS)
    return unspaced(words.split()) in {initials, "".join(word[0] for word in theirs.split())}

"""The sentences in which a judgement is told: names, words that weighed, who else, why not."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from services.classify.matching.index.index import Index
from services.classify.matching.known import Bearer, Known
from services.classify.matching.match import described
from services.classify.matching.model.judging import Judged

_MOST_WORDS = 5
_LONGEST = 200
_KINDS = {
    "previous": "a previous name of",
    "working": "a working name of",
    "merged": "a name given up in a merger into",
    "current": "the name of",
}
_LEAST_TOLD = 0.005
_CIRCUMSTANCES = {
    "form_conflicts": "The payee states another legal form than the register has.",
    "form_open": "The register does not say whether it is incorporated, as the payee does.",
    "form_agrees": "The legal form that the payee states is that of the register.",
    "postcode_same": "The postcode is the same.",
    "postcode_differs": "The ledger's postcode is not that of the register.",
    "trading_company": "The payee's words are those of a trading company beside a charity.",
    "later_twin": "An organisation of the same name was registered later.",
}
_OF_ORGANISATIONS = re.compile(
    r"It is .+ in: .+, as at \d+ \w+ \d{4}\.|\S+ was carried on by .+ from .+\."
    r"|That it is this organisation is .+\.|A company bears the name as well: .+\."
)


def told(payee: str, best: Judged, index: Index, known: Known) -> list[str]:
    """What speaks for the likeliest candidate, and what against."""
    bearer = index.bearer(best.bearer)
    return [
        _names(payee, best, bearer),
        f"It is {described(bearer.organisation, known)}.",
        *_words(best, index),
        *_circumstances(best),
    ]


def considered(best: Judged | None, others: Sequence[Judged], index: Index) -> list[str]:
    """Who else the supplier may be, and why each is less likely."""
    sentences = []
    for other in others:
        bearer = index.bearer(other.bearer)
        name = f"{bearer.name[:_LONGEST]} ({bearer.organisation.org_id or 'no number printed'})"
        reason = _lost(best, other, index)
        sentences.append(f"Also considered: {name}, {_percent(other.chance)}: {reason}.")
    return sentences


def _names(payee: str, best: Judged, bearer: Bearer) -> str:
    values = best.values
    part = best.reading.part
    read = f"The payee “{payee[:_LONGEST]}”"
    if part.role != "whole":
        read += f", of which “{part.text[:_LONGEST]}” was read,"
    kind = _KINDS.get(bearer.kind, "a part of the name of")
    name = f"“{bearer.name[:_LONGEST]}”, {kind} the organisation"
    if values["same_words"]:
        how = "are the same, case, punctuation, “the”, “and” and legal form set aside"
    elif values["same_folded"] or values["same_set"]:
        how = "are the same once abbreviations are spelled out and plurals set aside"
    elif values["same_unspaced"]:
        how = "are the same but for spaces"
    elif values["initialism"]:
        how = "agree in that the one is made of the other's first letters"
    else:
        how = "are alike"
    return f"{read} and {name}, {how}."


def _words(best: Judged, index: Index) -> list[str]:
    ours = best.reading.tokens
    theirs = index.folded.text(entry_of_bearer(best.bearer, index)).split()
    sentences = []
    for words, where in (
        ([w for w in ours if w in theirs], "Words in both"),
        ([w for w in ours if w not in theirs], "Words only in the payee"),
        ([w for w in theirs if w not in ours], "Words only in the registered name"),
    ):
        if words:
            sentences.append(f"{where}: {_counted(words, index)}.")
    return sentences


def entry_of_bearer(bearer: int, index: Index) -> int:
    """The entry whose bearers hold this one."""
    return int(np.searchsorted(index.arrays["bearers_start"], bearer, "right")) - 1


def _counted(words: Sequence[str], index: Index) -> str:
    """The rarest words first, with the number of registered names that have each."""
    counts = {word: _names_with(word, index) for word in words}
    rarest = sorted(counts, key=lambda word: counts[word])[:_MOST_WORDS]
    return ", ".join(f"{word} (in {counts[word]:,} names)" for word in rarest)


def _names_with(word: str, index: Index) -> int:
    place = index.vocabulary.places.get(word)
    if place is None:
        return 0
    return int(index.arrays["word_count"][place])


def _circumstances(best: Judged) -> list[str]:
    values = best.values
    return [sentence for name, sentence in _CIRCUMSTANCES.items() if values[name]]


def _lost(best: Judged | None, other: Judged, index: Index) -> str:
    if best is not None and (reason := _against(best, other)):
        return reason
    ours = other.reading.tokens
    theirs = index.folded.text(entry_of_bearer(other.bearer, index)).split()
    missing = [word for word in ours if word not in theirs]
    more = [word for word in theirs if word not in ours]
    if other.values["initialism"]:
        return "only its first letters are the payee's"
    if missing:
        return f"it lacks the word {min(missing, key=lambda w: _names_with(w, index))}"
    if more:
        return f"the payee lacks its word {min(more, key=lambda w: _names_with(w, index))}"
    return "it is spelled otherwise"


def _against(best: Judged, other: Judged) -> str | None:
    values = other.values
    if values["removed"] and not best.values["removed"]:
        return "it is no longer on its register"
    if values["form_conflicts"] and not best.values["form_conflicts"]:
        return "its legal form is not the payee's"
    if values["same_words"] and values["numberless"]:
        return "its list prints the name without a number"
    if values["same_words"]:
        return "it bears the same name"
    return None


def _percent(value: float) -> str:
    return f"{value:.0%} likely" if value >= _LEAST_TOLD else "hardly likely"


def chances_told(link: float, charity: float) -> str:
    """Both chances in a sentence."""
    return (
        f"That it is this organisation is {_percent(link)}; that the payee is a registered "
        f"charity, this or another, {_percent(charity)}."
    )


def of_organisations(evidence: Iterable[str]) -> list[str]:
    """The sentences that hold no word of the payee: registers, chances and circumstances."""
    said = frozenset(_CIRCUMSTANCES.values())
    return [each for each in evidence if each in said or _OF_ORGANISATIONS.fullmatch(each)]

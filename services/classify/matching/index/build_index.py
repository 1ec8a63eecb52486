"""The arrays of an index: from all that the registers say to what is searched by the batch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from services.classify.matching.bodies import body_numbers
from services.classify.matching.index.borne import Borne, who_bears
from services.classify.matching.index.hashed import hash_texts, postcode_hash
from services.classify.matching.index.misspelled import hash_left
from services.classify.matching.index.packed import pack_organisations, pack_texts
from services.classify.matching.index.vocabulary import (
    NO_WORD,
    beginnings,
    count_words,
    pack_words,
    unpack_words,
)
from services.classify.matching.index.word_kinds import word_kinds
from services.classify.matching.kinds import kind_of
from services.classify.matching.known import Known, company_of, identity
from services.classify.matching.words import initials, unspaced, weighing_words
from services.classify.organisation import LOCAL_AUTHORITY, PARISH_COUNCIL, Organisation

_TOO_COMMON = 20_000  # names that hold a word; above it the word finds nothing by itself
_TOO_COMMON_PREFIX = 6_000
_PUBLIC_PLACES = {LOCAL_AUTHORITY, PARISH_COUNCIL}

Arrays = dict[str, npt.NDArray[Any]]


def build_index(known: Known, stamp: str) -> tuple[Arrays, dict[str, Any]]:
    """The arrays of every name that `known` holds, and what is said of them: Index explains."""
    organisations, places = _organisations(known)
    borne = who_bears(known, places)
    names = list(borne)
    tokens = [weighing_words(words) for words in names]
    folded = [" ".join(own) for own in tokens]
    arrays: Arrays = {
        **pack_texts(names).named("names"),
        **pack_texts(folded).named("folded"),
        **_bearers(borne),
        **_of_organisations(organisations, known),
    }
    arrays["names_borne"] = np.bincount(arrays["borne_by"], minlength=len(organisations)).astype(
        np.int32
    )
    arrays |= _words("word", tokens, "words", "idf", "finds", _TOO_COMMON)
    arrays |= _words(
        "prefix",
        [beginnings(own) for own in tokens],
        "prefixes",
        "prefix_idf",
        "prefix_finds",
        _TOO_COMMON_PREFIX,
    )
    words = unpack_words(arrays["words"])
    places_of = {word: n for n, word in enumerate(words)}
    arrays["left_hash"], arrays["left_entry"] = hash_left(words)
    first = (places_of[own[0]] if own else NO_WORD for own in tokens)
    arrays["first_word"] = np.fromiter(first, np.int32, len(tokens))
    arrays |= word_kinds(arrays)
    arrays |= _by_hash(names, folded, tokens)
    arrays["links"] = _links(known)
    editions = {source: (e.title, str(e.as_at)) for source, e in known.editions.items()}
    return arrays, {"stamp": stamp, "editions": editions}


def _organisations(known: Known) -> tuple[list[Organisation], dict[str, int]]:
    by_identity = dict(known.by_id)
    for bearers in known.by_words.values():
        for bearer in bearers:
            by_identity.setdefault(identity(bearer.organisation), bearer.organisation)
    return list(by_identity.values()), {name: n for n, name in enumerate(by_identity)}


def _bearers(borne: Mapping[str, Sequence[Borne]]) -> Arrays:
    every = [each for own in borne.values() for each in own]
    start = np.zeros(len(borne) + 1, np.int64)
    np.cumsum([len(own) for own in borne.values()], out=start[1:])
    return {
        "bearers_start": start,
        "borne_by": np.array([each.organisation for each in every], np.int32),
        "name_kind": np.array([each.kind for each in every], np.int8),
        "name_form": np.array([each.form for each in every], np.int8),
        **pack_texts(each.printed for each in every).named("printed"),
    }


def _of_organisations(organisations: Sequence[Organisation], known: Known) -> Arrays:
    incomes = [
        np.nan if o.income is None else np.log10(max(o.income, 0) + 1) for o in organisations
    ]
    companies = ((o.company_number or "") if o.org_id else "" for o in organisations)
    bodies = body_numbers(
        [identity(o) for o in organisations], [company_of(o) for o in organisations], known
    )
    return {
        **pack_organisations(organisations).named("organisations"),
        **pack_texts(o.org_id or "" for o in organisations).named("org_ids"),
        **pack_texts(o.name for o in organisations).named("called"),
        **pack_texts(companies).named("companies"),
        "kind": np.array([kind_of(o) for o in organisations], np.int8),
        "numbered": np.array([o.org_id is not None for o in organisations], bool),
        "number": np.array([_number(o.org_id) for o in organisations], np.int32),
        "removed": np.array([o.removed for o in organisations], bool),
        "company": np.array([bool(o.company_number) for o in organisations], bool),
        "income": np.array(incomes, np.float32),
        "place_form": np.array([o.legal_form in _PUBLIC_PLACES for o in organisations], bool),
        "postcode": np.array([postcode_hash(o.postcode) for o in organisations], np.uint64),
        "body": np.array(bodies, np.int32),
    }


def _number(org_id: str | None) -> int:
    """The number of a charity of England and Wales: they rise with the day of registration."""
    digits = (org_id or "").removeprefix("GB-CHC-")
    return int(digits) if digits.isdigit() else 0


def _words(
    name: str, tokens: Sequence[Sequence[str]], words: str, idf: str, finds: str, most: int
) -> Arrays:
    counted = count_words(tokens)
    return {
        words: pack_words(counted.words),
        idf: counted.idf(),
        finds: counted.entries <= most,
        f"{name}_count": counted.entries,
        f"{name}_at": counted.at,
        f"{name}_start": counted.start,
    }


def _by_hash(names: Sequence[str], folded: Sequence[str], tokens: Sequence[list[str]]) -> Arrays:
    arrays: Arrays = {}
    for key, texts in (
        ("words", names),
        ("folded", folded),
        ("unspaced", [unspaced(own) for own in tokens]),
    ):
        arrays[f"{key}_hash"], arrays[f"{key}_entry"] = hash_texts(texts)
    short = [(letters, n) for n, words in enumerate(names) for letters in initials(words)]
    arrays["initials_hash"], arrays["initials_entry"] = hash_texts(
        [letters for letters, _ in short], [entry for _, entry in short]
    )
    return arrays


def _links(known: Known) -> npt.NDArray[np.uint8]:
    lines = {
        f"{link.a} {link.b} {link.kind} {link.since or ''}"
        for links in known.links.values()
        for link in links
    }
    return np.frombuffer("\n".join(sorted(lines)).encode(), np.uint8)

"""Every name of the registers in force, in arrays that are searched by the batch.

An entry is a distinct comparable name; its bearers are the organisations that bear it.
"""

import hashlib
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import orjson
from scipy import sparse

from services.classify.matching.bodies import body_numbers
from services.classify.matching.forms import STATED
from services.classify.matching.kinds import VCSE, Kind, kind_of
from services.classify.matching.known import Bearer, Edition, Known, company_of, identity
from services.classify.matching.names import comparable
from services.classify.matching.packed import (
    ById,
    Organisations,
    Texts,
    pack_organisations,
    pack_texts,
)
from services.classify.matching.words import (
    TRADING,
    initials,
    other_names,
    unspaced,
    weighing_words,
)
from services.classify.organisation import Link
from shared.errors import Rejected

FORMAT = 2
"""Raised whenever what an index holds, or how names are folded, changes."""

NAME_KINDS = ("current", "working", "previous", "merged", "within")
PREFIX = 5
_LONGER_THAN_PREFIX = 6
_TOO_COMMON = 20_000  # names that hold a word; above it the word finds nothing by itself
_SHORTEST_PLACE = 4
_LEAST_NAMES = 500_000  # the model is fitted to as many: in fewer names a word is no less rare
_TOO_COMMON_PREFIX = 6_000
_PREFIX_WEIGHT = 0.5
_SHORTEST = np.float32(1e-3)
_EVENNESS = 0.7  # below 1 so that a short payee finds the longer names that hold it
_WITHIN = NAME_KINDS.index("within")
_MOST_WITHIN = 12
_LISTED_TWICE = {Kind.CHARITY, Kind.GUARANTEE, Kind.SOCIETY, Kind.SPORTS_CLUB}
_PUBLIC_PLACES = {"local authority", "parish or town council"}
_NOT_PLACES = {
    *("COUNCIL", "PARISH", "TOWN", "CITY", "COUNTY", "BOROUGH", "DISTRICT", "COMMUNITY", "GREAT"),
    *("LITTLE", "NORTH", "SOUTH", "EAST", "WEST", "UPPER", "LOWER", "ST", "CHURCH", "AUTHORITY"),
    *("METROPOLITAN", "NEW", "OLD", "HOPE", "HOUSE", "HALL", "JOINT", "GROUP", "MEETING", "UNITED"),
    *("COMBINED", "FIRE", "RESCUE", "POLICE", "NATIONAL", "PARK", "COMMON", "CENTRAL", "ROYAL"),
}
Array = npt.NDArray[Any]


class Vocabulary(NamedTuple):
    """Words, their places, and in how many entries each is."""

    places: dict[str, int]
    idf: npt.NDArray[np.float32]


class Index:
    """The names of the registers: `arrays` and `meta` are all that is saved of it."""

    def __init__(self, arrays: Mapping[str, Array], meta: Mapping[str, Any]) -> None:
        self.arrays = arrays
        self.meta = meta
        self.entries = len(arrays["bearers_start"]) - 1
        self.organisations = Organisations(self._texts("organisations"))
        self.editions = {
            source: Edition(title, np.datetime64(day).astype(object))
            for source, (title, day) in meta["editions"].items()
        }

    @classmethod
    def build(cls, known: Known, stamp: str = "") -> Self:
        """An index of every name that `known` holds; `stamp` tells these editions from others."""
        return cls(*_build(known, stamp))

    def save(self, path: Path) -> None:
        """Write the index to a file, in the place of what was there, whole or not at all."""
        partial = path.with_name(f"{path.name}.part")
        meta = np.frombuffer(orjson.dumps(self.meta), np.uint8)
        with partial.open("wb") as file:
            np.savez(file, meta=meta, **dict(self.arrays))  # type: ignore[arg-type] # its stub takes the names for options
        partial.replace(path)

    @classmethod
    def load(cls, path: Path, stamp: str = "") -> Self:
        """The saved index. Rejected where it is of another format, or of other registers."""
        try:
            with np.load(path, allow_pickle=False) as saved:
                meta = orjson.loads(saved["meta"].tobytes())
                if meta["format"] != FORMAT:
                    raise Rejected(f"{path.name} is an index of another version: build it anew")
                if meta["stamp"] != stamp:
                    raise Rejected(f"{path.name} is an index of other registers: build it anew")
                arrays = {name: saved[name] for name in saved.files if name != "meta"}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise Rejected(f"{path.name} is not an index of names: {error}") from error
        return cls(arrays, meta)

    def _texts(self, name: str) -> Texts:
        return Texts(self.arrays[name], self.arrays[f"{name}_start"])

    @cached_property
    def org_ids(self) -> Texts:
        """The org-id of each organisation, empty where it has none."""
        return self._texts("org_ids")

    @cached_property
    def names(self) -> Texts:
        """The comparable words of each entry."""
        return self._texts("names")

    @cached_property
    def folded(self) -> Texts:
        """The weighing words of each entry."""
        return self._texts("folded")

    @cached_property
    def printed(self) -> Texts:
        """The name that each bearer's register prints."""
        return self._texts("printed")

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all entries."""
        words = _split(self.arrays["words"])
        return Vocabulary({word: n for n, word in enumerate(words)}, self.arrays["idf"])

    @cached_property
    def prefixes(self) -> Vocabulary:
        """The beginnings of all longer words."""
        words = _split(self.arrays["prefixes"])
        return Vocabulary({word: n for n, word in enumerate(words)}, self.arrays["prefix_idf"])

    @cached_property
    def by_word(self) -> sparse.csr_matrix:
        """Entries by words, each word's weight (IDF)."""
        return self._matrix("word", len(self.vocabulary.idf), self.vocabulary.idf)

    @cached_property
    def by_prefix(self) -> sparse.csr_matrix:
        """Entries by the beginnings of words, likewise."""
        return self._matrix("prefix", len(self.prefixes.idf), self.prefixes.idf)

    def _matrix(self, name: str, width: int, idf: Array) -> sparse.csr_matrix:
        places = self.arrays[f"{name}_at"]
        return sparse.csr_matrix(
            (idf[places], places, self.arrays[f"{name}_start"]), shape=(self.entries, width)
        )

    @cached_property
    def searched(self) -> sparse.csr_matrix:
        """What is searched: weights of words and beginnings by entries, unit length an entry."""
        rows = search_matrix(self, self.by_word, self.by_prefix, _EVENNESS)
        return sparse.csr_matrix(rows.T)

    @cached_property
    def known(self) -> Known:
        """All that the registers say, made when asked for."""
        organisations = self.organisations
        ids = self._texts("org_ids")
        places = {org_id: n for n in range(len(organisations)) if (org_id := ids.text(n))}
        companies = self._texts("companies")
        by_company: dict[str, list[int]] = {}
        for place in np.flatnonzero(np.diff(companies.starts)):
            by_company.setdefault(companies.text(int(place)), []).append(int(place))
        return Known(
            Bearers(self),
            ById(organisations, places),
            Companies(organisations, by_company),
            self.links,
            self.editions,
        )

    @cached_property
    def links(self) -> dict[str, list[Link]]:
        """Links by either end."""
        by_end: dict[str, list[Link]] = {}
        for line in self.arrays["links"].tobytes().decode().split("\n"):
            if line:
                a, b, kind, since = line.split(" ")
                day = np.datetime64(since).astype(object) if since else None
                link = Link(a, b, kind, day)  # type: ignore[arg-type] # as it was saved
                by_end.setdefault(a, []).append(link)
                by_end.setdefault(b, []).append(link)
        return by_end

    def entry_of(self, key: str, words: str) -> int | None:
        """The entry whose `key` (words, folded, unspaced) is this text."""
        hashes = self.arrays[f"{key}_hash"]
        wanted = np.uint64(text_hash(words))
        at = int(np.searchsorted(hashes, wanted))
        if at < len(hashes) and hashes[at] == wanted:
            return int(self.arrays[f"{key}_entry"][at])
        return None

    def entries_of_initials(self, letters: str, most: int) -> list[int]:
        """The entries whose words begin with these letters; none where more than `most`."""
        hashes = self.arrays["initials_hash"]
        wanted = np.uint64(text_hash(letters))
        start, end = (
            np.searchsorted(hashes, wanted, "left"),
            np.searchsorted(hashes, wanted, "right"),
        )
        if end - start > most:
            return []
        return [int(entry) for entry in self.arrays["initials_entry"][start:end]]

    def bearers(self, words: str) -> list[Bearer]:
        """Those who bear this comparable name."""
        entry = self.entry_of("words", words)
        if entry is None:
            return []
        start, end = self.arrays["bearers_start"][entry : entry + 2]
        return [self.bearer(int(at)) for at in range(start, end)]

    def bearer(self, at: int) -> Bearer:
        """One bearer of an entry."""
        kind: Any = NAME_KINDS[self.arrays["name_kind"][at]]
        organisation = self.organisations[int(self.arrays["borne_by"][at])]
        return Bearer(organisation, self.printed.text(at), kind)


class Bearers(Mapping[str, Sequence[Bearer]]):
    """The bearers of names by comparable words."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def __getitem__(self, words: str) -> Sequence[Bearer]:
        found = self._index.bearers(words)
        if not found:
            raise KeyError(words)
        return found

    def __iter__(self) -> Any:
        names = self._index.names
        return (names.text(n) for n in range(self._index.entries))

    def __len__(self) -> int:
        return self._index.entries


class Companies(Mapping[str, Sequence[Any]]):
    """Organisations by company number."""

    def __init__(self, organisations: Organisations, places: Mapping[str, list[int]]) -> None:
        self._organisations = organisations
        self._places = places

    def __getitem__(self, number: str) -> Sequence[Any]:
        return [self._organisations[place] for place in self._places[number]]

    def __iter__(self) -> Any:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _split(words: Array) -> list[str]:
    return words.tobytes().decode().split()


def text_hash(text: str) -> int:
    """64 bits of a text, the same in every process."""
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def beginnings(tokens: Iterable[str]) -> list[str]:
    """The beginnings of longer words, which find one that is cut, misspelled or inflected."""
    return [token[:PREFIX] for token in tokens if len(token) >= _LONGER_THAN_PREFIX]


def search_matrix(
    index: Index, by_word: sparse.csr_matrix, by_prefix: sparse.csr_matrix, evenness: float = 1
) -> sparse.csr_matrix:
    """Rows of weights by their length to the power `evenness`: 1 makes them of unit length.

    Common words keep their part of the length but find nothing by themselves.
    """
    word, prefix = by_word.astype(np.float32), by_prefix.astype(np.float32) * _PREFIX_WEIGHT
    length = np.sqrt(
        np.asarray(word.multiply(word).sum(1)).ravel()
        + np.asarray(prefix.multiply(prefix).sum(1)).ravel()
    )
    rows = sparse.csr_matrix(
        sparse.hstack(
            [
                word @ sparse.diags_array(index.arrays["finds"].astype(np.float32)),
                prefix @ sparse.diags_array(index.arrays["prefix_finds"].astype(np.float32)),
            ]
        )
    )
    scale = np.maximum(length, _SHORTEST) ** -np.float32(evenness)
    rows.data *= np.repeat(scale, np.diff(rows.indptr)).astype(np.float32)
    rows.eliminate_zeros()
    return rows


def _build(known: Known, stamp: str) -> tuple[dict[str, Array], dict[str, Any]]:
    organisations, places = _organisations(known)
    borne = _borne(known, places)
    names = list(borne)
    tokens = [weighing_words(words) for words in names]
    arrays: dict[str, Array] = {}
    _put_texts(arrays, "names", pack_texts(names))
    _put_texts(arrays, "folded", pack_texts(" ".join(own) for own in tokens))
    _put_bearers(arrays, borne)
    _put_organisations(arrays, organisations, known)
    arrays |= _words("word", tokens, "words", "idf", "finds", _TOO_COMMON)
    arrays |= _words(
        "prefix",
        [beginnings(own) for own in tokens],
        "prefixes",
        "prefix_idf",
        "prefix_finds",
        _TOO_COMMON_PREFIX,
    )
    _put_word_kinds(arrays)
    for key, texts in (
        ("words", names),
        ("folded", [" ".join(own) for own in tokens]),
        ("unspaced", [unspaced(own) for own in tokens]),
    ):
        hashes = np.array([text_hash(text) for text in texts], np.uint64)
        order = np.argsort(hashes, kind="stable")
        arrays[f"{key}_hash"], arrays[f"{key}_entry"] = hashes[order], order.astype(np.int32)
    short = sorted(
        (text_hash(letters), entry)
        for entry, words in enumerate(names)
        for letters in initials(words)
    )
    arrays["initials_hash"] = np.array([one for one, _ in short], np.uint64)
    arrays["initials_entry"] = np.array([entry for _, entry in short], np.int32)
    lines = {
        f"{link.a} {link.b} {link.kind} {link.since or ''}"
        for links in known.links.values()
        for link in links
    }
    arrays["links"] = np.frombuffer("\n".join(sorted(lines)).encode(), np.uint8)
    editions = {source: (e.title, str(e.as_at)) for source, e in known.editions.items()}
    return arrays, {"format": FORMAT, "stamp": stamp, "editions": editions}


def _organisations(known: Known) -> tuple[list[Any], dict[str, int]]:
    by_identity = dict(known.by_id)
    for bearers in known.by_words.values():
        for bearer in bearers:
            by_identity.setdefault(identity(bearer.organisation), bearer.organisation)
    return list(by_identity.values()), {name: n for n, name in enumerate(by_identity)}


def _put_texts(arrays: dict[str, Array], name: str, texts: Texts) -> None:
    arrays[name], arrays[f"{name}_start"] = texts


_Borne = tuple[int, int, int, str]


def _borne(known: Known, places: Mapping[str, int]) -> dict[str, list[_Borne]]:
    """By comparable words: who bears the name, its kind, the form that it states, as printed.

    With the names that are held within a registered one. A list of names without numbers adds no
    charity that a register has under the same name.
    """
    borne: dict[str, list[_Borne]] = {}
    within: dict[str, dict[int, _Borne]] = {}
    for words, bearers in known.by_words.items():
        own = borne[words] = []
        numbered = any(b.organisation.org_id and kind_of(b.organisation) in VCSE for b in bearers)
        for organisation, name, kind in bearers:
            if numbered and organisation.org_id is None and kind_of(organisation) in _LISTED_TWICE:
                continue
            place = places[identity(organisation)]
            form = STATED.index(comparable(name).form or "")
            own.append((place, NAME_KINDS.index(kind), form, name))
            if organisation.org_id is None:
                continue
            for other in other_names(name):
                if inner := comparable(other).words:
                    within.setdefault(inner, {})[place] = (place, _WITHIN, form, name)
    for words, found in within.items():
        own = borne.setdefault(words, [])
        present = {place for place, *_ in own}
        if len(found) <= _MOST_WITHIN:
            own += [each for place, each in found.items() if place not in present]
    return {words: own for words, own in borne.items() if own}


def _put_bearers(arrays: dict[str, Array], borne: Mapping[str, Sequence[_Borne]]) -> None:
    every = [each for own in borne.values() for each in own]
    start = np.zeros(len(borne) + 1, np.int64)
    np.cumsum([len(own) for own in borne.values()], out=start[1:])
    arrays["bearers_start"] = start
    arrays["borne_by"] = np.array([place for place, _, _, _ in every], np.int32)
    arrays["name_kind"] = np.array([kind for _, kind, _, _ in every], np.int8)
    arrays["name_form"] = np.array([form for _, _, form, _ in every], np.int8)
    _put_texts(arrays, "printed", pack_texts(name for _, _, _, name in every))


def _put_organisations(
    arrays: dict[str, Array], organisations: Sequence[Any], known: Known
) -> None:
    _put_texts(arrays, "organisations", pack_organisations(organisations))
    _put_texts(arrays, "org_ids", pack_texts(o.org_id or "" for o in organisations))
    _put_texts(
        arrays,
        "companies",
        pack_texts((o.company_number or "") if o.org_id else "" for o in organisations),
    )
    arrays["kind"] = np.array([kind_of(o) for o in organisations], np.int8)
    arrays["numbered"] = np.array([o.org_id is not None for o in organisations], bool)
    arrays["number"] = np.array([_number(o.org_id) for o in organisations], np.int32)
    arrays["names_borne"] = np.bincount(arrays["borne_by"], minlength=len(organisations)).astype(
        np.int32
    )
    arrays["removed"] = np.array([o.removed for o in organisations], bool)
    arrays["company"] = np.array([bool(o.company_number) for o in organisations], bool)
    arrays["income"] = np.array(
        [np.nan if o.income is None else np.log10(max(o.income, 0) + 1) for o in organisations],
        np.float32,
    )
    arrays["place_form"] = np.array([o.legal_form in _PUBLIC_PLACES for o in organisations], bool)
    arrays["postcode"] = np.array(
        [text_hash(squeezed(o.postcode)) if o.postcode else 0 for o in organisations], np.uint64
    )
    arrays["body"] = np.array(
        body_numbers(
            [identity(o) for o in organisations], [company_of(o) for o in organisations], known
        ),
        np.int32,
    )


def _number(org_id: str | None) -> int:
    """The number of a charity of England and Wales: they rise with the day of registration."""
    digits = (org_id or "").removeprefix("GB-CHC-")
    return int(digits) if digits.isdigit() else 0


def squeezed(postcode: str) -> str:
    """A postcode without its space."""
    return postcode.upper().replace(" ", "")


def _words(
    name: str, tokens: Sequence[Sequence[str]], words: str, idf: str, finds: str, most: int
) -> dict[str, Array]:
    counts = Counter(token for own in tokens for token in set(own))
    places = {word: n for n, word in enumerate(counts)}
    start = np.zeros(len(tokens) + 1, np.int64)
    at: list[int] = []
    for entry, own in enumerate(tokens):
        at += sorted({places[token] for token in own})
        start[entry + 1] = len(at)
    entries = np.array(list(counts.values()), np.float32)
    return {
        words: np.frombuffer(" ".join(places).encode(), np.uint8),
        idf: np.log((max(len(tokens), _LEAST_NAMES) + 1) / entries).astype(np.float32),
        finds: entries <= most,
        f"{name}_count": entries.astype(np.int32),
        f"{name}_at": np.array(at, np.int32),
        f"{name}_start": start,
    }


def _put_word_kinds(arrays: dict[str, Array]) -> None:
    """How much more often each word is in names of one kind than in those of all others (log).

    And which words are places: those of councils' names.
    """
    entries = len(arrays["bearers_start"]) - 1
    entry = np.repeat(np.arange(entries), np.diff(arrays["bearers_start"]))
    shape = (entries, len(arrays["idf"]))
    ones = np.ones(len(arrays["word_at"]), np.float32)
    by_word = sparse.csr_matrix((ones, arrays["word_at"], arrays["word_start"]), shape=shape)
    of_kind = np.zeros((entries, len(Kind)), np.float32)
    of_kind[entry, arrays["kind"][arrays["borne_by"]]] = 1
    of_kind /= np.maximum(of_kind.sum(1, keepdims=True), 1)
    counts = by_word.T @ of_kind
    share = of_kind.sum(0) / max(of_kind.sum(), 1)
    smoothed = (counts + 5 * share) / (counts.sum(1, keepdims=True) + 5)
    arrays["word_kind"] = np.log(smoothed / np.maximum(share, 1e-6) + 1e-3).astype(np.float32)
    councils = np.zeros(entries, np.float32)
    councils[entry[arrays["place_form"][arrays["borne_by"]]]] = 1
    words = _split(arrays["words"])
    common = np.array([word in _NOT_PLACES or len(word) < _SHORTEST_PLACE for word in words], bool)
    arrays["is_trading"] = np.array([word in TRADING for word in words], bool)
    arrays["is_place"] = (by_word.T @ councils >= 1) & ~common

"""Every name of the registers in force, in arrays that are searched by the batch.

An entry is a distinct comparable name; its bearers are the organisations that bear it.
"""

from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from services.classify.matching.index.build_index import build_index
from services.classify.matching.index.hashed import Hashed
from services.classify.matching.index.misspelled import nearest
from services.classify.matching.index.packed import ById, Organisations, Texts
from services.classify.matching.index.recalled import Bearers, Companies, recall_links
from services.classify.matching.index.saved import Arrays, Meta, load_arrays, save_arrays
from services.classify.matching.index.searched import search_matrix, search_order
from services.classify.matching.index.vocabulary import Vocabulary, unpack_words
from services.classify.matching.kinds import Kind
from services.classify.matching.known import Bearer, Edition, Known
from services.classify.organisation import Link

_SOONER = 1.0
_LARGEST_INCOME = 12.0  # in powers of ten; a charity of ten million comes half again as soon
_EVENNESS = 0.7  # below 1 so that a short payee finds the longer names that hold it


Integers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


class Searched(NamedTuple):
    """Words and beginnings by entries in an order of their own: column `i` is entry `order[i]`."""

    weights: sparse.csr_matrix
    order: npt.NDArray[np.int32]


class Index:
    """The names of the registers: `arrays` and `meta` are all that is saved of it.

    Texts (`names`, `folded`, `printed`, `organisations`, `org_ids`, `called`, `companies`) lie end
    to end, with a `_start` for each. By entry: `word_at` and `prefix_at` (places of words),
    `first_word`, `bearers_start`; by bearer: `borne_by` (an organisation's place), `name_kind`,
    `name_form`; by word: `idf`, `finds`, `word_count`, `word_kind`, `is_place`, `is_trading`; the
    others by organisation, or hashes with the entry of each.
    """

    def __init__(self, arrays: Arrays, meta: Meta) -> None:
        self.arrays = arrays
        self.meta = meta
        self._by_entry: dict[str, Hashes] = {}
        self.entries = len(arrays["bearers_start"]) - 1
        self.organisations = Organisations(Texts.of(arrays, "organisations"))
        self.editions = {
            source: Edition(title, np.datetime64(day).astype(object))
            for source, (title, day) in meta["editions"].items()
        }

    @classmethod
    def build(cls, known: Known, stamp: str = "") -> Self:
        """An index of every name that `known` holds; `stamp` tells these editions from others."""
        return cls(*build_index(known, stamp))

    def save(self, path: Path) -> None:
        """Write the index to a file, in the place of what was there, whole or not at all."""
        save_arrays(path, self.arrays, self.meta)

    @classmethod
    def load(cls, path: Path, stamp: str = "") -> Self:
        """The saved index. Rejected where it is of another format, or of other registers."""
        return cls(*load_arrays(path, stamp))

    def prepare(self) -> Self:
        """Make now what is made of the arrays when first asked for: a second for half a million."""
        for key in ("words", "folded", "unspaced"):
            self.hashes_of(key, np.zeros(0, np.int64))
        self.searched  # noqa: B018 - kept from now on
        self._words  # noqa: B018 - likewise
        self.known  # noqa: B018 - likewise
        return self

    @cached_property
    def org_ids(self) -> Texts:
        """The org-id of each organisation, empty where it has none."""
        return Texts.of(self.arrays, "org_ids")

    @cached_property
    def called(self) -> Texts:
        """The name of each organisation."""
        return Texts.of(self.arrays, "called")

    @cached_property
    def names(self) -> Texts:
        """The comparable words of each entry."""
        return Texts.of(self.arrays, "names")

    @cached_property
    def folded(self) -> Texts:
        """The weighing words of each entry."""
        return Texts.of(self.arrays, "folded")

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all entries."""
        words = unpack_words(self.arrays["words"])
        return Vocabulary({word: n for n, word in enumerate(words)}, self.arrays["idf"])

    @cached_property
    def prefixes(self) -> Vocabulary:
        """The beginnings of all longer words."""
        words = unpack_words(self.arrays["prefixes"])
        return Vocabulary({word: n for n, word in enumerate(words)}, self.arrays["prefix_idf"])

    @cached_property
    def by_word(self) -> sparse.csr_matrix:
        """Entries by words, each word's weight (IDF)."""
        return self._matrix("word", self.vocabulary)

    @cached_property
    def by_prefix(self) -> sparse.csr_matrix:
        """Entries by the beginnings of words, likewise."""
        return self._matrix("prefix", self.prefixes)

    def _matrix(self, name: str, words: Vocabulary) -> sparse.csr_matrix:
        places = self.arrays[f"{name}_at"]
        return sparse.csr_matrix(
            (words.idf[places], places, self.arrays[f"{name}_start"]),
            shape=(self.entries, len(words.idf)),
        )

    @cached_property
    def searched(self) -> Searched:
        """What is searched: the weights of words and beginnings in entries."""
        rows = search_matrix(self.arrays, self.by_word, self.by_prefix, _EVENNESS)
        rows.data *= np.repeat(self.likely, np.diff(rows.indptr))
        order = search_order(rows)
        return Searched(sparse.csr_matrix(rows[order].T), order)

    @cached_property
    def likely(self) -> npt.NDArray[np.float32]:
        """For each entry how much sooner than others it is found: names of charities that stand
        and have an income, for they are paid more often.
        """
        return _likely(self.arrays)

    @cached_property
    def known(self) -> Known:
        """All that the registers say, made when asked for."""
        ids = self.org_ids
        places = {org_id: n for n in range(len(self.organisations)) if (org_id := ids.text(n))}
        return Known(
            self._bearers,
            ById(self.organisations, places),
            Companies(self.arrays, self.organisations),
            self.links,
            self.editions,
        )

    @cached_property
    def links(self) -> dict[str, list[Link]]:
        """Links by either end."""
        return recall_links(self.arrays)

    @cached_property
    def _bearers(self) -> Bearers:
        return Bearers(self.arrays, self.organisations)

    @cached_property
    def _by_hash(self) -> dict[str, Hashed]:
        return {
            key: Hashed(self.arrays[f"{key}_hash"], self.arrays[f"{key}_entry"])
            for key in ("words", "folded", "unspaced", "initials", "left")
        }

    def entries_of(self, key: str, hashes: Hashes) -> Integers:
        """The entries whose `key` (words, folded, unspaced) has these hashes, -1 for none."""
        return self._by_hash[key].first_of(hashes)

    def hashes_of(self, key: str, entries: Integers) -> Hashes:
        """The hashes of the entries' `key`."""
        if key not in self._by_entry:
            self._by_entry[key] = self._by_hash[key].by_entry()
        return self._by_entry[key][entries]

    def entries_of_initials(self, letters: str, most: int) -> list[int]:
        """The entries whose words begin with these letters; none where more than `most`."""
        found = self._by_hash["initials"].every(letters)
        return found if len(found) <= most else []

    def mended(self, word: str) -> str | None:
        """The word of registered names that this one misspells by a letter."""
        counts = self.arrays["word_count"]
        return nearest(word, self._by_hash["left"], self._words, counts)

    @cached_property
    def _words(self) -> list[str]:
        return list(self.vocabulary.places)

    def bearer(self, at: int) -> Bearer:
        """One bearer of an entry."""
        return self._bearers.at(at)


def _likely(arrays: Arrays) -> npt.NDArray[np.float32]:
    charity = (arrays["kind"] == Kind.CHARITY) & arrays["numbered"] & ~arrays["removed"]
    more = _SOONER * charity * (0.5 + np.nan_to_num(arrays["income"]) / _LARGEST_INCOME)
    bearing = np.append(more[arrays["borne_by"]], 0)
    most = np.maximum.reduceat(bearing, arrays["bearers_start"][:-1])
    return (1 + most).astype(np.float32)

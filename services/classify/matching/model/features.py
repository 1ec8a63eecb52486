"""What speaks for and against a payee being an organisation, in numbers: one row for each pair."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.matching.candidates import Readings
from services.classify.matching.forms import STATED
from services.classify.matching.index.borne import NAME_KINDS
from services.classify.matching.index.index import Index
from services.classify.matching.kinds import Kind
from services.classify.matching.model.likeness import NAME_FEATURES, NamePairs
from services.classify.matching.words import INSTITUTIONS, OWNED

Floats = npt.NDArray[np.float32]
_WITHIN = NAME_KINDS.index("within")
_FEW_WORDS = 0.4
_RARE = 0.6  # of the weight of the rarest word: that of a word in some two hundred names
_BRIEF = 4  # letters of an initialism; with fewer it names too many bodies
_A_WORD = 5  # names that hold it: then it is more likely a word or a surname than initials
_A_COMMON_WORD = 50  # likewise of longer ones
_RECENT = 1_145_000  # the first charitable incorporated organisations, January 2013

PAIR_FEATURES = (
    *NAME_FEATURES,
    *(f"kind_{kind.name.lower()}" for kind in Kind),
    *("name_previous", "name_working", "name_merged", "name_within"),
    *("form_none", "form_agrees", "form_open", "form_conflicts", "form_only_register"),
    *("removed", "numberless", "income", "income_unknown", "is_company", "limited_company"),
    *("bearers", "charity_bearers", "postcode_same", "postcode_differs"),
    *("later_twin", "recent", "names_borne", "within_short", "trading_company"),
    *("short_initialism", "beside_body", "places_only", "word_of_name"),
)


_PLACES = {name: place for place, name in enumerate(PAIR_FEATURES)}


class PairValues:
    """The features of one pair by name, read from its row."""

    __slots__ = ("_row",)

    def __init__(self, row: Floats) -> None:
        self._row = row

    def __getitem__(self, name: str) -> float:
        return float(self._row[_PLACES[name]])


class Pairs(NamedTuple):
    """Pairs of a supplier and a bearer of a name, with all features: `reading` is a row."""

    supplier: npt.NDArray[np.int64]
    reading: npt.NDArray[np.int64]
    bearer: npt.NDArray[np.int64]
    organisation: npt.NDArray[np.int64]
    values: Floats


_LIMITED, _CIC, _CIO = STATED.index("LIMITED"), STATED.index("CIC"), STATED.index("CIO")
_CONFLICTS, _OPEN, _AGREES, _NOT_STATED = range(4)
# Rows: the form stated, none first; columns: kinds.
_FITS = np.zeros((len(STATED), len(Kind)), np.int8)
_FITS[_LIMITED, [Kind.SOCIETY, Kind.GUARANTEE, Kind.COMPANY]] = _AGREES
_FITS[_LIMITED, [Kind.CHARITY, Kind.SPORTS_CLUB]] = _OPEN
_FITS[_CIC, Kind.COMMUNITY_INTEREST] = _AGREES
_FITS[_CIO, Kind.CHARITY] = _OPEN


def form_fit(
    stated: npt.NDArray[np.int8],
    printed: npt.NDArray[np.int8],
    kind: npt.NDArray[np.int8],
    company: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int8]:
    """Whether the form that a payee states, if any, fits each organisation."""
    fit = _FITS[stated, kind].copy()
    fit[stated == printed] = _AGREES
    fit[(stated == _LIMITED) & company] = _AGREES
    fit[(fit == _OPEN) & (printed != 0) & (printed != stated)] = _CONFLICTS
    fit[stated == 0] = _NOT_STATED
    return fit


def _is_brief(words: str, index: Index) -> bool:
    """Whether initials are too few to mean one body: three, or those that are a word of names."""
    if len(words) < _BRIEF:
        return True
    place = index.vocabulary.places.get(words)
    names = 0 if place is None else int(index.arrays["word_count"][place])
    return names > (_A_WORD if len(words) == _BRIEF else _A_COMMON_WORD)


def pair_features(
    readings: Readings, names: NamePairs, postcodes: npt.NDArray[np.uint64], index: Index
) -> Pairs:
    """The pairs of names, spread over those who bear them, with the features of these."""
    a = index.arrays
    starts = a["bearers_start"]
    counts = (starts[names.entry + 1] - starts[names.entry]).astype(np.int64)
    spread = np.repeat(np.arange(len(names.entry)), counts)
    offset = np.arange(len(spread)) - np.repeat(np.cumsum(counts) - counts, counts)
    bearer = starts[names.entry][spread] + offset
    organisation = a["borne_by"][bearer].astype(np.int64)
    row = names.row[spread]
    supplier = np.array([reading.supplier for reading in readings.rows], np.int64)[row]
    stated = np.array([STATED.index(r.name.form or "") for r in readings.rows], np.int8)[row]
    printed, kind = a["name_form"][bearer], a["kind"][organisation]
    company, income = a["company"][organisation], a["income"][organisation]
    fit = form_fit(stated, printed, kind, company)
    charity = (kind == Kind.CHARITY).astype(np.float32)
    charity_count = np.bincount(spread, charity, minlength=len(names.entry))
    named = a["name_kind"][bearer]
    own_postcode, their_postcode = postcodes[supplier], a["postcode"][organisation]
    both = (own_postcode != 0) & (their_postcode != 0)
    number = a["number"][organisation]
    latest = np.zeros(len(names.entry), np.int32)
    np.maximum.at(latest, spread, np.where(named != _WITHIN, number, 0))

    def named_by(feature: str) -> Floats:
        values: Floats = names.values[spread, NAME_FEATURES.index(feature)]
        return values

    trading = named_by("trading_left") > 0
    institution = np.array([not INSTITUTIONS.isdisjoint(r.tokens) for r in readings.rows], bool)
    apart = named_by("apart_missed") > 0
    one_word = np.diff(a["word_start"])[names.entry][spread] == 1
    unincorporated = (stated == _LIMITED) & ~company & (printed == 0)
    owned = np.array([not OWNED.isdisjoint(r.tokens) for r in readings.rows], bool)
    initialism = named_by("initialism") > 0
    same = named_by("same_words") + named_by("same_folded") + named_by("same_unspaced")
    whole = (same > 0) & (named != _WITHIN)
    brief = np.array([_is_brief(r.name.words, index) for r in readings.rows], bool)
    short = named_by("words_count") < _FEW_WORDS
    columns = [
        *(kind == each for each in Kind),
        named == NAME_KINDS.index("previous"),
        named == NAME_KINDS.index("working"),
        named == NAME_KINDS.index("merged"),
        named == _WITHIN,
        fit == _NOT_STATED,
        fit == _AGREES,
        fit == _OPEN,
        fit == _CONFLICTS,
        (stated == 0) & (printed != 0),
        a["removed"][organisation],
        ~a["numbered"][organisation],
        np.nan_to_num(income, nan=0) / 8,
        np.isnan(income),
        company,
        (stated == _LIMITED) & company,
        np.log1p(counts[spread]),
        np.log1p(charity_count[spread]),
        both & (own_postcode == their_postcode),
        both & (own_postcode != their_postcode),
        (number > 0) & (number < latest[spread]),
        number >= _RECENT,
        np.log1p(a["names_borne"][organisation]),
        (named == _WITHIN) & short,
        trading & ((stated == _LIMITED) | owned[row]),
        initialism & brief[row],
        (apart & (institution[row] | unincorporated)) | (named_by("people_missed") > 0),
        (named_by("rarest_shared_no_place") <= 0) & ~initialism & (one_word | ~whole),
        one_word & (named_by("rarest_left") > _RARE) & (named_by("places_left") <= 0),
    ]
    values = np.concatenate(
        [names.values[spread], np.stack([np.asarray(c, np.float32) for c in columns], 1)], 1
    )
    return Pairs(supplier, row, bearer, organisation, values)

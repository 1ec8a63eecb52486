"""What the registers say of the names and numbers that a batch of suppliers brings."""

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Self, TypeVar

from services.classify.decisions.decision import NO_DECISIONS, Decisions
from services.classify.organisation import Link, NameKind, Organisation, combine

ValueT = TypeVar("ValueT")
COMPANY = "GB-COH-"
STATED = "decisions"
"""The source of an organisation that a person stated, and no register that is loaded has."""


class Bearer(NamedTuple):
    """An organisation that bears a name, as its register prints the name."""

    organisation: Organisation
    name: str
    kind: NameKind


class BorneName(NamedTuple):
    """A name's comparable words and who bears it, from when to when: `key` in its `source`."""

    words: str
    source: str
    key: str
    name: str
    kind: NameKind
    since: date | None = None
    until: date | None = None


class Edition(NamedTuple):
    """A register as it was loaded: its title and the day to which it goes."""

    title: str
    as_at: date


class Known(NamedTuple):
    """Registers looked up: by comparable words, by org-id, by company number; links by org-id.

    `editions` are by source, `decisions` what people decided of the suppliers asked for.
    """

    by_words: Mapping[str, Sequence[Bearer]]
    by_id: Mapping[str, Organisation]
    by_company: Mapping[str, Sequence[Organisation]]
    links: Mapping[str, Sequence[Link]]
    editions: Mapping[str, Edition]
    decisions: Decisions = NO_DECISIONS

    def beside(self, other: Self) -> Self:
        """The registers of both; what stands in both is taken from this one, as decisions are."""
        return self._replace(
            by_words=_both(self.by_words, other.by_words),
            by_id=_both(self.by_id, other.by_id),
            by_company=_both(self.by_company, other.by_company),
            links=_both(self.links, other.links),
            editions=_both(self.editions, other.editions),
        )


def _both(ours: Mapping[str, ValueT], theirs: Mapping[str, ValueT]) -> Mapping[str, ValueT]:
    return ChainMap(ours, theirs)  # type: ignore[arg-type] # they are only read


_RANKS: dict[NameKind, int] = {"current": 0, "working": 1, "previous": 2, "merged": 3}


def identity(organisation: Organisation) -> str:
    """What tells an organisation from every other, across registers where it has an org-id."""
    return organisation.org_id or f"{organisation.source}/{organisation.key}"


def assemble(
    organisations: Iterable[Organisation],
    names: Iterable[BorneName],
    links: Iterable[Link],
    editions: Mapping[str, Edition],
) -> Known:
    """Bring together what several registers say of one organisation."""
    rows: dict[str, list[Organisation]] = defaultdict(list)
    identities: dict[tuple[str, str], str] = {}
    for row in organisations:
        name = identity(row)
        rows[name].append(row)
        identities[row.source, row.key] = name
    combined = {
        name: combine(
            sorted(own, key=lambda row: (editions[row.source].as_at, row.source), reverse=True)
        )
        if len(own) > 1
        else own[0]
        for name, own in rows.items()
    }
    by_words: dict[str, dict[str, Bearer]] = defaultdict(dict)
    for borne in names:
        bearer = identities.get((borne.source, borne.key))
        if bearer is None:
            continue
        present = by_words[borne.words].get(bearer)
        if present is None or _RANKS[borne.kind] < _RANKS[present.kind]:
            by_words[borne.words][bearer] = Bearer(combined[bearer], borne.name, borne.kind)
    by_company: dict[str, list[Organisation]] = defaultdict(list)
    for organisation in combined.values():
        if organisation.company_number and organisation.org_id:
            by_company[organisation.company_number].append(organisation)
    by_end: dict[str, set[Link]] = defaultdict(set)
    for link in links:
        by_end[link.a].add(link)
        by_end[link.b].add(link)
    return Known(
        {words: list(bearers.values()) for words, bearers in by_words.items()},
        {o.org_id: o for o in combined.values() if o.org_id},
        by_company,
        {end: sorted(own, key=_link_order) for end, own in by_end.items()},
        editions,
    )


def _link_order(link: Link) -> tuple[str, str, str, date]:
    return link.a, link.b, link.kind, link.since or date.min


def company_of(organisation: Organisation) -> str | None:
    """The org-id of the company that the organisation also is."""
    number = organisation.company_number
    return COMPANY + number if number else None


NOTHING = Known({}, {}, {}, {}, {})
"""What is known where no register was looked up beside the index."""

"""Which organisations are one body: twins by their links, and who carries on from whom."""

from collections.abc import Sequence
from typing import NamedTuple

from services.classify.matching.known import Known, company_of, identity
from services.classify.organisation import Link, Organisation


class Body(NamedTuple):
    """One body: the organisation that stands for it, all that it was found by, and the successions
    by which others carried it on.
    """

    present: Organisation
    found: tuple[Organisation, ...]
    successions: tuple[Link, ...] = ()


def bodies(found: Sequence[Organisation], known: Known) -> list[Body]:
    """The bodies that these organisations are; those that links say are one come as one."""
    groups: list[tuple[set[str], list[Organisation]]] = []
    for organisation in found:
        ids = _identities(organisation, known)
        own = [organisation]
        apart = []
        for other_ids, others in groups:
            if ids & other_ids:
                ids |= other_ids
                own = [*others, *own]
            else:
                apart.append((other_ids, others))
        groups = [*apart, (ids, own)]
    return sorted((_body(own, known) for _, own in groups), key=_order)


def _identities(organisation: Organisation, known: Known) -> set[str]:
    """Every identifier of the body: its own, the same by links, and those that carry on from it."""
    reached = {identity(organisation)}
    if company := company_of(organisation):
        reached.add(company)
    edge = set(reached)
    while edge:
        following = set()
        for org_id in edge:
            for link in known.links.get(org_id, ()):
                if link.a == org_id:
                    following.add(link.b)
                elif link.kind == "same":
                    following.add(link.a)
        edge = following - reached
        reached |= edge
    return reached


def _body(found: list[Organisation], known: Known) -> Body:
    left = {
        link.a
        for organisation in found
        for link in known.links.get(identity(organisation), ())
        if link.kind == "succession" and link.b in map(identity, found)
    }
    found = sorted(found, key=lambda o: (identity(o) in left, _order_of_organisation(o)))
    successions: dict[Link, None] = {}
    for organisation in found:
        at = organisation
        while (link := _successor(at, known)) and link not in successions:
            successions[link] = None
            at = known.by_id[link.b]
    return Body(found[0], tuple(found), tuple(successions))


def _successor(organisation: Organisation, known: Known) -> Link | None:
    """The succession from this organisation to one that the registers know, the latest if many."""
    onward = [
        link
        for link in known.links.get(organisation.org_id or "", ())
        if link.kind == "succession" and link.a == organisation.org_id and link.b in known.by_id
    ]
    return max(onward, key=lambda link: (str(link.since or ""), link.b), default=None)


def _order_of_organisation(organisation: Organisation) -> tuple[bool, bool, str]:
    return organisation.org_id is None, organisation.removed, identity(organisation)


def _order(body: Body) -> tuple[bool, bool, str]:
    return _order_of_organisation(body.present)


def body_numbers(
    identities: Sequence[str], companies: Sequence[str | None], known: Known
) -> list[int]:
    """For each organisation the number of its body: one for all that links or a company join."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        path = []
        while (above := parent.setdefault(name, name)) != name:
            path.append(name)
            name = above
        for one in path:
            parent[one] = name
        return name

    for name, company in zip(identities, companies, strict=True):
        if company:
            parent[root(company)] = root(name)
    for links in known.links.values():
        for link in links:
            parent[root(link.a)] = root(link.b)
    numbers: dict[str, int] = {}
    return [numbers.setdefault(root(name), len(numbers)) for name in identities]

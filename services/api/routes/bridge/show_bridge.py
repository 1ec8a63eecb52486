"""The bridge from one year to another as its answer has it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from services.api.asked.periods import year_label
from services.api.queries.bridge import Provider
from services.api.queries.spend import Sums
from services.api.routes.bridge.bridge_answer import SAYS
from services.api.spend.bridge import COMPONENTS, Part
from services.api.spend.explain_spend import AskedYears, Explained
from services.api.spend.show_figures import figures
from services.api.withheld.withheld_ids import withheld_id
from shared.money import format_pounds


class _Pounds(NamedTuple):
    """Pence that rose and that fell."""

    increase: int = 0
    decrease: int = 0

    def add(self, pence: int) -> "_Pounds":
        return _Pounds(self.increase + max(pence, 0), self.decrease + min(pence, 0))

    def show(self) -> dict[str, str]:
        return {
            "amount": format_pounds(self.increase + self.decrease),
            "increase": format_pounds(self.increase),
            "decrease": format_pounds(self.decrease),
        }


class Shown(NamedTuple):
    """What is shown beside what is explained: how many providers, by which days, the spellings.

    `officer`: of every buyer that is asked for.
    """

    largest: int
    officer: bool
    first_known_at: Any
    last_known_at: Any
    spellings: Mapping[str, str]


def show_bridge(asked: AskedYears, explained: Explained, shown: Shown) -> dict[str, Any]:
    """Both years, the components in their order, and the programmes that changed."""
    counted = [_counted(sums, asked) for sums in (explained.first, explained.last)]
    by_component: dict[str, list[Part]] = defaultdict(list)
    for part in explained.parts:
        by_component[part.component].append(part)
    return {
        "definition": asked.definition,
        "from": _year(asked, explained.first, asked.first.since.year, shown.first_known_at),
        "to": _year(asked, explained.last, asked.last.since.year, shown.last_known_at),
        "change": format_pounds(counted[1] - counted[0]),
        "components": [
            {"component": name, "says": SAYS[name]}
            | _component(by_component[name], explained.providers, asked, shown)
            for name in COMPONENTS
        ],
        "programmes": _programmes(explained.parts, shown.spellings),
        "agreements_with_uplift": explained.agreements,
    }


def _counted(sums: Sums, asked: AskedYears) -> int:
    if asked.definition is None:
        return sums.pence
    return sums.counted[0].pence


def _year(asked: AskedYears, sums: Sums, year: int, known_at: Any) -> dict[str, Any]:
    told = figures(sums, asked.question())
    return {"financial_year": year_label(year), "as_known_at": known_at} | told


def _component(
    parts: Iterable[Part], providers: Mapping[str, Provider], asked: AskedYears, shown: Shown
) -> dict[str, Any]:
    whole = _Pounds()
    by_provider: dict[str, _Pounds] = defaultdict(_Pounds)
    for part in parts:
        whole = whole.add(part.pence)
        by_provider[part.provider] = by_provider[part.provider].add(part.pence)
    in_order = sorted(by_provider.items(), key=lambda each: (-_gross(each[1]), each[0]))
    named = [key for key, _ in in_order if _may_be_told(providers[key], asked, shown)]
    named = named[: shown.largest]
    rest = _Pounds()
    for key in by_provider.keys() - set(named):
        pounds = by_provider[key]
        rest = rest.add(pounds.increase).add(pounds.decrease)
    return whole.show() | {
        "organisations": [
            _provider(providers[key], asked, shown) | by_provider[key].show() for key in named
        ],
        "rest": {"organisations": len(in_order) - len(named)} | rest.show(),
    }


def _may_be_told(provider: Provider, asked: AskedYears, shown: Shown) -> bool:
    """Whether one that may be a person is told apart: to others than officers as a payee of one
    buyer only, for pounds of two would tell either what the other paid; and under no definition,
    for what counts moves for all buyers at once.
    """
    if shown.officer or not provider.may_be_person:
        return True
    return len(asked.buyers) == 1 and asked.definition is None


def _gross(pounds: _Pounds) -> int:
    return pounds.increase - pounds.decrease


def _provider(provider: Provider, asked: AskedYears, shown: Shown) -> dict[str, Any]:
    """Who it is. Only organisations have names here: others may be persons."""
    return {
        "organisation": provider.organisation,
        "organisation_name": provider.organisation_name or provider.organisation,
        "links": _links(provider, asked, shown),
    }


def _links(provider: Provider, asked: AskedYears, shown: Shown) -> dict[str, str | None]:
    if provider.organisation is not None:
        who = {"organisation": provider.organisation}
    elif provider.may_be_person and not shown.officer:
        who = {"supplier": withheld_id(provider.supplier_id, asked.buyers[0])}
    else:
        who = {"supplier": provider.supplier_id}
    first, last = sorted((asked.first, asked.last))
    payments: dict[str, Any] = who | {"from": first.since, "to": last.until}
    if len(asked.buyers) == 1:
        payments["buyer"] = asked.buyers[0]
    spend: dict[str, Any] = who | {
        "buyer": asked.buyers,
        "financial_year": sorted({year_label(first.since.year), year_label(last.since.year)}),
        "group_by": "financial_year,programme",
    }
    if shown.last_known_at:
        spend["as_known_at"] = shown.last_known_at
    return {
        "payments": f"/v1/payments?{urlencode(payments)}",
        "spend": provider.organisation and f"/v1/spend?{urlencode(spend, doseq=True)}",
    }


def _programmes(parts: Iterable[Part], spellings: Mapping[str, str]) -> list[dict[str, Any]]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COMPONENTS, 0))
    for part in parts:
        sums[part.programme][part.component] += part.pence
    return [
        {
            "programme": spellings.get(key, key) if key else None,
            "amount": format_pounds(sum(sums[key].values())),
            "components": {name: format_pounds(pence) for name, pence in sums[key].items()},
        }
        for key in sorted(sums)
    ]

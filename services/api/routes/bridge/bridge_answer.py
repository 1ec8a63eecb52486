"""How the bridge from one year to another answers."""

from datetime import date
from uuid import UUID

from pydantic import ConfigDict, Field

from services.api.routes.door import Answer
from services.api.routes.figures import AMOUNT, EXAMPLE, Figures
from services.api.routes.predecessors import PredecessorAnswer
from services.api.spend.bridge import COMPONENTS, Component

SAYS: dict[Component, str] = {
    "new-providers": "Providers that these buyers paid nothing in the first year",
    "ended": "Providers that these buyers paid nothing in the second year",
    "uplift": "What agreements with providers of both years say that variations of their value "
    "alone add; 0 where none says so: it is then in other-price-or-volume",
    "other-price-or-volume": "Providers of both years: what no other component explains",
    "reclassified": "Providers of both years: what began or ceased to count by what is known of "
    "the provider, by the day of payment or by what became known of it",
    "moved-between-programmes": "Providers of both years: what rose in one programme as it fell in "
    "another, or is read as another programme; 0 in all programmes together",
    "corrections": "The first year by payments that were recorded, corrected or withdrawn between "
    "the two days on which it is known",
}
"""What each component is."""


class Pounds(Answer):
    """A net amount, and what of it rose and fell, each by provider and programme."""

    amount: str = Field(pattern=AMOUNT)
    increase: str = Field(pattern=AMOUNT)
    decrease: str = Field(pattern=AMOUNT)


class BridgeYear(Figures):
    """What was spent in one of the years, with what is known of it."""

    financial_year: str
    as_known_at: date | None = Field(description="null: by all that is known")


class ProviderLinks(Answer):
    """Its payments in both years, and its spend by year and programme."""

    payments: str
    spend: str | None = Field(description="null where it is no organisation with an org-id")


class ProviderPounds(Pounds):
    """What of a component is of one provider."""

    organisation: str | None = Field(description="null: matched with none that has an org-id")
    organisation_name: str | None = Field(
        description="null: nothing shows that it is no person; an officer sees the payee at the "
        "payments"
    )
    links: ProviderLinks


class Rest(Pounds):
    """What of a component is of all the others together."""

    organisations: int


class ComponentAnswer(Pounds):
    """One component of the change, with the largest providers behind it and the rest summed."""

    component: Component
    says: str
    organisations: list[ProviderPounds] = Field(description="Those of the most pounds, first")
    rest: Rest


class ProgrammeChange(Answer):
    """The change of one programme, by component."""

    programme: str | None = Field(description="null: none")
    amount: str = Field(pattern=AMOUNT)
    components: dict[Component, str]


class BridgeAnswer(Answer):
    """Two years and the components that add up to their difference, to the penny."""

    model_config = ConfigDict(populate_by_name=True)

    definition: str | None = Field(description="By which is counted; null: all that is paid")
    first: BridgeYear = Field(alias="from")
    last: BridgeYear = Field(alias="to")
    change: str = Field(pattern=AMOUNT, description="What counts in `to` less that in `from`")
    components: list[ComponentAnswer]
    programmes: list[ProgrammeChange] = Field(description="Those that changed, by their names")
    agreements_with_uplift: int = Field(description="Agreements that say what their uplift is")
    predecessors: list[PredecessorAnswer]


_YEAR = EXAMPLE | {"as_known_at": None}
_NONE = {"amount": "0.00", "increase": "0.00", "decrease": "0.00"}
_FELL = {"amount": "-550000.00", "increase": "0.00", "decrease": "-550000.00"}
_PROVIDER = UUID("c2b4b9ff-62a5-5f7e-8a76-0a4c0f4be0d2")
_ENDED = _FELL | {
    "organisation": None,
    "organisation_name": None,
    "links": {
        "payments": f"/v1/payments?supplier={_PROVIDER}&from=2023-04-01&to=2025-03-31",
        "spend": None,
    },
}
BRIDGE_EXAMPLE = {
    "definition": "registered-charity",
    "from": _YEAR
    | {
        "financial_year": "2023-24",
        "definitions": {
            "registered-charity": EXAMPLE["definitions"]["registered-charity"]  # type: ignore[index]
            | {"amount": "19450000.00", "share": 0.978863}
        },
    },
    "to": _YEAR | {"financial_year": "2024-25"},
    "change": "-550000.00",
    "components": [
        (_FELL if component == "ended" else _NONE)
        | {
            "component": component,
            "says": SAYS[component],
            "organisations": [_ENDED] if component == "ended" else [],
            "rest": _NONE | {"organisations": 0},
        }
        for component in COMPONENTS
    ],
    "programmes": [
        {
            "programme": "End of life",
            "amount": "-550000.00",
            "components": dict.fromkeys(COMPONENTS, "0.00") | {"ended": "-550000.00"},
        }
    ],
    "agreements_with_uplift": 0,
    "predecessors": [],
}

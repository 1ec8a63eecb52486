"""GET /v1/organisations: the list by size, page by page, and the search by name."""

from typing import Any

import pytest

from services.api.lists.organisation_name import search_words
from services.api.routes.suppliers.organisation_list import OrganisationPage
from services.api.routes.suppliers.organisations import OrganisationAnswer
from shared.errors import Rejected
from tests.api.conftest import Model
from tests.api.facts import CHARITY, HOSPICE, LEEDS, classified, member, paid, unmatched


@pytest.fixture
async def named(model: Model) -> Model:
    given: dict[str, Any] = {"memberships": [member()]}
    await model.project(
        classified(
            "BRITISH RED CROSS",
            organisation="GB-CHC-220949",
            organisation_name="The British Red Cross Society",
            **given,
        ),
        classified(
            "REDCAR MIND", organisation="GB-CHC-2", organisation_name="Redcar & Cleveland Mind"
        ),
        classified(
            "ST GEMMAS HOSPICE",
            organisation="GB-CHC-3",
            organisation_name="St. Gemma\u2019s Hospice",
            **given,
        ),
        classified("THE RED SHED CIC", organisation=None, organisation_name="Red Shed C.I.C."),
        classified(organisation_name=None),
        unmatched("RED ROBERT"),
        unmatched("REDACTED", redacted=True, organisation="GB-CHC-9", organisation_name="Red X"),
        paid(1, 100_00, payee="BRITISH RED CROSS"),
        paid(2, 300_00, payee="REDCAR MIND", buyer=LEEDS),
        paid(3, 100_00, payee="ST GEMMAS HOSPICE"),
        paid(4, 200_00, payee="THE RED SHED CIC"),
        paid(5, 900_00, payee="RED ROBERT"),
        paid(6, 50_00, payee="REDACTED"),
        paid(7, 1_00),
    )
    return model


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("red", ["Redcar & Cleveland Mind", "Red Shed C.I.C.", "The British Red Cross Society"]),
        ("Cross, the red", ["The British Red Cross Society"]),
        ("st gemma's", ["St. Gemma\u2019s Hospice"]),
        ("ST.GEMMAS", ["St. Gemma\u2019s Hospice"]),
        ("shed cic", ["Red Shed C.I.C."]),
        ("robert", []),
        ("edcar", []),
        (HOSPICE, [CHARITY]),
    ],
    ids=[
        "prefix",
        "any order",
        "apostrophe",
        "a sign parts",
        "the ledger's name",
        "a person",
        "within a word",
        "the register's name is not known",
    ],
)
async def test_organisations_are_found_by_the_beginnings_of_words(
    named: Model, name: str, found: list[str]
) -> None:
    answer = await named.ask("/v1/organisations", name=name)
    OrganisationPage.model_validate(answer)
    names = [each["organisation_name"] or each["organisation"] for each in answer["items"]]
    assert names == found
    assert answer["lines"] == len(found), "the figures are of those that are found"


async def test_the_list_goes_on_by_its_cursor_until_it_ends(named: Model) -> None:
    async def pages(**query: Any) -> list[str]:
        seen: list[str] = []
        answer = await named.ask("/v1/organisations", limit=1, **query)
        seen += [each["organisation"] for each in answer["items"]]
        while answer["next"]:
            answer = await named.ask("/v1/organisations", limit=1, cursor=answer["next"], **query)
            assert answer["lines"] >= len(answer["items"])
            seen += [each["organisation"] for each in answer["items"]]
        return seen

    largest = ["GB-CHC-2", None, "GB-CHC-220949", "GB-CHC-3", "GB-CHC-9", CHARITY]
    assert await pages() == largest
    assert await pages(definition="registered-charity") == ["GB-CHC-220949", "GB-CHC-3"]
    assert await pages(name="mind red", buyer=LEEDS) == ["GB-CHC-2"]
    page = await named.ask("/v1/organisations", limit=1)
    problem = await named.ask("/v1/organisations", name="red", cursor=page["next"], status=422)
    assert problem["errors"][0]["field"] == "cursor"


async def test_an_organisation_leads_to_what_it_was_paid(named: Model) -> None:
    one = await named.ask("/v1/organisations/GB-CHC-220949")
    OrganisationAnswer.model_validate(one)
    assert one["links"]["spend"] == "/v1/spend?organisation=GB-CHC-220949"
    for kind in ("spend", "payments", "transactions", "agreements"):
        path, query = one["links"][kind].split("?")
        field, value = query.split("=")
        await named.ask(path, **{field: value})
    paid_to = await named.ask("/v1/payments", organisation="GB-CHC-220949")
    assert [each["amount"] for each in paid_to["items"]] == ["100.00"]


@pytest.mark.parametrize("name", ["", " ' ", ".,-", "\\"])
def test_a_name_without_a_word_is_refused(name: str) -> None:
    with pytest.raises(Rejected, match="there is no word"):
        search_words(name)


async def test_any_sign_may_stand_in_a_name(named: Model) -> None:
    for name in ("a'b:* & !c | (d) <-> \\e", "50% café £5 €", "\U0001f600", "x" * 200):
        answer = await named.ask("/v1/organisations", name=name)
        assert (answer["items"], answer["lines"]) == ([], 0)
    await named.ask("/v1/organisations", name="a\x00b", status=422)

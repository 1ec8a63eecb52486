"""A payee may be a person: names that match no organisation are for the buyer's officers."""

from typing import Any

import pytest

from services.api.asked.question import GROUPS
from shared.events import AgreementLine, KnownMember
from tests.api.conftest import Model, token
from tests.api.facts import (
    HOSPICE,
    ICB,
    LEEDS,
    PERSON,
    agreement,
    classified,
    ended,
    named,
    paid,
    planned,
    registered,
    supplier,
    unmatched,
    varied,
    withheld,
)

SECRET = "FOR A N OTHER, WEEK 12"
OF_PAYMENTS = ("spend-over-500", "spend-over-25000")
READ = ("spend:read", "payments:read")


async def everywhere(model: Model, bearer: str | None) -> str:
    """Every answer in which the person of the ICB could appear, as one text."""
    payment = paid(1, payee=PERSON).payment_id
    asked: list[tuple[str, dict[str, Any]]] = [
        (f"/v1/payments/{payment}", {}),
        ("/v1/payments", {}),
        ("/v1/payments", {"supplier": withheld()}),
        (f"/v1/suppliers/{withheld()}", {}),
        ("/v1/spend", {"group_by": "buyer,organisation"}),
        ("/v1/spend", {"group_by": ",".join(GROUPS)}),
        ("/v1/transactions", {}),
        ("/v1/organisations", {}),
        ("/v1/organisations", {"name": PERSON}),
        ("/v1/totals", {}),
        ("/v1/quality", {"buyer": ICB}),
        *((f"/v1/exports/{name}/problems", {"buyer": ICB}) for name in OF_PAYMENTS),
        (f"/v1/agreements/{agreement()}", {}),
        ("/v1/agreements", {}),
        ("/v1/renewals", {"before": "2099-01-01"}),
        ("/v1/renewals", {"overdue": True, "as_of": "2027-01-01"}),
    ]
    return str([await model.ask(path, token=bearer, **query) for path, query in asked])


@pytest.fixture
async def person(model: Model) -> Model:
    await model.project(
        unmatched(),
        paid(1, payee=PERSON, purpose=SECRET, reference=SECRET, transaction=SECRET, place="Leeds"),
        classified(),
        *(paid(number, 600_00, payee=PERSON, reference=SECRET) for number in (3, 4)),
        paid(2),
        registered(
            provider=PERSON,
            supplier_id=supplier(PERSON),
            title=SECRET,
            lines=(AgreementLine(programme="Care", annual_amount_pence=1, description=SECRET),),
            duration_rationale=SECRET,
            route="lead-provider",
            members=(KnownMember(name=PERSON, supplier_id=supplier(PERSON)),),
        ),
        named(name=SECRET, address=SECRET, role=SECRET),
        planned([("notice", "2026-12-31")]),
        ended(version=2, on="2027-03-01", reason=SECRET),
    )
    return model


@pytest.mark.parametrize(
    "bearer",
    [
        None,
        token(*READ),
        token(*READ, "personal:read", buyers=[LEEDS]),
        token(*READ, "personal:read", buyers=[]),
        token(*READ, "review:write", buyers=[ICB]),
    ],
    ids=["anyone", "without the scope", "of another buyer", "of no buyer", "with another scope"],
)
async def test_a_person_s_name_is_withheld_in_every_answer(
    person: Model, bearer: str | None
) -> None:
    said = await everywhere(person, bearer)
    assert PERSON not in said
    assert SECRET not in said
    payment = await person.ask(f"/v1/payments/{paid(1, payee=PERSON).payment_id}", token=bearer)
    assert (payment["withheld"], payment["payee"], payment["place"]) == (True, None, "Leeds")
    shown = await person.ask(f"/v1/suppliers/{withheld()}", token=bearer)
    assert (shown["withheld"], shown["payee"], shown["amount"]) == (True, None, "1300.00")
    await person.ask(f"/v1/suppliers/{supplier(PERSON)}", status=404, token=bearer)
    agreed = await person.ask(f"/v1/agreements/{agreement()}", token=bearer)
    assert (agreed["withheld"], agreed["provider"], agreed["title"]) == (True, None, None)
    assert (agreed["reference"], agreed["lines"][0]["programme"]) == ("WY-1", "Care")


LISTS = {
    "/v1/payments": 3,
    "/v1/transactions": 1,
    "/v1/agreements": 1,
    "/v1/renewals?before=2099-01-01": 1,
}
"""With how many items of each the person is."""


@pytest.mark.parametrize(("path", "count"), LISTS.items())
async def test_a_list_says_once_why_names_are_null_and_who_sees_them(
    person: Model, path: str, count: int
) -> None:
    told = (await person.ask(path, token=token(*READ)))["withheld"]
    assert (told["count"], "a person's" in told["reason"]) == (count, True)
    assert told["shown_to"].endswith("with the scope personal:read")
    open_door = (await person.ask(path))["withheld"]
    assert "LOCALPOUND_TOKEN_KEY is not set" in open_door["shown_to"]
    officer = token(*READ, "personal:read", buyers=[ICB])
    assert (await person.ask(path, token=officer))["withheld"] is None


@pytest.mark.parametrize("buyers", [["*"], [ICB], [LEEDS, ICB]])
async def test_the_buyer_s_own_officer_sees_it(person: Model, buyers: list[str]) -> None:
    bearer = token(*READ, "personal:read", buyers=buyers)
    said = await everywhere(person, bearer)
    assert said.count(SECRET) == 35
    assert "'withheld': True" not in said
    shown = await person.ask(f"/v1/suppliers/{supplier(PERSON)}", token=bearer)
    assert (shown["payee"], len(shown["evidence"])) == (PERSON, 1)
    agreed = await person.ask(f"/v1/agreements/{agreement()}", token=bearer)
    assert agreed["provider"] == PERSON


async def test_contacts_are_withheld_of_an_organisation_too(model: Model) -> None:
    await model.project(classified(), registered(), named())
    path = f"/v1/agreements/{agreement()}"
    other = token(*READ, "personal:read", buyers=[LEEDS])
    for bearer in (None, token(*READ), other):
        shown = await model.ask(path, token=bearer)
        assert (shown["provider"], shown["withheld"]) == (HOSPICE, False)
        assert (shown["contacts"], shown["contacts_confirmed_on"]) == (None, "2026-09-01")
        assert "Moss" not in str(shown)
    shown = await model.ask(path, token=token(*READ, "personal:read", buyers=[ICB]))
    assert [each["name"] for each in shown["contacts"]] == ["Alex Moss"]


@pytest.mark.parametrize("person_first", [True, False])
async def test_what_is_written_of_a_former_or_later_provider_is_withheld_in_every_version(
    model: Model, person_first: bool
) -> None:
    providers = [(PERSON, supplier(PERSON)), (HOSPICE, supplier())]
    first, second = providers if person_first else providers[::-1]
    lines = (AgreementLine(programme="Care", annual_amount_pence=1, description=SECRET),)
    await model.project(
        unmatched(),
        classified(),
        registered(provider=first[0], supplier_id=first[1], lines=lines, duration_rationale=SECRET),
        varied(
            provider=second[0],
            supplier_id=second[1],
            lines=lines,
            title=SECRET,
            reason=f"Novated: {SECRET}",
            changes=("novation",),
        ),
        ended(version=3, on="2027-03-01", reason=SECRET),
    )
    path = f"/v1/agreements/{agreement()}"
    said = await model.ask(path, token=token(*READ))
    assert SECRET not in str(said)
    assert PERSON not in str(said)
    assert said["withheld"]
    assert [each["provider"] for each in said["versions"]].count(HOSPICE) == 1
    assert "title" in said["versions"][1]["changed"], "that it changed is told"
    officer = await model.ask(path, token=token(*READ, "personal:read", buyers=[ICB]))
    assert officer["versions"][1]["reason"] == f"Novated: {SECRET}"


async def test_a_provider_is_shown_once_it_is_known_to_be_an_organisation(model: Model) -> None:
    async def provider() -> Any:
        return (await model.ask(f"/v1/agreements/{agreement()}"))["provider"]

    await model.project(registered())
    assert await provider() is None, "nothing is known of it yet"
    await model.project(classified())
    assert await provider() == HOSPICE
    await model.project(classified(revision=2, redacted=True))
    assert await provider() is None


async def test_what_the_ledger_redacts_and_what_awaits_classification_is_withheld_too(
    model: Model,
) -> None:
    redacted = paid(1, payee="REDACTED PERSONAL DATA", purpose=SECRET)
    await model.project(
        classified(redacted.payee, tier="none", redacted=True), redacted, paid(2, payee=PERSON)
    )
    page = await model.ask("/v1/payments")
    assert [(p["payee"], p["purpose"]) for p in page["items"]] == [(None, None)] * 2
    assert (await model.ask(f"/v1/suppliers/{withheld()}"))["payee"] is None


async def test_a_body_that_a_register_knows_by_name_only_is_no_person(model: Model) -> None:
    await model.project(
        classified("EXAMPLE CIC", organisation=None, organisation_name="Example C.I.C."),
        paid(1, payee="EXAMPLE CIC"),
    )
    assert (await model.ask(f"/v1/suppliers/{supplier('EXAMPLE CIC')}"))["payee"] == "EXAMPLE CIC"


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/v1/spend", "spend:read"),
        ("/v1/payments", "payments:read"),
        (f"/v1/payments/{paid().payment_id}", "payments:read"),
        (f"/v1/suppliers/{supplier()}", "spend:read"),
        ("/v1/organisations", "spend:read"),
        ("/v1/organisations/GB-CHC-1", "spend:read"),
        ("/v1/agreements", "spend:read"),
        (f"/v1/agreements/{supplier()}", "spend:read"),
        ("/v1/renewals?before=2027-01-01", "spend:read"),
        ("/v1/totals", "spend:read"),
    ],
)
async def test_every_route_asks_for_its_scope(model: Model, path: str, scope: str) -> None:
    others = [name for name in (*READ, "personal:read") if name != scope]
    problem = await model.ask(path, status=403, token=token(*others))
    assert problem["detail"] == f"the token lacks the scope {scope}"
    assert "not valid" in (await model.ask(path, status=401, token="forged"))["detail"]

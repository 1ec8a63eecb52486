"""A statement's figures link to where the rows behind them are listed."""

from datetime import date

from tests.api.conftest import Model
from tests.api.facts import ICB, LEEDS, classified, member, notice, paid, registered


async def test_a_count_of_notices_links_to_notices_among_which_they_stand(model: Model) -> None:
    served = {"served_on": "2024-09-30", "last_day": "2025-03-30", "acts_on": "2025-03-30"}
    await model.project(
        classified(memberships=[member()]),
        paid(1, 40_00, "2024-05-10"),
        registered(),
        registered("WY-2"),
        registered("WY-3", buyer=LEEDS),
        notice(1, **served),
        notice(1, "WY-2", **served),
        notice(1, "WY-3", **served, buyer=LEEDS),
    )
    sections = (await model.ask(f"/v1/statements/{ICB}/2024-25"))["sections"]
    [section] = [each for each in sections if each["id"] == "notices"]
    figures = {each["key"]: each for each in section["figures"]}
    assert figures["notices.given"]["value"] == "2"
    [link] = {each["rows"] for each in figures.values()}
    listed = (await model.ask(link))["items"]
    assert [(each["buyer"], each["served_on"]) for each in listed] == [(ICB, "2024-09-30")] * 2


async def test_agreed_figures_link_to_the_agreements_that_they_are_made_of(model: Model) -> None:
    await model.project(
        classified(memberships=[member()]),
        paid(1, 40_00, "2024-05-10"),
        registered("DIRECT"),
        registered("COUNCIL", route="council"),
        registered("OVER", route="council", end="2024-03-31", start=date(2023, 4, 1)),
        registered("LATER", start=date(2025, 4, 1)),
        registered("OTHERS", buyer=LEEDS),
    )
    sections = (await model.ask(f"/v1/statements/{ICB}/2024-25"))["sections"]
    figures = {each["key"]: each for part in sections for each in part["figures"]}

    async def listed(key: str) -> set[str]:
        return {each["reference"] for each in (await model.ask(figures[key]["rows"]))["items"]}

    assert await listed("agreed.route:council") == {"COUNCIL"}
    assert await listed("agreed.total") == {"COUNCIL", "DIRECT"}
    assert await listed("agreed.programme:End of life") == {"COUNCIL", "DIRECT"}
    assert await listed("ahead:2025-26") == {"COUNCIL", "DIRECT", "LATER"}

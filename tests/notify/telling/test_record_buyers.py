"""Messages call a buyer by the name by which it was registered, unless its plan says another."""

from datetime import datetime, timedelta

from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import Plans, load_plans
from services.notify.telling.record_buyers import record_buyers
from shared.events import BuyerRegistered
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, NOW, bare, registered

PLAN = bare(load_plans().default)


def called(name: str, at: datetime = NOW) -> BuyerRegistered:
    return BuyerRegistered(buyer=BUYER, name=name, recorded_at=at)


async def names_told(desk: Desk) -> list[str]:
    return [one.words["buyer"] for one in (await desk.raise_due()).facts]


async def test_the_newest_name_is_told_and_a_plans_own_wins(desk: Desk) -> None:
    newest = called("Leeds City Council", NOW + timedelta(days=1))
    await record_buyers(desk.engine, [newest, called("Leeds")], [], NOW)
    await record_buyers(desk.engine, [called("Leeds")], [], NOW)
    await desk.tell(registered())
    assert await names_told(desk) == ["Leeds City Council"]
    own = PLAN.model_copy(update={"buyer": BUYER, "buyer_name": "The council"})
    await adopt_plans(desk.engine, Plans(2, (PLAN, own)), NOW)
    await desk.plan_outdated()
    await desk.tell(registered("LCC/2"))
    assert await names_told(desk) == ["The council"]


async def test_a_new_name_plans_nothing_anew(desk: Desk) -> None:
    await desk.tell(registered())
    await record_buyers(desk.engine, [called("Leeds City Council")], [], NOW)
    assert await desk.plan_outdated() == 0

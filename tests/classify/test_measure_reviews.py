"""What waits for a person, as the metrics tell it."""

from pathlib import Path

from prometheus_client import REGISTRY

from services.classify.classify_suppliers import classify_suppliers
from services.classify.measure_reviews import measure_once
from services.classify.pounds.count_payments import count_payments
from tests.classify.database import NOW, basis_of, load_folder, supplier
from tests.classify.registries import charity_row, write_charities
from tests.classify.test_sighting import payment
from tests.conftest import MakeEngine


async def test_suppliers_in_review_and_their_pounds_are_measured(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    names = ("St Lukes Hospice", "Harrowfell Hall")
    rows = [charity_row(f"90001{n}{twin}", name) for n, name in enumerate(names) for twin in (1, 2)]
    write_charities(tmp_path, rows)
    await load_folder(engine, tmp_path)
    suppliers = [supplier(name) for name in (*names, "J Smith")]
    await classify_suppliers(engine, await basis_of(engine), suppliers, [], NOW)
    paid = ("St Lukes Hospice", "St Lukes Hospice", "J Smith")
    await count_payments(engine, [payment(payee, n) for n, payee in enumerate(paid)], NOW)
    await measure_once(engine)
    assert REGISTRY.get_sample_value("localpound_classify_reviews_waiting") == 2
    assert REGISTRY.get_sample_value("localpound_classify_reviews_waiting_pounds") == 2

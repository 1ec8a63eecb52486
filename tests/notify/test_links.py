"""Where links in messages lead, and that it is said where nobody elsewhere can open them."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from services.notify.main import warn_where_links_lead
from services.notify.settings import Settings

NEEDED: dict[str, Any] = {"kafka": "127.0.0.1:9092", "database": "postgresql://127.0.0.1/test"}


def test_by_default_links_lead_to_the_services_own_port() -> None:
    assert Settings.model_validate(NEEDED | {"http_port": 8303}).links_lead_to == (
        "http://127.0.0.1:8303"
    )


@pytest.mark.parametrize(
    ("url", "sends", "warns"),
    [
        ("", True, True),
        ("", False, False),
        ("http://localhost:8103", True, True),
        ("http://[::1]:8103", True, True),
        ("https://notify.buyer.example", True, False),
    ],
)
def test_messages_that_lead_to_this_machine_alone_are_warned_of(
    url: str, *, sends: bool, warns: bool
) -> None:
    settings = Settings.model_validate(NEEDED | {"public_url": url})
    with capture_logs() as logs:
        warn_where_links_lead(settings, sends=sends)
    assert [one["event"] for one in logs] == ["links.lead_to_this_machine"] * warns

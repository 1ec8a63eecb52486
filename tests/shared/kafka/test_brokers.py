"""How Kafka is reached, by the settings."""

import ssl
from pathlib import Path
from typing import Any, ClassVar

import pytest

from shared.errors import Misconfigured
from shared.kafka.brokers import options
from shared.kafka.consumers import Consumers
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    service: ClassVar[str] = "ingest"


USER = {"KAFKA_USERNAME": "ingest", "KAFKA_PASSWORD": "secret"}


def settings(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(f"LOCALPOUND_{name}", value)
    return Settings()


def test_by_default_there_is_neither_tls_nor_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {"bootstrap_servers": "k:9092", "security_protocol": "PLAINTEXT", "ssl_context": None}
    assert options("k:9092") == plain
    assert options(settings(monkeypatch, KAFKA="k:9092").brokers) == plain


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"KAFKA_SECURITY_PROTOCOL": "SSL"}, {"security_protocol": "SSL"}),
        (
            {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", **USER},
            {
                "security_protocol": "SASL_SSL",
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": "ingest",
                "sasl_plain_password": "secret",
            },
        ),
        (
            {
                "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
                "KAFKA_SASL_MECHANISM": "PLAIN",
                **USER,
            },
            {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN"},
        ),
    ],
)
def test_tls_and_sasl_reach_every_client(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], expected: dict[str, Any]
) -> None:
    told = settings(monkeypatch, **given)
    found = options(told.brokers)
    assert expected.items() <= found.items()
    context = found["ssl_context"]
    if given["KAFKA_SECURITY_PROTOCOL"].endswith("SSL"):
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    else:
        assert context is None
    consumes: Any = Consumers(told).broker.config.broker_config
    assert expected.items() <= consumes.builder.keywords.items()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "LOCALPOUND_KAFKA_USERNAME"),
        (
            {"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_CA_FILE": "/nowhere.pem"},
            "LOCALPOUND_KAFKA_CA_FILE /nowhere.pem",
        ),
        (
            {"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_CA_FILE": str(Path(__file__))},
            "LOCALPOUND_KAFKA_CA_FILE",
        ),
    ],
)
def test_what_is_missing_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason):
        Consumers(settings(monkeypatch, **given))

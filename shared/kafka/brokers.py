"""How Kafka is reached: one place for every client, with TLS and SASL where the settings ask."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import SecretStr

from shared.errors import Misconfigured

if TYPE_CHECKING:
    # With it come the doors' web servers, 0.3 s of each command that asks no broker.
    from faststream.security import BaseSecurity

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True)
class Brokers:
    """Bootstrap servers, and what a client shows them and asks of them.

    `ca_file` holds the certificates (PEM) that sign the brokers' own, by default those that the
    machine trusts.
    """

    bootstrap: str
    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = None

    def security(self) -> "BaseSecurity":
        """As FastStream takes it; Misconfigured where user or certificates are missing."""
        from faststream import security  # noqa: PLC0415 - see above

        encrypted = self.protocol.endswith("SSL")
        context = self._trusted() if encrypted else None
        if not self.protocol.startswith("SASL"):
            return security.BaseSecurity(context, encrypted)
        if not self.username or self.password is None:
            raise Misconfigured(
                f"LOCALPOUND_KAFKA_SECURITY_PROTOCOL {self.protocol} needs "
                "LOCALPOUND_KAFKA_USERNAME and LOCALPOUND_KAFKA_PASSWORD"
            )
        sasl = {
            "PLAIN": security.SASLPlaintext,
            "SCRAM-SHA-256": security.SASLScram256,
            "SCRAM-SHA-512": security.SASLScram512,
        }[self.mechanism]
        return sasl(self.username, self.password.get_secret_value(), context, encrypted)

    def _trusted(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise Misconfigured(
                f"LOCALPOUND_KAFKA_CA_FILE {self.ca_file} can't be used: {error}"
            ) from error


def options(brokers: Brokers | str) -> dict[str, Any]:
    """As every client of aiokafka takes it; an address alone is reached without TLS or SASL."""
    from faststream.kafka.security import parse_security  # noqa: PLC0415 - see above

    if isinstance(brokers, str):
        brokers = Brokers(brokers)
    return {"bootstrap_servers": brokers.bootstrap, **parse_security(brokers.security())}

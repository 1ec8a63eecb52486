"""How Kafka is reached: one place for every client, with TLS and SASL where the settings ask."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512
from pydantic import SecretStr

from shared.errors import Misconfigured

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
_MECHANISMS = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


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

    def security(self) -> BaseSecurity:
        """As FastStream takes it; Misconfigured where user or certificates are missing."""
        encrypted = self.protocol.endswith("SSL")
        context = self._trusted() if encrypted else None
        if not self.protocol.startswith("SASL"):
            return BaseSecurity(context, encrypted)
        if not self.username or self.password is None:
            raise Misconfigured(
                f"LOCALPOUND_KAFKA_SECURITY_PROTOCOL {self.protocol} needs "
                "LOCALPOUND_KAFKA_USERNAME and LOCALPOUND_KAFKA_PASSWORD"
            )
        sasl = _MECHANISMS[self.mechanism]
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
    if isinstance(brokers, str):
        brokers = Brokers(brokers)
    return {"bootstrap_servers": brokers.bootstrap, **parse_security(brokers.security())}

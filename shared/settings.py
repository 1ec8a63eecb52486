"""Settings that every service takes, read once, in its main.py."""

import socket
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from shared.access.issuer_settings import IssuerSettings
from shared.kafka.brokers import Brokers, Mechanism, Protocol

SHORTEST_KEY = 32
"""Characters of a token key: as many bytes as the digest that it signs with (RFC 7518, 3.2)."""


class ServiceSettings(BaseSettings):
    """`LOCALPOUND_<SERVICE>_<NAME>` for one service, else `LOCALPOUND_<NAME>` for all of them."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    service: ClassVar[str]

    kafka: str = "127.0.0.1:9092"
    kafka_security_protocol: Protocol = "PLAINTEXT"
    kafka_sasl_mechanism: Mechanism = "SCRAM-SHA-512"
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca_file: Path | None = Field(
        default=None, description="PEM; by default what the machine trusts"
    )
    database: str = "postgresql://127.0.0.1:5432/localpound"
    database_schema: str = Field(
        default="", description="The schema that the service owns; its own name by default"
    )
    topic_prefix: str = ""
    group_prefix: str | None = Field(default=None, description="That of the topics by default")
    instance: str = Field(
        default_factory=socket.gethostname,
        description="Names this replica, alone of its service, to Kafka; killed and started again "
        "under the same name, it has its partitions back at once",
    )
    http_host: str = "127.0.0.1"
    http_port: int = 0
    log_level: str = "INFO"
    token_key: SecretStr | None = Field(
        default=None,
        description="Signs bearer tokens; without it and without issuers the doors trust their "
        "network",
    )
    issuers: tuple[IssuerSettings, ...] = Field(
        default=(), description="OpenID Connect issuers whose tokens are taken too, in JSON"
    )
    revoked_tokens: Path | None = Field(
        default=None,
        description="A file of the ids of tokens that were taken back, which all doors read",
    )
    open_doors: bool = Field(
        default=False, description="Beyond the loopback, too, the doors may go without tokens"
    )
    requests_per_second: float = Field(
        default=200.0,
        ge=0,
        description="Of one token (of one address where doors are open), in each process; 0: any",
    )
    requests_at_once: int = Field(
        default=2000, ge=1, description="How many of one token may come before that rate holds"
    )

    @field_validator("token_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must be {SHORTEST_KEY} characters or more")
        return key

    @field_validator("issuers")
    @classmethod
    def _each_once(cls, issuers: tuple[IssuerSettings, ...]) -> tuple[IssuerSettings, ...]:
        if len({each.issuer for each in issuers}) < len(issuers):
            raise ValueError("names an issuer twice")
        return issuers

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic passes it by name
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the caller gives, then the service's own variables, then those of all services."""
        own = EnvSettingsSource(settings_cls, env_prefix=f"LOCALPOUND_{cls.service.upper()}_")
        common = EnvSettingsSource(settings_cls, env_prefix="LOCALPOUND_")
        return init_settings, own, common

    @property
    def brokers(self) -> Brokers:
        """How Kafka is reached."""
        return Brokers(
            self.kafka,
            self.kafka_security_protocol,
            self.kafka_sasl_mechanism,
            self.kafka_username,
            self.kafka_password,
            self.kafka_ca_file,
        )

    @property
    def schema_name(self) -> str:
        """The database schema that this service owns."""
        return self.database_schema or self.service

"""What notify can be set to."""

from pathlib import Path
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from services.notify.channels.govuk_notify import looks_like_key
from services.notify.channels.smtp import Tls
from shared.fields import OrgId
from shared.settings import ServiceSettings

_MINUTE, _HOUR = 60.0, 3600.0
Seconds = Annotated[float, Field(gt=0)]


def _is_key(key: SecretStr) -> SecretStr:
    if not looks_like_key(key.get_secret_value()):
        raise ValueError(
            "not an API key of GOV.UK Notify: it is a name, the service's UUID and the secret's "
            "UUID, joined by hyphens, whole as it was shown"
        )
    return key


ApiKey = Annotated[SecretStr, AfterValidator(_is_key)]


class GovukNotifyAccount(BaseModel):
    """A buyer's own service at GOV.UK Notify."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    api_key: ApiKey
    template: UUID
    reply_to: UUID | None = None


class Settings(ServiceSettings):
    """`LOCALPOUND_NOTIFY_<NAME>`."""

    service: ClassVar[str] = "notify"

    http_port: int = 8103
    public_url: str = Field(
        default="",
        description="Where readers of messages reach this service; by default this machine alone "
        "does, at its own http_port",
    )
    link_key: SecretStr | None = Field(
        default=None,
        description="Signs acknowledgement links; without it a key is made once and kept in the "
        "database",
    )
    link_days: Annotated[int, Field(ge=1)] = 180
    plans: Path | None = Field(default=None, description="The buyers' plans, else those shipped")
    templates: Path | None = Field(
        default=None, description="A folder whose templates replace those shipped"
    )

    timer_seconds: Seconds = 30.0
    payments_every_seconds: Seconds = Field(
        default=24 * _HOUR,
        description="How often payments to those whose agreements ended are looked through",
    )
    payments_turn_seconds: Seconds = Field(
        default=60.0, description="How long that takes at a time, before it makes way for others"
    )
    delivery_schedule: tuple[Annotated[float, Field(ge=0)], ...] = Field(
        default=(
            0.0,
            5.0,
            5 * _MINUTE,
            30 * _MINUTE,
            2 * _HOUR,
            5 * _HOUR,
            10 * _HOUR,
            14 * _HOUR,
            20 * _HOUR,
            24 * _HOUR,
        ),
        min_length=1,
        description="Seconds before each attempt; after the last one a message is given up",
    )
    delivery_slots: Annotated[int, Field(ge=1)] = 200
    delivery_slots_slow: Annotated[int, Field(ge=0)] = Field(
        default=400, description="Attempts without an answer for a second, beside those in slots"
    )
    delivery_slots_each: Annotated[int, Field(ge=1)] = 12
    delivery_idle_seconds: Seconds = 0.5
    delivery_lease_seconds: Seconds = 60.0
    connect_seconds: Seconds = 5.0
    total_seconds: Seconds = 15.0
    allow_private_webhooks: bool = Field(
        default=False,
        description="Let webhooks reach private addresses, by plain HTTP too: for demonstration",
    )

    smtp_host: str | None = Field(default=None, description="Without it there is no email")
    smtp_tls: Tls = Field(
        default="starttls",
        description="starttls, implicit (TLS from the first byte), or none, inside a host only",
    )
    smtp_port: int | None = Field(
        default=None, description="By default 587 with starttls, 465 with implicit, 25 with none"
    )
    smtp_ca_file: Path | None = Field(
        default=None, description="PEM that signs the relay's certificate; by default the machine's"
    )
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_connections: Annotated[int, Field(ge=1)] = 5
    mail_from: str = "Local Pound <notices@localpound.example>"
    mail_reply_to: str | None = Field(default=None, description="Where answers go, else the sender")
    bounce_address: str | None = Field(
        default=None,
        description="A mailbox that takes anything after a + as well; by default bounces go to the "
        "sender, and are known by their Message-ID alone",
    )

    govuk_notify_api_key: ApiKey | None = Field(
        default=None, description="Of a service at GOV.UK Notify, for buyers without one of theirs"
    )
    govuk_notify_template: UUID | None = Field(
        default=None, description="Its email template, with ((subject)) and ((body)) in it"
    )
    govuk_notify_reply_to: UUID | None = None
    govuk_notify_buyers: dict[OrgId, GovukNotifyAccount] = Field(
        default={}, description="By org-id, in JSON: api_key, template, reply_to"
    )
    govuk_notify_url: str = Field(
        default="https://api.notifications.service.gov.uk",
        pattern=r"^https?://[^/]+/?$",
        description="Another government's installation",
    )
    govuk_notify_threads: Annotated[int, Field(ge=1, le=200)] = 10

    @model_validator(mode="after")
    def _key_and_template(self) -> Self:
        if (self.govuk_notify_api_key is None) != (self.govuk_notify_template is None):
            raise ValueError("govuk_notify_api_key and govuk_notify_template go together")
        return self

    @property
    def links_lead_to(self) -> str:
        """The address that links in messages begin with."""
        return self.public_url or f"http://127.0.0.1:{self.http_port}"

    @model_validator(mode="after")
    def _lease_outlasts_attempts(self) -> Self:
        if self.delivery_lease_seconds < 2 * self.total_seconds + 5:
            raise ValueError("delivery_lease_seconds must be over twice total_seconds, and 5 more")
        return self

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> Self:
        if self.smtp_password is not None and self.smtp_tls == "none":
            raise ValueError("smtp_password is not sent without TLS: set smtp_tls")
        return self

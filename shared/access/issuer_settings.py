"""What an operator says of an OpenID Connect issuer whose tokens are taken."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared.access.doors import is_loopback


class IssuerSettings(BaseModel):
    """An issuer by its address, the audience that its tokens must be for, and where claims stand.

    A claim is named as it is, or by its path with dots (`realm_access.roles`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(description="As `iss` in its tokens, to the letter")
    audience: str = Field(min_length=1, description="`aud` of tokens for these doors")
    scopes: tuple[str, ...] = Field(
        default=("scope", "scp", "roles"), description="Claims of which each may give scopes"
    )
    buyers: str = Field(default="buyers", description="Claim: org-ids of buyers, `*` for all")
    organisation: str = Field(
        default="organisation", description="Claim: the org-id of a provider's organisation"
    )

    @field_validator("issuer")
    @classmethod
    def _reached_in_secret(cls, address: str) -> str:
        if not is_safe(address):
            raise ValueError("must be https, or http on this machine itself")
        return address


def is_safe(address: str) -> bool:
    """Whether what is fetched from an address can't be another's word."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    return host != "" and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    )

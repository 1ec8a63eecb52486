"""A small OpenID Connect issuer on the loopback, with keys of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def published(kid: str, key: Key) -> dict[str, Any]:
    """The public key as a JSON Web Key."""
    if isinstance(key, rsa.RSAPrivateKey):
        said = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        said = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return said | {"kid": kid, "use": "sig"}


@dataclass
class OidcServer:
    """Answers discovery and keys; `asked` are the paths that it was asked for."""

    url: str = ""
    keys: dict[str, Key] = field(default_factory=dict)
    others: list[dict[str, Any]] = field(default_factory=list)
    away: bool = False
    says_to_be: str | None = None
    asked: list[str] = field(default_factory=list)

    def token(self, kid: str, *, alg: str | None = None, **claims: Any) -> str:
        """A token signed with one of its keys."""
        key = self.keys[kid]
        always = {
            "iss": self.url,
            "aud": "localpound-doors",
            "sub": "f3b1",
            "scope": "openid spend:read",
            "exp": datetime.now(UTC) + timedelta(minutes=5),
        }
        alg = alg or ("RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256")
        return jwt.encode(always | claims, key, alg, headers={"kid": kid})

    def _answer(self, path: str) -> tuple[str, object]:
        self.asked.append(path)
        if self.away:
            return "503 Service Unavailable", {}
        if path == "/.well-known/openid-configuration":
            issuer = self.says_to_be or self.url
            return "200 OK", {"issuer": issuer, "jwks_uri": f"{self.url}/keys"}
        keys = [published(kid, key) for kid, key in self.keys.items()]
        return "200 OK", {"keys": [*keys, *self.others]}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        head = await reader.readuntil(b"\r\n\r\n")
        status, said = self._answer(head.split(b" ")[1].decode())
        body = json.dumps(said).encode()
        writer.write(
            f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n"
            "connection: close\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def oidc_server(**keys: Key) -> AsyncIterator[OidcServer]:
    """The issuer, served while the block runs."""
    issuer = OidcServer(keys=dict(keys))
    server = await asyncio.start_server(issuer.serve, "127.0.0.1", 0)
    issuer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield issuer

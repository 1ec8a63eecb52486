"""The service manifest: what a client of the Reconciliation Service API 0.2 finds here."""

from typing import Any
from urllib.parse import quote

from services.classify.reconciliation.query import LARGEST_BATCH
from services.classify.reconciliation.vocabulary import TYPES

PATH = "/reconcile"
TOKEN = "token"  # noqa: S105 - the name of the parameter
_DEFAULT_TYPES = 2


def manifest(url: str, *, locked: bool, token: str | None) -> dict[str, Any]:
    """The manifest of the service at `url`, which has no slash at its end.

    `locked` says that queries need a token. One that came with the request for the manifest goes
    into the addresses that the client will ask, for OpenRefine sends no header of its own.
    """
    base = url + PATH
    carried = f"{TOKEN}={quote(token, safe='')}" if token else ""
    view = f"{base}/preview?id={{{{id}}}}" + (f"&{carried}" if carried else "")

    def suggest(kind: str) -> dict[str, str]:
        return {
            "service_url": base,
            "service_path": f"/suggest/{kind}" + (f"?{carried}" if carried else ""),
            "flyout_service_url": base,
            "flyout_service_path": f"/flyout/{kind}?id=${{id}}"
            + (f"&{carried}" if carried else ""),
        }

    told: dict[str, Any] = {
        "versions": ["0.2"],
        "name": "Local Pound: organisations of the United Kingdom",
        "identifierSpace": "http://org-id.guide/",
        "schemaSpace": "https://schema.org/Organization",
        "documentation": f"{url}/docs",
        "defaultTypes": [{"id": t.id, "name": t.name} for t in TYPES[:_DEFAULT_TYPES]],
        "view": {"url": view},
        "feature_view": {
            "url": f"{base}/feature?id={{{{id}}}}" + (f"&{carried}" if carried else "")
        },
        "preview": {"url": view, "width": 430, "height": 300},
        "suggest": {kind: suggest(kind) for kind in ("entity", "type", "property")},
        "extend": {
            "propose_properties": {
                "service_url": base,
                "service_path": "/properties" + (f"?{carried}" if carried else ""),
            },
            "property_settings": [],
        },
        "batchSize": LARGEST_BATCH,
    }
    if locked:
        told["authentication"] = {
            "type": "apiKey",
            "name": TOKEN,
            "in": "query",
            "description": "A token with the scope reconcile:read; or send any that may read as a"
            " bearer token",
        }
    return told

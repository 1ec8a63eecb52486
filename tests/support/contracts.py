"""The committed contracts: JSON Schemas and AsyncAPI from the models, OpenAPI from the doors."""

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

from shared.events import POSTED, PUBLISHED, Fact, door_schema
from shared.topics import TOPICS, Topic

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMAS = ROOT / "shared" / "schemas"
ASYNCAPI = ROOT / "docs" / "asyncapi.yaml"
PROBLEMS = ROOT / "docs" / "problems.md"
OPENAPI = ROOT / "docs" / "openapi"


def schema_path(fact: type[Fact]) -> Path:
    """Where the schema of a fact stands; what finance systems send stands apart."""
    folder = SCHEMAS / "posted" if fact in POSTED else SCHEMAS
    return folder / f"{fact.TYPE}.json"


def event_schema(fact: type[Fact]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a fact's data; doors forbid unknown fields, readers do not."""
    schema = door_schema(fact) if fact in POSTED else fact.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def breaking_changes(published: dict[str, Any], now: dict[str, Any], at: str = "") -> list[str]:
    """What a reader or sender of `published` would stumble over; only new optional fields are not.

    Titles and descriptions may change freely.
    """
    found = []
    for key in sorted({*published, *now} - {"title", "description", "properties", "$defs"}):
        before, after = published.get(key), now.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            found += breaking_changes(before, after, f"{at}/{key}")
        elif before != after:
            found.append(f"{at}/{key}: {before!r} became {after!r}")
    for group in ("properties", "$defs"):
        before, after = published.get(group, {}), now.get(group, {})
        for name in sorted(before):
            if name not in after:
                found.append(f"{at}/{group}/{name} is gone")
            else:
                found += breaking_changes(before[name], after[name], f"{at}/{group}/{name}")
    return found


def _channel(topic: Topic) -> dict[str, Any]:
    facts = POSTED if topic.name.startswith("finance.") else PUBLISHED
    carried = [fact for fact in facts if fact.TYPE in topic.types]
    return {
        "address": topic.name,
        "description": f"Written by {topic.writer}, read by {', '.join(topic.readers)}.",
        "messages": {
            fact.TYPE: {"$ref": f"#/components/messages/{_message(fact)}"} for fact in carried
        },
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [topic.config.get("cleanup.policy", "delete")]
                }
                | (
                    {"retention.ms": int(topic.config["retention.ms"])}
                    if "retention.ms" in topic.config
                    else {}
                ),
            }
        },
    }


def _message(fact: type[Fact]) -> str:
    return f"{fact.TYPE}.posted" if fact in POSTED else fact.TYPE


def _key_of(fact: type[Fact]) -> str:
    return next(topic.key for topic in TOPICS if fact.TYPE in topic.types)


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0 of every topic, from the same models."""
    header = {"type": "string"}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Local Pound events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in binary mode: attributes in `ce_` headers, the value "
            "is the data. The doors (`finance.*`) take the structured mode too.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {
            f"{'receive' if topic.name in _DOOR_TOPICS else 'send'}-{topic.name}": {
                "action": "receive" if topic.name in _DOOR_TOPICS else "send",
                "channel": {"$ref": f"#/channels/{topic.name}"},
            }
            for topic in TOPICS
        },
        "components": {
            "messages": {
                _message(fact): {
                    "name": fact.TYPE,
                    "summary": (fact.__doc__ or "").strip().splitlines()[0],
                    "headers": {
                        "type": "object",
                        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type"],
                        "properties": {
                            "ce_specversion": {"type": "string", "const": "1.0"},
                            "ce_id": header,
                            "ce_source": header,
                            "ce_type": {"type": "string", "const": fact.TYPE},
                            "ce_time": {"type": "string", "format": "date-time"},
                        }
                        | ({} if fact in POSTED else {"ce_sequence": _SEQUENCE}),
                    },
                    "payload": {
                        "schemaFormat": "application/schema+json;version=draft-2020-12",
                        "schema": _inlined(event_schema(fact)),
                    },
                    "bindings": {
                        "kafka": {
                            "key": {"type": "string", "description": f"Of the {_key_of(fact)}"}
                        }
                    },
                }
                for fact in (*POSTED, *PUBLISHED)
            }
        },
    }


_SEQUENCE = {
    "type": "string",
    "description": "CloudEvents extension `sequence`: the same when the event is published again; "
    "rises within what one writer sends at once",
}
_DOOR_TOPICS = {"finance.payments", "finance.agreements"}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema without `$defs`: references in AsyncAPI are to the document."""
    definitions = schema.pop("$defs", {})

    def resolve(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return resolve(definitions[part["$ref"].rsplit("/", 1)[1]])
            return {name: resolve(value) for name, value in part.items()}
        return [resolve(value) for value in part] if isinstance(part, list) else part

    resolved: dict[str, Any] = resolve(schema)
    return resolved


def dump_json(document: dict[str, Any]) -> str:
    """As it is committed: indented, keys as they come, a line end at the end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def dump_yaml(document: dict[str, Any]) -> str:
    """As it is committed."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


DOORS = ("ingest", "classify", "notify", "api")


@cache
def doors() -> dict[str, FastAPI]:
    """Each service's HTTP door, wired to nothing that answers."""
    found: dict[str, FastAPI] = {}
    for name in DOORS:
        main = import_module(f"services.{name}.main")
        settings = import_module(f"services.{name}.settings")
        found[name] = main.build(settings.Settings()).app
    return found


def committed(door: str) -> dict[str, Any]:
    """The document of a door as it stands in docs/, which a test holds against what it serves."""
    document: dict[str, Any] = json.loads((OPENAPI / f"{door}.json").read_text())
    return document


def openapi(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 of a door, as it serves it."""
    return app.openapi()

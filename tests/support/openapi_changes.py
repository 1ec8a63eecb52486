"""What callers of a committed OpenAPI document would stumble over in another one. Pure.

Allowed are new routes, parameters and fields that need not be sent, new fields in answers (readers
pass over what they don't know), wider limits on what is sent, and other words. Not allowed: what
was offered is gone, more is asked for, or an answer lacks or holds what it never did.
"""

from collections.abc import Iterator
from typing import Any

Part = dict[str, Any]
_METHODS = ("get", "put", "post", "patch", "delete")
_LIMITS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern", "format"),
    *("minLength", "maxLength", "minItems", "maxItems"),
)


def breaking_changes(before: Part, now: Part) -> list[str]:
    """One sentence for each change that breaks a caller; empty where none does."""
    return list(_Comparison(before, now).documents())


class _Comparison:
    def __init__(self, before: Part, now: Part) -> None:
        self._before = before
        self._now = now
        self._met: set[tuple[str, str, bool]] = set()

    def documents(self) -> Iterator[str]:
        for path, said in self._before["paths"].items():
            for method in _METHODS:
                if method in said:
                    at = f"{method.upper()} {path}"
                    after = self._now["paths"].get(path, {}).get(method)
                    yield from (
                        [f"{at} is gone"] if after is None else self._route(said[method], after, at)
                    )

    def _route(self, before: Part, now: Part, at: str) -> Iterator[str]:
        yield from self._parameters(before, now, at)
        yield from self._body(before.get("requestBody"), now.get("requestBody"), at)
        for status, answer in before["responses"].items():
            if not status.startswith("2"):
                continue
            if status not in now["responses"]:
                yield f"{at} no longer answers {status}"
                continue
            yield from self._contents(
                answer, now["responses"][status], f"{at} {status}", sent=False
            )

    def _parameters(self, before: Part, now: Part, at: str) -> Iterator[str]:
        known = {(one["in"], one["name"]): one for one in before.get("parameters", ())}
        after = {(one["in"], one["name"]): one for one in now.get("parameters", ())}
        for key, one in known.items():
            if key not in after:
                yield f"{at}: the parameter {key[1]} is gone"
            else:
                yield from self._schemas(
                    one["schema"], after[key]["schema"], f"{at}?{key[1]}", sent=True
                )
        for key, one in after.items():
            if one.get("required") and not known.get(key, {}).get("required"):
                yield f"{at}: the parameter {key[1]} is required now"

    def _body(self, before: Part | None, now: Part | None, at: str) -> Iterator[str]:
        if now and now.get("required") and not (before and before.get("required")):
            yield f"{at}: a body is required now"
        if before:
            yield from self._contents(before, now or {}, f"{at} body", sent=True)

    def _contents(self, before: Part, now: Part, at: str, *, sent: bool) -> Iterator[str]:
        after = now.get("content", {})
        for media, content in before.get("content", {}).items():
            if media not in after:
                yield f"{at}: {media} is gone"
            else:
                schemas = content.get("schema", {}), after[media].get("schema", {})
                yield from self._schemas(*schemas, f"{at} {media}", sent=sent)

    def _schemas(self, before: Part, now: Part, at: str, *, sent: bool) -> Iterator[str]:
        """`sent`: whoever sends what `before` allows must be understood; else read likewise."""
        names = (before.get("$ref", ""), now.get("$ref", ""), sent)
        if names[0] or names[1]:
            if names in self._met:
                return
            self._met.add(names)
        before, now = _resolve(self._before, before), _resolve(self._now, now)
        if {*before, *now} & {"anyOf", "oneOf"}:
            yield from self._choices(before, now, at, sent=sent)
            return
        yield from self._values(before, now, at, sent=sent)
        yield from self._fields(before, now, at, sent=sent)
        for inner in ("items", "additionalProperties"):
            if isinstance(before.get(inner), dict) and isinstance(now.get(inner), dict):
                yield from self._schemas(before[inner], now[inner], f"{at}[]", sent=sent)

    def _values(self, before: Part, now: Part, at: str, *, sent: bool) -> Iterator[str]:
        # Of what is sent the new one must take all of the old, of what is read the reverse.
        old, new = (before, now) if sent else (now, before)
        if "type" in new and old.get("type") != new["type"]:
            yield f"{at}: {before.get('type')} became {now.get('type')}"
        values, allowed = _values(old), _values(new)
        if allowed is not None and (values is None or not values <= allowed):
            yield f"{at}: the values are others"
        if sent:
            for limit in _LIMITS:
                if limit in now and now[limit] != before.get(limit):
                    yield f"{at}: {limit} became {now[limit]}"

    def _fields(self, before: Part, now: Part, at: str, *, sent: bool) -> Iterator[str]:
        fields, after = before.get("properties", {}), now.get("properties", {})
        for name, field in fields.items():
            if name not in after:
                yield f"{at}: the field {name} is gone"
            else:
                yield from self._schemas(field, after[name], f"{at}.{name}", sent=sent)
        asked, given = set(before.get("required", ())), set(now.get("required", ()))
        for name in sorted(given - asked if sent else (asked - given) & set(after)):
            became = "required now" if sent else "no longer always there"
            yield f"{at}: the field {name} is {became}"

    def _choices(self, before: Part, now: Part, at: str, *, sent: bool) -> Iterator[str]:
        known, after = _branches(before), _branches(now)
        for branch in known if sent else after:
            pairs = [(branch, one) if sent else (one, branch) for one in (after if sent else known)]
            if not any(self._same(*pair, sent=sent) for pair in pairs):
                yield f"{at}: {branch} is not among the choices of the other"

    def _same(self, before: Part, now: Part, *, sent: bool) -> bool:
        apart = _Comparison(self._before, self._now)
        apart._met = set(self._met)
        return not list(apart._schemas(before, now, "", sent=sent))


def _resolve(document: Part, schema: Part) -> Part:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _branches(schema: Part) -> list[Part]:
    found: list[Part] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return found


def _values(schema: Part) -> set[Any] | None:
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None

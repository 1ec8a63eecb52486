"""How a list is wanted: fields, form, and what the client has of it."""

import json
from typing import Any

import pytest
from fastapi import Request
from pydantic import BaseModel

from shared.errors import Rejected
from shared.lists.tags import has_it
from shared.lists.wish import answer_page, read_wish


class Supplier(BaseModel):
    supplier_id: str
    payee: str | None


def asked(query: str = "", **headers: str) -> Request:
    said = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "query_string": query.encode(), "headers": said})


PAGE: dict[str, Any] = {"items": [{"supplier_id": "1", "payee": "HOSPICE"}], "next": None}


def test_fields_are_chosen_and_a_field_that_is_none_is_told_with_the_known() -> None:
    wish = read_wish(asked(), Supplier, ["payee"])
    assert json.loads(bytes(answer_page(wish, PAGE).body)) == PAGE | {
        "items": [{"payee": "HOSPICE"}]
    }
    with pytest.raises(Rejected, match="'name' is no field; known are: supplier_id, payee"):
        read_wish(asked(), Supplier, ["payee,name"])


@pytest.mark.parametrize("name", ["cursor", "limit"])
def test_a_whole_list_has_no_pages(name: str) -> None:
    with pytest.raises(Rejected, match=f"{name} is of pages: text/csv has the whole list"):
        read_wish(asked(f"{name}=1", accept="text/csv"), Supplier, [])


def test_what_the_client_has_is_not_sent_again() -> None:
    first = answer_page(read_wish(asked(), Supplier, []), PAGE)
    tag = first.headers["etag"]
    again = answer_page(read_wish(asked(if_none_match=f'"x", W/{tag}'), Supplier, []), PAGE)
    assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", tag)
    changed = answer_page(read_wish(asked(if_none_match=tag), Supplier, []), PAGE | {"next": "x"})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("header", "has"),
    [(None, False), ("*", True), ('"a"', True), ('W/"a"', True), ('"b","a"', True), ("a", False)],
)
def test_tags_are_compared_weakly(header: str | None, has: bool) -> None:
    assert has_it(header, 'W/"a"') is has

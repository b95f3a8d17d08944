"""Decoding JSON: the scanner relies on the objects of a list having the same keys, if they do."""

from __future__ import annotations

import json

import pytest
from vitable_groups._native import decode
from vitable_groups.pagination import SyncPageNumberPage
from vitable_groups.types import Group

OBJECTS = [
    '{"id": "a", "name": "b", "external_reference_id": "c"}',
    '{"id":"a","name":"b","external_reference_id":"c"}',
    '{"name":"b","id":"a","external_reference_id":"c"}',
    '{"id":"x","id":"a","name":"b","external_reference_id":"c"}',
    '{"x":"id","id":"a","name":"b","external_reference_id":"c"}',
    '{"x":{"id":"y"},"id":"a","name":"b","external_reference_id":"c"}',
    '{"x":["id","id"],"id":"a","name":"b","external_reference_id":"c"}',
    '{"\\u0069d":"a","name":"b","external_reference_id":"c"}',
    '{"id":"x","\\u0069d":"a","name":"b","external_reference_id":"c"}',
    '{"id":"a","name":"x","name":"b","external_reference_id":"c"}',
    '{"id":"a","name" :"b","external_reference_id": "c"}',
    '{"id":"a","external_reference_id":"c","names":"x","name":"b"}',
    '{"id":"a","name":"b","external_reference_id":"c","": "","id2":1}',
    "{" + '"k":1,' * 40 + '"id":"x","id":"a","name":"b","external_reference_id":"c"}',
    '{"id":"a","name":"\\u0062","external_reference_id":"c","größe":"ü"}',
]


@pytest.mark.parametrize("first", range(len(OBJECTS)))
def test_objects_of_a_list_may_differ(first: int) -> None:
    objects = [*OBJECTS[first:], *OBJECTS[:first]] * 2
    text = '{"data":[' + ",".join(objects) + '],"pagination":null}'
    page = decode(text.encode(), SyncPageNumberPage[Group])
    read = [(group.id, group.name, group.external_reference_id) for group in page.data]
    assert read == [("a", "b", "c")] * len(objects)
    assert [group.to_dict() for group in page.data] == json.loads(text)["data"]


@pytest.mark.parametrize(
    "text",
    [
        b'[{"a":1},{"a":1',
        b'[{"a":1},{"a"}]',
        b'[{"a":1},{"a":}]',
        b'[{"a":1},{"a":1,}]',
        b'["\xff"]',
        b'["aaaaaaaa\xff"]',
        b'[{"a\xff":1}]',
        b'["\x1f"]',
        b'["aaaaaaaaaaaa\x00"]',
        b'["\xc3',
    ],
)
def test_invalid_json_is_rejected(text: bytes) -> None:
    with pytest.raises(ValueError, match="invalid JSON at byte"):
        decode(text, None)


@pytest.mark.parametrize(
    "text", ["ü", "üüüüüüüü", "aaaaaaaü", "aaaaaaaaü", "日本", "\U0001f600", "a\x7f"]
)
def test_texts_beyond_ascii(text: str) -> None:
    assert decode(json.dumps([text, {text: text}], ensure_ascii=False).encode(), None) == [
        text,
        {text: text},
    ]

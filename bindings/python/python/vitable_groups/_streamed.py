"""A streamed answer that was read to its end, in the form of one that came whole."""

from __future__ import annotations

from typing import Any

from ._native import Answer, OpenAnswer, decode


class Completed:
    """Head and body, with what a native answer can do."""

    def __init__(self, head: Answer | OpenAnswer, content: bytes) -> None:
        self.status = head.status
        self.reason = head.reason
        self.headers = head.headers
        self.url = head.url
        self.method = head.method
        self.http_version = head.http_version
        self.content = content
        self.elapsed = head.elapsed
        self.retries = head.retries
        self.attempts = head.attempts
        self.idempotency_key = head.idempotency_key
        self.recovered = head.recovered
        self.request_id = head.request_id

    @property
    def is_json(self) -> bool:
        if self.recovered:
            return True
        kinds = [value for name, value in self.headers if name == "content-type"]
        return bool(kinds) and kinds[0].split(";")[0].strip().lower().endswith("json")

    @property
    def broken_at(self) -> int | None:
        try:
            decode(self.content, None)
        except ValueError:
            return 0
        return None

    def model(self, cls: type) -> Any:
        return decode(self.content, cls)

    def value(self, converter: tuple[Any, ...]) -> Any:
        from ._native import _coerce

        return _coerce(decode(self.content, None), converter)

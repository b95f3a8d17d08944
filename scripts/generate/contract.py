"""The OpenAPI document as JSON, which the sandbox serves."""

from __future__ import annotations

import json

import yaml
from definition import DOCUMENT, ROOT, Definition


def files(_: Definition) -> dict[str, str]:
    """`openapi.json`; it has no mark, as JSON has no comments."""
    document = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    path = DOCUMENT.with_suffix(".json").relative_to(ROOT)
    return {str(path): json.dumps(document, indent=2, ensure_ascii=False) + "\n"}

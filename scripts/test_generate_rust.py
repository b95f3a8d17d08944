"""The Rust that is generated from the fixture; scripts/docs_operation.py compiles the same code.

Needs PyYAML.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "generate"
sys.path.insert(0, str(FOLDER))

import definition  # noqa: E402
import models  # noqa: E402
import pages  # noqa: E402
import runners  # noqa: E402
import rust  # noqa: E402
import yaml  # noqa: E402

FIXTURE = FOLDER / "fixture.yaml"


def generated(change: tuple[str, str] = ("", "")) -> dict[str, str]:
    """Every Rust file and page of the fixture, with a change to its text."""
    text = FIXTURE.read_text(encoding="utf-8")
    assert change[0] in text, change
    read = definition.read(yaml.safe_load(text.replace(*change) if change[0] else text))
    return {
        path: text
        for emitter in (rust, models, runners, pages)
        for path, text in emitter.files(read).items()
    }


def one(name: str) -> str:
    (text,) = [text for path, text in generated().items() if path.endswith(name)]
    return text


def rejected(old: str, new: str) -> str:
    try:
        generated((old, new))
    except definition.DefinitionError as error:
        return str(error)
    raise AssertionError(f"{new!r} was not rejected")


def test_it_is_formatted_as_rustfmt_formats_it() -> None:
    for path, text in generated().items():
        if path.endswith(".rs"):
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / Path(path).name
                file.write_text(text, encoding="utf-8")
                command = ["rustfmt", "--check", "--config-path", str(FOLDER.parents[1]), str(file)]
                done = subprocess.run(command, capture_output=True, text=True)
                assert done.returncode == 0, f"{path}\n{done.stdout}{done.stderr}"


def test_keywords_keep_their_names_in_requests() -> None:
    text = one("models.rs")
    assert '        in_ = "in": String,\n' in text
    assert '.with_query(in_.map(|value| ("in", value)))' in one("groups/methods.rs")
    assert "    in_: Option<String>,\n" in one("conformance/operations.rs")
    assert '    #[serde(rename = "in")]\n' in one("conformance/operations.rs")


def test_leniency_follows_the_definition() -> None:
    text = one("models.rs")
    for field in (
        "id required: String",
        "class: Field<String>",
        "default: Field<bool>",
        "mode: TransferMode",
        "moved_at: Field<Timestamp>",
        "share: Field<f64>",
        "steps required: Vec<TransferStep>",
    ):
        assert f"        {field},\n" in text, field


def test_parameters_are_required_optional_or_nullable() -> None:
    text = one("models.rs")
    for group, fields in {
        "required": ("import: String", "mode: TransferMode"),
        "optional": ("default: bool", "count: i64", "labels: Vec<String>"),
        "nullable": ("class: String",),
    }.items():
        (lines,) = re.findall(rf"        {group} {{\n(.*?)\n        }}\n", text, re.DOTALL)
        assert re.findall(r"^ +(\w+: .*),$", lines, re.MULTILINE) == list(fields), group


def test_an_enum_is_declared_once() -> None:
    assert one("models.rs").count("pub enum TransferMode {") == 1


def test_the_page_lists_every_parameter() -> None:
    text = one("operations.md")
    for name in ("group_id", "transfer_id", "in", "dry_run", "import", "mode", "class", "default"):
        assert f"\n| `{name}` | " in text, name


def test_what_cannot_be_generated_is_rejected() -> None:
    assert "x-client.enum" in rejected("enum: TransferMode, ", "")
    assert "RESOURCES" in rejected("name: groups.archive", "name: notes.archive")
    assert "x-client is missing" in rejected("x-client: { doc: 'The group, `grp_...`.', ", "no: { ")
    assert "not a type" in rejected("type: boolean", "type: file")

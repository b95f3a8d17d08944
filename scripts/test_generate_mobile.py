"""The facade, the Kotlin and the Swift that are generated from the fixture.
`python scripts/test_generate_mobile.py` closes with `N passed, N failed`.
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
import facade  # noqa: E402
import kotlin  # noqa: E402
import swift  # noqa: E402
import yaml  # noqa: E402

FIXTURE = FOLDER / "fixture.yaml"


def generated(change: tuple[str, str] = ("", "")) -> dict[str, str]:
    """Every generated file of the fixture, with a change to its text."""
    text = FIXTURE.read_text(encoding="utf-8")
    assert change[0] in text, change
    read = definition.read(yaml.safe_load(text.replace(*change) if change[0] else text))
    emitters = (facade, kotlin, swift)
    return {path: text for each in emitters for path, text in each.files(read).items()}


def one(name: str) -> str:
    (text,) = [text for path, text in generated().items() if path.endswith(name)]
    return text


def flat(text: str) -> str:
    """Text without line breaks, as formatting is not what is tested."""
    return re.sub(
        r"\(\s+|,?\s+(?=\))|\s+", lambda found: found[0].strip()[:1] or " ", text
    ).replace("( ", "(")


def test_the_facade_is_formatted_as_rustfmt_formats_it() -> None:
    for path, text in generated().items():
        if path.endswith(".rs"):
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / Path(path).name
                file.write_text(text, encoding="utf-8")
                command = ["rustfmt", "--check", "--config-path", str(FOLDER.parents[1]), str(file)]
                done = subprocess.run(command, capture_output=True, text=True)
                assert done.returncode == 0, f"{path}\n{done.stdout}{done.stderr}"


def test_keywords_are_escaped_where_the_language_needs_it() -> None:
    records = one("model/generated.rs")
    assert "pub r#in: String," in records
    assert "pub import: String," in records
    assert "`in`: String? = null" in one("main/kotlin/vitable/groups/Calls.kt")
    assert "optional(`class`)" in one("main/kotlin/vitable/groups/Calls.kt")
    assert "in: `in`, dryRun: dryRun" in flat(one("Sources/VitableGroups/Calls.swift"))


def test_the_parameter_of_the_resource_comes_first() -> None:
    order = "transfer_id: String, group_id: String, r#in: Option<String>, dry_run: Option<bool>"
    assert order in flat(one("src/calls.rs"))
    assert "transferId: String, groupId: String," in flat(
        one("main/kotlin/vitable/groups/Calls.kt")
    )
    assert "_ transferId: String, groupId: String," in flat(one("VitableGroups/Calls.swift"))


def test_nullable_text_can_be_absent_null_or_a_value() -> None:
    assert "pub class: Field," in one("model/generated.rs")
    assert "pub class: Option<String>," in one("model/generated.rs")
    assert '("class", model.class.is_null())' in one("model/generated.rs")


def test_unknown_values_of_an_enumeration_are_kept() -> None:
    records = one("model/generated.rs")
    assert "other => Self::Unknown { value: other.as_str().to_owned() }," in records
    assert 'TransferMode.Unknown(params.text("mode")!!)' in one("conformance/Calls.kt")


def test_every_call_has_a_form_with_metadata_a_future_and_a_scenario() -> None:
    for method in ("archive", "transfer"):
        assert (
            one("main/kotlin/vitable/groups/Calls.kt").count(f"public suspend fun {method}(") >= 2
        )
        assert f"public fun {method}(" in one("Async.kt")
        assert one("Sources/VitableGroups/Calls.swift").count(f"public func {method}(") >= 2
        for runner in ("conformance/Calls.kt", "Conformance/Calls.swift"):
            assert f'"groups.{method}"' in one(runner)


def test_special_calls_have_futures_as_well() -> None:
    futures = one("Async.kt")
    assert "public fun getOrCreate(" in futures
    assert "public fun retrieveWithResponse(" in futures


def test_every_kind_of_error_has_an_exception() -> None:
    exceptions = one("Exceptions.kt")
    assert len(re.findall(r"^public class \w+Exception", exceptions, re.MULTILINE)) == 21
    assert exceptions.count("ErrorKind.") == 21
    assert one("VitableConnectErrorKinds.swift").count("(ErrorDetails)\n") == 21


def test_a_model_that_is_sent_and_received_is_rejected() -> None:
    old = "schema: { $ref: '#/components/schemas/TransferRequest' }"
    message = ""
    try:
        generated((old, old.replace("TransferRequest", "Transfer")))
    except definition.DefinitionError as error:
        message = str(error)
    assert "sent and received" in message, "it was not rejected"


def main() -> int:
    failed = 0
    tests = [each for name, each in globals().items() if name.startswith("test_")]
    for test in tests:
        try:
            test()
        except AssertionError as error:
            failed += 1
            print(f"FAILED {test.__name__}: {error}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

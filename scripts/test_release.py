"""Checks a release without building it: `make dist test-dist` is the full test."""

import json
import re
from pathlib import Path

import dist
import pytest
import sbom
import tomllib
import version
from dist_tools import CRATES, PLATFORMS
from python_tools import ROOT, output

WORKFLOWS = ROOT / ".github/workflows"


def test_the_version_is_the_same_everywhere() -> None:
    assert version.differences() == []


def test_a_wrong_version_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert any("999.1.0" in text for text in differences_from("999.1.0", monkeypatch))
    lock = tmp_path / "Cargo.lock"
    lock.write_text('[[package]]\nname = "old"\nversion = "0.0.9"\n')
    monkeypatch.setattr(version, "LOCKS", (str(lock),))
    assert version.differences() == [f"{lock}: old has 0.0.9"]


def differences_from(number: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The differences if each file should have this version."""
    with monkeypatch.context() as patch:
        usual = version.bump
        patch.setattr(version, "bump", lambda *more: usual("--current-version", number, *more))
        return version.differences()


@pytest.mark.parametrize("script", ["release-android", "release-xcframework"])
def test_rustc_knows_the_targets(script: str) -> None:
    targets = output([f"scripts/{script}", "--targets"]).split()
    assert targets
    assert set(targets) <= set(output(["rustc", "--print", "target-list"]).split())


def test_a_release_of_the_swift_package_can_replace_the_path() -> None:
    manifest = (ROOT / "bindings/swift/Package.swift").read_text(encoding="utf-8")
    assert manifest.count('path: "VitableGroupsFFI.xcframework"') == 1


def test_all_list_the_same_platforms() -> None:
    loader = (ROOT / "bindings/node/lib/core/native.ts").read_text(encoding="utf-8")
    table = loader[loader.index("const PACKAGES") :].split("};")[0]
    loaded = {
        name for row in re.findall(r"\[(.+?)\]", table) for name in re.findall("'(.+?)'", row)
    }
    assert loaded == {npm for npm, _ in PLATFORMS.values()}
    release = (WORKFLOWS / "release.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"\{ target: ([\w-]+), os: .+ addon", release)) == set(PLATFORMS)


def test_the_crates_are_published_in_order() -> None:
    metadata = json.loads(output(["cargo", "metadata", "--no-deps", "--format-version=1"]))
    packages = {package["name"]: package for package in metadata["packages"]}
    assert {name for name, package in packages.items() if package["publish"] is None} == set(CRATES)
    for index, name in enumerate(CRATES):
        # Cargo omits a dependency without a version when it publishes.
        needed = {d["name"] for d in packages[name]["dependencies"] if d["req"] != "*"}
        assert needed & set(packages) <= set(CRATES[:index]), name
    release = (WORKFLOWS / "release.yml").read_text(encoding="utf-8")
    assert " ".join(f"-p {name}" for name in CRATES) in release


@pytest.mark.parametrize("crate", CRATES)
def test_a_crate_holds_what_it_needs(crate: str) -> None:
    listed = output(["cargo", "package", "--list", "--allow-dirty", "--offline", "-p", crate])
    assert {"Cargo.toml", "LICENSE", "README.md"} <= set(listed.splitlines())


def test_actions_are_pinned() -> None:
    pinned = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    text = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS.glob("*.yml"))
    used = re.findall(r"^[ -]*uses: (.+)$", text, re.M)
    assert used
    assert [use for use in used if not pinned.fullmatch(use)] == []


def test_the_texts_of_all_allowed_licenses_are_written() -> None:
    allowed = tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))["licenses"]["allow"]
    about = tomllib.loads((ROOT / "about.toml").read_text(encoding="utf-8"))
    assert sorted(about["accepted"]) == sorted(allowed)


@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
def test_an_archive_is_reproducible(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    written = []
    for name in ("a", "b"):
        folder = tmp_path / name / "package"
        (folder / "inner").mkdir(parents=True)
        (folder / "inner/file").write_text("text")
        (folder / "program").write_text("text")
        (folder / "program").chmod(0o755 if name == "a" else 0o700)
        monkeypatch.setattr(dist, "DIST", tmp_path / name)
        dist.archive(folder, kind)
        written.append((tmp_path / name / f"package.{kind}").read_bytes())
    assert written[0] == written[1]


def test_a_bill_of_materials_has_no_paths() -> None:
    text = (
        '"path+file:///some/crates/a-b#1.2.0-rc.1", "path+file:///some/python#c-d@0.1.0", '
        '"pkg:cargo/c-d@0.1.0?download_url=file://../python", "registry+https://x.y/index#z@1.0.0"'
    )
    assert sbom.without_paths(text) == (
        '"pkg:cargo/a-b@1.2.0-rc.1", "pkg:cargo/c-d@0.1.0", '
        '"pkg:cargo/c-d@0.1.0", "registry+https://x.y/index#z@1.0.0"'
    )


def test_a_bill_of_materials_has_exactly_what_is_compiled_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def part(name: str, *licenses: str) -> sbom.Bill:
        known = {"licenses": [{"expression": license} for license in licenses]}
        return {"name": name, "version": "1.0.0", "bom-ref": name, **known}

    bill: sbom.Bill = {
        "metadata": {"component": part("top")},
        "components": [part("in", "MIT"), part("macro", "MIT")],
        "dependencies": [{"ref": "top", "dependsOn": ["macro", "in"]}, {"ref": "macro"}],
    }
    monkeypatch.setattr(sbom, "version", lambda: "1.0.0")
    names = {("top", "1.0.0"), ("in", "1.0.0")}
    monkeypatch.setattr(sbom, "compiled_in", lambda _: names)
    found = sbom.joined(sbom.reduced(bill), sbom.package("pkg:npm/outer@1.0.0"))
    assert [one["name"] for one in found["components"]] == ["top", "in"]
    assert found["dependencies"] == [
        {"ref": "pkg:npm/outer@1.0.0", "dependsOn": ["top"]},
        {"ref": "top", "dependsOn": ["in"]},
    ]
    bill["components"][0]["licenses"] = []
    with pytest.raises(SystemExit, match="without a license"):
        sbom.reduced(bill)
    bill["components"].clear()
    with pytest.raises(SystemExit, match="missing"):
        sbom.reduced(bill)

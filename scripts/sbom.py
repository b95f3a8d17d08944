"""Writes the contents of each published package as CycloneDX: cargo-cyclonedx lists the crates, and
Maven's plugin what the jar depends on.
"""

import json
import re
from pathlib import Path
from typing import Any

from dist_tools import CRATES, cargo_tool, run, source_date, staging_folder, version
from python_tools import ROOT, output

Bill = dict[str, Any]
FORMAT = "1.5"
PLUGIN = "org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeBom"
# Each published package, and the folder of the crate that is compiled into it.
PUBLISHED = {f"pkg:cargo/{name}": f"crates/{name}" for name in CRATES} | {
    "pkg:pypi/vitable-groups": "bindings/python",
    "pkg:npm/vitable-groups": "bindings/node",
    "pkg:maven/vitable.groups/vitable-groups": "crates/vitable-groups-uniffi",
    "pkg:swift/github.com/vitable-groups/vitable-groups-swift": "crates/vitable-groups-uniffi",
}


def jar() -> Bill:
    """What the jar depends on."""
    folder = staging_folder("sbom")
    options = (f"-DschemaVersion={FORMAT}", "-DoutputFormat=json", f"-DoutputDirectory={folder}")
    scopes = ("-DincludeTestScope=false", "-DincludeProvidedScope=false", "-f", "bindings/kotlin")
    run("mvn", "-B", "-ntp", "-q", "-Dstyle.color=never", PLUGIN, *options, *scopes)
    return dict(json.loads((folder / "bom.json").read_text(encoding="utf-8")))


def compiled_in(crate: str) -> set[tuple[str, str]]:
    """The packages that are compiled into a crate, on any platform. cargo-cyclonedx also lists
    macros, and what needs features that only other crates of the workspace enable."""
    options = ("--edges=normal,no-proc-macro", "--target=all", "--prefix=none", "--format={p}")
    printed = output(["cargo", "tree", "--locked", "-p", crate, *options])
    words = (line.split() for line in printed.splitlines() if line)
    return {(name, number.removeprefix("v")) for name, number, *_ in words}


def without_paths(text: str) -> str:
    """Names the crates of the workspace by their package URL instead of this machine's paths."""
    text = re.sub(r"path\+file://[^#\"]*?([^/#\"]+)#(?:([\w-]+)@)?([\w.-]+)", _reference, text)
    return re.sub(r"\?download_url=file:[^\"#]*", "", text)


def _reference(found: re.Match[str]) -> str:
    return f"pkg:cargo/{found[2] or found[1]}@{found[3]}"


def reduced(bill: Bill) -> Bill:
    """Only what is compiled into the crate. Every component must have a license."""
    crate = bill["metadata"]["component"]["name"]
    kept = compiled_in(crate)
    parts = [part for part in bill["components"] if (part["name"], part["version"]) in kept]
    references = {part["bom-ref"] for part in parts} | {bill["metadata"]["component"]["bom-ref"]}
    missing = kept - {(part["name"], part["version"]) for part in parts} - {(crate, version())}
    unlicensed = [part["name"] for part in parts if not part.get("licenses")]
    if missing or unlicensed:
        raise SystemExit(f"sbom: {crate}: missing {missing}, without a license {unlicensed}")
    edges = [
        {"ref": edge["ref"], "dependsOn": sorted(references & set(edge.get("dependsOn", ())))}
        for edge in bill["dependencies"]
        if edge["ref"] in references
    ]
    return bill | {"components": parts, "dependencies": edges}


def package(purl: str) -> Bill:
    """A published package that has no dependencies."""
    top: Bill = {"type": "library", "bom-ref": purl, "name": "vitable-groups", "version": version()}
    top |= {"purl": purl, "licenses": [{"expression": "Apache-2.0"}]}
    dependencies = [{"ref": purl, "dependsOn": []}]
    return {"metadata": {"component": top}, "components": [], "dependencies": dependencies}


def joined(bill: Bill, outer: Bill) -> Bill:
    """The contents of a package with this crate compiled in."""
    top, crate = outer["metadata"]["component"], bill["metadata"]["component"]
    for edge in outer["dependencies"]:
        if edge["ref"] == top["bom-ref"]:
            edge["dependsOn"].append(crate["bom-ref"])
    # Without its targets, which are not packages.
    inner = {key: value for key, value in crate.items() if key != "components"}
    return bill | {
        "metadata": bill["metadata"] | {"component": top},
        "components": [inner, *bill["components"], *outer["components"]],
        "dependencies": [*outer["dependencies"], *bill["dependencies"]],
    }


def write(folder: Path) -> None:
    run(
        *(cargo_tool("cargo-cyclonedx"), "cyclonedx", "--quiet", "--all", "--no-build-deps"),
        *("--target=all", f"--spec-version={FORMAT}", "--format=json", "--override-filename=sbom"),
        env={"SOURCE_DATE_EPOCH": str(source_date())},
    )
    texts = {path.parent: path.read_text(encoding="utf-8") for path in ROOT.glob("*/*/sbom.json")}
    for path in texts:
        (path / "sbom.json").unlink()
    for name, source in PUBLISHED.items():
        bill = reduced(json.loads(without_paths(texts[ROOT / source])))
        kind, last = re.split("[:/]", name)[1], name.split("/")[-1]
        if kind != "cargo":
            bill = joined(bill, jar() if kind == "maven" else package(f"{name}@{version()}"))
        file = folder / f"{last}-{version()}.{kind}.cdx.json"
        file.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8", newline="\n")
        print(f"sbom: {file.name}: {len(bill['components'])} components")

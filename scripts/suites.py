"""scripts/suites.py SUITE [ARGUMENT...]: builds what a suite tests and runs its tests.

scripts/run_tests.py calls this, with a limit of time. Arguments go to the tool that runs the tests.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import swift
from python_tools import (
    CACHE,
    ROOT,
    WINDOWS,
    Report,
    built,
    environment,
    passes,
    programs,
    run,
    sandbox,
    sandbox_program,
    target_dir,
)

#: Of one test, in any language; the suites' limits are in scripts/run_tests.py.
SECONDS = int(os.environ.get("TEST_SECONDS", "300"))
REPORTS = Path(os.environ.get("REPORTS", target_dir() / "reports" / "single"))
SUFFIX = ".exe" if WINDOWS else ""


def nextest(*arguments: str) -> bool:
    """Runs Rust tests with cargo-nextest; .config/nextest.toml has its limits and reports."""
    folder = CACHE / "nextest"
    program = folder / "bin" / f"cargo-nextest{SUFFIX}"
    if not program.exists():
        print("installing cargo-nextest into .cache/nextest", flush=True)
        # No package registry has it prebuilt. Unoptimized, it builds in a third of the time.
        install = ["cargo", "install", "--quiet", "--locked", "--debug", "--no-default-features"]
        # The newest version for our minimum version of Rust.
        install += ["cargo-nextest@0.9.115", "--root", str(folder)]
        run(*install, CARGO_PROFILE_DEV_DEBUG="0", CARGO_PROFILE_DEV_STRIP="true")
    written = ROOT / "target/nextest/default/junit.xml"
    written.unlink(missing_ok=True)
    passed = passes(program, "nextest", "run", "--cargo-quiet", *arguments)
    if written.exists():
        shutil.copy(written, REPORTS / "nextest.xml")
    return passed and written.exists()


def doctests(*arguments: str) -> bool:
    """Runs the examples in the documentation, which nextest does not; they have no reports."""
    report = Report("doctests")
    command = ["cargo", "test", "--doc", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
    results = re.findall(r"^test (.+) \.\.\. (ok|FAILED)$", done.stdout, re.MULTILINE)
    for name, result in results:
        report.check(name, None if result == "ok" else done.stdout)
    report.check("all examples", None if done.returncode == 0 and results else done.stdout)
    return report.end() == 0


def scenarios_in_rust(*groups: str) -> bool:
    """Runs the shared scenarios, which have a runner and a report of their own."""
    command = ["cargo", "test", "--quiet", "-p", "vitable-groups", "--test", "conformance", "--"]
    written = target_dir() / "conformance/rust.json"
    if not groups:
        written.unlink(missing_ok=True)
    report = Report("conformance")
    passed = passes(*command, *groups)
    finished = passed and (groups or written.exists())
    report.check("all scenarios", None if finished else "failed, or wrote no results")
    for group in json.loads(written.read_text()) if not groups and written.exists() else []:
        for name in group["passed"]:
            report.check(f"{group['group']}: {name}", None)
        for failure in group["failed"]:
            report.check(f"{group['group']}: {failure['name']}", failure["reason"])
    return report.end() == 0


def rust(*arguments: str) -> bool:
    if arguments[:1] == ("conformance",):
        return scenarios_in_rust(*arguments[1:])
    if arguments:
        return nextest(*arguments)
    return all([nextest(), doctests(), scenarios_in_rust()])


def no_default_features(*arguments: str) -> bool:
    only = ["-p", "vitable-groups", "--no-default-features", "--lib", "--tests"]
    return nextest(*only, *arguments)


def uniffi(*arguments: str) -> bool:
    return nextest("-p", "vitable-groups-uniffi", *arguments)


def neighbors() -> bool:
    """Programs that use both reqwest and the Rust crate, each built on its own, as cargo unifies
    the features of what it builds together."""
    report = Report("neighbors")
    command = ["cargo", "run", "--quiet", "--locked", "--manifest-path=tests/neighbors/Cargo.toml"]
    for name, features in {
        "reqwest without TLS": [],
        "reqwest with TLS": ["--features=default-tls"],
        "without ring": ["--no-default-features", "--features=default-tls"],
    }.items():
        report.command(name, [*command, *features], CARGO_TARGET_DIR=str(target_dir()))
    return report.end() == 0


def servers() -> bool:
    report = Report("servers")
    print(report.command("nginx and haproxy", ["scripts/test-servers"]).stdout)
    return report.end() == 0


def official_clients() -> bool:
    """Both versions of the official Python client, unchanged, against the sandbox."""
    report = Report("official-clients")
    program = sandbox_program()
    for version in ("0.9.0", "6.2.0"):
        python = environment(f"vitable-connect=={version}") / "python"
        checks = ROOT / "crates/vitable-groups-sandbox/tests/official"
        script = checks / f"check_{version.replace('.', '_')}.py"
        done = report.command(f"{version} ends", [python, "-B", script, program])
        for result, name in re.findall(r"^(ok|FAILED) +(.+)$", done.stdout, re.MULTILINE):
            report.check(f"{version}: {name}", None if result == "ok" else done.stdout)
    return report.end() == 0


def openapi() -> bool:
    """The sandbox against its OpenAPI document, with schemathesis."""
    folder = CACHE / "openapi-run"
    folder.mkdir(exist_ok=True)
    tester = environment("schemathesis==4.32.5") / "schemathesis"
    with sandbox("--key", "vit_apk_openapi") as url:
        # All checks but one: a schema cannot express every validation rule (a state's code, the
        # format of the organization header), so a request that it allows may still get a 400.
        options = (
            f"--url={url} --checks=all --exclude-checks=positive_data_acceptance --max-time=45 "
            f"--max-examples=100 --seed=1 --no-color "
            f"--report=junit --report-junit-path={REPORTS}/openapi.xml"
        ).split()
        header = "--header=Authorization: Bearer vit_apk_openapi"
        return passes(tester, "run", f"{url}/openapi.json", header, *options, folder=folder)


def python(*arguments: str) -> bool:
    """Builds the wheel, installs it in an empty environment and runs its tests there."""
    tools = programs("python-tools", "maturin>=1.9,<2")
    needs = "pytest pytest-asyncio pytest-timeout pydantic httpx httpx2 respx fastapi pandas polars"
    more = ["dask[distributed]", "vitable-connect==0.9.0"]
    tests = programs("python-tests", *needs.split(), *more, *([] if WINDOWS else ["gunicorn"]))
    wheels = CACHE / "python-wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    # The fast profile has nearly release speed but builds much faster.
    profile = os.environ.get("PYTHON_PROFILE", "fast")
    build = ["build", "--quiet", "--profile", profile, "--manifest-path=bindings/python/Cargo.toml"]
    interpreter = tests / f"python{SUFFIX}"
    run(tools / f"maturin{SUFFIX}", *build, "--out", wheels, "--interpreter", interpreter)
    options = ["--quiet", "--disable-pip-version-check", "--force-reinstall", "--no-deps"]
    run(interpreter, "-m", "pip", "install", *options, *wheels.glob("*.whl"))
    # Tests the installed package, not the sources next to the tests.
    pytest = ["-m", "pytest", "-p", "no:cacheprovider", f"--timeout={SECONDS}"]
    return passes(
        interpreter,
        *(*pytest, f"--junitxml={REPORTS / 'pytest.xml'}", *arguments),
        folder=ROOT / "bindings/python",
        VG_CHAOS=built("vitable-groups-chaos"),
    )


def node(*arguments: str) -> bool:
    """Builds and packs the package, installs it in empty projects and runs its tests there. The
    first argument is the name of a single test file, others go to `node --test`."""
    return passes(
        *("node", "scripts/test.mjs", *arguments),
        folder=ROOT / "bindings/node",
        VG_CHAOS=built("vitable-groups-chaos"),
        PYTHON=sys.executable,
        REPORTS=str(REPORTS),
        TEST_SECONDS=str(SECONDS),
    )


def soak() -> bool:
    """A short one, which shows a leak per call; the full one is `make soak`."""
    script = (sys.executable, "-B", "scripts/soak.py")
    return passes(*script, SOAK_PROFILE="dev", SOAK_CALLS="10000")


#: JNA finds libraries in a jar by these folder names.
JNA = {
    ("linux", "x86_64"): ("linux-x86-64", "so"),
    ("linux", "aarch64"): ("linux-aarch64", "so"),
    ("darwin", "arm64"): ("darwin-aarch64", "dylib"),
    ("darwin", "x86_64"): ("darwin-x86-64", "dylib"),
}


def kotlin(*arguments: str) -> bool:
    """The Kotlin package, its tests and its example; [TEST [GROUP]] selects a class, and one file
    of the shared scenarios."""
    report = Report("package")
    run("scripts/build-uniffi")
    target, package = target_dir() / "debug", ROOT / "bindings/kotlin"
    staged = package / "target/uniffi"
    platform, suffix = JNA[sys.platform, os.uname().machine]
    natives = staged / "natives" / platform
    natives.mkdir(parents=True, exist_ok=True)
    # Unchanged files keep their timestamps, so that only changes are compiled.
    shutil.copytree(target / "uniffi/kotlin", staged / "kotlin", dirs_exist_ok=True)
    library = natives / f"libvitable_groups_uniffi.{suffix}"
    shutil.copy2(target / library.name, library)
    run("strip", "-S", library)
    for language in ("kotlin", "java"):
        run(sys.executable, "-B", "scripts/docs_blocks.py", language, staged / "blocks" / language)
    if shutil.which("readelf"):
        report.command("16 KB pages", ["scripts/check-pages", library])
    results = package / "target/surefire-reports"
    shutil.rmtree(results, ignore_errors=True)
    program = os.environ.get("VG_SANDBOX") or sandbox_program()
    settings = {
        "style.color": "never",
        "maven.test.failure.ignore": "true",
        "sandbox": str(Path(program).resolve()),
        "conformance": str(target_dir() / "conformance"),
        "chaos": built("vitable-groups-chaos"),
        "junit.jupiter.execution.timeout.default": f"{SECONDS} s",
        "junit.jupiter.execution.timeout.thread.mode.default": "SEPARATE_THREAD",
        # For a thread that cannot be interrupted.
        "surefire.timeout": str(5 * SECONDS),
        **dict(zip(("test", "group"), arguments, strict=False)),
    }
    command = ["mvn", "-B", "-ntp", "-q", "-f", "bindings/kotlin/pom.xml", "package"]
    passed = passes(*command, *(f"-D{name}={value}" for name, value in settings.items()))
    for result in results.glob("TEST-*.xml"):
        shutil.copy(result, REPORTS)
    report.check("the build", None if passed else "Maven failed")
    report.check("there are results", None if any(results.glob("TEST-*.xml")) else "there are none")
    return report.end() == 0


def release() -> bool:
    """What can be checked of a release in seconds; scripts/test_release.py is another part."""
    report = Report("release")
    report.command("workflows", ["scripts/lint-workflows"])
    report.command("sizes of quick builds", [sys.executable, "-B", "scripts/sizes.py", "--quick"])
    return report.end() == 0


def docs(*arguments: str) -> bool:
    return passes("scripts/test-docs", *arguments)


def pytest(*arguments: str) -> bool:
    """Runs tests of this repository's own files, with pytest in an environment of its own."""
    tests = programs(
        "scripts-tests", "pytest", "pytest-timeout", "jsonschema==4.26.0", "pyyaml==6.0.*"
    )
    # scripts/dist_test.py is the full test of a release.
    options = [
        "-o",
        "python_files=test_*.py",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--timeout={SECONDS}",
        "--rootdir=scripts",
    ]
    options += ["--import-mode=importlib", f"--junitxml={REPORTS / 'pytest.xml'}"]
    command = [str(tests / "python"), "-B", "-m", "pytest", "-c", os.devnull, *options, *arguments]
    return passes(*command, PYTHONPATH=f"{ROOT}/scripts{os.pathsep}{ROOT}/benches")


def scenarios() -> bool:
    """The scenario files against their schema, and the results of all languages, which must have
    run before, against them."""
    return pytest("tests/scenarios")


def scripts(*arguments: str) -> bool:
    # What needs the checked package is part of scripts/lint-python.
    elsewhere = ("test_python_editors.py", "test_generate_python.py")
    ignored = [f"--ignore=scripts/{name}" for name in elsewhere]
    return pytest(*(arguments or ["scripts", "benches", *ignored]))


SUITES: dict[str, Callable[..., bool]] = {
    suite.__name__.replace("_", "-"): suite
    for suite in (
        *(rust, no_default_features, servers, neighbors, official_clients, openapi, uniffi),
        *(python, node, soak, kotlin, release, docs, scenarios, scripts),
    )
} | {"swift": swift.suite}

if __name__ == "__main__":
    REPORTS.mkdir(parents=True, exist_ok=True)
    sys.exit(0 if SUITES[sys.argv[1]](*sys.argv[2:]) else 1)

"""Builds this project in release mode and installs its peers, all below `.cache/`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from bench_clients import CACHE, ROOT, TARGET, BenchClient, has_swift, venv

PEERS = "httpx aiohttp uvloop pyreqwest ry primp pycurl orjson"
OFFICIAL = {
    "bench-official-0.9.0": "vitable-connect[aiohttp]==0.9.0",
    "vitable-connect-0.9.0": "vitable-connect==0.9.0",
    "vitable-connect-6.2.0": "vitable-connect==6.2.0",
}
# undici 8 needs Node 22.
NODE_PEERS = {"undici": "7", "axios": "1"}


class Missing(list[dict[str, str]]):
    """What is not available here, and why."""

    def note(self, name: str, why: str) -> None:
        print(f"  without {name}: {why}", file=sys.stderr)
        self.append({"name": name, "why": why})


def run(*command: str, cwd: Path = ROOT) -> None:
    done = subprocess.run(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        last = (done.stdout.strip().splitlines() or ["no output"])[-1]
        raise RuntimeError(f"{' '.join(command[:4])}: {last[:300]}")


def prepare(languages: set[str], missing: Missing) -> None:
    print("building this project in release mode, installing peers", file=sys.stderr)
    run("cargo", "build", "--quiet", "--release", "-p", "vitable-groups-bench")
    steps = {
        "rust": rust,
        "python-sync": python,
        "python-async": python,
        "node": node,
        "kotlin": kotlin,
        "swift": swift,
    }
    for step in dict.fromkeys(steps[name] for name in steps if name in languages):
        try:
            step(missing)
        except RuntimeError as error:
            missing.note(f"{step.__name__} (all of it)", str(error))


def rust(missing: Missing) -> None:
    run("cargo", "build", "--quiet", "--release", "-p", "vitable-groups-cli")


def python(missing: Missing) -> None:
    run("scripts/venv", "bench-ours", "pip")
    run("scripts/venv", "python-tools", "maturin>=1.9,<2")
    wheels = CACHE / "wheels"
    subprocess.run(["rm", "-rf", str(wheels)], check=True)
    interpreter = venv("bench-ours") / "bin"
    run(
        str(venv("python-tools") / "bin/maturin"),
        *("build", "--quiet", "--profile", "wheel", "--out", str(wheels)),
        *("--interpreter", str(interpreter / "python")),
        *("--manifest-path", "bindings/python/Cargo.toml"),
    )
    wheel = next(wheels.glob("*.whl"))
    pip(interpreter, "--force-reinstall", "--no-deps", str(wheel))
    for name, requirement in OFFICIAL.items():
        try:
            run("scripts/venv", name, requirement)
        except RuntimeError as error:
            missing.note(requirement, str(error))
    # One that is not available must not prevent the others.
    run("scripts/venv", "bench-peers", "pip")
    for peer in PEERS.split():
        try:
            pip(venv("bench-peers") / "bin", "--only-binary", ":all:", peer)
        except RuntimeError as error:
            missing.note(peer, str(error))


def pip(programs: Path, *arguments: str) -> None:
    run(str(programs / "pip"), "install", "--quiet", "--disable-pip-version-check", *arguments)


def node(missing: Missing) -> None:
    package = ROOT / "bindings/node"
    run("sh", "scripts/dev-install.sh", cwd=package)
    run("node", "scripts/addon.mjs", "release", cwd=package)
    run("npm", "run", "--silent", "build", cwd=package)
    packs = CACHE / "packs"
    run("node", "scripts/pack.mjs", str(packs), cwd=package)
    folder = CACHE / "node"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}\n')
    subprocess.run(["rm", "-rf", "node_modules", "package-lock.json"], cwd=folder, check=True)
    install = ("npm", "install", "--silent", "--no-audit", "--no-fund")
    run(*install, *sorted(str(pack) for pack in packs.glob("*.tgz")), cwd=folder)
    for peer, version in NODE_PEERS.items():
        try:
            run(*install, f"{peer}@{version}", cwd=folder)
        except RuntimeError as error:
            missing.note(peer, str(error))


def kotlin(missing: Missing) -> None:
    library()
    package, staged = ROOT / "bindings/kotlin", ROOT / "bindings/kotlin/target/uniffi"
    generated = TARGET.parent / "debug/uniffi/kotlin"
    (staged / "natives").mkdir(parents=True, exist_ok=True)
    run("cp", "-Rp", f"{generated}/.", str(staged / "kotlin"))
    maven = ("mvn", "-B", "-ntp", "-q")
    # jna.library.path provides the release library; it takes precedence over the jar.
    run(*maven, "-f", str(package / "pom.xml"), "package", "-Dmaven.test.skip=true")
    adapter = CACHE / "kotlin"
    run("scripts/mirror.py", "benches/adapters/kotlin", str(adapter), "target")
    jar = next((package / "target").glob("vitable-groups-*.jar"))
    run(*maven, "-f", str(adapter / "pom.xml"), "compile", f"-Dpackage={jar}")
    run("cp", str(jar), str(adapter / "target/lib/ours.jar"))


def swift(missing: Missing) -> None:
    library()
    work = ROOT / ".cache/swift/work"
    inside = () if has_swift() else ("scripts/swift-run", ".cache/swift", str(work))
    if inside:
        run("scripts/swift-root", ".cache/swift")
    run(
        "scripts/mirror.py",
        "bindings/swift",
        str(work / "bindings/swift"),
        ".build",
        "Generated",
        "VitableGroupsFFI.h",
    )
    run(
        "scripts/mirror.py",
        "benches/adapters/swift-bench",
        str(work / "benches/adapters/swift-bench"),
        ".build",
    )
    sources = work / "bindings/swift/Sources"
    generated = TARGET.parent / "debug/uniffi/swift"
    for folder in (sources / "VitableGroups/Generated", work / "release"):
        folder.mkdir(parents=True, exist_ok=True)
    run("cp", str(generated / "VitableGroups.swift"), str(sources / "VitableGroups/Generated"))
    run("cp", str(generated / "VitableGroupsFFI.h"), str(sources / "VitableGroupsFFI/include"))
    for built in TARGET.glob("libvitable_groups_uniffi.[sd]*"):
        run("cp", str(built), str(work / "release"))
    source = "/src" if inside else str(work)
    link = (
        "-Xlinker",
        f"-L{source}/release",
        "-Xlinker",
        "-rpath",
        "-Xlinker",
        f"{source}/release",
    )
    build = (
        "swift",
        "build",
        "--quiet",
        "-c",
        "release",
        "--package-path",
        "benches/adapters/swift-bench",
    )
    run(*inside, *build, *link, cwd=ROOT if inside else work)


def library() -> None:
    """The library of Kotlin and Swift, in release mode; the code is generated from the debug
    one."""
    run("scripts/build-uniffi")
    run("cargo", "build", "--quiet", "--release", "-p", "vitable-groups-uniffi")


def versions(clients: list[BenchClient]) -> dict[str, str]:
    """The versions of all measured packages."""
    found: dict[str, str] = {}
    for client in clients:
        for package in client.packages:
            version = version_of(client, package)
            label = f"{package} ({client.language.partition('-')[0]})"
            if version and version not in found.get(label, "").split(", "):
                found[label] = ", ".join(filter(None, [found.get(label), version]))
    for name, command in {
        "Python": [str(venv("bench-ours") / "bin/python"), "--version"],
        "Node": ["node", "--version"],
        "Rust": ["rustc", "--version"],
    }.items():
        found[name] = output(command)
    return found


def output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    except OSError:
        return ""
    number = re.search(r"\d+\.\d+(\.\d+)?", done.stdout)
    return number[0] if done.returncode == 0 and number else ""


def version_of(client: BenchClient, package: str) -> str:
    if client.language.startswith("python"):
        code = f"from importlib.metadata import version; print(version({package!r}))"
        return output([client.command[0], "-c", code])
    if client.language == "node":
        manifest = CACHE / "node/node_modules" / package / "package.json"
        return json.loads(manifest.read_text())["version"] if manifest.exists() else ""
    lock = (ROOT / "Cargo.lock").read_text()
    found = re.search(rf'name = "{package}"\nversion = "(.+?)"', lock)
    return found[1] if found else ""


def installed(client_id: str) -> dict[str, int]:
    """The size and number of packages of an environment, without those that every environment
    has."""
    language, name = client_id.split("/")
    folders: list[Path] = []
    if language.startswith("python"):
        environment = {
            "ours": "bench-ours",
            "official-0.9.0": "vitable-connect-0.9.0",
            "official-6.2.0": "vitable-connect-6.2.0",
        }.get(name)
        if environment:
            site = next((venv(environment) / "lib").glob("python*/site-packages"))
            common = re.compile(r"(pip|setuptools|_distutils_hack|pkg_resources|distutils-)")
            folders = [path for path in site.iterdir() if not common.match(path.name)]
    elif name == "ours":
        folders = list((CACHE / "node/node_modules").glob("vitable-groups*"))
    if not folders:
        return {}
    files = [f for folder in folders for f in ([folder] if folder.is_file() else folder.rglob("*"))]
    own = [file for file in files if file.is_file() and "__pycache__" not in file.parts]
    packages = [f for f in folders if f.suffix == ".dist-info" or "node_modules" in f.parts]
    return {"bytes": sum(file.stat().st_size for file in own), "packages": len(packages)}


def program(name: str) -> Path:
    return TARGET / name

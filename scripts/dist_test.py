#!/usr/bin/env python3
"""scripts/dist_test.py [NAME...]: installs the packages of dist/ in empty environments and uses
them there with a sandbox. Names are those of scripts/dist.py.
"""

import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dist_tools as tools
import sbom
from dist_tools import DIST, EXE, PLATFORMS, WINDOWS, one, target_dir, version
from dist_tools import target as host
from python_tools import ROOT

USERS = ROOT / "tests" / "dist"
ROSTER = ROOT / "examples" / "rosters" / "2026-10-members-fixed.csv"
# The plans that the roster refers to.
SEED = USERS / "seed.json"
LICENSES = ("LICENSE", "THIRD-PARTY-LICENSES.txt")
# Variables that programs need from this machine; HOME is replaced.
KEPT = "PATH SYSTEMROOT TEMP TMP JAVA_HOME CARGO_HOME RUSTUP_HOME SSL_CERT_FILE".split()
# The wheels of this platform, among those of all platforms.
WHEEL = {
    "x86_64-unknown-linux-gnu": "manylinux*x86_64",
    "aarch64-unknown-linux-gnu": "manylinux*aarch64",
    "x86_64-unknown-linux-musl": "musllinux*x86_64",
    "aarch64-unknown-linux-musl": "musllinux*aarch64",
    "x86_64-apple-darwin": "macosx*x86_64",
    "aarch64-apple-darwin": "macosx*arm64",
    "x86_64-pc-windows-msvc": "win_amd64",
    "aarch64-pc-windows-msvc": "win_arm64",
}
DEBIAN = {"x86_64-unknown-linux-gnu": "amd64", "aarch64-unknown-linux-gnu": "arm64"}


class Empty:
    """An empty folder, and an environment with an empty home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        home = folder / "home"
        home.mkdir()
        self.env = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.env |= {"HOME": str(home), "USERPROFILE": str(home)}

    def use_cargo(self) -> None:
        """Shares the downloads and the target folder of this machine."""
        for name, folder in (("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")):
            self.env.setdefault(name, str(Path.home() / folder))
        self.env["CARGO_TARGET_DIR"] = str(target_dir())

    def run(self, *command: str | Path, cwd: Path | None = None) -> str:
        """Runs a command that must succeed; returns its output."""
        words = [str(word) for word in command]
        words[0] = shutil.which(words[0]) or words[0]
        done = subprocess.run(
            words, cwd=cwd or self.folder, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{' '.join(words)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def run_ok(self, *command: str | Path, cwd: Path | None = None) -> None:
        assert self.run(*command, cwd=cwd).endswith("ok\n")

    def venv(self) -> Path:
        self.run(sys.executable, "-m", "venv", "venv")
        return self.folder / "venv" / tools.PROGRAMS

    @contextmanager
    def sandbox(self) -> Iterator[str]:
        """Runs the sandbox of the archived CLI and yields its address."""
        program = unpacked(cli_archive(), self.folder / "server") / f"vitable-groups{EXE}"
        started = subprocess.Popen(
            [program, "sandbox", "--port", "0", "--seed", SEED],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert started.stdout is not None
            yield started.stdout.readline().split("listening on ")[1].strip()
        finally:
            started.kill()
            started.wait()

    def use_command(self, program: Path, pages: Path, completions: Path) -> None:
        assert self.run(program, "--version") == f"vitable-groups {version()}\n"
        assert list(pages.glob("vitable-groups-members-sync.1*"))
        for script in completions.iterdir():
            assert "members" in script.read_text(), script.name
        self.run(program, "demo")
        with self.sandbox() as url:
            self.env |= {"VITABLE_CONNECT_BASE_URL": url, "VITABLE_CONNECT_API_KEY": "k"}
            made = json.loads(self.run(program, "groups", "create", "t", "--name=T"))
            sync = ("members", "sync", made["id"], str(ROSTER), "--first-sync", "--yes")
            printed = self.run(program, *sync)
            assert json.loads(printed)["outcome"]["added"] == 250


def unpacked(file: Path, folder: Path) -> Path:
    """Unpacks an archive and returns its only folder."""
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as packed:
            packed.extractall(folder)
    else:
        with tarfile.open(file) as packed:
            assert {(member.uid, member.uname) for member in packed} == {(0, "root")}
            packed.extractall(folder, filter="data")
    [inside] = folder.iterdir()
    return inside


def cli_archive() -> Path:
    return one(f"vitable-groups-cli-{version()}-{host()}.{'zip' if WINDOWS else 'tar.gz'}")


def test_crates(tmp_path: Path) -> None:
    """Uses the packed crates in a new package, instead of those of the registry."""
    user = Empty(tmp_path)
    user.use_cargo()
    patches = ""
    for name in tools.CRATES:
        inside = tmp_path / f"{name}-{version()}"
        with tarfile.open(one(f"{name}-{version()}.crate")) as packed:
            packed.extractall(tmp_path, filter="data")
        assert (inside / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
        assert (inside / "README.md").exists(), name
        manifest = (inside / "Cargo.toml").read_text()
        assert "path = " not in manifest[manifest.index("[dependencies") :].split("\n[lints")[0]
        if name != "vitable-groups-cli":
            patches += f'{name} = {{ path = "../{name}-{version()}" }}\n'
    package = tmp_path / "user"
    (package / "src").mkdir(parents=True)
    shutil.copyfile(USERS / "crates.rs", package / "src" / "main.rs")
    shutil.copyfile(ROOT / "Cargo.lock", package / "Cargo.lock")
    (package / "Cargo.toml").write_text(
        f'[package]\nname = "user"\nversion = "0.0.0"\nedition = "2024"\n\n[dependencies]\n'
        f'vitable-groups = "={version()}"\n'
        f'vitable-groups-sandbox = {{ version = "={version()}", default-features = false }}\n'
        f'serde_json = "1"\ntokio = {{ version = "1", features = ["macros", "rt"] }}\n\n'
        f"[workspace]\n\n[patch.crates-io]\n{patches}"
    )
    user.run_ok("cargo", "run", "--quiet", "--offline", "--", ROSTER, SEED, cwd=package)


def test_wheel(tmp_path: Path) -> None:
    user = Empty(tmp_path)
    tools = user.venv()
    # Free-threaded interpreters have wheels of their own.
    free = sysconfig.get_config_var("Py_GIL_DISABLED")
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}t" if free else "abi3"
    file = one(f"vitable_groups-*-{tag}-{WHEEL[host()]}.whl")
    user.run(sys.executable, "-m", "twine", "check", "--strict", file)
    user.run(tools / "pip", "install", "--no-index", file)
    user.run_ok(tools / "python", USERS / "wheel.py", version(), ROSTER, SEED)


def test_sdist(tmp_path: Path) -> None:
    """Builds like pip, except for the profile: the development profile is minutes faster."""
    user = Empty(tmp_path)
    user.use_cargo()
    user.env["MATURIN_PEP517_ARGS"] = "--profile fast"
    user.env |= {name: os.environ[name] for name in os.environ if name.startswith("PIP_")}
    tools = user.venv()
    file = one("vitable_groups-*.tar.gz")
    user.run(sys.executable, "-m", "twine", "check", "--strict", file)
    user.run(tools / "pip", "install", file)
    user.run_ok(tools / "python", USERS / "wheel.py", version(), ROSTER, SEED)


def test_npm(tmp_path: Path) -> None:
    user = Empty(tmp_path)
    (tmp_path / "package.json").write_text('{ "name": "user", "private": true }\n')
    main, platform = one(f"vitable-groups-{version()}.tgz"), PLATFORMS[host()][0]
    addon = one(f"vitable-groups-{platform}-{version()}.tgz")
    user.run("npm", "install", "--offline", "--no-audit", "--no-fund", main, addon)
    installed = tmp_path / "node_modules" / f"vitable-groups-{platform}"
    assert all((installed / name).exists() for name in LICENSES)
    manifest = json.loads((tmp_path / "node_modules/vitable-groups/package.json").read_text())
    packed = {path.name.removesuffix(f"-{version()}.tgz") for path in DIST.glob("*.tgz")}
    assert set(manifest["optionalDependencies"]) == packed - {"vitable-groups"}
    shutil.copyfile(USERS / "package.cjs", tmp_path / "program.cjs")
    user.run_ok("node", "program.cjs", version(), ROSTER, SEED)


def test_kotlin(tmp_path: Path) -> None:
    """Uses the jar and its pom's dependencies, with an empty local repository."""
    user = Empty(tmp_path)
    name = f"vitable-groups-{version()}"
    assert one(f"{name}-javadoc.jar").stat().st_size > 500
    with zipfile.ZipFile(one(f"{name}.jar")) as packed:
        names = packed.namelist()
    jni = PLATFORMS[host()][1]
    assert any(entry.startswith(f"{jni}/") for entry in names), f"no library for {jni}"
    assert {f"META-INF/{license}" for license in LICENSES} <= set(names)
    with zipfile.ZipFile(one(f"{name}-sources.jar")) as packed:
        assert "vitable/groups/Roster.kt" in packed.namelist()
    libraries = tmp_path / "libraries"
    user.env["JAVA_TOOL_OPTIONS"] = os.environ.get("JAVA_TOOL_OPTIONS", "")
    # The settings may configure mirrors; the tested artifacts do not come from there.
    settings = Path.home() / ".m2" / "settings.xml"
    user.run(
        *("mvn", "-B", "-ntp", "-q", *(["-s", str(settings)] if settings.exists() else [])),
        *(f"-Dmaven.repo.local={tmp_path / 'repository'}", f"-DoutputDirectory={libraries}"),
        *("-DincludeScope=runtime", "-f", one(f"{name}.pom")),
        "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
    )
    shutil.copyfile(DIST / f"{name}.jar", libraries / f"{name}.jar")
    path = os.pathsep.join(str(jar) for jar in [tmp_path, *sorted(libraries.glob("*.jar"))])
    user.run("javac", "-cp", path, "-d", tmp_path, USERS / "Jar.java")
    with user.sandbox() as url:
        user.run_ok("java", "-cp", path, "Jar", url, ROSTER)


def test_swift(tmp_path: Path) -> None:
    """Uses the unpacked sources as a dependency; on Linux, with the library that cargo built."""
    user = Empty(tmp_path)
    package = unpacked(one(f"vitable-groups-swift-{version()}.tar.gz"), tmp_path / "package")
    (tmp_path / "user/Sources/User").mkdir(parents=True)
    shutil.copyfile(USERS / "main.swift", tmp_path / "user/Sources/User/main.swift")
    shutil.copyfile(ROSTER, tmp_path / "roster.csv")
    shutil.copytree(tools.NATIVE / "jvm" / str(PLATFORMS[host()][1]), tmp_path / "lib")
    (tmp_path / "user/Package.swift").write_text(
        "// swift-tools-version: 6.0\nimport PackageDescription\n\n"
        'let package = Package(name: "User", platforms: [.macOS(.v12)], '
        f'dependencies: [.package(path: "../package/{package.name}")], targets: '
        '[.executableTarget(name: "User", dependencies: [.product(name: "VitableGroups", '
        f'package: "{package.name}")])])\n'
    )
    root, enter = tmp_path, list[str | Path]()
    if shutil.which("swift"):
        user.env["VG_LOCAL"] = "1"
    else:
        subprocess.run([ROOT / "scripts/swift-root", ROOT / ".cache/swift"], cwd=ROOT, check=True)
        # In the chroot, the folder is /src.
        root, enter = Path("/src"), [ROOT / "scripts/swift-run", ROOT / ".cache/swift", tmp_path]
    at = ["-Xlinker", f"-L{root}/lib", "-Xlinker", "-rpath", "-Xlinker", f"{root}/lib"]
    user.run(*enter, "swift", "build", "--package-path", "user", *at)
    with user.sandbox() as url:
        user.run_ok(*enter, "user/.build/debug/User", url, root / "roster.csv")


def test_cli(tmp_path: Path) -> None:
    inside = unpacked(cli_archive(), tmp_path / "package")
    for name in (*LICENSES, "README.md", "CHANGELOG.md"):
        assert (inside / name).stat().st_size > 500, name
    program = inside / f"vitable-groups{EXE}"
    Empty(tmp_path).use_command(program, inside / "man", inside / "completions")


def test_deb(tmp_path: Path) -> None:
    user = Empty(tmp_path)
    user.run("ar", "x", one(f"vitable-groups_*_{DEBIAN[host()]}.deb"))
    assert (tmp_path / "debian-binary").read_text() == "2.0\n"
    for name in ("data", "control"):
        with tarfile.open(next(tmp_path.glob(f"{name}.tar.*"))) as packed:
            packed.extractall(tmp_path / name, filter="data")
    fields = (tmp_path / "control/control").read_text()
    assert "Package: vitable-groups\n" in fields
    assert "Depends: libc6 (>= 2.17)\n" in fields
    # `~` sorts a release candidate before its release.
    assert f"Version: {version().replace('-', '~')}-1\n" in fields
    usr = tmp_path / "data/usr"
    for part in ("copyright", "THIRD-PARTY-LICENSES.txt"):
        assert (usr / "share/doc/vitable-groups" / part).exists(), part
    completions = usr / "share/bash-completion/completions"
    user.use_command(usr / "bin/vitable-groups", usr / "share/man/man1", completions)


def test_sbom() -> None:
    # Only the environment of these tests has it.
    validation = importlib.import_module("cyclonedx.validation.json")
    schema = importlib.import_module("cyclonedx.schema").SchemaVersion.V1_5

    inside = {"pypi": "rusqlite", "npm": "rustls", "maven": "jna", "swift": "ring"}
    for purl in sbom.PUBLISHED:
        kind, name = re.split("[:/]", purl)[1], purl.split("/")[-1]
        text = one(f"{name}-{version()}.{kind}.cdx.json").read_text(encoding="utf-8")
        assert validation.JsonStrictValidator(schema).validate_str(text) is None
        bill = json.loads(text)
        assert bill["metadata"]["component"]["purl"].split("?")[0] == f"{purl}@{version()}"
        assert all(part["licenses"] for part in bill["components"])
        names = {part["name"] for part in bill["components"]}
        assert inside[kind] in names if kind in inside else names, purl


def test_sums() -> None:
    lines = (DIST / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tools.artifacts()}
    assert listed == found, "SHA256SUMS does not match the files in dist/"


def test_sizes() -> None:
    subprocess.run([sys.executable, ROOT / "scripts/sizes.py"], cwd=ROOT, check=True)


def main() -> int:
    """Runs the tests of the given names in an environment with pytest."""
    python = (
        tools.venv("dist-tests", "pytest==9.*", "twine==7.*", "cyclonedx-python-lib[validation]")
        / f"python{EXE}"
    )
    names = [f"{__file__}::test_{name}" for name in sys.argv[1:]] or [__file__]
    options = ["-c", os.devnull, "-p", "no:cacheprovider", "--tb=short", "-v"]
    return subprocess.run([python, "-B", "-m", "pytest", *options, *names]).returncode


if __name__ == "__main__":
    sys.exit(main())

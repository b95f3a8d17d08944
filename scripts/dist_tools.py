"""What scripts/dist, scripts/test-dist, scripts/sizes and scripts/sbom share."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from python_tools import CACHE, ROOT, output

DIST = ROOT / "dist"
# Native libraries for npm and the JVM before they are packed; not published by themselves.
NATIVE = DIST / "native"
WINDOWS = os.name == "nt"

# The crates that are published, dependencies first.
CRATES = ["inline-http", "vitable-groups", "vitable-groups-sandbox", "vitable-groups-cli"]

# Rust's name of each platform: npm's name, and the folder in which JNA looks, if it has one.
PLATFORMS: dict[str, tuple[str, str | None]] = {
    "x86_64-unknown-linux-gnu": ("linux-x64-gnu", "linux-x86-64"),
    "aarch64-unknown-linux-gnu": ("linux-arm64-gnu", "linux-aarch64"),
    # JNA has no folder of its own for musl.
    "x86_64-unknown-linux-musl": ("linux-x64-musl", None),
    "aarch64-unknown-linux-musl": ("linux-arm64-musl", None),
    "x86_64-apple-darwin": ("darwin-x64", "darwin-x86-64"),
    "aarch64-apple-darwin": ("darwin-arm64", "darwin-aarch64"),
    "x86_64-pc-windows-msvc": ("win32-x64-msvc", "win32-x86-64"),
    "aarch64-pc-windows-msvc": ("win32-arm64-msvc", "win32-aarch64"),
}

# The oldest glibc that the binaries run on: that of RHEL 7, and the least that Rust asks for.
GLIBC = "2.17"


def version() -> str:
    """The version in Cargo.toml, of which the others are copies."""
    return output([sys.executable, "scripts/set-version", "--print"]).strip()


def host() -> str:
    """Rust's name of this machine."""
    described = output(["rustc", "-vV"])
    return next(line.split()[1] for line in described.splitlines() if line.startswith("host:"))


def target() -> str:
    """What is built for: DIST_TARGET, or this machine."""
    name = os.environ.get("DIST_TARGET") or host()
    if name not in PLATFORMS:
        raise SystemExit(f"dist: {name} is none of {', '.join(PLATFORMS)}")
    return name


def target_dir() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()


def tools() -> Path:
    """The programs that packing takes, in an environment of their own."""
    venv = output(
        [
            sys.executable,
            "scripts/venv",
            "dist-tools",
            "maturin>=1.9,<2",
            "ziglang",
            "cargo-zigbuild",
            "abi3audit",
            "cyclonedx-python-lib[validation]",
            "pip-audit",
        ]
    )
    return programs(Path(venv.strip()))


def programs(venv: Path) -> Path:
    """Where an environment keeps its programs."""
    return venv / ("Scripts" if WINDOWS else "bin")


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> None:
    """Runs a command that has to end well."""
    words = [str(word) for word in command]
    words[0] = shutil.which(words[0]) or words[0]
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **env})
    if done.returncode != 0:
        raise SystemExit(f"failed: {' '.join(str(word) for word in command)}")


def fresh(folder: Path) -> Path:
    """The folder, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def stage(name: str) -> Path:
    """An empty folder to put an artefact together in."""
    return fresh(CACHE / "dist" / name)


def artefacts() -> list[Path]:
    """Everything in dist/ that is published."""
    found = (path for path in DIST.iterdir() if path.is_file())
    return sorted(path for path in found if not path.name.startswith("SHA256SUMS"))


def one(pattern: str) -> Path:
    """The one artefact of this pattern."""
    found = sorted(DIST.glob(pattern))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "nothing"
        raise SystemExit(f"dist/{pattern}: want one file, found {names}; run `make dist`")
    return found[0]


def source_date() -> int:
    """The time that files in archives get: that of the commit, so that archives can be compared."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given or output(["git", "log", "-1", "--format=%ct"]))


def replace(path: Path, pattern: str, text: str) -> None:
    """Replaces what must be there once."""
    changed, count = re.subn(pattern, text, path.read_text(encoding="utf-8"))
    if count != 1:
        raise SystemExit(f"{path}: {pattern!r} was found {count} times")
    path.write_text(changed, encoding="utf-8")

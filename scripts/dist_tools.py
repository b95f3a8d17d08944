"""Shared code of scripts/dist, scripts/test-dist, scripts/sizes.py and scripts/sbom."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from python_tools import CACHE, ROOT, output

DIST = ROOT / "dist"
# Native libraries for npm and the JVM before they are packed; not published separately.
NATIVE = DIST / "native"
WINDOWS = os.name == "nt"

# The published crates, dependencies first.
CRATES = [
    "inline-http",
    "vitable-groups-model",
    "vitable-groups-roster",
    "vitable-groups",
    "vitable-groups-sandbox",
    "vitable-groups-cli",
]

# Rust's name of each platform: npm's name, and the folder that JNA searches, if it has one.
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

# The oldest glibc that the binaries run on: that of RHEL 7, and the minimum of Rust.
GLIBC = "2.17"


def version() -> str:
    """The version in Cargo.toml; others are copies of it."""
    return output([sys.executable, "scripts/set-version", "--print"]).strip()


def host() -> str:
    """Rust's name of this platform."""
    described = output(["rustc", "-vV"])
    return next(line.split()[1] for line in described.splitlines() if line.startswith("host:"))


def target() -> str:
    """The platform to build for: DIST_TARGET, or this one."""
    name = os.environ.get("DIST_TARGET") or host()
    if name not in PLATFORMS:
        raise SystemExit(f"dist: {name} is not one of {', '.join(PLATFORMS)}")
    return name


def target_dir() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()


def tools() -> Path:
    """The packaging tools, in their own environment."""
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
    """The folder of an environment's programs."""
    return venv / ("Scripts" if WINDOWS else "bin")


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> None:
    """Runs a command that must succeed."""
    words = [str(word) for word in command]
    words[0] = shutil.which(words[0]) or words[0]
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **env})
    if done.returncode != 0:
        raise SystemExit(f"failed: {' '.join(str(word) for word in command)}")


def fresh(folder: Path) -> Path:
    """Empties and returns a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def staging_folder(name: str) -> Path:
    """An empty folder for assembling an artifact."""
    return fresh(CACHE / "dist" / name)


def artifacts() -> list[Path]:
    """The published files in dist/."""
    found = (path for path in DIST.iterdir() if path.is_file())
    return sorted(path for path in found if not path.name.startswith("SHA256SUMS"))


def one(pattern: str) -> Path:
    """The only artifact that matches this pattern."""
    found = sorted(DIST.glob(pattern))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "nothing"
        raise SystemExit(f"dist/{pattern}: expected one file, found {names}; run `make dist`")
    return found[0]


def source_date() -> int:
    """The timestamp of files in archives: that of the commit, so that archives are reproducible."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given or output(["git", "log", "-1", "--format=%ct"]))


def replace(path: Path, pattern: str, text: str) -> None:
    """Replaces a pattern that must occur exactly once."""
    changed, count = re.subn(pattern, text, path.read_text(encoding="utf-8"))
    if count != 1:
        raise SystemExit(f"{path}: {pattern!r} was found {count} times")
    path.write_text(changed, encoding="utf-8")

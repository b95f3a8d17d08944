"""Processes pinned to cores, and a description of this machine."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def first_core() -> int | None:
    return cores()[0] if cores() else None


def other_core() -> int | None:
    """A core other than the first one, if there is one."""
    return cores()[-1] if cores() else None


def pinned(core: int | None):
    """A `preexec_fn` that pins a child to a core."""
    return None if core is None else lambda: os.sched_setaffinity(0, {core})


@contextmanager
def server(program: Path, core: int | None, latency_ms: int = 0) -> Iterator[str]:
    """A fixture server; yields its address."""
    process = subprocess.Popen(
        [str(program), str(latency_ms)],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=pinned(core),
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


class Failed(Exception):
    """A client failed to run its workload."""


def start(command: list[str], core: int | None, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=pinned(core),
    )


def finish(process: subprocess.Popen[str], seconds: float = 180) -> dict[str, float]:
    """The line of JSON that a client prints."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failed(f"not finished within {seconds:.0f} s") from None
    lines = [line for line in out.splitlines() if line.startswith("{")]
    if not lines:
        last = (err.strip().splitlines() or ["no output"])[-1]
        raise Failed(f"exit code {process.returncode}: {last[:200]}")
    return json.loads(lines[-1]) | {"died": int(process.returncode != 0)}


def whole_process(command: list[str], core: int | None, cwd: Path, env=None) -> dict[str, float]:
    """The cost of a process from start to exit, and when its first output arrived."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=pinned(core),
    )
    assert process.stdout is not None
    process.stdout.read(1)
    first = time.perf_counter() - started
    # The child's rusage includes its parent's memory; the status that it prints does not.
    status = re.search(rb"VmHWM:\s+(\d+)", process.stdout.read())
    _, code, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(code)
    process.stdout.close()
    if process.returncode != 0:
        raise Failed(f"{command[0]} ended with exit code {process.returncode}")
    return {
        "cpu_us": (usage.ru_utime + usage.ru_stime) * 1e6,
        "wall_us": wall * 1e6,
        "first_byte_us": first * 1e6,
        "rss_kb": float(status[1]) if status else 0.0,
    }


def describe() -> dict[str, str]:
    """Processor, memory, system."""
    cpu, memory = platform.processor(), ""
    try:
        info = Path("/proc/cpuinfo").read_text()
        cpu = next(
            line.split(": ")[1] for line in info.splitlines() if line.startswith("model name")
        )
        kb = int(Path("/proc/meminfo").read_text().split()[1])
        memory = f"{kb / 1024 / 1024:.0f} GB"
    except (OSError, StopIteration, IndexError):
        pass
    return {
        "processor": cpu or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": memory,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load": f"{os.getloadavg()[0]:.1f}",
    }

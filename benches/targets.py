"""The performance targets, and whether the measurements meet them."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass

# The official TypeScript client is not published; this multiple of axios stands in for it.
STAND_IN = 1.5


def body_bytes() -> int:
    """The size of the submitted roster."""
    member = {
        "reference_id": "EMP-000000",
        "first_name": "Jane",
        "last_name": "Doe",
        "date_of_birth": "1990-05-15",
        "phone": "4155550100",
        "email": "jane.doe@example.com",
        "plan_id": "pln_C506ZkHHTlKfgy16G-tTJQ",
        "address": {
            "address_line_1": "123 Main Street",
            "city": "San Francisco",
            "state": "CA",
            "zipcode": "94102",
        },
    }
    one = len(json.dumps(member, separators=(",", ":")))
    return 10_000 * (one + len(",")) - len(",") + len('{"members":[]}')


@dataclass(frozen=True)
class Target:
    """`ours` relative to `peer` in a workload; without a peer, an absolute value."""

    language: str
    workload: str
    what: str
    metric: str
    limit: float
    at_least: bool = False
    peer: str = ""
    peer_workload: str = ""
    factor: float = 1.0
    unit: str = "×"
    # `bare` is subtracted; the rest is divided by `per`.
    bare: str = ""
    per: float = 1.0

    def value(self, measures) -> float | None:
        own = median(measures, self.workload, self.name(), self.metric)
        if own is None:
            return None
        if self.bare:
            floor = median(measures, self.workload, self.bare, self.metric)
            return None if floor is None else (own - floor) / self.per
        if not self.peer:
            return own / self.per
        workload = self.peer_workload or self.workload
        other = median(measures, workload, f"{self.language}/{self.peer}", self.metric)
        if other is None or own == 0:
            return None
        return other * self.factor / own if self.at_least else own / other

    def name(self) -> str:
        return self.language.partition(":")[2] or f"{self.language}/ours"

    def met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


def median(measures, workload: str, name: str, metric: str) -> float | None:
    values = measures.get(workload, {}).get(name, {}).get(metric)
    return statistics.median(values) if values else None


def faster(language: str, peer: str, factor: float = 1.0, **limits: float) -> list[Target]:
    return [
        Target(
            language,
            workload,
            f"{workload} CPU, speedup over {peer}",
            "cpu_us",
            limit,
            True,
            peer,
            factor=factor,
        )
        for workload, limit in limits.items()
    ]


def within(language: str, workload: str, peer: str, limit: float = 1.0) -> Target:
    what = f"{workload} CPU, relative to {peer}"
    return Target(language, workload, what, "cpu_us", limit, peer=peer)


def prefetched(language: str, workload: str, peer: str, limit: float) -> Target:
    pages = workload.removeprefix("W4L")
    what = f"W4 with 20 ms, {pages} pages prefetched: wall, speedup over {peer}"
    return Target(language, workload, what, "wall_us", limit, True, peer, "W4L")


def python_start(language: str) -> list[Target]:
    bare = f"{language}/bare"
    size = Target(language, "W6", "installed", "bytes", 8.0, unit=" MB", per=1e6)
    count = Target(language, "W6", "packages installed", "packages", 1, unit="")
    grown = "W5 memory growth, relative to the body size"
    return [
        Target(language, "W5", grown, "growth_kb", 1.25, per=body_bytes() / 1024),
        Target(language, "W6", "import: CPU", "cpu_us", 10, unit=" ms", bare=bare, per=1e3),
        Target(language, "W6", "import: memory", "rss_kb", 9, unit=" MB", bare=bare, per=1024),
        size,
        count,
    ]


SYNC, ASYNC = "python-sync", "python-async"
TARGETS = [
    *faster(SYNC, "official-0.9.0", W1=30, W2=55, W3=25, W4=50),
    prefetched(SYNC, "W4L8", "official-0.9.0", 8),
    prefetched(SYNC, "W4L16", "official-0.9.0", 14),
    *faster(SYNC, "official-0.9.0", W5=100),
    *python_start(SYNC),
    within(SYNC, "W1", "primp", 0.75),
    within(SYNC, "W2", "primp-orjson"),
    within(SYNC, "W3", "pyreqwest-orjson"),
    *faster(ASYNC, "official-0.9.0", W1=23, W2=45, W3=60, W4=45),
    prefetched(ASYNC, "W4L8", "official-0.9.0", 8),
    prefetched(ASYNC, "W4L16", "official-0.9.0", 14),
    *faster(ASYNC, "official-0.9.0", W5=100),
    *python_start(ASYNC),
    *(within(ASYNC, workload, "ry") for workload in ("W1", "W2", "W3")),
    *faster("node", "axios", STAND_IN, W1=7, W2=5, W3=8, W4=5),
    prefetched("node", "W4L16", "axios", 13),
    *faster("node", "axios", STAND_IN, W5=1.4),
    Target("node", "W6", "require: wall", "wall_us", 12, unit=" ms", bare="node/bare", per=1e3),
    *(within("rust", workload, "reqwest") for workload in ("W1", "W2", "W3", "W4", "W5")),
    Target(
        "roster:stream",
        "W7",
        "100,000 rows checked and compared",
        "wall_us",
        500,
        unit=" ms",
        per=1e3,
    ),
    Target("roster:stream", "W7", "memory growth", "growth_kb", 60, unit=" MB", per=1024),
    Target(
        "cli:--version",
        "W8",
        "start to first byte of --version",
        "first_byte_us",
        15,
        unit=" ms",
        per=1e3,
    ),
]

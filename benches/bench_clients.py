"""The measured clients, and how to start each."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bench"
ADAPTERS = ROOT / "benches" / "adapters"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"

KEY = "vit_apk_bench"
# Never called: the clients are only created.
URL = "http://127.0.0.1"

# How many units are measured per workload, and how many characters a client must read per unit.
UNITS = {"W1": 1000, "W2": 200, "W3": 1280, "W4": 1, "W5": 3}
READ = {"W1": 25, "W2": 2_500, "W3": 25, "W4": 2_500_000, "W5": 27}


@dataclass(frozen=True)
class BenchClient:
    language: str
    name: str
    command: tuple[str, ...]
    # Fast clients run more units, so that the measured section takes long enough.
    repeats: int = 4
    cwd: Path = ROOT
    workloads: tuple[str, ...] = ("W1", "W2", "W3", "W4", "W5")
    # The packages whose versions the report lists.
    packages: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        return f"{self.language}/{self.name}"

    @property
    def is_ours(self) -> bool:
        return self.name == "ours"

    def units(self, workload: str) -> int:
        kind = workload[:2]
        return UNITS[kind] * (self.repeats if kind in ("W1", "W2", "W3") else 1)


def venv(name: str) -> Path:
    return ROOT / ".cache" / f"venv-{name}"


def python(style: str, name: str, environment: str, packages: str, repeats: int = 4) -> BenchClient:
    command = (str(venv(environment) / "bin" / "python"), str(ADAPTERS / "python/workloads.py"))
    return BenchClient(
        f"python-{style}",
        name,
        (*command, style, name),
        repeats,
        ROOT,
        packages=tuple(packages.split()),
    )


def node(name: str, packages: str = "") -> BenchClient:
    command = (shutil.which("node") or "node", str(ADAPTERS / "node/workloads.cjs"), name)
    return BenchClient("node", name, command, 4, CACHE / "node", packages=tuple(packages.split()))


def rust(name: str, packages: str = "") -> BenchClient:
    return BenchClient(
        "rust", name, (str(TARGET / "bench-rust"), name), 10, packages=tuple(packages.split())
    )


def has_swift() -> bool:
    return shutil.which("swift") is not None


def kotlin(name: str) -> BenchClient:
    folder = CACHE / "kotlin/target"
    command = ("java", f"-Djna.library.path={TARGET}", "-cp", f"{folder}/classes:{folder}/lib/*")
    return BenchClient("kotlin", name, (*command, "WorkloadsKt", name), 4)


def swift(name: str) -> BenchClient:
    work = ROOT / ".cache/swift/work"
    inside = () if has_swift() else ("scripts/swift-run", ".cache/swift", str(work))
    program = "benches/adapters/swift-bench/.build/release/BenchSwift"
    return BenchClient("swift", name, (*inside, program, name), 2, ROOT if inside else work)


BENCH_CLIENTS = [
    python("sync", "ours", "bench-ours", "vitable-groups"),
    python(
        "sync",
        "official-0.9.0",
        "bench-official-0.9.0",
        "vitable-connect httpx pydantic",
        repeats=1,
    ),
    python(
        "sync",
        "official-6.2.0",
        "vitable-connect-6.2.0",
        "vitable-connect httpx pydantic",
        repeats=1,
    ),
    python("sync", "httpx", "bench-peers", "httpx", repeats=1),
    python("sync", "pyreqwest-orjson", "bench-peers", "pyreqwest orjson"),
    python("sync", "ry", "bench-peers", "ry"),
    python("sync", "primp", "bench-peers", "primp"),
    python("sync", "primp-orjson", "bench-peers", "primp orjson"),
    python("sync", "pycurl-orjson", "bench-peers", "pycurl orjson"),
    python("sync", "http.client", "bench-peers", "", repeats=1),
    python("sync", "urllib", "bench-peers", "", repeats=1),
    python("async", "ours", "bench-ours", "vitable-groups"),
    python("async", "official-0.9.0", "bench-official-0.9.0", "vitable-connect httpx", repeats=1),
    python(
        "async",
        "official-0.9.0-aiohttp",
        "bench-official-0.9.0",
        "vitable-connect aiohttp",
        repeats=1,
    ),
    python("async", "official-6.2.0", "vitable-connect-6.2.0", "vitable-connect httpx", repeats=1),
    python("async", "httpx", "bench-peers", "httpx", repeats=1),
    python("async", "aiohttp-orjson-uvloop", "bench-peers", "aiohttp orjson uvloop"),
    python("async", "pyreqwest-orjson", "bench-peers", "pyreqwest orjson"),
    python("async", "ry", "bench-peers", "ry"),
    node("ours", "vitable-groups"),
    node("axios", "axios"),
    node("fetch"),
    node("undici", "undici"),
    node("node:http"),
    rust("ours"),
    # Our client over its pooled connections, as it is used behind a proxy.
    rust("ours-pooled"),
    rust("reqwest", "reqwest serde_json"),
    rust("hyper", "hyper hyper-util serde_json"),
    kotlin("ours"),
    kotlin("java.net.http"),
    kotlin("okhttp"),
    swift("ours"),
    swift("URLSession"),
]

# With 20 ms of latency, the time spent waiting is measured: for the official clients, one plain
# client per language, and ours with prefetched pages.
WITH_LATENCY = {
    "W4L": [
        "python-sync/official-0.9.0",
        "python-async/official-0.9.0",
        "node/axios",
        "rust/reqwest",
    ],
    "W4L8": ["python-sync/ours", "python-async/ours", "node/ours", "rust/ours"],
    "W4L16": ["python-sync/ours", "python-async/ours", "node/ours", "rust/ours"],
}
PREFETCH = {"W4L": "W4-0", "W4L8": "W4-8", "W4L16": "W4-16"}

# What a program runs before its first call.
STARTS = {
    "python-sync/bare": ("bench-ours", "pass"),
    "python-sync/ours": (
        "bench-ours",
        f"import vitable_groups as v; v.VitableConnect(api_key='{KEY}', base_url='{URL}')",
    ),
    "python-sync/official-0.9.0": (
        "vitable-connect-0.9.0",
        f"import vitable_connect as v; v.VitableConnect(api_key='{KEY}', base_url='{URL}')",
    ),
    "python-sync/official-6.2.0": (
        "vitable-connect-6.2.0",
        f"import vitable_connect as v; v.VitableConnect(api_key='{KEY}', base_url='{URL}')",
    ),
    "python-sync/httpx": ("bench-peers", "import httpx; httpx.Client()"),
    "python-sync/pyreqwest-orjson": (
        "bench-peers",
        "import orjson; from pyreqwest.client import SyncClientBuilder as b; b().build()",
    ),
    "python-sync/ry": ("bench-peers", "import ry; ry.BlockingClient()"),
    "python-sync/primp": ("bench-peers", "import primp; primp.Client()"),
    "python-sync/pycurl-orjson": ("bench-peers", "import orjson, pycurl; pycurl.Curl()"),
    "python-async/bare": ("bench-ours", "pass"),
    "python-async/ours": (
        "bench-ours",
        f"import vitable_groups as v; v.AsyncVitableConnect(api_key='{KEY}', base_url='{URL}')",
    ),
    "python-async/official-0.9.0": (
        "vitable-connect-0.9.0",
        f"import vitable_connect as v; v.AsyncVitableConnect(api_key='{KEY}', base_url='{URL}')",
    ),
    "node/bare": ("", ""),
    "node/ours": (
        "",
        f"const V = require('vitable-groups'); new V({{ apiKey: '{KEY}', baseURL: '{URL}' }})",
    ),
    "node/axios": ("", "require('axios').create()"),
    "node/undici": ("", "const { Agent } = require('undici'); new Agent()"),
}

"""Who takes part, and how each is started."""

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
# Never asked: a client is made and no more.
URL = "http://127.0.0.1"

# What one unit is, how many are measured, and what must have been read per unit.
UNITS = {"W1": 1000, "W2": 200, "W3": 1280, "W4": 1, "W5": 3}
READ = {"W1": 25, "W2": 2_500, "W3": 25, "W4": 2_500_000, "W5": 27}


@dataclass(frozen=True)
class Contestant:
    language: str
    name: str
    command: tuple[str, ...]
    # Quick ones repeat more, so that what is measured takes long enough.
    pace: int = 4
    cwd: Path = ROOT
    workloads: tuple[str, ...] = ("W1", "W2", "W3", "W4", "W5")
    # The packages whose versions are published.
    packages: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        return f"{self.language}/{self.name}"

    @property
    def is_ours(self) -> bool:
        return self.name == "ours"

    def units(self, workload: str) -> int:
        kind = workload[:2]
        return UNITS[kind] * (self.pace if kind in ("W1", "W2", "W3") else 1)


def venv(name: str) -> Path:
    return ROOT / ".cache" / f"venv-{name}"


def python(style: str, name: str, environment: str, packages: str, pace: int = 4) -> Contestant:
    command = (str(venv(environment) / "bin" / "python"), str(ADAPTERS / "python/play.py"))
    return Contestant(
        f"python-{style}",
        name,
        (*command, style, name),
        pace,
        ROOT,
        packages=tuple(packages.split()),
    )


def node(name: str, packages: str = "") -> Contestant:
    command = (shutil.which("node") or "node", str(ADAPTERS / "node/play.cjs"), name)
    return Contestant("node", name, command, 4, CACHE / "node", packages=tuple(packages.split()))


def rust(name: str, packages: str = "") -> Contestant:
    return Contestant(
        "rust", name, (str(TARGET / "bench-rust"), name), 10, packages=tuple(packages.split())
    )


def has_swift() -> bool:
    return shutil.which("swift") is not None


def kotlin(name: str) -> Contestant:
    folder = CACHE / "kotlin/target"
    command = ("java", f"-Djna.library.path={TARGET}", "-cp", f"{folder}/classes:{folder}/lib/*")
    return Contestant("kotlin", name, (*command, "PlayKt", name), 4)


def swift(name: str) -> Contestant:
    work = ROOT / ".cache/swift/work"
    inside = () if has_swift() else ("scripts/swift-run", ".cache/swift", str(work))
    program = "benches/adapters/swift-play/.build/release/BenchSwift"
    return Contestant("swift", name, (*inside, program, name), 2, ROOT if inside else work)


CONTESTANTS = [
    python("sync", "ours", "bench-ours", "vitable-groups"),
    python(
        "sync", "official-0.9.0", "bench-official-0.9.0", "vitable-connect httpx pydantic", pace=1
    ),
    python(
        "sync", "official-6.2.0", "vitable-connect-6.2.0", "vitable-connect httpx pydantic", pace=1
    ),
    python("sync", "httpx", "bench-peers", "httpx", pace=1),
    python("sync", "pyreqwest-orjson", "bench-peers", "pyreqwest orjson"),
    python("sync", "ry", "bench-peers", "ry"),
    python("sync", "primp", "bench-peers", "primp"),
    python("sync", "primp-orjson", "bench-peers", "primp orjson"),
    python("sync", "pycurl-orjson", "bench-peers", "pycurl orjson"),
    python("sync", "http.client", "bench-peers", "", pace=1),
    python("sync", "urllib", "bench-peers", "", pace=1),
    python("async", "ours", "bench-ours", "vitable-groups"),
    python("async", "official-0.9.0", "bench-official-0.9.0", "vitable-connect httpx", pace=1),
    python(
        "async", "official-0.9.0-aiohttp", "bench-official-0.9.0", "vitable-connect aiohttp", pace=1
    ),
    python("async", "official-6.2.0", "vitable-connect-6.2.0", "vitable-connect httpx", pace=1),
    python("async", "httpx", "bench-peers", "httpx", pace=1),
    python("async", "aiohttp-orjson-uvloop", "bench-peers", "aiohttp orjson uvloop"),
    python("async", "pyreqwest-orjson", "bench-peers", "pyreqwest orjson"),
    python("async", "ry", "bench-peers", "ry"),
    node("ours", "vitable-groups"),
    node("axios", "axios"),
    node("fetch"),
    node("undici", "undici"),
    node("node:http"),
    rust("ours"),
    # Ours too, over the pooled client, as behind a proxy.
    rust("ours-pooled"),
    rust("reqwest", "reqwest serde_json"),
    rust("hyper", "hyper hyper-util serde_json"),
    kotlin("ours"),
    kotlin("java.net.http"),
    kotlin("okhttp"),
    swift("ours"),
    swift("URLSession"),
]

# Waiting for the server is what is measured with 20 ms of latency: the official clients, one plain
# client per language, and ours with pages fetched ahead.
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
AHEAD = {"W4L": "W4-0", "W4L8": "W4-8", "W4L16": "W4-16"}

# What a program does before its first call.
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

#!/usr/bin/env python3
"""scripts/sizes.py [--quick | --build]: prints the size and the limit of each artifact in dist/.

Exits with 1 if a limit is exceeded or if README.md states another size. `--quick` checks what the
test suites built instead, which is not optimized across crates: its limits detect accidental growth
long before a release. `--build` checks what `make test` leaves below target/ and .cache/.
"""

from __future__ import annotations

import os
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from python_tools import CACHE, ROOT, target_dir

MB = 1_000_000
# How far sizes in README.md may differ before they must be updated.
DRIFT = 0.1
# Of target/ and .cache/ together, after `make test` in a new clone.
BUILD_LIMIT = 8_000 * MB


def file_size(path: Path) -> int:
    return path.stat().st_size


def unzipped(path: Path) -> int:
    """The installed size of a wheel."""
    with zipfile.ZipFile(path) as packed:
        return sum(entry.file_size for entry in packed.infolist())


def command(path: Path) -> int:
    """The size of the CLI in its archive."""
    with tarfile.open(path) as packed:
        return next(m.size for m in packed if m.name.endswith("/vitable-groups"))


def library(path: Path) -> int:
    """The size of the largest native library in a jar, which has one per platform."""
    with zipfile.ZipFile(path) as packed:
        names = (".so", ".dylib", ".dll")
        return max(e.file_size for e in packed.infolist() if e.filename.endswith(names))


# Name, path pattern, measuring function, and the limit in MB.
Row = tuple[str, str, Callable[[Path], int], float]
RELEASE: list[Row] = [
    ("Python wheel", "dist/vitable_groups-*-abi3-*.whl", file_size, 5),
    ("Python package, installed", "dist/vitable_groups-*-abi3-*.whl", unzipped, 8),
    ("npm package", "dist/vitable-groups-[0-9]*.tgz", file_size, 0.2),
    ("npm platform package", "dist/vitable-groups-*-*-*.tgz", file_size, 5),
    ("command, stripped", "dist/vitable-groups-cli-*-linux-gnu.tar.gz", command, 12),
    ("command, archive", "dist/vitable-groups-cli-*-linux-gnu.tar.gz", file_size, 6),
    ("Debian package", "dist/*.deb", file_size, 6),
    ("native library in the jar", "dist/vitable-groups-[0-9]*.jar", library, 8),
]
QUICK: list[Row] = [
    ("Python wheel", ".cache/python-wheels/*.whl", file_size, 8),
    ("npm package", ".cache/node/packs/vitable-groups-[0-9]*.tgz", file_size, 0.2),
    ("npm platform package", ".cache/node/packs/vitable-groups-*-*-*.tgz", file_size, 8),
]


def measure(rows: list[Row]) -> list[tuple[str, int, float]]:
    """The largest artifact of each kind."""
    found = []
    for what, pattern, size, limit in rows:
        paths = [
            p for p in ROOT.glob(pattern) if not p.name.endswith(("-sources.jar", "-javadoc.jar"))
        ]
        if paths:
            found.append((what, max(map(size, paths)), limit))
    return found


def line(what: str, size: int, limit: float) -> str:
    return f"| {what} | {size / MB:.2f} MB | {limit:g} MB |"


def stale(rows: list[tuple[str, int, float]]) -> list[str]:
    """Rows for which README.md states another size."""
    documented = {}
    for text in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        if len(cells) == 3 and cells[1].endswith(" MB"):
            documented[cells[0]] = float(cells[1].removesuffix(" MB")) * MB
    return [
        f"README.md states another size of the {what}; the row is now:\n{line(what, size, limit)}"
        for what, size, limit in rows
        if what in documented and abs(documented[what] - size) > max(DRIFT * size, 0.01 * MB)
    ]


def build(folders: list[Path], limit: int) -> int:
    """Prints what the folders take on the disk, by part; a file with several names counts once."""
    sizes: Counter[str] = Counter()
    seen = set()
    for folder in folders:
        for parent, _, names in os.walk(folder):
            part = "/".join(Path(parent).relative_to(folder.parent).parts[:3])
            for name in names:
                status = os.lstat(Path(parent, name))
                if status.st_ino not in seen:
                    seen.add(status.st_ino)
                    sizes[part] += status.st_blocks * 512
    for name, size in sizes.most_common(25):
        print(f"{size / MB:8.0f} MB  {name}")
    total = sizes.total()
    print(f"{total / MB:8.0f} MB  together, of at most {limit / MB:.0f} MB")
    return 1 if total > limit else 0


def main() -> int:
    mode = sys.argv[1:]
    if mode == ["--build"]:
        return build([target_dir(), CACHE], BUILD_LIMIT)
    quick = mode == ["--quick"]
    if mode and not quick:
        print(__doc__)
        return 2
    rows = measure(QUICK if quick else RELEASE)
    if not rows and not quick:
        print("sizes: dist/ has nothing to measure; run `make dist`")
        return 1
    print("| Artifact | Size | Limit |\n| --- | --- | --- |")
    for row in rows:
        print(line(*row))
    problems = [
        f"sizes: {what} is {size / MB:.2f} MB, more than {limit:g} MB"
        for what, size, limit in rows
        if size > limit * MB
    ]
    # README.md states the sizes of one platform.
    if not quick and len(list(ROOT.glob("dist/*-abi3-*.whl"))) == 1:
        problems += stale(rows)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""scripts/mirror.py FROM TO KEEP...: mirrors folder FROM to folder TO, except names in KEEP.

Unchanged files keep their timestamps, so that compilers rebuild only what changed.
"""

import filecmp
import shutil
import sys
from pathlib import Path


def files(folder: Path, keep: set[str]) -> set[Path]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path for path in found if not keep.intersection(path.parts)}


def main() -> None:
    source, copy, keep = Path(sys.argv[1]), Path(sys.argv[2]), set(sys.argv[3:])
    wanted = files(source, keep)
    for path in files(copy, keep) - wanted if copy.exists() else ():
        (copy / path).unlink()
    for path in wanted:
        target = copy / path
        if not target.exists() or not filecmp.cmp(source / path, target, shallow=False):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / path, target)


if __name__ == "__main__":
    main()

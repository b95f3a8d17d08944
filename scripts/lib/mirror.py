"""mirror.py FROM TO KEEP...: makes folder TO hold what FROM holds, but for names in KEEP.

Files with the same content keep their age, so that compilers see what changed.
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
            shutil.copyfile(source / path, target)


main()

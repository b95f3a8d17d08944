"""Syncs thousands of groups, a roster file each, in the processes of a Dask cluster.

python fleet.py rosters held [--first-sync tier-1 tier-2 ...]

`rosters` holds a CSV file per group, named after the group's reference ID. `held` is kept between
runs: it holds a file per group with the roster that the group held after its last sync. A group
without one is not synced, unless this run creates it or `--first-sync` names it as never synced.

A submission is recorded in a `.sending` file before it is sent. If its outcome is unknown, the
group is not synced again until an operator has checked it. If the API never accepted it, delete
`.sending`. If it completed, write the result of `Roster.after` for `.sending`, the results and the
previous `.json` to `.json`, then delete `.sending`.

The client is sent to the workers without its API key; each worker reads VITABLE_CONNECT_API_KEY.
"""

# pyright: basic
from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from dask.distributed import Client, LocalCluster, as_completed
from vitable_groups import Roster, VitableConnect, VitableConnectError


def sync(client: VitableConnect, path: str, held: str, first_sync: bool) -> tuple[bool, str]:
    """Syncs the group that a file is named after; returns whether it succeeded, and a line."""
    reference = Path(path).stem
    last, sending = Path(held, f"{reference}.json"), Path(held, f"{reference}.sending")
    try:
        roster = Roster.read(path)
        previous = Roster.from_json(str(last)) if last.exists() else None
        group = client.groups.get_or_create(external_reference_id=reference, name=reference)
        try:
            write(roster, sending)
        except FileExistsError:
            return False, f"{reference}: not sent: the outcome of an earlier sync is unknown"
        try:
            applied = client.groups.members.sync.apply(
                group.id, roster=roster, previous=previous, first_sync=first_sync
            )
        except VitableConnectError as error:
            if not error.outcome_unknown and error.sync_handle is None:
                sending.unlink()  # the API accepted nothing
            raise
        if applied.group_after is None:
            return False, f"{reference}: the results are missing; see {sending}"
        fresh = Path(held, f"{reference}.new")
        fresh.unlink(missing_ok=True)  # left by a run that was killed
        write(applied.group_after, fresh)
        os.replace(fresh, last)
        sending.unlink()
    except (VitableConnectError, OSError) as error:
        return False, f"{reference}: {error}"
    outcome = applied.outcome
    line = f"{reference}: {outcome.status}, {outcome.added} added, {outcome.removed} removed"
    return outcome.is_ok, line


def write(roster: Roster, path: Path) -> None:
    """Writes a roster to a new file that only its owner can read: it holds health data."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "w", encoding="utf-8") as out:
        out.write(roster.to_json())
        out.flush()
        os.fsync(file)


def main(rosters: str, held: str, first: list[str]) -> int:
    client = VitableConnect()
    Path(held).mkdir(mode=0o700, exist_ok=True)
    paths = sorted(Path(rosters).glob("*.csv"))
    options: Any = {"n_workers": 2, "threads_per_worker": 4, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as dask:
        jobs = [dask.submit(sync, client, str(path), held, path.stem in first) for path in paths]
        failed = 0
        for job in as_completed(jobs):
            is_ok, line = job.result()
            failed += not is_ok
            print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Syncs a folder of rosters, one per group.")
    parser.add_argument("rosters")
    parser.add_argument("held")
    parser.add_argument("--first-sync", nargs="*", default=[], metavar="GROUP")
    arguments = parser.parse_args()
    sys.exit(main(arguments.rosters, arguments.held, arguments.first_sync))

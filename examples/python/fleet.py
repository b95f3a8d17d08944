"""A roster per group, for thousands of groups, on the processes of a Dask cluster.

python fleet.py rosters sent [--first-sync tier-1 tier-2 ...]

`rosters` holds a CSV file per group, named after the group's reference. `sent` is kept between
runs: it holds the roster that each group was sent last, which says who is in the group. A group
without one is not synced, unless this run creates it, or `--first-sync` names it because it was
never synced.

A submission is written down before it is sent. Where the end of one was not seen, its group is not
synced again until a person has looked: once the sync is completed, rename `.sending` to `.json`; if
it never arrived, delete it.

The client travels to the workers without its key; each reads VITABLE_CONNECT_API_KEY itself.
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


def sync(client: VitableConnect, path: str, sent: str, first_sync: bool) -> tuple[bool, str]:
    """One group: the file's name is the group's reference. Whether all went well, and a line."""
    reference = Path(path).stem
    last, sending = Path(sent, f"{reference}.json"), Path(sent, f"{reference}.sending")
    try:
        roster = Roster.read(path)
        previous = Roster.from_json(str(last)) if last.exists() else None
        group = client.groups.get_or_create(external_reference_id=reference, name=reference)
        try:
            remember(roster, sending)
        except FileExistsError:
            return False, f"{reference}: not sent: the end of an earlier sync was not seen"
        try:
            applied = client.groups.members.sync.apply(
                group.id, roster=roster, previous=previous, first_sync=first_sync
            )
        except VitableConnectError as error:
            if not error.outcome_unknown and error.sync_handle is None:
                sending.unlink()  # nothing was accepted
            raise
    except (VitableConnectError, OSError) as error:
        return False, f"{reference}: {error}"
    os.replace(sending, last)
    outcome = applied.outcome
    line = f"{reference}: {outcome.status}, {outcome.added} added, {outcome.removed} removed"
    return outcome.is_ok, line


def remember(roster: Roster, path: Path) -> None:
    """Writes a roster to a new file that only its owner can read: it is health data."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "w", encoding="utf-8") as out:
        out.write(roster.to_json())
        out.flush()
        os.fsync(file)


def main(rosters: str, sent: str, first: list[str]) -> int:
    client = VitableConnect()
    Path(sent).mkdir(mode=0o700, exist_ok=True)
    paths = sorted(Path(rosters).glob("*.csv"))
    options: Any = {"n_workers": 2, "threads_per_worker": 4, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as dask:
        jobs = [dask.submit(sync, client, str(path), sent, path.stem in first) for path in paths]
        failed = 0
        for job in as_completed(jobs):
            is_ok, line = job.result()
            failed += not is_ok
            print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Syncs a folder of rosters, a group each.")
    parser.add_argument("rosters")
    parser.add_argument("sent")
    parser.add_argument("--first-sync", nargs="*", default=[], metavar="GROUP")
    arguments = parser.parse_args()
    sys.exit(main(arguments.rosters, arguments.sent, arguments.first_sync))

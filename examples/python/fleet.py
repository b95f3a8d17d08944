"""A roster per group, for thousands of groups, on the processes of a Dask cluster.

The client travels to the workers without its key; each reads VITABLE_CONNECT_API_KEY itself.
"""

# pyright: basic
from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from dask.distributed import Client, LocalCluster, as_completed
from vitable_groups import Roster, VitableConnect, VitableConnectError


def sync(client: VitableConnect, path: str) -> str:
    """One group: the file's name is the group's reference."""
    reference = Path(path).stem
    group = client.groups.get_or_create(external_reference_id=reference, name=reference)
    try:
        done = client.groups.members.sync.apply(group.id, roster=Roster.read(path))
    except VitableConnectError as error:
        return f"{reference}: {error}"
    return f"{reference}: {done.outcome.added} added, {done.outcome.failed} failed"


def main(folder: str) -> None:
    client = VitableConnect()
    paths = sorted(str(path) for path in Path(folder).glob("*.csv"))
    options: Any = {"n_workers": 2, "threads_per_worker": 4, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as dask:
        jobs = [dask.submit(sync, client, path) for path in paths]
        for job in as_completed(jobs):
            print(job.result())


if __name__ == "__main__":
    main(sys.argv[1])

"""The daily job: sync a group to a roster file and report an outcome for every row.

python daily_job.py roster.csv --first-sync --keep held-1.json
python daily_job.py roster.csv --previous held-1.json --keep held-2.json

The roster that the group holds after the sync is written to a new file: it is the previous roster
of the next run. If rows failed, it differs from the roster that was sent. For a group that this run
creates, neither --previous nor --first-sync is needed. Exits with 0 only if everything was applied
as planned.
"""

from __future__ import annotations

import argparse
import os
import sys

from vitable_groups import InvalidRosterError, Roster, RosterGuardError, VitableConnect


def main(path: str, previous_path: str | None, first_sync: bool, keep: str) -> int:
    if os.path.exists(keep) or not os.path.isdir(os.path.dirname(keep) or "."):
        print("nothing was sent: --keep must name a new file in an existing folder")
        return 1
    roster = Roster.read(path)
    previous = Roster.read(previous_path) if previous_path else None
    if previous is not None:
        diff = roster.diff(previous)
        print(f"{len(diff.adds)} to add, {len(diff.removals)} to remove")
        for warning in diff.warnings:
            print(f"warning: {warning}")

    with VitableConnect() as client:
        group = client.groups.get_or_create(external_reference_id="tier-1", name="Tier 1")
        try:
            # Without max_removals=, at most 10% of the members or 3 people may be missing.
            applied = client.groups.members.sync.apply(
                group.id, roster=roster, previous=previous, first_sync=first_sync
            )
        except InvalidRosterError as error:
            for finding in error.details["findings"]:
                print(f"row {finding['row']}: {finding['message']}. {finding['fix']}")
            return 1
        except RosterGuardError as error:
            print(error)
            return 1

    if applied.group_after is not None:
        write(applied.group_after, keep)
    outcome = applied.outcome
    print(f"{outcome.added} added, {outcome.removed} removed, {outcome.failed} failed")
    for failure in outcome.failures + outcome.other_failures:
        print(f"row {failure.row} ({failure.reference_id}): {failure.reason}. {failure.fix}")
    if not outcome.is_ok:
        print(f"outcome: {outcome.status}", *outcome.notes, sep="\n")
    return 0 if outcome.is_ok else 1


def write(roster: Roster, path: str) -> None:
    """Writes a roster to a new file that only its owner can read: it holds health data."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "w", encoding="utf-8") as out:
        out.write(roster.to_json())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Syncs a group to a roster file.")
    parser.add_argument("roster")
    parser.add_argument("--previous", help="the file that the last run kept")
    parser.add_argument("--first-sync", action="store_true", help="the group was never synced")
    parser.add_argument(
        "--keep", required=True, help="a new file for the roster that the group holds"
    )
    arguments = parser.parse_args()
    sys.exit(main(arguments.roster, arguments.previous, arguments.first_sync, arguments.keep))

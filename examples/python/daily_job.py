"""The daily job: sync a group to a roster file, and report what happened to every row.

python daily_job.py roster.csv --previous last-roster.csv
python daily_job.py roster.csv --first-sync

The previous roster is the one that was sent last, exactly as it was sent: it says who is in the
group. For a group that this run creates, neither is needed. Ends with 0 only if everything was
applied as planned.
"""

from __future__ import annotations

import argparse
import sys

from vitable_groups import InvalidRosterError, Roster, RosterGuardError, VitableConnect


def main(path: str, previous_path: str | None, first_sync: bool) -> int:
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
            # Unless max_removals= is given, at most 10% of the members or 3 people may be missing.
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

    outcome = applied.outcome
    print(f"{outcome.added} added, {outcome.removed} removed, {outcome.failed} failed")
    for failure in outcome.failures + outcome.other_failures:
        print(f"row {failure.row} ({failure.reference_id}): {failure.reason}. {failure.next}")
    if not outcome.is_ok:
        print(f"outcome: {outcome.status}", *outcome.notes, sep="\n")
    return 0 if outcome.is_ok else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Syncs a group to a roster file.")
    parser.add_argument("roster")
    parser.add_argument("--previous", help="the roster that was sent last")
    parser.add_argument("--first-sync", action="store_true", help="the group was never synced")
    arguments = parser.parse_args()
    sys.exit(main(arguments.roster, arguments.previous, arguments.first_sync))

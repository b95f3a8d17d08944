"""The daily job: make a group look like a roster file, and say what happened to every row.

python daily_job.py roster.csv [last-roster.csv]
"""

from __future__ import annotations

import sys

from vitable_groups import InvalidRosterError, Roster, RosterGuardError, VitableConnect


def main(path: str, last_path: str | None = None) -> int:
    roster = Roster.read(path)
    last = Roster.read(last_path) if last_path else None
    if last is not None:
        diff = roster.diff(last)
        print(f"{len(diff.adds)} to add, {len(diff.removals)} to remove")
        for warning in diff.warnings:
            print(f"warning: {warning}")

    with VitableConnect() as client:
        group = client.groups.get_or_create(external_reference_id="tier-1", name="Tier 1")
        try:
            done = client.groups.members.sync.apply(
                group.id, roster=roster, previous=last, max_removals="5%" if last else None
            )
        except InvalidRosterError as error:
            for finding in error.details["findings"]:
                print(f"row {finding['row']}: {finding['message']}. {finding['fix']}")
            return 1
        except RosterGuardError as error:
            print(f"not sent: {error}")
            return 1

    outcome = done.outcome
    print(f"{outcome.added} added, {outcome.removed} removed, {outcome.failed} failed")
    for failure in outcome.failures:
        print(f"row {failure.row} ({failure.reference_id}): {failure.reason}. {failure.next}")
    return 0 if outcome.is_ok else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

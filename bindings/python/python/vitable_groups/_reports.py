"""Reports of checks, comparisons and syncs of rosters."""

from __future__ import annotations

from typing import Any, Literal

from ._models import BaseModel


class Finding(BaseModel):
    """A finding of a check: a row that breaks a rule."""

    row: int | None = None
    line: int | None = None
    reference_id: str | None = None
    path: str
    field: str | None = None
    rule: str
    severity: str
    value: str | None = None
    """The value, masked."""
    message: str
    fix: str


class CheckReport(BaseModel):
    """The report of a check."""

    rows: int
    errors: int
    warnings: int
    by_rule: dict[str, int]
    findings: list[Finding]
    left_out: int
    """Findings beyond ``max_findings``, which are counted but not listed."""

    @property
    def is_ok(self) -> bool:
        """Whether the roster may be sent."""
        return self.errors == 0


class DiffEntry(BaseModel):
    """A row that is added or removed."""

    reference_id: str
    row: int
    line: int | None = None


class DiffUpdate(DiffEntry):
    """A row whose fields differ."""

    fields: list[str]


class PlanChange(DiffEntry):
    """A row with a different benefit plan; the API ignores the change."""

    previous_plan_id: str
    plan_id: str


class Rekeyed(DiffEntry):
    """A person with a new reference ID: removed under the old one and added under the new one."""

    previous_reference_id: str
    """The reference ID in the previous roster."""


class RosterDiff(BaseModel):
    """The changes that a roster makes to a group that holds the previous one."""

    previous_rows: int
    previous_members: int
    """Distinct reference IDs in the previous roster."""
    current_rows: int
    adds: list[DiffEntry]
    removals: list[DiffEntry]
    """Members who lose their subscription, including those in ``rekeyed``."""
    updates: list[DiffUpdate]
    plan_changes: list[PlanChange]
    rekeyed: list[Rekeyed]
    """People removed and added under another reference ID, with the same name and date of birth."""
    unchanged: int
    repeated_references: int
    """Rows that repeat a reference ID within their roster; only the first is compared."""
    removal_share: float
    """Removals as a percentage of the previous members."""
    warnings: list[str]


class ReadReport(BaseModel):
    """What was detected while reading a file."""

    format: str
    encoding: str
    delimiter: str | None = None
    columns: list[dict[str, Any]]
    unmatched: list[str]
    rows: int
    notes: list[str]


class NormalizeReport(BaseModel):
    """The values that were normalized; values are masked."""

    total: int
    changes: list[dict[str, Any]]
    findings: list[Finding]


class RowFailure(BaseModel):
    """A row that failed."""

    row: int | None = None
    line: int | None = None
    reference_id: str
    operation: str
    reason: str
    """Human-readable; do not branch on it."""
    plan_id: str | None = None
    fix: str
    """How to fix it."""


class ExpectedChanges(BaseModel):
    """The changes to expect, given the baseline.

    ``adds_at_most`` and ``removals_at_least`` differ from ``adds`` and ``removals`` only if the
    group may have held one of several rosters.
    """

    adds: int
    """New members, including failed ones; the minimum."""
    adds_at_most: int
    removals: int
    """Removed members, including failed ones; the maximum."""
    removals_at_least: int
    updates: int
    plan_changes: int
    unchanged: int


OutcomeStatus = Literal["succeeded", "rows_failed", "not_as_planned", "unknown"]


class Outcome(BaseModel):
    """The results of a sync, joined to the rows that were sent. Unknown counts are ``None``."""

    status: OutcomeStatus
    """``succeeded``: all rows were applied, with the changes to expect from the baseline.

    ``rows_failed``: some rows failed, the others were applied. ``not_as_planned``: the group did
    not hold the baseline. ``unknown``: the results are missing, or are those of a repeated
    submission. Anything but ``succeeded`` needs attention.
    """
    submitted: int
    """Rows sent."""
    added: int | None = None
    """Memberships that started."""
    removed: int | None = None
    """Memberships that ended."""
    failed: int | None = None
    """Submitted rows that failed."""
    kept: int | None = None
    """Submitted rows that were neither added nor failed: updated or unchanged."""
    failed_removals: int | None = None
    """Members missing from the roster whose removal failed."""
    repeated: bool
    """Whether the submission was retried; the results are those of the last request."""
    expected: ExpectedChanges | None = None
    """The changes to expect, if there is a baseline."""
    failures: list[RowFailure]
    """Failures of submitted rows, in row order."""
    other_failures: list[RowFailure]
    """Failures whose reference ID is not in the roster: failed removals."""
    notes: list[str]

    @property
    def is_ok(self) -> bool:
        """Whether ``status`` is ``succeeded``. False if the outcome is unknown."""
        return self.status == "succeeded"

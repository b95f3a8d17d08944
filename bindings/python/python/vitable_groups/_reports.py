"""What checks, comparisons and syncs of rosters report."""

from __future__ import annotations

from typing import Any, Literal

from ._models import BaseModel


class Finding(BaseModel):
    """What a rule found in a row."""

    row: int | None = None
    line: int | None = None
    reference_id: str | None = None
    path: str
    field: str | None = None
    rule: str
    severity: str
    value: str | None = None
    """Masked."""
    message: str
    fix: str


class CheckReport(BaseModel):
    """All findings of a check."""

    rows: int
    errors: int
    warnings: int
    by_rule: dict[str, int]
    findings: list[Finding]
    left_out: int
    """Findings beyond ``max_findings``, counted but not kept."""

    @property
    def is_ok(self) -> bool:
        """Whether the roster may be sent."""
        return self.errors == 0


class DiffEntry(BaseModel):
    """A row that is added or missing."""

    reference_id: str
    row: int
    line: int | None = None


class DiffUpdate(DiffEntry):
    """A row whose fields differ."""

    fields: list[str]


class PlanChange(DiffEntry):
    """A row with another plan, which the API ignores."""

    previous_plan_id: str
    plan_id: str


class Rekeyed(DiffEntry):
    """A person who has a new reference ID: removed under one and added under the other."""

    previous_reference_id: str
    """The reference ID in the previous roster."""


class Diff(BaseModel):
    """What sending a roster does to a group that holds the previous one."""

    previous_rows: int
    previous_members: int
    """Different reference IDs among the previous rows."""
    current_rows: int
    adds: list[DiffEntry]
    removals: list[DiffEntry]
    """Members who lose their subscription, those in ``rekeyed`` included."""
    updates: list[DiffUpdate]
    plan_changes: list[PlanChange]
    rekeyed: list[Rekeyed]
    """The same name and date of birth, removed and added under another reference ID."""
    unchanged: int
    repeated_references: int
    """Rows that repeat a reference ID of their roster; the first one was compared."""
    removal_share: float
    """Removals in percent of the previous members."""
    warnings: list[str]


class ReadReport(BaseModel):
    """What reading found out about a file."""

    format: str
    encoding: str
    delimiter: str | None = None
    columns: list[dict[str, Any]]
    unmatched: list[str]
    rows: int
    notes: list[str]


class NormalizeReport(BaseModel):
    """What normalizing changed; values are masked."""

    total: int
    changes: list[dict[str, Any]]
    findings: list[Finding]


class RowFailure(BaseModel):
    """A row that did not work."""

    row: int | None = None
    line: int | None = None
    reference_id: str
    operation: str
    reason: str
    """For people; never branch on it."""
    plan_id: str | None = None
    fix: str
    """What to do about it."""


class Expected(BaseModel):
    """The changes that the baseline led to expect.

    ``adds_at_most`` and ``removals_at_least`` differ from ``adds`` and ``removals`` only where one
    of several rosters may have been in force.
    """

    adds: int
    """New members, failed ones included; the fewest."""
    adds_at_most: int
    removals: int
    """Missing members, failed ones included; the most."""
    removals_at_least: int
    updates: int
    plan_changes: int
    unchanged: int


OutcomeStatus = Literal["succeeded", "rows_failed", "not_as_planned", "unknown"]


class Outcome(BaseModel):
    """The results of a sync, joined to the rows that were sent. ``None`` counts are not known."""

    status: OutcomeStatus
    """``succeeded``: everything was applied, and as planned where there was a plan.

    ``rows_failed``: some rows failed, the others were applied. ``not_as_planned``: the group did
    not hold the baseline. ``unknown``: the results are missing, or they are those of a repeated
    submission. Anything but ``succeeded`` needs attention.
    """
    submitted: int
    """Rows sent."""
    added: int | None = None
    """Memberships that began."""
    removed: int | None = None
    """Memberships that ended."""
    failed: int | None = None
    """Submitted rows that failed."""
    kept: int | None = None
    """Submitted rows that were neither added nor failed: updated or unchanged."""
    failed_removals: int | None = None
    """Members who are not in the roster and whose removal failed."""
    repeated: bool
    """The submission was sent more than once; the results are those of the last request."""
    expected: Expected | None = None
    """What the baseline led to expect, where there is one."""
    failures: list[RowFailure]
    """Failures of submitted rows, in the order of the rows."""
    other_failures: list[RowFailure]
    """Failures whose reference ID is not in the roster: removals."""
    notes: list[str]

    @property
    def is_ok(self) -> bool:
        """Whether ``status`` is ``succeeded``. False where the outcome is not known."""
        return self.status == "succeeded"

"""What checks, comparisons and syncs of rosters report."""

from __future__ import annotations

from typing import Any

from ._models import BaseModel
from .types.groups.members.sync_retrieve_response import Data


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


class Diff(BaseModel):
    """What sending a roster does to a group that holds the previous one."""

    previous_rows: int
    previous_members: int
    current_rows: int
    adds: list[DiffEntry]
    removals: list[DiffEntry]
    updates: list[DiffUpdate]
    plan_changes: list[PlanChange]
    unchanged: int
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
    next: str
    """What to do about it."""


class Expected(BaseModel):
    """What the previous roster made expect."""

    adds: int
    removals: int
    updates: int
    plan_changes: int
    unchanged: int


class Outcome(BaseModel):
    """The results of a sync, joined to the rows that were sent."""

    submitted: int
    added: int
    removed: int
    failed: int
    kept: int
    failed_removals: int
    expected: Expected | None = None
    failures: list[RowFailure]
    other_failures: list[RowFailure]
    notes: list[str]

    @property
    def is_ok(self) -> bool:
        """Whether everything worked."""
        return not self.failures and not self.other_failures


class Applied(BaseModel):
    """What making a group look like a roster brings back."""

    state: Data
    outcome: Outcome
    report: CheckReport

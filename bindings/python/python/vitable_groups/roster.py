"""Rosters: read a file, check every row, compare it with the previous roster, report the outcome.

roster = Roster.read("members.csv")
report = roster.check()
for finding in report.findings:
    print(finding.line, finding.field, finding.message, finding.fix)
print(roster.diff(Roster.read("last-month.csv")))

Reports hold no health data: values are masked.
"""

from __future__ import annotations

import datetime
import json
import os
from typing import TYPE_CHECKING, Any

from ._models import BaseModel
from ._native import Roster as _NativeRoster
from ._native import decode, encode
from ._reports import (
    CheckReport,
    DiffEntry,
    DiffUpdate,
    ExpectedChanges,
    Finding,
    NormalizeReport,
    Outcome,
    OutcomeStatus,
    PlanChange,
    ReadReport,
    Rekeyed,
    RosterDiff,
    RowFailure,
)
from .types.groups.members.sync_retrieve_response import Data, DataResults, SyncRetrieveResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import ClassVar

__all__ = [
    "ApplyResult",
    "CheckReport",
    "CorrectedRoster",
    "DiffEntry",
    "DiffUpdate",
    "ExpectedChanges",
    "Finding",
    "NormalizeReport",
    "Outcome",
    "OutcomeStatus",
    "PlanChange",
    "ReadReport",
    "Rekeyed",
    "Roster",
    "RosterDiff",
    "RowFailure",
]


class CorrectedRoster:
    """The full roster, with failed rows replaced."""

    __slots__ = ("replaced", "roster", "still_failing")

    def __init__(self, roster: Roster, replaced: int, still_failing: list[str]) -> None:
        self.roster = roster
        self.replaced = replaced
        self.still_failing = still_failing


class Roster:
    """The complete roster of one group. A sync replaces the group's members with it.

    ``rows`` are mappings, dataclasses or pydantic models, or a pandas or polars frame; ``read``
    reads files.
    """

    __slots__ = ("_native",)
    _native: _NativeRoster

    def __init__(self, rows: Iterable[Any] = (), **options: Any) -> None:
        self._native = _NativeRoster.from_rows(_rows_of(rows), json.dumps(options).encode())

    @classmethod
    def _of(cls, native: _NativeRoster) -> Roster:
        roster = cls.__new__(cls)
        roster._native = native
        return roster

    @classmethod
    def read(
        cls,
        source: str | os.PathLike[str] | bytes | Any,
        *,
        format: str | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
        columns: Mapping[str, str | None] | None = None,
        keep_unknown: bool = False,
        empty_cell: str | None = None,
        default_plan_id: str | None = None,
        multi_line_cells: bool = False,
    ) -> Roster:
        """Reads CSV, JSON or JSON Lines from a path, bytes, or an open file.

        ``columns`` maps column names to fields, or to ``None`` to ignore a column. Line breaks
        within cells are errors unless ``multi_line_cells`` is set: a stray quotation mark would
        merge several rows into one.
        """
        given = {
            "format": format,
            "encoding": encoding,
            "delimiter": delimiter,
            "columns": columns,
            "keep_unknown": keep_unknown,
            "empty_cell": empty_cell,
            "default_plan_id": default_plan_id,
            "multi_line_cells": multi_line_cells or None,
        }
        options = json.dumps({name: value for name, value in given.items() if value is not None})
        if isinstance(source, (str, os.PathLike)):
            return cls._of(_NativeRoster.read_path(os.fspath(source), options.encode()))
        text: Any = source if isinstance(source, bytes) else source.read()
        text = text.encode() if isinstance(text, str) else text
        return cls._of(_NativeRoster.read_bytes(text, options.encode()))

    @classmethod
    def from_csv(cls, source: Any, **options: Any) -> Roster:
        """Reads CSV with a header line."""
        return cls.read(source, format="csv", **options)

    @classmethod
    def from_json(cls, source: Any, **options: Any) -> Roster:
        """Reads a JSON array of members, or an object with ``members``."""
        return cls.read(source, format="json", **options)

    @property
    def members(self) -> list[dict[str, Any]]:
        """The members as dictionaries. Health data."""
        members: list[dict[str, Any]] = decode(self._native.members(), None)
        return members

    @property
    def report(self) -> ReadReport | None:
        """What was detected while reading the file, if there was one."""
        text = self._native.report()
        return None if text is None else decode(text, ReadReport)

    def check(
        self,
        *,
        plan_ids: Iterable[str] | None = None,
        today: datetime.date | None = None,
        max_rows: int | None = None,
        max_findings: int | None = None,
    ) -> CheckReport:
        """Checks every row against every rule of the API and reports all findings at once."""
        options = check_options(plan_ids, today, max_rows, max_findings)
        report = self._native.check(json.dumps(options).encode())
        checked: CheckReport = decode(report, CheckReport)
        return checked

    def diff(self, previous: Roster) -> RosterDiff:
        """The changes that this roster makes to a group that holds the previous one."""
        diff: RosterDiff = decode(self._native.diff(previous._native), RosterDiff)
        return diff

    def guard(
        self,
        previous: Roster | None = None,
        *,
        first_sync: bool = False,
        allow_empty: bool = False,
        max_removals: int | str | None = None,
        allow_new_reference_ids: bool = False,
    ) -> None:
        """Raises ``RosterGuardError`` if ``apply`` would block this roster; sends nothing.

        The arguments are those of ``apply``. Pass the ``previous`` roster, which the group holds
        now, or ``first_sync=True``; without either, every roster is blocked.
        """
        guard = guard_options(allow_empty, max_removals, allow_new_reference_ids)
        last = None if previous is None else previous._native
        self._native.guard(last, first_sync, json.dumps(guard).encode())

    def normalize(
        self,
        *,
        trim: bool = True,
        phone: bool = True,
        state: bool = True,
        zip: bool = False,
        dates: Iterable[str] = (),
        pivot_year: int | None = None,
    ) -> tuple[Roster, NormalizeReport]:
        """The roster with values in the form that the API accepts, and what was changed.

        ZIP codes and dates of birth are normalized on request only, as the right value depends
        on the file: ``zip`` restores leading zeros that a spreadsheet dropped, ``dates`` lists
        formats of dates of birth, such as ``"mm/dd/yyyy"``.
        """
        options = {
            "trim": trim,
            "phone": phone,
            "state": state,
            "zip": zip,
            "dates": list(dates),
            "pivot_year": pivot_year,
            "today": _today().isoformat(),
        }
        roster, report = self._native.normalize(json.dumps(options).encode())
        return self._of(roster), decode(report, NormalizeReport)

    def outcome(
        self,
        results: SyncRetrieveResponse | Data | DataResults | None,
        previous: Roster | None = None,
        *,
        first_sync: bool = False,
        repeated: bool = False,
    ) -> Outcome:
        """The results of a sync of this roster, joined to its rows.

        With the ``previous`` roster or ``first_sync=True``, the outcome is compared with the
        expected changes. ``results=None`` means that the server reported none, ``repeated=True``
        that the submission was sent more than once (``repeated`` of its raw response).
        """
        text, last = _results_of(results), None if previous is None else previous._native
        report = self._native.outcome(text, last, first_sync, repeated)
        outcome: Outcome = decode(report, Outcome)
        return outcome

    def after(
        self,
        results: SyncRetrieveResponse | Data | DataResults | None,
        previous: Roster | None = None,
        *,
        first_sync: bool = False,
        repeated: bool = False,
    ) -> Roster | None:
        """The roster that the group holds after a sync of this one: ``previous`` of the next sync.

        It lacks the rows that could not be added and includes the members who could not be
        removed; members who stayed keep their benefit plan. ``apply`` returns it as
        ``group_after``; use this method after a resumed wait. The arguments are those of
        ``outcome``, with the ``previous`` roster of that sync. ``None`` if the results are missing.
        """
        text, last = _results_of(results), None if previous is None else previous._native
        held = self._native.after(text, last, first_sync, repeated)
        return None if held is None else self._of(held)

    def corrected(
        self,
        results: SyncRetrieveResponse | Data | DataResults,
        replacements: Mapping[str, Any],
    ) -> CorrectedRoster:
        """The full roster with failed rows replaced, by reference ID."""
        text = _results_of(results)
        if text is None:
            raise ValueError("the sync has no results: it is not known which rows failed")
        pairs = encode([[reference, row] for reference, row in replacements.items()])
        roster, replaced, failing = self._native.corrected(text, pairs)
        return CorrectedRoster(self._of(roster), replaced, failing)

    def to_csv(self) -> str:
        """CSV, with the API's field names as header. Health data."""
        return self._native.to_csv().decode()

    def to_json(self) -> str:
        """The JSON body of a sync request, one member per line. Health data."""
        return self._native.to_json().decode()

    def __len__(self) -> int:
        return len(self._native)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.members)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Roster) and self._native.members() == other._native.members()

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Roster:
        return self

    def __deepcopy__(self, memo: object) -> Roster:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if broken := self._native.rows_with_errors():
            # The copy would have the values but not the errors, and would pass the check.
            raise ValueError(
                f"rosters with read errors cannot be pickled: {broken} rows have errors"
            )
        return _rebuild, (self._native.members(), self._native.multi_line_cells())

    def __repr__(self) -> str:
        return f"<Roster of {len(self)} rows>"


class ApplyResult(BaseModel):
    """The result of ``apply``. Check ``outcome.is_ok``: a completed sync may have failed rows."""

    __left_out__: ClassVar[frozenset[str]] = frozenset({"group_after"})

    state: Data
    """The completed sync."""
    outcome: Outcome
    report: CheckReport
    """The report of the check; it holds warnings only, as errors prevent the sync."""
    group_after: Roster | None = None
    """The roster that the group holds now. Keep it and pass it as ``previous`` of the next sync:
    if rows failed, it differs from the roster that was sent. ``None`` if the results are missing.

    Health data: ``to_dict`` and ``to_json`` omit it. Write it with its own ``to_json`` or
    ``to_csv``, to a file that only its owner can read.
    """


def _rebuild(members: bytes, multi_line_cells: bool) -> Roster:
    return Roster(decode(members, None), multi_line_cells=multi_line_cells)


def _rows_of(rows: Any) -> Iterable[Any]:
    if hasattr(rows, "to_dicts"):  # polars
        return rows.to_dicts()  # type: ignore[no-any-return]
    if hasattr(rows, "to_dict") and hasattr(rows, "notna"):  # pandas
        plain = rows.astype(object).where(rows.notna(), None)
        return plain.to_dict("records")  # type: ignore[no-any-return]
    return rows  # type: ignore[no-any-return]


def _results_of(results: SyncRetrieveResponse | Data | DataResults | None) -> bytes | None:
    if isinstance(results, SyncRetrieveResponse):
        results = results.data
    if isinstance(results, Data):
        if results.results is None and results.completed_at is None:
            raise ValueError("the sync is not completed: it has no results yet")
        results = results.results
    return None if results is None else encode(results)


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.timezone.utc).date()


def check_options(
    plan_ids: Iterable[str] | None,
    today: datetime.date | None,
    max_rows: int | None,
    max_findings: int | None,
) -> dict[str, Any]:
    """Check options, as the native module takes them."""
    options = {
        "today": (today or _today()).isoformat(),
        "plan_ids": None if plan_ids is None else sorted(plan_ids),
        "max_rows": max_rows,
        "max_findings": max_findings,
    }
    return {name: value for name, value in options.items() if value is not None}


def guard_options(
    allow_empty: bool, max_removals: int | str | None, allow_new_reference_ids: bool
) -> dict[str, Any]:
    """Guard options, as the native module takes them."""
    return {
        "allow_empty": allow_empty,
        "max_removals": None if max_removals is None else str(max_removals),
        "allow_new_reference_ids": allow_new_reference_ids,
    }

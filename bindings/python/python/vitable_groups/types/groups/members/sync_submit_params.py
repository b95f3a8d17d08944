"""Parameters of submitting a roster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypedDict

__all__ = ["Member", "MemberAddress", "SyncSubmitParams"]


class _MemberAddress(TypedDict):
    address_line_1: str
    city: str
    state: str
    zipcode: str


class MemberAddress(_MemberAddress, total=False):
    """A member's address."""

    address_line_2: str | None


class _Member(TypedDict):
    address: MemberAddress
    date_of_birth: str | date | datetime
    first_name: str
    last_name: str
    plan_id: str
    reference_id: str


class Member(_Member, total=False):
    """A row of a roster."""

    email: str | None
    phone: str | None


class SyncSubmitParams(TypedDict):
    """The complete roster of a group."""

    members: Iterable[Member]

"""Documents Python methods without a docstring by the inherited one, as ``help`` and editors do."""

from __future__ import annotations

from typing import Any

import griffe


class InheritedDocstrings(griffe.Extension):
    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        inherit(pkg)


def inherit(parent: griffe.Module | griffe.Class) -> None:
    for member in parent.members.values():
        if member.is_alias:
            continue
        if isinstance(member, (griffe.Module, griffe.Class)):
            inherit(member)
        if member.docstring is None and isinstance(parent, griffe.Class):
            bases = (base.members.get(member.name) for base in parent.mro())
            member.docstring = next(
                (base.docstring for base in bases if base and base.docstring), None
            )
        if member.docstring is None and isinstance(member, griffe.Class):
            member.docstring = next(
                (base.docstring for base in member.mro() if base.docstring), None
            )

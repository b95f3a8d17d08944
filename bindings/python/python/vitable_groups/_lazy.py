"""What is done on first use, to keep importing the package fast."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from functools import cached_property as cached_property
else:

    class cached_property:
        """Like that of ``functools``, whose import is slow."""

        def __init__(self, build):
            self.build = build
            self.__doc__ = build.__doc__

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.build.__name__] = self.build(instance)
            return value


def lazily(module: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of a module: where each name is, below the package."""

    def find(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        from importlib import import_module

        found = import_module(modules[name], "vitable_groups")
        return found if modules[name].endswith(f".{name}") else getattr(found, name)

    return find

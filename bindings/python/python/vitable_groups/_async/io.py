"""What differs between the halves: here, a call is awaited on an event loop."""

from __future__ import annotations

from .._aio import flattened as flattened
from .._aio import run as run

IS_ASYNC = True

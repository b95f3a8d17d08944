"""What differs between the halves: here, the calling thread runs a call."""

from __future__ import annotations

from itertools import chain

from .._native import Job

IS_ASYNC = False

#: Runs a call on this thread.
run = Job.run

#: Yields the items of batches; calls no Python code per item.
flattened = chain.from_iterable

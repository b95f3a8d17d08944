"""Forwards the core's log lines to the logger ``vitable_groups`` of ``logging``."""

from __future__ import annotations

import os
import sys

from ._native import set_log_level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAME = "vitable_groups"
VARIABLE = "VITABLE_CONNECT_LOG"

_level = 0
_logger: Any = None


def setup() -> None:
    """Configures logging if ``VITABLE_CONNECT_LOG`` is ``debug`` or ``info``."""
    level = os.environ.get(VARIABLE, "").strip().lower()
    if level not in ("debug", "info"):
        return
    import logging

    logging.basicConfig(
        format="[%(asctime)s - %(name)s:%(lineno)d - %(levelname)s] %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
    )
    logging.getLogger(NAME).setLevel(level.upper())


def follow() -> None:
    """Sets the core's log level to the logger's; does nothing until ``logging`` is imported."""
    global _level, _logger
    logger = _logger
    if logger is None:
        logging = sys.modules.get("logging")
        if logging is None:
            return
        logger = _logger = logging.getLogger(NAME)
    level = 0
    for candidate in (3, 2, 1):
        if not logger.isEnabledFor(candidate * 10):
            break
        level = candidate
    if level != _level:
        _level = level
        set_log_level(level)


def emit(lines: list[tuple[int, str]], dropped: int) -> None:
    """Logs lines collected by the core."""
    import logging

    logger = logging.getLogger(NAME)
    for level, line in lines:
        logger.log(level * 10, "%s", line)
    if dropped:
        logger.warning("%d log lines were dropped", dropped)

"""Logs: JSON lines on standard error, plain tracebacks. Values of variables never go there."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

_DATES: list[Any] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_LIGNE: list[Any] = [
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(ensure_ascii=False),
]


def regler() -> None:
    """To be called by every process before it logs: structlog's own default prints locals."""
    structlog.configure(
        processors=[*_DATES, *_LIGNE],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def regler_processus() -> None:
    """The same for a process that is ours alone, with what libraries say: their warnings, as JSON."""
    regler()
    sortie = logging.StreamHandler(sys.stderr)
    sortie.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_DATES,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_LIGNE],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[sortie], force=True)

"""Logs: JSON lines on standard error, plain tracebacks. Values of variables never go there."""

from __future__ import annotations

import sys

import structlog


def regler() -> None:
    """To be called by every process before it logs: structlog's own default prints locals."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )

"""What goes wrong, said to whoever started it."""

from __future__ import annotations


class PostgresImpossible(Exception):
    """PostgreSQL can't start; the message is a French sentence."""

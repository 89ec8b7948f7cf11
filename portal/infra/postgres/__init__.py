"""The embedded PostgreSQL of `make run` and of the tests: a wheel's binaries, started by us.

As our child, on a socket in a short temporary folder, ended with its parent. PostgreSQL refuses to
run as root: there an unprivileged user runs it, on binaries and data that this user can reach.
"""

from portal.infra.postgres.embarque import PostgresEmbarque
from portal.infra.postgres.erreurs import PostgresImpossible

__all__ = ["PostgresEmbarque", "PostgresImpossible"]

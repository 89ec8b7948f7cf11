"""Files sent to a browser: saved, never run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

from litestar.response import Stream


def piece_jointe(flux: AsyncIterator[bytes], nom: str, type_mime: str) -> Stream:
    """An attachment, in a sandbox whatever its type; its name can't break the header (RFC 6266)."""
    return Stream(
        flux,
        media_type=type_mime,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(nom, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        },
    )

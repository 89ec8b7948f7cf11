"""Security headers on every answer, static files and errors included: the outermost layer."""

from __future__ import annotations

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    ]
)


class Entetes:
    """ASGI wrapper: adds what an answer has not set itself."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        entetes = {
            "content-security-policy": CSP,
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
        }
        if https:
            entetes["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        self.entetes = [(n.encode(), v.encode()) for n, v in entetes.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        async def completer(message: Message) -> None:
            if message["type"] == "http.response.start":
                presents = {nom.lower() for nom, _ in message["headers"]}
                ajouts = [e for e in self.entetes if e[0] not in presents]
                if b"cache-control" not in presents:  # static files have theirs
                    ajouts.append((b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *ajouts]
            await send(message)

        await self.app(scope, receive, completer)

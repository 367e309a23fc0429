"""The OpenAPI description; its page loads nothing from other hosts."""

from __future__ import annotations

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme

from chatbot import __version__


def openapi() -> OpenAPIConfig:
    """Describe the interface at `/schema/openapi.json`."""
    return OpenAPIConfig(
        title="Chatbot",
        version=__version__,
        description=(
            "A chatbot that never knows who you are. Personal values are hidden before anything is stored, logged or "
            "sent to a model; nothing is stored before consent. Errors are RFC 9457 problems."
        ),
        contact=Contact(name="Support", email="support@rousora.com"),
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/schema",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer", description="A session's token.")}
        ),
        use_handler_docstrings=True,
    )

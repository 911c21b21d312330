"""The mail server, as an address in the environment says it."""

from typing import Any

OPTIONS = {
    "host": "HOST",
    "port": "PORT",
    "username": "HOST_USER",
    "password": "HOST_PASSWORD",
    "use_tls": "USE_TLS",
    "use_ssl": "USE_SSL",
}
# Seconds: nobody waits for ever for a mail server that accepts and says nothing.
PATIENCE = 30


def mailer_of(said: dict[str, Any]) -> dict[str, Any]:
    """Django's settings for one mail server from what django-environ reads of its address."""
    options = {
        name: said[f"EMAIL_{key}"] for name, key in OPTIONS.items() if said.get(f"EMAIL_{key}")
    }
    backend: str = said["EMAIL_BACKEND"]
    if backend.endswith("smtp.EmailBackend"):
        options["timeout"] = PATIENCE
    return {"BACKEND": backend, "OPTIONS": options}

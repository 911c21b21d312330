"""Where the database of the benchmark is, for programs that know no Django."""

import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def database_parameters() -> dict[str, Any]:
    """The parameters of psycopg.connect for DATABASE_URL."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    query = parse_qs(parts.query)
    given = {
        "host": query.get("host", [parts.hostname])[0],
        "port": query.get("port", [parts.port])[0],
        "user": parts.username and unquote(parts.username),
        "password": parts.password and unquote(parts.password),
        "dbname": parts.path.lstrip("/"),
    }
    return {name: value for name, value in given.items() if value}

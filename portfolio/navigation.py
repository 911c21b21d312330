"""The admin's title and navigation, grouped by what people do."""

from typing import Any

UNFOLD: dict[str, Any] = {"SITE_TITLE": "Topsheet", "SITE_HEADER": "Topsheet"}

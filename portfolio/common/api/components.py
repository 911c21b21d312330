"""The shapes that rows of all endpoints share, as OpenAPI 3.1 components."""

from typing import Any

NULLABLE_TEXT = {"type": ["string", "null"]}
SLUG_EXAMPLE = "last-dance"
NAMES_EXAMPLE = {"en": "The Last Dance", "zh-hant": None, "zh-hans": None}

COMPONENTS: dict[str, Any] = {
    "Names": {
        "type": "object",
        "description": "A name or text in three scripts; null where there is none.",
        "properties": {"en": NULLABLE_TEXT, "zh-hant": NULLABLE_TEXT, "zh-hans": NULLABLE_TEXT},
        "required": ["en", "zh-hant", "zh-hans"],
        "examples": [NAMES_EXAMPLE],
    },
    "Money": {
        "type": "object",
        "description": "An amount in major units, as a text so that no digit is lost, and its currency.",
        "properties": {
            "amount": {"type": "string", "pattern": r"^[0-9]{1,18}\.[0-9]{2}$"},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217."},
        },
        "required": ["amount", "currency"],
        "examples": [{"amount": "5000000000.00", "currency": "HKD"}],
    },
    "QualifiedMoney": {
        "description": "An amount, and how exactly it was stated.",
        "allOf": [{"$ref": "#/components/schemas/Money"}],
        "properties": {
            "qualifier": {"type": "string", "enum": ["EXACT", "AT_LEAST", "UP_TO", "ABOUT"]},
        },
        "required": ["qualifier"],
        "examples": [{"amount": "5000000000.00", "currency": "HKD", "qualifier": "AT_LEAST"}],
    },
    "Reference": {
        "type": "object",
        "description": "Another row: its address and its names.",
        "properties": {
            "slug": {"type": "string"},
            "name": {"$ref": "#/components/schemas/Names"},
        },
        "required": ["slug", "name"],
        "examples": [{"slug": SLUG_EXAMPLE, "name": NAMES_EXAMPLE}],
    },
    "Problem": {
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "rule": {
                "type": "string",
                "description": "The rule of the database that forbids it, for 409.",
            },
            "id": {
                "type": "string",
                "description": "The number of the log entry, for 500 and 503.",
            },
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"parameter": {"type": "string"}, "detail": {"type": "string"}},
                    "required": ["parameter", "detail"],
                },
            },
        },
        "required": ["type", "title", "status", "detail", "instance"],
        "examples": [
            {
                "type": "about:blank",
                "title": "Bad Request",
                "status": 400,
                "detail": "Some parameters cannot be understood; each is named in `errors`.",
                "instance": "/api/v1/productions/",
                "errors": [{"parameter": "yeer", "detail": "There is no such parameter here."}],
            }
        ],
    },
}

SECURITY_SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "ts_…",
        "description": "A key that is made in the admin, with scopes and an end, for one person.",
    }
}

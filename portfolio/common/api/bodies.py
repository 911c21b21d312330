"""What another system posts: strict JSON, declared members, every fault named.

Whatever could be read in two ways is refused: a member given twice, a number where an amount is meant,
a text that is no Unicode. Source: RFC 8259; RFC 7493, I-JSON.
"""

import datetime
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from email.message import Message
from typing import Any

from django.http import HttpRequest

from portfolio.common.api.problems import BadBody, fault
from portfolio.common.money import ISO_4217, LARGEST_AMOUNT, decimals_of

LARGEST_BODY = 64 * 1024
LONGEST_HEADER = 200
MOST_FAULTS = 20
KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")
AMOUNT = re.compile(r"[0-9]{1,18}(\.[0-9]{1,2})?\Z")
RATE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?\Z")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")

type Schema = dict[str, Any]


class Wrong(ValueError):
    """A value is not what its member takes; the text says what is."""


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The object in the body. Raises: BadBody, 413, 415 or 400."""
    _is_json(request)
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > LARGEST_BODY:
        raise BadBody(detail=f"A body has at most {LARGEST_BODY} bytes.", status=413)
    raw = request.read(LARGEST_BODY + 1)
    if len(raw) > LARGEST_BODY:
        raise BadBody(detail=f"A body has at most {LARGEST_BODY} bytes.", status=413)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadBody(detail="The body is not UTF-8.") from None
    try:
        body = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_no_float,
            parse_int=_short_int,
            parse_constant=_no_constant,
        )
    except Wrong as wrong:
        raise BadBody(detail=str(wrong)) from None
    except RecursionError:
        raise BadBody(detail="The body is nested too deeply.") from None
    except ValueError:
        raise BadBody(detail="The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadBody(detail="The body is not one JSON object.")
    return body


def read_key(request: HttpRequest) -> str:
    """The Idempotency-Key of a write. Raises: BadBody."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if not KEY.match(key):
        detail = (
            "Send an Idempotency-Key of 1 to 200 visible ASCII characters: a new one for each entry, "
            "the same one when you repeat a request."
        )
        raise BadBody([fault("Idempotency-Key", detail)], detail)
    return key


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one form of an object, whatever the order of its members and the spaces between."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _is_json(request: HttpRequest) -> None:
    message = Message()
    message["Content-Type"] = request.META.get("CONTENT_TYPE", "")[:LONGEST_HEADER]
    charset = str(message.get_param("charset", "utf-8")).lower()
    if message.get_content_type() != "application/json" or charset not in ("utf-8", "utf8"):
        raise BadBody(detail="Send application/json in UTF-8.", status=415)
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() not in ("", "identity"):
        raise BadBody(detail="Send the body as it is, not compressed.", status=415)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Wrong(f"The member {ascii(name)[:100]} is given twice.")
        found[name] = value
    return found


def _no_float(text: str) -> Any:
    raise Wrong(f"{text[:30]} is a number with a fraction: write amounts and rates as texts.")


def _no_constant(text: str) -> Any:
    raise Wrong(f"{text} is no number of JSON.")


def _short_int(text: str) -> int:
    if len(text) > 15:
        raise Wrong(f"{text[:20]}… is a longer number than any member takes.")
    return int(text)


@dataclass(frozen=True)
class Member:
    """A member of a body: how its value is read, and how it is described."""

    read: Callable[[Any], Any]
    schema: Schema
    required: bool = True
    default: Any = None
    description: str = ""


def read_members(body: Mapping[str, Any], members: Mapping[str, Member]) -> dict[str, Any]:
    """The values of the declared members. Raises: BadBody with every fault by the name of its member."""
    faults = []
    found: dict[str, Any] = {}
    for name in body:
        if name not in members:
            detail = f"There is no such member here; there are {', '.join(members)}."
            faults.append(fault(ascii(name)[1:-1], detail))
    for name, member in members.items():
        if name not in body:
            found[name] = member.default
            if member.required:
                faults.append(fault(name, "This member is needed."))
            continue
        try:
            found[name] = member.read(body[name])
        except Wrong as wrong:
            faults.append(fault(name, str(wrong)))
    if faults:
        raise BadBody(faults[:MOST_FAULTS])
    return found


def text_of(value: Any, longest: int, *, least: int = 0) -> str:
    """A text in its composed form, without control characters. Raises: Wrong."""
    if not isinstance(value, str) or not least <= len(value) <= longest:
        raise Wrong(f"Give a text of {least} to {longest} characters.")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
        raise Wrong("Control characters and halves of characters are no text.")
    return unicodedata.normalize("NFC", value)


def text(longest: int, *, least: int = 0, required: bool = False, description: str = "") -> Member:
    """A text."""
    schema = {"type": "string", "minLength": least, "maxLength": longest}
    schema["pattern"] = r"^[^\u0000-\u001f\u007f-\u009f]*$"
    return Member(
        lambda value: text_of(value, longest, least=least),
        schema,
        required=required,
        default="",
        description=description,
    )


def word(*words: str, description: str = "") -> Member:
    """One of the declared words."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise Wrong(f"Give one of {', '.join(words)}.")
        return value

    return Member(read, {"type": "string", "enum": list(words)}, description=description)


def amount(*, description: str = "") -> Member:
    """An amount, more than zero, as a text."""

    def read(value: Any) -> Decimal:
        if not isinstance(value, str) or not AMOUNT.match(value):
            raise Wrong(
                'Give the amount as a text with at most two decimals, such as "1250000.00".'
            )
        found = Decimal(value)
        if not 0 < found <= LARGEST_AMOUNT:
            raise Wrong("Give an amount that is more than zero.")
        return found

    schema = {"type": "string", "pattern": r"^(?!0+(\.0+)?$)[0-9]{1,18}(\.[0-9]{1,2})?$"}
    return Member(read, schema, description=description)


def rate(*, description: str = "") -> Member:
    """An exchange rate, more than zero, as a text."""

    def read(value: Any) -> Decimal:
        if not isinstance(value, str) or not RATE.match(value) or not Decimal(value):
            raise Wrong('Give the rate as a text with at most twelve decimals, such as "7.8125".')
        return Decimal(value)

    schema = {"type": "string", "pattern": r"^(?!0+(\.0+)?$)[0-9]{1,12}(\.[0-9]{1,12})?$"}
    return Member(read, schema, required=False, description=description)


def currency(*, description: str = "") -> Member:
    """A code of ISO 4217."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in ISO_4217:
            raise Wrong("Give a currency code of ISO 4217, such as HKD.")
        return value

    return Member(read, {"type": "string", "enum": list(ISO_4217)}, description=description)


def day(*, required: bool = True, description: str = "") -> Member:
    """A civil date."""

    def read(value: Any) -> datetime.date:
        try:
            if isinstance(value, str) and DAY.match(value):
                found = datetime.date.fromisoformat(value)
                if 1990 <= found.year <= 2200:
                    return found
        except ValueError:
            pass
        raise Wrong("Give a date such as 2026-03-11.")

    schema = {"type": "string", "format": "date"}
    return Member(read, schema, required=required, description=description)


def whole(largest: int, *, required: bool = True, description: str = "") -> Member:
    """A whole number from 1."""

    def read(value: Any) -> int:
        if type(value) is not int or not 1 <= value <= largest:
            raise Wrong(f"Give a whole number from 1 to {largest}.")
        return value

    schema = {"type": "integer", "minimum": 1, "maximum": largest}
    return Member(read, schema, required=required, description=description)


def fits_its_currency(amount: Decimal, code: str) -> None:
    """That an amount has no more decimals than its currency. Raises: BadBody."""
    if -amount.as_tuple().exponent > decimals_of(code) and amount != amount.to_integral_value():  # type: ignore[operator]
        raise BadBody([fault("amount", f"{code} has no smaller coin than 1.")])


def schema_of(members: Mapping[str, Member]) -> Schema:
    """The body as the OpenAPI document describes it."""
    return {
        "type": "object",
        "properties": {
            name: {
                **member.schema,
                **({"description": member.description} if member.description else {}),
            }
            for name, member in members.items()
        },
        "required": [name for name, member in members.items() if member.required],
        "additionalProperties": False,
    }

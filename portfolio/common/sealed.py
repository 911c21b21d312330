"""Values that lie encrypted in the database: identity numbers, birth dates, bank accounts."""

import functools
import hashlib
import hmac
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class NoKey(Exception):
    """No key of TOPSHEET_FIELD_KEYS opens this value: the one that sealed it was taken out, or there is none."""


@functools.lru_cache(maxsize=4)
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def sealer() -> MultiFernet:
    """The keys of the environment: the first seals, every one opens. Raises: NoKey where there is none."""
    if not settings.FIELD_KEYS:
        raise NoKey("TOPSHEET_FIELD_KEYS is not set: nothing can be sealed. See docs/privacy.md.")
    return _keys(tuple(settings.FIELD_KEYS))


def seal(text: str) -> bytes:
    """A text as it lies in the database. Source: Fernet, AES-128-CBC with HMAC-SHA256."""
    return sealer().encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """The text that was sealed. Raises: NoKey."""
    try:
        return sealer().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise NoKey(NoKey.__doc__) from None


def is_sealed_by_the_first(sealed: bytes) -> bool:
    """Whether the key that seals now sealed it."""
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(bytes(sealed))
    except InvalidToken:
        return False
    return True


def sealed_anew(sealed: bytes) -> bytes:
    """The same value under the first key. Raises: NoKey."""
    try:
        return sealer().rotate(bytes(sealed))
    except InvalidToken:
        raise NoKey(NoKey.__doc__) from None


def fingerprint(text: str) -> str:
    """What tells whether two people gave the same number, and says nothing of it without the key."""
    return hmac.new(settings.FINGERPRINT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


class SealedField(models.BinaryField):
    """A text that is encrypted on its way into the database; empty is NULL.

    It cannot be searched or sorted by; a column of fingerprints beside it can be compared.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return "" if value is None else unseal(value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, str) else super().to_python(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = seal(value) if value else None
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: Any) -> str:
        return ""

    def deconstruct(self) -> Any:
        """Django's own class, so that migrations import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs

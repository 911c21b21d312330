"""What nobody may do in the admin, whatever their role; each goes before the class of the admin."""

from typing import Any

from django.http import HttpRequest


class NeverDeleted:
    """Rows that stay on record: they are ended, withdrawn or revoked."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class OnlyAddedTo(NeverDeleted):
    """Rows that stay as they were written; a later row takes the place of an earlier."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class ReadOnly(OnlyAddedTo):
    """Rows to look at; they are made elsewhere."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

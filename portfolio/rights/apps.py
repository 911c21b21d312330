from django.apps import AppConfig
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portfolio.common.refusals import READINGS
from portfolio.common.territories import territory_name


def medium_name(code: str) -> str:
    """The name of a medium as the reader reads it."""
    from portfolio.rights.choices import Medium

    return str(Medium(code).label) if code in Medium else code


class RightsConfig(AppConfig):
    """Rights in and out, their windows, holdbacks, and what is free to license."""

    name = "portfolio.rights"
    verbose_name = _("Rights")

    def ready(self) -> None:
        """Let staff import avails; let refusals name media and territories in the reader's language."""
        from portfolio.rights.imports import register_importers

        register_importers()
        READINGS["medium"] = medium_name
        READINGS["territory"] = lambda code: territory_name(code, get_language() or "en")

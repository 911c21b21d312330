from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from portfolio.common.refusals import READINGS


class ScholarshipsConfig(AppConfig):
    """Scholarship schemes, their rounds, and what becomes of those who apply."""

    name = "scholarships"
    verbose_name = _("Scholarships")

    def ready(self) -> None:
        """Let refusals name states in the reader's words, and look whether a backup brought somebody back."""
        from scholarships.management.register_check import nobody_came_back

        register(nobody_came_back, Tags.database)
        from scholarships.choices import ApplicationState, AwardState

        def word_of(choices: Any) -> Any:
            return lambda word: str(choices(word).label) if word in choices else word

        READINGS["application_state"] = word_of(ApplicationState)
        READINGS["award_state"] = word_of(AwardState)

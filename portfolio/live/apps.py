from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    """Concerts, venues and what the programme does with them."""

    name = "portfolio.live"
    verbose_name = _("Live")

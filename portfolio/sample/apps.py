from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SampleConfig(AppConfig):
    """Makes a fictional programme for trying Topsheet, and for its benchmarks."""

    name = "portfolio.sample"
    verbose_name = _("Sample")

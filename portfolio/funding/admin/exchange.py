"""Exchange rates in the staff admin: to read; they are imported."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_permissions import ReadOnly
from portfolio.funding.models import ExchangeRate, RateSeries


@admin.register(RateSeries)
class RateSeriesAdmin(ReadOnly, StaffAdmin):
    """Who publishes the rates that are used, and which comes first."""

    list_display = ("name", "base", "rank")
    search_fields = ("name", "slug")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadOnly, StaffAdmin):
    """Rates as published, day by day."""

    list_display = ("date", "currency", "plain_rate", "series")
    list_filter = ("series", "currency")
    list_filter_submit = True
    list_select_related = ("series",)
    search_fields = ("=currency",)
    search_help_text = _("A currency, such as USD")

    @display(description=_("rate"))
    def plain_rate(self, row: ExchangeRate) -> str:
        """The rate without the zeros at its end."""
        return f"{row.rate.normalize():f}"

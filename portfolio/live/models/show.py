"""Shows: one evening of a concert in one venue, and what was reported of it."""

import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of, never_changes
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    LARGEST_AMOUNT,
    AmountField,
    CurrencyField,
    amount_fits_its_currency,
    currency_is_iso4217,
)
from portfolio.common.publishing import is_public
from portfolio.live.choices import ShowStatus
from portfolio.live.models.collaboration import VenueCollaboration
from portfolio.live.models.concert import Concert
from portfolio.live.models.venue import Space, Venue
from portfolio.sources.models import Source


class ShowQuerySet(models.QuerySet["Show"]):
    """Shows."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Shows of public concerts in public venues at the instant `at`."""
        return self.filter(
            is_public(at, "concert__"),
            is_public(at, "concert__programme__"),
            is_public(at, "venue__"),
        )


@keeps_history()
class Show(models.Model):
    """One date of a concert: where, on which day, and at what time by the clocks there.

    Time: `date` is the civil date at the venue; the instants are empty while no time is announced.
    """

    # Random, so that it tells nothing of how many shows there are that nobody may see yet.
    slug = models.CharField(
        _("address"),
        max_length=36,
        unique=True,
        editable=False,
        db_default=Cast(RandomUUID(), models.CharField(max_length=36)),
    )
    concert = models.ForeignKey(
        Concert, on_delete=models.CASCADE, related_name="shows", verbose_name=_("concert")
    )
    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, related_name="shows", verbose_name=_("venue")
    )
    space = models.ForeignKey(
        Space,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shows",
        verbose_name=_("space"),
        help_text=_("Empty for the whole venue, or where nobody says."),
    )
    date = models.DateField(_("date"))
    doors_at = models.DateTimeField(_("doors"), null=True, blank=True)
    starts_at = models.DateTimeField(_("start"), null=True, blank=True)
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    collaboration = models.ForeignKey(
        VenueCollaboration,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shows",
        verbose_name=_("venue collaboration"),
        help_text=_("The one whose shows it counts among."),
    )
    moved_to = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="moved_from",
        verbose_name=_("moved to"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ShowStatus, default=ShowStatus.PLANNED
    )
    status_at = models.DateTimeField(_("since"), editable=False)
    status_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )
    status_reason = models.TextField(_("reason"), blank=True)

    objects = ShowQuerySet.as_manager()

    class Meta:
        verbose_name = _("show")
        verbose_name_plural = _("shows")
        ordering = ["date", "starts_at", "pk"]
        indexes = [
            models.Index(fields=["date", "id"], name="show_by_date"),
            models.Index(fields=["venue", "date"], name="show_by_venue"),
        ]
        constraints = [
            is_one_of(
                name="show_status_is_known",
                field="status",
                choices=ShowStatus,
                message=_("Choose the status from the list."),
            ),
            models.CheckConstraint(
                name="show_doors_open_before_it_starts",
                condition=Q(doors_at__isnull=True)
                | Q(
                    starts_at__isnull=False,
                    doors_at__lte=F("starts_at"),
                    doors_at__gte=F("starts_at") - datetime.timedelta(hours=12),
                ),
                violation_error_message=_(
                    "Doors open before the start, by twelve hours at most; give the start as well."
                ),
            ),
            models.CheckConstraint(
                name="show_ends_after_it_starts",
                condition=Q(ends_at__isnull=True)
                | Q(
                    starts_at__isnull=False,
                    ends_at__gt=F("starts_at"),
                    ends_at__lte=F("starts_at") + datetime.timedelta(hours=24),
                ),
                violation_error_message=_(
                    "A show ends after its start and within a day; give the start as well."
                ),
            ),
            models.CheckConstraint(
                name="show_moves_only_when_postponed",
                condition=Q(moved_to__isnull=True)
                | (Q(status__in=[ShowStatus.POSTPONED]) & ~Q(moved_to=F("pk"))),
                violation_error_message=_("Only a postponed show is moved, to another show."),
            ),
            models.UniqueConstraint(
                fields=["moved_to"],
                name="show_takes_the_place_of_one",
                violation_error_message=_("That show already takes the place of another."),
            ),
        ]
        triggers = [
            never_changes(
                name="show_concert_never_changes",
                field="concert",
                message="a show stays in its concert",
            )
        ]

    def __str__(self) -> str:
        return f"{self.concert} · {self.venue} · {self.date}"


class ShowReportQuerySet(models.QuerySet["ShowReport"]):
    """Reports of shows."""

    def counting(self, as_of: datetime.date, known_at: datetime.datetime | None = None) -> Self:
        """The report of each show that counts on `as_of`: the latest day, then the latest recorded.

        Time: figures of `as_of` and earlier, as recorded up to `known_at`, both included.
        """
        rows = self.filter(as_of_date__lte=as_of)
        if known_at is not None:
            rows = rows.filter(recorded_at__lte=known_at)
        return rows.order_by("show_id", "-as_of_date", "-recorded_at", "-pk").distinct("show_id")


@keeps_history()
class ShowReport(models.Model):
    """What was reported of a show's tickets and takings; a later report is added, none is changed.

    Units: `gross_amount` in major units of `gross_currency`; what a report leaves open is NULL,
    "not disclosed".
    Time: `as_of_date` is the day that the figures speak of; `recorded_at` when we wrote them down.
    """

    server_may = ONLY_ADD

    show = models.ForeignKey(
        Show, on_delete=models.PROTECT, related_name="reports", verbose_name=_("show")
    )
    as_of_date = models.DateField(_("as of"))
    tickets_offered = models.PositiveIntegerField(_("tickets on offer"), null=True, blank=True)
    tickets_sold = models.PositiveIntegerField(_("tickets sold"), null=True, blank=True)
    tickets_free = models.PositiveIntegerField(_("tickets given away"), null=True, blank=True)
    gross_amount = AmountField(_("gross"), null=True, blank=True)
    gross_currency = CurrencyField(_("currency"), blank=True)
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="show_reports",
        verbose_name=_("source"),
    )
    reported_by = models.CharField(
        _("reported by"), max_length=200, blank=True, help_text=_("Who told us, where no source.")
    )
    remarks = models.TextField(_("remarks"), blank=True)
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("Whether anyone may see these figures.")
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )

    objects = ShowReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a show")
        verbose_name_plural = _("reports of shows")
        ordering = ["show", "-as_of_date", "-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="show_report_says_something",
                condition=Q(tickets_offered__isnull=False)
                | Q(tickets_sold__isnull=False)
                | Q(tickets_free__isnull=False)
                | Q(gross_amount__isnull=False),
                violation_error_message=_("Give at least one figure."),
            ),
            models.CheckConstraint(
                name="show_report_gross_has_its_currency",
                # A show that nobody paid for has a gross of 0: that is a figure, not a gap.
                condition=Q(gross_amount__isnull=True, gross_currency="")
                | (
                    Q(
                        gross_amount__isnull=False,
                        gross_amount__gte=0,
                        gross_amount__lte=LARGEST_AMOUNT,
                    )
                    & ~Q(gross_currency="")
                ),
                violation_error_message=_(
                    "Give the gross with its currency; leave both empty where none is disclosed."
                ),
            ),
            currency_is_iso4217(
                name="show_report_currency_is_iso4217", field="gross_currency", optional=True
            ),
            amount_fits_its_currency(
                name="show_report_gross_fits_its_currency",
                amount="gross_amount",
                currency="gross_currency",
            ),
            models.CheckConstraint(
                name="show_report_has_a_source",
                condition=Q(source__isnull=False) | ~Q(reported_by=""),
                violation_error_message=_("Give the source, or who told us."),
            ),
            models.CheckConstraint(
                name="show_report_sells_what_is_on_offer",
                condition=Q(tickets_offered__isnull=True)
                | Q(tickets_sold__isnull=True)
                | Q(tickets_sold__lte=F("tickets_offered")),
                violation_error_message=_("More tickets are sold than were on offer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.show_id} · {self.as_of_date}"

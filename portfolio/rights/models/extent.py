"""Extents: what every scope comes to, worked out by the database so that scopes can be compared."""

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_READ
from portfolio.common.languages import LONGEST_TAG
from portfolio.productions.models import Production
from portfolio.rights.choices import Exclusivity, ExtentKind
from portfolio.rights.models.grant import Grant
from portfolio.rights.models.holdback import Holdback
from portfolio.rights.models.priority import Priority
from portfolio.rights.models.territory import TerritoryBits


class Extent(models.Model):
    """What a grant, a holdback or a priority comes to: bits of media and territories, and days.

    Shape: one row per grant, holdback and priority. `window` is NULL while it hangs on an event
    without a date. `counts` is false for what is still in negotiation, was closed, or does not bind us.
    `version` is that of the title's book when it last changed. Nothing but triggers writes here.
    """

    title = models.ForeignKey(Production, on_delete=models.DO_NOTHING, related_name="extents")
    kind = models.CharField(max_length=8, choices=ExtentKind)
    grant = models.ForeignKey(
        Grant, on_delete=models.DO_NOTHING, null=True, related_name="extents", db_index=False
    )
    holdback = models.OneToOneField(
        Holdback, on_delete=models.DO_NOTHING, null=True, related_name="extent"
    )
    priority = models.OneToOneField(
        Priority, on_delete=models.DO_NOTHING, null=True, related_name="extent"
    )
    holder = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False
    )
    counts = models.BooleanField()
    exclusivity = models.CharField(max_length=13, choices=Exclusivity, blank=True)
    may_license_on = models.BooleanField(default=True)
    media = models.BigIntegerField()
    territories = TerritoryBits()
    languages = ArrayField(models.CharField(max_length=LONGEST_TAG))
    window = DateRangeField(null=True)
    granted_date = models.DateField(null=True)
    clock = DateRangeField(null=True)
    version = models.BigIntegerField()

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("extent of rights")
        verbose_name_plural = _("extents of rights")
        indexes = [models.Index(fields=["title", "kind"], name="extent_by_title")]
        constraints = [
            models.UniqueConstraint(
                fields=["grant"],
                condition=models.Q(kind__in=[ExtentKind.IN, ExtentKind.OUT]),
                name="extent_is_kept_once",
                violation_error_message=_("The extent of the grant is kept already."),
            ),
            is_one_of(
                name="extent_kind_is_known",
                field="kind",
                choices=ExtentKind,
                message=_("An extent is of a grant, a holdback or a priority."),
            ),
            models.CheckConstraint(
                name="extent_exclusivity_is_known",
                condition=models.Q(exclusivity__in=["", *Exclusivity.values]),
                violation_error_message=_("Choose the exclusivity from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Book(models.Model):
    """The book of a title's rights: one writer at a time, and looked at whole before a commit.

    Shape: one row per title that has rights. `version` counts its changes, `inward` is the version of
    the last change of what was acquired, `checked` that of the last look.
    """

    title = models.OneToOneField(
        Production, on_delete=models.DO_NOTHING, primary_key=True, related_name="rights_book"
    )
    version = models.BigIntegerField()
    inward = models.BigIntegerField()
    checked = models.BigIntegerField()

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("book of a title's rights")
        verbose_name_plural = _("books of titles' rights")

    def __str__(self) -> str:
        return f"{self.title_id}: {self.version}"

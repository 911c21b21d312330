"""Imports: a file, its rows as they were understood, and what was written of them."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from portfolio.imports.choices import Act, BatchState, Encoding, FileKind, RowState


@keeps_history()
class ImportBatch(models.Model):
    """One file that was read: what it is, and how far its import has come.

    The file itself is not kept; its rows are. `sha256` is of its bytes.
    """

    target = models.CharField(_("what is imported"), max_length=40)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    kind = models.CharField(_("kind of file"), max_length=4, choices=FileKind)
    encoding = models.CharField(_("encoding"), max_length=10, choices=Encoding, blank=True)
    is_encoding_chosen = models.BooleanField(_("encoding was chosen"), default=False)
    headings = models.JSONField(_("headings"), default=list)
    unused = models.JSONField(_("columns that are not imported"), default=list)
    context = models.JSONField(_("given beside the file"), default=dict)
    state = models.CharField(
        _("state"), max_length=9, choices=BatchState, default=BatchState.CHECKED
    )
    read_at = models.DateTimeField(_("read at"))
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("read by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-read_at", "-pk"]
        constraints = [
            is_one_of(
                name="import_batch_kind_is_known",
                field="kind",
                choices=FileKind,
                message=_("Choose the kind of file from the list."),
            ),
            models.CheckConstraint(
                name="import_batch_encoding_is_known",
                condition=Q(kind=FileKind.XLSX, encoding="")
                | (~Q(kind=FileKind.XLSX) & Q(encoding__in=Encoding.values)),
                violation_error_message=_("Choose the encoding from the list."),
            ),
            models.CheckConstraint(
                name="import_batch_state_has_its_stamps",
                condition=Q(
                    state=BatchState.CHECKED,
                    confirmed_at__isnull=True,
                    confirmed_by__isnull=True,
                    undone_at__isnull=True,
                    undone_by__isnull=True,
                )
                | Q(
                    state=BatchState.CONFIRMED,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    undone_at__isnull=True,
                    undone_by__isnull=True,
                )
                | Q(
                    state=BatchState.UNDONE,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    undone_at__isnull=False,
                    undone_by__isnull=False,
                ),
                violation_error_message=_("Who confirmed and who undid it, and when, go together."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="import_batch_goes_onward",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.state = 'CHECKED' THEN RETURN NEW; END IF;
                    ELSIF TG_OP = 'UPDATE' THEN
                        IF (OLD.state, NEW.state) IN (('CHECKED', 'CONFIRMED'), ('CONFIRMED', 'UNDONE'))
                           AND to_jsonb(NEW) - ARRAY['state', 'confirmed_at', 'confirmed_by_id',
                                                     'undone_at', 'undone_by_id']
                             = to_jsonb(OLD) - ARRAY['state', 'confirmed_at', 'confirmed_by_id',
                                                     'undone_at', 'undone_by_id']
                           AND (OLD.confirmed_at IS NULL OR (OLD.confirmed_at, OLD.confirmed_by_id)
                                = (NEW.confirmed_at, NEW.confirmed_by_id))
                        THEN RETURN NEW; END IF;
                    END IF;
                    RAISE EXCEPTION
                        'import_batch_goes_onward: an import is checked, confirmed, undone; nothing else of it changes'
                        USING ERRCODE = 'check_violation';
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """A row of a file as it was understood when the file was read; it never changes.

    Shape: `records` hold key, values, act, before and title of each row of ours that it speaks of.
    """

    server_may = ONLY_ADD

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, related_name="rows", verbose_name=_("import")
    )
    number = models.PositiveIntegerField(_("row"))
    state = models.CharField(_("state"), max_length=9, choices=RowState)
    title = models.CharField(_("title"), max_length=300, blank=True)
    cells = models.JSONField(_("as the file has it"), default=dict)
    records = models.JSONField(_("what it means"), default=list)
    reasons = models.JSONField(_("reasons"), default=list)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["batch", "number"]
        indexes = [models.Index(fields=["batch", "state", "number"], name="import_row_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"],
                name="import_row_is_there_once",
                violation_error_message=_("The import has this row already."),
            ),
            is_one_of(
                name="import_row_state_is_known",
                field="state",
                choices=RowState,
                message=_("Choose the state from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.title}"


class ImportWrite(models.Model):
    """What was written of a row when its import was confirmed: to which row of ours, and how that was then.

    Shape: one per row of ours; `before` holds the fields that were changed, `after` all of them.
    """

    server_may = ONLY_ADD

    row = models.ForeignKey(
        ImportRow, on_delete=models.PROTECT, related_name="writes", verbose_name=_("row")
    )
    act = models.CharField(_("act"), max_length=6, choices=Act)
    object_id = models.BigIntegerField(_("number of our row"))
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("write of an import")
        verbose_name_plural = _("writes of imports")
        ordering = ["row", "pk"]
        constraints = [
            is_one_of(
                name="import_write_act_is_known",
                field="act",
                choices=Act,
                message=_("Choose the act from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.object_id}"


def as_json(value: Any) -> Any:
    """A value of a column as JSON has it, to be compared later."""
    return value if value is None or isinstance(value, (bool, int, list, dict)) else str(value)

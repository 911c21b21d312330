"""Documents that staff keep: what was signed, asked for, paid and reported."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.choices import DocumentKind
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history


@keeps_history()
class Document(models.Model):
    """A paper that proves something: a file that staff uploaded, or where the paper is kept.

    Never public. `sha256` is of the file's bytes, so that it can be shown to be the same years later.
    """

    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind)
    reference = models.CharField(
        _("reference"),
        max_length=200,
        blank=True,
        help_text=_("Where the paper is kept, or its number; needed where there is no file."),
    )
    dated = models.DateField(_("dated"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to="documents/", blank=True, max_length=200)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    uploaded_at = models.DateTimeField(_("added at"), db_default=Now(), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            is_one_of(
                name="document_kind_is_known",
                field="kind",
                choices=DocumentKind,
                message=_("Choose the kind of document from the list."),
            ),
            models.CheckConstraint(
                name="document_can_be_found",
                condition=~Q(title="") & ~Q(file="", reference=""),
                violation_error_message=_("Give a title, and a file or where the paper is kept."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

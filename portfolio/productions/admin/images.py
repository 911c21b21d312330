"""Posters and stills in the staff admin: uploaded, drawn again, looked at before they are public."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import PublishableAdmin
from portfolio.common.admin_forms import StaffForm
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.common.admin_steps import UploadField
from portfolio.productions.admin.schedules import PartOfProduction
from portfolio.productions.models import ProductionImage
from portfolio.productions.operations.images import (
    ImageNotAllowed,
    draw_again,
    keep_image,
)

FIELDS = (
    "production", "kind", "position", "licence", "credit_line", "alt_en", "alt_zh_hant",
    "alt_zh_hans", "publication", "embargoed_until",
)  # fmt: skip


class ImageForm(StaffForm):
    """A new image: the file, by what right, whom to name, and what is on it."""

    upload = UploadField(
        label=_("File"), help_text=_("JPEG, PNG or WebP, at most 20 MB and 24 million pixels.")
    )

    class Meta:
        model = ProductionImage
        fields = FIELDS

    def clean_upload(self) -> Any:
        """What is kept is drawn now, so that a file that cannot be is refused in the form."""
        try:
            self.drawn = draw_again(self.cleaned_data["upload"])
        except ImageNotAllowed as refused:
            raise ValidationError(str(refused)) from None
        widest = max(self.drawn)
        # Until it is kept: the rules of the row are looked at before that.
        self.instance.sha256, self.instance.widths = "0" * 64, [widest]
        self.instance.width, self.instance.height = widest, self.drawn[widest][1]
        return self.cleaned_data["upload"]


class KeptImageForm(StaffForm):
    """What is said of an image that is there."""

    class Meta:
        model = ProductionImage
        fields = FIELDS


@admin.register(ProductionImage)
class ProductionImageAdmin(PublishableAdmin, PartOfProduction):
    """Posters and stills. A file is not exchanged: add another image."""

    list_display = ("preview", "of_production", "kind", "position", "credit_line", "published")
    list_display_links = ("preview", "kind")
    list_filter = ("kind", "publication", "licence", ("production", AutocompleteFilter))
    search_fields = ("production__search_text", "credit_line", "alt_en", "alt_zh_hant")
    said = (
        "production",
        ("kind", "position"),
        ("licence", "credit_line"),
        "alt_en",
        ("alt_zh_hant", "alt_zh_hans"),
    )
    publication_fieldset = (_("Publication"), {"fields": ("publication", "embargoed_until")})

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """With a file for a new one."""
        kwargs["form"] = KeptImageForm if obj is not None else ImageForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The file of a new one; of one that is there, how it looks and who added it."""
        first = (
            ("upload", *self.said)
            if obj is None
            else ("large_preview", *self.said, ("uploaded_at", "uploaded_by"))
        )
        return [(None, {"fields": first}), self.publication_fieldset]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who added it, and when."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "large_preview", "uploaded_at", "uploaded_by") if obj else fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new one with its files."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            keep_image(row=obj, drawn=form.drawn, actor=request.user, at=timezone.now())

    def get_urls(self) -> list[Any]:
        """The picture itself beside the usual pages."""
        view = self.admin_site.admin_view(self.picture_view)
        return [
            path(
                "<int:object_id>/picture/<int:width>/",
                view,
                name="productions_productionimage_picture",
            ),
            *super().get_urls(),
        ]

    def picture_view(self, request: HttpRequest, object_id: int, width: int) -> FileResponse:
        """The picture, also of a draft, for those who may see it here."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            row = ProductionImage.objects.get(pk=object_id, widths__contains=[width])
            file = default_storage.open(row.path_of(width))
        except (ProductionImage.DoesNotExist, FileNotFoundError, OverflowError):
            raise Http404 from None
        answer = FileResponse(file, content_type="image/jpeg")
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer

    def _picture(self, row: ProductionImage, width: int, height: str) -> Any:
        if row.pk is None:
            return self.get_empty_value_display()
        url = reverse("admin:productions_productionimage_picture", args=[row.pk, width])
        return format_html('<img class="house-{}" src="{}" alt="{}">', height, url, row.alt_en)

    @display(description=_("image"))
    def preview(self, row: ProductionImage) -> Any:
        """Small, for lists."""
        return self._picture(row, row.widths[0], "thumb")

    @display(description=_("image"))
    def large_preview(self, row: ProductionImage) -> Any:
        """As wide as the form has room for."""
        return self._picture(row, row.widths[min(1, len(row.widths) - 1)] if row.pk else 0, "still")

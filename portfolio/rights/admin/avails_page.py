"""What is free to license: by title, or in a territory and medium over all titles."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from portfolio.common.admin_steps import DayField
from portfolio.common.territories import ISO_3166_1, territory_name
from portfolio.productions.models import Production
from portfolio.rights.admin.scopes import media_choices
from portfolio.rights.admin.title_page import PERMISSION, avail_rows, extents_of
from portfolio.rights.admin.words import Territories, media_in_words, period_in_words
from portfolio.rights.choices import LEAVES, Medium
from portfolio.rights.models.avails import Avail, Period, avails_in

PAGE = 100
MOST_TITLES = 10


class AvailsForm(forms.Form):
    """What is asked: a title by name, or a territory."""

    title = forms.CharField(
        label=_("Title"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )
    territory = forms.ChoiceField(
        label=_("Territory"), required=False, widget=UnfoldAdminSelectWidget()
    )
    medium = forms.ChoiceField(label=_("Medium"), required=False, widget=UnfoldAdminSelectWidget())
    on = DayField(label=_("On"), required=False)
    after = forms.RegexField(r"^[0-9]{1,18}-[0-9]{1,2}$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        named = sorted((territory_name(code, language), code) for code in ISO_3166_1)
        fields: Any = self.fields
        fields["territory"].choices = [("", "–"), *((code, name) for name, code in named)]
        fields["medium"].choices = [("", "–"), *media_choices()]

    def clean(self) -> dict[str, Any]:
        """A title or a territory."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("title") and not cleaned.get("territory"):
            self.add_error(None, _t("Give a title or a territory."))
        return cleaned


def avails_page(request: HttpRequest) -> HttpResponseBase:
    """Ask what is free. Queries: of a title one each for title, extents and answer; else two."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    request.current_app = admin.site.name
    form = AvailsForm(request.GET or None)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _t("Avails"),
        "form": form,
    }
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        context |= of_titles(said) if said["title"] else in_territory(request, said)
    return TemplateResponse(request, "admin/rights/avails.html", context)


def of_titles(said: dict[str, Any]) -> dict[str, Any]:
    """The answers for the titles that the words find, the best match first."""
    today = timezone.localdate(timezone.now())
    language = get_language() or "en"
    territories = Territories()
    found = []
    for row in Production.objects.best_match_first(said["title"])[:MOST_TITLES]:
        extents: list[Any] = list(extents_of(row.pk))
        rows = avail_rows(
            row.pk, extents, today, territories,
            media=[said["medium"]] if said["medium"] else (Medium.ALL,),
            places=[said["territory"]] if said["territory"] else ("WORLD",),
            on=said["on"],
        )  # fmt: skip
        found.append(
            {
                "name": row.name_for(language),
                "url": reverse("admin:rights_title", args=[row.pk]),
                "rows": rows,
                "has_rights": bool(extents),
            }
        )
    return {"titles": found, "on": said["on"]}


def in_territory(request: HttpRequest, said: dict[str, Any]) -> dict[str, Any]:
    """Every title and medium with something free there, a page at a time."""
    today = timezone.localdate(timezone.now())
    language = get_language() or "en"
    place = said["after"].split("-") if said["after"] else ("0", "-1")
    rows = avails_in(
        said["territory"],
        today=today,
        media=[said["medium"]] if said["medium"] else (Medium.ALL,),
        on=said["on"],
        after=(int(place[0]), int(place[1])),
        limit=PAGE + 1,
    )
    names = {row.pk: row for row in Production.objects.filter(pk__in={r.title_id for r in rows})}
    shown = []
    for (title, exclusive, shared), group in same_answers(rows[:PAGE]).items():
        shown.append(
            {
                "name": names[title].name_for(language),
                "url": reverse("admin:rights_title", args=[title]),
                "media": media_in_words(group),
                "exclusive": [period_in_words(period) for period in exclusive],
                "shared": [period_in_words(period) for period in shared],
            }
        )
    more = ""
    if len(rows) > PAGE:
        query = request.GET.copy()
        last = rows[PAGE - 1]
        query["after"] = f"{last.title_id}-{LEAVES.index(Medium(last.media[0]))}"
        more = query.urlencode()
    return {"rows": shown, "more": more, "on": said["on"]}


def same_answers(
    rows: Iterable[Avail],
) -> dict[tuple[int, tuple[Period, ...], tuple[Period, ...]], list[str]]:
    """Media by the title and the answer that they share, in the order of the first of each."""
    found: dict[tuple[int, tuple[Period, ...], tuple[Period, ...]], list[str]] = {}
    for row in rows:
        found.setdefault((row.title_id, row.exclusive, row.shared), []).extend(row.media)
    return found

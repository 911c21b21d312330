"""Applications that did not come by the form: entered one by one, or brought in from a file."""

import datetime
import hashlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminTextInputWidget

from portfolio.common.admin_steps import (
    DayField,
    LineField,
    ListField,
    SentencesField,
    StepForm,
    UploadField,
    carried_out,
)
from portfolio.common.refusals import Refused
from scholarships.admin.steps import RowStep
from scholarships.choices import ApplicationState, EntryWay
from scholarships.models import Round
from scholarships.operations.bringing_in import bring_in, enter_application, look_at
from scholarships.operations.papers import keep_paper

MAY_ENTER = "scholarships.change_application"
MOST_SHOWN = 200


class EnterApplication(RowStep):
    """Enter the application of somebody who did not come by the form."""

    label = _("Enter an application")
    permission = MAY_ENTER
    done = _("It is entered as a draft; add its papers and hand it in.")
    explanation = _("For what came on paper. Who enters it has the signed declaration at hand.")
    email = forms.EmailField(
        label=_("E-mail address"), required=False, widget=UnfoldAdminTextInputWidget()
    )
    name_en = LineField(label=_("English name"), required=False, max_length=200)
    name_zh_hant = LineField(label=_("Traditional Chinese name"), required=False, max_length=200)
    name_zh_hans = LineField(label=_("Simplified Chinese name"), required=False, max_length=200)
    phone = LineField(label=_("Telephone"), required=False, max_length=40)
    identity_number = LineField(label=_("Identity number"), required=False, max_length=40)
    birth_date = DayField(label=_("Birth date"), required=False)
    programme_of_study = LineField(label=_("Programme of study"), required=False, max_length=100)
    year_of_study = forms.IntegerField(
        label=_("Year of study"), required=False, min_value=1, max_value=20,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    residence = forms.RegexField(
        r"^[A-Za-z]{2}$", label=_("Place of residence"), required=False,
        help_text=_("Two letters, such as HK."), widget=UnfoldAdminTextInputWidget(),
    )  # fmt: skip
    school = LineField(label=_("School"), required=False, max_length=200)
    project_title = LineField(label=_("Title of the project"), required=False, max_length=200)
    statement = SentencesField(label=_("Statement"), required=False, max_length=6000)

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """From the opening on; after the closing it is handed in late, with a reason."""
        return now >= row.opens_at

    def clean(self) -> dict[str, Any]:
        """Somebody has a name."""
        said = super().clean() or self.cleaned_data
        if not any(said.get(f"name_{tail}") for tail in ("en", "zh_hant", "zh_hans")):
            self.add_error("name_en", _t("Give a name."))
        return said

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Enter it."""
        said = dict(self.cleaned_data)
        if said["birth_date"]:
            said["birth_date"] = said["birth_date"].isoformat()
        said["residence"] = said["residence"].upper()
        return enter_application(round=self.row, values=said, way=EntryWay.STAFF, actor=actor)


class AddPaper(RowStep):
    """Add a paper to a draft."""

    label = _("Add a paper")
    permission = MAY_ENTER
    done = _("The paper is kept.")
    paper = ListField(label=_("Paper"))
    file = UploadField(label=_("File"))

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """While it is a draft."""
        return row.state == ApplicationState.DRAFT

    def prepare(self) -> None:
        """The papers that the round asks for."""
        fields: Any = self.fields
        self.papers = {str(paper.pk): paper for paper in self.row.round.papers.all()}
        fields["paper"].choices = [(key, str(paper)) for key, paper in self.papers.items()]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Judge it and keep it."""
        said = self.cleaned_data
        return keep_paper(
            application=self.row, paper=self.papers[said["paper"]], file=said["file"], actor=actor
        )


class FileForm(StepForm):
    """A file, and the fingerprint of the one that was looked at."""

    file = UploadField(label=_("File"), help_text=_("CSV, XLSX or JSON."))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


def bring_in_page(request: HttpRequest, key: int) -> HttpResponseBase:
    """Look at a file of applications, then choose it again to bring it in; nothing of it is kept between."""
    if not request.user.has_perm(MAY_ENTER):
        raise PermissionDenied
    try:
        row = Round.objects.select_related("scheme").get(pk=key)
    except (Round.DoesNotExist, OverflowError):
        raise Http404 from None
    request.current_app = admin.site.name
    back = reverse("admin:scholarships_round_change", args=[row.pk])
    posted = request.method == "POST"
    form = FileForm(request.POST if posted else None, request.FILES if posted else None)
    rows, sha256 = None, ""
    if posted and form.is_valid():
        data = form.cleaned_data["file"].read()
        sha256 = hashlib.sha256(data).hexdigest()
        user: Any = request.user
        if "bring-in" in request.POST:
            if form.cleaned_data["seen"] != sha256:
                form.refuse(_t("This is another file than the one that was looked at."))
            elif carried_out(form, lambda: _bring(request, row, data, user)):
                return HttpResponseRedirect(back)
        try:
            rows = look_at(round=row, data=data)
        except Refused as refused:
            form.refuse(str(refused))
    return TemplateResponse(
        request,
        "admin/scholarships/bring_in.html",
        {
            **admin.site.each_context(request),
            "title": _t("Bring in applications"),
            "round": row,
            "form": form,
            "back": back,
            "rows": rows and rows[:MOST_SHOWN],
            "count": len(rows or ()),
            "faulty": sum(bool(each.faults) for each in rows or ()),
            "there": sum(each.is_there for each in rows or ()),
            "sha256": sha256 if rows and not any(each.faults for each in rows) else "",
        },
    )


def _bring(request: HttpRequest, row: Round, data: bytes, user: Any) -> None:
    made = bring_in(round=row, data=data, at=timezone.now(), actor=user)
    said = ngettext("%(n)d draft was made.", "%(n)d drafts were made.", len(made))
    messages.success(request, said % {"n": len(made)})

"""The reviewer's desk: own applications by number, a blind file, points, and no way to another's."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from portfolio.common.admin_steps import ListField, SentencesField, StepForm, carried_out
from scholarships.admin.applications import paper_answer
from scholarships.choices import ApplicationState, Declared, ReadKind
from scholarships.models import ApplicationFile, Review
from scholarships.operations import reviews
from scholarships.operations.reads import record_read

MAY_REVIEW = "scholarships.change_review"


class Declaration(StepForm):
    """Whether an interest stands in the way."""

    declared = ListField(
        label=_("Your interest in it"),
        choices=[
            ("", "–"),
            (Declared.NONE, _("None")),
            (Declared.RECUSED, _("I recuse myself")),
        ],
    )
    reason = SentencesField(
        label=_("Which, if any"), required=False, help_text=_("Without naming the applicant.")
    )

    def clean(self) -> dict[str, Any]:
        """Whoever steps aside says why."""
        said = super().clean() or self.cleaned_data
        if said.get("declared") == Declared.RECUSED and not said.get("reason"):
            self.add_error("reason", _t("Say what the conflict of interest is."))
        return said


class Points(StepForm):
    """Points for each criterion, and a comment."""

    def __init__(self, *args: Any, review: Review, criteria: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = {score.criterion_id: score.points for score in review.scores.all()}
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"points_{criterion.pk}"] = forms.IntegerField(
                label=f"{criterion} (0–{criterion.most_points})",
                required=False,
                min_value=0,
                max_value=criterion.most_points,
                initial=given.get(criterion.pk),
                help_text=criterion.help_en,
                widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
            )
        self.fields["comment"] = SentencesField(
            label=_("Comment for the panel"), required=False, initial=review.comment
        )

    def points(self) -> dict[Any, int | None]:
        """The points by criterion; None where there are none yet."""
        return {c: self.cleaned_data[f"points_{c.pk}"] for c in self.criteria}


def desk(request: HttpRequest) -> HttpResponseBase:
    """What I have to review, and what I have. Queries: one."""
    _check(request)
    request.current_app = admin.site.name
    user: Any = request.user
    rows = list(
        Review.objects.filter(reviewer=user)
        .select_related("application__round__scheme")
        .order_by("completed_at", "application__number")
    )
    return TemplateResponse(
        request,
        "admin/scholarships/desk.html",
        {
            **admin.site.each_context(request),
            "title": _t("My reviews"),
            "rows": [
                (row, reverse("admin:scholarships_review_own", args=[row.pk])) for row in rows
            ],
            "left": sum(
                row.completed_at is None and row.declared != Declared.RECUSED for row in rows
            ),
        },
    )


def own_review(request: HttpRequest, key: int) -> HttpResponseBase:
    """One review of mine: the declaration, then the blind file and the points, then what I gave."""
    review = _own(request, key)
    now = timezone.now()
    form = _form(request, review)
    back = reverse("admin:scholarships_review_own", args=[review.pk])
    if request.method == "POST" and form is not None and form.is_valid():
        if isinstance(form, Declaration):
            said = form.cleaned_data
            done = carried_out(
                form,
                lambda: reviews.declare(
                    review=review, declared=said["declared"], at=now, reason=said["reason"]
                ),
            )
            words = _t("It is declared.")
        else:
            points: Any = form
            done = carried_out(form, lambda: _keep(review, points, request, now))
            words = _t("The review is completed.") if "complete" in request.POST else _t("Kept.")
        if done:
            messages.success(request, words)
            return HttpResponseRedirect(back)
    return _page(request, review, form)


def _keep(review: Review, form: Points, request: HttpRequest, now: Any) -> None:
    reviews.give_points(review=review, points=form.points(), comment=form.cleaned_data["comment"])
    if "complete" in request.POST:
        reviews.complete_review(review=review, at=now)


def _form(request: HttpRequest, review: Review) -> StepForm | None:
    posted = request.POST if request.method == "POST" else None
    if review.declared == Declared.NOT_YET:
        return Declaration(posted)
    open_ = review.application.state == ApplicationState.ELIGIBLE
    if review.declared == Declared.NONE and review.completed_at is None and open_:
        return Points(posted, review=review, criteria=list(review.application.round.criteria.all()))
    return None


def _page(request: HttpRequest, review: Review, form: StepForm | None) -> HttpResponse:
    request.current_app = admin.site.name
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": review.application.number,
        "review": review,
        "form": form,
        "asks_declaration": isinstance(form, Declaration),
        "desk_url": reverse("admin:scholarships_desk"),
    }
    if review.declared == Declared.NONE:
        user: Any = request.user
        record_read(
            applicant=review.application.applicant, kind=ReadKind.RECORD, actor=user,
            path=request.path,
        )  # fmt: skip
        context |= {
            # Only these: names, photographs and schools are not on the page, and not behind it.
            "answers": getattr(review.application, "answers", None),
            "papers": [
                (
                    paper.paper,
                    reverse("admin:scholarships_review_paper", args=[review.pk, paper.pk]),
                )
                for paper in _papers(review)
            ],
            "scores": list(review.scores.select_related("criterion")),
        }
    return TemplateResponse(request, "admin/scholarships/review.html", context)


def own_paper(request: HttpRequest, key: int, paper: int) -> HttpResponseBase:
    """A paper that reviewers may see, of an application that is mine to review."""
    review = _own(request, key)
    if review.declared != Declared.NONE:
        raise PermissionDenied
    try:
        row = _papers(review).get(pk=paper)
    except (ApplicationFile.DoesNotExist, OverflowError):
        raise Http404 from None
    user: Any = request.user
    record_read(
        applicant=review.application.applicant, kind=ReadKind.FILE, actor=user, path=request.path
    )
    return paper_answer(row)


def _papers(review: Review) -> Any:
    return ApplicationFile.objects.select_related("application", "paper").filter(
        application=review.application_id, paper__is_for_reviewers=True
    )


def _own(request: HttpRequest, key: int) -> Review:
    """The review, if it is mine; to everybody else there is none. Raises: Http404, PermissionDenied."""
    _check(request)
    user: Any = request.user
    try:
        return Review.objects.select_related(
            "application__round__scheme", "application__applicant", "application__answers"
        ).get(pk=key, reviewer=user)
    except (Review.DoesNotExist, OverflowError):
        raise Http404 from None


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY_REVIEW):
        raise PermissionDenied

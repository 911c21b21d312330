"""Approvals in the staff admin: the inbox, what was asked and decided, limits and delegations."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin, link_to
from portfolio.common.admin_forms import StaffForm
from portfolio.common.admin_lists import AutocompleteFilter, money_or_undisclosed
from portfolio.common.admin_permissions import NeverDeleted, ReadOnly
from portfolio.common.admin_steps import SentencesField, StepForm, carried_out
from portfolio.funding.admin import page
from portfolio.funding.choices import Decision
from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalLimit,
    ApprovalRequest,
    Delegation,
    waiting_for,
)
from portfolio.funding.operations import approvals
from portfolio.staff.models import User

MAY_DECIDE = "funding.add_approvaldecision"
MOST_SHOWN = 50


class DecisionForm(StepForm):
    """What an approver says to one request."""

    request = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    decision = forms.ChoiceField(choices=Decision, widget=forms.HiddenInput)
    reason = SentencesField(label=_("Reason"), required=False)


def waiting(user: Any, now: Any) -> Any:
    """What waits for somebody, with what the inbox shows of it."""
    return waiting_for(user, timezone.localdate(now)).select_related(
        "requested_by", "commitment__project", "commitment__payee", "tranche", "amendment",
        "programme",
    )  # fmt: skip


def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me: who asks for how much, for what, and since when; decided one by one.

    There is no decision about several at once: each is looked at.
    """
    if not request.user.has_perm(MAY_DECIDE):
        raise PermissionDenied
    now = timezone.now()
    refused: DecisionForm | None = None
    if request.method == "POST":
        form = DecisionForm(request.POST)
        if form.is_valid() and _decided(request, form, now):
            return HttpResponseRedirect(reverse("admin:approvals"))
        refused = form
    rows = list(waiting(request.user, now)[: MOST_SHOWN + 1])
    principals = User.objects.in_bulk({row.lent_by for row in rows if not row.is_own})
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": _("Waiting for me"),
        "rows": [_shown(row, principals, refused) for row in rows[:MOST_SHOWN]],
        "more": len(rows) > MOST_SHOWN,
        "stale": refused
        if refused and str(refused["request"].value()) not in {str(row.pk) for row in rows}
        else None,
        "now": now,
    }
    return TemplateResponse(request, "admin/funding/inbox.html", context)


def _shown(row: Any, principals: dict[int, User], refused: DecisionForm | None) -> dict[str, Any]:
    is_refused = refused is not None and str(refused["request"].value()) == str(row.pk)
    return {
        "row": row,
        "amount": money_or_undisclosed(row.amount, row.currency),
        "url": page.address_of(row.commitment_id),
        "for": None if row.is_own else principals.get(row.lent_by),
        "form": refused if is_refused else DecisionForm(initial={"request": row.pk}, auto_id=f"id-{row.pk}-%s"),
    }  # fmt: skip


def _decided(request: HttpRequest, form: DecisionForm, now: Any) -> bool:
    """Record the decision on whose authority it may stand; else say in the form why not."""
    said = form.cleaned_data
    row = ApprovalRequest.objects.filter(pk=said["request"]).first()
    if row is None:
        raise Http404
    found = waiting_for(request.user, timezone.localdate(now)).filter(pk=row.pk).first()
    # Where it does not wait for this person the database says why.
    lent_by = None if found is None or found.is_own else found.lent_by  # type: ignore[attr-defined]
    authority = User.objects.get(pk=lent_by) if lent_by else request.user

    def write() -> None:
        approvals.decide(
            request=row,
            decision=Decision(said["decision"]),
            actor=request.user,
            at=now,
            reason=said["reason"],
            authority=authority,
        )

    if not carried_out(form, write):
        return False
    row.refresh_from_db()
    words = {
        "APPROVED": _("Approved: %(what)s."),
        "REJECTED": _("Rejected: %(what)s."),
        "CHANGES_REQUESTED": _("Changes requested: %(what)s."),
    }.get(row.state, _("Recorded; a second approver is needed: %(what)s."))
    what = f"{row.commitment.reference} {row.get_kind_display()}"
    messages.success(request, str(words) % {"what": what})
    return True


admin.site.register_page("approvals/", inbox, "approvals")  # type: ignore[attr-defined]


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(ReadOnly, StaffAdmin):
    """What was asked, by whom, and what became of it; decided in the inbox."""

    list_display = ("asked_at", "kind", "of_commitment", "how_much", "requested_by", "where")
    list_display_links = ("asked_at", "kind")
    list_filter = ("state", "kind", ("commitment__payee", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("commitment", "requested_by")
    search_fields = ("commitment__reference", "commitment__title")
    fields = (
        ("kind", "where"),
        ("of_commitment", "how_much"),
        "reason",
        ("requested_by", "requested_at"),
        "decided",
    )

    @display(description=_("asked"), ordering="requested_at")
    def asked_at(self, row: ApprovalRequest) -> Any:
        """When it was asked for."""
        return timezone.localtime(row.requested_at)

    @display(description=_("amount"), ordering="amount")
    def how_much(self, row: ApprovalRequest) -> Any:
        """The amount that is to be approved."""
        return money_or_undisclosed(row.amount, row.currency)

    @display(description=_("commitment"))
    def of_commitment(self, row: ApprovalRequest) -> SafeString:
        """A link to the page of the commitment."""
        return link_to(row.commitment)

    @display(description=_("state"), ordering="state")
    def where(self, row: ApprovalRequest) -> SafeString:
        """What became of it."""
        return page.state(row.state, row.get_state_display())

    @display(description=_("decisions"))
    def decided(self, row: ApprovalRequest) -> Any:
        """Who said what, when, why, and on whose authority."""
        lines = []
        for decision in row.decisions.select_related("decided_by", "authority").order_by("pk"):
            who = str(decision.decided_by)
            if decision.authority_id != decision.decided_by_id:
                who = _t("%(deputy)s for %(principal)s") % {
                    "deputy": who,
                    "principal": decision.authority,
                }
            at = timezone.localtime(decision.decided_at)
            lines.append(
                format_html(
                    "<li>{} · {} · {:%Y-%m-%d %H:%M} {}</li>",
                    decision.get_decision_display(),
                    who,
                    at,
                    decision.reason,
                )
            )
        if not lines:
            return self.get_empty_value_display()
        return SafeString("<ul>" + "".join(lines) + "</ul>")


@admin.register(ApprovalDecision)
class ApprovalDecisionAdmin(ReadOnly, StaffAdmin):
    """Every decision, for those who look back; made in the inbox alone."""

    list_display = ("decided_at", "decision", "of_commitment", "decided_by", "authority")
    list_filter = ("decision", ("decided_by", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("request__commitment", "decided_by", "authority")
    search_fields = ("request__commitment__reference",)
    ordering = ("-pk",)
    fields = ("request", "decision", "reason", "decided_by", "authority", "decided_at")

    @display(description=_("commitment"))
    def of_commitment(self, row: ApprovalDecision) -> SafeString:
        """A link to the page of the commitment."""
        return link_to(row.request.commitment)


@admin.register(ApprovalLimit)
class ApprovalLimitAdmin(NeverDeleted, StaffAdmin):
    """Who may approve how much: the delegation of authority."""

    list_display = ("role", "currency", "alone", "jointly", "start_date", "end_date", "decision")
    list_filter = ("currency", "role")
    list_select_related = ("role",)
    search_fields = ("decision", "role__name")
    autocomplete_fields = ("role",)
    fields = (
        ("role", "currency"),
        ("alone_up_to", "jointly_up_to"),
        ("start_date", "end_date"),
        "decision",
    )

    @display(description=_("alone up to"), ordering="alone_up_to")
    def alone(self, row: ApprovalLimit) -> Any:
        """What one of them is enough for."""
        return money_or_undisclosed(row.alone_up_to, row.currency)

    @display(description=_("with a second up to"), ordering="jointly_up_to")
    def jointly(self, row: ApprovalLimit) -> Any:
        """What two of them are enough for."""
        return money_or_undisclosed(row.jointly_up_to, row.currency)


class DelegationForm(StaffForm):
    """Only administrators say that somebody else is away."""

    viewer: Any = None

    def clean_principal(self) -> Any:
        """Oneself, unless one administers."""
        principal = self.cleaned_data["principal"]
        if principal != self.viewer and not administers(self.viewer):
            raise ValidationError(_("You can only delegate your own authority."))
        return principal


def administers(user: Any) -> bool:
    """Whether somebody sets the limits of others, and so may also say who is away."""
    return bool(user.has_perm("funding.add_approvallimit"))


@admin.register(Delegation)
class DelegationAdmin(NeverDeleted, StaffAdmin):
    """Who decides for whom during an absence."""

    form = DelegationForm
    list_display = ("principal", "deputy", "start_date", "end_date", "reason")
    list_filter = (("principal", AutocompleteFilter), ("deputy", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("principal", "deputy")
    search_fields = ("principal__username", "deputy__username", "reason")
    fields = (("principal", "deputy"), ("start_date", "end_date"), "reason")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """People who hold a limit of approval; an approver need not see all accounts to choose one."""
        if db_field.name in ("principal", "deputy"):
            people = User.objects.filter(is_active=True, groups__approval_limits__isnull=False)
            kwargs["queryset"] = people.distinct().order_by("username")
            if db_field.name == "principal":
                kwargs["initial"] = request.user.pk
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form, which knows who fills it in."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.viewer = request.user
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own, or all for those who administer."""
        allowed = super().has_change_permission(request, obj)
        is_own = obj is None or obj.principal_id == request.user.pk
        return allowed and (is_own or administers(request.user))

"""The page of a step of a title's money: who may take it, on what, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import carried_out, step_page
from portfolio.productions.admin.financing_forms import (
    AddSource,
    BeginPlan,
    LockPlan,
    RecordShares,
    RemoveSource,
    SecureSource,
)
from portfolio.productions.admin.money_forms import (
    ApproveBudget,
    BeginBudget,
    EnterAccounts,
    LockBudget,
    MoneyForm,
    RecordCosts,
    RejectBudget,
)
from portfolio.productions.models import (
    BudgetVersion,
    FinancingPlan,
    FinancingSource,
    Production,
)


@dataclass(frozen=True)
class MoneyStep:
    """A sort of step: its words, who may take it, its form, what it is about, and the page it is on."""

    label: Any
    permission: str
    form: type[MoneyForm]
    page: str
    about: Any = None
    path: str = "production"


STEPS: Mapping[str, MoneyStep] = {
    "begin-budget": MoneyStep(
        _("Begin a version"), "productions.add_budgetversion", BeginBudget, "budget"
    ),
    "enter-accounts": MoneyStep(
        _("Enter accounts"), "productions.change_budgetversion", EnterAccounts, "budget",
        BudgetVersion,
    ),
    "lock-budget": MoneyStep(
        _("Lock"), "productions.change_budgetversion", LockBudget, "budget", BudgetVersion
    ),
    "approve-budget": MoneyStep(
        _("Approve"), "productions.add_budgetdecision", ApproveBudget, "budget", BudgetVersion
    ),
    "reject-budget": MoneyStep(
        _("Reject"), "productions.add_budgetdecision", RejectBudget, "budget", BudgetVersion
    ),
    "record-costs": MoneyStep(
        _("Record a cost report"), "productions.add_costreport", RecordCosts, "costs",
        BudgetVersion,
    ),
    "begin-plan": MoneyStep(
        _("Begin a version"), "productions.add_financingplan", BeginPlan, "financing"
    ),
    "add-source": MoneyStep(
        _("Add a source"), "productions.add_financingsource", AddSource, "financing",
        FinancingPlan,
    ),
    "remove-source": MoneyStep(
        _("Remove"), "productions.delete_financingsource", RemoveSource, "financing",
        FinancingSource, "plan__production",
    ),
    "lock-plan": MoneyStep(
        _("Lock"), "productions.change_financingplan", LockPlan, "financing", FinancingPlan
    ),
    "secure-source": MoneyStep(
        _("Record letter or signature"), "productions.change_financingsource", SecureSource,
        "financing", FinancingSource, "plan__production",
    ),
    "record-shares": MoneyStep(
        _("Record shares"), "productions.add_coproductionterms", RecordShares, "financing"
    ),
}  # fmt: skip


def address_of(title: int, name: str, key: int = 0) -> str:
    """The page of a step."""
    return reverse("admin:title_money_step", args=[title, name, key])


def page_of(title: int, page: str) -> str:
    """The page of budgets, costs or financing."""
    return reverse(f"admin:title_{page}", args=[title])


def step_view(request: HttpRequest, title: int, name: str, key: int) -> HttpResponse:
    """Ask what a step needs, and take it; what is refused comes back with the input kept."""
    step = STEPS.get(name)
    if step is None:
        raise Http404
    if not request.user.has_perm(step.permission):
        raise PermissionDenied
    found = Production.objects.select_related("programme").filter(pk=min(title, 2**62)).first()
    if found is None:
        raise Http404
    subject = None
    if step.about is not None:
        subject = step.about.objects.filter(**{step.path: found, "pk": min(key, 2**62)}).first()
        if subject is None:
            raise Http404
    now = timezone.now()
    posted = request.method == "POST"
    form = step.form(
        request.POST if posted else None,
        request.FILES if posted else None,
        production=found,
        subject=subject,
        user=request.user,
        today=timezone.localdate(now),
    )
    back = page_of(found.pk, step.page)
    if posted and form.is_valid():
        if carried_out(form, lambda: form.write(actor=request.user, at=now)):
            messages.success(request, form.done)
            return HttpResponseRedirect(back)
        form.forget()
    facts = [(_("Production"), found)]
    if subject is not None:
        facts.append((subject._meta.verbose_name.capitalize(), subject))
    return step_page(
        request, form, title=step.label, button=step.label, back=back, facts=facts,
        explanation=form.explanation, original=found, opts=Production._meta,
    )  # fmt: skip

"""Every endpoint of the API on one page."""

from typing import Any

from django.urls import URLPattern, path

from partners.viewsets import OrganisationViewSet, PersonViewSet
from portfolio.common.api.document import docs_view, document_view, index_view
from portfolio.common.api.viewsets import RowViewSet
from portfolio.funding import viewsets as funding
from portfolio.live.viewsets import ConcertViewSet, ShowViewSet, VenueViewSet
from portfolio.productions.viewsets import (
    BudgetsView,
    CostReportsView,
    FinancingPlansView,
    ProductionViewSet,
    ReleaseViewSet,
    ResultViewSet,
    WaterfallsView,
)
from portfolio.programmes.viewsets import ProgrammeViewSet, ProjectViewSet, StrandViewSet
from portfolio.reporting.api import REPORTS
from portfolio.rights.viewsets import AvailsView, GrantViewSet
from portfolio.sources.viewsets import ClaimViewSet, SourceViewSet
from portfolio.staff.api import PrivateRowViewSet
from scholarships.viewsets import ApplicationViewSet, AwardViewSet, SchemeViewSet

ENDPOINTS: dict[str, type[RowViewSet]] = {
    "productions": ProductionViewSet,
    "releases": ReleaseViewSet,
    "results": ResultViewSet,
    "organisations": OrganisationViewSet,
    "projects": ProjectViewSet,
    "programmes": ProgrammeViewSet,
    "strands": StrandViewSet,
    "people": PersonViewSet,
    "scholarship-schemes": SchemeViewSet,
    "venues": VenueViewSet,
    "concerts": ConcertViewSet,
    "shows": ShowViewSet,
    "sources": SourceViewSet,
    "claims": ClaimViewSet,
}

# Only a key of staff opens these.
PRIVATE: dict[str, type[PrivateRowViewSet]] = {
    "allocations": funding.AllocationViewSet,
    "commitments": funding.CommitmentViewSet,
    "tranches": funding.TrancheViewSet,
    "approval-requests": funding.ApprovalRequestViewSet,
    "approval-limits": funding.ApprovalLimitViewSet,
    "delegations": funding.DelegationViewSet,
    "ledger-entries": funding.LedgerEntryViewSet,
    "exchange-rates": funding.ExchangeRateViewSet,
    "rate-series": funding.RateSeriesViewSet,
    "period-closings": funding.PeriodClosingViewSet,
    "drawdown-requests": funding.DrawdownRequestViewSet,
    "agreements": funding.AgreementViewSet,
    "grants": GrantViewSet,
    "applications": ApplicationViewSet,
    "awards": AwardViewSet,
}
# What stands for a row in an address: its slug, its number, or its reference.
PLACES = {"slug": "<slug:slug>", "pk": "<int:pk>", "reference": "<path:reference>"}


def addresses() -> list[URLPattern]:
    """A list and a detail for each endpoint; the index, the document and its pages beside them."""
    found = []
    for name, view in (ENDPOINTS | PRIVATE).items():
        methods: dict[str, Any] = {"get": "list"}
        if hasattr(view, "create"):
            methods["post"] = "create"
        row = PLACES[view.lookup_field]
        found += [
            path(f"{name}/", view.as_view(methods), name=f"{name}-list"),
            path(f"{name}/{row}/", view.as_view({"get": "retrieve"}), name=f"{name}-detail"),
        ]
    for name, report in REPORTS.items():
        found.append(
            path(f"reports/{name}/", report.as_view({"get": "report"}), name=f"report-{name}")
        )
    found.append(path("avails/", AvailsView.as_view({"get": "avails"}), name="avails"))
    found.append(
        path("waterfalls/", WaterfallsView.as_view({"get": "waterfalls"}), name="waterfalls")
    )
    money: dict[str, Any] = {
        "budgets": BudgetsView.as_view({"get": "budgets"}),
        "cost-reports": CostReportsView.as_view({"get": "cost_reports"}),
        "financing-plans": FinancingPlansView.as_view({"get": "financing_plans"}),
    }
    found += [path(f"{name}/", view, name=name) for name, view in money.items()]
    reports = ["avails", "waterfalls", *money, *(f"reports/{name}" for name in REPORTS)]
    return [
        *found,
        path("", index_view([*ENDPOINTS, *PRIVATE, *reports]), name="index"),
        path("schema/", document_view, name="schema"),
        path("docs/", docs_view, name="docs"),
    ]


app_name = "api"
urlpatterns = addresses()

"""Every endpoint of the API on one page."""

from django.urls import URLPattern, path

from partners.viewsets import OrganisationViewSet, PersonViewSet
from portfolio.common.api.document import docs_view, document_view, index_view
from portfolio.common.api.viewsets import RowViewSet
from portfolio.productions.viewsets import ProductionViewSet
from portfolio.programmes.viewsets import ProgrammeViewSet, ProjectViewSet, StrandViewSet
from portfolio.sources.viewsets import ClaimViewSet, SourceViewSet
from scholarships.viewsets import SchemeViewSet

ENDPOINTS: dict[str, type[RowViewSet]] = {
    "productions": ProductionViewSet,
    "organisations": OrganisationViewSet,
    "projects": ProjectViewSet,
    "programmes": ProgrammeViewSet,
    "strands": StrandViewSet,
    "people": PersonViewSet,
    "scholarship-schemes": SchemeViewSet,
    "sources": SourceViewSet,
    "claims": ClaimViewSet,
}


def addresses() -> list[URLPattern]:
    """A list and a detail for each endpoint; the index, the document and its pages beside them."""
    found = []
    for name, view in ENDPOINTS.items():
        found += [
            path(f"{name}/", view.as_view({"get": "list"}), name=f"{name}-list"),
            path(f"{name}/<slug:slug>/", view.as_view({"get": "retrieve"}), name=f"{name}-detail"),
        ]
    return [
        *found,
        path("", index_view(list(ENDPOINTS)), name="index"),
        path("schema/", document_view, name="schema"),
        path("docs/", docs_view, name="docs"),
    ]


app_name = "api"
urlpatterns = addresses()

"""Organisations and people in the API."""

from partners.filtersets import OrganisationFilterSet, PersonFilterSet
from partners.models import Organisation, Person
from partners.serializers import (
    OrganisationDetailSerializer,
    OrganisationSerializer,
    PersonDetailSerializer,
    PersonSerializer,
)
from portfolio.common.api.viewsets import RowViewSet


class OrganisationViewSet(RowViewSet):
    """Firms, schools and public bodies that take part."""

    queryset = Organisation.objects.all()
    serializer_class = OrganisationSerializer
    detail_serializer_class = OrganisationDetailSerializer
    filterset_class = OrganisationFilterSet


class PersonViewSet(RowViewSet):
    """People who speak for, work for or make something."""

    queryset = Person.objects.all()
    serializer_class = PersonSerializer
    detail_serializer_class = PersonDetailSerializer
    filterset_class = PersonFilterSet

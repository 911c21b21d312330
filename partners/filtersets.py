"""What lists of organisations and people may be asked."""

from partners.choices import OrganisationKind
from portfolio.common.api.filters import (
    AnyWordParameter,
    CountryParameter,
    LinkedParameter,
    SlugParameter,
    StrictFilterSet,
)


class OrganisationFilterSet(StrictFilterSet):
    """Questions about organisations."""

    kind = AnyWordParameter("kinds", OrganisationKind, help_text="What it does.")
    country = CountryParameter("country", help_text="ISO 3166-1, such as HK.")
    parent = SlugParameter("parent", help_text="The address of the organisation it belongs to.")
    co_initiator_of = LinkedParameter(
        "programme_roles",
        "programme",
        where={"role": "CO_INITIATOR"},
        help_text="The address of a programme that it initiated with others.",
    )


class PersonFilterSet(StrictFilterSet):
    """Questions about people."""

    organisation = LinkedParameter(
        "positions",
        "organisation",
        help_text="The address of an organisation they have a position at.",
    )

"""What lists of rights may be asked."""

from partners.models import Agreement, Organisation
from portfolio.common.api.filters import DayParameter, DeclaredFilterSet, WordParameter
from portfolio.common.api.private_filters import AddressParameter, ReferenceParameter
from portfolio.productions.models import Production
from portfolio.rights.choices import Direction, Exclusivity, GrantState


class GrantFilterSet(DeclaredFilterSet):
    """Questions about grants."""

    title = AddressParameter("title", Production, help_text="The address of a title.")
    direction = WordParameter("direction", Direction, help_text="Rights in or rights out.")
    state = WordParameter("state", GrantState, help_text="How far it has come.")
    exclusivity = WordParameter("exclusivity", Exclusivity, help_text="Who else may have it.")
    other_side = AddressParameter(
        "other_side", Organisation, help_text="The address of the other side."
    )
    agreement = ReferenceParameter(
        "agreement", Agreement, help_text="The reference of its agreement."
    )
    granted_after = DayParameter("granted_date__gte", help_text="Granted on that day or later.")
    granted_before = DayParameter("granted_date__lte", help_text="Granted on that day or earlier.")

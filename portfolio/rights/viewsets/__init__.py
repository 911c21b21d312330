"""Rights in the API; a key of staff opens them."""

from portfolio.rights.viewsets.avails import AvailsView
from portfolio.rights.viewsets.grants import GrantViewSet

__all__ = ["AvailsView", "GrantViewSet"]

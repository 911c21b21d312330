"""Who sits at the screens of money."""

from django.contrib.auth.models import Group
from django.test import Client

from portfolio.staff.models import User


def browser(person: User, *roles: str) -> Client:
    """A signed-in browser of one of the people of the books, in roles."""
    User.objects.filter(pk=person.pk).update(is_staff=True)
    person.groups.add(*Group.objects.filter(name__in=roles))
    client = Client()
    client.force_login(person)
    return client

"""Report pages as somebody in a role sees them."""

import html
import re

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from portfolio.staff.models import User


def signed_in(role):
    """A client of a new person in a role; in none, where there is no role."""
    person = User.objects.create(username=f"somebody-{role}".replace(" ", "-"), is_staff=True)
    if role:
        person.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(person)
    return client


def page(client, route, **asked):
    """The text of a page that opens."""
    response = client.get(reverse(f"admin:{route}"), asked)
    assert response.status_code == 200
    return response.content.decode()


def table_of(text):
    """The rows of the last table as texts."""
    body = text.rpartition("<table")[2]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", "", c)).strip() for c in row] for row in cells]

"""What the database refuses of accounts."""

import pytest

from portfolio.staff.models import User
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_an_address_belongs_to_one_account_in_any_case():
    User.objects.create_user("alice", email="alice@example.org")
    User.objects.create_user("bob")
    User.objects.create_user("charlie")

    with refused("user_email_belongs_to_one"):
        User.objects.create_user("dora", email="Alice@Example.org")


def test_a_name_in_other_letters_is_the_same_name():
    User.objects.create_user("alice")

    with refused("user_username_is_unique_in_any_case"):
        User.objects.create_user("Alice")


@pytest.mark.parametrize("name", ["аlice", "ａlice", "alice lam", "алиса", "阿明"])
def test_user_username_has_no_look_alikes(name: str):
    with refused("user_username_has_no_look_alikes"):
        User.objects.create(username=name)


@pytest.mark.parametrize("name", ["alice", "Alice.Lam", "a+b@example.org", "a-b_c9"])
def test_a_plain_name_is_taken(name: str):
    assert User.objects.create(username=name).pk

"""What the database refuses about accounts."""

import pytest

from portfolio.staff.models import User
from tests.refusals import refused


@pytest.mark.parametrize("name", ["аlice", "ａlice", "alice lam", "алиса", "阿明"])
def test_user_username_has_no_look_alikes(db: None, name: str):
    with refused("user_username_has_no_look_alikes"):
        User.objects.create(username=name)


@pytest.mark.parametrize("name", ["alice", "Alice.Lam", "a+b@example.org", "a-b_c9"])
def test_a_plain_name_is_taken(db: None, name: str):
    assert User.objects.create(username=name).pk

"""What tests of money in the API share: books, keys of three people, and how each asks."""

import datetime
import itertools
import json
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from portfolio.funding.models import DrawdownRequest, KeptAnswer, LedgerEntry
from portfolio.staff.models import Scope, User
from portfolio.staff.tokens import make_token

LEDGER = "ledger-entries/"
DRAWDOWNS = "drawdown-requests/"
KEYS = itertools.count(1)


class Caller:
    """A client with a key; `post` makes up an Idempotency-Key unless one is given."""

    def __init__(self, user: Any, *scopes: str, lasts: int = 30) -> None:
        now = timezone.now()
        self.user = user
        self.token, self.key = make_token(
            user=user, name="Finance system", scopes=scopes or list(Scope),
            expires_at=now + datetime.timedelta(days=lasts), created_by=user, at=now,
        )  # fmt: skip
        self.client = Client(headers={"host": "localhost", "authorization": f"Bearer {self.key}"})

    def get(self, path: str, **parameters: Any) -> Any:
        """The answer to a question."""
        return self.client.get(f"/api/v1/{path}", parameters)

    def row(self, path: str) -> Any:
        """The body of an answer that must be 200."""
        response = self.get(path)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def rows(self, path: str, **parameters: Any) -> Any:
        """The rows of a list."""
        response = self.get(path, **parameters)
        assert response.status_code == 200, response.content
        return json.loads(response.content)["results"]

    def post(self, path: str, body: Any, *, key: str | None = None, **headers: str) -> Any:
        """The answer to a write; a body that is bytes goes as it is."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            "POST", f"/api/v1/{path}", raw, content_type=headers.pop("content_type", "application/json"),
            headers={"Idempotency-Key": f"key-{next(KEYS)}" if key is None else key, **headers},
        )  # fmt: skip


def person(role: str, name: str | None = None) -> User:
    """Somebody in a role."""
    user = User.objects.create(username=name or f"{role.lower().replace(' ', '-')}-{next(KEYS)}")
    user.groups.add(Group.objects.get(name=role))
    return user


def payment(tranche: Any, **more: Any) -> dict[str, Any]:
    """The body that pays a tranche whole."""
    return {
        "kind": "DISBURSEMENT",
        "commitment": tranche.commitment.reference,
        "tranche": tranche.number,
        "amount": str(tranche.amount),
        "currency": tranche.commitment.currency,
        "value_date": "2026-06-01",
        "reference": "FT-1",
        **more,
    }


def money_back(commitment: Any, kind: str = "REFUND", **more: Any) -> dict[str, Any]:
    """The body that records what came back of a commitment."""
    return {
        "kind": kind, "commitment": commitment.reference, "amount": "1000.00", "currency": "HKD",
        "value_date": "2026-06-02", **more,
    }  # fmt: skip


def head() -> Any:
    """What a refused write must leave as it is."""
    entries = list(LedgerEntry.objects.order_by("pk").values_list("pk", "amount"))
    return entries, KeptAnswer.objects.count(), DrawdownRequest.objects.count()


def faults(response: Any) -> dict[str, str]:
    """What a refusal says about each parameter."""
    return {e["parameter"]: e["detail"] for e in json.loads(response.content)["errors"]}

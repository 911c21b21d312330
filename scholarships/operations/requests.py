"""Erasures as they are asked for and decided; a command of the owner carries them out."""

import datetime
from typing import Any

from portfolio.common.transactions import atomic_retrying
from scholarships.choices import ErasureBasis
from scholarships.models import Applicant, Erasure
from scholarships.operations.applications import context


@atomic_retrying
def ask_for_erasure(*, applicant: Applicant, at: datetime.datetime, actor: Any) -> Erasure:
    """Enter that somebody wants to be erased. Raises: IntegrityError where it was entered before."""
    with context(actor):
        return Erasure.objects.create(
            applicant=applicant, basis=ErasureBasis.REQUEST, asked_at=at, asked_by=actor
        )


@atomic_retrying
def decide_erasure(*, erasure: Erasure, at: datetime.datetime, actor: Any) -> Erasure:
    """Let the next run of the command erase. Raises: IntegrityError, erasure_is_decided_by_another."""
    with context(actor):
        row = Erasure.objects.select_for_update(no_key=True).get(pk=erasure.pk)
        row.decided_at, row.decided_by = at, actor
        row.save(update_fields=["decided_at", "decided_by"])
    return row

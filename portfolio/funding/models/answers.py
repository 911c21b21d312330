"""Answers that were given once to a key: a repeated request writes nothing twice."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class KeptAnswer(models.Model):
    """What was answered to an Idempotency-Key, kept in the transaction of the write itself.

    Either both are there or neither, so a crash between the two cannot happen. A refused request
    leaves none: the same key asks anew.
    """

    caller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    kept_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [
            models.UniqueConstraint(
                fields=["caller", "endpoint", "key"],
                name="kept_answer_is_one_a_key",
                violation_error_message=_("This key was used before."),
            ),
            models.CheckConstraint(
                name="kept_answer_has_a_key",
                condition=~Q(key=""),
                violation_error_message=_("Give an Idempotency-Key."),
            ),
        ]

    def __str__(self) -> str:
        return self.key

"""What the next gates of a production still ask for, in the words of the database."""

from django.db import DatabaseError, connection, transaction

from portfolio.common.refusals import refusal_of
from portfolio.productions.choices import Stage
from portfolio.productions.models import Production

# The functions of sql/0004_stages.sql; a paper is asked for by the form of the step.
GUARDS = {
    Stage.GREENLIT: "SELECT greenlight_is_guarded(%(production)s, 0)",
    Stage.FINANCED: "SELECT financial_close_is_guarded(%(production)s)",
    Stage.PRINCIPAL_PHOTOGRAPHY: "SELECT photography_is_guarded(%(production)s)",
    Stage.DELIVERED: "SELECT delivery_is_guarded(%(production)s)",
    Stage.RELEASED: "SELECT release_is_guarded(%(production)s, 'infinity')",
}


def what_gate_waits_for(production: Production, to_stage: Stage) -> str:
    """The first thing that a gate would refuse a step for, or nothing.

    Queries: one, within a savepoint, where the stage has a gate.
    """
    if to_stage not in GUARDS or production.standing != "IN_PROGRAMME":
        return ""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(GUARDS[to_stage], {"production": production.pk})
    except DatabaseError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        return str(refusal)
    return ""

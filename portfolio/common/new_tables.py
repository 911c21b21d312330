"""An operation of migrations that makes many tables quickly."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from pgtrigger.migrations import AddTrigger

ADDS = (AddConstraint, AddField, AddIndex, AddTrigger, CreateModel)


class NewTables(Operation):
    """Make tables and their triggers, and have Django build its models once and not for each of them.

    Django builds every related model anew after each operation on a table, and nearly every table of ours
    is related to every other: apart, these operations took four times as long as PostgreSQL's work.
    The order of the tables is free, since their foreign keys are made last.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        """`operations` are CreateModel, with its constraints and indexes, and AddTrigger on these models.

        Or they change tables that are there, each part of them once; SQL between them may fill new columns.
        """
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: Any) -> None:
        # Without `apps` a state has no models to build; the next who asks builds them all.
        state.__dict__.pop("apps", None)
        # They are whole then: Python that a later migration runs need not have them built again.
        state.is_delayed = False
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for operation in reversed(self.operations):
            # What was added is found in the first state alone; what was removed or altered, in the second.
            second = from_state if isinstance(operation, ADDS) else to_state
            operation.database_backwards(app_label, schema_editor, from_state, second)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)

"""Tables that a migration makes together are there afterwards, and gone when it is taken back."""

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations import (
    AddConstraint,
    AddField,
    AlterField,
    CreateModel,
    RemoveConstraint,
    RunSQL,
)
from django.db.migrations.state import ProjectState
from pgtrigger.compiler import Trigger, UpsertTriggerSql
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from portfolio.common.new_tables import NewTables

# The two refer to each other, so that neither could be made alone.
BOX = CreateModel(
    "Box",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("width", models.IntegerField()),
        ("lid", models.ForeignKey("common.Lid", models.PROTECT, null=True, related_name="+")),
    ],
    options={
        "constraints": [
            models.CheckConstraint(name="box_has_a_width", condition=models.Q(width__gt=0))
        ]
    },
)
LID = CreateModel(
    "Lid",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("box", models.ForeignKey("common.Box", models.PROTECT, related_name="+")),
    ],
)


def keep(words: str) -> Trigger:
    return Trigger(
        name="stays",
        sql=UpsertTriggerSql(
            func=f"RAISE EXCEPTION '{words}';",
            hash="0",
            operation="DELETE",
            pgid="pgtrigger_stays_00000",
            table="common_lid",
            when="BEFORE",
        ),
    )


KEEP = keep("A lid stays.")


@pytest.mark.django_db
def test_tables_made_together_have_their_keys_rules_and_triggers_until_they_are_taken_back():
    operation = NewTables(operations=[BOX, LID, AddTrigger("lid", KEEP)])
    before, after = ProjectState(), ProjectState()
    operation.state_forwards("common", after)

    with connection.schema_editor() as editor:
        operation.database_forwards("common", editor, before, after)

    Box, Lid = after.apps.get_model("common", "Box"), after.apps.get_model("common", "Lid")
    box = Box.objects.create(width=3)
    lid = Lid.objects.create(box=box)
    for refused, reason in (
        (lambda: Box.objects.create(width=0), "box_has_a_width"),
        (lambda: Lid._base_manager.filter(pk=lid.pk)._raw_delete("default"), "A lid stays"),
        (lambda: Lid.objects.create(box_id=box.pk + 1) and check_keys(), "foreign key"),
    ):
        with pytest.raises(DatabaseError, match=reason), transaction.atomic():
            refused()
    check_keys()

    with connection.schema_editor() as editor:
        operation.database_backwards("common", editor, after, before)

    assert not {"common_box", "common_lid"} & set(connection.introspection.table_names())


def test_the_state_of_tables_made_together_is_that_of_tables_made_one_by_one():
    together, apart = ProjectState(), ProjectState()
    operations = [BOX, LID, AddTrigger("lid", KEEP)]

    NewTables(operations=operations).state_forwards("common", together)
    for operation in operations:
        operation.state_forwards("common", apart)

    assert together.models == apart.models
    assert together.models["common", "lid"].options["triggers"] == [KEEP]


@pytest.mark.django_db
def test_tables_that_are_there_change_together_and_are_as_before_when_it_is_taken_back():
    tall = models.CheckConstraint(name="box_has_a_width", condition=models.Q(height__gt=0))
    made = NewTables(operations=[BOX, LID, AddTrigger("lid", KEEP)])
    changed = NewTables(
        operations=[
            RemoveTrigger("lid", "stays"),
            RemoveConstraint("box", "box_has_a_width"),
            AddField("box", "height", models.IntegerField(null=True)),
            AlterField("box", "width", models.IntegerField(null=True)),
            AddTrigger("lid", keep("A lid stays on.")),
            RunSQL("UPDATE common_box SET height = 7", ""),
            AddConstraint("box", tall),
        ]
    )
    before = ProjectState()
    made.state_forwards("common", before)
    after = before.clone()
    changed.state_forwards("common", after)
    with connection.schema_editor() as editor:
        made.database_forwards("common", editor, ProjectState(), before)
    Box, Lid = before.apps.get_model("common", "Box"), before.apps.get_model("common", "Lid")
    lid = Lid.objects.create(box=Box.objects.create(width=3))
    check_keys()

    with connection.schema_editor() as editor:
        changed.database_forwards("common", editor, before, after)

    NewBox = after.apps.get_model("common", "Box")
    NewBox.objects.create(width=None, height=1).delete()
    assert list(NewBox.objects.values_list("width", "height")) == [(3, 7)]
    for refused, reason in (
        (lambda: NewBox.objects.create(width=3, height=0), "box_has_a_width"),
        (lambda: Lid._base_manager.filter(pk=lid.pk)._raw_delete("default"), "A lid stays on"),
    ):
        with pytest.raises(DatabaseError, match=reason), transaction.atomic():
            refused()

    check_keys()
    with connection.schema_editor() as editor:
        changed.database_backwards("common", editor, after, before)

    assert list(Box.objects.values_list("width")) == [(3,)]
    for refused, reason in (
        (lambda: Box.objects.create(width=0), "box_has_a_width"),
        (lambda: Box.objects.create(width=None), "null value"),
        (lambda: Lid._base_manager.filter(pk=lid.pk)._raw_delete("default"), r"A lid stays\."),
    ):
        with pytest.raises(DatabaseError, match=reason), transaction.atomic():
            refused()


def test_python_run_after_tables_made_together_finds_their_models_built():
    state = ProjectState()
    for operation in (BOX, LID):
        operation.state_forwards("common", state)
    assert state.apps.get_model("common", "Lid")
    AddTrigger("lid", KEEP).state_forwards("common", state)
    assert state.is_delayed

    NewTables(operations=[RemoveTrigger("lid", "stays")]).state_forwards("common", state)
    built = state.apps

    state.clear_delayed_apps_cache()

    assert state.apps is built


def check_keys() -> None:
    """Look at the foreign keys now and not at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

"""What a file would do is shown, written when it is confirmed, and taken back."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from portfolio.imports.models import ImportBatch, ImportWrite
from portfolio.imports.operations.checking import NotPermitted
from portfolio.imports.operations.writing import (
    ChangedSince,
    FileIsStale,
    NothingToWrite,
    NotInThatState,
    confirm_batch,
    undo_batch,
)
from portfolio.productions.models import Production
from portfolio.staff.models import User
from tests import factories
from tests.imports.files import AT, chief, csv_of, films, json_of, reasons, states
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def confirmed(batch: ImportBatch, **given) -> ImportBatch:
    return confirm_batch(batch=batch, actor=given.pop("actor", chief()), at=AT, **given)


@pytest.fixture
def home():
    """A programme with one film in its track record."""
    programme = factories.ProgrammeFactory()
    factories.ProductionFactory(
        slug="old-1990", name_en="Old", year=1990, runtime_minutes=90, strand=None,
        programme=programme, standing="TRACK_RECORD",
    )  # fmt: skip
    return programme


FILE = csv_of(
    "address,title,year,runtime,genre",
    "old-1990,Old,1990,95,",
    ",New,1991,100,Drama",
    ",=1+1,1992,100,Drama",
    ",Far,2190,100,Drama",
    "old-1990,,,90,",
)


def test_nothing_is_written_before_it_is_confirmed(home):
    batch = films(FILE, programme=home)

    assert states(batch) == {2: "FLAGGED", 3: "NEW", 4: "FAULTY", 5: "FAULTY", 6: "UNCHANGED"}
    assert reasons(batch) == {
        2: ["twice_in_file"], 4: ["is_formula"], 5: ["year_ahead"], 6: ["twice_in_file"],
    }  # fmt: skip
    assert list(Production.objects.values_list("slug", "runtime_minutes")) == [("old-1990", 90)]


def test_a_changed_row_says_which_fields_and_an_empty_cell_changes_nothing(home):
    batch = films(csv_of("address,title,year,genre", "old-1990,Old,1990,Drama"), programme=home)

    row = batch.rows.get()
    assert row.state == "CHANGED"
    assert row.records[0]["before"] == {"genre": ""}
    assert row.records[0]["values"] == {"name_en": "Old", "genre": "Drama", "year": 1990}


def test_what_is_confirmed_is_written_at_once_with_who_did_it(home):
    batch = confirmed(films(csv_of("address,title,year,runtime", "old-1990,Old,1990,95", ",New,1991,100"), programme=home))  # fmt: skip  # noqa: E501

    assert list(
        Production.objects.order_by("slug").values_list(
            "slug", "runtime_minutes", "publication", "standing", "stage"
        )
    ) == [
        ("new-1991", 100, "DRAFT", "TRACK_RECORD", "RELEASED"),
        ("old-1990", 95, "PUBLIC", "TRACK_RECORD", "ANNOUNCED"),
    ]
    assert (batch.state, batch.confirmed_by, batch.confirmed_at) == ("CONFIRMED", chief(), AT)
    event = apps.get_model("productions", "ProductionEvent").objects.latest("pgh_id")
    assert event.pgh_context.metadata == {"user": chief().pk, "import_batch": batch.pk}
    assert [event.state for event in apps.get_model("imports", "ImportBatchEvent").objects.order_by("pgh_id")] == [
        "CHECKED", "CONFIRMED",
    ]  # fmt: skip


def test_undoing_brings_back_what_was_and_removes_what_was_added(home):
    batch = confirmed(films(csv_of("address,title,year,runtime", "old-1990,Old,1990,95", ",New,1991,100"), programme=home))  # fmt: skip  # noqa: E501

    undo_batch(batch=batch, actor=chief(), at=AT)

    assert list(Production.objects.values_list("slug", "runtime_minutes")) == [("old-1990", 90)]
    assert ImportBatch.objects.get().state == "UNDONE"
    assert ImportWrite.objects.count() == 2


@pytest.mark.parametrize("fields", [{"runtime_minutes": 96}, {"notes": "Seen"}])
def test_what_somebody_changed_since_is_not_undone(home, fields):
    batch = confirmed(films(csv_of("address,title,year,runtime", "old-1990,Old,1990,95", ",New,1991,100"), programme=home))  # fmt: skip  # noqa: E501
    film = Production.objects.get(slug="new-1991")
    for name, value in fields.items():
        setattr(film, name, value)
    film.save()

    with pytest.raises(ChangedSince, match="3 “New”"):
        undo_batch(batch=batch, actor=chief(), at=AT)

    assert Production.objects.get(slug="old-1990").runtime_minutes == 95


def test_what_others_refer_to_since_is_not_undone(home):
    batch = confirmed(films(csv_of("title,year", "New,1991", "Newer,1992"), programme=home))
    factories.CreditFactory(production=Production.objects.get(slug="newer-1992"))

    with pytest.raises(ChangedSince, match="3 “Newer”") as said:
        undo_batch(batch=batch, actor=chief(), at=AT)

    assert "2 “New”" not in str(said.value)
    assert Production.objects.count() == 3


def test_flagged_rows_are_written_only_where_somebody_says_so(home):
    batch = films(
        json_of({"title": 300, "year": 2007}, {"title": "New", "year": 1991}), programme=home
    )

    assert states(batch) == {1: "FLAGGED", 2: "NEW"}
    confirmed(batch)
    assert not Production.objects.filter(slug="300-2007").exists()

    again = films(json_of({"title": 300, "year": 2007}), programme=home)
    with pytest.raises(NothingToWrite):
        confirmed(again)
    confirmed(again, flagged_too=True)
    assert Production.objects.get(slug="300-2007").name_en == "300"


def test_two_rows_of_one_address_are_flagged_and_never_both_written(home):
    batch = films(csv_of("title,year", "New,1991", "NEW,1991"), programme=home)

    assert states(batch) == {2: "FLAGGED", 3: "FLAGGED"}
    with pytest.raises(FileIsStale, match="rows of the file: 3"):
        confirmed(batch, flagged_too=True)


def test_what_changed_since_the_file_was_read_is_not_written_over(home):
    batch = films(csv_of("address,title,runtime", "old-1990,Old,95"), programme=home)
    Production.objects.filter(slug="old-1990").update(runtime_minutes=91)

    with pytest.raises(FileIsStale, match="rows of the file: 2"):
        confirmed(batch)

    assert Production.objects.get().runtime_minutes == 91
    assert ImportBatch.objects.get().state == "CHECKED"


def test_a_number_of_a_row_in_the_file_is_never_taken(home):
    other = factories.ProductionFactory(slug="other", name_en="Other")
    batch = films(csv_of("id,pk,title,year", f"{other.pk},{other.pk},Taken,1999"), programme=home)

    assert batch.unused == ["id", "pk"]
    confirmed(batch)
    other.refresh_from_db()
    assert other.name_en == "Other"


def test_a_row_of_another_programme_is_out_of_reach(home):
    factories.ProductionFactory(slug="other", name_en="Other")
    batch = films(csv_of("address,title", "other,Taken over"), programme=home)

    assert reasons(batch) == {2: ["address_taken"]}


def test_text_that_no_database_keeps_is_a_fault_of_its_row_and_no_error(home):
    data = b'[{"title": "a\\u0000b"}, {"title": "\\ud800"}, {"title": "x\\u202ey"}, {"title": "\xef\xbf\xbd"}]'
    batch = films(data, programme=home)

    assert reasons(batch) == {
        1: ["control_character"], 2: ["half_character"], 3: ["turns_direction"], 4: ["lost_character"],
    }  # fmt: skip
    assert batch.rows.get(number=1).cells == {"title": "a⟨U+0000⟩b"}


def test_every_fault_of_a_row_is_named(home):
    batch = films(
        csv_of(
            "address,title,year,release date,runtime,format",
            "Not An Address,A,1888.5,06/07/1998,0,OPERA",
            f",{'a' * 301},1990,,x,",
            ",,1990,,,",
            ",電影,1990,,,",
            ",B,1990,1991-01-01,,",
        ),
        programme=home,
    )

    assert reasons(batch) == {
        2: ["no_whole_number", "day_has_two_readings", "out_of_range", "no_such_word", "address_is_odd"],
        3: ["too_long", "no_number"],
        4: ["no_name"],
        5: ["no_address"],
        6: ["years_differ"],
    }  # fmt: skip


def test_who_may_not_write_the_rows_may_not_import_them(home):
    viewer = User.objects.create(username="v", is_staff=True)
    viewer.groups.set([Group.objects.get(name="Finance")])

    with pytest.raises(NotPermitted):
        films(csv_of("title", "A"), programme=home, actor=viewer)
    batch = films(csv_of("title", "A"), programme=home)
    with pytest.raises(NotPermitted):
        confirmed(batch, actor=viewer)
    confirmed(batch)
    with pytest.raises(NotPermitted):
        undo_batch(batch=batch, actor=viewer, at=AT)


def test_an_import_is_confirmed_once_and_undone_once(home):
    batch = films(csv_of("title", "A"), programme=home)

    with pytest.raises(NotInThatState):
        undo_batch(batch=batch, actor=chief(), at=AT)
    confirmed(batch)
    with pytest.raises(NotInThatState):
        confirmed(batch)
    undo_batch(batch=batch, actor=chief(), at=AT)
    with pytest.raises(NotInThatState):
        undo_batch(batch=batch, actor=chief(), at=AT)


def test_the_server_may_add_rows_of_an_import_and_change_none(home, as_app_role):
    batch = confirmed(films(csv_of("title", "A"), programme=home))

    for statement in (batch.rows.all().update, ImportWrite.objects.all().update):
        with refused("permission denied"):
            statement(id=1)


def test_the_rules_of_imports_hold_for_every_writer(home):
    batch = films(csv_of("title", "A"), programme=home)
    row = batch.rows.get()
    batches = ImportBatch.objects.filter(pk=batch.pk)

    with refused("import_batch_goes_onward"):
        batches.update(
            state="UNDONE", confirmed_at=AT, confirmed_by=chief(), undone_at=AT, undone_by=chief()
        )
    with refused("import_batch_goes_onward"):
        batches.update(file_name="another.csv")
    with refused("import_batch_goes_onward"):
        ImportBatch.objects.create(
            target="productions", kind="CSV", encoding="UTF_8", read_at=AT, read_by=chief(),
            state="CONFIRMED", confirmed_at=AT, confirmed_by=chief(),
        )  # fmt: skip
    with refused("import_batch_state_has_its_stamps"):
        batches.update(state="CONFIRMED", confirmed_at=AT)
    given = {"target": "productions", "read_at": AT, "read_by": chief()}
    with refused("import_batch_kind_is_known"):
        ImportBatch.objects.create(kind="ODS", encoding="UTF_8", **given)
    with refused("import_batch_encoding_is_known"):
        ImportBatch.objects.create(kind="CSV", encoding="", **given)
    with refused("import_row_is_there_once"):
        batch.rows.create(number=row.number, state="NEW")
    with refused("import_row_state_is_known"):
        batch.rows.create(number=99, state="ODD")
    with refused("import_write_act_is_known"):
        row.writes.create(act="DROP", object_id=1)
    row.writes.create(act="ADD", object_id=1)
    batches.update(state="CONFIRMED", confirmed_at=AT, confirmed_by=chief())

"""The pages of imports: upload, look through, confirm, take back, download what was refused."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portfolio.imports.models import ImportBatch
from portfolio.productions.models import Production
from tests import factories
from tests.imports.files import csv_of, films

pytestmark = pytest.mark.django_db
ADD = "/admin/imports/importbatch/add/?what=productions"


def upload(client, data, programme, **given):
    file = SimpleUploadedFile("films.csv", data)
    said = {"file": file, "programme": programme.pk, "format": "FEATURE_FILM", "encoding": ""}
    return client.post(ADD, said | given)


def test_a_file_is_read_looked_through_confirmed_and_taken_back(boss):
    programme = factories.ProgrammeFactory()
    answer = upload(
        boss, csv_of("title,year", "無間道,2002", "功夫,x", codec="big5hkscs"), programme
    )

    batch = ImportBatch.objects.get()
    page = f"/admin/imports/importbatch/{batch.pk}/"
    assert answer["Location"] == f"{page}change/"
    said = boss.get(f"{page}change/").content.decode()
    assert "Big5-HKSCS" in said
    assert "無間道" in said
    assert "“year” is no number: x." in said
    assert "無間道" not in boss.get(f"{page}change/?state=FAULTY&after=2").content.decode()

    upload(boss, csv_of("title,year", "Infernal Affairs,2002"), programme)
    batch = ImportBatch.objects.latest("pk")
    page = f"/admin/imports/importbatch/{batch.pk}/"
    assert boss.get(f"{page}confirm/").status_code == 200
    assert boss.post(f"{page}confirm/").status_code == 302
    assert Production.objects.get().slug == "infernal-affairs-2002"
    assert boss.post(f"{page}confirm/", follow=True).status_code == 200
    assert boss.post(f"{page}undo/").status_code == 302
    assert not Production.objects.exists()


def test_a_refusal_of_the_file_stands_in_the_form(boss):
    programme = factories.ProgrammeFactory()
    strand = factories.StrandFactory()

    assert "The file is empty" in upload(boss, b" ", programme).content.decode()
    large = upload(boss, b"a" * 5_000_001, programme)
    assert "larger than 5 MB" in large.content.decode()
    other = upload(boss, csv_of("title", "A"), programme, strand=strand.pk)
    assert "Choose a strand of the programme." in other.content.decode()
    wrong = upload(boss, csv_of("title", "電影"), programme, encoding="BIG5_HKSCS")
    assert wrong.status_code in (200, 302)
    assert not Production.objects.exists()


def test_the_undo_that_is_refused_says_which_rows(boss):
    upload(boss, csv_of("title,year", "A,2002"), factories.ProgrammeFactory())
    batch = ImportBatch.objects.get()
    boss.post(f"/admin/imports/importbatch/{batch.pk}/confirm/")
    Production.objects.update(year=2003)

    answer = boss.post(f"/admin/imports/importbatch/{batch.pk}/undo/")

    assert "Changed since: 2 “A”." in answer.content.decode()
    assert Production.objects.get().year == 2003


def test_the_report_of_what_was_refused_holds_no_formula(boss):
    batch = films(csv_of("title,year,@note", "=cmd|' /C calc'!A0,1999,+1", "A,x,-2", "B,1999,"))

    answer = boss.get(f"/admin/imports/importbatch/{batch.pk}/refused.csv")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    no_value = "“title” holds a formula without a value: give the value."
    assert list(csv.reader(io.StringIO(text))) == [
        ["Row", "State", "Reasons", "title", "year", "'@note"],
        ["2", "Faulty", no_value, "'=cmd|' /C calc'!A0", "1999", "'+1"],
        ["3", "Faulty", "“year” is no number: x. Write it as 1234.50.", "A", "x", "'-2"],
    ]  # fmt: skip


def test_who_may_not_see_the_rows_reaches_no_page_of_the_import(browser_of, officer):
    batch = films(csv_of("title", "A"))
    page = f"/admin/imports/importbatch/{batch.pk}/"
    for role, verbs in (("Viewer", ()), ("Auditor", ("see",)), ("Finance", ("see", "open"))):
        client = browser_of(role)

        assert (client.get(f"{page}change/").status_code == 200) is ("see" in verbs)
        assert (client.get(f"{page}refused.csv").status_code == 200) is ("see" in verbs)
        assert client.post(f"{page}undo/").status_code in (302, 403)
        assert client.get("/admin/imports/importbatch/add/").status_code == (
            200 if "open" in verbs else 403
        )
        assert client.get(ADD).status_code == 403
        client.post(f"{page}confirm/")
        assert not Production.objects.exists()


@pytest.mark.parametrize(
    "path", ["confirm/", "undo/", "refused.csv", "change/?state=ODD", "change/?after=x"]
)
def test_odd_addresses_are_no_error(boss, path):
    batch = films(csv_of("title", "A"))

    assert boss.get(f"/admin/imports/importbatch/{batch.pk}/{path}").status_code < 500
    assert boss.get(f"/admin/imports/importbatch/999999/{path}").status_code < 500
    assert boss.get("/admin/imports/importbatch/add/?what=nothing").status_code == 200

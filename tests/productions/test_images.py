"""Images: what is uploaded is judged by its bytes and drawn again; files show nothing that is not public."""

import io
import os
import struct
import time
import zlib
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from PIL import Image

from portfolio.common.publishing import Publication
from portfolio.productions.models import ProductionImage
from portfolio.productions.operations.images import ImageNotAllowed, draw_again, keep_image
from tests.factories import ProductionFactory
from tests.productions.slate import AT


@pytest.fixture(autouse=True)
def a_folder_of_its_own(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(size: tuple[int, int] = (800, 600), form: str = "JPEG", **words: Any) -> ContentFile:
    made = io.BytesIO()
    Image.new(words.pop("mode", "RGB"), size, words.pop("colour", "teal")).save(made, form, **words)
    return ContentFile(made.getvalue(), name="upload.anything")


def read(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def test_an_image_is_drawn_again_in_widths_none_larger_than_it_was():
    drawn = draw_again(picture((800, 600)))

    assert {width: height for width, (_content, height) in drawn.items()} == {
        320: 240, 640: 480, 800: 600,
    }  # fmt: skip
    assert {read(content).format for content, _height in drawn.values()} == {"JPEG"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_taken_over(form):
    exif = Image.Exif()
    exif[0x010E] = "Secret place"
    exif[0x0112] = 6  # turned by a quarter

    drawn = draw_again(picture((400, 200), form, exif=exif))

    content, _height = drawn[200]
    assert read(content).size == (200, 400)
    assert b"Secret" not in content
    assert not read(content).getexif()
    assert "icc_profile" not in read(content).info


def test_what_is_transparent_stands_on_white():
    content, _height = draw_again(picture((100, 100), "PNG", mode="RGBA", colour=(0, 0, 0, 0)))[100]

    assert read(content).getpixel((50, 50)) == (255, 255, 255)


def test_what_hangs_behind_an_image_is_left_behind():
    file = picture((100, 100))
    file = ContentFile(file.read() + b"<script>alert(1)</script>", name="poster.jpg")

    assert b"script" not in draw_again(file)[100][0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Only JPEG"),
        (b"<html>", "Only JPEG"),
        (b"GIF89a" + b"\0" * 50, "Only JPEG"),
        (b"RIFF\0\0\0\0WAVE", "Only JPEG"),
        (b"\xff\xd8\xff" + b"<html>" * 9, "damaged"),
        (picture((100, 100)).read()[:200], "damaged"),
    ],
)
def test_what_is_no_image_is_refused(content, said):
    with pytest.raises(ImageNotAllowed, match=said):
        draw_again(ContentFile(content, name="poster.jpg"))


def test_a_bomb_is_refused_by_its_head_alone():
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99))

    with pytest.raises(ImageNotAllowed):
        draw_again(ContentFile(bomb, name="poster.png"))


def test_just_too_many_pixels_are_too_many():
    with pytest.raises(ImageNotAllowed, match="24 million"):
        draw_again(picture((6000, 4001), "PNG", mode="1", colour=0))


def test_a_hair_and_a_stamp_are_refused():
    for size in ((63, 63), (2000, 80)):
        with pytest.raises(ImageNotAllowed, match="too small"):
            draw_again(picture(size))


@pytest.fixture
def poster(slate: Any) -> ProductionImage:
    """A public poster of a public film, 700 pixels wide."""
    return keep_image(
        row=ProductionImage(
            production=slate.film, kind="POSTER", licence="OWNED", credit_line="Nobody",
            alt_en="Two cooks", publication=Publication.PUBLIC,
        ),
        drawn=draw_again(picture((700, 1000))), actor=slate.officer, at=AT,
    )  # fmt: skip


def address(row: ProductionImage, width: int = 640) -> str:
    return f"/images/{row.sha256}-{width}.jpg"


@pytest.mark.django_db
def test_a_public_image_is_served_as_what_it_is(poster, client):
    answer = client.get(address(poster))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert read(b"".join(answer.streaming_content)).width == 640


@pytest.mark.django_db
def test_who_keeps_an_image_asks_after_a_minute_and_is_told_when_it_was_withdrawn(poster, client):
    etag = client.get(address(poster))["ETag"]

    same = client.get(address(poster), headers={"if-none-match": etag})
    assert (same.status_code, same.content, same["Cache-Control"]) == (
        304,
        b"",
        "public, max-age=60",
    )
    assert client.get(address(poster), headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get(address(poster), headers={"if-match": '"other"'}).status_code == 200
    ProductionImage.objects.update(publication=Publication.DRAFT)
    assert client.get(address(poster), headers={"if-none-match": etag}).status_code == 404


@pytest.mark.django_db
def test_files_that_no_image_tells_of_are_removed_after_a_day(poster, settings, capsys):
    kept = sorted(settings.MEDIA_ROOT.rglob("*.jpg"))
    stray = settings.MEDIA_ROOT / "images" / "ab" / f"{'ab' * 32}-320.jpg"
    young = settings.MEDIA_ROOT / "images" / "cd" / f"{'cd' * 32}-320.jpg"
    for file in (stray, young):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    two_days_ago = time.time() - 2 * 86_400
    for file in (stray, *kept):
        os.utime(file, (two_days_ago, two_days_ago))

    call_command("remove_stray_images")

    assert capsys.readouterr().out == "1 removed.\n"
    assert sorted(settings.MEDIA_ROOT.rglob("*.jpg")) == sorted([*kept, young])


@pytest.mark.django_db
def test_there_may_be_no_image_yet(capsys):
    call_command("remove_stray_images")

    assert capsys.readouterr().out == "0 removed.\n"


@pytest.mark.django_db
@pytest.mark.parametrize("hidden", ["image", "production", "programme"])
def test_the_address_of_a_hidden_image_is_that_of_none(poster, client, hidden):
    row = {
        "image": poster,
        "production": poster.production,
        "programme": poster.production.programme,
    }[hidden]
    type(row).objects.filter(pk=row.pk).update(publication=Publication.DRAFT)

    answer = client.get(address(poster))
    none = client.get(f"/images/{'0' * 64}-640.jpg")

    assert answer.status_code == none.status_code == 404
    assert "images/" not in client.get(f"/productions/{poster.production.slug}/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["images/../../etc/passwd", "images/{sha}-641.jpg", "images/{sha}-99999.jpg", "images/"]
)
def test_no_other_address_is_a_file(poster, client, path):
    assert client.get("/" + path.format(sha=poster.sha256)).status_code == 404


@pytest.mark.django_db
def test_the_same_picture_lies_there_once(poster, slate, settings):
    keep_image(
        row=ProductionImage(
            production=ProductionFactory(), kind="STILL", licence="OWNED", credit_line="Nobody",
            alt_en="Two cooks",
        ),
        drawn=draw_again(picture((700, 1000))), actor=slate.officer, at=AT,
    )  # fmt: skip

    assert len(list(settings.MEDIA_ROOT.rglob("*.jpg"))) == 3


@pytest.mark.django_db
def test_a_poster_is_on_its_page_in_lists_and_in_what_is_shared(poster, client):
    page = client.get(f"/productions/{poster.production.slug}/").content.decode()
    listed = client.get("/productions/").content.decode()

    assert f'src="{address(poster)}"' in page
    assert f"{address(poster, 700)} 700w" in page
    assert f'content="http://testserver{address(poster, 700)}"' in page
    assert 'alt="Two cooks"' in page
    assert address(poster, 320) in listed
    assert 'loading="lazy"' in listed

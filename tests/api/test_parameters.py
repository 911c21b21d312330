"""S1, S2, S25: only declared parameters, each read strictly and refused by its name."""

import json

import pytest
from django.apps import apps
from django.db import models

from portfolio.api_router import ENDPOINTS
from tests.factories import ProductionFactory, SourceFactory


def refused(response):
    """The names of the parameters that a 400 problem document blames."""
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"
    document = json.loads(response.content)
    assert document["status"] == 400
    assert document["title"] == "Bad Request"
    return [entry["parameter"] for entry in document["errors"]]


def test_misspelt_parameter_is_named_beside_those_there_are(api):
    response = api.get("/api/v1/productions/", {"strnad": "film", "page_size": "10"})

    assert refused(response) == ["strnad"]
    detail = json.loads(response.content)["errors"][0]["detail"]
    assert "strand" in detail
    assert "page_size" in detail


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("productions/?strand=", "strand"),
        ("productions/?strand=Film", "strand"),
        ("productions/?strand=a--b", "strand"),
        ("productions/?strand=film%0A", "strand"),
        ("productions/?strand=" + "a" * 101, "strand"),
        ("productions/?strand=%00", "strand"),
        ("productions/?format=tv_drama", "format"),
        ("productions/?format=", "format"),
        ("productions/?year=twenty", "year"),
        ("productions/?year=1887", "year"),
        ("productions/?year=2201", "year"),
        ("productions/?year=%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%94", "year"),
        ("productions/?year=1e3", "year"),
        ("productions/?year=" + "9" * 5000, "year"),
        ("productions/?year=2020&year=2021", "year"),
        ("productions/?year_from=2020.0", "year_from"),
        ("productions/?standing=SOME", "standing"),
        ("productions/?standing=ALL&standing=ALL", "standing"),
        ("productions/?ordering=created", "ordering"),
        ("productions/?ordering=notes", "ordering"),
        ("productions/?ordering=name,year", "ordering"),
        ("productions/?ordering=--name", "ordering"),
        ("productions/?ordering=name&ordering=name", "ordering"),
        ("productions/?page_size=0", "page_size"),
        ("productions/?page_size=201", "page_size"),
        ("productions/?page_size=-1", "page_size"),
        ("productions/?page_size=ten", "page_size"),
        ("productions/?page_size=" + "9" * 400, "page_size"),
        ("productions/?page_size=%D9%A1", "page_size"),
        ("productions/?page_size=1&page_size=1", "page_size"),
        ("productions/?count=yes", "count"),
        ("productions/?q=", "q"),
        ("productions/?q=" + "x" * 201, "q"),
        ("productions/?q=a%00b", "q"),
        ("productions/?q=a%1Bb", "q"),
        ("productions/?q=a&q=b", "q"),
        ("productions/?cursor=%%%", "cursor"),
        ("productions/?cursor=a.b", "cursor"),
        ("productions/?cursor=a&cursor=b", "cursor"),
        ("productions/?cursor=" + "a" * 3001, "cursor"),
        ("productions/?%63ursor=abc", "cursor"),
        ("organisations/?country=hk", "country"),
        ("organisations/?country=HKG", "country"),
        ("organisations/?kind=STUDIOS", "kind"),
        ("sources/?published_from=2024-3-1", "published_from"),
        ("sources/?published_from=2024-02-30", "published_from"),
        ("sources/?published_from=0000-01-01", "published_from"),
        ("sources/?published_to=11/03/2024", "published_to"),
        ("productions/last-dance/?fields=notes", "fields"),
        ("?format=json", "format"),
    ],
)
def test_malformed_value_is_refused_by_the_name_of_its_parameter(api, path, parameter):
    assert refused(api.get(f"/api/v1/{path}")) == [parameter]


def test_every_fault_is_named_at_once(api):
    response = api.get("/api/v1/productions/?yeer=1&year=x&page_size=0&strand=X&ordering=id")

    assert sorted(refused(response)) == ["ordering", "page_size", "strand", "year", "yeer"]


def test_parameter_is_repeated_at_most_twenty_times(api):
    assert api.get("/api/v1/productions/?" + "&".join(["strand=a"] * 20)).status_code == 200
    assert refused(api.get("/api/v1/productions/?" + "&".join(["strand=a"] * 21))) == ["strand"]


def test_cursor_of_another_order_or_of_nobody_marks_no_page(db, api):
    strand = ProductionFactory(name_en="A").strand
    ProductionFactory(name_en="B", strand=strand)
    body = json.loads(api.get("/api/v1/productions/?page_size=1").content)
    cursor = body["next"].split("cursor=")[1]

    for path in [
        f"productions/?ordering=year&cursor={cursor}",
        f"productions/?q=a&cursor={cursor}",
        f"claims/?cursor={cursor}",
        f"productions/?cursor={cursor[:-3]}",
        "productions/?cursor=abc",
        "productions/?cursor=bnVsbA",
        "productions/?cursor=" + "W1tb" * 700,
    ]:
        response = api.get(f"/api/v1/{path}")
        assert response.status_code == 404, path
        assert response["Content-Type"] == "application/problem+json"


def model_paths(model, depth=2):
    """Every field of a model by the names that the ORM would accept, across relations."""
    for field in model._meta.get_fields():
        name = field.name
        yield name
        for lookup in ("isnull", "icontains", "startswith", "gt", "in", "regex"):
            yield f"{name}__{lookup}"
        if field.is_relation and depth and field.related_model:
            for inner in field.related_model._meta.get_fields():
                yield f"{name}__{inner.name}"
                if isinstance(inner, models.CharField | models.TextField):
                    yield f"{name}__{inner.name}__startswith"


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_no_field_of_a_model_is_a_parameter_unless_it_is_declared(api, name):
    view = ENDPOINTS[name]
    declared = {*view.filterset_class.parameters(), "ordering", "page_size", "count", "cursor"}
    paths = sorted(
        {*model_paths(view.queryset.model), "pk", "id", "publication", "_order", "format"}
    )

    for path in paths:
        if path in declared:
            continue
        response = api.get(f"/api/v1/{name}/", {path: "x"})
        assert path in refused(response)[0] or path[:100] == refused(response)[0]


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_no_list_is_ordered_by_a_field_that_is_not_declared(api, name):
    view = ENDPOINTS[name]
    fields = {field.name for field in view.queryset.model._meta.get_fields()} - set(view.orders)

    for field in sorted(fields):
        assert refused(api.get(f"/api/v1/{name}/", {"ordering": field})) == ["ordering"]
        assert refused(api.get(f"/api/v1/{name}/", {"ordering": f"-{field}"})) == ["ordering"]


def test_no_serializer_lists_what_is_for_staff(db):
    from portfolio.common.api.fields import RowSerializer

    def every(cls):
        for sub in cls.__subclasses__():
            yield sub
            yield from every(sub)

    staff_only = {"notes", "contacts", "publication", "embargoed_until", "search_text", "pk"}
    checked = 0
    for serializer in every(RowSerializer):
        # What only a key opens is addressed by number; the public counts nothing of ours.
        private = serializer.__module__.startswith(
            ("portfolio.funding.", "portfolio.rights.")
        ) or serializer.__name__ in ("ApplicationSerializer", "AwardSerializer")
        hidden = staff_only if private else staff_only | {"id"}
        assert not hidden & set(serializer().fields), serializer
        checked += 1
    assert checked > 15
    assert apps.get_model("partners.Contact")


def test_boundary_days_and_years_are_accepted(db, slugs):
    SourceFactory(slug="old", published_date="0001-01-01")

    assert slugs("sources/?published_to=0001-01-01") == ["old"]
    assert slugs("sources/?published_from=9999-12-31") == []
    assert slugs("productions/?year_from=1888&year_to=2200") == []
    assert slugs("sources/?page_size=1&ordering=published_date") == ["old"]

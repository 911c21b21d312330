"""The API says of the first programme what its sources say: the counts of the announcement."""

import pytest

pytestmark = pytest.mark.usefixtures("facts")


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("programmes/", 1),
        ("strands/", 6),
        ("organisations/", 19),
        ("organisations/?co_initiator_of=hk-revitalisation", 11),
        ("people/", 5),
        ("productions/", 18),
        ("productions/?format=TV_DRAMA&partner=youku&role=BACKER", 8),
        ("productions/?format=FEATURE_FILM&partner=alibaba-pictures&role=FINANCIER", 10),
        ("productions/?partner=alibaba-pictures", 10),
        ("productions/?partner=one-cool-film", 2),
        ("productions/?standing=TRACK_RECORD", 1),
        ("productions/?standing=ALL", 19),
        ("projects/", 19),
        ("projects/?kind=PRODUCTION", 18),
        ("projects/?kind=SCHOLARSHIP_SCHEME", 1),
        ("projects/?standing=ALL", 20),
        ("scholarship-schemes/", 1),
        ("claims/", 5),
        ("sources/", 3),
    ],
)
def test_list_has_the_rows_of_the_announcement(get, path, count):
    body = get(path + ("&" if "?" in path else "?") + "count=true")

    assert body["count"] == count
    assert len(body["results"]) == count


def test_programme_states_its_envelope_as_it_was_announced(get):
    programme = get("programmes/hk-revitalisation/")

    assert programme["envelope"] == {
        "amount": "5000000000.00",
        "currency": "HKD",
        "qualifier": "AT_LEAST",
    }
    assert programme["quoted_equivalents"] == [{"amount": "640000000.00", "currency": "USD"}]
    assert programme["years"] == 5
    assert programme["announced_date"] == "2024-03-11"
    assert programme["name"] == {
        "en": "Hong Kong Cultural and Art Industry Revitalization Program",
        "zh-hant": "港藝振興計劃",
        "zh-hans": "港艺振兴计划",
    }
    assert programme["sponsor"]["slug"] == "alibaba-dme"
    assert len(programme["co_initiators"]) == 11
    assert [s["slug"] for s in programme["strands"]] == [
        "film", "rights", "tv", "concerts", "venues", "talent",
    ]  # fmt: skip


def test_no_amount_of_a_single_production_is_known(get):
    rows = get("productions/?standing=ALL")["results"]

    assert {row["announced_amount"] for row in rows} == {None}


def test_every_row_has_its_sources(get):
    for name in ["programmes", "strands", "organisations", "people", "productions", "claims"]:
        rows = get(f"{name}/")["results"]
        assert all(row["sources"] for row in rows), name


def test_scheme_has_twenty_places_at_the_academy(get):
    scheme = get("scholarship-schemes/hkbu-film-2024/")

    assert scheme["places"] == 20
    assert scheme["institution"]["slug"] == "hkbu-af"
    assert scheme["amount_per_place"] is None


def test_claims_name_their_speaker_where_the_source_does(get):
    rows = get("claims/")["results"]

    speakers = sorted((row["speaker"] or {"slug": ""})["slug"] for row in rows)
    assert speakers == ["", "jie-li", "kevin-yeung", "kevin-yeung", "ying-xie"]


@pytest.mark.parametrize("typed", ["電視廣播", "电视广播", "tvb"])
def test_broadcaster_is_found_in_either_script_and_by_its_initials(slugs, typed):
    assert slugs("organisations/", q=typed)[0] == "tvb"


@pytest.mark.parametrize("typed", ["Forensic heros", "法证先锋", "法證先鋒"])
def test_series_is_found_in_either_script_and_with_a_typing_error(slugs, typed):
    assert slugs("productions/", q=typed)[0] == "forensic-heroes-vi"

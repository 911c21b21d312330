"""Partners, one partner with its group, people and one person."""

import pytest

from partners.choices import OrganisationKind
from portfolio.common.publishing import Publication
from tests.factories import (
    ClaimFactory,
    CreditFactory,
    OrganisationFactory,
    ParticipationFactory,
    PersonFactory,
    PositionFactory,
    ProductionFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    SourceFactory,
    StrandFactory,
)

pytestmark = pytest.mark.django_db

# Count, rows, owners, roles in programmes, sources.
LIST_QUERIES = 5
# The row, its roles in programmes, its sources (no owner here); the group; its productions and
# their sources; programmes it sponsors; schemes; positions and the people's sources; claims, their
# sources and their speakers' positions.
DETAIL_QUERIES = 13
# Count, rows, positions, sources.
PEOPLE_QUERIES = 4
# The row, positions, sources; credits and the productions' sources; claims.
PERSON_QUERIES = 6


def test_partners_are_the_co_initiators_and_then_the_others(facts, entries, read):
    titles = entries("/partners/")

    assert len(titles) == 19
    assert titles[:11] == [
        "BenXiaoHai Media",
        "Edko Films",
        "Emperor Motion Pictures",
        "Huanxi Media Group",
        "Mandarin Motion Pictures",
        "Media Asia Group",
        "Meiya Entertainment",
        "One Cool Group",
        "Shaw Brothers Pictures",
        "TVB",
        "Universe Entertainment and Culture Group",
    ]
    assert "Co-initiators" in read("/partners/")


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"kind": "BROADCASTER"}, ["TVB"]),
        ({"kind": "university"}, ["Hong Kong Baptist University"]),
        ({"kind": "nothing"}, []),
        ({"q": "電視廣播"}, ["TVB"]),
        ({"q": "电视广播"}, ["TVB"]),
    ],
)
def test_partners_are_found_by_kind_and_by_words(facts, entries, asked, titles):
    assert entries("/partners/", asked) == titles


def test_a_partner_shows_its_group_its_people_and_its_productions(facts, read):
    page = read("/partners/youku/")

    group = "Group Alibaba Alibaba Digital Media and Entertainment Youku Alibaba Pictures"
    assert group in page
    assert "Vice President Ying Xie" in page
    assert "Productions 8" in page
    assert "Backer Golden Era" in page


def test_claims_about_a_partner_are_shown(facts, read):
    page = read("/partners/alibaba-dme/")

    assert "Claimed about it" in page
    assert "Establishes a second headquarters in Hong Kong." in page
    assert "Sponsor of Hong Kong Cultural and Art Industry Revitalization Program" in page


def test_a_hidden_owner_hides_what_lies_beyond_it(read):
    top = OrganisationFactory(name_en="Top holding")
    hidden = OrganisationFactory(name_en="Ghost", parent=top, publication=Publication.DRAFT)
    OrganisationFactory(slug="leaf", name_en="Leaf", parent=hidden)
    OrganisationFactory(name_en="Ghost child", parent=hidden, publication=Publication.DRAFT)

    page = read("/partners/leaf/")

    assert "Ghost" not in page
    assert "Top holding" not in page
    assert "Ghost" not in read("/partners/")


def test_a_hidden_production_or_person_of_a_partner_is_not_shown(read):
    firm = OrganisationFactory(slug="firm", name_en="Firm")
    ghost = ProductionFactory(name_en="Ghost film", publication=Publication.DRAFT)
    ParticipationFactory(production=ghost, organisation=firm)
    nobody = PersonFactory(name_en="Ghost person", publication=Publication.DRAFT)
    PositionFactory(person=nobody, organisation=firm)
    ClaimFactory(programme=None, organisation=firm, speaker=nobody, text_en="Ghost claim")

    assert "Ghost" not in read("/partners/firm/")


def test_a_role_in_a_draft_programme_is_not_shown(read):
    firm = OrganisationFactory(slug="firm", name_en="Firm")
    secret = ProgrammeFactory(name_en="Ghost programme", publication=Publication.DRAFT)
    ProgrammePartnerFactory(programme=secret, organisation=firm)

    assert "Ghost" not in read("/partners/firm/")
    assert "Co-initiators" not in read("/partners/")


def test_people_are_listed_with_their_positions(facts, entries, read):
    assert entries("/people/") == ["Fan Luyuan", "Jack Ng", "Jie Li", "Kevin Yeung", "Ying Xie"]
    assert "Chairman and CEO · Alibaba Digital Media and Entertainment" in read("/people/")
    assert entries("/people/", {"q": "杨润雄"}) == ["Kevin Yeung"]


def test_a_person_shows_positions_credits_and_what_they_are_reported_to_have_said(facts, read):
    kevin = read("/people/kevin-yeung/")
    jack = read("/people/jack-ng/")

    assert "Secretary for Culture, Sports and Tourism" in kevin
    assert "Reported to have said" in kevin
    assert "About Alibaba Digital Media and Entertainment" in kevin
    assert "Director On their own account" in jack
    assert "Director A Guilty Conscience" in jack
    assert "Track record" in jack


@pytest.mark.parametrize("rows", [20, 200])
def test_partner_pages_take_the_same_queries_for_20_and_200_rows(
    rows, client, django_assert_num_queries
):
    top = OrganisationFactory(slug="top", kinds=[OrganisationKind.INVESTOR])
    strand = StrandFactory()
    source = SourceFactory()
    for _ in range(rows):
        OrganisationFactory(parent=top, sources=[source])
        ParticipationFactory(
            production=ProductionFactory(strand=strand, sources=[source]), organisation=top
        )
        PositionFactory(organisation=top)
        ClaimFactory(programme=None, organisation=top, sources=[source])

    with django_assert_num_queries(LIST_QUERIES):
        client.get("/partners/")
    with django_assert_num_queries(DETAIL_QUERIES):
        client.get("/partners/top/")


@pytest.mark.parametrize("rows", [20, 200])
def test_people_pages_take_the_same_queries_for_20_and_200_rows(
    rows, client, django_assert_num_queries
):
    strand = StrandFactory()
    person = PersonFactory(slug="busy", sources=[SourceFactory()])
    for _ in range(rows):
        PositionFactory()
        CreditFactory(production=ProductionFactory(strand=strand), person=person)

    with django_assert_num_queries(PEOPLE_QUERIES):
        client.get("/people/")
    with django_assert_num_queries(PERSON_QUERIES):
        client.get("/people/busy/")

"""A broken facts file changes nothing and lists every fault with its place."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from partners.models import Organisation
from portfolio.facts import operations
from portfolio.sources.models import Source


def set_at(value: Any, path: list[Any], new: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new


FAULTS = [
    (["productions", 0, "participants", 0, "partner"], "yuoku",
     "productions[0].participants[0].partner: there is no partner with the key 'yuoku'."),
    (["programme", "envelope", "amount"], "five billion",
     "programme.envelope.amount: 'five billion' is no amount;"),
    (["programme", "envelope", "amount"], "NaN", "programme.envelope.amount: 'NaN' is no amount;"),
    (["programme", "envelope", "amount"], "1.005", "programme.envelope.amount: '1.005' is no amount;"),
    (["programme", "envelope", "amount"], "-5", "programme.envelope.amount: '-5' is no amount;"),
    (["programme", "envelope", "amount"], "0.00", "programme.envelope.amount: 0 is no amount;"),
    (["programme", "envelope", "amount"], "1" * 19, "programme.envelope.amount: '1111111111111111111' is no amount;"),
    (["programme", "envelope", "currency"], "HKX",
     "programme.envelope.currency: 'HKX' is no currency code of ISO 4217, such as HKD."),
    (["programme", "quoted_equivalent", "currency"], "usd",
     "programme.quoted_equivalent.currency: 'usd' is no currency code"),
    (["partners", 5, "key"], "edko", "partners[5].key: the key 'edko' stands twice; keep one."),
    (["sources", 1, "key"], "press-2024-03-14", "sources[1].key: the key 'press-2024-03-14' stands twice"),
    (["scholarships", 0, "key"], "fearless", "scholarships[0].key: the key 'fearless' stands twice"),
    (["partners", 0, "parent"], "hkbu", "partners[0].parent: 'hkbu' comes after its child; put the parent first."),
    (["partners", 1, "parent"], "nobody", "partners[1].parent: there is no partner with the key 'nobody'."),
    (["partners", 3, "sources"], [], "partners[3].sources: a source is missing: every row names at least one."),
    (["people", 0, "sources"], ["press-1"], "people[0].sources[0]: there is no source with the key 'press-1'."),
    (["partners", 4, "country"], "HKG", "partners[4].country: 'HKG' is no country code of ISO 3166-1, such as HK."),
    (["partners", 4, "kind"], "film studio", "partners[4].kind: 'film studio' is not known; choose one of:"),
    (["productions", 2, "strand"], "film2", "productions[2].strand: there is no strand with the key 'film2'."),
    (["productions", 2, "title"], {}, "productions[2].title: at least one name is needed: en, zh-hant or zh-hans."),
    (["productions", 2, "title"], {"fr": "x"}, "productions[2].title.fr: unknown field; known here are"),
    (["productions", 2, "bugdet"], 1, "productions[2].bugdet: unknown field; known here are"),
    (["productions", 2, "key"], "Dark Side", "productions[2].key: 'Dark Side' is no key: use lower-case"),
    (["programme", "announced_on"], "11.3.2024", "programme.announced_on: '11.3.2024' is no date;"),
    (["programme", "years"], 0, "programme.years: a whole number from 1 to 30000 is expected here."),
    (["scholarships", 0, "places"], None, "scholarships[0].places: this number is missing."),
    (["track_record", 0, "year"], 1492, "track_record[0].year: give a year from 1888 to 2200."),
    (["claims", 0, "about"], {"x": 1}, "claims[0].about: there is no programme, partner or production"),
    (["claims", 0, "speaker"], "somebody", "claims[0].speaker: there is no person with the key 'somebody'."),
    (["claims", 0, "text"], "a\u0000b", "claims[0].text: the text holds a control character; remove it."),
    (["productions"], {"a": 1}, "productions: a list in square brackets is expected here."),
    (["programme"], None, "programme: an object in braces is expected here."),
    (["partners", 4, "co_initiator"], "yes", "partners[4].co_initiator: true or false is expected here."),
]  # fmt: skip


@pytest.mark.parametrize(("path", "new", "message"), FAULTS, ids=lambda v: str(v)[:40])
def test_a_fault_is_named_with_its_place_and_nothing_is_saved(load, shipped, path, new, message):
    set_at(shipped, path, new)

    with pytest.raises(operations.FactsAreFaulty) as refusal:
        load(shipped)

    texts = [str(fault).split(", ", 1)[1] for fault in refusal.value.document.faults]
    assert any(text.startswith(message) for text in texts), texts
    assert not Source.objects.exists()


def test_every_fault_is_listed_not_only_the_first(load, shipped):
    for path, new, _message in (FAULTS[0], FAULTS[7], FAULTS[9], FAULTS[12], FAULTS[14]):
        set_at(shipped, path, new)

    with pytest.raises(operations.FactsAreFaulty) as refusal:
        load(shipped)

    faults = refusal.value.document.faults
    assert len(faults) >= 5
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    assert all(fault.line > 1 for fault in faults)


def test_a_broken_file_leaves_what_was_there(load, shipped):
    load(shipped)
    shipped["partners"][0]["name"]["en"] = "Another name"
    shipped["claims"][4]["speaker"] = "nobody"

    with pytest.raises(operations.FactsAreFaulty):
        load(shipped)

    assert Organisation.objects.get(slug="alibaba").name_en == "Alibaba"


def test_the_command_says_how_many_and_that_nothing_was_changed(db, tmp_path):
    file = tmp_path / "broken.json"
    file.write_text('{"programme": null,\n "sources": 5}', encoding="utf-8")

    with pytest.raises(CommandError) as refusal:
        call_command("load_facts", str(file))

    text = str(refusal.value)
    assert f"{file} has " in text
    assert "nothing was changed" in text
    assert "line 2, sources: a list in square brackets is expected here." in text

"""Words that weigh: abbreviations, plurals, names within names."""

import pytest

from services.classify.matching.names import comparable
from services.classify.matching.words import initials, other_names, weighing_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("THORNBECK CHILDRENS HOSP", "Thornbeck Children's Hospital"),
        ("ASHGARTH CAB", "Ashgarth Citizens Advice Bureau"),
        ("ASHGARTH & DIST CITIZENS ADVICE", "Ashgarth and District Citizens' Advice Bureaux"),
        ("AGE CONCERN ASHGARTH", "AgeUK Ashgarth"),
        ("000032SALTERSYKE COMM ASSOC", "Saltersyke Community Association"),
        ("HOME-START ASHGARTH", "Homestart Ashgarth"),
        ("SALTERSYKE AID LTD **USE 202097**", "Saltersyke Aid"),
        ("ASHGARTH ASSOCIATION FOR MENTAL HEALTH", "Ashgarth Mind"),
    ],
)
def test_what_ledgers_shorten_weighs_as_what_registers_print(one: str, other: str) -> None:
    ours = weighing_words(comparable(one).words)
    theirs = weighing_words(comparable(other).words)
    assert [w for w in ours if w != "LIMITED"] == theirs


@pytest.mark.parametrize(
    ("words", "weigh"),
    [
        ("DUPLICATE SALTERSYKE", ""),
        ("SALTERSYKE SEE 12", "SALTERSYKE"),
        ("CABX SALTERSYKE", "CITIZENSADVICE SALTERSYKE"),
        ("SALTERSYKE NHS FT", "SALTERSYKE NHS FOUNDATION TRUST"),
        ("SALTERSYKE PRE SCHOOL", "SALTERSYKE PRESCHOOL"),
        ("SALTERSYKE PLAY GROUP", "SALTERSYKE PLAYGROUP"),
        ("SALTERSYKE DAY CARE", "SALTERSYKE DAYCARE"),
        ("SALTERSYKE HEALTH CARE", "SALTERSYKE HEALTHCARE"),
        ("SALTERSYKE COUNCIL FOR VOLUNTARY SERVICE", "SALTERSYKE CVS"),
        ("SALTERSYKE HOSPICECARE", "SALTERSYKE HOSPICE"),
        ("SALTERSYKE YOUNG MENS CHRISTIAN ASSOCIATION", "SALTERSYKE YMCA"),
        ("SALTERSYKE YOUNG WOMENS CHRISTIAN ASSOCIATION", "SALTERSYKE YWCA"),
        ("ROYAL NATIONAL INSTITUTE OF BLIND PEOPLE", "RNIB"),
        ("NATIONAL SOCIETY FOR PREVENTION OF CRUELTY TO CHILDREN", "NSPCC"),
        ("SALTERSYKE PCC", "SALTERSYKE PAROCHIAL CHURCH COUNCIL"),
        ("SALTERSYKE MENTAL HEALTH ASSOCIATION", "SALTERSYKE MIND"),
        ("SALTERSYKE UNITED KINGDOM", "SALTERSYKE UK"),
        ("SAINT JOHN", "ST JOHN AMBULANCE"),
        ("ST JOHNS AMBULANCE BRIGADE", "ST JOHN AMBULANCE"),
        ("SALTERSYKE CROSS ROADS", "SALTERSYKE CROSSROAD"),
    ],
)
def test_phrases_are_read_as_one(words: str, weigh: str) -> None:
    assert weighing_words(words) == weigh.split()


def test_a_word_is_not_shortened_to_another() -> None:
    assert weighing_words("THAMES BUS CRISIS") == ["THAME", "BUS", "CRISIS"]


def test_a_name_of_fillers_alone_keeps_them() -> None:
    assert weighing_words("ON THE") == ["ON", "THE"]


@pytest.mark.parametrize(
    ("printed", "within"),
    [
        ("BEAT (FORMERLY EATING DISORDERS ASSOCIATION)", ["BEAT", "EATING DISORDERS ASSOCIATION"]),
        ("COMPASS - SERVICES TO TACKLE PROBLEM DRUG USE", ["COMPASS"]),
        ("Ashgarth Trust T/A The Lantern", ["ASHGARTH TRUST", "THE LANTERN"]),
        ("THORNBECK HOSPICE", []),
    ],
)
def test_names_within_a_registered_name(printed: str, within: list[str]) -> None:
    assert other_names(printed) == within


def test_initials_of_all_words_and_of_those_that_weigh() -> None:
    assert initials("ROYAL SOCIETY FOR THE BLIND") == {"RSFTB", "RSB"}
    assert initials("ASHGARTH MIND") == set()

"""Whom a care team treats, as it is kept with it."""

from bitewing.aws.schemas import read_record, record
from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.screening import BELOW_KG, USUAL_SCREENING, AsaClass, Screening, WeightClass

from tests.support.case_days import a_care_team


def test_a_care_team_that_was_stored_before_it_could_say_so_treats_whom_others_do():
    stored = record(a_care_team())
    del stored["screening"]
    assert read_record(CareTeam, stored) == a_care_team()
    assert a_care_team().screening == USUAL_SCREENING


def test_whom_a_care_team_treats_is_kept_with_it():
    screening = Screening(max_asa_class=AsaClass.I, max_weight_class=WeightClass.UNDER_20_KG)
    care_team = a_care_team(screening=screening)
    assert read_record(CareTeam, record(care_team)) == care_team


def test_classes_of_weight_stand_in_their_order_and_the_last_has_no_end():
    assert list(BELOW_KG) == list(WeightClass)[:-1]
    assert list(BELOW_KG.values()) == sorted(BELOW_KG.values())

"""The page of a schedule: whole, readable without a script, and nothing of it from elsewhere."""

import json
import re
from html.parser import HTMLParser

import pytest
from bitewing.matching.drawing import page_of
from bitewing.matching.reading import read_solution
from bitewing.matching.schedule import Assignment

from tests.support.small_instance import BEST, SOLUTION, a_clinician, instance_of, small

#: Elements that HTML closes on its own.
OPEN_ENDED = {"meta", "link", "li", "td", "path"}


class Page(HTMLParser):
    """What a browser sees: elements that are well nested, and texts."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.texts, self._open = [], [], []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in OPEN_ENDED:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag not in OPEN_ENDED:
            assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def all(self, tag, **attributes):
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


def drawn(values=None, solution=None, bound=BEST):
    instance = instance_of(values or small())
    assignments = read_solution(json.dumps(solution or SOLUTION), instance)
    return Page(page_of(instance, assignments, bound=bound))


@pytest.fixture
def page():
    return drawn()


def test_a_page_asks_for_nothing_from_elsewhere_and_runs_no_script():
    html = page_of(instance_of(small()), (), bound=None)
    page = Page(html)
    [policy] = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy["content"] == "default-src 'none';style-src 'unsafe-inline';img-src data:"
    assert {tag for tag, _ in page.elements} & {"script", "img", "iframe", "object", "form"} == set()
    assert re.findall(r"(?:https?:)?//|url\(|@import|javascript:", html) == []
    assert {attributes["href"][0] for attributes in page.all("a")} == {"#"}


def test_every_place_that_is_linked_is_there_once(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["href"].removeprefix("#") for attributes in page.all("a")} <= set(ids)


def test_the_head_says_what_the_schedule_is_worth_and_that_it_is_the_best(page):
    assert "Requests served 2 of 3 Vacant 1 Fixed Case Days 1 Objective 3,132 At most possible 3,132" in page.text
    assert "From the best, at most 0: it is the best" in page.text
    assert "Minutes driven 30 Minutes a member 5 Preferred by practices 2 of 6" in page.text


def test_a_gap_is_told_and_without_a_bound_none_is(page):
    assert "From the best, at most 2.171 %" in drawn(bound=3200).text
    assert "From the best" not in drawn(bound=None).text


def test_the_calendar_names_practices_and_teams_and_counts_what_is_vacant(page):
    assert "Week 1 Wed 0 Thu 1 1 Case Day P1: N1, M1, A1 Fri 2 1 Case Day P1: N1, M1, A1 Sat 3 Sun 4" in page.text
    assert "Week 2 Mon 5 1 Case Day P1: N1, M1, A1 Tue 6 0 Case Days 1 vacant Wed 7 0 Case Days Thu 8" in page.text


def test_days_before_the_first_and_after_the_last_are_empty(page):
    assert len(page.all("td", **{"class": "none"})) == 2 + 3


def test_a_calendar_of_many_case_days_counts_them_and_the_list_of_days_names_them():
    values, solution = small(requests=[], practices=[], clinicians=[], preferred_teams=[], fixed=[]), []
    for number in range(120):
        values["practices"].append({"id": f"P{number}", "xy": [0.0, 0.0], "state": "OR"})
        team = [f"{role}{number}" for role in "NMA"]
        values["clinicians"] += [a_clinician(each, each[0]) for each in team]
        dates = [[number % 2, 0]]
        values["requests"].append({"id": f"R{number}", "practice": f"P{number}", "priority": 1, "dates": dates})
        solution.append({"request": f"R{number}", "day": number % 2, "team": team})
    page = drawn(values, SOLUTION | {"assignments": solution}, bound=None)
    assert "Week 1 Wed 0 60 Case Days Thu 1 60 Case Days Fri 2 Sat 3" in page.text
    assert [attributes for attributes in page.all("details") if "open" in attributes] == []
    assert "R117 P117 OR adult 1 N117 5 min M117 5 min A117 5 min" in page.text


def test_a_vacancy_says_what_it_needs_and_when_it_could_be(page):
    vacancies = page.text.partition("Days asked for ")[2]
    assert vacancies.startswith(
        "R3 P2 OR special_needs 5 nurse: special_needs; medic: pediatric, special_needs Tue 6 , Wed 7"
    )
    assert "Not served, and could be here: R3 (P2)." in page.text


def test_vacancies_are_in_the_order_of_urgency():
    page = drawn(solution=SOLUTION | {"assignments": []}, bound=None)
    heads = re.findall(r"(R\d) P\d OR \w+ (\d)", page.text.partition("Days asked for")[2].partition("Load of")[0])
    assert heads == [("R3", "5"), ("R2", "2"), ("R1", "1")]
    assert "Minutes a member -" in page.text


def test_a_schedule_without_vacancies_has_no_table_of_them():
    values = small()
    del values["requests"][2]
    page = drawn(values)
    assert "0 requests not served." in page.text
    assert "Days asked for" not in page.text


def test_a_load_stands_beside_what_a_clinician_would_like_and_can(page):
    assert "N1 nurse 3 2 7 2 of 2 2 of 2 0 10" in page.text
    assert "N2 nurse 0 2 0 0 of 2 0 of 2 0 0" in page.text
    assert "A1 anesthesiologist 3 1 7" in page.text


def test_the_strip_of_a_clinician_says_in_words_and_shapes_when_they_work(page):
    [strip] = {each["aria-label"] for each in page.all("svg")} - {"Works on days: none"}
    assert strip == "Works on days: 1, 2, 5"
    assert page.all("path", **{"class": "a"})[0]["d"] == "M0 0h4v1h-4zM5 0h3v1h-3z"
    assert page.all("path", **{"class": "w"})[0]["d"] == "M1 0h1v1h-1zM2 0h1v1h-1z"
    assert page.all("path", **{"class": "x"})[0]["d"] == "M5 0h1v1h-1z"


def test_each_day_lists_its_teams_with_drives_and_what_speaks_for_them(page):
    assert "R1 P1 OR adult 1 N1 5 min ★ M1 5 min A1 5 min ◆ 28" in page.text
    assert "F1 P1 OR fixed - N1 5 min ★ M1 5 min A1 5 min -" in page.text
    assert all("open" in attributes for attributes in page.all("details"))


def test_a_fixed_day_before_the_first_counts_and_is_not_on_the_calendar():
    values = small()
    values["fixed"][0] |= {"day": -1}
    page = drawn(values, bound=None)
    assert "Fixed Case Days 1" in page.text
    assert "F1" not in page.text
    assert "N1 nurse 3 2 7" in page.text


def test_a_fixed_member_whose_drive_is_not_known_is_named_without_it():
    values = small()
    values["practices"][0]["drive_min"] = {"N1": 7, "M1": 8}
    values["fixed"][0]["set_aside"] = ["drive"]
    page = drawn(values, SOLUTION | {"assignments": []}, bound=None)
    assert "F1 P1 OR fixed - N1 7 min ★ M1 8 min A1 -" in page.text


def test_every_text_is_escaped():
    odd = "<script>alert('&\")</script>"
    names = {"P1": f"P{odd}", "N1": f"N{odd}", "R1": f"R{odd}", "R3": f"S{odd}", "F1": f"F{odd}", "OR": f"OR{odd}"}
    names |= {"adult": f"kind{odd}", "special_needs": f"skill{odd}"}
    said = json.dumps([small(), SOLUTION])
    for name, text in names.items():
        said = said.replace(json.dumps(name), json.dumps(text))
    values, solution = json.loads(said)
    page = drawn(values, solution)
    assert page.all("script") == []
    assert all(text in page.text for text in names.values())


def test_the_order_of_the_input_does_not_change_the_page():
    values = small()
    turned = values | {name: values[name][::-1] for name in ("practices", "clinicians", "requests")}
    turned_solution = SOLUTION | {"assignments": SOLUTION["assignments"][::-1]}
    assert drawn(turned, turned_solution).elements == drawn().elements
    assert drawn(turned, turned_solution).texts == drawn().texts


def test_a_schedule_of_nobody_is_a_page_too():
    page = drawn(
        small(requests=[], clinicians=[], practices=[], preferred_teams=[], fixed=[]),
        bound=0,
        solution={"format": "caseday-solution/1", "assignments": []},
    )
    assert "Requests served 0 of 0" in page.text
    assert page.all("svg") == []


def test_a_page_of_thousands_of_requests_is_small_enough_to_be_mailed():
    n_days = 90
    everyday = [[0, n_days - 1]]
    values = small(requests=[], practices=[], clinicians=[], preferred_teams=[], fixed=[], n_days=n_days)
    assignments = []
    for number in range(45):
        values["practices"].append({"id": f"P{number:04}", "xy": [0.0, 0.0], "state": "OR"})
        team = tuple(f"{role}{number:04}" for role in "NMA")
        generous = {"max_days_per_week": 7, "max_consecutive_days": 366, "windows": everyday, "licences": {"OR": 99}}
        values["clinicians"] += [a_clinician(each, each[0], **generous) for each in team]
        for day in range(n_days):
            request = f"R{number:02}{day:03}"
            values["requests"].append({"id": request, "practice": f"P{number:04}", "priority": 1, "dates": [[day, 0]]})
            assignments.append(Assignment(request_id=request, day=day, team=team))
    html = page_of(instance_of(values), assignments, bound=None)
    assert len(assignments) > 4000
    assert len(html.encode()) < 2_000_000

"""What the README draws and lists is what there is."""

import re
from collections import Counter

from tools.offline import PROJECT
from tools.written import README


def test_each_queue_of_the_picture_is_one_queue_that_leads_to_one_function():
    led = re.findall(r"(\w+)\[/queue/\] --> (\w+)", README.read_text())
    assert len(led) == README.read_text().count("[/queue/]") > 10
    for names in zip(*led, strict=True):
        assert set(Counter(names).values()) == {1}


def test_the_picture_and_the_table_have_every_function_of_the_api_once():
    readme = README.read_text()
    (picture,) = re.findall(r'apis\["([^"]*)"\]', readme)
    functions = sorted(each.name for each in (PROJECT / "functions").glob("*_api"))
    assert sorted(re.findall(r"\w+", picture)) == functions
    assert sorted(re.findall(r"^\| `(\w+_api)` \|", readme, re.MULTILINE)) == functions


def test_the_table_of_folders_names_every_room():
    (row,) = re.findall(r"^\| `shared/bitewing/` \|.*", README.read_text(), re.MULTILINE)
    rooms = {each.parent.name for each in (PROJECT / "shared/bitewing").glob("*/__init__.py")}
    assert set(re.findall(r"`(\w+)`", row)) == rooms

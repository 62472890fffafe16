"""What the README draws and lists is what there is."""

import re
from collections import Counter

from tools.written import README


def test_each_queue_of_the_picture_is_one_queue_that_leads_to_one_function():
    led = re.findall(r"(\w+)\[/queue/\] --> (\w+)", README.read_text())
    assert len(led) == README.read_text().count("[/queue/]") > 10
    for names in zip(*led, strict=True):
        assert set(Counter(names).values()) == {1}

"""What a calendar that subscribes is answered to each of the samples."""

import pytest

from tests.support.http import answered
from tools.offline import read_sample, sample_names

EXPECTED = {
    "reads_a_calendar": (200, None),
    "has_the_calendar_already": (304, None),
    "shows_a_wrong_secret": (404, "not_found"),
    "shows_no_secret": (404, "not_found"),
}


@pytest.mark.parametrize("sample", sample_names("calendar_feed_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = answered(offline, "calendar_feed_api", read_sample("calendar_feed_api", sample))
    assert (answer.status, answer.code) == EXPECTED[sample]

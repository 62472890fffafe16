"""What is kept beside an instance is read as it was written."""

from bitewing.match_runs.building import build
from bitewing.match_runs.words import read, words_of, written

from tests.support.gathered import gathered_at_random


def test_words_are_read_as_they_were_written():
    for seed in range(40):
        gathered = gathered_at_random(seed)
        words = words_of(gathered, build(gathered))
        assert read(written(words)) == words
        assert [each.request_id for each in words.requests] == sorted(each.request_id for each in gathered.requests)

"""The key map: every entity of the table, every index, every access pattern.

| entity        | pk                          | sk                       | index keys                     |
| ------------- | --------------------------- | ------------------------ | ------------------------------ |
| Practice      | PRACTICE#<practice>         | PRACTICE                 |                                |
| Dentist       | PRACTICE#<practice>         | DENTIST#<dentist>        |                                |
| Connection    | PRACTICE#<practice>         | CONNECTION#<lab>         |                                |
| Lab           | LAB#<lab>                   | LAB                      |                                |
| Profile       | LAB#<lab>                   | PROFILE#<case type>      |                                |
| Case          | CASE#<case>                 | CASE                     | practice_attention, and        |
|               |                             |                          | lab_attention once it was sent |
| CaseFile      | CASE#<case>                 | CASE#FILE#<file>         |                                |
| Activity      | CASE#<case>                 | ACTIVITY#<entry>         |                                |
| Event         | CASE#<case>                 | EVENT#<event>            |                                |
| Idempotency   | IDEMPOTENCY#<caller>#<key>  | IDEMPOTENCY              |                                |

| access pattern                                  | request                                                       |
| ----------------------------------------------- | ------------------------------------------------------------- |
| one case                                        | GetItem CASE#<case> / CASE                                    |
| one case with its files                         | Query CASE#<case>, sk begins with CASE                        |
| one file                                        | GetItem CASE#<case> / CASE#FILE#<file>                        |
| the history of a case, newest first             | Query CASE#<case>, sk begins with ACTIVITY#, backward         |
| a practice's cases by attention                 | Query practice_attention, PRACTICE#<practice>                 |
| a lab's cases by attention                      | Query lab_attention, LAB#<lab>                                |
| what a case refers to: practice, dentist,       | BatchGetItem of five keys                                     |
| connection, lab, profile                        |                                                               |
| a practice's dentists, a practice's connections | Query PRACTICE#<practice>, sk begins with DENTIST#/CONNECTION#|
| any change                                      | TransactWriteItems: the thing, its activity entry, its event, |
|                                                 | and for a creation the idempotency record                     |

No partition grows with the platform: each belongs to one case, one organization or one request. Events and
idempotency records carry ``expires_at`` and go away by themselves. Keys hold ids only, never patient data.
"""

from typing import Final

CASE: Final = "CASE"
FILE_PREFIX: Final = "CASE#FILE#"
ACTIVITY_PREFIX: Final = "ACTIVITY#"
DENTIST_PREFIX: Final = "DENTIST#"
CONNECTION_PREFIX: Final = "CONNECTION#"
EVENT_PREFIX: Final = "EVENT#"

Key = dict[str, str]


def _key(pk: str, sk: str) -> Key:
    return {"pk": pk, "sk": sk}


def practice_partition(practice_id: str) -> str:
    """Return the partition of a practice, its dentists and connections; also of its list of cases."""
    return f"PRACTICE#{practice_id}"


def lab_partition(lab_id: str) -> str:
    """Return the partition of a lab and its profiles; also of its list of cases."""
    return f"LAB#{lab_id}"


def case_partition(case_id: str) -> str:
    """Return the partition of a case, its files, history and events."""
    return f"CASE#{case_id}"


def practice(practice_id: str) -> Key:
    """Return the key of a practice."""
    return _key(practice_partition(practice_id), "PRACTICE")


def dentist(practice_id: str, dentist_id: str) -> Key:
    """Return the key of a dentist of a practice."""
    return _key(practice_partition(practice_id), DENTIST_PREFIX + dentist_id)


def connection(practice_id: str, lab_id: str) -> Key:
    """Return the key of the connection of a practice and a lab."""
    return _key(practice_partition(practice_id), CONNECTION_PREFIX + lab_id)


def lab(lab_id: str) -> Key:
    """Return the key of a lab."""
    return _key(lab_partition(lab_id), "LAB")


def profile(lab_id: str, case_type: str) -> Key:
    """Return the key of a lab's requirement profile for a case type."""
    return _key(lab_partition(lab_id), f"PROFILE#{case_type}")


def case(case_id: str) -> Key:
    """Return the key of a case."""
    return _key(case_partition(case_id), CASE)


def file(case_id: str, file_id: str) -> Key:
    """Return the key of a file of a case."""
    return _key(case_partition(case_id), FILE_PREFIX + file_id)


def activity(case_id: str, entry_id: str) -> Key:
    """Return the key of one entry of a case's history."""
    return _key(case_partition(case_id), ACTIVITY_PREFIX + entry_id)


def event(case_id: str, event_id: str) -> Key:
    """Return the key of an event of a case."""
    return _key(case_partition(case_id), EVENT_PREFIX + event_id)


def idempotency(caller: str, key: str) -> Key:
    """Return the key of the record of a request that was already answered."""
    return _key(f"IDEMPOTENCY#{caller}#{key}", "IDEMPOTENCY")

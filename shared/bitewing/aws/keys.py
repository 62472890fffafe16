"""The key map: every entity of the table, every index, every access pattern.

| entity        | pk                          | sk                       | index keys                     |
| ------------- | --------------------------- | ------------------------ | ------------------------------ |
| Practice      | PRACTICE#<practice>         | PRACTICE                 |                                |
| Dentist       | PRACTICE#<practice>         | DENTIST#<dentist>        |                                |
| Connection    | PRACTICE#<practice>         | CONNECTION#<lab>         |                                |
|               | LAB#<lab>                   | CONNECTION#<practice>    | the same once more             |
| Member        | <KIND>#<organization>       | MEMBER#<user>            |                                |
| Machine       | <KIND>#<organization>       | MACHINE#<kind>#<machine> |                                |
| Lab           | LAB#<lab>                   | LAB                      |                                |
| LabListing    | LABS                        | <name>#<lab>             |                                |
| Profile       | LAB#<lab>                   | PROFILE#<case type>      |                                |
|               | LAB#<lab>                   | VERSION#<type>#<number>  | each version once more         |
| RuleCounts    | LAB#<lab>                   | RULES#<month>#<type>     |                                |
|               | RULES#<month>               | <type>                   | of all labs                    |
| Case          | CASE#<case>                 | CASE                     | practice_<order>; lab_<order>  |
|               |                             |                          | once the lab knows it, before  |
|               |                             |                          | that lab_attention in          |
|               |                             |                          | LAB#<lab>#PREPARED#<type>;     |
|               |                             |                          | practice_patient while open;   |
|               |                             |                          | reminders in REMIND#<kind>#…   |
|               |                             |                          | while somebody is reminded     |
| CaseFile      | CASE#<case>                 | CASE#FILE#<file>         |                                |
| Note          | CASE#<case>                 | NOTE#<note>              |                                |
| Return        | CASE#<case>                 | RETURN#<number>          |                                |
| SentPacket    | CASE#<case>                 | SENT#<number>            |                                |
| Rx            | CASE#<case>                 | RX#<number>              |                                |
| Link          | CASE#<case>                 | LINK#<link>              |                                |
| PlanningHours | LAB#<lab>                   | PLANNING                 |                                |
| Planning-     | CASE#<case>                 | SESSION#<session>        |                                |
| Session       | LAB#<lab>#SESSIONS          | <starts at>#<planner>    | the same once more: whoever    |
|               |                             |                          | has this item has the block    |
|               | PRACTICE#<practice>#SESSIONS| <starts at>#<case>       | the same once more             |
| TrackedParcel | TRACKING#<carrier>#<number> | CASE#<case>              |                                |
| Counted       | CASE#<case>                 | COUNTED                  |                                |
| ColorCounts   | <KIND>#<organization>       | COUNTS                   |                                |
| Announcement  | PLATFORM#…, LAB#<lab>       | ANNOUNCEMENT#<id>        |                                |
| Board         | PLATFORM#…, LAB#<lab>       | BOARD                    |                                |
| Preferences   | <KIND>#<organization>       | PREFERENCES#<user>       |                                |
| Mark          | <KIND>#<organization>       | MARK#<reader>#<channel>  |                                |
| NumberReader  | PHONE#<digest of number>    | READER#<kind>#<organi-   |                                |
|               |                             | zation>#<reader>         |                                |
| TextQuestion  | PHONE#<digest of number>    | QUESTION#<code>          |                                |
| TextReply     | PHONE#<digest of number>    | REPLY#<message>          |                                |
| CareTeam      | CARE_TEAM#<care team>       | CARE_TEAM                |                                |
| CareTeam-     | CARE_TEAMS                  | <name>#<care team>       |                                |
| Listing       |                             |                          |                                |
| Clinician     | CARE_TEAM#<care team>       | CLINICIAN#<clinician>    |                                |
| Site          | PRACTICE#<practice>         | SITE#<site>              |                                |
| Care-         | PRACTICE#<practice>         | CARE#<care team>         |                                |
| Preferences   |                             |                          |                                |
| CarePractice  | CARE_TEAM#<care team>       | <practice>               |                                |
|               | #PRACTICES                  |                          |                                |
| Scheduling-   | CARE_TEAM#<care team>       | PERIOD#<period>          |                                |
| Period        |                             |                          |                                |
| Availability  | CARE_TEAM#…#PERIOD#<period> | AVAILABILITY#<clinician> |                                |
| CaseDay-      | REQUEST#<request>           | REQUEST                  |                                |
| Request       | CARE_TEAM#…#PERIOD#<period> | REQUEST#<request>        | the same once more             |
|               | PRACTICE#<practice>#REQUESTS| <request>                | the same once more             |
| MatchRun      | CARE_TEAM#…#PERIOD#<period> | RUN#<run>                |                                |
|               | #RUNS                       |                          |                                |
| BatchProgress | RUN#<run>                   | BATCH#<number>           |                                |
| ProposedDay   | RUN#<run>                   | DAY#<date>#<request>     |                                |
| ProposedDate  | RUN#<run>                   | REQUEST#<request>        | on which date its day is       |
| Unmatched-    | RUN#<run>                   | UNMATCHED#<request>      |                                |
| Request       |                             |                          |                                |
| ClinicianLoad | RUN#<run>                   | LOAD#<clinician>         |                                |
| WaitingTask   | RUN#<run>                   | TASK                     |                                |
| CaseDay       | CASEDAY#<day>               | DAY                      |                                |
|               | CARE_TEAM#<care team>#DAYS  | <date>#<day>             | the same once more             |
|               | PRACTICE#<practice>#DAYS    | <date>#<day>             | the same once more             |
|               | CLINICIAN#<clinician>#DAYS  | <date>                   | the same once more: whoever    |
|               |                             |                          | has this item has the          |
|               |                             |                          | clinician's day                |
| Practice-     | PRACTICE#<practice>#DATES   | <date>                   | whoever has this item has the  |
| Date          |                             |                          | practice's only day on a date  |
| Clinician-    | CLINICIAN#<clinician>#DAYS  | CALENDAR                 |                                |
| Calendar      |                             |                          |                                |
| DayPatient    | CASEDAY#<day>               | PATIENT#<patient>        |                                |
| DayActivity   | CASEDAY#<day>               | ACTIVITY#<entry>         |                                |
| Change-       | CARE_TEAM#<care team>       | CRITERIA                 |                                |
| Criteria      |                             |                          |                                |
| Ledger-       | CARE_TEAM#<care team>#LEDGER| ACCOUNT#<clinician>      |                                |
| Account       |                             |                          |                                |
| Settled-      | CARE_TEAM#<care team>#LEDGER| SETTLED                  |                                |
| Periods       |                             |                          |                                |
| CalendarFeed  | CLINICIAN#<clinician> or    | FEED#<feed>              |                                |
|               | PRACTICE#<practice>         |                          |                                |
| Activity      | CASE#<case>                 | ACTIVITY#<entry>         |                                |
| Event         | CASE#<case>, PRACTICE#…,    | EVENT#<event>            |                                |
|               | LAB#…, CARE_TEAM#…, USER#…, |                          |                                |
|               | PERIOD#…, CASEDAY#…:        |                          |                                |
|               | what it is about            |                          |                                |
| Seen          | SEEN#<consumer>#<fact>      | SEEN                     |                                |
| Webhook       | LAB#<lab>                   | WEBHOOK#<webhook>        |                                |
| Delivery      | LAB#<lab>#DELIVERIES#<hook> | <delivery>               |                                |
| ChangedRule   | PLATFORM#…, CARE_TEAM#…     | NOTIFICATION_RULE#<rule> |                                |
| Changed-      | PLATFORM#…, CARE_TEAM#…     | TEMPLATE#<language>#     |                                |
| Template      |                             | <name>                   |                                |
| UnruledFact   | PLATFORM#…                  | UNRULED#<fact name>      |                                |
| Heard         | READER#<reader>             | HEARD#<fact>             |                                |
| InboxEntry    | READER#<reader>             | INBOX#<number>           |                                |
| InboxCounts   | READER#<reader>             | INBOX_COUNTS             |                                |
| Bundle        | READER#<reader>             | BUNDLE#<channel>#        | of what is held, no subject;   |
|               |                             | <subject>                | put aside: ASIDE#<bundle>      |
| SentCount     | READER#<reader>             | SENT#<channel>#<date>    |                                |
| Message       | <KIND>#…#MESSAGES           | <message>                |                                |
| SweptShard    | REMINDERS#<shard>           | SWEPT                    |                                |
| Idempotency   | IDEMPOTENCY#<caller>#<key>  | IDEMPOTENCY              |                                |

| access pattern                                  | request                                                       |
| ----------------------------------------------- | ------------------------------------------------------------- |
| one case                                        | GetItem CASE#<case> / CASE                                    |
| one case with its files                         | Query CASE#<case>, sk begins with CASE                        |
| one file                                        | GetItem CASE#<case> / CASE#FILE#<file>                        |
| the history of a case, newest first             | Query CASE#<case>, sk begins with ACTIVITY#, backward         |
| a practice's cases in any order                 | Query practice_<order>, PRACTICE#<practice>                   |
| a lab's cases in any order                      | Query lab_<order>, LAB#<lab>                                  |
| what an organization archived                   | Query <side>_<order>, <KIND>#<organization>#ARCHIVED          |
| what waits for somebody, longest first          | Query <side>_waiting, <KIND>#<organization>#WAITS#<whom>      |
| cases of a shard that somebody is reminded of   | Query reminders, REMIND#<kind>#<shard>, sk between moments    |
| by which days up to 100 labs or practices live  | BatchGetItem of up to 100 of LAB or of PRACTICE               |
| up to when a shard was swept                    | GetItem REMINDERS#<shard> / SWEPT                             |
| cases of a type that are prepared for a lab     | Query lab_attention, LAB#<lab>#PREPARED#<type>                |
| open cases of a patient of a practice           | Query practice_patient, PRACTICE#<practice>#PATIENT#<digest>  |
| all labs by name                                | Query LABS                                                    |
| notes, returns, links of a case                 | Query CASE#<case>, sk begins with NOTE#/RETURN#/LINK#         |
| prescriptions of a case, the oldest first       | Query CASE#<case>, sk begins with RX#                         |
| the packet of a case as it was sent             | GetItem CASE#<case> / SENT#<number>                           |
| cases in a carrier's parcel                     | Query TRACKING#<carrier>#<number>                             |
| what is announced, and the counts of a list     | BatchGetItem of a board for each publisher, and the counts    |
| what somebody prefers                           | GetItem <KIND>#<organization> / PREFERENCES#<user>            |
| when a lab plans; one session of a case         | GetItem LAB#<lab> / PLANNING; CASE#<case> / SESSION#<session> |
| sessions of a lab or a practice in a span       | Query <KIND>#<organization>#SESSIONS, sk between two moments  |
| webhooks of a lab                               | Query LAB#<lab>, sk begins with WEBHOOK#                      |
| deliveries to a webhook, newest first           | Query LAB#<lab>#DELIVERIES#<webhook>, backward                |
| a machine, by its credential                    | GetItem <KIND>#<organization> / MACHINE#<kind>#<machine>      |
| machines of an organization, of one kind        | Query <KIND>#<organization>, sk begins with MACHINE#<kind>#   |
| one care team, one of its clinicians            | GetItem CARE_TEAM#<care team> / CARE_TEAM, CLINICIAN#<id>     |
| one site; whom of a care team a practice wants  | GetItem PRACTICE#<practice> / SITE#<site>, CARE#<care team>   |
| all care teams by name                          | Query CARE_TEAMS                                              |
| clinicians of a care team                       | Query CARE_TEAM#<care team>, sk begins with CLINICIAN#        |
| up to 100 clinicians by their ids               | BatchGetItem of up to 100 clinicians                          |
| practices that know a care team                 | Query CARE_TEAM#<care team>#PRACTICES                         |
| what a fact is about that somebody is told      | BatchGetItem of up to seven things that it names              |
| how up to 24 people of an organization are told | BatchGetItem of the organization, and of each person what     |
|                                                 | they prefer, their marks and the clinician                    |
| sites of a practice                             | Query PRACTICE#<practice>, sk begins with SITE#               |
| members of an organization                      | Query <KIND>#<organization>, sk begins with MEMBER#           |
| one period of a care team                       | GetItem CARE_TEAM#<care team> / PERIOD#<period>               |
| periods of a care team, newest first            | Query CARE_TEAM#<care team>, sk begins with PERIOD#, backward |
| availability of a clinician; a Case Day request | GetItem of AVAILABILITY#<clinician> or REQUEST#<request>      |
| availability of some clinicians for a period    | BatchGetItem of AVAILABILITY#<clinician> of up to 100         |
| requests for a period, and whether there is any | Query CARE_TEAM#<care team>#PERIOD#<period>,                  |
| answer to it                                    | sk begins with REQUEST# or with anything                      |
| Case Day requests of a practice, newest first   | Query PRACTICE#<practice>#REQUESTS, backward                  |
| whether a practice ever asked a care team       | Query PRACTICE#<practice>#REQUESTS                            |
| one match run of a period                       | GetItem CARE_TEAM#…#PERIOD#<period>#RUNS / RUN#<run>          |
| match runs of a period, newest first            | Query CARE_TEAM#<care team>#PERIOD#<period>#RUNS, backward    |
| what waits for a decision on a run              | GetItem RUN#<run> / TASK                                      |
| how far a run is; what it proposes, by date;    | Query RUN#<run>, sk begins with BATCH#/DAY#/UNMATCHED#/LOAD#  |
| what not; who works how much                    |                                                               |
| days that are proposed for up to 100 requests   | BatchGetItem of REQUEST#<request>, and of the days on the     |
|                                                 | dates that these name                                         |
| one Case Day                                    | GetItem CASEDAY#<day> / DAY                                   |
| patients of a Case Day; its history, newest     | Query CASEDAY#<day>, sk begins with PATIENT#/ACTIVITY#        |
| Case Days of a practice, a care team or a       | Query <KIND>#<id>#DAYS, sk between two dates                  |
| clinician in a span; whether a period has any   |                                                               |
| whether somebody else got days of a clinician   | GetItem CLINICIAN#<clinician>#DAYS / CALENDAR                 |
| what a care team has set about changes          | GetItem CARE_TEAM#<care team> / CRITERIA                      |
| up to 100 practices, sites, preferences, or     | BatchGetItem of up to 100 of PRACTICE, SITE#…, CARE#…, <date> |
| dates that practices have                       |                                                               |
| what was owed to clinicians after some periods  | Query CARE_TEAM#<care team>#LEDGER                            |
| a calendar feed                                 | GetItem <KIND>#<owner> / FEED#<feed>                          |
| calendar feeds of a clinician or a practice     | Query <KIND>#<owner>, sk begins with FEED#                    |
| counts of rules, of a lab or of all             | BatchGetItem of up to 100 months and types                    |
| what a case refers to: practice, dentist,       | BatchGetItem of five keys                                     |
| connection, lab, profile                        |                                                               |
| a practice's dentists, a practice's connections | Query PRACTICE#<practice>, sk begins with DENTIST#/CONNECTION#|
| rules that an owner changed; facts without one  | Query PLATFORM#… or CARE_TEAM#…,                              |
|                                                 | sk begins with NOTIFICATION_RULE#/UNRULED#                    |
| all templates that an owner changed             | Query PLATFORM#… or CARE_TEAM#…, sk begins with TEMPLATE#     |
| one template of up to 100 owners                | BatchGetItem of TEMPLATE#<language>#<name>                    |
| whose a number is, and what was asked there     | Query PHONE#<digest of number>,                               |
|                                                 | sk between QUESTION# and READER#~                             |
| marks of an organization, of one reader         | Query <KIND>#<organization>, sk begins with MARK# or          |
|                                                 | MARK#<reader>#                                                |
| whether a reader heard of a fact, the counts of | BatchGetItem of HEARD#<fact>, INBOX_COUNTS, and BUNDLE#… of   |
| their inbox, what is gathered of a subject      | each channel                                                  |
| a bundle that is due                            | BatchGetItem of BUNDLE#<channel>#<subject>, ASIDE#<bundle>    |
| what is held of a reader; what a day has seen   | GetItem READER#… / BUNDLE#<channel>#, SENT#<channel>#<date>   |
| one message of an organization                  | GetItem <KIND>#<organization>#MESSAGES / <message>            |
| how much is in an inbox; one entry              | GetItem READER#<reader> / INBOX_COUNTS, INBOX#<number>        |
| an inbox, newest first; what of it is unread    | Query READER#<reader>, sk begins with INBOX#, or between two  |
| messages of an organization, newest first       | Query <KIND>#<organization>#MESSAGES, sk between two ids,     |
|                                                 | backward                                                      |
| any change                                      | TransactWriteItems: the thing, its activity entry, its event, |
|                                                 | and for a creation the idempotency record                     |

Each partition belongs to one case, one organization or one request, with three exceptions that stay small: ``LABS``
has a row for each lab, ``CARE_TEAMS`` one for each care team, ``RULES#<month>`` one for each case type. Events, what
consumers have seen and idempotency records carry ``expires_at`` and go away by themselves. Keys hold ids only, never
patient data: a patient is a salted digest.

The one exception is ``practice_patient_name_sk`` and ``lab_patient_name_sk``, which hold the name of the patient: a
list by name that is one query has the name as its key. They are keys of an index and of nothing else, encrypted at
rest with our own key like every attribute; they stand in no request that names an item, in no address, and in no
cursor, which carries the id of the case instead.
"""

from collections.abc import Mapping
from typing import Any, Final
from zlib import crc32

from bitewing.kernel.wire import REMINDER_SHARDS

CASE: Final = "CASE"
FILE_PREFIX: Final = "CASE#FILE#"
ACTIVITY_PREFIX: Final = "ACTIVITY#"
DENTIST_PREFIX: Final = "DENTIST#"
CONNECTION_PREFIX: Final = "CONNECTION#"
EVENT_PREFIX: Final = "EVENT#"
NOTE_PREFIX: Final = "NOTE#"
RETURN_PREFIX: Final = "RETURN#"
LINK_PREFIX: Final = "LINK#"
RX_PREFIX: Final = "RX#"
SESSION_PREFIX: Final = "SESSION#"
MEMBER_PREFIX: Final = "MEMBER#"
WEBHOOK_PREFIX: Final = "WEBHOOK#"
PROFILE_PREFIX: Final = "PROFILE#"
PERIOD_PREFIX: Final = "PERIOD#"
AVAILABILITY_PREFIX: Final = "AVAILABILITY#"
REQUEST_PREFIX: Final = "REQUEST#"
LABS: Final = "LABS"
CARE_TEAMS: Final = "CARE_TEAMS"
CLINICIAN_PREFIX: Final = "CLINICIAN#"
SITE_PREFIX: Final = "SITE#"
BATCH_PREFIX: Final = "BATCH#"
PROPOSED_DAY_PREFIX: Final = "DAY#"
UNMATCHED_PREFIX: Final = "UNMATCHED#"
LOAD_PREFIX: Final = "LOAD#"
DAY_PATIENT_PREFIX: Final = "PATIENT#"
FEED_PREFIX: Final = "FEED#"
ACCOUNT_PREFIX: Final = "ACCOUNT#"
NOTIFICATION_RULE_PREFIX: Final = "NOTIFICATION_RULE#"
TEMPLATE_PREFIX: Final = "TEMPLATE#"
UNRULED_PREFIX: Final = "UNRULED#"
MARK_PREFIX: Final = "MARK#"
INBOX_PREFIX: Final = "INBOX#"
NUMBER_READER_PREFIX: Final = "READER#"
TEXT_QUESTION_PREFIX: Final = "QUESTION#"
#: The partition of what an event is about, by the field that names it.
SUBJECT_PARTITIONS: Final = {
    "case_id": "CASE#",
    "practice_id": "PRACTICE#",
    "lab_id": "LAB#",
    "care_team_id": "CARE_TEAM#",
    "user_id": "USER#",
    "announcement_id": "ANNOUNCEMENT#",
    "period_id": "PERIOD#",
    "case_day_id": "CASEDAY#",
}

Key = dict[str, str]


def _key(pk: str, sk: str) -> Key:
    return {"pk": pk, "sk": sk}


def practice_partition(practice_id: str) -> str:
    """Return the partition of a practice, its dentists and connections; also of its list of cases."""
    return f"PRACTICE#{practice_id}"


def lab_partition(lab_id: str) -> str:
    """Return the partition of a lab and its profiles; also of its list of cases."""
    return f"LAB#{lab_id}"


def listed_partition(kind: str, organization_id: str, *, is_archived: bool, waits_for: str | None = None) -> str:
    """Return the partition of a list of an organization's cases.

    Args:
        kind: ``practice`` or ``lab``.
        organization_id: Whose list it is.
        is_archived: Whether the organization took the cases off its main list.
        waits_for: Whom all of them wait for, in the order of waiting.
    """
    waiting = f"#WAITS#{waits_for}" if waits_for else ""
    return f"{organization_partition(kind, organization_id)}{'#ARCHIVED' if is_archived else ''}{waiting}"


def case_partition(case_id: str) -> str:
    """Return the partition of a case, its files, history and events."""
    return f"CASE#{case_id}"


def reminders_partition(kind: str, shard: int) -> str:
    """Return the partition of the cases in a shard that somebody is reminded of, of one kind of reminder."""
    return f"REMIND#{kind}#{shard}"


def reminder_shard(case_id: str) -> int:
    """Return in which shard a case is swept."""
    return crc32(case_id.encode()) % REMINDER_SHARDS


def reminders_done(shard: int) -> Key:
    """Return the key of the day up to which people were reminded of the cases of a shard."""
    return _key(f"REMINDERS#{shard}", "SWEPT")


def case_id_in(key: Mapping[str, Any]) -> str:
    """Return the id of a case from the key of something in its partition."""
    return str(key["pk"]).removeprefix(case_partition(""))


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
    return _key(lab_partition(lab_id), PROFILE_PREFIX + case_type)


def profile_version_prefix(case_type: str) -> str:
    """Return what the sort keys of all versions of a lab's profile begin with."""
    return f"VERSION#{case_type}#"


def profile_version(lab_id: str, case_type: str, version: int) -> Key:
    """Return the key of one version of a lab's requirement profile; versions sort by number."""
    return _key(lab_partition(lab_id), f"{profile_version_prefix(case_type)}{version:06d}")


def prepared_partition(lab_id: str, case_type: str) -> str:
    """Return the partition of the cases of a type that are prepared for a lab, which does not know them yet."""
    return f"{lab_partition(lab_id)}#PREPARED#{case_type}"


def patient_partition(practice_id: str, patient_key: str) -> str:
    """Return the partition of the open cases of a patient of a practice."""
    return f"{practice_partition(practice_id)}#PATIENT#{patient_key}"


def lab_connection(lab_id: str, practice_id: str) -> Key:
    """Return the key of the connection of a practice and a lab, on the lab's side."""
    return _key(lab_partition(lab_id), CONNECTION_PREFIX + practice_id)


def lab_listing(listed_as: str, lab_id: str) -> Key:
    """Return the key of a lab in the list of all labs, which is sorted by ``listed_as``."""
    return _key(LABS, f"{listed_as}#{lab_id}")


def organization_partition(kind: str, organization_id: str) -> str:
    """Return the partition of an organization of any kind, as its members need it."""
    return f"{kind.upper()}#{organization_id}"


def member(kind: str, organization_id: str, user_id: str) -> Key:
    """Return the key of a person of an organization."""
    return _key(organization_partition(kind, organization_id), MEMBER_PREFIX + user_id)


def care_team_partition(care_team_id: str) -> str:
    """Return the partition of a care team, its clinicians and members."""
    return f"CARE_TEAM#{care_team_id}"


def care_team(care_team_id: str) -> Key:
    """Return the key of a care team."""
    return _key(care_team_partition(care_team_id), "CARE_TEAM")


def care_team_listing(listed_as: str, care_team_id: str) -> Key:
    """Return the key of a care team in the list of all, which is sorted by ``listed_as``."""
    return _key(CARE_TEAMS, f"{listed_as}#{care_team_id}")


def clinician(care_team_id: str, clinician_id: str) -> Key:
    """Return the key of a clinician of a care team."""
    return _key(care_team_partition(care_team_id), CLINICIAN_PREFIX + clinician_id)


def site(practice_id: str, site_id: str) -> Key:
    """Return the key of a site of a practice."""
    return _key(practice_partition(practice_id), SITE_PREFIX + site_id)


def care_preferences(practice_id: str, care_team_id: str) -> Key:
    """Return the key of whom of a care team a practice would like to have, and whom never."""
    return _key(practice_partition(practice_id), f"CARE#{care_team_id}")


def practices_partition(care_team_id: str) -> str:
    """Return the partition of the practices that know a care team."""
    return f"{care_team_partition(care_team_id)}#PRACTICES"


def practice_of_care_team(care_team_id: str, practice_id: str) -> Key:
    """Return the key of the note that a practice knows a care team."""
    return _key(practices_partition(care_team_id), practice_id)


def machine_prefix(machine_kind: str) -> str:
    """Return what the sort keys of an organization's machines of a kind begin with."""
    return f"MACHINE#{machine_kind}#"


def machine(kind: str, organization_id: str, machine_kind: str, machine_id: str) -> Key:
    """Return the key of a machine of an organization; those of a kind sort by age."""
    return _key(organization_partition(kind, organization_id), machine_prefix(machine_kind) + machine_id)


def note(case_id: str, note_id: str) -> Key:
    """Return the key of a note of a case."""
    return _key(case_partition(case_id), NOTE_PREFIX + note_id)


def case_return(case_id: str, number: int) -> Key:
    """Return the key of one coming back of a case; they sort by number."""
    return _key(case_partition(case_id), f"{RETURN_PREFIX}{number:04d}")


def sent_packet(case_id: str, submission_number: int) -> Key:
    """Return the key of what a case was sent with, kept from its first change after that sending on."""
    return _key(case_partition(case_id), f"SENT#{submission_number:04d}")


def rx(case_id: str, number: int) -> Key:
    """Return the key of one version of the prescription of a case; they sort by number."""
    return _key(case_partition(case_id), f"{RX_PREFIX}{number:04d}")


def link(case_id: str, link_id: str) -> Key:
    """Return the key of a correction link of a case."""
    return _key(case_partition(case_id), LINK_PREFIX + link_id)


def planning_hours(lab_id: str) -> Key:
    """Return the key of when a lab plans."""
    return _key(lab_partition(lab_id), "PLANNING")


def sessions_partition(kind: str, organization_id: str) -> str:
    """Return the partition of the planning sessions of a lab or a practice; they sort by their start."""
    return f"{organization_partition(kind, organization_id)}#SESSIONS"


def session(case_id: str, session_id: str) -> Key:
    """Return the key of a planning session of a case."""
    return _key(case_partition(case_id), SESSION_PREFIX + session_id)


def session_slot(lab_id: str, starts_at: str, planner: int) -> Key:
    """Return the key of a block of a lab's planner: who stores the item has booked the block."""
    return _key(sessions_partition("lab", lab_id), f"{starts_at}#{planner:03d}")


def session_of_practice(practice_id: str, starts_at: str, case_id: str) -> Key:
    """Return the key of a planning session in the list of its practice."""
    return _key(sessions_partition("practice", practice_id), f"{starts_at}#{case_id}")


def period(care_team_id: str, period_id: str) -> Key:
    """Return the key of a scheduling period of a care team."""
    return _key(care_team_partition(care_team_id), PERIOD_PREFIX + period_id)


def answers_partition(care_team_id: str, period_id: str) -> str:
    """Return the partition of what clinicians and practices say for a scheduling period."""
    return f"{care_team_partition(care_team_id)}#PERIOD#{period_id}"


def availability(care_team_id: str, period_id: str, clinician_id: str) -> Key:
    """Return the key of when a clinician can work in a scheduling period."""
    return _key(answers_partition(care_team_id, period_id), AVAILABILITY_PREFIX + clinician_id)


def case_day_request(request_id: str) -> Key:
    """Return the key of a Case Day request."""
    return _key(f"REQUEST#{request_id}", "REQUEST")


def request_of_period(care_team_id: str, period_id: str, request_id: str) -> Key:
    """Return the key of a Case Day request in the list of its scheduling period."""
    return _key(answers_partition(care_team_id, period_id), REQUEST_PREFIX + request_id)


def requests_partition(practice_id: str) -> str:
    """Return the partition of the Case Day requests of a practice."""
    return f"{practice_partition(practice_id)}#REQUESTS"


def request_of_practice(practice_id: str, request_id: str) -> Key:
    """Return the key of a Case Day request in the list of its practice."""
    return _key(requests_partition(practice_id), request_id)


def runs_partition(care_team_id: str, period_id: str) -> str:
    """Return the partition of the match runs of a scheduling period."""
    return f"{answers_partition(care_team_id, period_id)}#RUNS"


def match_run(care_team_id: str, period_id: str, run_id: str) -> Key:
    """Return the key of a match run of a scheduling period; they sort by age."""
    return _key(runs_partition(care_team_id, period_id), run_partition(run_id))


def waiting_task(run_id: str) -> Key:
    """Return the key of what a state machine waits with for a decision on a run."""
    return _key(run_partition(run_id), "TASK")


def run_partition(run_id: str) -> str:
    """Return the partition of what a match run proposes, and of how far it is."""
    return f"RUN#{run_id}"


def batch_progress(run_id: str, batch: int) -> Key:
    """Return the key of how far a batch of a match run is; they sort by number."""
    return _key(run_partition(run_id), f"{BATCH_PREFIX}{batch:03d}")


def proposed_day(run_id: str, on: str, request_id: str) -> Key:
    """Return the key of a day that a match run proposes; they sort by date."""
    return _key(run_partition(run_id), f"{PROPOSED_DAY_PREFIX}{on}#{request_id}")


def proposed_date(run_id: str, request_id: str) -> Key:
    """Return the key of the date on which a match run proposes a day for a request."""
    return _key(run_partition(run_id), REQUEST_PREFIX + request_id)


def unmatched_request(run_id: str, request_id: str) -> Key:
    """Return the key of a request that a match run does not serve."""
    return _key(run_partition(run_id), UNMATCHED_PREFIX + request_id)


def clinician_load(run_id: str, clinician_id: str) -> Key:
    """Return the key of how much a clinician works in what a match run proposes."""
    return _key(run_partition(run_id), LOAD_PREFIX + clinician_id)


def case_day_partition(case_day_id: str) -> str:
    """Return the partition of a Case Day, its patients, history and events."""
    return f"CASEDAY#{case_day_id}"


def case_day(case_day_id: str) -> Key:
    """Return the key of a Case Day."""
    return _key(case_day_partition(case_day_id), "DAY")


def days_partition(kind: str, owner_id: str) -> str:
    """Return the partition of the Case Days of a practice, a care team or a clinician; they sort by date."""
    return f"{organization_partition(kind, owner_id)}#DAYS"


def day_in_list(kind: str, organization_id: str, on: str, case_day_id: str) -> Key:
    """Return the key of a Case Day in the list of its practice or its care team."""
    return _key(days_partition(kind, organization_id), f"{on}#{case_day_id}")


def practice_date(practice_id: str, on: str) -> Key:
    """Return the key of a date of a practice: who stores the item has the practice's only Case Day on it."""
    return _key(f"{practice_partition(practice_id)}#DATES", on)


def clinician_day(clinician_id: str, on: str) -> Key:
    """Return the key of a day of a clinician: who stores the item has claimed the day."""
    return _key(days_partition("clinician", clinician_id), on)


def clinician_calendar(clinician_id: str) -> Key:
    """Return the key of how often days of a clinician were claimed and released."""
    return _key(days_partition("clinician", clinician_id), "CALENDAR")


def day_patient(case_day_id: str, patient_id: str) -> Key:
    """Return the key of a patient of a Case Day."""
    return _key(case_day_partition(case_day_id), DAY_PATIENT_PREFIX + patient_id)


def day_activity(case_day_id: str, entry_id: str) -> Key:
    """Return the key of one entry of a Case Day's history."""
    return _key(case_day_partition(case_day_id), ACTIVITY_PREFIX + entry_id)


def change_criteria(care_team_id: str) -> Key:
    """Return the key of what a care team has set about changes of Case Days."""
    return _key(care_team_partition(care_team_id), "CRITERIA")


def ledger_partition(care_team_id: str) -> str:
    """Return the partition of what earlier periods owe the clinicians of a care team."""
    return f"{care_team_partition(care_team_id)}#LEDGER"


def ledger_account(care_team_id: str, clinician_id: str) -> Key:
    """Return the key of what earlier periods owe a clinician."""
    return _key(ledger_partition(care_team_id), ACCOUNT_PREFIX + clinician_id)


def settled_periods(care_team_id: str) -> Key:
    """Return the key of which periods are in all accounts of a care team."""
    return _key(ledger_partition(care_team_id), "SETTLED")


def calendar_feed(kind: str, owner_id: str, feed_id: str) -> Key:
    """Return the key of a calendar feed of a clinician or a practice."""
    return _key(organization_partition(kind, owner_id), FEED_PREFIX + feed_id)


def webhook(lab_id: str, webhook_id: str) -> Key:
    """Return the key of a webhook of a lab."""
    return _key(lab_partition(lab_id), WEBHOOK_PREFIX + webhook_id)


def deliveries_partition(lab_id: str, webhook_id: str) -> str:
    """Return the partition of the deliveries to a webhook."""
    return f"{lab_partition(lab_id)}#DELIVERIES#{webhook_id}"


def webhook_delivery(lab_id: str, webhook_id: str, delivery_id: str) -> Key:
    """Return the key of a delivery to a webhook; they sort by time."""
    return _key(deliveries_partition(lab_id, webhook_id), delivery_id)


def rule_counts(lab_id: str, month: str, case_type: str) -> Key:
    """Return the key of a lab's counts of a month (``2026-03``) and a case type."""
    return _key(lab_partition(lab_id), f"RULES#{month}#{case_type}")


def rule_counts_of_all(month: str, case_type: str) -> Key:
    """Return the key of the counts of all labs of a month and a case type."""
    return _key(f"RULES#{month}", case_type)


def counted(case_id: str) -> Key:
    """Return the key of as what a case is counted."""
    return _key(case_partition(case_id), "COUNTED")


def color_counts(kind: str, organization_id: str) -> Key:
    """Return the key of how many cases of each color an organization has on its list."""
    return _key(organization_partition(kind, organization_id), "COUNTS")


def announcement(kind: str, organization_id: str, announcement_id: str) -> Key:
    """Return the key of an announcement of a publisher."""
    return _key(organization_partition(kind, organization_id), f"ANNOUNCEMENT#{announcement_id}")


def board(kind: str, organization_id: str) -> Key:
    """Return the key of what a publisher has in force or planned."""
    return _key(organization_partition(kind, organization_id), "BOARD")


def preferences(kind: str, organization_id: str, user_id: str) -> Key:
    """Return the key of how a person of an organization wants to be told of things."""
    return _key(organization_partition(kind, organization_id), f"PREFERENCES#{user_id}")


def notification_rule(kind: str, organization_id: str, rule_id: str) -> Key:
    """Return the key of a rule of notifications as its owner wants it."""
    return _key(organization_partition(kind, organization_id), NOTIFICATION_RULE_PREFIX + rule_id)


def notification_template(kind: str, organization_id: str, language: str, name: str) -> Key:
    """Return the key of the words of a notification as their owner wants them."""
    return _key(organization_partition(kind, organization_id), f"{TEMPLATE_PREFIX}{language}#{name}")


def unruled(kind: str, organization_id: str, fact_name: str) -> Key:
    """Return the key of how many facts of a name no rule tells, which the platform keeps."""
    return _key(organization_partition(kind, organization_id), UNRULED_PREFIX + fact_name)


def marks_of(reader_id: str) -> str:
    """Return what the sort keys of the marks of a reader begin with."""
    return f"{MARK_PREFIX}{reader_id}#"


def mark(kind: str, organization_id: str, reader_id: str, channel: str) -> Key:
    """Return the key of an address or a number of a reader that is not used any more."""
    return _key(organization_partition(kind, organization_id), marks_of(reader_id) + channel)


def reader_partition(reader_id: str) -> str:
    """Return the partition of what a reader has heard, of their inbox, and of what is gathered for them."""
    return f"READER#{reader_id}"


def heard(reader_id: str, fact_id: str) -> Key:
    """Return the key of that a reader was told a fact."""
    return _key(reader_partition(reader_id), f"HEARD#{fact_id}")


def inbox_entry(reader_id: str, number: int) -> Key:
    """Return the key of one thing in a reader's inbox; they sort by number."""
    return _key(reader_partition(reader_id), f"{INBOX_PREFIX}{number:012d}")


def inbox_counts(reader_id: str) -> Key:
    """Return the key of how much is in a reader's inbox."""
    return _key(reader_partition(reader_id), "INBOX_COUNTS")


def bundle(reader_id: str, channel: str, subject_id: str) -> Key:
    """Return the key of what is gathered for a reader of a subject; without a subject, of what is held of a day."""
    return _key(reader_partition(reader_id), f"BUNDLE#{channel}#{subject_id}")


def bundle_aside(reader_id: str, bundle_id: str) -> Key:
    """Return the key of what was gathered before another bundle of its subject was begun."""
    return _key(reader_partition(reader_id), f"ASIDE#{bundle_id}")


def sent_count(reader_id: str, channel: str, on: str) -> Key:
    """Return the key of how many messages a reader got by a channel on a day of their clock."""
    return _key(reader_partition(reader_id), f"SENT#{channel}#{on}")


def messages_partition(kind: str, organization_id: str) -> str:
    """Return the partition of the messages to an organization and its people; they sort by time."""
    return f"{organization_partition(kind, organization_id)}#MESSAGES"


def message(kind: str, organization_id: str, message_id: str) -> Key:
    """Return the key of a message to an organization or one of its people."""
    return _key(messages_partition(kind, organization_id), message_id)


def number_partition(number_digest: str) -> str:
    """Return the partition of what is known of a number for text messages."""
    return f"PHONE#{number_digest}"


def number_reader(number_digest: str, kind: str, organization_id: str, reader_id: str) -> Key:
    """Return the key of somebody who is texted at a number."""
    return _key(number_partition(number_digest), f"{NUMBER_READER_PREFIX}{kind}#{organization_id}#{reader_id}")


def text_question(number_digest: str, code: str) -> Key:
    """Return the key of what somebody was asked by text message: who stores the item has the code."""
    return _key(number_partition(number_digest), TEXT_QUESTION_PREFIX + code)


def text_reply(number_digest: str, message_id: str) -> Key:
    """Return the key of what became of a text message that came in."""
    return _key(number_partition(number_digest), f"REPLY#{message_id}")


def tracking_partition(carrier: str, tracking_number: str) -> str:
    """Return the partition of what goes under a carrier's number."""
    return f"TRACKING#{carrier}#{tracking_number}"


def tracked_parcel(carrier: str, tracking_number: str, case_id: str) -> Key:
    """Return the key of a parcel of a case that goes under a carrier's number."""
    return _key(tracking_partition(carrier, tracking_number), case_partition(case_id))


def seen(consumer: str, fact: str) -> Key:
    """Return the key of the record that a consumer has counted a fact, or the event that tells it."""
    return _key(f"SEEN#{consumer}#{fact}", "SEEN")


def case(case_id: str) -> Key:
    """Return the key of a case."""
    return _key(case_partition(case_id), CASE)


def file(case_id: str, file_id: str) -> Key:
    """Return the key of a file of a case."""
    return _key(case_partition(case_id), FILE_PREFIX + file_id)


def activity(case_id: str, entry_id: str) -> Key:
    """Return the key of one entry of a case's history."""
    return _key(case_partition(case_id), ACTIVITY_PREFIX + entry_id)


def event(subject: str, subject_id: str, event_id: str) -> Key:
    """Return the key of an event, beside what it is about: ``subject`` is the field that names that."""
    return _key(SUBJECT_PARTITIONS[subject] + subject_id, EVENT_PREFIX + event_id)


def idempotency(caller: str, key: str) -> Key:
    """Return the key of the record of a request that was already answered."""
    return _key(f"IDEMPOTENCY#{caller}#{key}", "IDEMPOTENCY")

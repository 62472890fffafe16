"""The table of the simulated month does what moto does with the same requests."""

from random import Random

import pytest
from bitewing.aws.client import create_client
from bitewing.aws.table import ALWAYS, EXISTS, IS_NEW, Check, Condition, ConditionsFailed, Delete, Put, Table, Update
from bitewing.kernel.wire import PATIENT_INDEX, PRACTICE_ATTENTION_INDEX

from tests.support.quick_table import QuickTable
from tests.support.tables import create_table

KEYS = [{"pk": f"P{number % 2}", "sk": f"A#{number // 2}" if number < 8 else f"B#{number}"} for number in range(10)]
CONDITIONS = [
    IS_NEW,
    EXISTS,
    ALWAYS,
    Condition(expression="#number = :two", values={"two": 2}),
    Condition(expression="attribute_exists(#pk) AND #number <> :two", values={"two": 2}),
    Condition(expression="attribute_not_exists(#pk) OR #number < :three", values={"three": 3}),
    Condition(expression="attribute_exists(#pk) AND NOT #number > :one", values={"one": 1}),
    Condition(
        expression="(#number >= :one AND #word IN (:a, :b)) OR #more.#inner = :a", values={"one": 1, "a": "a", "b": "b"}
    ),
    Condition(expression="contains(#word, :a) OR begins_with(#word, :c)", values={"a": "a", "c": "c"}),
    Condition(expression="#nothing = :nothing AND #number <= :three", values={"nothing": None, "three": 3}),
]
KEEPS = [None, Condition(expression="#number > :one", values={"one": 1})]


@pytest.fixture
def tables(moto):
    client = create_client("dynamodb")
    return QuickTable(), Table(client, create_table(client))


def values(chance):
    found = {
        "entity": "Event" if chance.random() < 0.1 else "Thing",
        "number": chance.randrange(4),
        "word": chance.choice(["a", "bd", "cad"]),
        "more": {"inner": chance.choice(["a", "b"]), "list": [1, True, None, "é"]},
        "nothing": None,
    }
    for index in (PATIENT_INDEX, PRACTICE_ATTENTION_INDEX):
        if chance.random() < 0.6:
            found |= {f"{index}_pk": f"I{chance.randrange(2)}", f"{index}_sk": chance.choice("xyz")}
    return found


def writes(chance):
    for key in chance.sample(KEYS, chance.randrange(1, 4)):
        condition = chance.choice(CONDITIONS)
        match chance.randrange(6):
            case 0 | 1 | 2:
                yield Put(key=key, values=values(chance), condition=chance.choice([ALWAYS, condition]))
            case 3:
                count = ["number"] if "number" in condition.expression else []
                more = {"added": 2} if chance.random() < 0.5 else {}
                yield Update(
                    key=key,
                    values={"word": "bd", "entity": "Thing"},
                    condition=Condition(
                        expression=f"attribute_exists(#pk) AND ({condition.expression})", values=condition.values
                    ),
                    count_up=count,
                    add=more,
                    remove=["nothing", "gone"] if chance.random() < 0.5 else [],
                )
            case 4:
                yield Delete(key=key)
            case 5:
                yield Check(key=key, condition=condition)


def outcome(table, asked):
    try:
        return table.write(asked)
    except ConditionsFailed as refused:
        return refused.stored


def seen(table, chance):
    """All that can be read of a table; pages of a size that chance says."""
    yield from (table.get(key) for key in KEYS)
    yield _sorted(table.get_all(KEYS[:5]))
    yield table.partition("P0", prefix="A#")
    yield table.partition("P1", between=("A#1", "B#9"))
    yield table.has_any("P0", keep=Condition(expression="#number = :one", values={"one": 1}))
    for index, pk in ((None, "P0"), (PATIENT_INDEX, "I0"), (PRACTICE_ATTENTION_INDEX, "I1")):
        asked = {"index": index, "limit": chance.randrange(1, 4), "is_backward": chance.random() < 0.5}
        keep = None if index == PRACTICE_ATTENTION_INDEX else chance.choice(KEEPS)
        found, start, is_last = [], None, False
        while not is_last:
            page = table.query(pk, start=start, keep=keep, **asked)
            assert len(page.things) <= asked["limit"]
            found += page.things
            start, is_last = page.next, page.next is None
        # What has the same place in an index comes in any order.
        yield _sorted(found) if index else found


def _sorted(found):
    return sorted(found, key=lambda each: (each["pk"], each["sk"]))


@pytest.mark.parametrize("seed", range(3))
def test_a_table_in_memory_answers_like_dynamodb(tables, seed):
    chance = Random(seed)  # noqa: S311 - the same each time
    for _ in range(60):
        asked = list(writes(chance))
        quick, played = (outcome(table, asked) for table in tables)
        assert quick == played, asked
        at = chance.getstate()
        quick, _, played = list(seen(tables[0], chance)), chance.setstate(at), list(seen(tables[1], chance))
        assert quick == played


def test_a_value_is_set_where_its_condition_holds(tables):
    for table in tables:
        table.write([Put(key=KEYS[0], values={"entity": "Thing", "number": 1})])
        assert table.set_values(KEYS[0], {"number": 2}, condition=EXISTS)
        assert not table.set_values(KEYS[1], {"number": 2}, condition=EXISTS)
        assert table.get(KEYS[0])["number"] == 2


def test_what_happened_is_told_in_its_order():
    table = QuickTable()
    for number in (2, 1):
        table.write([Put(key={"pk": "P", "sk": str(number)}, values={"entity": "Event", "number": number})])
    assert [each["number"] for each in table.told] == [2, 1]
    assert table.requests == 2

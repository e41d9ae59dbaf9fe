"""The read side of Durable State."""

from __future__ import annotations

import asyncio
import random

import pytest
from pydantic import BaseModel

from perennial_streams import DurableStream, StreamNotFoundError
from perennial_streams.state import (
    MaterializedState,
    StateView,
    change,
    is_change_event,
    is_control_event,
    materialize,
    rows,
)


def control(name: str) -> dict[str, object]:
    return {"headers": {"control": name}}


def test_changes_store_replace_and_remove_and_unknown_keys_are_no_errors() -> None:
    state = MaterializedState()
    state.apply_batch(
        [
            change("user", "1", "insert", {"name": "Ada", "mail": "a@x"}),
            change("user", "1", "update", {"name": "Grace"}),
            change("user", "2", "upsert", 7),
            change("user", "3", "update", None),
            change("theme", "x", "delete"),
        ]
    )
    assert dict(state.get_type("user")) == {"1": {"name": "Grace"}, "2": 7, "3": None}
    assert (state.types, state.type_count) == (["user", "theme"], 2)
    state.apply(control("reset"))
    assert dict(state.get_type("user")) == {}


def test_the_end_of_a_snapshot_removes_what_it_did_not_mention() -> None:
    state = MaterializedState()
    state.apply_batch([change("a", "1", "insert", 1), change("a", "2", "insert", 2), control("snapshot-start")])
    state.apply_batch([change("a", "2", "upsert", 3), control("snapshot-end"), change("a", "4", "insert", 4)])
    assert dict(state.get_type("a")) == {"2": 3, "4": 4}


@pytest.mark.parametrize("seed", range(100))
def test_anything_may_come_and_is_reported(seed: int) -> None:
    chance = random.Random(seed)
    odd: list[object] = [
        None,
        5,
        [],
        {},
        {"headers": 1},
        {"headers": {"operation": "insert"}, "type": "a", "key": []},
        "x",
        {"type": "a"},
    ]
    wrong: list[object] = []
    state = MaterializedState(on_error=lambda _, event: wrong.append(event))
    given = [chance.choice(odd) for _ in range(20)]
    state.apply_batch(given)
    assert wrong == given
    assert not any(is_change_event(event) or is_control_event(event) for event in given)


class Card(BaseModel):
    title: str


def test_a_view_reads_to_the_tail_and_follows(url: str) -> None:
    bad: list[object] = []
    with DurableStream.create(url, content_type="application/json") as handle:
        with StateView(url, live=True) as empty:
            assert empty["card"] == {}
        handle.append(change("card", "1", "insert", {"title": "one"}))
        handle.append(change("card", "2", "insert", {"name": "no card"}))
        with StateView(url, models={"card": Card}, on_error=lambda _, event: bad.append(event)) as board:
            assert board["card"] == {"1": Card(title="one")}
            assert len(bad) == 1
            handle.append(change("card", "1", "update", {"title": "uno"}))
            assert board.wait_for(lambda view: view.get("card", "1") == Card(title="uno"), 10)
            assert not board.wait(0.01)
            assert board.offset == handle.head().offset
        assert board.get("card", "1") == Card(title="uno")
    state = asyncio.run(materialize(url))
    assert list(rows(state.get_type("card"), "id")) == [{"id": "1", "title": "uno"}, {"id": "2", "name": "no card"}]


def test_a_view_of_no_stream_says_so(url: str) -> None:
    with pytest.raises(StreamNotFoundError), StateView(url):
        pass

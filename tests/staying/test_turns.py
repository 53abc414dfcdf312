"""Turns: one process works, the next one waits, and a dead or frozen one is passed."""

import threading

import pytest

from trueup.postgres.turns import LostTurnsError, Turns, TurnState, states_of_turns


@pytest.fixture
def turns(database):
    """Makes the turns of one more process, with its session."""
    opened = []

    def make(**settings):
        opened.append(database.connect(autocommit=True))
        return Turns(opened[-1], **settings), opened[-1]

    yield make
    for connection in opened:
        connection.close()


def state(connection):
    return states_of_turns(connection, ["sending"])["sending"]


def test_a_turn_that_another_process_has_is_not_taken(turns):
    first, session = turns()
    second, _ = turns(taking="50ms")
    assert state(session) == TurnState(is_taken=False, is_wanted=False)
    assert first.take("sending")
    assert not second.take("sending")
    assert second.take("reading")
    assert state(session) == TurnState(is_taken=True, is_wanted=False)
    first.give_back("sending")
    assert second.take("sending")


def test_a_holder_sees_who_waits_and_the_one_who_waits_gets_the_turn(turns):
    first, session = turns()
    second, _ = turns(taking="60s")
    assert first.take("sending")
    assert not first.is_wanted()
    taken = []
    waiting = threading.Thread(target=lambda: taken.append(second.take("sending")))
    waiting.start()
    while not first.is_wanted():
        pass
    assert state(session) == TurnState(is_taken=True, is_wanted=True)
    first.give_back("sending")
    waiting.join()
    assert taken == [True]
    assert not second.is_wanted()


def test_a_turn_is_free_once_its_session_has_ended(turns):
    first, session = turns()
    second, other = turns(taking="60s")
    assert first.take("sending")
    other.execute("select pg_terminate_backend(%s, 5000)", [session.info.backend_pid])
    assert second.take("sending")
    with pytest.raises(LostTurnsError):
        first.is_wanted()
    with pytest.raises(LostTurnsError):
        first.give_back("sending")


def test_a_holder_that_is_frozen_loses_its_turn(turns):
    frozen, session = turns()
    second, _ = turns(taking="60s")
    assert frozen.take("sending")
    session.execute("set idle_session_timeout = '100ms'")
    assert second.take("sending")
    with pytest.raises(LostTurnsError):
        frozen.is_wanted()

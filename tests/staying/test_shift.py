"""A shift hands its loops over to the next process, and no failure ends a loop."""

import threading

import pytest

from trueup.postgres.turns import states_of_turns
from trueup.staying.loops import Ends, Loop, keep_running, repeat
from trueup.staying.shift import work_shift


class Heard:
    """What an audience is told, and the threads that wait for some of it."""

    def __init__(self):
        self.told = []
        self._changed = threading.Condition()

    def _tell(self, *what):
        with self._changed:
            self.told.append(what)
            self._changed.notify_all()

    def started(self, loop):
        self._tell("started", loop)

    def report(self, asset, done):
        self._tell("report", asset, done)

    def trouble(self, loop, sentence):
        self._tell("trouble", loop, sentence)

    def ready(self, loop):
        self._tell("ready", loop)

    def passed(self):
        pass

    def wait_for(self, *what):
        with self._changed:
            assert self._changed.wait_for(lambda: what in self.told, 60), self.told


class Gate:
    """A loop that works until the test opens its gate, and notes who works."""

    def __init__(self):
        self.working = 0
        self.most_working = 0
        self._lock = threading.Lock()
        self.gate = threading.Event()

    def run(self, listener, ends):
        with self._lock:
            self.working += 1
            self.most_working = max(self.most_working, self.working)
        listener.ready()
        ends.relieved.wait()
        self.gate.wait()
        with self._lock:
            self.working -= 1


@pytest.fixture
def shift(database):
    """Starts shifts in threads; each gives its ending and what was told."""
    stopping = threading.Event()
    started = []

    def start(loops, longest_seconds=600.0):
        heard, endings = Heard(), []
        sessions = []

        def connect():
            sessions.append(database.connect(autocommit=True))
            return sessions[-1]

        def work():
            endings.append(
                work_shift(
                    loops,
                    connect,
                    is_stopping=stopping,
                    longest_seconds=longest_seconds,
                    audience=heard,
                )
            )

        thread = threading.Thread(target=work)
        thread.start()
        started.append(thread)
        return heard, endings, thread, sessions

    start.stopping = stopping
    yield start
    stopping.set()
    for thread in started:
        thread.join()


def test_the_next_process_begins_when_the_work_before_it_has_ended(shift, opened):
    gate = Gate()
    loops = [Loop("sending", "sending", gate.run)]
    first, first_endings, first_thread, _ = shift(loops)
    first.wait_for("ready", "sending")
    second, *_ = shift(loops)
    while not states_of_turns(opened, ["sending"])["sending"].is_wanted:
        pass
    assert ("started", "sending") not in second.told
    gate.gate.set()
    second.wait_for("ready", "sending")
    first_thread.join()

    assert first_endings == ["relieved"]
    assert gate.most_working == 1


def test_a_loop_that_works_long_holds_up_no_other_at_the_handover(shift):
    slow, quick = Gate(), Gate()
    quick.gate.set()
    loops = [Loop("quick", "quick", quick.run), Loop("slow", "slow", slow.run)]
    first, first_endings, *_ = shift(loops)
    first.wait_for("ready", "slow")
    second, *_ = shift(loops)
    second.wait_for("ready", "quick")
    assert ("ready", "slow") not in second.told
    assert first_endings == []
    slow.gate.set()
    second.wait_for("ready", "slow")
    assert (slow.most_working, quick.most_working) == (1, 1)


def test_a_process_whose_turns_are_lost_ends_and_the_next_one_works(shift, opened):
    gate = Gate()
    gate.gate.set()
    loops = [Loop("sending", "sending", gate.run)]
    first, first_endings, first_thread, sessions = shift(loops)
    first.wait_for("ready", "sending")
    pid = sessions[0].info.backend_pid
    opened.execute("select pg_terminate_backend(%s, 5000)", [pid])
    first_thread.join()
    assert first_endings == ["turns lost"]
    second, *_ = shift(loops)
    second.wait_for("ready", "sending")


def test_a_shift_ends_when_its_time_is_up_or_it_is_stopped(shift):
    gate = Gate()
    gate.gate.set()
    _, endings, thread, _ = shift(
        [Loop("sending", "sending", gate.run)], longest_seconds=0.0
    )
    thread.join()
    assert endings == ["time is up"]
    heard, endings, thread, _ = shift(
        [Loop("sending", "sending", lambda _, ends: ends.stopping.wait())]
    )
    heard.wait_for("started", "sending")
    shift.stopping.set()
    thread.join()
    assert endings == ["stopped"]


def test_an_audience_that_fails_ends_the_shift_after_its_loops(database):
    gate = Gate()
    gate.gate.set()

    class Deaf(Heard):
        def ready(self, loop):
            raise ConnectionError(f"{loop} cannot be shown")

    with pytest.raises(ConnectionError, match="sending cannot be shown"):
        work_shift(
            [Loop("sending", "sending", gate.run)],
            lambda: database.connect(autocommit=True),
            is_stopping=threading.Event(),
            longest_seconds=600.0,
            audience=Deaf(),
        )
    assert (gate.most_working, gate.working) == (1, 0)


def test_a_failing_loop_is_told_once_and_tried_again():
    heard = Heard()
    ends = Ends(threading.Event(), threading.Event())
    tries = []

    class Listener:
        def report(self, asset, done):
            heard.report(asset, done)

        def trouble(self, sentence):
            heard.trouble("odd", sentence)

        def ready(self):
            heard.ready("odd")

    def run(listener, ends):
        tries.append(1)
        if len(tries) == 1:
            raise KeyError("lost")
        listener.ready()
        listener.report("odd", 1)
        listener.ready()
        ends.relieved.set()

    keep_running(Loop("odd", "odd", run), Listener(), ends)
    assert heard.told == [
        ("trouble", "odd", "KeyError: 'lost'"),
        ("ready", "odd"),
        ("report", "odd", 1),
    ]


def test_work_is_repeated_on_one_connection_until_the_end(database):
    ends = Ends(threading.Event(), threading.Event())
    pids = []

    class Listener:
        def ready(self):
            if len(pids) == 3:
                ends.relieved.set()

    def work(connection, _listener, _ends):
        pids.append(connection.info.backend_pid)
        return True

    repeat(
        lambda: database.connect(autocommit=True),
        work,
        Listener(),
        ends,
        between_seconds=0.0,
        again_seconds=0.0,
    )
    assert len(pids) == 3
    assert len(set(pids)) == 1

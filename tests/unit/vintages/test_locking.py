import os
import subprocess
import sys
import threading

import pytest

from indforecast.domain.errors import StoreLocked, StoreUnavailable
from indforecast.vintages.locking import HomeLock

HOLD = """
import sys, pathlib
from indforecast.vintages.locking import HomeLock
with HomeLock(pathlib.Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def other_process(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_another_process_is_named(tmp_path, other_process):
    words = rf"written by process {other_process.pid} on '"
    with pytest.raises(StoreLocked, match=words) as caught, HomeLock(tmp_path).held():
        pytest.fail("two writers at once")
    assert caught.value.hint


def test_waiting_is_rewarded(tmp_path, other_process):
    threading.Timer(0.2, lambda: print("go", file=other_process.stdin, flush=True)).start()
    with HomeLock(tmp_path).held(wait_seconds=30):
        pass


def test_a_killed_holder_holds_nothing(tmp_path, other_process):
    other_process.kill()
    other_process.wait()
    assert (tmp_path / "store.lock.holder").exists()
    with HomeLock(tmp_path).held():
        assert f'"pid": {os.getpid()}' in (tmp_path / "store.lock.holder").read_text()


def test_inside_itself_it_is_free_and_held_to_the_end(tmp_path):
    lock = HomeLock(tmp_path)
    with lock.held():
        with lock.held():
            pass
        with pytest.raises(StoreLocked, match=f"process {os.getpid()}"), HomeLock(tmp_path).held():
            pytest.fail("given away too early")
    assert not (tmp_path / "store.lock.holder").exists()
    with HomeLock(tmp_path).held():
        pass


def test_another_thread_of_the_same_object_is_kept_out(tmp_path):
    lock = HomeLock(tmp_path)
    seen = []

    def enter():
        try:
            with lock.held():
                seen.append("entered")
        except StoreLocked:
            seen.append("locked")

    with lock.held():
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
    assert seen == ["locked"]


def test_an_error_inside_frees_it(tmp_path):
    with pytest.raises(KeyError), HomeLock(tmp_path).held():
        raise KeyError
    with HomeLock(tmp_path).held():
        pass


def test_a_holder_note_that_cannot_be_read_is_not_believed(tmp_path, other_process):
    (tmp_path / "store.lock.holder").write_text("{")
    with pytest.raises(StoreLocked, match="written by another process"), HomeLock(tmp_path).held():
        pass


def test_a_home_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable), HomeLock(tmp_path / "file" / "home").held():
        pass

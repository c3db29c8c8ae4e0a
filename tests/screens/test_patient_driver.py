"""The console sleeps until a key comes, and an Esc is still told from a sequence."""

import select

from screens.key_parser import KeyParser
from screens.patient_driver import _WakingEvent, patience


def test_nothing_typed_means_no_end_to_the_patience() -> None:
    assert patience(KeyParser()) is None


def test_an_esc_waits_only_for_the_rest_of_a_sequence() -> None:
    parser = KeyParser()
    assert list(parser.feed("\x1b")) == []
    waiting = patience(parser)
    assert waiting is not None
    assert 0 <= waiting < 1
    list(parser.feed("[A"))
    assert patience(parser) is None


def test_the_end_of_the_program_wakes_the_reader() -> None:
    event = _WakingEvent()
    assert select.select([event.reader], [], [], 0)[0] == []
    event.set()
    assert select.select([event.reader], [], [], 0)[0] == [event.reader]
    event.drain()
    assert select.select([event.reader], [], [], 0)[0] == []

"""What follows from a call by the flags of its result."""

import pytest

from crm_tui.domain.follow_up import FollowUps, follow_ups, moves_lead, moves_response
from crm_tui.domain.picklists import DEFAULTS

FLAGS = {choice.code: choice.attributes for choice in DEFAULTS["call_result"]}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("interested", FollowUps(lead_status="contacted", response_status="responded")),
        ("not_interested", FollowUps(lead_status="lost_lead", response_status="responded")),
        ("no_response_busy", FollowUps(lead_status="attempted_to_contact")),
        ("requested_more_info", FollowUps(lead_status="contacted")),
        ("requested_call_back", FollowUps(call_back=True)),
        ("invalid_number", FollowUps(bad_number=True)),
    ],
)
def test_what_the_results_of_a_new_store_ask_for(result: str, expected: FollowUps) -> None:
    assert follow_ups(FLAGS[result], "outbound") == expected


def test_nothing_follows_from_a_missed_call() -> None:
    flags: dict[str, str | int | bool] = {"lead_status": "contacted", "do_not_call": True, "bad_number": True}
    assert follow_ups(flags, "missed") == FollowUps()


def test_a_number_somebody_called_from_is_not_bad() -> None:
    assert not follow_ups({"bad_number": True}, "inbound").bad_number
    assert follow_ups({"do_not_call": True}, "inbound").do_not_call


@pytest.mark.parametrize(
    ("present", "wanted", "moves"),
    [
        ("not_contacted", "attempted_to_contact", True),
        ("contact_in_future", "attempted_to_contact", True),
        ("attempted_to_contact", "contacted", True),
        ("", "attempted_to_contact", True),
        ("contacted", "attempted_to_contact", False),
        ("pre_qualified", "contacted", False),
        ("pre_qualified", "attempted_to_contact", False),
        ("pre_qualified", "lost_lead", True),
        ("lost_lead", "attempted_to_contact", False),
        ("lost_lead", "contacted", True),
        ("contacted", "lost_lead", True),
        ("contacted", "contacted", False),
        ("hot", "contacted", False),
        ("contacted", "hot", True),
    ],
)
def test_a_call_never_moves_a_lead_back(present: str, wanted: str, moves: bool) -> None:
    assert moves_lead(present, wanted) is moves


def test_who_opted_out_stays_so() -> None:
    assert moves_response("invited", "responded")
    assert not moves_response("responded", "responded")
    assert not moves_response("opted_out", "responded")

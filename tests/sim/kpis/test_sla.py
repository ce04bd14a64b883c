"""Breaches, recaptures, ping-pong and leads that nobody got."""

from sim.kpis import ping_pong, sla, unassigned
from tests.sim.kpis.story import tell

LIVES = (
    (
        "0 created; 0 routed @ann qualify; 1 reminded; 2 breached; 2 recaptured @ann; 2 routed @bob qualify;"
        "4 breached; 4 recaptured @bob; 4 claimed @cid qualify; 5 breached; 5 escalated"
    ),
    "0 created; 0 routed @ann qualify; 3 routed @bob qualify; 6 routed @ann qualify",
    "0 created; 0 routed @ann qualify; 3 routed @cid discovery; 6 routed @ann proposal; 7 routed @ann proposal",
    "0 created; 0 unassigned !region; 1 unassigned !region; 2 unassigned !capacity",
    "0 created; 8 unassigned",
)


def test_rows_are_counted_and_leads_once() -> None:
    assert sla(tell(*LIVES)).loc["all"].to_dict() == {
        "breaches": 3,
        "reminders": 1,
        "escalations": 1,
        "recaptures": 2,
        "leads_breached": 1,
    }
    assert sla(tell(*LIVES), period=(4.0, 5.0)).loc["all"].tolist() == [1, 0, 0, 1, 1]


def test_a_breach_is_charged_to_who_held_the_lead() -> None:
    table = sla(tell(*LIVES), ["rep"])
    assert table["breaches"].to_dict() == {"ann": 1, "bob": 1, "cid": 1}
    assert sla(tell(*LIVES), ["team"])["recaptures"].to_dict() == {"inside": 2, "field": 0}


def test_ping_pong_is_two_recaptures_or_a_return_to_an_earlier_owner_of_the_same_stage() -> None:
    table = ping_pong(tell(*LIVES))
    assert table.index.tolist() == [0, 1]
    assert table["recaptures"].tolist() == [2, 0]
    assert table["returns"].tolist() == [0, 1]
    assert ping_pong(tell(*LIVES), (0.0, 4.0)).empty
    assert ping_pong(tell(*LIVES), (6.0, 10.0)).index.tolist() == [1]


def test_leads_without_an_owner_are_counted_by_reason() -> None:
    table = unassigned(tell(*LIVES))
    assert table["times"].to_dict() == {"region": 2, "capacity": 1, "": 1}
    assert table["leads"].to_dict() == {"region": 1, "capacity": 1, "": 1}
    assert table["still"].to_dict() == {"region": 0, "capacity": 1, "": 1}
    assert unassigned(tell(*LIVES), (0.0, 2.0))["still"].to_dict() == {"region": 1}


def test_a_lead_that_somebody_gets_in_the_end_is_no_longer_unassigned() -> None:
    log = tell("0 created; 0 unassigned !region; 2 routed @ann", "0 created; 0 unassigned !region; 2 lost qualify")
    assert unassigned(log)["still"].tolist() == [0]


def test_reps_who_take_turns_at_touching_a_lead_play_no_ping_pong() -> None:
    log = tell("0 routed @ann; 1 touched @ann; 2 routed @bob; 3 touched @bob; 4 routed @ann")
    assert ping_pong(log).empty


def test_an_escalation_makes_the_manager_the_owner() -> None:
    log = tell("0 routed @ann; 1 reminded; 2 recaptured @ann; 2 escalated @cid; 4 reminded; 5 escalated; 6 reminded")
    assert sla(log, ["rep"])["reminders"].to_dict() == {"ann": 1, "cid": 2}


def test_an_empty_log_breaks_no_promise() -> None:
    assert sla(tell()).loc["all"].sum() == 0
    assert sla(tell(), ["rep"]).empty
    assert ping_pong(tell()).empty
    assert unassigned(tell()).empty

"""Jobs in the background: found again by what was asked, looked at while they work, stopped when nobody looks."""

from threading import Event

from sim.errors import SpecError
from studies.jobs import Job, Jobs, State, Work, key_of

PATIENCE = 20.0


def done(job: Job) -> Job:
    assert job.wait(PATIENCE)
    return job


def until(go: Event) -> Work:
    """Work that ends when it is told to."""

    def work(job: Job) -> str:
        job.show("some")
        while not go.wait(0.01):
            job.progress(1, 4)
        return "all"

    return work


def test_the_same_question_has_the_same_key_and_another_one_another() -> None:
    assert key_of("plan", {"a": 1, "b": (2, 3)}) == key_of("plan", {"b": (2, 3), "a": 1})
    assert len({key_of("plan", {"a": 1}), key_of("plan", {"a": 2}), key_of("know", {"a": 1})}) == 3


def test_a_result_is_kept_and_the_same_question_is_not_worked_on_twice() -> None:
    jobs, asked = Jobs(), []
    for _ in range(2):
        job = done(jobs.start("k", lambda _: asked.append(1) or "found"))
        assert (job.state, job.found) == (State.DONE, "found")
    assert asked == [1]


def test_what_is_known_so_far_can_be_looked_at_while_it_works() -> None:
    jobs, go = Jobs(), Event()
    job = jobs.start("k", until(go))
    while job.done == 0:
        job.wait(0.01)
    assert (job.state, job.found, job.total) == (State.WORKING, "some", 4)
    assert job.seconds_left is not None
    go.set()
    assert done(job).found == "all"


def test_whoever_waits_for_a_first_answer_gets_it_before_the_work_is_done_and_no_wait_outlives_the_job() -> None:
    jobs, go = Jobs(), Event()
    job = jobs.start("k", until(go))
    job.wait_for_first(PATIENCE)
    assert (job.found, job.is_over) == ("some", False)
    go.set()
    failed = jobs.start("f", lambda _: 1 / 0)
    failed.wait_for_first(PATIENCE)
    assert done(failed).found is None


def test_a_second_watcher_finds_the_job_and_keeps_it_going_when_the_first_one_leaves() -> None:
    jobs, go = Jobs(), Event()
    job = jobs.start("k", until(go), "ann")
    assert jobs.start("k", until(go), "bo") is job
    jobs.leave("k", "ann")
    assert not job.wait(0.1)
    jobs.leave("k", "bo")
    assert done(job).state is State.STOPPED


def test_what_was_stopped_begins_anew_when_it_is_asked_again() -> None:
    jobs, go = Jobs(), Event()
    first = jobs.start("k", until(go))
    first.stop()
    done(first)
    go.set()
    second = jobs.start("k", until(go))
    assert second is not first
    assert done(second).found == "all"


def test_a_mistake_is_told_as_such_and_a_fault_as_a_fault() -> None:
    def mistaken(_: Job) -> None:
        raise SpecError("days must be above 0, got -1")

    jobs = Jobs()
    mistake, fault = (done(jobs.start(key, work)) for key, work in (("m", mistaken), ("f", lambda _: 1 / 0)))
    assert (mistake.state, mistake.error, mistake.fault) == (State.FAILED, "days must be above 0, got -1", False)
    assert (fault.state, fault.fault) == (State.FAILED, True)


def test_further_jobs_wait_their_turn_and_others_work_beside_each_other() -> None:
    jobs, go = Jobs(most_at_once=2), Event()
    working = [jobs.start(key, until(go)) for key in ("a", "b")]
    while any(job.state is not State.WORKING for job in working):
        working[0].wait(0.01)
    third = jobs.start("c", until(go))
    assert not third.wait(0.05)
    assert third.state is State.WAITING
    go.set()
    assert all(done(job).state is State.DONE for job in (*working, third))


def test_only_so_many_finished_jobs_are_kept_and_none_that_works_is_forgotten() -> None:
    jobs, go = Jobs(kept=3), Event()
    busy = jobs.start("busy", until(go))
    for number in range(6):
        done(jobs.start(str(number), lambda _: "found"))
    jobs.start("last", lambda _: "found")
    assert jobs.find("0") is None
    assert jobs.find("busy") is busy
    assert jobs.find("5") is not None
    go.set()

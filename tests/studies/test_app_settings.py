"""What whoever runs the app decides, in the environment."""

from pathlib import Path

import pytest

from sim.errors import SpecError
from studies.app_settings import AppSettings
from studies.executors import Sharing


def test_without_settings_everybody_may_write_and_this_machine_simulates() -> None:
    settings = AppSettings.of({})
    assert settings == AppSettings(runs=Path("runs"))
    assert settings.may_change("")
    assert settings.sharing == Sharing(workers=0)


def test_the_address_of_a_cluster_reaches_whoever_shares_out_the_work() -> None:
    assert AppSettings.of({"HEADRACE_CLUSTER": "tcp://10.0.0.5:8786"}).sharing == Sharing(cluster="tcp://10.0.0.5:8786")


def test_a_server_for_reading_only_lets_nobody_write_not_even_an_editor() -> None:
    settings = AppSettings.of({"HEADRACE_READ_ONLY": "1", "HEADRACE_EDITORS": "ann@example.com"})
    assert not settings.may_change("ann@example.com")


def test_editors_are_told_apart_by_their_address_whatever_its_case() -> None:
    settings = AppSettings.of({"HEADRACE_EDITORS": " Ann@Example.com , bo@example.com,"})
    asked = ("ann@example.com", "BO@example.com", "cy@example.com", "")
    assert [settings.may_change(who) for who in asked] == [True, True, False, False]


@pytest.mark.parametrize("text", ["0", "-1", "many", "2001", ""])
def test_a_bound_on_uploads_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="HEADRACE_UPLOAD_MB must be a whole number"):
        AppSettings.of({"HEADRACE_UPLOAD_MB": text})

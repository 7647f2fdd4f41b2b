"""A directory of one's own: offices are found by their role, whatever their id."""

from __future__ import annotations

from dialogs.effects import SealReport
from dialogs.replace import replace
from tests.conftest import practice_policy
from tests.playbook import Play
from tests.serving import TO_FILES, TO_SEND


def test_a_senior_focal_point_under_another_id_receives_its_copy() -> None:
    """A directory of one's own names its offices as it likes; the role says which is which."""
    policy = practice_policy()
    offices = {name: replace(office, backup=None) for name, office in policy.directory.offices.items()}
    offices["OFF-TOP"] = replace(offices.pop("OFF-ASG"), id="OFF-TOP")
    play = Play(policy=replace(policy, directory=replace(policy.directory, offices=offices)))

    sealed = play.say(*TO_FILES, *TO_SEND[:11], "2", "1", "2", "3", "1").done(SealReport)

    assert [copy.question.recipient for copy in sealed.copies] == ["OFF-TOP"]


def test_a_senior_focal_point_that_receives_the_report_is_not_asked_about_again() -> None:
    """Whatever it is called."""
    policy = practice_policy()
    offices = {name: replace(office, role="asg" if name == "OFF-HRC" else "" if name == "OFF-ASG" else office.role)
               for name, office in policy.directory.offices.items()}  # fmt: skip
    play = Play(policy=replace(policy, directory=replace(policy.directory, offices=offices)))

    assert play.say(*TO_FILES, *TO_SEND[:11], "2").node == "C-STAT"

"""Wordings in folders, for all and for one buyer; and what each would say at every stage."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.notify.__main__ import cli
from services.notify.planning.plan import load_plans
from services.notify.subscriptions.subscription_off import SUBSCRIPTION_OFF
from services.notify.wording.message import WORDINGS, Wordings
from services.notify.wording.wording_examples import Example, examples
from shared.errors import Misconfigured
from tests.notify.facts import BUYER, CALENDARS

PLAN = load_plans().of(BUYER)
LINK = "https://notify.example/acknowledge"
EXAMPLES = examples(BUYER, PLAN, CALENDARS, date(2026, 11, 25))
OTHER = "GB-LAE-BRD"


def test_every_wording_and_every_stage_of_the_plan_has_its_example() -> None:
    assert [*dict.fromkeys(one.wording for one in EXAMPLES)] == list(WORDINGS)
    for wording in ("renewal-approaching", "service-raised"):
        stages = [one.stage.split()[0] for one in EXAMPLES if one.wording == wording]
        assert stages == ["P18M", "P12M", "P9M", "P6M", "P3M"]


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2026, 1, 1), date(2026, 12, 31)])
def test_examples_hold_on_any_day(day: date) -> None:
    assert {one.wording for one in examples(BUYER, PLAN, CALENDARS, day)} == set(WORDINGS)


def test_what_is_told_of_a_subscription_says_which_and_why() -> None:
    [words] = [one.words for one in EXAMPLES if one.wording == SUBSCRIPTION_OFF]
    message = Wordings().message(SUBSCRIPTION_OFF, BUYER, words, LINK)
    assert "webhooks to provider.example" in message.subject
    for said in ("provider", "reference", "due_on", "reason", "contact"):
        assert words[said] in message.text


@pytest.mark.parametrize(
    "one",
    [one for one in EXAMPLES if one.wording != SUBSCRIPTION_OFF],
    ids=lambda one: f"{one.wording} {one.stage}",
)
def test_a_message_says_what_which_when_why_what_to_do_and_whom_to_ask(one: Example) -> None:
    message = Wordings().message(one.wording, BUYER, one.words, LINK)
    words, text = one.words, message.text
    assert words["title"] in message.subject
    which = [words["title"], words["reference"], words["buyer"]]
    why = [words["reason"] if "reason" in words else words["rule"]]
    when = [] if one.wording == "end-date-asked" else [words["end"]]
    if "reason" not in words:
        if one.wording != "how-it-stands":  # it names the days ahead, not the one that was missed
            when.append(words["due_on"])
        which.append(words["provider"])
    for said in [*which, *why, *when, "What to do:", words["contact"], LINK]:
        assert said in text
    worked_out = ("worked out:", "This is the reminder for", "This is the question of", "Why:")
    assert any(said in text for said in worked_out)


def test_each_buyer_has_its_own_words_and_else_those_of_all(tmp_path: Path) -> None:
    (tmp_path / BUYER).mkdir()
    (tmp_path / BUYER / "notice-due.txt").write_bytes(
        "\ufeffEin Rhybudd ${due_on}\r\n\r\nÔl-nodyn.\r\n \r\nYn ail.\r\n".encode()
    )
    (tmp_path / "notice-due.txt").write_text("For all\n\nWords.\n")
    (tmp_path / ".hidden").write_text("$$$")
    wordings = Wordings(tmp_path)
    [words] = [one.words for one in EXAMPLES if one.wording == "notice-due"]
    own = wordings.message("notice-due", BUYER, words, LINK)
    assert own.subject == f"Ein Rhybudd {words['due_on']}"
    assert own.text.startswith("Ôl-nodyn.\n\nYn ail.\n\n")
    assert wordings.message("notice-due", OTHER, words, LINK).subject == "For all"
    rest = wordings.message("lapse-raised", BUYER, words, LINK)
    assert rest == Wordings().message("lapse-raised", BUYER, words, LINK)


def test_a_buyer_is_called_by_its_name_in_every_wording() -> None:
    named = PLAN.model_copy(update={"buyer": BUYER, "buyer_name": "Leeds City Council"})
    for one in examples(BUYER, named, CALENDARS, date(2026, 11, 25)):
        text = Wordings().message(one.wording, BUYER, one.words, LINK).text
        assert BUYER not in text
        assert "Leeds City Council" in text or one.wording == SUBSCRIPTION_OFF


FAULTS = {
    "notice-due.txt": (b"Pay $5\n\nx", "notice-due.txt: a $ that is not"),
    "notice-dew.txt": (b"x\n\ny", "notice-dew.txt: no wording has this name"),
    "lapse-raised.txt": (b"Only a subject\n", "lapse-raised.txt: its first line is the subject"),
    "option-raised.txt": ("Café\n\nx".encode("latin-1"), "option-raised.txt: is not UTF-8"),
    "review-raised.txt": (b"x" * 70_000, "review-raised.txt: is larger than 64 KB"),
    "Leeds/notice-due.txt": (b"x\n\ny", "Leeds: a folder is named by a buyer's org-id"),
    f"{BUYER}/notice-due.txt": (
        b"${reason}\n\n${date}",
        f"{BUYER}/notice-due.txt: nothing is known as date, reason; there are buyer, contact",
    ),
}


def test_each_fault_of_a_folder_is_named_with_its_file(tmp_path: Path) -> None:
    for name, (content, _) in FAULTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "service-raised.txt").symlink_to(__file__)
    with pytest.raises(Misconfigured) as error:
        Wordings(tmp_path)
    for said in [*(said for _, said in FAULTS.values()), "service-raised.txt: leads out"]:
        assert said in str(error.value)
    with pytest.raises(Misconfigured, match="is no folder"):
        Wordings(tmp_path / "none")


def test_an_officer_checks_and_sees_its_own_words_before_they_are_used(tmp_path: Path) -> None:
    (tmp_path / "notice-due.txt").write_text("Notice by ${due_on}\n\nAsk ${contact}.\n")
    run = CliRunner().invoke
    checked = run(cli, ["wordings", "check", str(tmp_path)])
    assert checked.exit_code == 0
    assert "notice-due for every buyer: can be used; leaves unsaid" in checked.stdout
    assert "rule" in checked.stdout
    arguments = ["wordings", "show", "notice-due", "--buyer", OTHER, "--templates", str(tmp_path)]
    shown = run(cli, arguments)
    assert "Subject: Notice by " in shown.stdout
    assert "Ask " + PLAN.contact in shown.stdout
    (tmp_path / "notice-due.txt").write_text("$5\n\nx\n")
    for wrong in (["wordings", "check", str(tmp_path)], arguments):
        refused = run(cli, wrong)
        assert refused.exit_code == 2
        assert "notice-due.txt: a $ that is not a placeholder" in refused.stderr
    assert run(cli, ["wordings", "show", "notice-dew"]).exit_code == 2

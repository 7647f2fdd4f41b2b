"""Policy files: every mistake at once, with file, place, line and remedy; one planted fault for each rule of the checker."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import texts
from config.documents import MAX_BYTES, PolicyMistakes, parse
from config.load import load_settings
from config.policies import FILES, load_policy, packaged
from dialogs.checker import faults
from dialogs.conditions import In
from dialogs.policy import Choice, Kind, Node, Policy
from dialogs.replace import replace
from tests.conftest import hashed

FIXTURE = Path(__file__).parent / "domain_texts.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the policy to spoil."""
    return Path(shutil.copytree(packaged("policy"), tmp_path / "policy"))


def mistakes(folder: Path) -> str:
    """Return what is said about a spoiled folder."""
    with pytest.raises(PolicyMistakes) as caught:
        load_policy(folder, hashed)
    return str(caught.value)


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    """Replace a text of a file once."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_packaged_policy_keeps_every_promise(policy: Policy) -> None:
    """No fault, and English is whole."""
    assert faults(policy) == []
    assert texts.problems(packaged("locales")) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "interview.yaml",
            "goto: T-SAFE-TIP",
            "goto: NOWHERE",
            r"interview.yaml:\d+ nodes\[\d+\]\.choices\.2\.goto: leads to NOWHERE",
        ),
        ("interview.yaml", "kind: choice", "kind: riddle", r"interview.yaml:\d+ nodes\[0\]\.kind"),
        ("interview.yaml", "part: entry", "part: exit", r"exit is no part"),
        ("interview.yaml", "      1: CST-PAST", "      9: CST-PAST", r"'9' is no answer"),
        ("interview.yaml", "CST-PLN\n", "CST-XXX\n", r"CST-XXX"),
        ("interview.yaml", "  - id: Q02", "  - id: Q01", r"Q01"),
        ("interview.yaml", "field: safe_chat", "fild: safe_chat", r"nodes\[1\]\.fild"),
        ("interview.yaml", "parts: [", "parts: {", r"no valid YAML"),
        ("triage.yaml", "id: TR-02", "id: TR-01", r"repeats TR-01"),
        ("triage.yaml", "level: L1", "level: L9", r"L9 is no level"),
        ("triage.yaml", "at_most: {deadline_hours: 24}", "at_most: {deadline_hours: soon}", r"whole number"),
        ("offices.yaml", "backup: OFF-ALT", "backup: OFF-NONE", r"OFF-NONE is no office here"),
        ("offices.yaml", "tz: Etc/GMT+5", "tz: Mars/Base", r"'Mars/Base' is no time zone"),
        ("offices.yaml", 'opens: "08:00"', 'opens: "8 o clock"', r"is no time of day"),
        ("offices.yaml", "role: asg", "role: alternate", r"exactly one office with role asg"),
        ("offices.yaml", "candidates: [named-body]", "candidates: [nearest-pub]", r"nearest-pub names no office"),
        ("service.yaml", "draft_hours: 72", "draft_hours: many", r"service.yaml:\d+ draft_hours"),
        ("words.yaml", "en:", "xx:", r"has no words in English"),
        ("triage.yaml", "own: 8 working hours", "own: 8 moons", r"'8 moons' is no span of time"),
        ("offices.yaml", "    role: asg", "    role: asg\n    holidays: XX", r"XX is no calendar of holidays"),
        ("roster.yaml", "L1:\n    repeat: 2", "L1:\n    repeat: 0", r"ladders.L1.repeat"),
        ("roster.yaml", 'at: ["09:00"', 'at: ["25:00"', r"25:00 is no time of day"),
        ("duty_words.yaml", "queue: [queue]", "queue: [ack]", r"ack means two things"),
        ("secret_words.yaml", "words: >-", "words: one two\nmore: >-", r"secret_words.yaml"),
    ],
)
def test_a_mistake_is_found_with_its_place_and_a_remedy(folder: Path, name: str, old: str, new: str, said: str) -> None:
    """One planted mistake each."""
    spoil(folder, name, old, new)

    found = mistakes(folder)
    assert re.search(said, found), found
    assert name in found


def test_the_mistakes_of_all_files_come_together(folder: Path) -> None:
    """An office mends everything in one go."""
    spoil(folder, "interview.yaml", "goto: T-SAFE-TIP", "goto: NOWHERE")
    spoil(folder, "triage.yaml", "level: L1", "level: L9")
    spoil(folder, "offices.yaml", "backup: OFF-ALT", "backup: OFF-NONE")

    found = mistakes(folder)
    assert all(word in found for word in ("NOWHERE", "L9", "OFF-NONE"))


def test_missing_files_are_named_together(folder: Path) -> None:
    """Each by its name."""
    for name in FILES[:3]:
        (folder / name).unlink()

    found = mistakes(folder)
    assert all(name in found for name in FILES[:3])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_give_a_document_or_our_mistakes(raw: bytes) -> None:
    """Never another exception."""
    try:
        parse("x.yaml", raw)
    except PolicyMistakes as exc:
        assert str(exc)


@pytest.mark.parametrize(
    "raw",
    [b"a: [" * 3000, b"a: &a [*a]", b"\xff\xfe", b"a: 1\na: 2", b"\0", b"x" * (MAX_BYTES + 1), b"a:\t- b\n\t- c: {"],
)
def test_hostile_files_are_refused_kindly(raw: bytes) -> None:
    """Deep nesting, loops, doubles, controls, size."""
    with pytest.raises(PolicyMistakes):
        parse("x.yaml", raw)


def _with(policy: Policy, node_id: str, **changes: object) -> Policy:
    nodes = dict(policy.interview.nodes)
    nodes[node_id] = replace(nodes[node_id], **changes)  # type: ignore[arg-type]  # the names are those of Node
    return replace(policy, interview=replace(policy.interview, nodes=nodes))


def _line(policy: Policy, *nodes: str) -> Policy:
    return replace(policy, interview=replace(policy.interview, line=nodes))


PLANTED = {
    "no dangling jump": lambda p: _with(p, "Q02", then="NOWHERE"),
    "every node can be reached": lambda p: _with(p, "Q24", line=False),
    "conditions read facts that exist": lambda p: _with(p, "Q25", when=In("weather", ("rain",))),
    "every consent can be refused": lambda p: _with(p, "C-STAT", choices=(Choice("1", status="given"),)),
    "acts exist": lambda p: _with(p, "Q53", choices=(Choice("1", act="dance"),)),
    "texts are complete": lambda p: _with(p, "Q25", text="NO-SUCH-TEXT"),
    "texts name known variables": lambda p: _with(p, "Q25", text="ALERT-PUSH"),
    "every route ends at an office": lambda p: replace(p, directory=replace(p.directory, offices={})),
}


@pytest.mark.parametrize("rule", PLANTED)
def test_the_flow_checker_finds_a_planted_fault_by_name(policy: Policy, rule: str) -> None:
    """One fault for each rule."""
    assert rule in {fault.rule for fault in faults(PLANTED[rule](policy))}  # type: ignore[no-untyped-call]  # small lambdas


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda p: _line(p, "Q01", "Q08", *[n for n in p.interview.line if n not in ("Q01", "Q08")]),
        lambda p: _with(p, "Q45", when=None),
        lambda p: _with(p, "Q15-NAME", when=None),
        lambda p: _with(p, "Q51", choices=(Choice("1", act="send"),)),
        lambda p: _with(p, "Q02", choices=(Choice("1", goto="Q24"),)),
        lambda p: _with(p, "Q03", choices=(Choice("1", act="alert"),)),
        lambda p: _with(p, "FP1", choices=(Choice("1", status="given"), Choice("2", status="refused"))),
        lambda p: _line(p, *[n for n in p.interview.line if n != "C-START"]),
    ],
)
def test_capture_before_consent_is_found_on_every_path(policy: Policy, spoiled: object) -> None:
    """Before C-START only what the list allows; files, names, alerts and sending only after their own yes."""
    assert "consent before capture" in {fault.rule for fault in faults(spoiled(policy))}  # type: ignore[operator]  # a small lambda


def test_a_list_of_reasons_that_is_missing_is_found(folder: Path) -> None:
    """Without it officers could neither hold nor close a case, and would not learn why."""
    spoil(folder, "taxonomy.yaml", "  hold_reason:", "  hold_reasons:")

    assert "has no hold_reason" in mistakes(folder)


def test_a_state_without_a_way_out_is_found(policy: Policy) -> None:
    """From every state the answers can be deleted in two messages."""
    help_node = policy.interview.nodes["T-HELP"]
    without = tuple(choice for choice in help_node.choices if choice.act != "erase")

    assert "a way out in two messages" in {fault.rule for fault in faults(_with(policy, "T-HELP", choices=without))}


def test_the_second_step_of_what_happened_is_made_from_the_taxonomy(policy: Policy) -> None:
    """Seven acts on a message and "more" where a group has more than eight."""
    nodes = policy.interview.nodes

    assert [len(nodes[f"Q23-{group}"].choices) for group in range(1, 9)] == [7, 8, 8, 6, 8, 2, 8, 7]
    assert [len(nodes[name].choices) for name in ("Q23-3-2", "Q23-7-2")] == [4, 3]
    assert isinstance(nodes["Q23-3-2"], Node)
    assert nodes["Q23"].kind is Kind.MULTI


def test_every_text_of_the_domain_stands_word_for_word(policy: Policy) -> None:
    """The exact wording is what a consent's hash is about. Q54 gained answer 8 by a later ruling."""
    catalog = policy.texts
    wrong = []
    for text_id, expected in json.loads(FIXTURE.read_text(encoding="utf-8")).items():
        names = {name: f"{{{name}}}" for name in catalog.variables(text_id)}
        lines = [catalog.body(text_id, "en", names)]
        lines += [f"{key} {catalog.label(text_id, key, 'en', names)}" for key in catalog.answers(text_id)]  # type: ignore[attr-defined]  # FluentCatalog
        after = catalog.after(text_id, "en", names)
        shown = "\n".join([*lines, after] if after else lines)
        if shown.removesuffix("\n8 Start another report") != expected:
            wrong.append(text_id)

    assert wrong == []


SHOUTED = re.compile(r"[!]|[\U0001F300-\U0001FAFF]")
SHOWS_TOO_MUCH = re.compile(
    r"threat|police|united nations|tortur|reprisal|victim|perpetrator|allegation|human rights", re.IGNORECASE
)
MAY_SHOW = {
    "C-START": "the person is told here who asks", "FP1": "safety",
    "Q08": "asked only after C-START, and it is what the question is about", "T-OOS-UNP": "names no one",
    "T-MEASURE": "sent after the two words only", "T-REPA": "sent after the two words only", "T-REPN": "sent after the two words only",
    "T-OOS-GEN": "exact text, after C-START", "T-OOS-EMG": "exact text, after C-START", "Q18": "exact text: an example for a search",
    "C-ASG": "names the official; asked after C-START", "C-INTP": "asked after C-START", "T-SP-LETTER": "after the two words",
}  # fmt: skip
FRAGMENTS = ("DO-", "WHO-", "RISK-", "CROSSES-", "NM-")
"""Parts of a measure card: never the first line, and phrases that have no end of their own."""
NOT_SENT = ("ACT-", "SUM-", "RR-", "CN-", "CH-", "W-")


def test_no_text_shouts_and_no_first_line_shows_what_this_is(policy: Policy) -> None:
    """A phone previews eighty characters (promise 7)."""
    shown = []
    for text_id in policy.texts.ids():  # type: ignore[attr-defined]  # FluentCatalog
        body = policy.texts.body(text_id, "en", dict.fromkeys(policy.texts.variables(text_id), "x"))
        assert not SHOUTED.search(body), text_id
        if (
            SHOWS_TOO_MUCH.search(body[:80])
            and text_id not in MAY_SHOW
            and not text_id.startswith((*NOT_SENT, *FRAGMENTS))
        ):
            shown.append(text_id)

    assert shown == []


def _grade(text: str) -> float:
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(1, len(re.findall(r"[.?:]+(?:\s|$)", text)))
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def test_the_english_texts_read_at_the_age_of_twelve(policy: Policy) -> None:
    """Flesch-Kincaid: none above grade 8, half of them at 5 or below (spec 9.7)."""
    grades = {}
    for text_id in policy.texts.ids():  # type: ignore[attr-defined]  # FluentCatalog
        body = policy.texts.body(text_id, "en", dict.fromkeys(policy.texts.variables(text_id), "x"))
        if len(body.split()) >= 6 and not text_id.startswith((*NOT_SENT, *FRAGMENTS)):
            grades[text_id] = _grade(body)
    ordered = sorted(grades.values())

    assert {text_id: grade for text_id, grade in grades.items() if grade > 8.5} == {}
    assert ordered[len(ordered) // 2] <= 5


def test_words_of_phrases_are_far_apart(policy: Policy) -> None:
    """Two letters at least, so that a slip of memory or finger does not make another word."""
    words = policy.secret_words

    assert len(words) >= 500
    assert all(3 <= len(word) <= 10 for word in words)
    assert len({word[:8] for word in words}) == len(words)


def test_mistakes_in_translations_are_found(tmp_path: Path) -> None:
    """A wrong variable, a missing text, other answers, a double, broken syntax; and the language is not offered."""
    locales = Path(shutil.copytree(packaged("locales"), tmp_path / "locales"))
    french = Path(shutil.copytree(locales / "en", locales / "fr"))
    assert texts.load_catalog(locales).languages == ("en", "fr")
    bot = french / "bot.ftl"
    spoiled = (
        bot.read_text().replace("{ $LIMIT } characters", "{ $WRONG } characters").replace("    .c3 = 6 to 20\n", "")
    )
    bot.write_text(spoiled + "\nT-ERR-LONG = again { $LIMIT }\n\nQ99 = new\n\nbroken {\n")
    (french / "labels.ftl").unlink()

    found = "\n".join(str(mistake) for mistake in texts.problems(locales))
    assert texts.load_catalog(locales).languages == ("en",)
    assert all(word in found for word in ("Q13-COUNT", "stands twice", "is missing", "is not understood", "Q99"))


def test_settings_say_all_that_is_wrong_and_never_a_value(tmp_path: Path) -> None:
    """Unknown names with the nearest known one, wrong values, broken files; the environment wins."""
    (tmp_path / "leeward.toml").write_text('home = "from-file"\nsmtp_urls = "x"\n')
    environment = {"LEEWARD_TELEGRAM_TOKN": "123:secret", "LEEWARD_LOG_FORMAT": "poetry", "LEEWARD_HOME": str(tmp_path)}
    with pytest.raises(PolicyMistakes) as caught:
        load_settings(environment, tmp_path)
    said = str(caught.value)

    assert "LEEWARD_TELEGRAM_TOKEN?" in said
    assert "LEEWARD_LOG_FORMAT" in said
    assert "secret" not in said
    assert load_settings({"LEEWARD_HOME": "/elsewhere"}, tmp_path / "none").home == Path("/elsewhere")


@pytest.mark.parametrize(
    ("said", "code"),
    [("Myanmar", "MM"), ("burma", "MM"), ("Turkey", "TR"), ("Türkiye", "TR"), ("USA", "US"), ("UK", "GB"), ("DRC", "CD"),
     ("Palestine", "PS"), ("South Korea", "KR"), ("Niger", "NE"), ("Nigeria", "NG"), ("Guinea", "GN"),
     ("South Sudan", "SS"), ("Syria", "SY"), ("México", "MX"), ("中国", "CN")],
)  # fmt: skip
def test_countries_are_known_by_the_names_people_use(policy: Policy, said: str, code: str) -> None:
    """Routing depends on it."""
    from dialogs.search import find_country

    assert find_country(said, policy.directory) == code


def test_a_name_of_two_countries_is_asked_again(policy: Policy) -> None:
    """Nothing is guessed."""
    from dialogs.search import find_country

    assert set(find_country("Congo", policy.directory) or ()) == {"CD", "CG"}


def test_a_roster_has_holidays_quiet_hours_and_a_digest(tmp_path: Path) -> None:
    """As the example says; the Swiss national day is no day of work."""
    from datetime import date

    path = tmp_path / "roster.yaml"
    path.write_text(
        "people:\n  - {id: a, office: OFF-EML, roles: [operator], channels: [{channel: signal, address: x}],\n"
        '     quiet: {begins: "22:00", ends: "07:00", zone: Europe/Zurich}}\n'
        "shifts:\n  - {office: OFF-EML, role: operator, people: [a], holidays: CH, not_on: [2026-12-24]}\n"
        'digest: {at: ["15:00", "09:00"], zone: Africa/Nairobi}\n'
        "ladders:\n  L1: {repeat: 2, call: 0, rungs: [{after: 0, role: operator}]}\n"
        "  L2: {repeat: 30, rungs: [{after: 0, role: operator}]}\n"
    )
    roster = load_policy(None, lambda kind, words: f"{kind} {words}", duty=path).roster
    assert {date(2026, 8, 1), date(2026, 12, 24)} <= roster.shifts[0].not_on
    assert (roster.digest, roster.digest_zone) == ((540, 900), "Africa/Nairobi")
    assert roster.people["a"].quiet is not None
    assert [ladder.call for ladder in roster.ladders.values()] == [0, None]

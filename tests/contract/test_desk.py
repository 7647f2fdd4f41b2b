"""Accounts, logins, and what an office has fetched: the same in every store."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

from dialogs.replace import replace
from handlers.accounts import ACTIVE, REVOKED, WAITING, Account, BoxRequest, Passkey, Role, Session
from handlers.ports import Store
from handlers.types import BlobLine, SealedBlob
from tests.stores import CARD, MINA, NOW

ANA = Account("ana", "Ana", "OFF-HRC", (Role.FIRST_RESPONDENT, Role.SHIFT_LEAD), ACTIVE, "2026-11-24T10:00Z")
BEN = Account("ben", "", "OFF-ASG", (Role.ADMINISTRATOR,), WAITING, "2026-11-24T11:00Z", invited_by="ana")
KEY = Passkey("credential", "ana", b"public", 3)
LATER = NOW + timedelta(hours=1)


def test_accounts_are_kept_and_changed(store: Store) -> None:
    """In the order they were invited."""
    with store.transaction() as work:
        work.accounts.save(BEN)
        work.accounts.save(ANA)
        work.accounts.save(replace(BEN, name="Ben"))
    with store.transaction() as work:
        assert work.accounts.all() == (ANA, replace(BEN, name="Ben"))
        assert (work.accounts.get("ana"), work.accounts.get("unknown")) == (ANA, None)


def test_an_invitation_is_taken_once_and_a_newer_one_replaces_it(store: Store) -> None:
    """Not after its time."""
    with store.transaction() as work:
        work.accounts.save(ANA)
        work.accounts.invite("ana", "first", LATER)
        work.accounts.invite("ana", "second", LATER)
        assert work.accounts.invited("first", NOW) is None
        assert work.accounts.invited("second", LATER) is None
        assert work.accounts.invited("second", NOW) == ANA
        assert work.accounts.take_invitation("second", NOW) == ANA
        assert work.accounts.take_invitation("second", NOW) is None


def test_a_passkey_is_found_by_its_id_and_counts(store: Store) -> None:
    """Until the account's passkeys are dropped, with its invitations."""
    with store.transaction() as work:
        work.accounts.save(ANA)
        work.accounts.add_passkey(KEY)
        work.accounts.passkey_used("credential", 4)
        work.accounts.passkey_used("unknown", 4)
        work.accounts.invite("ana", "code", LATER)
    with store.transaction() as work:
        assert work.accounts.passkey("credential") == replace(KEY, sign_count=4)
        assert work.accounts.passkey("unknown") is None
        work.accounts.drop_passkeys("ana")
        assert work.accounts.passkey("credential") is None
        assert work.accounts.invited("code", NOW) is None


def test_a_login_is_found_by_its_token_while_it_holds(store: Store) -> None:
    """Using it moves its end; what is over is forgotten."""
    one = Session("s1", "ana", NOW, NOW, LATER)
    two = Session("s2", "ana", NOW, NOW, NOW + timedelta(minutes=1))
    with store.transaction() as work:
        work.accounts.save(ANA)
        work.sessions.begin("token-1", one)
        work.sessions.begin("token-2", two)
        longer = replace(one, seen_at=NOW + timedelta(minutes=5), until=LATER + timedelta(minutes=5))
        work.sessions.seen(longer)
    with store.transaction() as work:
        assert work.sessions.get("token-1", LATER) == longer
        assert work.sessions.get("token-1", longer.until) is None
        assert work.sessions.get("token-3", NOW) is None
        assert work.sessions.live(NOW) == {"s1", "s2"}
        assert work.sessions.prune(LATER) == 1
        assert work.sessions.live(NOW) == {"s1"}
        work.sessions.end("s1")
        assert work.sessions.get("token-1", NOW) is None


def test_all_logins_of_an_account_end_together(store: Store) -> None:
    """And no others."""
    with store.transaction() as work:
        for account in (ANA, BEN):
            work.accounts.save(account)
            work.sessions.begin(f"token-{account.id}", Session(account.id, account.id, NOW, NOW, LATER))
            work.sessions.ask_box(BoxRequest("LW-1", account.id, account.id, LATER))
        work.sessions.end_all("ana")
        assert work.sessions.live(NOW) == {"ben"}
        assert work.sessions.boxes_of("LW-1") == (BoxRequest("LW-1", "ben", "ben", LATER),)


def test_an_identity_box_is_asked_for_by_one_login(store: Store) -> None:
    """A newer request replaces the older; it ends with its time, or with the login."""
    waiting = BoxRequest("LW-1", "ana", "s1", None)
    with store.transaction() as work:
        work.accounts.save(ANA)
        work.sessions.begin("token", Session("s1", "ana", NOW, NOW, LATER))
        work.sessions.ask_box(waiting)
        assert work.sessions.box("LW-1", "ana") == waiting
        work.sessions.ask_box(replace(waiting, until=NOW))
        work.sessions.ask_box(replace(waiting, case="LW-2"))
        work.sessions.prune(NOW)
        assert (work.sessions.box("LW-1", "ana"), work.sessions.box("LW-2", "ana")) == (
            None,
            replace(waiting, case="LW-2"),
        )
        work.sessions.end("s1")
        assert work.sessions.box("LW-2", "ana") is None


def test_what_a_login_asked_for_is_forgotten_when_it_ran_out(store: Store) -> None:
    """Nobody is asked for ever to agree to a box that could not be opened any more."""
    with store.transaction() as work:
        work.accounts.save(ANA)
        work.sessions.begin("token", Session("s1", "ana", NOW, NOW, LATER))
        work.sessions.ask_box(BoxRequest("LW-1", "ana", "s1", None))
        work.sessions.prune(NOW)
        assert len(work.sessions.boxes_of("LW-1")) == 1
        work.sessions.prune(LATER)
        assert work.sessions.boxes_of("LW-1") == ()


def test_of_two_who_take_an_invitation_in_the_same_moment_one_has_it(store: Store) -> None:
    """The second waits for the first, and then finds it gone."""
    taken: list[Account | None] = []

    def take() -> None:
        with store.transaction() as work:
            taken.append(work.accounts.take_invitation("code", NOW))

    with store.transaction() as work:
        work.accounts.save(ANA)
        work.accounts.invite("ana", "code", LATER)
    second = Thread(target=take)
    with store.transaction() as work:
        first = work.accounts.take_invitation("code", NOW)
        second.start()
        second.join(0.5)
    second.join(30)

    assert (first, taken) == (ANA, [None])


def test_of_two_who_end_each_other_in_the_same_moment_one_remains(store: Store) -> None:
    """Whoever holds the accounts decides by what stands there then; the other one finds themselves ended."""
    names = ("ada", "eve")
    with store.transaction() as work:
        for name in names:
            work.accounts.save(replace(BEN, id=name, state=ACTIVE))

    def end(other: str, own: str) -> None:
        with store.transaction() as work:
            work.accounts.alone()
            account, me = work.accounts.get(other), work.accounts.get(own)
            if account is not None and me is not None and me.state == ACTIVE:
                work.accounts.save(replace(account, state=REVOKED))

    threads = [Thread(target=end, args=pair) for pair in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.transaction() as work:
        assert sorted(account.state for account in work.accounts.all()) == [ACTIVE, REVOKED]


def test_what_an_office_has_fetched_is_remembered_by_office(store: Store) -> None:
    """Messages that nobody of the office fetched are unread; what is replaced is unread again."""
    with store.transaction() as work:
        work.cases.open(CARD, None)
        for office, purpose, sequence in (
            ("A", "message", 1),
            ("A", "message", 2),
            ("A", "report", 1),
            ("B", "message", 1),
        ):
            work.blobs.put(SealedBlob("LW-1", office, purpose, sequence, b"sealed"))
        assert work.blobs.fetch("LW-1", "A", "message", 1) == SealedBlob("LW-1", "A", "message", 1, b"sealed")
        assert work.blobs.fetch("LW-1", "A", "message", 9) is None
    with store.transaction() as work:
        assert (work.blobs.unread("A"), work.blobs.unread("B"), work.blobs.unread("C")) == (
            {"LW-1": 1},
            {"LW-1": 1},
            {},
        )
        assert work.blobs.lines("LW-1", "A") == (
            BlobLine("message", 1, 6, fetched=True), BlobLine("message", 2, 6, fetched=False),
            BlobLine("report", 1, 6, fetched=False),
        )  # fmt: skip
        work.blobs.put(SealedBlob("LW-1", "A", "message", 1, b"changed"))
        assert work.blobs.unread("A") == {"LW-1": 2}


def test_a_number_tells_that_a_card_changed(store: Store) -> None:
    """Cards are read together; what is erased has neither card nor number."""
    other = replace(CARD, case="LW-2", phrase_hash="")
    with store.transaction() as work:
        work.cases.open(CARD, MINA)
        work.cases.open(other, None)
        before = work.cases.revisions()
        work.cases.update(replace(CARD, status="ST-DLV"))
        work.cases.erase("LW-2")
    with store.transaction() as work:
        after = work.cases.revisions()
        assert (set(before), set(after)) == ({"LW-1", "LW-2"}, {"LW-1"})
        assert before["LW-1"] != after["LW-1"]
        assert work.cases.cards(("LW-1", "LW-2", "LW-3")) == {"LW-1": replace(CARD, status="ST-DLV")}


def test_an_attachment_is_opened_to_be_read_piece_by_piece(store: Store) -> None:
    """An unknown name is no file."""
    with store.new_file("f1") as file:
        file.write(b"sealed")
    opened = store.open_file("f1")
    assert opened is not None
    with opened:
        assert (opened.read(3), opened.read()) == (b"sea", b"led")
    assert store.open_file("unknown") is None

"""How `make proof` is put together."""

from __future__ import annotations

from tests.proof import HEAD, main, page_of, proofs, sections


def test_every_proof_says_what_it_proves() -> None:
    """Each has a name and one sentence."""
    assert {"gate", "ledger", "strangers"} <= proofs().keys()
    assert all(proof.__doc__ for proof in proofs().values())


def test_a_proof_that_is_run_again_leaves_the_sections_of_the_others() -> None:
    """The page is read, one section is replaced, the page is written."""
    page = page_of({"strangers": "- a\n- b", "gate": "- c"})

    assert page == f"{HEAD}\n## gate\n\n- c\n\n## strangers\n\n- a\n- b\n"
    assert sections(page) == {"gate": "- c", "strangers": "- a\n- b"}


def test_an_unknown_name_runs_nothing() -> None:
    """The known names are printed instead."""
    assert main(["no-such-proof"]) == 2

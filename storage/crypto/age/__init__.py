"""The file format age v1 (c2sp.org/age): reads all of it, writes post-quantum recipients and passphrases only.

It refuses what the specification forbids, and seals to no classic recipient.
`keys` and `identity_file` are about keys, `files` encrypts and decrypts whole files, `armor` is the form that can be
pasted; `hybrid`, `x25519` and `scrypt` are the kinds of recipients; `header`, `stream`, `derivation`, `reader`,
`bech32` and `raw_base64` are the parts of the format. Words as in age: a *recipient* is public and can wrap, an
*identity* is secret and can unwrap.
"""

from __future__ import annotations

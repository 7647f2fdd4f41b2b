"""All cryptography of Leeward, over the primitives of the library `cryptography` and nothing else.

What is protected, and against whom:
- sealed reports, files and identity boxes: against everybody but the offices they were sealed to, us included;
- drafts, cards and addresses: against whoever holds the database or a backup, but not the key ring;
- who wrote to us: look-up values tell nothing to whoever holds the database, but not the look-up key;
- the directory and the ledger: against whoever can write to the server, but does not hold the root key.
Not protected: what is in the memory of a running server that somebody else controls (docs/sealed-report.md).

`sealing` seals and opens reports and files, `padding` hides their lengths, `age` is the file format and its keys,
`key_ring` and `drafts` keep what we must read again, `lookup` hashes what we only compare, `signatures` and
`statements` sign, `entropy` is the only source of chance, `errors` is what callers may catch.
"""

from __future__ import annotations

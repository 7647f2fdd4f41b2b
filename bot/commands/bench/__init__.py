"""bench: what Leeward costs, each figure beside a bare reference of the same work, measured in the same run."""

"""Servers that behave as the real ones do, on this machine, and check every call against the published contracts."""

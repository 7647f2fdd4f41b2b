"""Signal through signal-cli-rest-api: our own receive loop, because signalbot's stays deaf after a clean close."""

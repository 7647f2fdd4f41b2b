"""Signal through signalbot, in a receive loop of our own: signalbot's stays deaf after a clean close."""

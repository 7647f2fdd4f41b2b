"""Telegram: python-telegram-bot's types and calls, our own loop that confirms only what is durable."""

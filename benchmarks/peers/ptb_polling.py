"""python-telegram-bot as it comes: it polls a Bot API server with its own client and keeps nothing."""

from __future__ import annotations

import sys

from interview import TOKEN
from ptb import handler
from telegram.ext import Application

if __name__ == "__main__":
    application = Application.builder().token(TOKEN).base_url(f"{sys.argv[1]}/bot").build()
    application.add_handler(handler(persistent=False))
    application.run_polling()

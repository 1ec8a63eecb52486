"""The classifier's command line, as an operator types it."""

from functools import partial

from services.classify.__main__ import app
from tests.support.command_line import command

classify = partial(command, app)

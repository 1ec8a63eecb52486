"""`python -m deploy.local`: the stack from the command line."""

import argparse
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Sequence

from deploy.local.interruptions import hear_at_once
from deploy.local.stack import StackFailed, stack
from deploy.local.state import STATE, remove_leftovers, remove_logs, stacks

# What a command gets to end by itself after Ctrl-C or SIGTERM, before it is killed.
COMMAND_SECONDS = 10
INTERRUPTED, NO_COMMAND, NO_STACK = 130, 127, 125


def run(command: Sequence[str]) -> int:
    """Run a command with a stack for as long as it takes; return its exit code."""
    with stack() as addresses:
        child = subprocess.Popen(command, env=os.environ | addresses.environment())
        try:
            code = child.wait()
        except KeyboardInterrupt:
            _end_command(child, told=True)  # the terminal interrupted it too
            raise
        except SystemExit:
            _end_command(child, told=False)
            raise
    return code if code >= 0 else 128 - code


def up() -> int:
    """Keep a stack up until Ctrl-C, its addresses on standard output."""
    with stack() as addresses:
        for name, value in addresses.environment().items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        sys.stderr.write("The stack is up. Ctrl-C ends it.\n")
        threading.Event().wait()
    return 0


def status() -> int:
    """List the stacks on disk: who owns each and what runs."""
    for folder in stacks():
        owned = "running" if folder.is_owned() else "left over"
        alive = [f"{name} {one.pid}" for name, one in folder.identities().items() if one.process()]
        print(f"{folder.path.name}: {owned}; {', '.join(alive) or 'no process'}")
    return 0


def clean() -> int:
    """Remove what stacks without an owner left, and the logs of failed starts."""
    for folder in remove_leftovers():
        print(f"{folder.path.name}: removed")
    remove_logs(STATE)
    return 0


def _end_command(child: subprocess.Popen[bytes], *, told: bool) -> None:
    if not told:
        child.terminate()
    try:
        child.wait(COMMAND_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    running = verbs.add_parser("run", help="run a command with a stack; returns its exit code")
    running.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND ...")
    verbs.add_parser("up", help="keep a stack up until Ctrl-C and print its addresses")
    verbs.add_parser("status", help="list the stacks of this checkout")
    verbs.add_parser("clean", help="remove what killed stacks left behind")
    asked = parser.parse_args(arguments)
    hear_at_once()
    try:
        if asked.verb == "run":
            command = asked.command[asked.command[:1] == ["--"] :]
            return run(command) if command else running.error("no command given")
        return {"up": up, "status": status, "clean": clean}[asked.verb]()
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return NO_COMMAND
    except KeyboardInterrupt:
        return INTERRUPTED
    except StackFailed as error:
        sys.stderr.write(f"{error}\n")
        return NO_STACK


if __name__ == "__main__":
    sys.exit(main())

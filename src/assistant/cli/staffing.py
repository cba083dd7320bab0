"""Commands for the accounts of staff: `staff add`, `remove`, `sign-out`, `list`."""

from __future__ import annotations

import argparse
import getpass
import sys

from assistant.access import add_account
from assistant.cli.terminal import opened_journal, print_json
from assistant.errors import InputError
from assistant.journal import Accounts, Role, StaffTokens
from assistant.settings import Settings

CONSOLE = "console"
"""Stands in the audit trail for who uses the command line."""


def add(parsed: argparse.Namespace, settings: Settings) -> int:
    """Adds an account, or gives it another password and role."""
    password = _password(from_input=parsed.password_stdin)
    with opened_journal(settings) as journal:
        role = Role(parsed.role)
        is_new = add_account(Accounts(journal.database), parsed.name, password, role, CONSOLE)
    done = "added" if is_new else "changed; its sessions have ended"
    print(f"The account {parsed.name} ({role}) is {done}.")
    return 0


def remove(parsed: argparse.Namespace, settings: Settings) -> int:
    """Removes an account and ends its sessions."""
    with opened_journal(settings) as journal:
        Accounts(journal.database).remove(parsed.name, CONSOLE)
    print(f"The account {parsed.name} is removed; its sessions have ended.")
    return 0


def sign_out(parsed: argparse.Namespace, settings: Settings) -> int:
    """Ends the sessions of an account, or of all."""
    if (parsed.name is None) is not parsed.all:
        raise InputError("Whose sessions have to end is not clear.", "Write either NAME or --all.")
    with opened_journal(settings) as journal:
        ended = StaffTokens(journal.database).sign_out(parsed.name, CONSOLE)
    print(f"{ended} sessions of {parsed.name or 'all accounts'} have ended.")
    return 0


def list_accounts(parsed: argparse.Namespace, settings: Settings) -> int:
    """Lists the accounts."""
    with opened_journal(settings) as journal:
        accounts = Accounts(journal.database).all()
    if parsed.json:
        print_json(
            [
                {"name": one.name, "role": one.role, "made_at": one.made_at.isoformat()}
                for one in accounts
            ]
        )
        return 0
    for one in accounts:
        print(f"{one.name:<24} {one.role:<9} since {one.made_at:%Y-%m-%d}")
    print(f"{len(accounts)} accounts.")
    return 0


def _password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\n")
    try:
        first = getpass.getpass("Password: ")
        second = getpass.getpass("Once more: ")
    except EOFError as error:
        raise InputError(
            "No password was typed.", "Type one, or pass it with --password-stdin."
        ) from error
    if first != second:
        raise InputError("The passwords are not the same.", "Type it twice.")
    return first

"""Run as a program: processes that record at once and are killed; prints what they acknowledged."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time

from assistant.journal import Recorder
from tests.journal_databases import opened, turn


def record_until_killed(address: str, conversation: str, out: int) -> None:
    """Records turn after turn, and names each that is stored."""
    with opened(address) as journal:
        recorder = Recorder(journal, 60)
        for number in range(1, 100_000):
            receipt = recorder.record(turn(number, "Où ? " * 200, conversation), "v")
            if receipt.stored:
                os.write(out, f"{receipt.exchange_id}\n".encode())


def killed_round(address: str, name: int) -> list[str]:
    """Lets two processes record, kills them at some moment, returns what they acknowledged."""
    read, write = os.pipe()
    children = []
    for child in (1, 2):
        pid = os.fork()
        if pid == 0:
            os.close(read)
            record_until_killed(address, f"{name}-{child}", write)
            os._exit(0)
        children.append(pid)
    os.close(write)
    time.sleep(random.uniform(0, 0.4))  # noqa: S311 - any moment will do
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    with os.fdopen(read) as stream:
        return [line.strip() for line in stream]


if __name__ == "__main__":
    address, rounds = sys.argv[1], int(sys.argv[2])
    print(json.dumps([one for name in range(rounds) for one in killed_round(address, name)]))

"""Runs a program and writes its resource usage, as counted by the kernel.

Usage: python measured.py RESULT.json PROGRAM [ARGUMENT ...]

wall_s, user_s, system_s: seconds. peak_bytes: peak memory, of the program or of a child that it
waited for. Its output, exit code and signals are passed through.
"""

import json
import os
import signal
import sys
import time


def main(result: str, command: list[str]) -> int:
    began = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ)
    for passed in (signal.SIGINT, signal.SIGTERM):
        signal.signal(passed, lambda number, _frame: os.kill(child, number))
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    # Linux counts kibibytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    measured = {
        "wall_s": wall,
        "user_s": used.ru_utime,
        "system_s": used.ru_stime,
        "peak_bytes": used.ru_maxrss * unit,
    }
    with open(result, "w", encoding="utf-8") as file:
        json.dump(measured, file)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(abs(main(sys.argv[1], sys.argv[2:])))

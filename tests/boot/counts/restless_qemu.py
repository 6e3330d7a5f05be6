#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A QEMU whose main loop never rests: somebody asks a second monitor of it without end.

What that loop does while the CPU is about to halt is up to the host (guest/work/work.c); so it does a
lot. Started by slowpath in QEMU's place, in the folder of one run."""
import os
import socket
import sys
import time

QEMU = "qemu-system-x86_64"
MONITOR = "restless"


def ask_without_end():
    """Ends with QEMU."""
    monitor = socket.socket(socket.AF_UNIX)
    for _ in range(6000):
        try:
            monitor.connect(MONITOR)
            break
        except OSError:
            time.sleep(0.01)
    answers = 0
    try:
        monitor.sendall(b'{"execute":"qmp_capabilities"}')
        while monitor.recv(65536):
            monitor.sendall(b'{"execute":"query-status"}')
            answers += 1
    except OSError:
        pass
    with open(os.environ["RESTLESS_LOG"], "a", encoding="ascii") as log:
        log.write(f"{answers}\n")


def main():
    words = [QEMU, *sys.argv[1:]]
    if "-icount" in words:
        words += ["-qmp", f"unix:{MONITOR},server=on,wait=off"]
        if os.fork() == 0:
            # QEMU's descriptors are not the child's: a pipe would never end. Nor is its group: the
            # child would be killed with it before it has said how often it asked.
            os.closerange(0, 256)
            os.setsid()
            ask_without_end()
            os._exit(0)
    os.execvp(QEMU, words)


main()

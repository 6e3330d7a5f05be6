#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether a machine with an NVMe disk can be saved.
# Version: QEMU 7.2.22, 10.0.13 and 11.1.3 of Debian, machine q35.
# A good guess: no; QEMU's NVMe controller is marked as not to be migrated, and "migrate" says so.
# Seen: 7.2 and 10.0 refuse. 11.1 saves it, and the state can be loaded by a machine with the same disk.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'migrate is refused by all of them'
need python3
truncate -s 1M "$T/disk"
cat >"$T/machine.py" <<'END'
import json, subprocess, sys, time

class Machine:
    def __init__(self, qemu, disk, *more):
        self.run = subprocess.Popen(
            [qemu, "-M", "q35", "-accel", "tcg", "-nodefaults", "-display", "none", "-S",
             "-qmp", "stdio", "-drive", f"file={disk},format=raw,if=none,id=d",
             "-device", "nvme,drive=d,serial=1", *more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.run.stdout.readline()
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        self.run.stdin.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.run.stdin.flush()
        while True:
            answer = json.loads(self.run.stdout.readline())
            if "return" in answer or "error" in answer:
                return answer

    def wait(self, command, states):
        while True:
            status = self.ask(command)["return"].get("status")
            if status in states:
                return status
            time.sleep(0.1)

    def end(self):
        self.ask("quit")
        self.run.wait()

qemu, disk, state = sys.argv[1:]
machine = Machine(qemu, disk)
answer = machine.ask("migrate", uri=f"exec:cat >{state}")
if "error" in answer:
    print("refused" if "non-migratable" in answer["error"]["desc"] else answer)
    machine.end()
    sys.exit()
saved = machine.wait("query-migrate", ("completed", "failed"))
machine.end()
machine = Machine(qemu, disk, "-incoming", f"exec:cat {state}")
print(saved, machine.wait("query-status", ("paused", "prelaunch", "internal-error")))
machine.end()
END
for release in 7 10 11; do
	qemu $release x86_64
	[[ $release == 11 ]] && want='completed prelaunch' || want=refused
	expect "QEMU $release: saved, loaded" "$(python3 "$T/machine.py" "$QEMU" "$T/disk" "$T/state")" "$want"
done
conclude

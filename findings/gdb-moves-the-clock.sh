#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a debugger's stops do to the guest's clock under -icount.
# Version: QEMU 7.2.22, 10.0.13 and 11.1.3 of Debian, -icount shift=0,sleep=off.
# A good guess: under -icount shift=0 an instruction is a nanosecond, and a stopped machine executes none. So
#     neither breakpoints nor single steps between two RDTSC change their difference; or, if stops
#     do, then both.
# Seen: a breakpoint alone does not, nor do single steps alone: 52, for 51 instructions and the second
#     RDTSC. A single step at the breakpoint and then "continue" lets the clock jump to the next timer, 27
#     ms away. Single steps with timers on (the packet Qqemu.sstep=1) make it 0.7 s. No two ways of looking
#     at the same instructions are alike in time.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'stops between two RDTSC leave their difference as it is, whichever stops'
need gcc python3 nm
cat >"$T/guest.S" <<'END'
	.code32
	.section .note.pvh, "a", @note
	.long 4, 4, 18
	.asciz "Xen"
	.long _start
	.text
	.globl _start
_start:	rdtsc
	mov	%eax, %esi
	.rept	25
	nop
	.endr
middle:	.rept	25
	nop
	.endr
	rdtsc
	sub	%esi, %eax
	mov	%eax, %edi
done:	jmp	_start
END
gcc -m32 -nostdlib -static -Wl,-Ttext=0x100000 -Wl,--build-id=none -o "$T/guest" "$T/guest.S"
cat >"$T/debug.py" <<'END'
import os, socket, subprocess, sys, time

qemu, guest, path, middle, done = sys.argv[1:4] + [int(word, 16) for word in sys.argv[4:]]
if os.path.exists(path):
    os.unlink(path)
run = subprocess.Popen(
    [qemu, "-M", "microvm", "-cpu", "qemu64", "-accel", "tcg", "-icount", "shift=0,sleep=off",
     "-nodefaults", "-display", "none", "-no-reboot", "-kernel", guest, "-S",
     "-gdb", f"unix:{path},server=on,wait=off"], stderr=subprocess.DEVNULL)
wire = socket.socket(socket.AF_UNIX)
while True:
    try:
        wire.connect(path)
        break
    except OSError:
        time.sleep(0.05)
data = b""

def ask(packet):
    global data
    wire.sendall(b"$%s#%02x" % (packet.encode(), sum(packet.encode()) % 256))
    while data.find(b"#") < 0 or len(data) < data.find(b"#") + 3:
        data += wire.recv(65536)
    answer, data = data[data.find(b"$") + 1:data.find(b"#")], data[data.find(b"#") + 3:]
    wire.sendall(b"+")
    return answer.decode()

def register(number):
    wide = bytes.fromhex(ask("g"))
    return int.from_bytes(wide[number * 8:number * 8 + 8], "little")

EDI, EIP = 5, 16
ask("qSupported")
ask(f"Z0,{done:x},1")
ask("c")
free = register(EDI)
ask("s")
while register(EIP) != done:
    ask("s")
stepped = register(EDI)
ask(f"Z0,{middle:x},1")
ask("c")
ask("c")
broken = register(EDI)
mixed = []
for _ in range(3):
    ask("c")
    ask("s")
    ask("c")
    mixed.append(register(EDI))
ask(f"z0,{middle:x},1")
ask("Qqemu.sstep=1")
ask("s")
while register(EIP) != done:
    ask("s")
timed = register(EDI)
print(f"free {free}, stepped {stepped}, breakpoint {broken}, breakpoint and step {mixed}, timed {timed}",
      file=sys.stderr)
print(free, stepped, broken, int(max(mixed) > 10**6), int(timed > 10**8))
wire.close()
run.kill()
run.wait()
END
for release in 7 10 11; do
	qemu $release x86_64
	expect "QEMU $release: TSC ticks run freely, single-stepped, with a breakpoint; jumps with both, with timers" \
		"$(python3 "$T/debug.py" "$QEMU" "$T/guest" "$T/gdb" \
			"$(nm "$T/guest" | sed -n 's/ t middle$//p')" "$(nm "$T/guest" | sed -n 's/ t done$//p')")" \
		'52 52 52 1 1'
done
conclude

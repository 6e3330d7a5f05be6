#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which events the PMU of an emulated arm64 processor can count.
# Version: QEMU 10.0.13 of Debian, machine virt, -cpu cortex-a72.
# A good guess: what the processor model has, which -cpu decides; or no instructions at all, as on x86-64,
#     where TCG has no PMU.
# Seen: -icount decides. With -icount shift=N the guest's PMCEID0_EL0 has bit 8 (INST_RETIRED), and a
#     stock kernel's perf can count instructions. Without -icount, and with shift=auto, the same processor
#     does not have it. So a snapshot's guest may have found another PMU than the one it is restored to.
# shellcheck source=findings/lib.sh
. "$(dirname "$0")/lib.sh"

guess 'the events are those of the processor model, whatever -icount says'
qemu 10 aarch64
need python3
# A raw image: virt starts it at its first instruction.
python3 - "$T/guest" <<'END'
import struct, sys
code = (0xd53b9cc0,  # mrs x0, pmceid0_el0
        0xd2800021,  # mov x1, #1
        0x14000000)  # b .
open(sys.argv[1], "wb").write(struct.pack("<3I", *code))
END

# events QEMU ARGUMENT...: PMCEID0_EL0 once the guest has read it.
events() {
	local try
	for try in 1 3 10 30; do
		(
			sleep "$try"
			echo 'info registers'
			echo quit
		) | "$QEMU" -M virt -cpu cortex-a72 -accel tcg -nodefaults -display none -monitor stdio \
			-kernel "$T/guest" "$@" >"$T/registers" 2>/dev/null
		if grep -q 'X01=0000000000000001' "$T/registers"; then
			sed -n 's/.*X00=\([0-9a-f]*\).*/\1/p' "$T/registers"
			return
		fi
	done
}

has_instructions() {
	local value
	value=$(events "$@")
	echo "QEMU $*: PMCEID0_EL0 = $value" >&2
	[[ $value ]] && echo $((0x$value >> 8 & 1))
}

expect 'no -icount: INST_RETIRED' "$(has_instructions)" 0
expect '-icount shift=0: INST_RETIRED' "$(has_instructions -icount shift=0,sleep=off)" 1
expect '-icount shift=3: INST_RETIRED' "$(has_instructions -icount shift=3)" 1
expect '-icount shift=auto: INST_RETIRED' "$(has_instructions -icount shift=auto)" 0
conclude

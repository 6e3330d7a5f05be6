/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of the guest is written for one architecture, under names that all have:
 *
 *	call6(nr, a..f)		a system call without a C library between: an error is -errno
 *	call_open(path, flags)	and others, which not every architecture has under one number
 *	vfork_and_execute()	vfork(), and in the child execve(), or exit_group(1) where that
 *fails MARKER(code)		an instruction for the plugin; @code is a constant (proto/marker.h)
 *	ticks_read()		the clock that ticks once an instruction under -icount shift=0
 *	spin_turns(turns)	SPIN_TURN_INSNS instructions a turn, and no look at the clock
 *	nops(left)		@left times an instruction that does nothing, @left below SLED_INSNS
 *	relax()			once a turn of a loop that waits for another CPU
 */
#ifndef GUEST_ARCH_ARCH_H
#define GUEST_ARCH_ARCH_H

#include "proto/marker.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>

#define SLED_INSNS 256
/* Nearly all of them do nothing, and an emulator makes no code of these. */
#define SPIN_TURN_INSNS 256

#if defined(__x86_64__)
#include "guest/arch/x86_64.h"
#elif defined(__aarch64__)
#include "guest/arch/arm64.h"
#else
#error "no guest for this architecture"
#endif

#define call0(nr) call6(nr, 0, 0, 0, 0, 0, 0)
#define call1(nr, a) call6(nr, (long)(a), 0, 0, 0, 0, 0)
#define call2(nr, a, b) call6(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define call3(nr, a, b, c) call6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Included by guest/arch/arch.h alone. */

static inline long call6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

#define call_open(path, flags) call6(SYS_openat, AT_FDCWD, (long)(path), flags, 0, 0, 0)
#define call_mkdir(path, mode) call3(SYS_mkdirat, AT_FDCWD, path, mode)
#define call_rmdir(path) call3(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR)
#define call_fork() call1(SYS_clone, SIGCHLD)

#define CLONE_VM_VFORK 0x4100 /* CLONE_VM | CLONE_VFORK */

/* In one piece: the child has the parent's stack, and must not return into what the compiler made.
 */
static inline long vfork_and_execute(const char *path, char *const *argv, char *const *environment)
{
	register long x8 __asm__("x8") = SYS_clone;
	register long x0 __asm__("x0") = CLONE_VM_VFORK | SIGCHLD;
	register long x1 __asm__("x1") = 0; /* the parent's stack */

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x0, %[path]\n\t"
			 "mov x1, %[argv]\n\t"
			 "mov x2, %[environment]\n\t"
			 "mov x8, %[execve]\n\t"
			 "svc #0\n\t"
			 "mov x0, #1\n\t"
			 "mov x8, %[exit]\n\t"
			 "svc #0\n"
			 "1:"
			 : "+r"(x0), "+r"(x1), "+r"(x8)
			 : [path] "r"(path), [argv] "r"(argv), [environment] "r"(environment),
			   [execve] "i"(SYS_execve), [exit] "i"(SYS_exit_group)
			 : "x2", "x3", "x4", "memory", "cc");
	return x0;
}

#define MARKER(code) \
	__asm__ volatile(".inst %c0" ::"i"(MARKER_ARM64 | MARKER_ARM64_OF(code) << 5) : "memory")

static inline uint64_t ticks_read(void)
{
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks)::"memory");
	return ticks;
}

static inline void spin_turns(uint64_t turns)
{
	__asm__ volatile("1: .fill %c1, 4, 0xd503201f\n\tsubs %0, %0, #1\n\tb.ne 1b"
			 : "+r"(turns)
			 : "i"(SPIN_TURN_INSNS - 2)
			 : "cc");
}

static inline __attribute__((always_inline)) void nops(uint64_t left)
{
	__asm__ volatile("adr x9, 1f\n\t"
			 "sub x9, x9, %0, lsl #2\n\t"
			 "br x9\n\t"
			 ".fill %c1, 4, 0xd503201f\n"
			 "1:" ::"r"(left),
			 "i"(SLED_INSNS)
			 : "x9", "memory");
}

static inline void relax(void)
{
	__asm__ volatile("yield");
}

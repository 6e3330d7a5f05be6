/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Included by guest/arch/arch.h alone. */

static inline long call6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return r;
}

#define call_open(path, flags) call3(SYS_open, path, flags, 0)
#define call_mkdir(path, mode) call2(SYS_mkdir, path, mode)
#define call_rmdir(path) call1(SYS_rmdir, path)
#define call_fork() call0(SYS_fork)

/* In one piece: the child has the parent's stack, and must not return into what the compiler made.
 */
static inline long vfork_and_execute(const char *path, char *const *argv, char *const *environment)
{
	long pid;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[execve], %%eax\n\t"
			 "syscall\n\t"
			 "mov $1, %%edi\n\t"
			 "mov %[exit], %%eax\n\t"
			 "syscall\n"
			 "1:"
			 : "=a"(pid)
			 : "0"((long)SYS_vfork), "D"(path), "S"(argv),
			   "d"(environment), [execve] "i"(SYS_execve), [exit] "i"(SYS_exit_group)
			 : "rcx", "r11", "memory");
	return pid;
}

#define MARKER(code)                                                                              \
	__asm__ volatile(".byte 0x0f, 0x1f, 0x84, 0x00\n\t.long %c0" ::"i"(MARKER_MAGIC | (code)) \
			 : "memory")

static inline uint64_t ticks_read(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

static inline void spin_turns(uint64_t turns)
{
	__asm__ volatile("1: .fill %c1, 1, 0x90\n\tdec %0\n\tjnz 1b"
			 : "+r"(turns)
			 : "i"(SPIN_TURN_INSNS - 2)
			 : "cc");
}

static inline __attribute__((always_inline)) void nops(uint64_t left)
{
	__asm__ volatile("lea 1f(%%rip), %%rax\n\t"
			 "sub %0, %%rax\n\t"
			 "jmp *%%rax\n\t"
			 ".fill %c1, 1, 0x90\n"
			 "1:" ::"r"(left),
			 "i"(SLED_INSNS)
			 : "rax", "cc", "memory");
}

static inline void relax(void)
{
	__asm__ volatile("pause");
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The child that calls the kernel's code (plan.h): without a C library, linked where no guest has
 * memory, and with nothing else in its address space. It sets itself up, locks itself in, and then
 * does what it is told. Arguments: descriptors of the commands, the answers, the plan and the
 * guest's memory, and the plan's size.
 */
#include "replay/child/plan.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>

#define STACK_BYTES (64 << 10)
#define NOBODY 65534
#define TRAP_FLAG 0x100
#define FIXED_NOREPLACE 0x100000

static struct plan *const plan = (struct plan *)PLAN_AT;
static unsigned char signal_stack[STACK_BYTES] __attribute__((aligned(64)));
unsigned char child_stack[STACK_BYTES] __attribute__((aligned(64)));

/* What the call in entry.S goes by and leaves. Hidden: there is nobody to look addresses up. */
#pragma GCC visibility push(hidden)
extern uint64_t call_gpr[16], call_after[16], call_target, call_flags, call_begin, call_end;
extern char call_back[], call_nothing[], signal_return[];
void call_it(void);
void call_in_steps(void);
void begin(const uint64_t *args);
#pragma GCC visibility pop

static long sys6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static long sys3(long nr, long a, long b, long c)
{
	return sys6(nr, a, b, c, 0, 0, 0);
}

static void *in_plan(uint64_t at)
{
	return (void *)(PLAN_AT + at);
}

static void answer(uint32_t what, uint32_t status)
{
	struct plan_answer a = { what, status };

	sys3(SYS_write, 1, (long)&a, sizeof(a));
}

static void __attribute__((noreturn)) leave(int status)
{
	for (;;)
		sys3(SYS_exit_group, status, 0, 0);
}

static void copy_words(uint64_t *to, const uint64_t *from, uint64_t n)
{
	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}

/* Steps of setting up have numbers, so that the parent can say what failed. */
static void need(long ret, uint64_t step)
{
	if (ret >= 0)
		return;
	plan->failed_step = step;
	plan->failed_errno = (uint64_t)-ret;
	answer(PLAN_READY, PLAN_FAILED);
	leave(1);
}

static uint64_t number(const char *s)
{
	uint64_t v = 0;

	while (*s >= '0' && *s <= '9')
		v = v * 10 + (uint64_t)(*s++ - '0');
	return v;
}

static uint64_t ticks(void)
{
	uint32_t a, d;

	__asm__ volatile("lfence\n rdtsc\n lfence" : "=a"(a), "=d"(d) : : "memory");
	return (uint64_t)d << 32 | a;
}

/* An addition that waits for the one before takes one cycle on every processor of the last decades.
 */
static uint64_t chain(void)
{
	uint64_t best = ~0ull;

	for (int round = 0; round < 5; round++) {
		uint64_t t = ticks(), x = 1;

		for (int i = 0; i < PLAN_CHAIN / 40; i++)
			__asm__ volatile(".rept 40\n add %0, %0\n .endr" : "+r"(x));
		t = ticks() - t;
		best = t < best ? t : best;
	}
	return best;
}

static uint64_t wide_once(void)
{
	uint64_t t = ticks(), a = 1, b = 2, c = 3, d = 4, f = 5, g = 6, h = 7, i = 8;

	for (int n = 0; n < PLAN_WIDE / 80; n++)
		__asm__ volatile(".rept 10\n add %0, %0\n add %1, %1\n add %2, %2\n"
				 " add %3, %3\n add %4, %4\n add %5, %5\n add %6, %6\n"
				 " add %7, %7\n .endr"
				 : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(f), "+r"(g), "+r"(h),
				   "+r"(i));
	return ticks() - t;
}

/*
 * Of additions that wait for nothing, a core with a second thread at work does fewer at a time.
 * The middle of three: an interrupt makes one longer, and a pause of the other thread's shorter.
 */
static uint64_t wide(void)
{
	const uint64_t a = wide_once(), b = wide_once(), c = wide_once();
	const uint64_t lo = a < b ? a : b, hi = a < b ? b : a;

	return c < lo ? lo : c > hi ? hi : c;
}

static void put_back(void)
{
	const struct plan_page *p = in_plan(plan->pages_at);
	const uint8_t *saved = in_plan(plan->saved_at);

	for (uint64_t i = 0; i < plan->n_pages; i++)
		copy_words((uint64_t *)p[i].va, (const uint64_t *)(saved + i * PLAN_PAGE),
			   PLAN_PAGE / 8);
}

static void flush_lines(void)
{
	const uint64_t *lines = in_plan(plan->lines_at);

	for (uint64_t i = 0; i < plan->n_lines; i++)
		__asm__ volatile("clflush (%0)" : : "r"(lines[i]) : "memory");
	__asm__ volatile("mfence" : : : "memory");
}

static void prepare(void)
{
	copy_words(call_gpr, plan->gpr, 16);
	call_target = plan->entry;
}

static void keep_registers(void)
{
	copy_words(plan->after, call_after, 16);
	plan->after_rflags = call_flags;
}

static void block(uint32_t what, uint32_t n)
{
	uint64_t *out = in_plan(plan->ticks_at);

	plan->chain_ticks[0] = chain();
	plan->wide_ticks[0] = wide();
	prepare();
	if (what == PLAN_EMPTY) {
		call_target = (uint64_t)call_nothing;
		call_gpr[4] = (uint64_t)signal_stack + STACK_BYTES / 2;
	}
	for (uint32_t i = 0; i < n && i < PLAN_CALLS_MAX; i++) {
		if (what != PLAN_EMPTY)
			put_back();
		if (what == PLAN_COLD)
			flush_lines();
		call_it();
		out[i] = call_end - call_begin;
	}
	plan->wide_ticks[1] = wide();
	plan->chain_ticks[1] = chain();
}

static void obey(struct plan_command c)
{
	switch (c.what) {
	case PLAN_ONCE:
		put_back();
		prepare();
		call_it();
		keep_registers();
		break;
	case PLAN_STEPS:
		put_back();
		prepare();
		call_in_steps();
		keep_registers();
		break;
	case PLAN_WATCHED:
		put_back();
		prepare();
		call_it();
		keep_registers();
		break;
	case PLAN_PUT_BACK:
		put_back();
		break;
	default:
		block(c.what, c.n);
		break;
	}
	answer(c.what, PLAN_DONE);
}

static struct plan_slot *slot_of(uint64_t va)
{
	struct plan_slot *slots = in_plan(plan->slots_at);
	uint64_t i = plan_slot_of(va, plan->n_slots);

	while (slots[i].va && slots[i].va != va)
		i = (i + 1) & (plan->n_slots - 1);
	return slots[i].va ? &slots[i] : NULL;
}

static void count_step(uint64_t va)
{
	struct plan_slot *slot = slot_of(va);

	if (slot)
		slot->times++;
	else if (plan->strayed++ == 0)
		plan->strayed_at = va;
}

/* The instruction whose int3 was taken away for one step. */
static struct plan_slot *stepping;

/* It met int3: false where nothing is watched, which nobody has executed before. */
static bool on_watched(ucontext_t *u)
{
	const uint64_t va = (uint64_t)u->uc_mcontext.gregs[REG_RIP] - 1;
	struct plan_slot *slot = slot_of(va);

	if (!slot || !slot->watched || stepping)
		return false;
	slot->times++;
	stepping = slot;
	*(uint8_t *)va = (uint8_t)slot->watched;
	u->uc_mcontext.gregs[REG_RIP] = (greg_t)va;
	u->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
	return true;
}

/* A string instruction stays where it is until all of it is done. */
static void on_stepped(ucontext_t *u)
{
	if ((uint64_t)u->uc_mcontext.gregs[REG_RIP] == stepping->va)
		return;
	*(uint8_t *)stepping->va = 0xcc;
	stepping = NULL;
	u->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

/* Before every instruction; a string instruction traps at each of its repetitions. */
static void on_step(ucontext_t *u)
{
	static uint64_t last;
	const uint64_t rip = (uint64_t)u->uc_mcontext.gregs[REG_RIP];
	const bool repetition = rip == last;

	last = rip;
	if (rip == (uint64_t)call_back || plan->steps >= plan->steps_max) {
		plan->steps_ended = rip != (uint64_t)call_back;
		u->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
		last = 0;
		return;
	}
	if ((rip >= PLAN_CHILD && rip < PLAN_CHILD_END) || repetition)
		return;
	plan->steps++;
	count_step(rip);
}

static void on_signal(int number_of_it, siginfo_t *info, void *context)
{
	ucontext_t *u = context;

	if (number_of_it == SIGTRAP && info->si_code == TRAP_TRACE) {
		if (stepping)
			on_stepped(u);
		else
			on_step(u);
		return;
	}
	if (number_of_it == SIGTRAP && on_watched(u))
		return;
	plan->fault = (struct plan_fault){
		.signal = (uint64_t)number_of_it,
		.code = (uint64_t)info->si_code,
		.address = (uint64_t)info->si_addr,
		.rip = (uint64_t)u->uc_mcontext.gregs[REG_RIP],
		.rsp = (uint64_t)u->uc_mcontext.gregs[REG_RSP],
	};
	answer(0, PLAN_FAULT);
	leave(2);
}

struct kernel_action {
	void (*handler)(int, siginfo_t *, void *);
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

static void catch_signals(void)
{
	static const int caught[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	stack_t s = { .ss_sp = signal_stack, .ss_size = STACK_BYTES };
	struct kernel_action a = { .handler = on_signal,
				   .flags = SA_SIGINFO | SA_ONSTACK | 0x04000000 /* SA_RESTORER */,
				   .restorer = signal_return };

	need(sys3(SYS_sigaltstack, (long)&s, 0, 0), 5);
	for (unsigned i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		need(sys6(SYS_rt_sigaction, caught[i], (long)&a, 0, 8, 0, 0), 5);
}

static void take_cpu(void)
{
	uint64_t mask[16] = { 0 };
	struct sched_param p = { .sched_priority = (int)plan->fifo_priority };

	if (plan->cpu < 1024) {
		mask[plan->cpu / 64] = 1ull << plan->cpu % 64;
		plan->pinned = sys3(SYS_sched_setaffinity, 0, sizeof(mask), (long)mask) == 0;
	}
	if (plan->fifo_priority)
		plan->fifo = sys3(SYS_sched_setscheduler, 0, SCHED_FIFO, (long)&p) == 0;
}

static void map_memory(int ram)
{
	const struct plan_map *m = in_plan(plan->maps_at);

	/* Nothing of this program's own environment stays: no stack, no vdso. */
	need(sys3(SYS_munmap, 0, PLAN_CHILD, 0), 2);
	need(sys3(SYS_munmap, PLAN_CHILD_END, PLAN_AT - PLAN_CHILD_END, 0), 2);
	need(sys3(SYS_munmap, PLAN_END, PLAN_USER_END - PLAN_END, 0), 2);
	for (uint64_t i = 0; i < plan->n_maps; i++) {
		need(sys6(SYS_mmap, (long)m[i].va, (long)m[i].bytes,
			  PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | FIXED_NOREPLACE, ram,
			  (long)m[i].ram_at),
		     3);
		if (m[i].huge) /* where there are none, small ones do */
			sys3(SYS_madvise, (long)m[i].va, (long)m[i].bytes, MADV_HUGEPAGE);
	}
}

static void limit(void)
{
	struct {
		int what;
		uint64_t most;
	} limits[] = {
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_FSIZE, 0 },
		{ RLIMIT_MEMLOCK, 0 },
		{ RLIMIT_MSGQUEUE, 0 },
		{ RLIMIT_STACK, 0 },
		{ RLIMIT_DATA, 0 },
		{ RLIMIT_AS, 0 }, /* what is mapped stays; nothing can be added */
		{ RLIMIT_CPU, plan->cpu_seconds },
		{ RLIMIT_RTTIME, plan->run_seconds * 1000000 },
		{ RLIMIT_NOFILE, 2 },
	};

	for (unsigned i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		uint64_t l[2] = { limits[i].most, limits[i].most };

		need(sys6(SYS_prlimit64, 0, limits[i].what, (long)l, 0, 0, 0), 6);
	}
}

static void drop_rights(void)
{
	if (sys3(SYS_geteuid, 0, 0, 0) == 0) {
		need(sys3(SYS_setgroups, 0, 0, 0), 7);
		need(sys3(SYS_setresgid, NOBODY, NOBODY, NOBODY), 7);
		need(sys3(SYS_setresuid, NOBODY, NOBODY, NOBODY), 7);
	}
	need(sys6(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0, 0), 7);
	need(sys6(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, 0), 7);
	need(sys6(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0), 7);
}

static void keep_two_descriptors(int commands, int answers)
{
	need(sys3(SYS_dup2, commands, 0, 0), 4);
	need(sys3(SYS_dup2, answers, 1, 0), 4);
	need(sys3(SYS_close_range, 2, ~0u, 0), 4);
}

#define ON(nr, jump) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, jump)
#define DO(action) BPF_STMT(BPF_RET | BPF_K, action)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

/*
 * Reads from 0, writes to 1, the return from a signal and the end: all else ends the process. Hosts
 * before 5.16 would else make loads wait for the stores before them in a process with a filter
 * (SSBD), which is not how a kernel's code runs, and takes longer.
 */
static void lock_in(void)
{
	static const struct sock_filter code[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
		DO(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		ON(SYS_rt_sigreturn, 1),
		DO(SECCOMP_RET_ALLOW),
		ON(SYS_exit_group, 1),
		DO(SECCOMP_RET_ALLOW),
		ON(SYS_read, 3),
		LOAD(args[0]),
		ON(0, 4),
		DO(SECCOMP_RET_ALLOW),
		ON(SYS_write, 2),
		LOAD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 0),
		DO(SECCOMP_RET_KILL_PROCESS),
		DO(SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]),
					    (struct sock_filter *)code };

	need(sys3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
		  (long)&program),
	     8);
}

/* @args: as the kernel lays them on the first stack: argc, argv. */
void begin(const uint64_t *args)
{
	uint64_t n[6] = { 0 };
	struct plan_command c;
	long plan_fd;

	if (args[0] != 6)
		leave(3);
	for (int i = 1; i < 6; i++)
		n[i] = number((const char *)args[1 + i]);
	plan_fd = (long)n[3];
	if (sys6(SYS_mmap, PLAN_AT, (long)n[5], PROT_READ | PROT_WRITE,
		 MAP_SHARED | FIXED_NOREPLACE, plan_fd, 0) != (long)PLAN_AT ||
	    plan->magic != PLAN_MAGIC || plan->bytes != n[5])
		leave(3);
	map_memory((int)n[4]);
	take_cpu();
	keep_two_descriptors((int)n[1], (int)n[2]);
	catch_signals();
	need(sys3(SYS_arch_prctl, 0x1001 /* ARCH_SET_GS */, (long)plan->gs_base, 0), 9);
	drop_rights();
	limit();
	lock_in();
	answer(PLAN_READY, PLAN_DONE);
	while (sys3(SYS_read, 0, (long)&c, sizeof(c)) == sizeof(c))
		obey(c);
	leave(0);
}

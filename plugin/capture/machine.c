// SPDX-License-Identifier: GPL-2.0-or-later
#include "plugin/capture/machine.h"

#include "plugin/halted.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE_BYTES 4096u
#define CHUNK_BYTES (1u << 20)
#define HOLD_NS (1ll << 32) /* as many instructions are four billion */

/* GLib's growing array, of which QEMU's readers append to one. */
struct bytes {
	uint8_t *data;
	unsigned len;
};

/* The numbers by which QEMU's gdb stub calls a 64-bit x86's registers. */
enum { GDB_RAX, GDB_RSP = 7, GDB_FLAGS = 17, GDB_FS_BASE = 24, GDB_CR0 = 27, GDB_EFER = 32 };
static const uint8_t gdb_order[16] = { 0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15 };

static const char *const needed[] = { "current_cpu",	      "x86_cpu_gdb_read_register",
				      "address_space_memory", "address_space_rw",
				      "qemu_clock_enable",    "g_byte_array_new",
				      "g_byte_array_free" };

const char *machine_lacks(void)
{
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (!dlsym(RTLD_DEFAULT, needed[i]))
			return needed[i];
	}
	return NULL;
}

/* One register's value, of 4 or 8 bytes. */
static bool read_register(int number, uint64_t *out)
{
	int (*read)(void *cpu, struct bytes *into, int number);
	struct bytes *(*make)(void);
	uint8_t *(*drop)(struct bytes * b, int also_data);
	void *const *current = dlsym(RTLD_DEFAULT, "current_cpu"); /* this thread's */
	struct bytes *b;
	bool ok;

	/* The way POSIX has for pointers to functions. */
	*(void **)&read = dlsym(RTLD_DEFAULT, "x86_cpu_gdb_read_register");
	*(void **)&make = dlsym(RTLD_DEFAULT, "g_byte_array_new");
	*(void **)&drop = dlsym(RTLD_DEFAULT, "g_byte_array_free");
	*out = 0;
	b = make();
	if (!b)
		return false;
	read(*current, b, number);
	ok = b->len == 4 || b->len == 8;
	if (ok)
		memcpy(out, b->data, b->len);
	drop(b, 1);
	return ok;
}

uint64_t machine_stack_pointer(void)
{
	uint64_t value;

	return read_register(GDB_RSP, &value) ? value : 0;
}

bool machine_registers(struct cpu_regs *out)
{
	uint64_t *const bases[] = { &out->fs_base, &out->gs_base, &out->kernel_gs_base };
	uint64_t cr[6]; /* 0, 2, 3, 4, 8, and EFER */
	bool ok = read_register(GDB_FLAGS, &out->rflags);

	for (int i = 0; i < 16; i++)
		ok = read_register(GDB_RAX + i, &out->gpr[gdb_order[i]]) && ok;
	for (int i = 0; i < 3; i++)
		ok = read_register(GDB_FS_BASE + i, bases[i]) && ok;
	for (int i = 0; i < 6; i++)
		ok = read_register(GDB_CR0 + i, &cr[i]) && ok;
	out->cr0 = cr[0];
	out->cr3 = cr[2];
	out->cr4 = cr[3];
	out->efer = cr[5];
	/* Paging in long mode, or these are other registers than they are taken for. */
	return ok && cr[0] >> 31 & 1 && cr[0] & 1 && cr[3] >> 5 & 1 && cr[5] >> 10 & 1;
}

static bool is_zero(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE_BYTES - 1);
}

static int write_pages(int fd, const uint8_t *chunk, size_t len, uint64_t at)
{
	for (size_t i = 0; i < len; i += PAGE_BYTES) {
		ssize_t n;

		if (is_zero(chunk + i))
			continue;
		n = pwrite(fd, chunk + i, PAGE_BYTES, (off_t)(at + i));
		if (n != PAGE_BYTES) {
			if (n >= 0)
				errno = ENOSPC;
			return -1;
		}
	}
	return 0;
}

static int write_all(int fd, uint8_t *chunk, uint64_t bytes)
{
	/* Attributes of an access are four bytes at first and eight later; memory minds none. */
	uint32_t (*rw)(void *space, uint64_t at, uint64_t attributes, void *bytes, uint64_t len,
		       bool is_write);
	void *space = dlsym(RTLD_DEFAULT, "address_space_memory");

	*(void **)&rw = dlsym(RTLD_DEFAULT, "address_space_rw");
	for (uint64_t at = 0; at < bytes; at += CHUNK_BYTES) {
		/* What is no memory reads as something or other, and no kernel keeps data there. */
		(void)rw(space, at, 0, chunk, CHUNK_BYTES, false);
		if (write_pages(fd, chunk, CHUNK_BYTES, at) < 0)
			return -1;
	}
	return ftruncate(fd, (off_t)bytes);
}

int machine_write_ram(const char *path, uint64_t bytes)
{
	uint8_t *chunk = malloc(CHUNK_BYTES);
	int fd, r;

	if (!chunk)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	r = fd < 0 ? -1 : write_all(fd, chunk, bytes);
	if (fd >= 0 && close(fd) < 0)
		r = -1;
	free(chunk);
	return r;
}

/* What the clock shows beside what was executed. */
static bool clock_bias(int64_t *out)
{
	uint64_t ticks;

	if (!halted_ticks(&ticks))
		return false;
	*out = (int64_t)ticks;
	return true;
}

/* The word of QEMU's clock that is the bias: the only one of that value; NULL: not to be told. */
static int64_t *find_bias(int64_t bias)
{
	void *words = dlsym(RTLD_DEFAULT, "timers_state");
	int64_t *found = NULL;
	ElfW(Sym) * symbol;
	Dl_info info;

	if (!words || !dladdr1(words, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol)
		return NULL;
	for (size_t i = 0; i < symbol->st_size / sizeof(bias); i++) {
		int64_t *word = (int64_t *)words + i;

		if (*word != bias)
			continue;
		if (found)
			return NULL;
		found = word;
	}
	return found;
}

void machine_free_timers(int64_t **held)
{
	if (*held)
		__atomic_fetch_add(*held, HOLD_NS, __ATOMIC_SEQ_CST);
	*held = NULL;
}

void machine_hold_timers(int64_t **held)
{
	int64_t before, after;

	if (*held || !clock_bias(&before))
		return;
	*held = find_bias(before);
	if (!*held)
		return;
	__atomic_fetch_sub(*held, HOLD_NS, __ATOMIC_SEQ_CST);
	/* Else it is another word than it is taken for. */
	if (!clock_bias(&after) || after != before - HOLD_NS)
		machine_free_timers(held);
}

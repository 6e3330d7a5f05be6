/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between the architectures that kernels are measured on, as the host sees it: one
 * const table each. What the plugin has to know stands in plugin/arch/, what the guest has in
 * guest/arch/.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a place that the plugin has to know (plugin/context.h has the words). */
struct arch_place {
	const char *name;  /* of a symbol; with @prefix, what it begins with */
	const char *kind;  /* the word in the places file */
	uint32_t from, to; /* bytes from the symbol's start; @to 0: up to the next symbol */
	bool prefix;
};

enum arch_entry { ARCH_ENTRY_NONE, ARCH_ENTRY_FAULT, ARCH_ENTRY_INTERRUPT, ARCH_ENTRY_SWITCH };

struct arch_entry_name {
	const char *name;
	bool prefix;
	enum arch_entry entry;
};

/* Where an arm64 Image, which has no ELF header, says that it is one. */
#define ARM64_IMAGE_MAGIC "ARM\x64"
#define ARM64_IMAGE_MAGIC_AT 0x38

struct arch {
	/* As Debian calls it, which is the name in specs, tables, keys and the database. */
	const char *name;
	const char *spoken;  /* in sentences: "x86-64" */
	const char *flavour; /* of Debian's kernels that is taken if none is given */
	const char *triple;  /* of compilers, with a dash at its end */
	uint16_t elf_machine;
	bool raw_image; /* the kernel is kept as an arm64 Image and has no ELF file */

	const char *qemu_program, *qemu_package, *qemu_variable;
	const char *qemu_target; /* as a plugin is told */
	const char *guest;	 /* file of the guest */

	/* QEMU's words. */
	const char *machine;	 /* what stands behind -machine, or NULL: vm/argv.c composes it */
	const char *cpu_model;	 /* of -cpu, if no other is asked for */
	const char *cpu_options; /* appended to whatever model is asked for under TCG; "" */
	unsigned memory_max_mib; /* that the machine has room for; 0: more than is ever asked for */
	const char *panic_device;
	const char *cmdline;	     /* of every guest */
	const char *cmdline_counted; /* of exact mode */
	const char *cmdline_timed;
	/*
	 * Where the plugin cannot see how a kernel is entered that user mode has not mapped: the
	 * word of the command line that unmaps it. NULL: it sees that.
	 */
	const char *unmapping;

	/* A symbol without which contexts cannot be told apart; NULL ends the list. */
	const char *const *needed;
	const char *needs;		       /* what kernel has them all, for a message */
	const struct arch_place *places;       /* ends with a NULL name */
	const struct arch_entry_name *entries; /* likewise: functions whose entries are events */
	const char *text_symbol;	       /* one that lies in the kernel's code */
	const char *page_fault;		       /* where the plugin sees that a page fault was met */
};

#define ARCH_MAX 2
/* For help, which stands in constants. */
#define ARCH_CHOICE "amd64 (default) or arm64"
extern const struct arch arch_x86_64, arch_arm64;

/* The architecture of a machine or kernel of which nothing else is said. */
const struct arch *arch_default(void);
/* By its name (Debian's); NULL: no such. */
const struct arch *arch_named(const char *name);
/* By the machine in an ELF header; NULL: none that is measured. */
const struct arch *arch_of_elf(unsigned machine);
/*
 * By a flavour of Debian's: "cloud-arm64", "arm64-16k" and "rt-amd64" have it as one of the words
 * between dashes, and so have patterns of them, "*arm64". NULL: none of them is one.
 */
const struct arch *arch_of_flavour(const char *flavour);
/* The @i-th; NULL: there are no more. */
const struct arch *arch_at(size_t i);
/* "amd64, arm64" */
const char *arch_names(void);
enum arch_entry arch_entry_of(const struct arch *a, const char *function);

#endif

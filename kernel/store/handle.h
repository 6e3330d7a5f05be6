/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of struct kernel_store, for the files of this folder only. */
#ifndef KERNEL_STORE_HANDLE_H
#define KERNEL_STORE_HANDLE_H

#include "kernel/store/apt_root.h"
#include "kernel/store/configure.h"
#include "kernel/store/note.h"
#include "kernel/store/store.h"
#include "kernel/store/staging.h"

#include <stdatomic.h>

struct kernel_store {
	char *kernels;		       /* DATA/kernels */
	const struct arch *arch;       /* that was asked for; NULL: none */
	struct apt_root apt[ARCH_MAX]; /* where the kernels of each come from */
	char *cache;		       /* CACHE */
	struct build_config config;    /* that git: specs are built with; no name: not chosen yet */
	unsigned jobs;		       /* that they are built by; 0: as many as there are CPUs */
	char *compiler;		       /* that they are built by; NULL: $CC, else gcc */
	const atomic_int *cancel;
	kernel_note_fn warn; /* may be NULL */
	void *warn_arg;
	kernel_watch_fn watch; /* may be NULL */
	void *watch_arg;
	char **warned; /* ids of damaged entries that it was told of */
	size_t n_warned;
};

/* Where the kernels of an architecture come from. */
const struct apt_root *store_apt(const struct kernel_store *st, const struct arch *arch);

/* Tells of something that takes long; @w NULL: it has ended. */
void store_watch(const struct kernel_store *st, const struct kernel_watch *w);

/* Digits of an id: what names an entry at least, and what is shown of it. */
#define KERNEL_ID_MIN 7
#define KERNEL_ID_SHOWN 12

/* What git: specs are built with from now on; @config is given up. */
void store_set_config(struct kernel_store *st, struct build_config *config);
/* That, or our own. */
int store_config(struct kernel_store *st, const struct build_config **out, struct err *e);

/*
 * Moves the finished files of @w into the store as the build k->id, or adds @k as one more source
 * of it. *out is the kernel as stored.
 */
int store_publish(struct kernel_store *st, struct staging *w, const struct kernel *k,
		  struct kernel **out, struct err *e);
/* Writes what changed in the source @k (name, stamp) of a build that is already stored. */
int store_update(struct kernel_store *st, const struct kernel *k, struct err *e);
/* Gives @name to the kernel; *moved is whether another bore it. */
int store_rename(struct kernel_store *st, struct kernel *k, const char *name, bool *moved,
		 struct err *e);

#endif

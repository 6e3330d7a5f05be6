/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A foreign program: a binary or script of this machine that the guest runs as it is, as a scenario
 * of one segment. With all that it needs it becomes a parcel (parcel/pack.h). What it prints may
 * hold metrics: words of the form KEY=NUMBER, or what named patterns match.
 */
#ifndef SCENARIO_PROGRAM_H
#define SCENARIO_PROGRAM_H

#include "base/buf.h"
#include "parcel/parcel.h"
#include "scenario/scenario.h"

#define PROGRAM_METRICS_MAX 32
#define PROGRAM_METRIC_BYTES 64 /* of a name, with its NUL */
#define PROGRAM_FILES_MAX 256

struct program_metric {
	char *name;
	char *pattern; /* POSIX extended; its first group is the number */
};

struct program {
	char *path;
	struct hash_hex sha256; /* of the binary; "" until program_load() */
	struct buf words; /* arguments, the first is the name; then KEY=VALUE: each with its NUL */
	unsigned n_words, n_environment;
	char *folder;	  /* where relative paths of its files begin; NULL: here */
	struct buf files; /* "SRC[:DST]" (parcel/files.h), each with its NUL */
	unsigned n_files;
	char *stdin_path;      /* NULL: it reads nothing */
	bool cgroup;	       /* in a cgroup of its own */
	char *setup;	       /* lines of all that it finds in the guest; NULL: not known */
	struct parcel *parcel; /* NULL until program_load() */
	struct program_metric metrics[PROGRAM_METRICS_MAX]; /* none: every KEY=NUMBER */
	size_t n_metrics;
};

/* *out is the caller's. Nothing is looked at yet. */
int program_new(const char *path, struct program **out, struct err *e);
/* Arguments first, then the environment. -E2BIG if there are too many. */
int program_add_word(struct program *p, const char *word, struct err *e);
int program_add_environment(struct program *p, const char *word, struct err *e);
/* "SRC[:DST]". -E2BIG if there are too many. */
int program_add_file(struct program *p, const char *word, struct err *e);
/* NULL: it reads nothing. */
int program_set_stdin(struct program *p, const char *path, struct err *e);
/* Whether what slowpath itself measures of a program goes by that name. */
bool program_name_is_taken(const char *name);
/* -EINVAL if the pattern is none or has no group, or the name is taken; -EEXIST: it is there twice.
 */
int program_add_metric(struct program *p, const char *name, const char *pattern, struct err *e);
/* A copy of its own, or NULL when out of memory. */
struct program *program_copy(const struct program *p);
void program_free(struct program *p);
DEFINE_CLEANUP(struct program *, program_free)

/* A scenario of one segment, "run", that runs @p, which is taken over even in failure. */
int program_scenario(struct program *p, const char *name, struct scenario **out, struct err *e);
/* The segment, in a scenario that has no other. */
void program_segment(struct scenario *s);
/*
 * Makes the parcel, and its hashes part of the scenario's. Errors name what is missing or cannot
 * run. Nothing to do for other scenarios, and the second time.
 */
int program_load(struct scenario *s, struct err *e);
/*
 * -ENOTSUP if the program, once loaded, or a file of its parcel marks a region of interest
 * (proto/slowpath.h), or names the command that does: only what counts instructions sees that, and
 * a time would be of the whole program.
 */
int program_check_timed(const struct scenario *s, struct err *e);
/*
 * What the second hash of such a scenario is made of: the first one's, the binary's, and, unless it
 * is empty, the setup.
 */
struct hash_hex program_hash(const char *scenario_sha256, const char *binary_sha256,
			     const char *setup);
/* The same where only the binary's hash and the setup are known: nothing can be run then. */
int program_known(struct scenario *s, const char *binary_sha256, const char *setup, struct err *e);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a patrol is asked for, and what it knows from the calls before. */
#ifndef CMD_MEASURE_PATROL_H
#define CMD_MEASURE_PATROL_H

#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define PATROL_SOURCES_MAX 32
#define PATROL_WORDS_MAX 256

struct patrol_words {
	char *items[PATROL_WORDS_MAX]; /* owned */
	size_t count;
};

/* Kernels that are specs and ranges, or the heads of a tree's refs; a survey of its own. */
struct patrol_source {
	char *name;
	struct patrol_words kernels, refs; /* one of both is empty */
	char *tree;			   /* of refs */
};

/*
 * A profile, as YAML:
 *
 *	name: nightly			letters, digits, '-', '_' and '.'
 *	sources:
 *	  - {name: debian, kernels: ["debian:6.12..7.3"]}
 *	  - {name: next, tree: DIR, refs: ["refs/heads/master", "refs/tags/v7.*"]}
 *	scenarios: [mprotect/shared-dirty-toggle]		names and globs
 *	threshold: 1%			default 1%
 *	config: CONFIG			of kernels of trees; default as everywhere
 *	mails: DIR			where mails go
 *
 * name, sources, scenarios and mails are required.
 */
struct patrol_profile {
	char *name, *threshold, *config, *mails;
	struct patrol_source sources[PATROL_SOURCES_MAX];
	size_t n_sources;
	struct patrol_words scenarios;
};

int patrol_profile_read(const char *path, struct patrol_profile *out, struct err *e);
void patrol_profile_free(struct patrol_profile *p);
#define _cleanup_patrol_profile_ __attribute__((cleanup(patrol_profile_free)))

/*
 * DATA/patrol/NAME.json, which is written anew after every step, and NAME.lock, which is held:
 * {"schema": "slowpath/patrol-state/1", "surveys": {SOURCE: ID},
 *  "heads": {SOURCE: SPEC}, "unbuilt": {SPEC: why}, "steps": [{"source", "scenario", "last_good",
 * "first_bad", "verdict", "experiment", "mail"}]} heads has the one head that a tree had so far:
 * two make a survey.
 */
struct patrol_state {
	char *path;
	json_t *known; /* owned */
	int lock;      /* -1: not held */
};

/* -EBUSY if another patrol of this name is under way. */
int patrol_state_open(const char *data, const char *name, struct patrol_state *out, struct err *e);
int patrol_state_save(const struct patrol_state *s, struct err *e);
/*
 * Whether a step of "slowpath/survey/1" lies within one that is known: the same way, of the same
 * scenario, between kernels that @kernels has in its order. A known one that a kernel between has
 * made smaller is thereby the same.
 */
bool patrol_knows(const struct patrol_state *s, const char *source, const char *scenario,
		  const json_t *kernels, const json_t *step);
void patrol_state_close(struct patrol_state *s);
#define _cleanup_patrol_state_ __attribute__((cleanup(patrol_state_close)))

#endif

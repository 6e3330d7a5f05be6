/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A range of Debian kernels, written debian:A..B[-FLAVOUR]: A, then the newest build of every
 * series between, then B. A series is what shares the first two numbers of its version. If A is a
 * series itself ("6.12"), its newest build stands for it; so does B's. If A and B are of one
 * series, all the versions between are in the range.
 */
#ifndef KERNEL_DEB_SERIES_H
#define KERNEL_DEB_SERIES_H

#include "kernel/store/store.h"

#include <stdbool.h>

struct series_range {
	char *from, *to; /* versions: "6.12", "6.17.13" */
	char *flavour;
};

/* Length of "6.17" in "6.17.13+deb13": what names a series. */
size_t series_length(const char *version);
/* Whether @text is written as a range: a debian: spec with ".." in it. */
bool series_is_range(const char *text);
/*
 * Without a flavour it is of @arch's (NULL: the default one's). -EINVAL and what is wrong: not a
 * version, two flavours, one of another architecture than @arch, A newer than B.
 */
int series_parse(const char *text, const struct arch *arch, struct series_range *out,
		 struct err *e);
void series_range_free(struct series_range *r);
#define _cleanup_series_range_ __attribute__((cleanup(series_range_free)))

/* Owned array of owned specs, oldest first. */
struct series_specs {
	char **items;
	size_t count;
};
void series_specs_free(struct series_specs *s);
#define _cleanup_series_specs_ __attribute__((cleanup(series_specs_free)))

/*
 * The builds of @offers (ascending, as kernel_search() has them) that a range means, as full specs.
 * Of a series, the newest by the compiler that most of the series can be had with; the newest at
 * all if there is none by that. -ENOENT if an end's version is not on offer, or nothing is left but
 * one build.
 */
int series_pick(const struct kernel_offers *offers, const struct series_range *range,
		struct series_specs *out, struct err *e);
/* series_pick() from what the suites offer. */
int series_expand(struct kernel_store *st, const char *text, kernel_note_fn fn, void *arg,
		  struct series_specs *out, struct err *e);
/* The same of the package lists as they lie there; -ENOENT if there are none. */
int series_expand_offline(struct kernel_store *st, const char *text, struct series_specs *out,
			  struct err *e);

#endif

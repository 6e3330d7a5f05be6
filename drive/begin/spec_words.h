/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels that the words of a command line mean: specs, and ranges of Debian's. */
#ifndef DRIVE_BEGIN_SPEC_WORDS_H
#define DRIVE_BEGIN_SPEC_WORDS_H

#include "drive/session/session.h"
#include "kernel/deb/series.h"

/* In their order; empty at first. */
struct spec_words {
	struct series_specs specs;
	bool *from_range; /* owned; one a spec: nobody named it, so it may be left out */
};

/* Adds what @words mean. */
int spec_words_take(struct session *s, char *const *words, size_t count, struct spec_words *out,
		    struct err *e);
void spec_words_free(struct spec_words *w);
#define _cleanup_spec_words_ __attribute__((cleanup(spec_words_free)))

/* Whether it would have to be built. */
bool spec_is_built(const char *spec);
/* "6.17.13" of a Debian kernel; NULL for others, and for NULL. Points to @out. */
const char *debian_number(const struct kernel *k, char out[64]);

#endif

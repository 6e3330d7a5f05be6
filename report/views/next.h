/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of what a measuring command prints: how to call the experiment, and what can follow. */
#ifndef REPORT_VIEWS_NEXT_H
#define REPORT_VIEWS_NEXT_H

#include "base/buf.h"
#include "kernel/store/store.h"
#include "report/words/tone.h"

struct ending {
	const char *id;		  /* in full; the style has what is shorter */
	const char *arch;	  /* of the kernels; told if it is not the default one */
	const char *qemu_version; /* NULL: not told */
	const char *cpu;	  /* model; NULL: not told */
	double seconds;		  /* NAN: not told */
	const char *caveat;	  /* a sentence; NULL: none */
	/*
	 * The second command: words after "slowpath", up to NULL, quoted where a shell needs it;
	 * NULL: the bundle of the experiment. The first is always its page.
	 */
	const char *const *second;
};

/*
 * "60430d1a  5.3 s, arm64, QEMU 7.2.0, -cpu max", the caveat, and two lines to type. A command that
 * is longer than a line goes on behind a backslash.
 */
void ending_text(const struct ending *x, const struct text_style *style, struct buf *out);
/* The parts of it: how the experiment is called, and one command. */
void ending_id_text(const struct ending *x, const struct text_style *style, struct buf *out);
/* Words after "slowpath", up to NULL, behind @first (8 columns or none) and before @redirection. */
void next_text(const char *first, const char *const *words, const char *redirection,
	       const struct text_style *style, struct buf *out);
/* One word, quoted if a POSIX shell needs it. */
void next_word(struct buf *out, const char *word);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user writes to name a kernel. */
#ifndef KERNEL_NAME_SPEC_H
#define KERNEL_NAME_SPEC_H

#include "arch/arch.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 *   debian:NUMBER[~rcN][+SUFFIX][-REVISION][-FLAVOUR]
 *   git:DIR@REV
 *   git:DIR   the work tree as it lies; a DIR with an @ in it ends in a slash
 *   PATH      anything with a slash in it, "." or ".."
 *   WORD      the rest: a NAME given by kernel add --name, or a file in this folder
 */
enum spec_kind { SPEC_DEBIAN, SPEC_GIT, SPEC_PATH, SPEC_WORD };

struct spec {
	enum spec_kind kind;
	char *version; /* debian: all before the flavour: "6.17", "6.1.0-47", "6.12.95+deb12" */
	char *number;  /* debian: its upstream part: "6.17", "7.4~rc2" */
	bool literal;  /* debian: a SUFFIX or REVISION was given, so it names one build */
	char *flavour; /* debian: "cloud-amd64" if none was given */
	const struct arch *arch; /* debian: by its flavour */
	char *path;		 /* path, word: as given; git: DIR */
	char *revision;		 /* git: REV; NULL: the work tree */
};

/* -EINVAL (and what is wrong) for text that no spec can be. Frees nothing in *out before. */
int spec_parse(const char *text, struct spec *out, struct err *e);
void spec_free(struct spec *s);

#define _cleanup_spec_ __attribute__((cleanup(spec_free)))
/*
 * The spec as it is for whoever asks for @arch: malloc'ed, *out is NULL if it stays as it is. A
 * debian: spec without a flavour gets that of the architecture; one that has another
 * architecture's is -EINVAL.
 */
int spec_for_arch(const char *text, const struct arch *arch, char **out, struct err *e);

/*
 * Length of the version at the head of @text ("6.17.13+deb13" of "6.17.13+deb13-cloud-amd64"),
 * 0 if there is none; *number_len, if wanted, is the length of its upstream part.
 */
size_t spec_version_length(const char *text, size_t *number_len);
/* Whether @version is @number or begins with its components: 6.17.13 is one of 6.17. */
bool spec_number_matches(const char *number, const char *version);
/* A NAME for --name: a letter, then letters, digits, '.', '_', '-'; at most 64 bytes. */
bool spec_name_valid(const char *name);

#endif

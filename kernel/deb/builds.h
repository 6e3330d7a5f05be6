/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The builds that packages make up: what one can fetch. */
#ifndef KERNEL_DEB_BUILDS_H
#define KERNEL_DEB_BUILDS_H

#include "kernel/deb/packages.h"

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One build: package of one version in one suite. Strings are owned. */
struct build {
	char *abi;	      /* "6.17.13+deb13", "6.1.0-47": uname -r without the flavour */
	char *flavour;	      /* "cloud-amd64" */
	char *package;	      /* with the image: "linux-image-6.17.13+deb13-cloud-amd64" */
	char *version;	      /* of the package: "6.17.13-1~bpo13+1" */
	char *suite;	      /* the newest that has it */
	char *compiler;	      /* "gcc-14"; NULL if unknown */
	char *config_package; /* with the config, NULL if the image's has it */
	uint64_t size;	      /* bytes to download for the image */
	bool inferred;	      /* the compiler is that of its Debian release's other builds */
};

struct index {
	struct build *builds; /* ascending by version, then suite */
	size_t count;
	double age; /* seconds since the update; huge if there was none */
};

/* Joins images with their headers and base files; sorts. Reorders @p. */
int packages_to_builds(struct packages *p, struct index *out, struct err *e);

/* The upstream part of the package's version: "6.17.13". Points to @out. */
const char *build_number(const struct build *b, char *out, size_t len);

#endif

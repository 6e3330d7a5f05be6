/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The config that every version is built with, made to fit each. */
#ifndef KERNEL_STORE_CONFIGURE_H
#define KERNEL_STORE_CONFIGURE_H

#include "kernel/store/note.h"
#include "kernel/store/toolchain.h"

#include "base/buf.h"
#include "base/hash.h"

struct build_config {
	struct buf text;
	bool given;	     /* a whole .config of the user's, not our fragment */
	struct hash_hex sha; /* of the text */
};

/* @path: a .config; NULL: the project's own minimal one. */
int build_config_read(const char *path, struct build_config *out, struct err *e);
void build_config_free(struct build_config *c);
#define _cleanup_build_config_ __attribute__((cleanup(build_config_free)))

/*
 * Makes OBJ/.config: a given one through "make olddefconfig", our own on top of allnoconfig. What
 * this version made of it otherwise than it says is noted. The file is replaced only if it differs,
 * so that nothing is rebuilt for it. Returns as make_run().
 */
int configure(const struct make *m, const struct build_config *c, const struct notes *notes,
	      struct err *e);

/* A setting "CONFIG_X=value" or "# CONFIG_X is not set" of a line, up to its end. */
struct setting {
	const char *name, *value; /* not ended by NUL; "n" for what is not set */
	size_t name_len, value_len;
};

/* Whether the line at @line is a setting. Pure. */
bool setting_parse(const char *line, struct setting *out);
/*
 * Appends to @out, one a line, what @wished has and @got has otherwise; an option that @got does
 * not mention is n. Returns how many, or -ENOMEM.
 */
int settings_differ(const char *wished, const char *got, struct buf *out);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The config that every version is built with, made to fit each. */
#ifndef KERNEL_STORE_CONFIGURE_H
#define KERNEL_STORE_CONFIGURE_H

#include "kernel/store/note.h"
#include "kernel/store/toolchain.h"

#include "base/buf.h"
#include "base/hash.h"

enum build_config_kind {
	CONFIG_MINIMAL,	  /* our fragment on top of allnoconfig */
	CONFIG_DEFCONFIG, /* what "make defconfig" makes of each version */
	CONFIG_GIVEN,	  /* a whole .config */
};

struct build_config {
	enum build_config_kind kind;
	/* In specs and titles: letters, digits and any of . _ + ~ : -; "" for the minimal one. */
	char *name;
	struct buf text; /* of the fragment, or of the .config */
	/*
	 * A distribution's: its debug information, which makes builds long and changes no code, and
	 * its keys, which its source has and others have not, are left out.
	 */
	bool distribution;
	struct hash_hex sha; /* of all that decides about what is built */
};

int build_config_minimal(struct build_config *out, struct err *e);
int build_config_defconfig(struct build_config *out, struct err *e);
/* A .config of the user's; its name is the file's, with the first digits of its hash. */
int build_config_file(const char *path, struct build_config *out, struct err *e);
/* A distribution's .config, which is called @name, out of the file @path; it may be gzipped. */
int build_config_distribution(const char *name, const char *path, struct build_config *out,
			      struct err *e);
void build_config_free(struct build_config *c);
#define _cleanup_build_config_ __attribute__((cleanup(build_config_free)))

/*
 * Makes OBJ/.config: our fragment on top of allnoconfig, others through "make olddefconfig" with
 * what they lack of what slowpath needs. What is added, and what this version made of it otherwise
 * than it says, is noted. The file is replaced only if it differs, so that nothing is rebuilt for
 * it. Returns as make_run(); -EBADMSG, of status ERR_UNMEASURED, if an option that is needed was
 * dropped by a version that has it.
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
/* The last line of @text that sets what @wanted sets. */
bool setting_find(const char *text, const struct setting *wanted, struct setting *out);
/*
 * Appends to @out, one a line, what @wished has and @got has otherwise; an option that @got does
 * not mention is n. Returns how many, or -ENOMEM.
 */
int settings_differ(const char *wished, const char *got, struct buf *out);
/* Appends to @out the lines of @base that set nothing that @over sets, then @over. -ENOMEM. */
int settings_override(const char *base, const char *over, struct buf *out);

/*
 * What of our fragment others need: appends the lines of its paragraphs whose comment begins with
 * @word. -ENOMEM.
 */
#define NEEDED "Needed"
#define WANTED "Wanted"
int settings_needed(const char *word, struct buf *out);
/* Appends, with commas, the names of those that @config has not built in. -ENOMEM. */
int settings_lacking(const char *config, const char *word, struct buf *out);

#endif

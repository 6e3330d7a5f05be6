/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which experiment a user means, and how an experiment can be called. */
#ifndef STORE_RESOLVE_H
#define STORE_RESOLVE_H

#include "store/store.h"

/*
 * @word is a whole id; "last", the experiment that was begun last, or "last~N", the one that was
 * begun N before it; or how one experiment's id begins, from its start or from the random digits
 * at its end. @out is the id, the caller's. -ENOENT if there is none; -EINVAL if several begin so,
 * which are listed.
 */
int store_resolve(struct store *s, const char *word, char **out, struct err *e);
/* All ids, by when their experiments were begun. */
struct store_ids {
	char **items; /* owned */
	size_t count;
};

int store_ids_load(struct store *s, struct store_ids *out, struct err *e);
void store_ids_free(struct store_ids *l);
#define _cleanup_store_ids_ __attribute__((cleanup(store_ids_free)))

/* As store_short_id(), of ids that were loaded; the caller's, NULL: no memory. */
char *store_ids_short(const struct store_ids *l, const char *id);
/*
 * The shortest of what store_resolve() takes for @id that will do for a while: eight of its last
 * digits, more if others begin so. @out is the caller's.
 */
int store_short_id(struct store *s, const char *id, char **out, struct err *e);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/resolve.h"

#include "base/buf.h"
#include "store/internal.h"
#include "store/sql.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_MIN                                                                                 \
	8	     /* digits: of ten thousand experiments, two begin so once in a hundred times \
		      */
#define LISTED_MAX 6 /* ids that an error names */
#define LAST "last"

void store_ids_free(struct store_ids *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i]);
	free(l->items);
	*l = (struct store_ids){ 0 };
}

static int add(struct store_ids *l, const char *id, struct err *e)
{
	char **grown = realloc(l->items, (l->count + 1) * sizeof(*grown));

	if (!grown)
		return err_oom(e);
	l->items = grown;
	grown[l->count] = strdup(id);
	return grown[l->count++] ? 0 : err_oom(e);
}

int store_ids_load(struct store *s, struct store_ids *out, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "SELECT id FROM experiment ORDER BY started, id", &q, e);

	if (r < 0)
		return r;
	while (r == 0 && (r = sqlite3_step(q.stmt)) == SQLITE_ROW)
		r = add(out, (const char *)sqlite3_column_text(q.stmt, 0), e);
	if (r > 0)
		r = r == SQLITE_DONE ? 0 : sql_error(s->db, "reading", e);
	return database_settled(&s->d, r, e);
}

/* The random part of an id, the whole of one that has no parts. */
static const char *digits(const char *id)
{
	const char *dash = strrchr(id, '-');

	return dash ? dash + 1 : id;
}

static bool begins(const char *id, const char *word, size_t len)
{
	return !strncmp(id, word, len) || !strncmp(digits(id), word, len);
}

/* How many experiments a beginning means; @first: the oldest of them. */
static size_t matches(const struct store_ids *l, const char *word, size_t len, const char **first)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (!begins(l->items[i], word, len))
			continue;
		if (!n++ && first)
			*first = l->items[i];
	}
	return n;
}

static int ambiguous(const struct store_ids *l, const char *word, size_t n, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	size_t listed = 0;

	for (size_t i = 0; i < l->count && listed < LISTED_MAX; i++) {
		if (begins(l->items[i], word, strlen(word)))
			buf_printf(&text, "%s%s", listed++ ? ", " : "", l->items[i]);
	}
	if (n > listed)
		buf_printf(&text, " and %zu more", n - listed);
	return err_set(e, EINVAL, "'%s' is ambiguous: %s", word, buf_str(&text));
}

/* "last" is 0, "last~2" is 2; false if @word is neither. */
static bool parse_last(const char *word, unsigned long *back)
{
	char *end;

	*back = 0;
	if (strncmp(word, LAST, strlen(LAST)) != 0)
		return false;
	word += strlen(LAST);
	if (!*word)
		return true;
	if (*word != '~' || !isdigit((unsigned char)word[1]))
		return false;
	errno = 0;
	*back = strtoul(word + 1, &end, 10);
	return !*end && !errno;
}

static int find(const struct store_ids *l, const char *word, const char **found, struct err *e)
{
	unsigned long back;
	size_t n;

	for (size_t i = 0; i < l->count; i++) {
		if (!strcmp(l->items[i], word))
			return *found = l->items[i], 0;
	}
	if (parse_last(word, &back)) {
		if (back >= l->count)
			return err_set(e, ENOENT,
				       "there is no experiment '%s': the database holds %zu", word,
				       l->count);
		return *found = l->items[l->count - 1 - back], 0;
	}
	n = *word ? matches(l, word, strlen(word), found) : 0;
	if (!n)
		return err_set(e, ENOENT,
			       "there is no experiment '%s' in the database; 'slowpath list' lists "
			       "them",
			       word);
	return n == 1 ? 0 : ambiguous(l, word, n, e);
}

int store_resolve(struct store *s, const char *word, char **out, struct err *e)
{
	_cleanup_store_ids_ struct store_ids l = { 0 };
	const char *found = NULL;
	int r = store_ids_load(s, &l, e);

	*out = NULL;
	if (r == 0)
		r = find(&l, word, &found, e);
	if (r < 0 || !found)
		return r;
	*out = strdup(found);
	return *out ? 0 : err_oom(e);
}

char *store_ids_short(const struct store_ids *l, const char *id)
{
	const char *tail = digits(id);
	size_t len = strlen(tail), n = SHORT_MIN < len ? SHORT_MIN : len;

	while (n < len && matches(l, tail, n, NULL) > 1)
		n++;
	return len && matches(l, tail, n, NULL) <= 1 ? strndup(tail, n) : strdup(id);
}

int store_short_id(struct store *s, const char *id, char **out, struct err *e)
{
	_cleanup_store_ids_ struct store_ids l = { 0 };
	int r = store_ids_load(s, &l, e);

	*out = r == 0 ? store_ids_short(&l, id) : NULL;
	return r < 0 || *out ? r : err_oom(e);
}

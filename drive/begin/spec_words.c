// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/begin/spec_words.h"

#include <stdlib.h>
#include <string.h>

static int add(struct spec_words *w, char *spec, bool from_range, struct err *e)
{
	char **items = realloc(w->specs.items, (w->specs.count + 1) * sizeof(*items));
	bool *flags;

	if (items)
		w->specs.items = items;
	flags = items ? realloc(w->from_range, (w->specs.count + 1) * sizeof(*flags)) : NULL;
	if (!flags || !spec) {
		free(spec);
		return err_oom(e);
	}
	w->from_range = flags;
	flags[w->specs.count] = from_range;
	items[w->specs.count++] = spec;
	return 0;
}

static int add_range(struct session *s, struct spec_words *w, const char *word, struct err *e)
{
	_cleanup_series_specs_ struct series_specs found = { 0 };
	int r = series_expand(s->kernels, word, teller_hear_note, s->teller, &found, e);

	for (size_t i = 0; r == 0 && i < found.count; i++)
		r = add(w, steal(&found.items[i]), true, e);
	return r;
}

int spec_words_take(struct session *s, char *const *words, size_t count, struct spec_words *out,
		    struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++)
		r = series_is_range(words[i]) ? add_range(s, out, words[i], e)
					      : add(out, strdup(words[i]), false, e);
	return r;
}

void spec_words_free(struct spec_words *w)
{
	series_specs_free(&w->specs);
	free(w->from_range);
	*w = (struct spec_words){ 0 };
}

bool spec_is_built(const char *spec)
{
	return !strncmp(spec, "git:", 4);
}

const char *debian_number(const struct kernel *k, char out[64])
{
	if (!k || !k->package_version)
		return NULL;
	snprintf(out, 64, "%.*s", (int)strcspn(k->package_version, "-+"), k->package_version);
	return out;
}

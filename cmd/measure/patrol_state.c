// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/measure/patrol.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define STATE_BYTES_MAX (64u << 20)
#define SCHEMA "slowpath/patrol-state/1"

static int load(struct patrol_state *s, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	if (!file_exists(s->path)) {
		s->known = json_pack("{s:s,s:{},s:{},s:{},s:[]}", "schema", SCHEMA, "surveys",
				     "heads", "unbuilt", "steps");
		return s->known ? 0 : err_oom(e);
	}
	r = file_read(s->path, STATE_BYTES_MAX, &text, e);
	if (r < 0)
		return r;
	s->known = json_loadb(buf_str(&text), text.len, 0, NULL);
	if (s->known && !strcmp(json_text_at(s->known, "schema", ""), SCHEMA) &&
	    json_is_object(json_object_get(s->known, "surveys")) &&
	    json_is_object(json_object_get(s->known, "heads")) &&
	    json_is_object(json_object_get(s->known, "unbuilt")) &&
	    json_is_array(json_object_get(s->known, "steps")))
		return 0;
	return err_set(e, EBADMSG,
		       "%s is not what a patrol left there; without it, the next one begins anew",
		       s->path);
}

int patrol_state_open(const char *data, const char *name, struct patrol_state *out, struct err *e)
{
	_cleanup_free_ char *dir = str_printf("%s/patrol", data);
	_cleanup_free_ char *lock = str_printf("%s/patrol/%s.lock", data, name);
	int r;

	*out = (struct patrol_state){ .lock = -1 };
	out->path = str_printf("%s/patrol/%s.json", data, name);
	r = dir && lock && out->path ? dir_make(dir, e) : err_oom(e);
	if (r < 0)
		return r;
	out->lock = file_lock(lock, false, e);
	if (out->lock == -EWOULDBLOCK)
		return err_set(e, EBUSY, "another patrol '%s' is under way", name);
	return out->lock < 0 ? out->lock : load(out, e);
}

int patrol_state_save(const struct patrol_state *s, struct err *e)
{
	_cleanup_free_ char *text = json_dumps(s->known, JSON_INDENT(1) | JSON_SORT_KEYS);

	return text ? file_write_atomic(s->path, text, strlen(text), e) : err_oom(e);
}

/* The place of a kernel; -1: it is not there. */
static long place(const json_t *kernels, const char *spec)
{
	const json_t *k;
	size_t i;

	json_array_foreach(kernels, i, k)
	{
		if (!strcmp(json_text_at(k, "spec", ""), spec))
			return (long)i;
	}
	return -1;
}

static bool is(const json_t *o, const char *name, const char *word)
{
	return !strcmp(json_text_at(o, name, ""), word);
}

bool patrol_knows(const struct patrol_state *s, const char *source, const char *scenario,
		  const json_t *kernels, const json_t *step)
{
	const long from = place(kernels, json_text_at(step, "last_good", "")),
		   to = place(kernels, json_text_at(step, "first_bad", ""));
	const json_t *known;
	size_t i;

	json_array_foreach(json_object_get(s->known, "steps"), i, known)
	{
		const long known_from = place(kernels, json_text_at(known, "last_good", "")),
			   known_to = place(kernels, json_text_at(known, "first_bad", ""));

		if (is(known, "source", source) && is(known, "scenario", scenario) &&
		    is(known, "verdict", json_text_at(step, "verdict", "")) && known_from >= 0 &&
		    known_from <= from && to <= known_to)
			return true;
	}
	return false;
}

void patrol_state_close(struct patrol_state *s)
{
	free(s->path);
	json_decref(s->known);
	if (s->lock >= 0)
		close(s->lock);
}

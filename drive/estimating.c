// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/estimating.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <dirent.h>
#include <pthread.h>
#include <string.h>

static uint32_t function_at(void *arg, uint64_t vaddr)
{
	const struct symbols *symbols = arg;
	bool entry;
	long i = symbols_find(symbols, vaddr, &entry);

	return i < 0 ? (uint32_t)symbols_functions(symbols) : (uint32_t)i;
}

struct job {
	const struct model *model;
	struct estimating_side *side;
};

static void *make_side(void *arg)
{
	struct job *j = arg;
	struct estimating_side *s = j->side;
	_cleanup_trace_ struct trace t = { 0 };
	/* The symbols are only looked up in. */
	void *symbols = (void *)(uintptr_t)s->symbols;

	if (trace_open(s->traced->words, s->traced->n_words, function_at, symbols, &t, &s->err) ==
	    0)
		estimate_make(j->model, &t, symbols_functions(s->symbols) + 1, &s->estimate,
			      &s->err);
	return NULL;
}

int estimate_sides(const struct model *m, struct estimating_side sides[2], struct err *e)
{
	struct job jobs[2] = { { m, &sides[0] }, { m, &sides[1] } };
	pthread_t other;
	int code = pthread_create(&other, NULL, make_side, &jobs[1]);

	if (code)
		return err_errno(e, code, "starting a thread");
	make_side(&jobs[0]);
	pthread_join(other, NULL);
	return 0;
}

/* "golden-cove, zen3" */
static void list_models(const char *dir, struct buf *out)
{
	struct dirent **names = NULL;
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(names[i]->d_name, '.');

		if (dot && !strcmp(dot, ".yaml"))
			buf_printf(out, "%s%.*s", out->len ? ", " : "",
				   (int)(dot - names[i]->d_name), names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

int estimating_model(const char *models_dir, const char *name, struct model *out, struct err *e)
{
	_cleanup_free_ char *path =
		strchr(name, '/') ? strdup(name) : str_printf("%s/%s.yaml", models_dir, name);
	_cleanup_buf_ struct buf list = { 0 };

	if (!path)
		return err_oom(e);
	if (file_exists(path))
		return model_load(path, out, e);
	list_models(models_dir, &list);
	return err_set(e, ENOENT,
		       "there is no model '%s'; there are %s, and a path to a file of "
		       "one's own has a slash",
		       name, buf_str(&list));
}

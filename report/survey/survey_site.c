// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/survey_site.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "report/survey/survey_page.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_empty(const char *dir)
{
	DIR *d = opendir(dir);
	bool empty = d;

	for (struct dirent *x; empty && (x = readdir(d));)
		empty = !strcmp(x->d_name, ".") || !strcmp(x->d_name, "..");
	if (d)
		closedir(d);
	return empty;
}

int survey_site_check(const char *dir, struct err *e)
{
	_cleanup_free_ char *document = str_printf("%s/survey.json", dir);
	_cleanup_free_ char *pages = str_printf("%s/scenario", dir);

	if (!document || !pages)
		return err_oom(e);
	/* A survey.json alone may be what somebody keeps beside other files. */
	if (!file_exists(dir) || is_empty(dir) || (file_exists(document) && file_exists(pages)))
		return 0;
	return err_set(
		e, EEXIST,
		"'%s' is there and no survey's: -o names a new folder, an empty one, or that "
		"of a survey, whose pages are made anew",
		dir);
}

static int write_file(const char *dir, const char *name, const struct buf *text, struct err *e)
{
	_cleanup_free_ char *path = str_printf("%s/%s", dir, name);

	if (!path || buf_error(text))
		return err_oom(e);
	return file_write_atomic(path, buf_str(text), text->len, e);
}

static int write_document(const struct survey *x, const char *dir, struct err *e)
{
	_cleanup_free_ char *dumped = json_dumps(x->document, JSON_COMPACT);
	_cleanup_buf_ struct buf text = { 0 };

	if (!dumped)
		return err_oom(e);
	buf_printf(&text, "%s\n", dumped);
	return write_file(dir, "survey.json", &text, e);
}

static int write_scenario(const struct survey *x, const struct survey_row *row, const char *dir,
			  struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };

	survey_scenario(x, row, &text);
	return write_file(dir, survey_file_of(row->name).text, &text, e);
}

static bool has_page(const struct survey *x, const char *name)
{
	for (size_t i = 0; i < x->n_rows; i++) {
		const struct survey_file file = survey_file_of(x->rows[i].name);

		if (!strcmp(file.text + strlen("scenario/"), name))
			return true;
	}
	return false;
}

static bool is_page(const char *name)
{
	const size_t len = strlen(name), end = strlen(".html");

	return len > end && !strcmp(name + len - end, ".html");
}

/* Pages of a survey that stood here before, of scenarios that this one has not. */
static int remove_stale(const struct survey *x, const char *below, struct err *e)
{
	DIR *d = opendir(below);
	int r = d ? 0 : err_set(e, errno, "%s: %s", below, strerror(errno));

	for (struct dirent *one; r == 0 && (one = readdir(d));) {
		if (is_page(one->d_name) && !has_page(x, one->d_name) &&
		    unlinkat(dirfd(d), one->d_name, 0) < 0)
			r = err_set(e, errno, "%s/%s: %s", below, one->d_name, strerror(errno));
	}
	if (d)
		closedir(d);
	return r;
}

int survey_site_write(const struct survey *x, const char *dir, struct err *e)
{
	_cleanup_free_ char *below = str_printf("%s/scenario", dir);
	_cleanup_buf_ struct buf csv = { 0 }, index = { 0 };
	int r = below ? dir_make(below, e) : err_oom(e);

	if (r == 0)
		r = write_document(x, dir, e);
	for (size_t i = 0; r == 0 && i < x->n_rows; i++)
		r = write_scenario(x, &x->rows[i], dir, e);
	survey_csv(x, &csv);
	survey_index(x, &index);
	if (r == 0)
		r = write_file(dir, "survey.csv", &csv, e);
	if (r == 0)
		r = write_file(dir, "index.html", &index, e);
	/* Now that nothing leads to them. */
	return r < 0 ? r : remove_stale(x, below, e);
}

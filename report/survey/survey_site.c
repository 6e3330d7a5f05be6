// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/survey_site.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "report/survey/survey_page.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

	if (!document)
		return err_oom(e);
	if (!file_exists(dir) || is_empty(dir) || file_exists(document))
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
	return r < 0 ? r : write_file(dir, "index.html", &index, e);
}

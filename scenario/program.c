// SPDX-License-Identifier: GPL-2.0-or-later
#include "scenario/program.h"

#include "base/file.h"
#include "parcel/pack.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int program_new(const char *path, struct program **out, struct err *e)
{
	_cleanup_(program_free_p) struct program *p = calloc(1, sizeof(*p));

	if (!p)
		return err_oom(e);
	p->path = file_absolute(path);
	if (!p->path)
		return err_oom(e);
	*out = steal(&p);
	return 0;
}

void program_free(struct program *p)
{
	if (!p)
		return;
	free(p->path);
	buf_free(&p->words);
	free(p->folder);
	buf_free(&p->files);
	free(p->stdin_path);
	free(p->setup);
	parcel_free(p->parcel);
	for (size_t i = 0; i < p->n_metrics; i++) {
		free(p->metrics[i].name);
		free(p->metrics[i].pattern);
	}
	free(p);
}

static bool copy_text(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return !from == !*to;
}

static bool copy_setup(struct program *c, const struct program *p)
{
	c->n_files = p->n_files;
	c->cgroup = p->cgroup;
	c->parcel = parcel_share(p->parcel);
	return copy_text(&c->folder, p->folder) && copy_text(&c->stdin_path, p->stdin_path) &&
	       copy_text(&c->setup, p->setup) &&
	       (!p->files.len || buf_add(&c->files, p->files.data, p->files.len) == 0);
}

struct program *program_copy(const struct program *p)
{
	_cleanup_(program_free_p) struct program *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->path = strdup(p->path);
	c->sha256 = p->sha256;
	c->n_words = p->n_words;
	c->n_environment = p->n_environment;
	if (!c->path || buf_add(&c->words, p->words.data, p->words.len) < 0 || !copy_setup(c, p))
		return NULL;
	for (; c->n_metrics < p->n_metrics; c->n_metrics++) {
		struct program_metric *m = &c->metrics[c->n_metrics];

		m->name = strdup(p->metrics[c->n_metrics].name);
		m->pattern = strdup(p->metrics[c->n_metrics].pattern);
		if (!m->name || !m->pattern) {
			c->n_metrics++;
			return NULL;
		}
	}
	return steal(&c);
}

static int add(struct program *p, const char *word, unsigned *count, struct err *e)
{
	if (*count == PLAN_PROGRAM_WORDS_MAX || p->words.len > PLAN_MAX_BYTES / 2)
		return err_set(e, E2BIG, "%s: too many words", p->path);
	if (buf_add(&p->words, word, strlen(word) + 1) < 0)
		return err_oom(e);
	++*count;
	return 0;
}

int program_add_word(struct program *p, const char *word, struct err *e)
{
	return add(p, word, &p->n_words, e);
}

int program_add_environment(struct program *p, const char *word, struct err *e)
{
	return add(p, word, &p->n_environment, e);
}

static bool has_metric(const struct program *p, const char *name)
{
	for (size_t i = 0; i < p->n_metrics; i++) {
		if (!strcmp(p->metrics[i].name, name))
			return true;
	}
	return false;
}

bool program_name_is_taken(const char *name)
{
	static const char *const own[] = { "iteration", "run", "kernel" };
	static const char *const more[] = { "", "_insns_per_call", "_ns_per_call" };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		size_t len = strlen(own[i]);

		for (size_t k = 0; !strncmp(name, own[i], len) && k < ARRAY_SIZE(more); k++) {
			if (!strcmp(name + len, more[k]))
				return true;
		}
	}
	return false;
}

int program_add_file(struct program *p, const char *word, struct err *e)
{
	if (p->n_files == PROGRAM_FILES_MAX)
		return err_set(e, E2BIG, "%s: more than %d files; a folder is one", p->path,
			       PROGRAM_FILES_MAX);
	if (buf_add(&p->files, word, strlen(word) + 1) < 0)
		return err_oom(e);
	p->n_files++;
	return 0;
}

int program_set_stdin(struct program *p, const char *path, struct err *e)
{
	free(p->stdin_path);
	p->stdin_path = path ? strdup(path) : NULL;
	return !path == !p->stdin_path ? 0 : err_oom(e);
}

int program_add_metric(struct program *p, const char *name, const char *pattern, struct err *e)
{
	struct program_metric *m = &p->metrics[p->n_metrics];
	regex_t regex;
	char why[200];
	int r;

	if (p->n_metrics == PROGRAM_METRICS_MAX)
		return err_set(e, E2BIG, "more than %d metrics", PROGRAM_METRICS_MAX);
	if (program_name_is_taken(name))
		return err_set(e, EINVAL, "metric '%s': slowpath has a metric of that name", name);
	if (has_metric(p, name))
		return err_set(e, EEXIST, "metric '%s' is there twice", name);
	r = regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE);
	if (r) {
		regerror(r, &regex, why, sizeof(why));
		return err_set(e, EINVAL, "metric '%s': pattern '%s': %s", name, pattern, why);
	}
	r = regex.re_nsub ? 0
			  : err_set(e, EINVAL,
				    "metric '%s': pattern '%s' has no group (...) for the number",
				    name, pattern);
	regfree(&regex);
	if (r < 0)
		return r;
	m->name = strdup(name);
	m->pattern = strdup(pattern);
	p->n_metrics++;
	return m->name && m->pattern ? 0 : err_oom(e);
}

void program_segment(struct scenario *s)
{
	snprintf(s->segments[0].name, sizeof(s->segments[0].name), "run");
	s->segments[0].n_ops = 1;
	s->n_segments = 1;
	if (s->program->cgroup && s->n_needs < SCENARIO_WORDS_MAX) {
		s->needs[s->n_needs] = strdup("CONFIG_MEMCG");
		s->n_needs += s->needs[s->n_needs] != NULL;
	}
	s->ops[0] = (struct plan_op){ .code = PLAN_OP_PROGRAM,
				      .map = PLAN_NO_MAP,
				      .map2 = PLAN_NO_MAP,
				      .arg = s->program->n_words,
				      .arg2 = s->program->n_environment,
				      .flags = s->program->cgroup ? PLAN_OP_CGROUP : 0 };
	s->n_ops = 1;
	s->item = ITEM_CALL;
}

int program_scenario(struct program *p, const char *name, struct scenario **out, struct err *e)
{
	_cleanup_(scenario_free_p) struct scenario *s = calloc(1, sizeof(*s));

	if (!s) {
		program_free(p);
		return err_oom(e);
	}
	scenario_defaults(s);
	s->program = p;
	s->warmup_iterations = 0; /* it runs once before the windows in any case */
	s->iterations = 1;
	s->name = str_printf("program/%s", name);
	s->help = str_printf("%s, as it is", name);
	if (!s->name || !s->help)
		return err_oom(e);
	program_segment(s);
	s->sha256 = hash_bytes(p->words.data, p->words.len);
	*out = steal(&s);
	return 0;
}

struct hash_hex program_hash(const char *scenario_sha256, const char *binary_sha256,
			     const char *setup)
{
	char both[2 * HASH_HEX_LEN + 1];

	snprintf(both, sizeof(both), "%s%s", scenario_sha256, binary_sha256);
	if (!setup[0])
		return hash_bytes(both, strlen(both));
	/* The setup's own hash, so that nothing here can run out of memory. */
	snprintf(both, sizeof(both), "%s%s", hash_bytes(both, strlen(both)).text,
		 hash_bytes(setup, strlen(setup)).text);
	return hash_bytes(both, strlen(both));
}

int program_known(struct scenario *s, const char *binary_sha256, const char *setup, struct err *e)
{
	struct program *p = s->program;

	free(p->setup);
	p->setup = strdup(setup);
	if (!p->setup)
		return err_oom(e);
	snprintf(p->sha256.text, sizeof(p->sha256.text), "%s", binary_sha256);
	s->sha256 = program_hash(s->sha256.text, p->sha256.text, setup);
	return 0;
}

/* The value of a variable in the program's environment, or NULL. */
static const char *variable(const struct program *p, const char *key)
{
	const char *word = p->words.data, *found = NULL;
	size_t len = strlen(key);

	for (unsigned i = 0; i < p->n_words + p->n_environment; i++, word += strlen(word) + 1) {
		if (i >= p->n_words && !strncmp(word, key, len) && word[len] == '=')
			found = word + len + 1;
	}
	return found;
}

/* What a scenario's file does not say already, and so is in no hash yet. */
static int put_machine(const struct scenario *s, struct buf *setup)
{
	int r = s->program->cgroup ? buf_puts(setup, "cgroup\n") : 0;

	if (s->file)
		return r;
	if (s->nodes > 1)
		r |= buf_printf(setup, "nodes %u\n", s->nodes);
	for (size_t i = 0; i < s->n_settings; i++)
		r |= buf_printf(setup, "sysfs %s=%s\n", s->settings[i].path, s->settings[i].value);
	return r;
}

int program_load(struct scenario *s, struct err *e)
{
	struct program *p = s->program;
	_cleanup_buf_ struct buf setup = { 0 };
	struct hash_hex sha256;
	struct pack_request q;
	int r;

	if (!p || p->parcel)
		return 0;
	q = (struct pack_request){ .path = p->path,
				   .name = p->words.data,
				   .words = p->words.data,
				   .n_words = p->n_words,
				   .folder = p->folder,
				   .files = p->files.data,
				   .n_files = p->n_files,
				   .stdin_path = p->stdin_path,
				   .library_path = variable(p, "LD_LIBRARY_PATH") };
	r = put_machine(s, &setup) < 0 ? err_oom(e)
				       : pack_program(&q, &p->parcel, &sha256, &setup, e);
	if (r < 0)
		return err_wrap(e, "program");
	return program_known(s, sha256.text, buf_str(&setup), e);
}

/* The marker that opens a region, and the command for shells (guest/work/region.c). */
static const unsigned char region_begin[] = { 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x04, 0x4c, 0x53 };
static const char region_command[] = "slowpath-region";

static bool marks_region(const struct parcel_entry *one)
{
	return S_ISREG(one->mode) && one->data.len &&
	       (memmem(one->data.data, one->data.len, region_begin, sizeof(region_begin)) ||
		memmem(one->data.data, one->data.len, region_command, strlen(region_command)));
}

int program_check_timed(const struct scenario *s, struct err *e)
{
	const struct program *p = s->program;
	const char *where = NULL;

	if (!p || !p->parcel)
		return 0;
	if (memmem(p->words.data, p->words.len, region_command, strlen(region_command)))
		where = "its command line";
	for (size_t i = 0; !where && i < p->parcel->count; i++) {
		if (marks_region(&p->parcel->entries[i]))
			where = intern_text(&p->parcel->names, (uint32_t)i);
	}
	if (!where)
		return 0;
	return err_set(e, ENOTSUP,
		       "program %s marks a region of interest (%s), which is seen where "
		       "instructions are counted; a time would be of the whole program: take "
		       "exact mode, or a build without the region",
		       p->path, where);
}

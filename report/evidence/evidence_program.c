// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/evidence/evidence_program.h"

#include "report/words/plain.h"
#include "scenario/program.h"

#include <errno.h>
#include <string.h>

#define PREFIX "program/"

static int take_words(struct program *p, const char *text, struct err *e)
{
	json_t *words = json_loads(text, 0, NULL);
	const json_t *one;
	size_t i;
	int r = json_is_array(words) ? 0 : err_set(e, EINVAL, "the words of a program are none");

	json_array_foreach(words, i, one)
	{
		const char *word = json_string_value(one);

		if (r == 0)
			r = word ? program_add_word(p, word, e)
				 : err_set(e, EINVAL, "the words of a program are none");
	}
	json_decref(words);
	return r;
}

static int make_scenario(struct evidence *x, const struct record_run *run, struct err *e)
{
	const char *name = run->scenario + strlen(PREFIX);
	struct program *p = NULL;
	struct scenario *s = NULL;
	int r = program_new(name, &p, e);

	if (r < 0)
		return r;
	/* It is known by its name alone: where it lay is nobody's evidence. */
	free(p->path);
	p->path = strdup(name);
	if (!p->path)
		r = err_oom(e);
	if (r == 0)
		r = take_words(p, run->program_words, e);
	if (r < 0) {
		program_free(p);
		return r;
	}
	r = program_scenario(p, name, &s, e);
	if (r < 0)
		return r;
	r = program_known(s, run->program_sha256, run->program_setup, e);
	if (r < 0) {
		scenario_free(s);
		return r;
	}
	return scenario_list_add(&x->scenarios, s, e);
}

static struct scenario *find(const struct evidence *x, const char *name)
{
	for (unsigned i = 0; x->experiment && i < x->experiment->n_scenarios; i++) {
		if (!strcmp(x->experiment->scenarios[i].scenario->name, name))
			return x->experiment->scenarios[i].scenario;
	}
	for (size_t i = 0; !x->experiment && i < x->scenarios.count; i++) {
		if (!strcmp(x->scenarios.items[i]->name, name))
			return x->scenarios.items[i];
	}
	return NULL;
}

int evidence_program_scenarios(struct evidence *x, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->record->n_runs; i++) {
		const struct record_run *run = &x->record->runs[i];

		if (run->program_sha256 && strlen(run->program_sha256) == HASH_HEX_LEN &&
		    !strncmp(run->scenario, PREFIX, strlen(PREFIX)) && !find(x, run->scenario))
			r = make_scenario(x, run, e);
	}
	return r;
}

int evidence_programs(struct evidence *x, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->record->n_runs; i++) {
		const struct record_run *run = &x->record->runs[i];
		struct scenario *s = find(x, run->scenario);

		if (!run->program_sha256)
			continue;
		if (strlen(run->program_sha256) != HASH_HEX_LEN)
			r = err_set(e, EINVAL, "run %lld: a program without its SHA-256",
				    (long long)run->id);
		else if (s && s->program && !s->program->sha256.text[0])
			r = program_known(s, run->program_sha256, run->program_setup, e);
	}
	return r;
}

void evidence_program_text(const struct scenario *s, struct buf *out)
{
	const struct program *p = s->program;
	const char *word = p->words.data;

	for (unsigned i = 0; i < p->n_words + p->n_environment; i++) {
		buf_puts(out, i ? " " : "");
		plain_markdown(out, word);
		word += strlen(word) + 1;
	}
	buf_puts(out, ", a file with the SHA-256 ");
	buf_puts(out, p->sha256.text);
	if (p->setup && p->setup[0])
		buf_puts(out, "; what else it found in the guest is in raw/programs.csv, under "
			      "setup");
}

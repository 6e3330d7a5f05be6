// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is new is found by the commands that a person would type, each a child with its documented
 * exit status and JSON: 'survey --into', 'narrow' or 'bisect' for a step, 'report' for its mail.
 */
#include "cmd/common/cmd.h"
#include "cmd/measure/patrol.h"
#include "cmd/measure/patrol_call.h"
#include "cmd/terminal/terminal.h"
#include "drive/session/home.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"
#include "kernel/git/git.h"
#include "kernel/name/spec.h"
#include "kernel/name/vercmp.h"
#include "kernel/store/title.h"
#include "judge/table/verdict.h"
#include "report/words/plain.h"

#define TOLD_MAX 1000 /* bytes of a reason */

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct patrol {
	const struct cmd_ctx *ctx;
	struct patrol_profile profile;
	struct patrol_state state;
	const char *since; /* an upstream version; NULL: none */
	bool anew;
	json_t *found;	/* new steps */
	json_t *failed; /* [{"source", "reason"}] */
	json_t *surveys;
	size_t known, before; /* steps that were known, and that are older than since */
	int status;	      /* of what failed; 0: nothing did */
};

static int oom_or(json_t *list, json_t *one, struct err *e)
{
	return json_array_append_new(list, one) < 0 ? err_oom(e) : 0;
}

/* What others say, of foreign trees too, in one line. */
static void tell(const char *who, const char *what, const char *why)
{
	_cleanup_buf_ struct buf line = { 0 };

	plain_line(&line, why ? why : "no reason given", TOLD_MAX);
	fprintf(stderr, "slowpath patrol: %s%s: %s\n", who, what, buf_str(&line));
}

/* A source that fails keeps none of the others from being looked at. */
static int note_failure(struct patrol *p, const struct patrol_source *s, int status,
			const char *why, struct err *e)
{
	tell(s->name, "", why);
	/* A word of the profile that a command refuses is no word of this command line. */
	p->status =
		status == ERR_UNMEASURED && (!p->status || p->status == status) ? status : ERR_TOOL;
	return oom_or(p->failed,
		      json_pack("{s:s,s:o}", "source", s->name, "reason",
				plain_json(why ? why : "no reason given")),
		      e);
}

/* A command that prints JSON: its status, and the document if there is one. */
static int ask(struct patrol *p, struct patrol_call *c, json_t **out, char **why, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r;

	patrol_word(c, "--json");
	r = patrol_call(c, p->ctx->home_arg, &text, why, e);
	*out = r >= 0 && text.len ? json_loadb(buf_str(&text), text.len, 0, NULL) : NULL;
	return r;
}

/* The commits that a tree's refs are at, the oldest first: "ID\n" each. */
static int read_heads(const struct patrol_source *s, struct buf *out, char **dir, struct err *e)
{
	const char *words[PATROL_WORDS_MAX + 5] = {
		"for-each-ref", "--sort=creatordate",
		"--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)"
	};
	_cleanup_git_ struct git_tree t = { 0 };
	int r = git_open(s->tree, &t, e);

	for (size_t i = 0; i < s->refs.count; i++)
		words[3 + i] = s->refs.items[i];
	if (r == 0)
		r = git_run(t.dir, words, true, out, e);
	if (r == 0 && !out->len)
		r = err_set(e, ENOENT, "%s has no ref that is meant", t.dir);
	if (r == 0)
		*dir = steal(&t.dir);
	return r;
}

/* A kernel that does not build is remembered, and not built again at each call. */
static int build_one(struct patrol *p, const char *spec, bool *there, struct err *e)
{
	struct patrol_call c = { .words = { "kernel", "add", spec }, .count = 3 };
	json_t *unbuilt = json_object_get(p->state.known, "unbuilt"), *document = NULL;
	_cleanup_free_ char *why = NULL;
	int r;

	*there = false;
	if (!p->anew && json_object_get(unbuilt, spec))
		return 0;
	patrol_option(&c, "--config", p->profile.config);
	r = ask(p, &c, &document, &why, e);
	json_decref(document);
	if (r < 0)
		return r;
	*there = r == 0;
	if (r != 125)
		return r == 0 ? 0 : err_set(e, EINVAL, "%s", why ? why : spec);
	fprintf(stderr, "slowpath patrol: left out %s: %s\n", spec,
		why ? why : "it does not build");
	return json_object_set_new(unbuilt, spec, plain_json(why ? why : "")) < 0
		       ? err_oom(e)
		       : patrol_state_save(&p->state, e);
}

static bool has_word(const struct patrol_words *w, const char *word)
{
	for (size_t i = 0; i < w->count; i++) {
		if (!strcmp(w->items[i], word))
			return true;
	}
	return false;
}

/* The head of before, where that was the only one. */
static int add_kept(const struct patrol *p, const struct patrol_source *s, struct patrol_words *out,
		    struct err *e)
{
	const char *kept = json_text_at(json_object_get(p->state.known, "heads"), s->name, NULL);

	if (!kept)
		return 0;
	out->items[out->count] = strdup(kept);
	return out->items[out->count++] ? 0 : err_oom(e);
}

/* Specs of a tree's heads that build. */
static int find_heads(struct patrol *p, const struct patrol_source *s, struct patrol_words *out,
		      struct err *e)
{
	_cleanup_buf_ struct buf heads = { 0 };
	_cleanup_free_ char *dir = NULL;
	int r = read_heads(s, &heads, &dir, e);

	if (r == 0)
		r = add_kept(p, s, out, e);
	for (const char *at = buf_str(&heads); r == 0 && *at; at += strcspn(at, "\n") + 1) {
		_cleanup_free_ char *spec =
			str_printf("git:%s@%.*s", dir, (int)strcspn(at, "\n"), at);
		bool there = false;

		if (!spec)
			return err_oom(e);
		if (has_word(out, spec))
			continue;
		if (out->count == PATROL_WORDS_MAX)
			return err_set(e, E2BIG, "more than %d refs are meant", PATROL_WORDS_MAX);
		r = build_one(p, spec, &there, e);
		if (r == 0 && there)
			out->items[out->count++] = steal(&spec);
	}
	return r;
}

static int survey(struct patrol *p, const struct patrol_source *s, const struct patrol_words *specs,
		  json_t **out, char **why, struct err *e)
{
	json_t *surveys = json_object_get(p->state.known, "surveys");
	const char *id = p->anew ? NULL : json_text_at(surveys, s->name, NULL);
	struct patrol_call c = { .words = { "survey" }, .count = 1 };
	int r;

	patrol_option(&c, "--into", id);
	for (size_t i = 0; i < specs->count; i++)
		patrol_word(&c, specs->items[i]);
	for (size_t i = 0; i < p->profile.scenarios.count; i++)
		patrol_option(&c, "-s", p->profile.scenarios.items[i]);
	patrol_option(&c, "--config", p->profile.config);
	if (!id)
		patrol_option(&c, "--threshold", p->profile.threshold);
	r = ask(p, &c, out, why, e);
	if (r != 0)
		return r;
	id = json_text_at(*out, "id", NULL);
	if (!id)
		return err_set(e, EBADMSG, "slowpath survey printed no document");
	if (json_object_set_new(surveys, s->name, json_string(id)) < 0 ||
	    json_object_set_new(p->surveys, s->name, json_string(id)) < 0)
		return err_oom(e);
	return patrol_state_save(&p->state, e);
}

/* One of the two commands that look at a step; *out stays NULL if it came to no experiment. */
static int look_again(struct patrol *p, struct patrol_call *c, const char *scenario, json_t **out,
		      struct err *e)
{
	_cleanup_free_ char *why = NULL;
	int r;

	patrol_option(c, "-s", scenario);
	patrol_option(c, "--threshold", p->profile.threshold);
	patrol_option(c, "--config", p->profile.config);
	r = ask(p, c, out, &why, e);
	if (r < 0 || json_text_at(*out, "id", NULL))
		return r < 0 ? r : 0;
	{
		_cleanup_free_ char *what = str_printf(" %s", scenario);

		tell(c->words[0], what ? what : "", why);
	}
	/* What could not be asked is asked again at the next call. */
	if (r != 0 && r != 1 && r != ERR_UNMEASURED && !strcmp(c->words[0], "narrow"))
		return err_set(e, EIO, "%s: %s", c->words[0], why ? why : "no reason given");
	json_decref(*out);
	*out = NULL;
	return 0;
}

/*
 * A regression in a tree is bisected. Else, and where one commit does not come from the other, both
 * kernels are measured once more.
 */
static int search(struct patrol *p, const struct patrol_source *s, const char *scenario,
		  const json_t *step, json_t **out, struct err *e)
{
	const char *good = json_text_at(step, "last_good", ""),
		   *bad = json_text_at(step, "first_bad", "");
	const struct kernel_commit first = kernel_commit(good), last = kernel_commit(bad);
	const bool slower =
		!strcmp(json_text_at(step, "verdict", ""), verdict_name(VERDICT_REGRESSION));
	struct patrol_call narrow = { .words = { "narrow", good, bad }, .count = 3 };
	struct patrol_call bisect = { .words = { "bisect", "--tree", s->tree, "--good", first.id,
						 "--bad", last.id },
				      .count = 7 };
	int r = s->tree && slower && first.id[0] && last.id[0]
			? look_again(p, &bisect, scenario, out, e)
			: 0;

	return r < 0 || *out ? r : look_again(p, &narrow, scenario, out, e);
}

/* Of a name of a file, only what is harmless in one. */
static char *mail_path(const struct patrol *p, const struct patrol_source *s, const char *scenario,
		       const char *id)
{
	char *path = str_printf("%s/%s-%s-%s.mail", p->profile.mails, s->name, scenario, id);

	for (char *at = path ? path + strlen(p->profile.mails) + 1 : NULL; at && *at; at++)
		*at = *at == '/' ? '-' : *at;
	return path;
}

/* Whoever maintains the code is asked of the tree, which may not know. */
static int report(struct patrol *p, const char *tree, const char *id, struct buf *out, char **why,
		  struct err *e)
{
	struct patrol_call c = { .words = { "report", id, "--format", "mail" }, .count = 4 };
	int r;

	patrol_option(&c, "--tree", tree);
	r = patrol_call(&c, p->ctx->home_arg, out, why, e);
	if (r <= 0 || !tree)
		return r;
	free(*why);
	c.count = 4;
	out->len = 0;
	return patrol_call(&c, p->ctx->home_arg, out, why, e);
}

/* NULL in *path, with the reason in *why, where what was measured is no matter of a mail. */
static int write_mail(struct patrol *p, const struct patrol_source *s, const char *scenario,
		      const char *id, char **path, char **why, struct err *e)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = report(p, s->tree, id, &text, why, e);

	*path = NULL;
	if (r != 0)
		return r < 0 ? r : 0;
	free(*why);
	*why = NULL;
	r = dir_make(p->profile.mails, e);
	*path = r == 0 ? mail_path(p, s, scenario, id) : NULL;
	if (r == 0 && !*path)
		r = err_oom(e);
	return r == 0 ? file_write_atomic(*path, buf_str(&text), text.len, e) : r;
}

static json_t *step_json(const struct patrol_source *s, const char *scenario, const json_t *step,
			 const json_t *study, const char *mail, const char *why)
{
	const json_t *status = json_object_get(study, "status");

	return json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:O,s:s?,s:s?,s:s,s:s?,s:s?}", "source", s->name, "scenario",
		scenario, "last_good", json_text_at(step, "last_good", ""), "first_bad",
		json_text_at(step, "first_bad", ""), "verdict", json_text_at(step, "verdict", ""),
		"ratio", json_object_get(step, "ratio"), "function",
		json_text_at(json_array_get(json_object_get(step, "functions"), 0), "name", NULL),
		"experiment", json_text_at(study, "id", NULL), "found",
		status	? json_string_value(status)
		: study ? "narrowed"
			: "not repeated",
		"mail", mail, "reason", why);
}

/* It is remembered only when its mail is written. */
static int take_step(struct patrol *p, const struct patrol_source *s, const char *scenario,
		     const json_t *step, struct err *e)
{
	_cleanup_free_ char *mail = NULL, *why = NULL;
	json_t *study = NULL, *one;
	int r;

	terminal_begin("looking at a step");
	r = search(p, s, scenario, step, &study, e);
	if (r == 0 && study)
		r = write_mail(p, s, scenario, json_text_at(study, "id", ""), &mail, &why, e);
	one = r == 0 ? step_json(s, scenario, step, study, mail,
				 study ? why : "the step could not be looked at again")
		     : NULL;
	if (r == 0 && (!one || json_array_append(p->found, one) < 0 ||
		       json_array_append(json_object_get(p->state.known, "steps"), one) < 0))
		r = err_oom(e);
	if (r == 0)
		r = patrol_state_save(&p->state, e);
	json_decref(one);
	json_decref(study);
	return r;
}

static bool is_before(const struct patrol *p, const json_t *kernels, const char *spec)
{
	const json_t *k;
	size_t i;

	json_array_foreach(kernels, i, k)
	{
		if (p->since && !strcmp(json_text_at(k, "spec", ""), spec))
			return vercmp(json_text_at(k, "release", ""), p->since) < 0;
	}
	return false;
}

/* A change that is believed, between two kernels with none measured between. */
static bool is_step(const json_t *step)
{
	const char *verdict = json_text_at(step, "verdict", "");

	return !json_is_true(json_object_get(step, "gradual")) &&
	       (!strcmp(verdict, "regression") || !strcmp(verdict, "improvement"));
}

static int take_steps(struct patrol *p, const struct patrol_source *s, const json_t *document,
		      struct err *e)
{
	const json_t *kernels = json_object_get(document, "kernels"), *row, *step;
	size_t i, k;
	int r = 0;

	json_array_foreach(json_object_get(document, "scenarios"), i, row)
	{
		const char *scenario = json_text_at(row, "scenario", "");

		json_array_foreach(json_object_get(row, "steps"), k, step)
		{
			if (r < 0 || !is_step(step))
				continue;
			if (is_before(p, kernels, json_text_at(step, "first_bad", "")))
				p->before++;
			else if (patrol_knows(&p->state, s->name, scenario, kernels, step))
				p->known++;
			else
				r = take_step(p, s, scenario, step, e);
		}
	}
	return r;
}

/* One head is no survey yet: it is measured when there is another. */
static bool is_first_head(const struct patrol *p, const struct patrol_source *s,
			  const struct patrol_words *heads)
{
	return heads->count < 2 &&
	       !json_object_get(json_object_get(p->state.known, "surveys"), s->name);
}

static int keep_head(struct patrol *p, const struct patrol_source *s,
		     const struct patrol_words *heads, struct err *e)
{
	if (!heads->count)
		return 0;
	return json_object_set_new(json_object_get(p->state.known, "heads"), s->name,
				   json_string(heads->items[0])) < 0
		       ? err_oom(e)
		       : patrol_state_save(&p->state, e);
}

static int look_at(struct patrol *p, const struct patrol_source *s, struct err *e)
{
	struct patrol_words heads = { 0 };
	_cleanup_free_ char *why = NULL;
	json_t *document = NULL;
	struct err own = { 0 };
	int r = 0;

	terminal_begin(s->name);
	if (s->tree)
		r = find_heads(p, s, &heads, &own);
	if (r == 0 && s->tree && is_first_head(p, s, &heads)) {
		r = keep_head(p, s, &heads, e);
		goto out;
	}
	if (r == 0)
		r = survey(p, s, s->tree ? &heads : &s->kernels, &document, &why, &own);
	if (r == 0)
		r = take_steps(p, s, document, &own);
	terminal_end();
	if (r > 0)
		r = note_failure(p, s, r, why, e);
	else if (r < 0)
		r = note_failure(p, s, own.status ? (int)own.status : 128, own.text, e);
out:
	terminal_end();
	json_decref(document);
	for (size_t i = 0; i < heads.count; i++)
		free(heads.items[i]);
	return r;
}

static int print(const struct patrol *p, struct err *e)
{
	const json_t *one;
	json_t *document;
	size_t i;
	int status;

	if (!p->ctx->json) {
		printf("%zu new step%s, %zu known, %zu before --since; %zu source%s failed\n",
		       json_array_size(p->found), json_array_size(p->found) == 1 ? "" : "s",
		       p->known, p->before, json_array_size(p->failed),
		       json_array_size(p->failed) == 1 ? "" : "s");
		json_array_foreach(p->found, i, one)
			printf("%s: %s, x %.4f at %s, %s: %s\n", json_text_at(one, "scenario", ""),
			       json_text_at(one, "verdict", ""), json_number_at(one, "ratio"),
			       json_text_at(one, "first_bad", ""), json_text_at(one, "found", ""),
			       json_text_at(one, "mail", json_text_at(one, "reason", "no mail")));
		return finish_stdout();
	}
	document = json_pack("{s:s,s:s,s:O,s:O,s:I,s:I,s:O}", "schema", "slowpath/patrol/1", "name",
			     p->profile.name, "surveys", p->surveys, "new", p->found, "known",
			     (json_int_t)p->known, "before", (json_int_t)p->before, "failed",
			     p->failed);
	status = document ? print_json(document) : (err_oom(e), report_error(e));
	json_decref(document);
	return status;
}

/* A new step is told even where another source failed. */
static int conclude(const struct patrol *p, struct err *e)
{
	const int status = print(p, e);

	if (status)
		return status;
	/* --exit-zero is of steps, and not of what could not be looked at. */
	if (p->status && (p->ctx->exit_zero || !json_array_size(p->found)))
		return p->status;
	return verdict_status(p->ctx, json_array_size(p->found) ? 1 : 0);
}

static int go(struct patrol *p, const char *path, struct err *e)
{
	_cleanup_home_ struct home home = { 0 };
	int r = patrol_profile_read(path, &p->profile, e);

	if (r == 0)
		r = home_open(p->ctx->home_arg, &home, e);
	if (r == 0)
		r = patrol_state_open(home.data, p->profile.name, &p->state, e);
	p->found = json_array();
	p->failed = json_array();
	p->surveys = json_object();
	if (r == 0 && (!p->found || !p->failed || !p->surveys))
		r = err_oom(e);
	for (size_t i = 0; r == 0 && i < p->profile.n_sources; i++)
		r = look_at(p, &p->profile.sources[i], e);
	return r;
}

static int run(const struct cmd *self, struct cmd_ctx *ctx, int argc, char **argv)
{
	struct patrol p = { .ctx = ctx, .state = { .lock = -1 } };
	const struct opt table[] = {
		{ "since", 0, OPT_STRING, "VERSION",
		  "steps at kernels before this one are left alone", &p.since },
		{ "anew", 0, OPT_FLAG, NULL, "begin new surveys; steps that are known stay so",
		  &p.anew },
	};
	struct err e = { 0 };
	size_t number = 0;
	int status = opts_parse(self, ctx, table, ARRAY_SIZE(table), &argc, argv, NULL);

	if (status < 0 && argc != 1)
		status = usage_error(self, "one PROFILE is expected");
	if (status < 0 && p.since && spec_version_length(p.since, &number) != strlen(p.since))
		status = usage_error(self, "--since: '%s' is no version", p.since);
	if (status < 0)
		status = go(&p, argv[0], &e) < 0 ? report_error(&e) : conclude(&p, &e);
	json_decref(p.found);
	json_decref(p.failed);
	json_decref(p.surveys);
	patrol_state_close(&p.state);
	patrol_profile_free(&p.profile);
	return status;
}

const struct cmd cmd_patrol = {
	.name = "patrol",
	.args = "PROFILE [--since VERSION] [--anew]",
	.help = "measures what is new, and leaves a mail for each new step",
	.has_verdict = true,
	.run = run,
};

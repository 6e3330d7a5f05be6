// SPDX-License-Identifier: GPL-2.0-or-later
/* What runs measure beside instructions. Columns stand in the order of enum cost. */
#include "store/internal.h"
#include "store/sql.h"

#include <string.h>

static void bind_slot(struct sql *q, int64_t id, unsigned slot)
{
	sql_int(q, id);
	sql_int(q, slot / MARKER_SEGMENTS);
	sql_int(q, slot % MARKER_SEGMENTS);
}

static int insert_slots(struct store *s, int64_t id, const struct profile *p, struct err *e)
{
	static const struct profile_slot nothing;
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(
		s->db,
		"INSERT INTO slot_cost VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		&q, e);

	for (unsigned slot = 0; r == 0 && slot < MARKER_SLOTS; slot++) {
		if (!memcmp(&p->slots[slot], &nothing, sizeof(nothing)))
			continue;
		bind_slot(&q, id, slot);
		for (unsigned c = COST_LOADS; c < COST_COUNT; c++)
			sql_int(&q, (int64_t)profile_slot_cost(p, slot, c));
		r = sql_run(&q, e);
	}
	return r;
}

static int insert_functions(struct store *s, int64_t id, const struct profile *p, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(
		s->db, "INSERT INTO function_cost VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &q, e);

	for (size_t i = 0; r == 0 && i < p->count * MARKER_SLOTS; i++) {
		const struct profile_function *f = &p->functions[i / MARKER_SLOTS];
		unsigned slot = i % MARKER_SLOTS;

		if (!f->costs || (!f->insns[slot] && !f->calls[slot]))
			continue;
		bind_slot(&q, id, slot);
		sql_text(&q, f->name);
		for (unsigned c = COST_LOADS; c < COST_OF_FUNCTIONS; c++)
			sql_int(&q, (int64_t)profile_cost(f, c)[slot]);
		r = sql_run(&q, e);
	}
	return r;
}

struct task_rows {
	struct sql *q;
	int64_t id;
	struct err *e;
};

static int insert_task(const char *task, const char *function, unsigned slot, uint64_t insns,
		       uint64_t calls, void *arg)
{
	const struct task_rows *rows = arg;

	sql_int(rows->q, rows->id);
	sql_text(rows->q, task);
	sql_text(rows->q, function);
	sql_int(rows->q, slot / MARKER_SEGMENTS);
	sql_int(rows->q, slot % MARKER_SEGMENTS);
	sql_int(rows->q, (int64_t)insns);
	sql_int(rows->q, (int64_t)calls);
	return sql_run(rows->q, rows->e);
}

static int insert_tasks(struct store *s, int64_t id, const struct profile *p, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO task_count VALUES (?, ?, ?, ?, ?, ?, ?)", &q, e);
	struct task_rows rows = { &q, id, e };

	return r < 0 ? r : profile_each_task_count(p, insert_task, &rows);
}

static int insert_nodes(struct store *s, int64_t id, const struct calltree *t, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO tree_node VALUES (?, ?, ?, ?)", &q, e);

	for (size_t i = 0; r == 0 && i < t->count; i++) {
		sql_int(&q, id);
		sql_int(&q, (int64_t)i);
		if (i)
			sql_int(&q, t->nodes[i].parent);
		else
			sql_null(&q);
		sql_text(&q, t->nodes[i].name);
		r = sql_run(&q, e);
	}
	return r;
}

static int insert_tree_counts(struct store *s, int64_t id, const struct calltree *t, struct err *e)
{
	_cleanup_sql_ struct sql q;
	int r = sql_prepare(s->db, "INSERT INTO tree_count VALUES (?, ?, ?, ?, ?, ?)", &q, e);

	for (size_t i = 0; r == 0 && i < t->count * MARKER_SLOTS; i++) {
		const struct calltree_node *n = &t->nodes[i / MARKER_SLOTS];
		unsigned slot = i % MARKER_SLOTS;

		if (!n->insns[slot] && !n->calls[slot])
			continue;
		sql_int(&q, id);
		sql_int(&q, (int64_t)(i / MARKER_SLOTS));
		sql_int(&q, slot / MARKER_SEGMENTS);
		sql_int(&q, slot % MARKER_SEGMENTS);
		sql_int(&q, (int64_t)n->insns[slot]);
		sql_int(&q, (int64_t)n->calls[slot]);
		r = sql_run(&q, e);
	}
	return r;
}

int run_costs_insert(struct store *s, int64_t id, const struct run *run, bool functions,
		     struct err *e)
{
	int r = 0;

	if (run->profile.events)
		r = insert_slots(s, id, &run->profile, e);
	if (r == 0 && functions)
		r = insert_functions(s, id, &run->profile, e);
	if (r == 0)
		r = insert_tasks(s, id, &run->profile, e);
	if (r == 0 && run->tree.count) {
		r = insert_nodes(s, id, &run->tree, e);
		if (r == 0)
			r = insert_tree_counts(s, id, &run->tree, e);
	}
	return r;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The library reads, and a scenario becomes the bytes that proto/plan.h describes. */
#include "proto/crc32.h"
#include "proto/plan_files.h"
#include "scenario/library.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static const char text[] =
	"two-maps:\n"
	"  help: one line\n"
	"  source: [do_this, do_that]\n"
	"  needs: [CONFIG_SHMEM]\n"
	"  item: call\n"
	"  segments:\n"
	"    first:\n"
	"      - mprotect: {map: b, to: none, offset: 4K}\n"
	"      - touch: {map: a, access: write, stride: 64, offset: 8, size: 128}\n"
	"    second:\n"
	"      - madvise: {map: a, advice: pageout, size: 4K}\n"
	"  prepare:\n"
	"    - touch: {map: b, access: read}\n"
	"  maps:\n"
	"    a: {kind: anon-shared, size: 8K, align: 4K}\n"
	"    b: {kind: anon-private, size: 2M, advice: hugepage}\n"
	"  warmup: 3\n"
	"  iterations: 5\n"
	"  expect: {present: all, vmas: 2}\n"
	"defaults:\n"
	"  help: the shortest\n"
	"  maps: {m: {kind: anon-private, size: 16K}}\n"
	"  segments: {only: [touch: {map: m, access: read}]}\n";

/* The plan's parts, as the guest would cut it. */
struct plan {
	void *bytes;
	size_t len;
	struct plan_header h;
	struct plan_map maps[PLAN_MAX_MAPS];
	struct plan_segment segments[8];
	struct plan_op ops[16];
};

static void cut(struct plan *p)
{
	const char *at = p->bytes;

	assert_true(p->len >= sizeof(p->h));
	memcpy(&p->h, at, sizeof(p->h));
	at += sizeof(p->h);
	assert_int_equal(p->h.magic, PLAN_MAGIC);
	assert_int_equal(p->h.version, PLAN_VERSION);
	assert_int_equal(p->h.length, p->len);
	assert_int_equal(p->h.crc, crc32_update(0, at, p->len - sizeof(p->h)));
	assert_int_equal(p->len, sizeof(p->h) + p->h.n_maps * sizeof(p->maps[0]) +
					 p->h.n_segments * sizeof(p->segments[0]) +
					 p->h.n_ops * sizeof(p->ops[0]));
	assert_true(p->h.n_maps <= PLAN_MAX_MAPS && p->h.n_segments <= 8 && p->h.n_ops <= 16);
	memcpy(p->maps, at, p->h.n_maps * sizeof(p->maps[0]));
	at += p->h.n_maps * sizeof(p->maps[0]);
	memcpy(p->segments, at, p->h.n_segments * sizeof(p->segments[0]));
	at += p->h.n_segments * sizeof(p->segments[0]);
	memcpy(p->ops, at, p->h.n_ops * sizeof(p->ops[0]));
}

static void plan_of(const struct scenario *s, const struct plan_request *q, struct plan *out)
{
	struct err e = { 0 };

	memset(out, 0, sizeof(*out));
	assert_int_equal(scenario_plan(s, q, &out->bytes, &out->len, &e), 0);
	cut(out);
}

static int read_all(void **state)
{
	struct scenario_list *l = calloc(1, sizeof(*l));
	struct err e = { 0 };

	*state = l;
	return l ? scenario_read("mm", "mm.yaml", text, strlen(text), l, &e) : -1;
}

static int free_all(void **state)
{
	scenario_list_free(*state);
	free(*state);
	return 0;
}

static void all_members_are_read(void **state)
{
	const struct scenario_list *l = *state;
	const struct scenario *s = l->items[0];

	assert_int_equal(l->count, 2);
	assert_string_equal(s->name, "mm/two-maps");
	assert_string_equal(s->help, "one line");
	assert_int_equal(s->n_source, 2);
	assert_string_equal(s->source[1], "do_that");
	assert_int_equal(s->n_needs, 1);
	assert_string_equal(s->needs[0], "CONFIG_SHMEM");
	assert_string_equal(scenario_item_name(s), "call");
	assert_int_equal(scenario_pages(s), 2 + 512);
	assert_int_equal(scenario_items(s), 2); /* a touch is no call */
	assert_int_equal(s->expect.present_pages, 514);
	assert_int_equal(s->expect.vmas, 2);
	assert_int_equal(s->expect.dirty_pages, SCENARIO_ANY);
	assert_int_equal(s->expect.pmd_mapped_pages, SCENARIO_ANY);
	assert_int_equal(s->expect.swapped_pages, SCENARIO_ANY);
}

/* Pages that are never all there are no items; a function is a need like another. */
static void sparse_maps_and_functions(void **state)
{
	static const char own[] = "s:\n"
				  "  help: h\n"
				  "  needs: [CONFIG_SHMEM, function: a|b]\n"
				  "  maps:\n"
				  "    m: {kind: anon-private, size: 8K}\n"
				  "    large: {kind: anon-private, size: 16G, reserve: no}\n"
				  "  segments:\n"
				  "    a: [open: {times: 3}, read-file: {file: pagemap, map: m}, "
				  "brk: {to: 12K, each: 4K}]\n"
				  "  expect: {present: all}\n";
	struct scenario_list l = { 0 };
	_cleanup_buf_ struct buf needs = { 0 };
	struct err e = { 0 };
	struct plan p;

	(void)state;
	assert_int_equal(scenario_read("mm", "mm.yaml", own, strlen(own), &l, &e), 0);
	assert_int_equal(scenario_pages(l.items[0]), 2);
	assert_int_equal(l.items[0]->expect.present_pages, 2);
	scenario_needs(l.items[0], ", ", &needs);
	assert_string_equal(buf_str(&needs), "CONFIG_SHMEM, function: a|b");
	plan_of(l.items[0], &(struct plan_request){ .online_cpus = 1 }, &p);
	assert_int_equal(p.maps[1].flags, PLAN_MAP_NORESERVE);
	assert_int_equal(p.ops[0].arg, 3);
	assert_int_equal(p.ops[1].arg, PLAN_FILE_PAGEMAP);
	assert_int_equal(p.ops[1].bytes, 8192);
	assert_int_equal(p.ops[2].arg, 12288);
	assert_int_equal(p.ops[2].each, 4096);
	l.items[0]->item = ITEM_CALL;
	assert_int_equal(scenario_items(l.items[0]), 3 + 1 + 3);
	free(p.bytes);
	scenario_list_free(&l);
}

static void missing_members_have_defaults(void **state)
{
	const struct scenario_list *l = *state;
	const struct scenario *s = l->items[1];

	assert_string_equal(s->name, "mm/defaults");
	assert_string_equal(scenario_item_name(s), "page");
	assert_int_equal(scenario_items(s), 4);
	assert_int_equal(s->warmup_iterations, 1);
	assert_int_equal(s->iterations, 2);
	assert_int_equal(s->rounds_max, 1000);
	assert_int_equal(s->min_time_ms, 500);
	assert_int_equal(s->n_prepare, 0);
	assert_int_equal(s->maps[0].align, 2 << 20);
	assert_int_equal(s->ops[0].stride, 4096);
	assert_int_equal(s->ops[0].bytes, 16384);
	assert_int_equal(s->expect.vmas, SCENARIO_ANY);
}

static void the_plan_is_as_described(void **state)
{
	const struct scenario_list *l = *state;
	struct plan p;

	plan_of(l->items[0], &(struct plan_request){ .online_cpus = 4 }, &p);
	assert_int_equal(p.h.kind, PLAN_SCENARIO);
	assert_int_equal(p.h.n_maps, 2);
	assert_int_equal(p.h.n_segments, 2);
	assert_int_equal(p.h.n_ops, 4);
	assert_int_equal(p.h.n_prepare, 1);
	assert_int_equal(p.h.warmup_iterations, 3);
	assert_int_equal(p.h.iterations, 5);
	assert_int_equal(p.h.online_cpus, 4);
	/* Every pair at another place of every tick that kernels have: 1000, 250 and 100 Hz. */
	for (size_t i = 0; i < MARKER_PAIRS; i++) {
		assert_true(p.h.rest_ns[i]);
		for (size_t k = 0; k < i; k++) {
			assert_int_not_equal(p.h.rest_ns[i] % 1000000, p.h.rest_ns[k] % 1000000);
			assert_int_not_equal(p.h.rest_ns[i] % 4000000, p.h.rest_ns[k] % 4000000);
			assert_int_not_equal(p.h.rest_ns[i] % 10000000, p.h.rest_ns[k] % 10000000);
		}
	}
	assert_int_equal(p.maps[0].kind, PLAN_MAP_ANON_SHARED);
	assert_int_equal(p.maps[0].bytes, 8192);
	assert_int_equal(p.maps[0].align, 4096);
	assert_int_equal(p.maps[0].advice, 0);
	assert_int_equal(p.maps[1].kind, PLAN_MAP_ANON_PRIVATE);
	assert_int_equal(p.maps[1].advice, MADV_HUGEPAGE);
	assert_string_equal(p.segments[0].name, "first");
	assert_int_equal(p.segments[0].n_ops, 2);
	assert_string_equal(p.segments[1].name, "second");
	assert_int_equal(p.segments[1].n_ops, 1);
	free(p.bytes);
}

/* Prepare first, wherever it stands in the file, then the segments in their order. */
static void operations_stand_in_their_order(void **state)
{
	static const struct plan_op want[] = {
		{ PLAN_OP_TOUCH_READ, 1, 0, 2 << 20, 4096, .map2 = PLAN_NO_MAP },
		{ PLAN_OP_MPROTECT, 1, 4096, (2 << 20) - 4096, 4096, PROT_NONE,
		  .map2 = PLAN_NO_MAP },
		{ PLAN_OP_TOUCH_WRITE, 0, 8, 128, 64, .map2 = PLAN_NO_MAP },
		{ PLAN_OP_MADVISE, 0, 0, 4096, 4096, MADV_PAGEOUT, .map2 = PLAN_NO_MAP },
	};
	const struct scenario_list *l = *state;
	struct plan p;

	plan_of(l->items[0], &(struct plan_request){ 0 }, &p);
	assert_memory_equal(p.ops, want, sizeof(want));
	free(p.bytes);
}

static void maps_move_by_the_perturbation(void **state)
{
	static const struct {
		uint64_t request, plain, huge;
	} rows[] = {
		{ 0, 0, 0 },
		{ 4096, 4096, 2 << 20 },
		{ 2 << 20, 2 << 20, 2 << 20 },
		{ (2 << 20) + 4096, (2 << 20) + 4096, 4 << 20 },
	};
	const struct scenario_list *l = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct plan p;

		plan_of(l->items[0], &(struct plan_request){ .map_offset = rows[i].request }, &p);
		assert_int_equal(p.maps[0].offset, rows[i].plain);
		assert_int_equal(p.maps[1].offset, rows[i].huge);
		free(p.bytes);
	}
}

static void plans_are_deterministic(void **state)
{
	const struct scenario_list *l = *state;
	struct plan a, b, c;

	plan_of(l->items[0], &(struct plan_request){ .online_cpus = 1 }, &a);
	plan_of(l->items[0], &(struct plan_request){ .online_cpus = 1 }, &b);
	plan_of(l->items[1], &(struct plan_request){ .online_cpus = 1 }, &c);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.bytes, b.bytes, a.len);
	assert_true(c.len != a.len);
	free(a.bytes);
	free(b.bytes);
	free(c.bytes);
}

static void the_symbols_plan_is_a_header(void **state)
{
	struct plan p = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(symbols_plan(&p.bytes, &p.len, &e), 0);
	cut(&p);
	assert_int_equal(p.h.kind, PLAN_SYMBOLS);
	assert_int_equal(p.len, sizeof(p.h));
	free(p.bytes);
}

/* The digest names a scenario and its file: it moves with either. */
static void digests_tell_scenarios_apart(void **state)
{
	_cleanup_scenario_list_ struct scenario_list other = { 0 }, changed = { 0 };
	const struct scenario_list *l = *state;
	struct err e = { 0 };
	char copy[sizeof(text)];

	assert_string_not_equal(l->items[0]->sha256.text, l->items[1]->sha256.text);
	assert_int_equal(scenario_read("nn", "f", text, strlen(text), &other, &e), 0);
	assert_string_not_equal(l->items[0]->sha256.text, other.items[0]->sha256.text);
	memcpy(copy, text, sizeof(copy));
	*strstr(copy, "one line") = 'O';
	assert_int_equal(scenario_read("mm", "f", copy, strlen(copy), &changed, &e), 0);
	assert_string_not_equal(l->items[0]->sha256.text, changed.items[0]->sha256.text);
}

static void the_library_reads(void **state)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	_cleanup_free_ size_t *found = NULL;
	struct err e = { 0 };

	(void)state;
	if (library_open("scenarios", &l, &e) < 0)
		fail_msg("%s", e.text);
	found = calloc(l.count, sizeof(*found));
	assert_non_null(found);
	for (size_t i = 0; i < l.count; i++) {
		const struct scenario *s = l.items[i];
		_cleanup_free_ void *bytes = NULL;
		size_t len;

		/* Two scenarios of one name could not be told apart. */
		assert_int_equal(library_find(&l, s->name, found, &e), 1);
		assert_int_equal(found[0], i);
		assert_true(s->n_source > 0);
		assert_int_equal(scenario_plan(s, &(struct plan_request){ 1, 0 }, &bytes, &len, &e),
				 0);
	}
	assert_true(library_find(&l, "mprotect/*", found, &e) >= 2);
	assert_int_equal(library_find(&l, "*", found, &e), l.count);
	assert_int_equal(library_find(&l, "mprotect/no-such", found, &e), -ENOENT);
	assert_non_null(strstr(e.text, "'slowpath scenario list' has them"));
	assert_int_equal(library_find(&l, "mprotect/shared-dirty-togle", found, &e), -ENOENT);
	assert_non_null(strstr(e.text, "did you mean 'mprotect/shared-dirty-toggle'"));
}

static void folders_without_scenarios_are_errors(void **state)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(library_open("there-is-no-such-folder", &l, &e), -ENOENT);
	assert_int_equal(library_open("tools", &l, &e), -ENOENT);
	assert_non_null(strstr(e.text, "no scenarios in tools"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_members_are_read),
		cmocka_unit_test(missing_members_have_defaults),
		cmocka_unit_test(sparse_maps_and_functions),
		cmocka_unit_test(the_plan_is_as_described),
		cmocka_unit_test(operations_stand_in_their_order),
		cmocka_unit_test(maps_move_by_the_perturbation),
		cmocka_unit_test(plans_are_deterministic),
		cmocka_unit_test(the_symbols_plan_is_a_header),
		cmocka_unit_test(digests_tell_scenarios_apart),
		cmocka_unit_test(the_library_reads),
		cmocka_unit_test(folders_without_scenarios_are_errors),
	};

	return cmocka_run_group_tests(tests, read_all, free_all);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Scenario files that are wrong: where, and what was expected there. */
#include "scenario/read.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define HELP "s:\n  help: h\n"
#define MAPS "  maps:\n    m: {kind: anon-private, size: 8K}\n"
#define SEGMENTS "  segments:\n    a:\n      - touch: {map: m, access: read}\n"
/* Line 5 is the first behind these. */
#define HEAD HELP MAPS
#define WHOLE HEAD SEGMENTS /* line 8 */

static int read_text(const char *text, struct scenario_list *l, struct err *e)
{
	return scenario_read("g", "f.yaml", text, strlen(text), l, e);
}

struct row {
	const char *text;
	const char *where; /* the message begins with it */
	const char *what;  /* and has this in it */
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_scenario_list_ struct scenario_list l = { 0 };
		struct err e = { 0 };

		if (read_text(rows[i].text, &l, &e) != -EINVAL ||
		    strncmp(e.text, rows[i].where, strlen(rows[i].where)) != 0 ||
		    !strstr(e.text, rows[i].what))
			fail_msg("row %zu: '%s' instead of '%s ... %s' for\n%s", i, e.text,
				 rows[i].where, rows[i].what, rows[i].text);
	}
}

static void the_base_of_these_tests_is_good(void **state)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	struct err e = { 0 };

	(void)state;
	if (read_text(WHOLE, &l, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(l.count, 1);
}

static void disks_and_files_are_checked(void **state)
{
#define DISK "  needs: [disk: {fs: ext4, size: 32M}]\n"
#define FILE_MAP "  maps:\n    m: {kind: file-shared, size: 8K}\n"
#define OP(text) "  segments:\n    a:\n      - " text "\n"
	static const struct row rows[] = {
		{ HELP "  needs: [disk: yes]\n" MAPS SEGMENTS, "f.yaml:3:17: ", "disk" },
		{ HELP "  needs: [disk: {fs: fat, size: 32M}]\n" MAPS SEGMENTS,
		  "f.yaml:3:22: ", "'fat': ext4 is expected" },
		{ HELP "  needs: [disk: {size: 32M}]\n" MAPS SEGMENTS,
		  "f.yaml:3:17: ", "a disk is {fs: ext4, size: a multiple of 1M from 32M to 4G}" },
		{ HELP "  needs: [disk: {fs: ext4, size: 16M}]\n" MAPS SEGMENTS,
		  "f.yaml:3:17: ", "from 32M" },
		{ HELP "  needs: [disk: {fs: ext4, size: 32M, on: sd}]\n" MAPS SEGMENTS,
		  "f.yaml:3:43: ", "ram or nvme is expected" },
		{ HELP "  needs: [disk: {fs: ext4, size: 32M, in: ram}]\n" MAPS SEGMENTS,
		  "f.yaml:3:39: ", "fs, size or on is expected" },
		{ HELP "  needs: [disk: {fs: ext4, size: 512M}]\n" MAPS SEGMENTS, "f.yaml:2:3: ",
		  "devices of 512M are more than half of the guest's memory of 512M" },
		{ HELP "  needs: [disk: {fs: ext4, size: 200M}, swap: {on: brd, size: 100M}]\n" MAPS
			  SEGMENTS,
		  "f.yaml:2:3: ", "devices of 300M" },
		{ HELP "  needs: [swap: {on: nvme, size: 32M}]\n" MAPS SEGMENTS,
		  "f.yaml:3:22: ", "there is no swap on nvme" },
		{ HELP FILE_MAP SEGMENTS,
		  "f.yaml:4:8: ", "'needs: [disk: {fs: ext4, size: SIZE}]'" },
		{ HELP "  maps:\n    m: {kind: tmpfs-shared, size: 8K, sparse: yes}\n" SEGMENTS,
		  "f.yaml:4:8: ", "fs and sparse are for" },
		{ HELP DISK "  maps:\n    m: {kind: file-shared, size: 40M}\n" SEGMENTS,
		  "f.yaml:5:5: ", "files of 40M do not fit on a disk of 32M" },
		{ HELP MAPS OP("pread: {map: m}"), "f.yaml:7:16: ", "pread needs maps of files" },
		{ HELP DISK FILE_MAP OP("pread: {map: m, each: 16K}"),
		  "f.yaml:8:16: ", "each exceeds the range" },
		{ HELP DISK FILE_MAP OP("pread: {map: m, each: 4K, stride: 2K}"),
		  "f.yaml:8:16: ", "at least each" },
		{ HELP DISK FILE_MAP OP("sendfile: {map: m, to: m}"),
		  "f.yaml:8:19: ", "another file" },
		{ HELP DISK FILE_MAP OP("ftruncate: {map: m, to: 12K}"),
		  "f.yaml:8:20: ", "at most as long as its map" },
		{ HELP DISK FILE_MAP OP("ftruncate: {map: m}"),
		  "f.yaml:8:20: ", "ftruncate needs to: SIZE" },
		{ HELP DISK FILE_MAP OP("fallocate: {map: m, how: dig}"),
		  "f.yaml:8:34: ", "allocate, keep-size, punch" },
		{ HELP DISK FILE_MAP OP("fadvise: {map: m, advice: pageout}"),
		  "f.yaml:8:35: ", "dontneed or noreuse is expected" },
		{ HELP DISK FILE_MAP OP("drop-caches: {what: it}"),
		  "f.yaml:8:29: ", "pages, slabs or all is expected" },
		{ HELP DISK FILE_MAP SEGMENTS "  expect: {folios: 4K}\n",
		  "f.yaml:9:12: ", "cached-large is expected" },
		{ HELP MAPS SEGMENTS "  outcomes: {major-faults: {b: 0}}\n",
		  "f.yaml:8:29: ", "there is no segment 'b'" },
		{ HELP DISK "  maps:\n    m: {kind: file-shared, size: 4M}\n" OP("write: {map: m}"),
		  "f.yaml:8:16: ", "write: at most 1M at a time (each)" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

static void yaml_errors_have_their_place(void **state)
{
	static const struct row rows[] = {
		{ "", "f.yaml: ", "empty" },
		{ "# nothing\n", "f.yaml: ", "empty" },
		{ "s:\n\thelp: h\n", "f.yaml:2:1: ", "token" },
		{ "s: {help: h\n", "f.yaml:2:1: ", "flow mapping" },
		{ "s: [a, b\nc: d\n", "f.yaml:2:2: ", "" },
		{ "s: *unknown\n", "f.yaml:1:4: ", "undefined alias" },
		{ "s: \"x\n", "f.yaml:2:1: ", "quoted scalar" },
		{ "s: \xff\xfe\n", "f.yaml:", "UTF-8" },
		{ WHOLE "---\nt: u\n", "f.yaml:8:1: ", "one document" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
}

static void wrong_types_have_their_place(void **state)
{
	static const struct row rows[] = {
		{ "just text\n", "f.yaml:1:1: ", "mapping" },
		{ "[a, b]\n", "f.yaml:1:1: ", "mapping" },
		{ "s: text\n", "f.yaml:1:4: ", "mapping" },
		{ "[a]: b\n", "f.yaml:1:1: ", "word or a number" },
		{ "s:\n  help: [h]\n", "f.yaml:2:9: ", "word or a number" },
		{ HELP "  maps: [m]\n", "f.yaml:3:9: ", "mapping" },
		{ HELP "  maps: {m: 8K}\n", "f.yaml:3:13: ", "mapping" },
		{ HEAD "  segments: [a]\n", "f.yaml:5:13: ", "mapping" },
		{ HEAD "  segments:\n    a: touch\n", "f.yaml:6:8: ", "list" },
		{ HEAD "  segments:\n    a:\n      - touch\n", "f.yaml:7:9: ", "mapping" },
		{ HEAD "  segments:\n    a:\n      - touch: m\n", "f.yaml:7:16: ", "mapping" },
		{ WHOLE "  prepare: {touch: {map: m, access: read}}\n",
		  "f.yaml:8:12: ", "must be a list" },
		{ WHOLE "  source: do_x\n", "f.yaml:8:11: ", "must be a list" },
		{ WHOLE "  probe: [f]\n", "f.yaml:8:11: ", "FUNCTION:ARGUMENT is expected" },
		{ WHOLE "  probe: ['f:7']\n", "f.yaml:8:11: ", "from 1 to 6" },
		{ WHOLE "  probe: ['a b:1']\n", "f.yaml:8:11: ", "FUNCTION:ARGUMENT" },
		{ WHOLE "  needs: [[x]]\n", "f.yaml:8:11: ", "word or a number" },
		{ WHOLE "  expect: [1]\n", "f.yaml:8:11: ", "mapping" },
		{ WHOLE "  expect: {vmas: [1]}\n", "f.yaml:8:18: ", "word or a number" },
		/* An alias to what it stands in. */
		{ "s: &a\n  help: h\n  maps: *a\n", "f.yaml:2:9: ", "must be a mapping" },
		{ "s: &a [*a]\n", "f.yaml:1:4: ", "must be a mapping" },
		{ HEAD "  segments:\n    a: &x\n      - *x\n",
		  "f.yaml:6:8: ", "must be a mapping" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
}

static void unknown_words_have_their_place(void **state)
{
	static const struct row rows[] = {
		{ HELP "  maaps: {}\n", "f.yaml:3:3: ", "'maaps'; help, source" },
		{ HELP "  maps: {m: {kind: anon, size: 8K}}\n",
		  "f.yaml:3:20: ", "anon-private, anon-shared" },
		{ HELP "  maps: {m: {sort: anon}}\n",
		  "f.yaml:3:14: ", "kind, size, align, advice" },
		{ HELP "  maps: {m: {kind: anon-private, size: 8K, advice: huge}}\n",
		  "f.yaml:3:52: ", "hugepage, nohugepage" },
		{ WHOLE "  item: byte\n", "f.yaml:8:9: ", "page or call" },
		{ WHOLE "  expect: {vma: 1}\n", "f.yaml:8:12: ", "vmas, present" },
		{ WHOLE "  expect: {vmas: some}\n",
		  "f.yaml:8:18: ", "'some' is not a whole number" },
		{ HEAD "  segments: {a: [unmap: {map: m}]}\n",
		  "f.yaml:5:18: ", "touch, mprotect, madvise" },
		{ HEAD "  segments: {a: [touch: {map: n, access: read}]}\n",
		  "f.yaml:5:31: ", "no map 'n'" },
		{ HEAD "  segments: {a: [touch: {map: m, access: execute}]}\n",
		  "f.yaml:5:42: ", "read or write" },
		{ HEAD "  segments: {a: [touch: {map: m, to: r}]}\n", "f.yaml:5:34: ", "'to'" },
		{ HEAD "  segments: {a: [mprotect: {map: m, to: wr}]}\n",
		  "f.yaml:5:41: ", "none, r, rw" },
		{ HEAD "  segments: {a: [mprotect: {map: m, to: r, stride: 4K}]}\n",
		  "f.yaml:5:28: ", "stride needs each: SIZE" },
		{ HEAD "  segments: {a: [madvise: {map: m, advice: x}]}\n",
		  "f.yaml:5:44: ", "dontneed" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
}

static void what_is_missing_or_twice_is_told(void **state)
{
	static const struct row rows[] = {
		{ HELP, "f.yaml:2:3: ", "needs help, and maps and segments or a program" },
		{ HEAD, "f.yaml:2:3: ", "needs help, and maps and segments or a program" },
		{ "s:\n" MAPS SEGMENTS,
		  "f.yaml:2:3: ", "needs help, and maps and segments or a program" },
		{ HELP "  maps: {m: {size: 8K}}\n", "f.yaml:3:13: ", "needs kind and size" },
		{ HELP "  maps: {m: {kind: anon-private}}\n", "f.yaml:3:13: ", "kind and size" },
		{ HELP "  help: again\n", "f.yaml:3:3: ", "'help' is given twice" },
		{ HELP "  maps: {m: {kind: anon-private, size: 8K, size: 4K}}\n",
		  "f.yaml:3:44: ", "'size' is given twice" },
		{ HELP "  maps: {m: {kind: anon-private, size: 8K}, m: {}}\n",
		  "f.yaml:3:45: ", "'m' is given twice" },
		{ WHOLE "s:\n  help: again\n", "f.yaml:8:1: ", "'s' is given twice" },
		{ HEAD "  segments: {a: [touch: {access: read}]}\n",
		  "f.yaml:5:25: ", "touch needs map: NAME" },
		{ HEAD "  segments: {a: [touch: {map: m}]}\n",
		  "f.yaml:5:25: ", "touch needs access: read or write" },
		{ HEAD "  segments: {a: [mprotect: {map: m}]}\n",
		  "f.yaml:5:28: ", "mprotect needs to: none, r, rw, rx or rwx" },
		{ HEAD "  segments: {a: [madvise: {map: m}]}\n",
		  "f.yaml:5:27: ", "madvise needs advice: WORD" },
		{ HEAD "  segments: {a: [{}]}\n", "f.yaml:5:18: ", "one operation" },
		{ HEAD "  segments: {a: [{touch: {map: m, access: read}, madvise: {}}]}\n",
		  "f.yaml:5:18: ", "one operation" },
		{ HEAD "  segments: {}\n", "f.yaml:5:13: ", "1 to 8 segments" },
		{ HEAD "  segments: {a: []}\n", "f.yaml:5:17: ", "at least one operation" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
}

/* What the new words of maps and of the guest are. */
static void maps_and_needs_have_their_place(void **state)
{
	static const struct row rows[] = {
		{ HELP "  maps: {m: {kind: hugetlb-private, size: 3M}}\n",
		  "f.yaml:3:13: ", "multiple of 2M" },
		{ HELP "  maps: {m: {kind: anon-private, size: 4K, prot: w}}\n",
		  "f.yaml:3:50: ", "none, r, rw, rx or rwx" },
		{ HELP "  maps: {m: {kind: anon-private, size: 4K, populate: 1}}\n",
		  "f.yaml:3:54: ", "yes or no" },
		{ HELP "  maps: {m: {kind: anon-private, size: 4K, where: here}}\n",
		  "f.yaml:3:51: ", "fixed or anywhere" },
		{ HELP "  maps: {m: {kind: anon-private, size: 4K, where: anywhere, align: 4K}}\n",
		  "f.yaml:3:13: ", "align needs where: fixed" },
		{ HELP "  maps: {m: {kind: anon-private, size: 4K, mapped: no, advice: cold}}\n",
		  "f.yaml:3:13: ", "use the operation madvise" },
		{ HELP "  maps: {m: {kind: place, size: 4K, populate: yes}}\n",
		  "f.yaml:3:13: ", "a place has kind, size and align only" },
		{ WHOLE "  needs: CONFIG_X\n", "f.yaml:8:10: ", "must be a list" },
		{ WHOLE "  needs: [SHMEM]\n", "f.yaml:8:11: ", "'SHMEM': CONFIG_NAME, nodes: N" },
		{ WHOLE "  needs: [CONFIG_a-b]\n", "f.yaml:8:11: ", "CONFIG_NAME" },
		{ WHOLE "  needs: [function: 'a b']\n", "f.yaml:8:21: ", "name of a function" },
		{ WHOLE "  needs: [nodes: 5]\n", "f.yaml:8:18: ", "outside 1 to 4" },
		{ WHOLE "  needs: [cpus: 17]\n", "f.yaml:8:17: ", "outside 1 to 16" },
		{ WHOLE "  needs: [swap: {on: disk}]\n", "f.yaml:8:22: ", "brd or zram" },
		{ WHOLE "  needs: [swap: {on: brd}]\n", "f.yaml:8:17: ", "multiple of 1M" },
		{ WHOLE "  needs: [swap: {on: brd, size: 4K}]\n", "f.yaml:8:17: ", "of 1M" },
		{ WHOLE "  needs: [swap: {size: 4M}]\n", "f.yaml:8:17: ", "brd or zram" },
		{ WHOLE "  needs: [swap: {on: brd, size: 8G}]\n", "f.yaml:8:17: ", "at most 4G" },
		{ WHOLE "  needs: [swap: {at: brd}]\n", "f.yaml:8:18: ", "on or size" },
		{ WHOLE "  needs: [swap: some]\n", "f.yaml:8:17: ", "yes or no" },
		{ WHOLE "  needs: [disks: 1]\n",
		  "f.yaml:8:11: ", "nodes, cpus, swap, disk, cgroup or function" },
		{ WHOLE "  needs: [disks: 1]\n",
		  "f.yaml:8:11: ", "nodes, cpus, swap, disk, cgroup or function" },
		{ WHOLE "  needs: [cgroup: {deep: 1}]\n", "f.yaml:8:20: ", "depth, high or max" },
		{ WHOLE "  needs: [cgroup: {depth: 9}]\n", "f.yaml:8:27: ", "outside 1 to 8" },
		{ WHOLE "  needs: [cgroup: {high: 5000}]\n", "f.yaml:8:19: ", "multiples of 4K" },
		{ WHOLE "  metric: 'task:'\n", "f.yaml:8:11: ", "a name is expected behind task:" },
		{ WHOLE "  metric: kernel\n", "f.yaml:8:11: ", "task:NAME is expected" },
		{ WHOLE "  needs: [disks: 1]\n",
		  "f.yaml:8:11: ", "nodes, cpus, swap, disk, cgroup or function" },
		{ WHOLE "  memory: 64M\n", "f.yaml:8:11: ", "128M to 16G" },
		{ WHOLE "  sysfs: {/etc/passwd: x}\n", "f.yaml:8:11: ", "below /sys/kernel/mm" },
		{ WHOLE "  sysfs: {../power/state: mem}\n", "f.yaml:8:11: ", "below /sys/kernel" },
		{ WHOLE "  sysfs: {ksm/run: 1 2}\n", "f.yaml:8:20: ", "one word" },
		{ WHOLE "  expect: {folios: 12K}\n", "f.yaml:8:20: ", "power of two" },
		{ WHOLE "  expect: {node: 4}\n", "f.yaml:8:18: ", "outside 0 to 3" },
		{ WHOLE "  outcomes: {pages: 1}\n",
		  "f.yaml:8:14: ", "vmas or major-faults is expected" },
		{ WHOLE "  outcomes: {vmas: {b: 1}}\n", "f.yaml:8:21: ", "no segment 'b'" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
}

#define OPS(text) HEAD "  segments: {a: [" text "]}\n"

static void operations_have_their_place(void **state)
{
	static const struct row rows[] = {
		{ OPS("fork: {times: 2}"), "f.yaml:5:25: ", "fork has the keys do" },
		{ OPS("kill: {map: m}"), "f.yaml:5:25: ", "kill has the keys (none)" },
		{ OPS("sleep: {}"), "f.yaml:5:25: ", "sleep needs ms: MILLISECONDS" },
		{ OPS("sleep: {ms: 10001}"), "f.yaml:5:30: ", "outside 1 to 10000" },
		{ OPS("until: {at-least: 1}"), "f.yaml:5:25: ", "until needs file: WORD" },
		{ OPS("until: {file: ksm/full_scans}"),
		  "f.yaml:5:25: ", "at-least: N or advanced-by: N" },
		{ OPS("until: {file: ksm/full_scans, at-least: 1, advanced-by: 2}"),
		  "f.yaml:5:74: ", "not both" },
		{ OPS("until: {file: /etc/passwd, at-least: 1}"),
		  "f.yaml:5:32: ", "ksm/full_scans" },
		{ OPS("cgroup-stat: {}"), "f.yaml:5:31: ", "needs: [cgroup: {depth: 1}]" },
		{ OPS("repeat: {times: 2}"), "f.yaml:5:26: ", "repeat needs do: [OPERATIONS]" },
		{ OPS("repeat: {do: []}"), "f.yaml:5:26: ", "repeat needs times: N" },
		{ OPS("repeat: {times: 2, do: []}"), "f.yaml:5:41: ", "at least one operation" },
		{ OPS("repeat: {times: 0, do: []}"), "f.yaml:5:34: ", "outside 1 to 1000000" },
		{ OPS("repeat: {times: 9000, do: [repeat: {times: 9000, do: [wait: {}]}]}"),
		  "f.yaml:5:13: ", "an iteration of more than 16777216 accesses and calls" },
		{ HEAD "  prepare: [repeat: {times: 1000000, do: [touch: {map: m, access: read, "
		       "stride: 1}]}]\n",
		  "f.yaml:5:12: ", "a preparation of more than" },
		{ OPS("fork: {do: [fork: {}]}"), "f.yaml:5:30: ", "a child has no children" },
		{ OPS("fork: {do: [repeat: {times: 2, do: [wait: {}]}]}"),
		  "f.yaml:5:54: ", "a child has no children" },
		{ OPS("munmap: {map: m, each: 4K, stride: 2K}"),
		  "f.yaml:5:26: ", "multiple of 4K, and each at most" },
		{ OPS("munmap: {map: m, each: 2K}"), "f.yaml:5:26: ", "multiples of 4K" },
		{ OPS("munmap: {map: m, each: 12K}"), "f.yaml:5:26: ", "each exceeds the range" },
		{ OPS("munmap: {map: m, fails: ENOENT}"), "f.yaml:5:42: ", "EPERM, EAGAIN" },
		{ OPS("mremap: {map: m, new_size: 12K}"),
		  "f.yaml:5:26: ", "multiple of 4K up to 8K" },
		{ OPS("mremap: {map: m, to: n}"), "f.yaml:5:39: ", "no map 'n'" },
		{ OPS("move-pages: {map: m, to: 1}"), "f.yaml:5:43: ", "'needs: [nodes: 2]'" },
		{ OPS("migrate-pages: {from: 0}"), "f.yaml:5:33: ", "needs to: NODE" },
		{ OPS("mbind: {map: m, policy: bind}"), "f.yaml:5:25: ", "needs nodes: [NODE]" },
		{ OPS("process-vm-readv: {map: m}"), "f.yaml:5:36: ", "needs to: NAME" },
		{ OPS("read-file: {file: passwd}"), "f.yaml:5:36: ", "smaps, smaps_rollup" },
		{ OPS("read-file: {file: clear_refs}"), "f.yaml:5:29: ", "can only be written" },
		{ OPS("read-file: {file: pagemap}"), "f.yaml:5:29: ", "pagemap needs map: NAME" },
		{ OPS("read-file: {file: maps, map: m}"), "f.yaml:5:29: ", "read as a whole" },
		{ OPS("write-file: {file: smaps, value: 1}"), "f.yaml:5:30: ", "can only be read" },
		{ OPS("write-file: {file: clear_refs, value: x}"), "f.yaml:5:56: ", "'x'" },
		{ OPS("uffd-register: {map: m, mode: all}"),
		  "f.yaml:5:48: ", "wp, missing or minor" },
		{ OPS("pipe: {times: 257}"), "f.yaml:5:24: ", "times is 256 at most" },
		{ OPS("pipe-write: {size: 68K}"), "f.yaml:5:30: ", "size is 64K at most" },
		{ OPS("brk: {to: 6K}"), "f.yaml:5:23: ", "multiples of 4K up to 1G" },
		{ OPS("bpf-map: {kind: list, entries: 1, each: 8}"),
		  "f.yaml:5:34: ", "array, percpu-array or hash" },
		{ OPS("bpf-map: {kind: hash, entries: 1, each: 4}"),
		  "f.yaml:5:27: ", "a multiple of 8 up to 32K" },
		{ OPS("pkey-mprotect: {map: m, to: r, key: 1}"),
		  "f.yaml:5:54: ", "own or default" },
		{ OPS("swapoff: {}"), "f.yaml:5:27: ", "'needs: [swap: {on: brd" },
		{ HELP "  maps: {m: {kind: anon-private, size: 2M}, n: {kind: place, size: 4K}}\n"
		       "  segments: {a: [uffd-move: {map: m, to: n}]}\n",
		  "f.yaml:4:29: ", "the range is longer than map 'n'" },
		{ HELP "  maps: {m: {kind: anon-private, size: 2M}}\n"
		       "  segments: {a: [vmsplice: {map: m}]}\n",
		  "f.yaml:4:28: ", "each: SIZE up to 1024K" },
		{ HELP "  maps: {m: {kind: anon-private, size: 17G, reserve: no}}\n",
		  "f.yaml:3:40: ", "up to 16384M" },
		{ HELP "  maps: {m: {kind: anon-private, size: 1G}}\n",
		  "f.yaml:3:40: ", "up to 256M" },
		{ OPS("touch: {map: m, access: read, seed: 0}"), "f.yaml:5:54: ", "outside 1 to" },
		{ HELP "  maps: {m: {kind: place, size: 4K}}\n"
		       "  segments: {a: [mmap: {map: m}]}\n",
		  "f.yaml:4:24: ", "a place cannot be mapped" },
		{ HELP "  maps: {m: {kind: anon-private, size: 8K, where: anywhere}}\n"
		       "  segments: {a: [mmap: {map: m, size: 4K}]}\n",
		  "f.yaml:4:24: ", "mapped as a whole" },
		{ HEAD "  segments: {a: {before: [wait: {}]}}\n", "f.yaml:5:17: ", "at least one" },
		{ HEAD "  segments: {a: {during: []}}\n",
		  "f.yaml:5:18: ", "before, do, after, threads, ranges or" },
		{ HEAD "  segments: {a: {do: [wait: {}], threads: cpus}}\n",
		  "f.yaml:5:43: ", "go together" },
		{ HEAD "  segments: {a: {do: [wait: {}], threads: 2, ranges: own}}\n",
		  "f.yaml:5:43: ", "'2': cpus is expected" },
		{ HEAD "  segments: {a: {do: [wait: {}], threads: cpus, ranges: own}}\n",
		  "f.yaml:5:22: ", "wait is not for threads" },
	};

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
}

/* One deeper than is allowed, and a list that is its own body. */
static void bodies_are_not_too_deep(void **state)
{
#define R "repeat: {times: 1, do: ["
	static const struct row rows[] = {
		{ OPS(R R R R R "kill: {}]}]}]}]}]}"), "f.yaml:5:137: ", "more than 4 operations" },
		{ HEAD "  segments: {a: &x [repeat: {times: 1, do: *x}]}\n",
		  "f.yaml:5:17: ", "more than 4 operations within operations" },
	};
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	struct err e = { 0 };

	(void)state;
	check(rows, sizeof(rows) / sizeof(rows[0]));
	if (read_text(OPS(R R R R "kill: {}]}]}]}]}"), &l, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(l.items[0]->n_ops, 5);
	assert_int_equal(l.items[0]->ops[0].n_body, 4);
	assert_int_equal(scenario_steps(l.items[0], 0, 5), 1);
}

static void places_to_probe(void **state)
{
	static const struct {
		const char *text;
		bool bare, good;
		unsigned argument;
	} cases[] = {
		{ "f:1", false, true, 1 },
		{ "change_pte_range:6", true, true, 6 },
		{ "_f2", true, true, 0 },
		{ "f", false, false, 0 },
		{ "f:", true, false, 0 },
		{ "f:0", true, false, 0 },
		{ "f:7", true, false, 0 },
		{ "f:11", true, false, 0 },
		{ "", true, false, 0 },
		{ "2f", true, false, 0 },
		{ "f.isra.0:1", true, false, 0 },
		{ "a b", true, false, 0 },
		{ "f\n", true, false, 0 },
		{ "a123456789b123456789c123456789d123456789e123456789f123456789g123456789", true,
		  false, 0 },
	};
	struct scenario_probe p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool good = scenario_probe_read(cases[i].text, cases[i].bare, &p);

		if (good != cases[i].good || (good && p.argument != cases[i].argument))
			fail_msg("'%s' is taken for %d, argument %u", cases[i].text, good,
				 p.argument);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_to_probe),
		cmocka_unit_test(the_base_of_these_tests_is_good),
		cmocka_unit_test(yaml_errors_have_their_place),
		cmocka_unit_test(disks_and_files_are_checked),
		cmocka_unit_test(wrong_types_have_their_place),
		cmocka_unit_test(unknown_words_have_their_place),
		cmocka_unit_test(what_is_missing_or_twice_is_told),
		cmocka_unit_test(maps_and_needs_have_their_place),
		cmocka_unit_test(operations_have_their_place),
		cmocka_unit_test(bodies_are_not_too_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

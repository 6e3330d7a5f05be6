// SPDX-License-Identifier: GPL-2.0-or-later
/* The functions that the plugin imports. fake_play.c has what tests do with them. */
#include "tests/unit/fake_qemu.h"

#include "base/cleanup.h"
#include "proto/marker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPS_MAX 8
#define VCPUS 4

enum op_kind { OP_CALL, OP_ADD, OP_MEM_CALL, OP_MEM_ADD };

/* Something planted. @word: where an inline operation works, for each vCPU. */
struct op {
	enum op_kind kind;
	qemu_plugin_vcpu_udata_cb_t call;
	qemu_plugin_vcpu_mem_cb_t mem_call;
	void *udata;
	uint64_t *word[VCPUS];
	uint64_t value;
};

struct qemu_plugin_insn {
	uint64_t vaddr;
	uint8_t *bytes; /* of exactly this size, so that a sanitizer sees who reads more */
	size_t len;
	struct op ops[OPS_MAX];
	size_t n_ops;
};

struct qemu_plugin_tb {
	uint64_t vaddr;
	struct qemu_plugin_insn *insns;
	size_t n;
	struct op ops[OPS_MAX];
	size_t n_ops;
};

unsigned fake_vcpu;
static int cpus[VCPUS];
static const struct qemu_plugin_insn *unfinished;
static struct {
	uint64_t at, error, rip;
	const struct qemu_plugin_insn *insn;
} frame;
void *qemu_get_cpu(int index);
int cpu_memory_rw_debug(void *cpu, uint64_t vaddr, void *bytes, size_t len, bool is_write);
extern __thread void *current_cpu;
QEMU_PLUGIN_EXPORT __thread void *current_cpu;

QEMU_PLUGIN_EXPORT void *qemu_get_cpu(int index)
{
	return &cpus[index];
}

/* There is a fault's frame, and the instruction that it is of. */
QEMU_PLUGIN_EXPORT int cpu_memory_rw_debug(void *cpu, uint64_t vaddr, void *bytes, size_t len,
					   bool is_write)
{
	const struct qemu_plugin_insn *insn = frame.insn;

	(void)cpu;
	if (is_write)
		return -1;
	memset(bytes, 0x90, len);
	if (vaddr == frame.at && len == 2 * sizeof(uint64_t))
		memcpy(bytes, &frame.error, len);
	else if (insn && vaddr == insn->vaddr)
		memcpy(bytes, insn->bytes, len < insn->len ? len : insn->len);
	else
		return -1;
	return 0;
}

void fake_finished(void)
{
	unfinished = NULL;
}

void fake_fault_frame(uint64_t store, uint64_t error)
{
	frame.at = store + sizeof(uint64_t);
	frame.error = error;
	frame.insn = unfinished;
	frame.rip = unfinished ? unfinished->vaddr : 0;
	unfinished = NULL;
	current_cpu = &cpus[fake_vcpu];
}

static qemu_plugin_vcpu_tb_trans_cb_t translate_cb;

/* Plays run in a process of their own, whose end is what the test sees. */
static void broken(const char *what)
{
	fprintf(stderr, "fake_qemu: %s\n", what);
	abort();
}

static struct op *plant(struct op ops[OPS_MAX], size_t *n, enum op_kind kind)
{
	if (*n == OPS_MAX)
		broken("too much is planted at one place");
	ops[*n] = (struct op){ .kind = kind };
	return &ops[(*n)++];
}

static void execute(const struct op *op)
{
	uint64_t *word = op->word[fake_vcpu];
	unsigned told = fake_vcpu;

#if PLUGIN_API > 1
	/* Blocks are shared, and QEMU tells whom they were translated for; see plugin/vcpu.h. */
	current_cpu = &cpus[fake_vcpu];
	told = 0;
	if (fake_vcpu && op->kind != OP_CALL)
		broken("an inline operation with several vCPUs");
#endif
	if (op->kind == OP_CALL)
		op->call(told, op->udata);
	else if (op->kind == OP_ADD || op->kind == OP_MEM_ADD)
		*word += op->value;
}

/* QEMU 7.2 puts an instruction's callbacks before its inline operations, newer ones keep order. */
static void execute_all(const struct op *ops, size_t n)
{
	for (int pass = 0; pass < (PLUGIN_API == 1 ? 2 : 1); pass++) {
		for (size_t i = 0; i < n; i++) {
			bool call = ops[i].kind == OP_CALL;

			if (ops[i].kind == OP_MEM_CALL || ops[i].kind == OP_MEM_ADD)
				continue;
			if (PLUGIN_API != 1 || call == (pass == 0))
				execute(&ops[i]);
		}
	}
}

void fake_enter(struct qemu_plugin_tb *tb)
{
	execute_all(tb->ops, tb->n_ops);
}

void fake_step(struct qemu_plugin_tb *tb, size_t index)
{
	unfinished = &tb->insns[index];
	execute_all(unfinished->ops, unfinished->n_ops);
}

static void memory_access(struct qemu_plugin_tb *tb, size_t index, uint64_t vaddr, bool store)
{
	const struct qemu_plugin_insn *insn = &tb->insns[index];

	for (size_t i = 0; i < insn->n_ops; i++) {
		const struct op *op = &insn->ops[i];

		if (op->kind == OP_MEM_CALL)
			op->mem_call(fake_vcpu, store, vaddr, op->udata);
		else if (op->kind == OP_MEM_ADD)
			execute(op);
	}
}

void fake_load(struct qemu_plugin_tb *tb, size_t index, uint64_t vaddr)
{
	memory_access(tb, index, vaddr, false);
}

void fake_store(struct qemu_plugin_tb *tb, size_t index, uint64_t vaddr)
{
	memory_access(tb, index, vaddr, true);
}

/* Blocks live as long as the process, as QEMU's code buffer does. */
struct qemu_plugin_tb *fake_translate_list(uint64_t vaddr, const char *const *hex, size_t n)
{
	struct qemu_plugin_tb *tb = calloc(1, sizeof(*tb));

	if (!tb || !(tb->insns = calloc(n, sizeof(*tb->insns))))
		broken("out of memory");
	tb->vaddr = vaddr;
	tb->n = n;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = &tb->insns[i];
		uint8_t bytes[16];
		char *end;

		for (const char *p = hex[i]; *p; p = end)
			bytes[insn->len++] = (uint8_t)strtoul(p, &end, 16);
		insn->vaddr = vaddr;
		insn->bytes = malloc(insn->len);
		if (!insn->bytes)
			broken("out of memory");
		memcpy(insn->bytes, bytes, insn->len);
		vaddr += insn->len;
	}
#if PLUGIN_API < 7
	translate_cb(1, tb);
#else
	translate_cb(tb, NULL);
#endif
	return tb;
}

/* QEMU's own, by which halted time is told: what was executed is the same number all the time. */
#define EXECUTED 123456

int64_t icount_get(void);
int64_t icount_get_raw(void);
int64_t icount_to_ns(int64_t insns);

static int64_t bias = 77;

/* A thread that executes a guest's instruction may not ask. */
static void check_thread(void)
{
	if (gettid() == getpid())
		broken("the clock was read in the middle of an instruction");
}

QEMU_PLUGIN_EXPORT int64_t icount_get(void)
{
	check_thread();
	return bias + icount_to_ns(EXECUTED);
}

QEMU_PLUGIN_EXPORT int64_t icount_get_raw(void)
{
	check_thread();
	return EXECUTED;
}

QEMU_PLUGIN_EXPORT int64_t icount_to_ns(int64_t insns)
{
	return insns << 1;
}

void fake_halted(uint64_t ticks)
{
	bias += (int64_t)ticks;
}

#if PLUGIN_API < 7
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_tb_trans_cb_t cb)
{
	(void)id;
	translate_cb = cb;
}
#else
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_plugin_vcpu_tb_trans_cb_t cb,
					   void *udata)
{
	(void)id;
	(void)udata;
	translate_cb = cb;
}
#endif

void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, qemu_plugin_vcpu_udata_cb_t cb,
					  enum qemu_plugin_cb_flags flags, void *udata)
{
	struct op *op = plant(tb->ops, &tb->n_ops, OP_CALL);

	(void)flags;
	op->call = cb;
	op->udata = udata;
}

void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    qemu_plugin_vcpu_udata_cb_t cb,
					    enum qemu_plugin_cb_flags flags, void *udata)
{
	struct op *op = plant(insn->ops, &insn->n_ops, OP_CALL);

	(void)flags;
	op->call = cb;
	op->udata = udata;
}

void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, qemu_plugin_vcpu_mem_cb_t cb,
				      enum qemu_plugin_cb_flags flags, enum qemu_plugin_mem_rw rw,
				      void *udata)
{
	struct op *op = plant(insn->ops, &insn->n_ops, OP_MEM_CALL);

	(void)flags;
	/* The filter is not honoured by every QEMU: nobody may rely on it. */
	if (rw != QEMU_PLUGIN_MEM_RW)
		broken("a memory callback for less than all accesses");
	op->mem_call = cb;
	op->udata = udata;
}

bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info)
{
	return info;
}

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb)
{
	return tb->n;
}

uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb)
{
	return tb->vaddr;
}

struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index)
{
	if (index >= tb->n)
		broken("an instruction behind the block's end");
	return &tb->insns[index];
}

size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn)
{
	return insn->len;
}

uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn)
{
	return insn->vaddr;
}

#if PLUGIN_API < 3
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn)
{
	return insn->bytes;
}
#else
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *out, size_t len)
{
	len = len < insn->len ? len : insn->len;
	memcpy(out, insn->bytes, len);
	return len;
}
#endif

#if PLUGIN_API == 1
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
						enum qemu_plugin_op op, void *counter, uint64_t imm)
{
	struct op *planted = plant(insn->ops, &insn->n_ops, OP_ADD);

	if (op != QEMU_PLUGIN_INLINE_ADD_U64)
		broken("API 1 can only add");
	planted->value = imm;
	for (unsigned i = 0; i < VCPUS; i++)
		planted->word[i] = counter;
}

void qemu_plugin_register_vcpu_mem_inline(struct qemu_plugin_insn *insn, enum qemu_plugin_mem_rw rw,
					  enum qemu_plugin_op op, void *counter, uint64_t imm)
{
	(void)rw;
	qemu_plugin_register_vcpu_insn_exec_inline(insn, op, counter, imm);
	insn->ops[insn->n_ops - 1].kind = OP_MEM_ADD;
}
#else
struct qemu_plugin_scoreboard {
	size_t size;
	uint8_t *elements;
};

struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t element_size)
{
	struct qemu_plugin_scoreboard *s = calloc(1, sizeof(*s));

	if (!s || !(s->elements = calloc(VCPUS, element_size)))
		broken("out of memory");
	s->size = element_size;
	return s;
}

void *qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard *score, unsigned vcpu)
{
	return score->elements + vcpu * score->size;
}

static struct op *plant_inline(struct op ops[OPS_MAX], size_t *n, enum op_kind kind,
			       qemu_plugin_u64 entry, uint64_t imm)
{
	struct op *op = plant(ops, n, kind);

	if (entry.offset + sizeof(uint64_t) > entry.score->size)
		broken("an operation outside its scoreboard");
	op->value = imm;
	for (unsigned i = 0; i < VCPUS; i++)
		op->word[i] =
			(uint64_t *)(entry.score->elements + i * entry.score->size + entry.offset);
	return op;
}

void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct qemu_plugin_insn *insn,
							 enum qemu_plugin_op op,
							 qemu_plugin_u64 entry, uint64_t imm)
{
	if (op != QEMU_PLUGIN_INLINE_ADD_U64)
		broken("an inline operation that does not add");
	plant_inline(insn->ops, &insn->n_ops, OP_ADD, entry, imm);
}

void qemu_plugin_register_vcpu_mem_inline_per_vcpu(struct qemu_plugin_insn *insn,
						   enum qemu_plugin_mem_rw rw,
						   enum qemu_plugin_op op, qemu_plugin_u64 entry,
						   uint64_t imm)
{
	if (rw != QEMU_PLUGIN_MEM_RW || op != QEMU_PLUGIN_INLINE_ADD_U64)
		broken("a memory operation for less than all accesses");
	plant_inline(insn->ops, &insn->n_ops, OP_MEM_ADD, entry, imm);
}
#endif

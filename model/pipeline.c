// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/pipeline.h"

#include <stdlib.h>
#include <string.h>

#define PORT_CYCLES 8192u /* that a port's use is remembered for */
#define FORWARDS 4096u
#define ARRIVALS 4096u
#define FORWARD_BYTES 8u

/* So many uops a cycle, in order. */
struct stage {
	uint64_t cycle;
	unsigned used;
};

/* Units of one kind: how many of them are taken in each cycle. */
struct port {
	uint64_t *cycles; /* owned */
	uint8_t *used;
	unsigned n;
};

/* Something that there are so many of, taken in turn: when each is free again. */
struct ring {
	uint64_t *free_at; /* owned */
	size_t n, next;
};

/* A store whose data can be had before it is in the cache. */
struct forward {
	uint64_t place, data, commit;
};

/* A line that was fetched, and when it is there. */
struct arrival {
	uint64_t line, cycle;
};

enum port_kind {
	PORT_ALU,
	PORT_BRANCH,
	PORT_SHIFT,
	PORT_MULTIPLY,
	PORT_VECTOR,
	PORT_LOAD,
	PORT_STORE,
	PORTS
};

struct pipeline {
	const struct model *m;
	struct stage fetch, issue, retire;
	struct port ports[PORTS];
	struct ring window, loads, stores, misses;
	uint64_t registers[MODEL_REGISTERS];
	struct forward *forwards; /* owned */
	struct arrival *arrivals; /* owned */
	uint64_t l3_free, memory_free, divide_free;
	uint64_t commit;       /* of the last store */
	uint64_t loaded;       /* the last load is done */
	uint64_t atomic_done;  /* the last locked instruction is */
	uint64_t serial_until; /* nothing issues before */
	uint64_t serial_cycles;
	const struct model_insn *before;
	uint64_t store_count;
};

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static int port_init(struct port *p, unsigned n, struct err *e)
{
	p->n = n;
	p->cycles = calloc(PORT_CYCLES, sizeof(*p->cycles));
	p->used = calloc(PORT_CYCLES, sizeof(*p->used));
	return p->cycles && p->used ? 0 : err_oom(e);
}

static int ring_init(struct ring *r, size_t n, struct err *e)
{
	r->n = n;
	r->free_at = calloc(n, sizeof(*r->free_at));
	return r->free_at ? 0 : err_oom(e);
}

static int pipeline_init(struct pipeline *p, const struct model *m, struct err *e)
{
	const unsigned ports[PORTS] = { m->alu_ports,	   m->branch_ports, m->shift_ports,
					m->multiply_ports, m->vector_ports, m->load_ports,
					m->store_ports };
	int r = 0;

	*p = (struct pipeline){ .m = m };
	for (unsigned i = 0; r == 0 && i < PORTS; i++)
		r = port_init(&p->ports[i], ports[i], e);
	if (r == 0)
		r = ring_init(&p->window, m->window_uops, e);
	if (r == 0)
		r = ring_init(&p->loads, m->load_queue, e);
	if (r == 0)
		r = ring_init(&p->stores, m->store_queue, e);
	if (r == 0)
		r = ring_init(&p->misses, m->misses_in_flight, e);
	p->forwards = calloc(FORWARDS, sizeof(*p->forwards));
	p->arrivals = calloc(ARRIVALS, sizeof(*p->arrivals));
	return r == 0 && (!p->forwards || !p->arrivals) ? err_oom(e) : r;
}

static void pipeline_free(struct pipeline *p)
{
	for (unsigned i = 0; i < PORTS; i++) {
		free(p->ports[i].cycles);
		free(p->ports[i].used);
	}
	free(p->window.free_at);
	free(p->loads.free_at);
	free(p->stores.free_at);
	free(p->misses.free_at);
	free(p->forwards);
	free(p->arrivals);
}

/* The first cycle from @cycle on in which a unit is free: it is taken. */
static uint64_t take(struct pipeline *p, enum port_kind kind, uint64_t cycle)
{
	struct port *port = &p->ports[kind];

	for (;; cycle++) {
		size_t i = cycle % PORT_CYCLES;

		if (port->cycles[i] != cycle) {
			port->cycles[i] = cycle;
			port->used[i] = 0;
		}
		if (port->used[i] < port->n) {
			port->used[i]++;
			return cycle;
		}
	}
}

static uint64_t *ring_slot(struct ring *r)
{
	uint64_t *slot = &r->free_at[r->next];

	r->next = r->next + 1 == r->n ? 0 : r->next + 1;
	return slot;
}

/* One more of a stage's, not before @cycle. */
static void pass(struct stage *s, unsigned width, uint64_t cycle)
{
	if (cycle > s->cycle) {
		s->cycle = cycle;
		s->used = 0;
	}
	if (s->used >= width) {
		s->cycle++;
		s->used = 0;
	}
	s->used++;
}

static void wait_until(struct stage *s, uint64_t cycle)
{
	if (cycle > s->cycle) {
		s->cycle = cycle;
		s->used = 0;
	}
}

static void issue(struct pipeline *p, unsigned uops)
{
	/* Slots are filled in by retire(), in the same order. */
	size_t slot = p->window.next;

	for (unsigned i = 0; i < uops; i++) {
		uint64_t cycle =
			later(later(p->fetch.cycle, p->serial_until), p->window.free_at[slot]);

		pass(&p->issue, p->m->issue_width, cycle);
		slot = slot + 1 == p->window.n ? 0 : slot + 1;
	}
}

static void retire(struct pipeline *p, uint64_t done, unsigned uops)
{
	for (unsigned i = 0; i < uops; i++) {
		pass(&p->retire, p->m->retire_width, done);
		*ring_slot(&p->window) = p->retire.cycle;
	}
	if (!uops)
		wait_until(&p->retire, done);
}

static unsigned level_cycles(const struct model *m, enum cache_level level)
{
	switch (level) {
	case LEVEL_NONE:
		return 0;
	case LEVEL_L1:
		return m->l1d_cycles;
	case LEVEL_L2:
		return m->l2_cycles;
	case LEVEL_L3:
		return m->l3_cycles;
	case LEVEL_MEMORY:
		return m->memory_cycles;
	}
	return 0;
}

/* A line comes from @level, asked for at @cycle; those from far come one after the other. */
static uint64_t fetch_line(struct pipeline *p, enum cache_level level, uint64_t cycle)
{
	if (level == LEVEL_L3) {
		cycle = later(cycle, p->l3_free);
		p->l3_free = cycle + p->m->l3_line_cycles;
	} else if (level == LEVEL_MEMORY) {
		cycle = later(cycle, p->memory_free);
		p->memory_free = cycle + p->m->memory_line_cycles;
	}
	return cycle + level_cycles(p->m, level);
}

static struct arrival *arrival_of(struct pipeline *p, uint64_t vaddr)
{
	uint64_t line = vaddr / TRACE_LINE_BYTES;

	return &p->arrivals[(line ^ line >> 12) % ARRIVALS];
}

static struct forward *forward_of(struct pipeline *p, uint64_t vaddr)
{
	uint64_t place = vaddr / FORWARD_BYTES;

	return &p->forwards[(place ^ place >> 12) % FORWARDS];
}

static void prefetch(struct pipeline *p, const struct access_note *a, uint64_t cycle)
{
	struct arrival *arrival = arrival_of(p, a->vaddr);

	arrival->cycle = fetch_line(p, a->level, cycle);
	arrival->line = a->vaddr / TRACE_LINE_BYTES;
}

/* When the data of an access at @cycle is there. */
static uint64_t reach(struct pipeline *p, const struct access_note *a, uint64_t cycle)
{
	struct arrival *arrival = arrival_of(p, a->vaddr);
	bool on_its_way = arrival->line == a->vaddr / TRACE_LINE_BYTES;
	uint64_t ready, *miss;

	if (a->tlb != TLB_FIRST)
		cycle += a->tlb == TLB_SECOND ? p->m->stlb_cycles : p->m->walk_cycles;
	if (a->level == LEVEL_L1 || (on_its_way && arrival->cycle > cycle)) {
		ready = cycle + p->m->l1d_cycles;
		return on_its_way ? later(ready, arrival->cycle) : ready;
	}
	miss = ring_slot(&p->misses);
	ready = fetch_line(p, a->level, later(cycle, *miss));
	*miss = ready;
	*arrival = (struct arrival){ a->vaddr / TRACE_LINE_BYTES, ready };
	return ready;
}

static uint64_t load(struct pipeline *p, const struct access_note *a, uint64_t cycle)
{
	uint64_t *slot = ring_slot(&p->loads), ready;
	const struct forward *f = forward_of(p, a->vaddr);

	if (p->m->loads_wait_for_atomics)
		cycle = later(cycle, p->atomic_done);
	cycle = take(p, PORT_LOAD, later(cycle, *slot));
	if (f->place == a->vaddr / FORWARD_BYTES && f->commit > cycle)
		ready = later(cycle, f->data) + p->m->forward_cycles;
	else
		ready = reach(p, a, cycle);
	*slot = ready;
	p->loaded = later(p->loaded, ready);
	return ready;
}

/* Its address is known at @address, its data at @data; when both are there. */
static uint64_t store(struct pipeline *p, const struct access_note *a, uint64_t address,
		      uint64_t data)
{
	uint64_t *slot = ring_slot(&p->stores);
	uint64_t placed, done, line, commit;

	wait_until(&p->issue, *slot);
	placed = take(p, PORT_STORE, later(address, p->issue.cycle + 1));
	done = later(data, placed + 1);
	line = reach(p, a, placed);
	/* After it has retired, in order, two in two cycles, and when the line is there. */
	commit = later(later(p->retire.cycle, done) + 1, p->commit + (p->store_count++ & 1));
	if (line > placed + p->m->l1d_cycles)
		commit = later(commit, line);
	p->commit = *slot = commit;
	*forward_of(p, a->vaddr) = (struct forward){ a->vaddr / FORWARD_BYTES, done, commit + 1 };
	return done;
}

static unsigned uops_of(const struct model *m, const struct model_insn *i, unsigned n_stores)
{
	if (i->flags & INSN_ATOMIC)
		return m->atomic_uops;
	switch (i->class) {
	case CLASS_MULTIPLY_WIDE:
		return m->multiply_wide_uops;
	case CLASS_DIVIDE:
	case CLASS_DIVIDE_64:
		return m->divide_uops;
	case CLASS_SHIFT_CL:
		return m->shift_cl_uops;
	case CLASS_EXCHANGE:
		return m->exchange_uops;
	case CLASS_FLAGS:
		return m->flags_uops;
	case CLASS_CLOCK:
		return m->clock_uops;
	case CLASS_BRANCH:
		return i->flags & INSN_CALL	? m->call_uops
		       : i->flags & INSN_RETURN ? m->return_uops
						: 1;
	case CLASS_ALU:
	case CLASS_SHIFT:
		/* What changes memory computes, and stores. */
		return n_stores ? 2 : 1;
	}
	return 1;
}

/* When the result of what was ready at @ready is there. */
static uint64_t execute(struct pipeline *p, const struct model_insn *i, uint64_t ready)
{
	const struct model *m = p->m;
	bool wide = i->class == CLASS_DIVIDE_64;

	switch (i->class) {
	case CLASS_NONE:
	case CLASS_MOVE:
		return ready;
	case CLASS_BRANCH:
		if (m->branch_on_alu)
			ready = take(p, PORT_ALU, ready);
		return take(p, PORT_BRANCH, ready) + 1;
	case CLASS_SHIFT:
	case CLASS_SHIFT_CL:
		return take(p, PORT_SHIFT, take(p, PORT_ALU, ready)) + 1;
	case CLASS_SHIFT_DOUBLE:
		return take(p, PORT_MULTIPLY, take(p, PORT_ALU, ready)) + m->shift_double_cycles;
	case CLASS_MULTIPLY:
		return take(p, PORT_MULTIPLY, take(p, PORT_ALU, ready)) + m->multiply_cycles;
	case CLASS_MULTIPLY_WIDE:
		return take(p, PORT_MULTIPLY, take(p, PORT_ALU, ready)) + m->multiply_wide_cycles;
	case CLASS_BIT_SCAN:
		return take(p, PORT_MULTIPLY, take(p, PORT_ALU, ready)) + m->bit_scan_cycles;
	case CLASS_DIVIDE:
	case CLASS_DIVIDE_64:
		ready = take(p, PORT_ALU, later(ready, p->divide_free));
		p->divide_free = ready + (wide ? m->divide_64_busy_cycles : m->divide_busy_cycles);
		return ready + (wide ? m->divide_64_cycles : m->divide_cycles);
	case CLASS_EXCHANGE:
		return take(p, PORT_ALU, ready) + m->exchange_cycles;
	case CLASS_VECTOR:
		return take(p, PORT_VECTOR, ready) + m->vector_cycles;
	case CLASS_FLAGS:
		return ready + m->flags_cycles;
	case CLASS_CLOCK:
		return ready + m->clock_cycles;
	}
	return take(p, PORT_ALU, ready) + 1;
}

static uint64_t latest(const struct pipeline *p, const uint8_t *registers, unsigned n,
		       uint64_t cycle)
{
	for (unsigned i = 0; i < n; i++)
		cycle = later(cycle, p->registers[registers[i]]);
	return cycle;
}

static void set_results(struct pipeline *p, const struct model_insn *i, uint64_t cycle)
{
	for (unsigned k = 0; k < i->n_writes; k++)
		p->registers[i->writes[k]] = cycle;
}

static void do_serial(struct pipeline *p, const struct model_insn *i)
{
	unsigned cycles = p->m->serial_cycles[i->serial];
	uint64_t done;

	issue(p, 1);
	done = later(p->issue.cycle, p->retire.cycle) + cycles;
	p->serial_cycles += cycles;
	retire(p, done, 1);
	set_results(p, i, done);
	p->serial_until = done;
	wait_until(&p->fetch, done);
}

/* Locked: all before it is done, and its line is held until it is. */
static void do_atomic(struct pipeline *p, const struct model_insn *i, const struct access_note *a,
		      unsigned n)
{
	unsigned uops = uops_of(p->m, i, 0);
	uint64_t start, line, done;

	issue(p, uops);
	start = latest(p, i->reads, i->n_reads, p->issue.cycle + 1);
	start = latest(p, i->address, i->n_address, start);
	start = later(later(start, p->atomic_done), later(p->commit, p->loaded));
	start = later(start, p->retire.cycle);
	line = reach(p, a, start);
	done = start + p->m->atomic_cycles;
	if (line > start + p->m->l1d_cycles)
		done += line - start - p->m->l1d_cycles;
	for (unsigned k = 1; k < n; k++) {
		if (a[k].kind == ACCESS_PREFETCH)
			prefetch(p, &a[k], start);
	}
	p->atomic_done = p->commit = done;
	*forward_of(p, a->vaddr) = (struct forward){ a->vaddr / FORWARD_BYTES, done, done };
	set_results(p, i, done);
	retire(p, done, uops);
}

/* A string operation, by lines. */
static void do_rep(struct pipeline *p, const struct model_insn *i, const struct access_note *a,
		   unsigned n)
{
	uint64_t cycles = p->m->rep_start_cycles, done;

	issue(p, 4);
	for (unsigned k = 0; k < n; k++) {
		switch (a[k].level) {
		case LEVEL_L3:
			cycles += p->m->l3_line_cycles;
			break;
		case LEVEL_MEMORY:
			cycles += p->m->memory_line_cycles;
			break;
		default:
			cycles += a[k].kind == ACCESS_PREFETCH ? 0 : p->m->rep_line_cycles;
		}
	}
	done = later(p->issue.cycle, p->retire.cycle) + cycles;
	set_results(p, i, done);
	p->commit = later(p->commit, done);
	p->loaded = later(p->loaded, done);
	retire(p, done, 4);
}

static void do_plain(struct pipeline *p, const struct model_insn *i, const struct access_note *a,
		     unsigned n, bool fused, bool mispredicted)
{
	unsigned n_stores = 0, uops;
	uint64_t ready, address, done;

	for (unsigned k = 0; k < n; k++)
		n_stores += a[k].kind == ACCESS_STORE;
	uops = fused ? 0 : uops_of(p->m, i, n_stores);
	issue(p, uops);
	ready = latest(p, i->reads, i->n_reads, p->issue.cycle + 1);
	address = latest(p, i->address, i->n_address, p->issue.cycle + 1);
	for (unsigned k = 0; k < n; k++) {
		if (a[k].kind == ACCESS_LOAD)
			ready = later(ready, load(p, &a[k], address));
		else if (a[k].kind == ACCESS_PREFETCH)
			prefetch(p, &a[k], address);
	}
	done = i->flags & INSN_ZERO ? p->issue.cycle : execute(p, i, ready);
	set_results(p, i, done);
	for (unsigned k = 0; k < n; k++) {
		if (a[k].kind == ACCESS_STORE)
			/* What a call stores is known before it jumps. */
			done = later(done, store(p, &a[k], address,
						 i->flags & INSN_CALL ? p->issue.cycle + 1 : done));
	}
	retire(p, done, uops);
	if (mispredicted)
		wait_until(&p->fetch, done + p->m->mispredict_cycles);
}

static void fetch(struct pipeline *p, const struct step_note *s, const struct model_insn *i,
		  unsigned uops)
{
	unsigned ahead = p->m->fetch_queue_uops / p->m->issue_width;
	unsigned stall = s->code > LEVEL_L1 ? level_cycles(p->m, s->code) : 0;

	(void)i;
	if (p->issue.cycle > ahead)
		wait_until(&p->fetch, p->issue.cycle - ahead);
	if (stall > p->m->code_hidden_cycles)
		wait_until(&p->fetch, p->fetch.cycle + stall - p->m->code_hidden_cycles);
	p->fetch.used += uops;
	if (p->fetch.used > p->m->fetch_uops) {
		p->fetch.cycle++;
		p->fetch.used = uops;
	}
}

static bool fuses(const struct pipeline *p, const struct model_insn *i)
{
	return i->flags & INSN_CONDITIONAL && p->before && p->before->flags & INSN_FUSES &&
	       !(p->before->flags & INSN_ATOMIC) && p->before->vaddr + p->before->len == i->vaddr;
}

static void step(struct pipeline *p, const struct model_insn *i, const struct step_note *s,
		 const struct access_note *a)
{
	bool fused = fuses(p, i), stores = false;

	for (unsigned k = 0; k < s->n_accesses; k++)
		stores |= a[k].kind == ACCESS_STORE;
	fetch(p, s, i, fused ? 0 : uops_of(p->m, i, stores));
	if (i->class == CLASS_SERIAL)
		do_serial(p, i);
	else if (i->flags & INSN_ATOMIC && stores)
		do_atomic(p, i, a, s->n_accesses);
	else if (i->flags & INSN_REP)
		do_rep(p, i, a, s->n_accesses);
	else
		do_plain(p, i, a, s->n_accesses, fused, s->flags & NOTE_MISPREDICTED);
	if (s->flags & NOTE_TAKEN) {
		p->fetch.cycle += p->m->taken_branch_cycles;
		p->fetch.used = 0;
	}
	p->before = i;
}

/* What a part measures begins where what is before it has retired. */
static void time_part(struct pipeline *p, const struct trace *t, const struct notes *n,
		      const struct part_note *part, double *functions, size_t n_functions,
		      struct part_time *out)
{
	const struct access_note *a = n->accesses + part->first_access;
	uint64_t start = p->retire.cycle, before = start, serial = p->serial_cycles;

	for (size_t k = 0; k < part->n_steps; k++) {
		const struct step_note *s = &n->steps[part->first_step + k];
		const struct model_insn *i = &t->insns[s->insn];

		if (k == part->measured) {
			start = before = p->retire.cycle;
			serial = p->serial_cycles;
		}
		step(p, i, s, a);
		a += s->n_accesses;
		if (functions && k >= part->measured && i->function < n_functions)
			functions[i->function] += (double)(p->retire.cycle - before);
		before = p->retire.cycle;
	}
	if (part->n_steps > part->measured) {
		out->cycles += p->retire.cycle - start;
		out->serial_cycles += p->serial_cycles - serial;
	}
}

int pipeline_time(const struct model *m, const struct trace *t, const struct notes *notes,
		  double *functions, size_t n_functions, struct part_time *out, struct err *e)
{
	struct pipeline p;
	int r = pipeline_init(&p, m, e);

	*out = (struct part_time){ 0 };
	for (size_t k = 0; r == 0 && k < notes->n_parts; k++)
		time_part(&p, t, notes, &notes->parts[k], functions, n_functions, out);
	pipeline_free(&p);
	return r;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/time/work.h"

#define BARRIER() asm volatile("" ::: "memory")
#define APART __attribute__((noinline, noclone))

struct data d;

static inline uint64_t exchange(volatile uint64_t *at, uint64_t value)
{
	asm volatile("xchgq %0, %1" : "+r"(value), "+m"(*at)::"memory");
	return value;
}

static APART uint64_t entries_read(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t e = d.entries[i];

		if (e & 1)
			sum += e >> 12;
	}
	return sum;
}

static APART uint64_t entries_write(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t e = d.entries[i];

		if (e & 1)
			d.entries[i] = (e & ~2ull) | 0x40;
	}
	return n;
}

static APART uint64_t entries_exchange(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t e;

		if (!(d.entries[i] & 1))
			continue;
		e = exchange(&d.entries[i], 0);
		d.entries[i] = (e ^ 2) | 0x40;
	}
	return n;
}

static APART uint64_t entries_compare_exchange(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t e = d.entries[i];

		__atomic_compare_exchange_n(&d.entries[i], &e, e ^ 2, 0, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST);
	}
	return n;
}

/* The same work in one function, and cut into many, as a kernel's versions are. */
struct batch {
	uint64_t address, start, end, count, flags;
	volatile uint64_t *at;
};

static APART uint64_t metadata_of(const struct batch *b, uint64_t entry)
{
	return b->flags & 8 ? 0 : entry >> 12 & (PAGES - 1);
}

static APART unsigned batch_length(const struct batch *b, uint64_t page, unsigned left)
{
	return left && d.meta[page * 8] & 0x40 && b->flags & 16 ? left : 1;
}

static APART void widen(struct batch *b, uint64_t from, uint64_t to)
{
	if (from < b->start)
		b->start = from;
	if (to > b->end)
		b->end = to;
}

static APART void commit(struct batch *b, uint64_t old, uint64_t fresh, unsigned length)
{
	for (unsigned i = 0; i < length; i++)
		b->at[i] = fresh + ((uint64_t)i << 12);
	if ((old ^ fresh) & 2)
		widen(b, b->address, b->address + 4096ull * length);
	b->count += length;
}

static APART uint64_t split_exchange(unsigned n)
{
	struct batch b = { .start = UINT64_MAX };

	for (unsigned i = 0; i < n;) {
		uint64_t e = d.entries[i], old;
		unsigned length;

		b.at = &d.entries[i];
		b.address = (uint64_t)i << 12;
		length = batch_length(&b, metadata_of(&b, e), n - i);
		old = exchange(&d.entries[i], 0);
		commit(&b, old, old ^ 2, length);
		i += length;
	}
	return b.count + b.start + b.end;
}

static APART uint64_t whole_exchange(unsigned n)
{
	uint64_t start = UINT64_MAX, end = 0, count = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t old = exchange(&d.entries[i], 0), address = (uint64_t)i << 12;

		d.entries[i] = old ^ 2;
		if (address < start)
			start = address;
		if (address + 4096 > end)
			end = address + 4096;
		count++;
		BARRIER();
	}
	return count + start + end;
}

static APART uint64_t split_plain(unsigned n)
{
	struct batch b = { .start = UINT64_MAX };

	for (unsigned i = 0; i < n;) {
		uint64_t e = d.entries[i];
		unsigned length;

		b.at = &d.entries[i];
		b.address = (uint64_t)i << 12;
		length = batch_length(&b, metadata_of(&b, e), n - i);
		commit(&b, e, e ^ 2, length);
		i += length;
	}
	return b.count + b.start + b.end;
}

static APART uint64_t whole_plain(unsigned n)
{
	uint64_t start = UINT64_MAX, end = 0, count = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t address = (uint64_t)i << 12;

		d.entries[i] ^= 2;
		if (address < start)
			start = address;
		if (address + 4096 > end)
			end = address + 4096;
		count++;
		BARRIER();
	}
	return count + start + end;
}

static APART uint64_t locked_counter(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		asm volatile("lock incq %0" : "+m"(d.counter)::"memory", "cc");
	return d.counter;
}

static APART uint64_t plain_counter(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		d.counter++;
	return d.counter;
}

static APART uint64_t lock_pairs(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned expected = 0, held = 1;

		asm volatile("lock cmpxchgl %2, %1"
			     : "+a"(expected), "+m"(d.lock)
			     : "r"(held)
			     : "memory", "cc");
		d.counter += expected;
		d.lock = 0;
	}
	return d.counter;
}

static APART uint64_t references(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		asm volatile("lock addq $1, %0" : "+m"(d.meta[(i & 1023) * 8 + 3])::"memory", "cc");
	return n;
}

static APART uint64_t references_far(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		asm volatile("lock addq $1, %0"
			     : "+m"(d.meta[(uint64_t)i * 8 + 3])::"memory", "cc");
	return n;
}

static APART uint64_t metadata_read(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		const volatile uint64_t *m = &d.meta[(uint64_t)(i % PAGES) * 8];

		sum += m[0] & 1 ? m[1] : m[6] & 7;
	}
	return sum;
}

static APART uint64_t metadata_read_far(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		const volatile uint64_t *m = &d.meta[(uint64_t)i * 8];

		sum += m[0] & 1 ? m[1] : m[6] & 7;
	}
	return sum;
}

static APART uint64_t metadata_change(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		d.meta[(uint64_t)(i % PAGES) * 8 + 5]++;
	return n;
}

static uint64_t follow(void **at, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		at = *at;
	return (uint64_t)(uintptr_t)at;
}

static APART uint64_t chase_near(unsigned n)
{
	return follow(d.small_chain, n);
}

static APART uint64_t chase_middle(unsigned n)
{
	return follow(d.middle_chain, n);
}

static APART uint64_t chase_far(unsigned n)
{
	return follow(d.large_chain, n);
}

static uint64_t by_coin(const uint8_t *coin, unsigned mask, unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		if (coin[i & mask]) {
			sum += i;
			BARRIER();
		} else {
			sum ^= 5;
			BARRIER();
		}
	}
	return sum;
}

static APART uint64_t branch_pattern(unsigned n)
{
	return by_coin(d.pattern, sizeof(d.pattern) - 1, n);
}

static APART uint64_t branch_coin(unsigned n)
{
	return by_coin(d.coin, sizeof(d.coin) - 1, n);
}

static APART uint64_t branch_rare(unsigned n)
{
	return by_coin(d.rare, sizeof(d.rare) - 1, n);
}

static APART uint64_t clear_string(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		void *to = d.to + (i & 7) * 4096ul;
		uint64_t count = 4096;

		asm volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(0) : "memory");
	}
	return n;
}

static APART uint64_t clear_loop(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		volatile uint64_t *to = (void *)(d.to + (i & 7) * 4096ul);

		for (unsigned k = 0; k < 512; k += 4) {
			to[k] = 0;
			to[k + 1] = 0;
			to[k + 2] = 0;
			to[k + 3] = 0;
		}
	}
	return n;
}

static APART uint64_t copy_string(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		void *to = d.to + (i & 3) * 4096ul, *from = d.from + (i & 3) * 4096ul;
		uint64_t count = 4096;

		asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)::"memory");
	}
	return n;
}

static APART uint64_t copy_loop(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		volatile uint64_t *to = (void *)(d.to + (i & 3) * 4096ul);
		const volatile uint64_t *from = (void *)(d.from + (i & 3) * 4096ul);

		for (unsigned k = 0; k < 512; k++)
			to[k] = from[k];
	}
	return n;
}

static APART uint64_t add_one(unsigned n)
{
	return n + 1;
}

static APART uint64_t times_three(unsigned n)
{
	return n * 3ull;
}

static APART uint64_t turn(unsigned n)
{
	return n ^ 0x5a;
}

static APART uint64_t less_seven(unsigned n)
{
	return n - 7ull;
}

void work_set_calls(void)
{
	d.calls[0] = add_one;
	d.calls[1] = times_three;
	d.calls[2] = turn;
	d.calls[3] = less_seven;
}

static APART uint64_t calls_direct(unsigned n)
{
	uint64_t x = 0;

	for (unsigned i = 0; i < n; i++) {
		x = add_one((unsigned)x);
		BARRIER();
	}
	return x;
}

static APART uint64_t calls_pointer(unsigned n)
{
	uint64_t x = 0;

	for (unsigned i = 0; i < n; i++)
		x = ((work_fn volatile *)d.calls)[0]((unsigned)x);
	return x;
}

static APART uint64_t calls_coin(unsigned n)
{
	uint64_t x = 0;

	for (unsigned i = 0; i < n; i++)
		x = ((work_fn volatile *)d.calls)[d.coin[i & 65535] * 2 + d.coin[(i + 77) & 65535]](
			(unsigned)x);
	return x;
}

static APART uint64_t hash_find(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t key = d.nodes[(i * 7919u) & 4095].key;
		const struct node *p = d.buckets[key * 0x9e3779b97f4a7c15ull >> 52];

		while (p && p->key != key)
			p = p->next;
		sum += p ? p->value[0] : 0;
	}
	return sum;
}

static APART uint64_t list_walk(unsigned n)
{
	const struct node *p = d.shuffled;
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		sum += p->value[1];
		p = p->next;
	}
	return sum;
}

static APART uint64_t list_move(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct node *p = d.lru.previous;

		p->previous->next = p->next;
		p->next->previous = p->previous;
		p->next = d.lru.next;
		p->previous = &d.lru;
		d.lru.next->previous = p;
		d.lru.next = p;
		BARRIER();
	}
	return n;
}

static APART uint64_t tree_find(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t key = (i * 2654435761u) >> 20 & 511;
		const struct tree *t = d.tree;

		for (unsigned level = 0; level < 3; level++) {
			unsigned k = 0;

			while (k < 7 && key >= t->pivots[k])
				k++;
			if (level == 2)
				sum += t->pivots[0] + k;
			else
				t = t->slots[k];
		}
	}
	return sum;
}

static APART uint64_t directory_walk(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned at = i * 40503u;

		sum += d.directory[at >> 9 & 63][at & 511];
	}
	return sum;
}

static APART uint64_t search_sorted(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		uint32_t key = d.sorted[(i * 7919u) & 65535];
		unsigned low = 0, high = 65536;

		while (high - low > 1) {
			unsigned middle = (low + high) / 2;

			if (d.sorted[middle] <= key)
				low = middle;
			else
				high = middle;
			BARRIER();
		}
		sum += low;
	}
	return sum;
}

static APART uint64_t divide(unsigned n)
{
	uint64_t x = 0x123456789ull;

	for (unsigned i = 1; i <= n; i++)
		x = (x * 1000003) / (i | 1u) + i;
	return x;
}

static APART uint64_t multiply(unsigned n)
{
	uint64_t x = 3;

	for (unsigned i = 0; i < n; i++) {
		x = x * 0x5851f42d4c957f2dull + 1442695040888963407ull;
		x ^= x >> 29;
	}
	return x;
}

static APART uint64_t bits_find(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		for (uint64_t w = d.bitmap[i & 1023]; w; w &= w - 1)
			sum += (unsigned)__builtin_ctzll(w);
	}
	return sum;
}

static APART uint64_t bits_count(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		uint64_t w = d.bitmap[i & 1023];

		w -= w >> 1 & 0x5555555555555555ull;
		w = (w & 0x3333333333333333ull) + (w >> 2 & 0x3333333333333333ull);
		sum += ((w + (w >> 4)) & 0x0f0f0f0f0f0f0f0full) * 0x0101010101010101ull >> 56;
	}
	return sum;
}

static APART uint64_t arithmetic(unsigned n)
{
	uint64_t a = 1, b = 2, c = 3, e = 4;

	for (unsigned i = 0; i < n; i++) {
		a = a << 3 ^ b;
		b += c & 0xff;
		c ^= e >> 3;
		e += a;
		a |= 1;
		b ^= i;
	}
	return a + b + c + e;
}

static APART uint64_t checksum(unsigned n)
{
	const uint8_t *from = (const uint8_t *)d.from;
	uint32_t crc = ~0u;

	for (unsigned i = 0; i < n; i++)
		crc = crc >> 8 ^ d.table[(crc ^ from[i & 16383]) & 255];
	return crc;
}

struct wide {
	uint64_t words[8];
};

static APART struct wide make_wide(uint64_t x)
{
	struct wide w;

	for (unsigned i = 0; i < 8; i++)
		w.words[i] = x + i;
	return w;
}

static APART uint64_t use_wide(const struct wide *w)
{
	return w->words[0] + w->words[3] + w->words[7];
}

static APART uint64_t by_value(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		struct wide w = make_wide(sum);

		BARRIER();
		sum += use_wide(&w);
	}
	return sum;
}

static APART uint64_t byte_vector(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint64_t e = d.entries[i & (ENTRIES - 1)];

		((volatile char *)d.to)[i & 4095] = e & 1 ? 1 : e ? 2 : 0;
	}
	return n;
}

static APART uint64_t through_memory(unsigned n)
{
	volatile uint64_t x = 1;

	for (unsigned i = 0; i < n; i++)
		x = x + 3;
	return x;
}

static APART uint64_t compare_lines(unsigned n)
{
	uint64_t same = 0;

	for (unsigned i = 0; i < n; i++) {
		const volatile uint64_t *a = (void *)(d.from + (i & 255) * 64ul);
		const volatile uint64_t *b = (void *)(d.to + (i & 255) * 64ul);
		unsigned k = 0;

		while (k < 8 && (a[k] & 0) == (b[k] & 0))
			k++;
		same += k;
	}
	return same;
}

const struct work works[] = {
	{ "entries-read", entries_read, ENTRIES },
	{ "entries-write", entries_write, ENTRIES },
	{ "entries-exchange", entries_exchange, ENTRIES },
	{ "entries-compare-exchange", entries_compare_exchange, ENTRIES },
	{ "split-exchange", split_exchange, ENTRIES },
	{ "whole-exchange", whole_exchange, ENTRIES },
	{ "split-plain", split_plain, ENTRIES },
	{ "whole-plain", whole_plain, ENTRIES },
	{ "locked-counter", locked_counter, 4096 },
	{ "plain-counter", plain_counter, 16384 },
	{ "lock-pairs", lock_pairs, 4096 },
	{ "references", references, 4096 },
	{ "references-far", references_far, PAGES },
	{ "metadata-read", metadata_read, PAGES },
	{ "metadata-read-far", metadata_read_far, MANY_PAGES },
	{ "metadata-change", metadata_change, PAGES },
	{ "chase-near", chase_near, 16384 },
	{ "chase-middle", chase_middle, 16384 },
	{ "chase-far", chase_far, 65536 },
	{ "branch-pattern", branch_pattern, 32768 },
	{ "branch-coin", branch_coin, 65536 },
	{ "branch-rare", branch_rare, 65536 },
	{ "clear-string", clear_string, 64 },
	{ "clear-loop", clear_loop, 64 },
	{ "copy-string", copy_string, 64 },
	{ "copy-loop", copy_loop, 64 },
	{ "calls-direct", calls_direct, 16384 },
	{ "calls-pointer", calls_pointer, 16384 },
	{ "calls-coin", calls_coin, 32768 },
	{ "hash-find", hash_find, 8192 },
	{ "list-walk", list_walk, 16384 },
	{ "list-move", list_move, 8192 },
	{ "tree-find", tree_find, 8192 },
	{ "directory-walk", directory_walk, 16384 },
	{ "search-sorted", search_sorted, 4096 },
	{ "divide", divide, 8192 },
	{ "multiply", multiply, 16384 },
	{ "bits-find", bits_find, 4096 },
	{ "bits-count", bits_count, 16384 },
	{ "arithmetic", arithmetic, 16384 },
	{ "checksum", checksum, 16384 },
	{ "by-value", by_value, 8192 },
	{ "byte-vector", byte_vector, 16384 },
	{ "through-memory", through_memory, 8192 },
	{ "compare-lines", compare_lines, 8192 },
	{ 0 },
};

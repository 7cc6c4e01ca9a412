// SPDX-License-Identifier: GPL-2.0-only
// What does a vCPU see while another thread deletes and creates the slot that it reads? A counter
// is odd while the slots are in flux: an access is judged only if the same even number stood before
// and after it, so that a judged one has one right answer.

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "probe.h"

/**
 * LIE is the canary: it takes memory for a device and a device for memory. IN_FLUX: what was pushed
 * out while the slots changed is what a vCPU goes on with; it is pushed out without a slot too, so
 * that its entry has the number of today. FIRST: the run ends with its first stale answer.
 */
enum { EARLY = 1, PUSH_OUT = 2, LIE = 4, TRACED = 8, IN_FLUX = 16, FIRST = 32 };
#define LOOKS 3
#define PAUSE_MAX 3000
#define SLOT 1
#define X 0x110
#define NEVER 0x130
#define PAGE_A 0x40
#define PAGE_B 0x50
#define SLOT_PAGE 3

struct stress {
	struct vm vm;
	int mode;
	long cycles, done;
	double end;
	atomic_uint flux;
	atomic_uint looks;
	atomic_int is_there, is_over;
};

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void change(struct stress *stress, int is_there)
{
	if (set_slot(&stress->vm, SLOT, X, is_there, SLOT_PAGE, 0) < 0)
		die("a slot cannot be changed");
	atomic_store(&stress->is_there, is_there);
}

/** The slots rest until the vCPU has looked a few times, so that its caches are warm. */
static void rest(struct stress *stress)
{
	unsigned int start;

	atomic_fetch_add(&stress->flux, 1);
	start = atomic_load(&stress->looks);
	while (atomic_load(&stress->looks) - start < LOOKS && !atomic_load(&stress->is_over))
		sched_yield();
	atomic_fetch_add(&stress->flux, 1);
}

/** The counter is odd at the start, and whenever the slots do not rest. */
static void *update(void *argument)
{
	struct stress *stress = argument;
	unsigned int chance = 88172645;

	pin(1);
	while (stress->done < stress->cycles && now() < stress->end && !atomic_load(&stress->is_over)) {
		change(stress, 0);
		if (stress->mode & EARLY) {
			chance ^= chance << 13, chance ^= chance >> 17, chance ^= chance << 5;
			for (volatile unsigned int n = chance % PAUSE_MAX; n > 0; n--)
				;
		} else
			rest(stress);
		change(stress, 1);
		rest(stress);
		stress->done++;
	}
	atomic_store(&stress->is_over, 1);
	return NULL;
}

/** `id mode cycles seconds`; tells cycles, judged, not judged, stale MMIO and stale RAM. */
void do_stress(char *words)
{
	static struct stress stress;
	unsigned long judged = 0, other = 0, stale_mmio = 0, stale_ram = 0;
	char *rest_of = NULL, *id = strtok_r(words, " ", &rest_of);
	pthread_t updater;

	if (id == NULL)
		die("a stress run has no name");
	memset(&stress, 0, sizeof(stress));
	stress.mode = strtol(rest_of, &rest_of, 10);
	stress.cycles = strtol(rest_of, &rest_of, 10);
	stress.end = now() + strtod(rest_of, &rest_of);
	make_vm(&stress.vm, 0);
	if (stress.mode & TRACED)
		start_trace();
	set_entry(&stress.vm, PAGE_A, X * PAGE | ENTRY);
	set_entry(&stress.vm, PAGE_B, NEVER * PAGE | ENTRY);
	atomic_store(&stress.flux, 1);
	change(&stress, 1);
	pin(0);
	if (pthread_create(&updater, NULL, update, &stress) != 0)
		die("no second thread");
	while (!atomic_load(&stress.is_over)) {
		unsigned int before;
		struct seen seen;
		int is_there, is_pushed;

		before = atomic_load(&stress.flux);
		is_pushed = before % 2 == 1 || !atomic_load(&stress.is_there);
		if ((stress.mode & PUSH_OUT) && (is_pushed || !(stress.mode & IN_FLUX)))
			access_page(&stress.vm, 0, READ, PAGE_B);
		before = atomic_load(&stress.flux);
		is_there = atomic_load(&stress.is_there) ^ !!(stress.mode & LIE);
		seen = access_page(&stress.vm, 0, READ, PAGE_A);
		if (seen.kind != 'r' && seen.kind != 'm')
			die("the guest ended: %c%lx", seen.kind, (unsigned long)seen.at);
		if (before % 2 == 0 && before == atomic_load(&stress.flux)) {
			judged++;
			stale_mmio += is_there && seen.kind == 'm';
			stale_ram += !is_there && seen.kind == 'r';
			if ((stress.mode & FIRST) && stale_mmio + stale_ram > 0) {
				// The buffer shall end with the story of it.
				if (stress.mode & TRACED)
					stop_trace();
				atomic_store(&stress.is_over, 1);
			}
		} else
			other++;
		atomic_fetch_add(&stress.looks, 1);
	}
	pthread_join(updater, NULL);
	if (stress.mode & TRACED) {
		stop_trace();
		tell_trace(id);
	}
	drop_vm(&stress.vm);
	say("stress %s cycles %ld judged %lu other %lu stale-mmio %lu stale-ram %lu", id,
	    stress.done, judged, other, stale_mmio, stale_ram);
}

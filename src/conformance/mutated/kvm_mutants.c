// SPDX-License-Identifier: GPL-2.0-only
// Parameters of the mutated module. 0 is the kernel as it stands; waits change timing, not logic.
// Both sides of a race wait for each other where one is to overtake the other, and at most for so
// many microseconds: how often a race is lost does not depend on how fast the machine is. Who waits
// sleeps, since on its CPU the worker may have to run that ends the grace period.

#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
#include <linux/srcu.h>
#include <linux/workqueue.h>
#include "kvm_mutants.h"

unsigned int kvm_mutant;
module_param(kvm_mutant, uint, 0644);
EXPORT_SYMBOL_GPL(kvm_mutant);

unsigned int kvm_slots_max = KVM_USER_MEM_SLOTS;
module_param(kvm_slots_max, uint, 0644);

unsigned int kvm_wait_publish_us;
module_param(kvm_wait_publish_us, uint, 0644);

unsigned int kvm_wait_end_us;
module_param(kvm_wait_end_us, uint, 0644);

/** The page that stress.c watches: waits for another one would be waits for nothing. */
#define WATCHED 0x110
#define REST_US 20
/** Within so many microseconds a grace period knows for which readers it waits. */
#define FLIP_US 500

/** Installs that were published, and ended. */
static unsigned int published, ended;
/** A vCPU holds what it read in the old slots. */
static bool holds;
/** The grace period of an install is held up: who looks now is not waited for by it. */
static bool is_open;
/** The reader that holds it up. */
static struct srcu_struct *reader_of;
static int reader;

static u64 limit(unsigned int us)
{
	return ktime_get_ns() + (u64)us * NSEC_PER_USEC;
}

static bool rests(u64 end)
{
	if (ktime_get_ns() >= end)
		return false;
	usleep_range(REST_US, 2 * REST_US);
	return true;
}

/** The grace period goes on when a vCPU has looked. */
static void let_go(struct work_struct *work)
{
	u64 end = limit(kvm_wait_end_us);

	usleep_range(FLIP_US, 2 * FLIP_US);
	WRITE_ONCE(is_open, true);
	while (READ_ONCE(is_open) && rests(end))
		;
	WRITE_ONCE(is_open, false);
	srcu_read_unlock(reader_of, reader);
}
static DECLARE_WORK(reader_work, let_go);

/** An install begins when a vCPU holds what it read. */
void kvm_mutants_begin(void)
{
	u64 end = limit(kvm_wait_publish_us);

	while (!READ_ONCE(holds) && rests(end))
		;
}

void kvm_mutants_publish(struct srcu_struct *srcu)
{
	WRITE_ONCE(published, published + 1);
	if (kvm_wait_end_us == 0)
		return;
	/* The install before this one has waited for its reader, so there is none. */
	reader_of = srcu;
	reader = srcu_read_lock(srcu);
	queue_work(system_unbound_wq, &reader_work);
}

void kvm_mutants_end(void)
{
	WRITE_ONCE(ended, ended + 1);
}

/**
 * The next install publishes its slots while this vCPU holds what it read in the old ones. True if
 * the fault shall be tried again: the grace period of an install under way may wait for this vCPU.
 */
bool kvm_mutants_wait_publish(unsigned long long gfn)
{
	unsigned int start = READ_ONCE(published);
	u64 end = limit(kvm_wait_publish_us);

	if (gfn != WATCHED || kvm_wait_publish_us == 0)
		return false;
	if (READ_ONCE(ended) != start)
		return true;
	WRITE_ONCE(holds, true);
	while (READ_ONCE(published) == start && rests(end))
		;
	WRITE_ONCE(holds, false);
	return false;
}

/** The install that is under way ends while this vCPU holds what it found meanwhile. */
void kvm_mutants_wait_end(unsigned long long gfn)
{
	unsigned int start = READ_ONCE(ended);
	/* A grace period may look for readers once in a jiffy only. */
	u64 end = limit(4 * kvm_wait_end_us);

	if (gfn != WATCHED || !READ_ONCE(is_open))
		return;
	WRITE_ONCE(is_open, false);
	while (READ_ONCE(ended) == start && rests(end))
		;
	/* The ioctl returns before the guest looks again. */
	usleep_range(FLIP_US, 2 * FLIP_US);
}

// SPDX-License-Identifier: GPL-2.0-only
// Parameters of the mutated module. 0 is the kernel as it stands; waits change timing, not logic. A
// vCPU waits where it can be overtaken until it was, and at most for so many microseconds: how
// often a race is lost does not depend on how fast the machine is.

#include <linux/delay.h>
#include <linux/kvm_host.h>
#include <linux/module.h>
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

/** Installs that were begun, published, and ended. */
static unsigned int begun, published, ended;

void kvm_mutants_begin(void)
{
	WRITE_ONCE(begun, begun + 1);
}

void kvm_mutants_publish(void)
{
	WRITE_ONCE(published, published + 1);
}

void kvm_mutants_end(void)
{
	WRITE_ONCE(ended, ended + 1);
}

/** The next install publishes its slots while this vCPU holds what it read in the old ones. */
void kvm_mutants_wait_publish(void)
{
	unsigned int start = READ_ONCE(published), us = kvm_wait_publish_us;

	while (us-- > 0 && READ_ONCE(published) == start)
		udelay(1);
}

/** An install that is under way ends while this vCPU holds what it found meanwhile. */
void kvm_mutants_wait_end(void)
{
	unsigned int start = READ_ONCE(ended), us = kvm_wait_end_us;

	while (us-- > 0 && READ_ONCE(begun) != start && READ_ONCE(ended) == start)
		udelay(1);
}

// SPDX-License-Identifier: GPL-2.0-only
// Parameters of the mutated module. 0 is the kernel as it stands; waits change timing, not logic.

#include <linux/delay.h>
#include <linux/module.h>
#include "kvm_mutants.h"

unsigned int kvm_mutant;
module_param(kvm_mutant, uint, 0644);
EXPORT_SYMBOL_GPL(kvm_mutant);

unsigned int kvm_delay_us;
module_param(kvm_delay_us, uint, 0644);

unsigned int kvm_delay2_us;
module_param(kvm_delay2_us, uint, 0644);

void kvm_mutants_wait(unsigned int us)
{
	if (us)
		udelay(us);
}

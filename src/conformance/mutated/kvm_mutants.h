/* SPDX-License-Identifier: GPL-2.0-only */
/* Included before every file of the module: which mutant is alive, and how wide races are. */
#ifndef KVM_MUTANTS_H
#define KVM_MUTANTS_H

extern unsigned int kvm_mutant;
extern unsigned int kvm_delay_us;
extern unsigned int kvm_delay2_us;

#define KVM_MUTANT(n) (*(volatile unsigned int *)&kvm_mutant == (n))

void kvm_mutants_wait(unsigned int us);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Included before every file of the module: which mutant is alive, and where races are made. */
#ifndef KVM_MUTANTS_H
#define KVM_MUTANTS_H

struct srcu_struct;

extern unsigned int kvm_mutant;
extern unsigned int kvm_slots_max;

#define KVM_MUTANT(n) (*(volatile unsigned int *)&kvm_mutant == (n))

void kvm_mutants_begin(void);
void kvm_mutants_publish(struct srcu_struct *srcu);
void kvm_mutants_end(void);
_Bool kvm_mutants_wait_publish(unsigned long long gfn);
void kvm_mutants_wait_end(unsigned long long gfn);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Included before every file of the module: which mutant is alive, and where races are made. */
#ifndef KVM_MUTANTS_H
#define KVM_MUTANTS_H

extern unsigned int kvm_mutant;
extern unsigned int kvm_slots_max;

#define KVM_MUTANT(n) (*(volatile unsigned int *)&kvm_mutant == (n))

void kvm_mutants_begin(void);
void kvm_mutants_publish(void);
void kvm_mutants_end(void);
void kvm_mutants_wait_publish(void);
void kvm_mutants_wait_end(void);

#endif

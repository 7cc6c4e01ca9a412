// SPDX-License-Identifier: GPL-2.0-only
// Does a vCPU go on with a slot that was deleted? A guest cannot tell: its first fault after a
// deletion is on the page of its code, whose slot takes the place of the one that was used last. So
// this vCPU never runs. Its page table lies in the slot, all four levels in one page that maps
// itself, and userspace asks KVM to walk it.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include "probe.h"

#define SLOT 1
#define X 0x110
#define SLOT_PAGE 3
#define VCPU 1

static int finds_table(struct vm *vm)
{
	struct kvm_translation asked = { .linear_address = 0 };

	must(ioctl(vm->vcpu[VCPU], KVM_TRANSLATE, &asked), "KVM_TRANSLATE");
	return asked.valid;
}

/** `id tries`; tells how often the table was found while there was a slot, and without one. */
void do_freed(char *words)
{
	char *rest = NULL, *id = strtok_r(words, " ", &rest);
	long tries = strtol(rest, NULL, 10), found = 0, wrong = 0;
	struct kvm_sregs sregs;
	struct vm vm;

	if (id == NULL)
		die("a run has no name");
	make_vm(&vm, 0);
	*(uint64_t *)(vm.backing + SLOT_PAGE * PAGE) = X * PAGE | ENTRY;
	must(ioctl(vm.vcpu[VCPU], KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cr3 = X * PAGE;
	for (long i = 0; i < tries; i++) {
		must(set_slot(&vm, SLOT, X, 1, SLOT_PAGE, 0), "a slot");
		if (i == 0)
			must(ioctl(vm.vcpu[VCPU], KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
		found += finds_table(&vm);
		must(set_slot(&vm, SLOT, X, 0, SLOT_PAGE, 0), "no slot");
		wrong += finds_table(&vm);
	}
	drop_vm(&vm);
	say("freed %s tries %ld found %ld wrong %ld", id, tries, found, wrong);
}

// SPDX-License-Identifier: GPL-2.0-only
// What is the guest? A VM with memory at 0, a leaf page table P of its own for the addresses from
// 2 MiB on, and one or two vCPUs that do one order at a time. If it is nested, P is the leaf of the
// hypervisor's nested page table, and an inner guest does the accesses.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "probe.h"

#define CR0_ON 0x80010033ul // PG WP NE ET MP PE
#define CR4_PAE 0x20ul
#define EFER_ON 0xd00ul // LME LMA NXE
#define EFER_SVME 0x1000ul
#define MSR_VM_HSAVE_PA 0xc0010117

static int kvm;
static int run_size;
static struct kvm_cpuid2 *cpuid;

void *page_at(struct vm *vm, int gfn)
{
	return vm->low + gfn * PAGE;
}

void must(int result, const char *what)
{
	if (result < 0)
		die("%s: %s", what, strerror(errno));
}

void prepare_kvm(void)
{
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	must(kvm, "/dev/kvm");
	run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	must(run_size, "KVM_GET_VCPU_MMAP_SIZE");
	cpuid = calloc(1, sizeof(*cpuid) + 256 * sizeof(cpuid->entries[0]));
	cpuid->nent = 256;
	must(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
}

uint64_t in_code(const unsigned char *order)
{
	return CODE * PAGE + (order - guest_code);
}

/** A page table of four levels: the first leaf table maps the low pages, the second one is P. */
static void write_tables(struct vm *vm, int top, int second, int third, int leaf, int is_own)
{
	uint64_t *low = page_at(vm, leaf);

	*(uint64_t *)page_at(vm, top) = second * PAGE | ENTRY;
	*(uint64_t *)page_at(vm, second) = third * PAGE | ENTRY;
	((uint64_t *)page_at(vm, third))[0] = leaf * PAGE | ENTRY;
	if (is_own)
		((uint64_t *)page_at(vm, third))[1] = P * PAGE | ENTRY;
	for (uint64_t i = 0; i < LOW_PAGES; i++)
		low[i] = i * PAGE | ENTRY;
}

/** A page fault of the guest goes to guest_fault. */
static void write_traps(struct vm *vm)
{
	uint64_t *gates = page_at(vm, TRAPS), *segments = gates + 256, at = in_code(guest_fault);

	gates[28] = (at & 0xffff) | 8ul << 16 | 0x8e00ul << 32 | (at >> 16 & 0xffff) << 48;
	gates[29] = at >> 32;
	segments[1] = 0x00af9b000000fffful;
	segments[2] = 0x00cf93000000fffful;
}

static void put(struct vm *vm, int offset, const void *value, size_t size)
{
	memcpy((char *)page_at(vm, VMCB) + offset, value, size);
}

void put64(struct vm *vm, int offset, uint64_t value)
{
	put(vm, offset, &value, 8);
}

uint64_t get64(struct vm *vm, int offset)
{
	uint64_t value;

	memcpy(&value, (char *)page_at(vm, VMCB) + offset, 8);
	return value;
}

/** The inner guest: 32 bits, no paging of its own. All its exceptions end it. */
static void write_vmcb(struct vm *vm)
{
	static const struct { uint16_t selector, attributes; uint32_t limit; uint64_t base; }
		code = { 8, 0xc9b, 0xffffffff, 0 }, data = { 16, 0xc93, 0xffffffff, 0 };

	put64(vm, 0x008, 0xfffffffful | 1ul << 63); // exceptions; shutdown
	put64(vm, 0x010, 3); // VMRUN, VMMCALL
	put64(vm, 0x058, 1); // ASID
	put64(vm, 0x090, 1); // nested paging
	put64(vm, 0x0b0, N_TOP * PAGE);
	put(vm, 0x400, &data, 16); // es, cs, ss, ds
	put(vm, 0x410, &code, 16);
	put(vm, 0x420, &data, 16);
	put(vm, 0x430, &data, 16);
	put64(vm, 0x4d0, EFER_SVME);
	put64(vm, 0x558, 0x11); // cr0: ET PE
	put64(vm, 0x560, 0x400); // dr7
	put64(vm, 0x568, 0xffff0ff0); // dr6
	put64(vm, 0x570, 2); // rflags
	put64(vm, 0x668, 0x0007040600070406ul); // PAT
}

static struct kvm_segment segment(int selector, int type, int is_code)
{
	return (struct kvm_segment){ .selector = selector, .limit = 0xffffffff, .type = type,
		.present = 1, .s = 1, .g = 1, .l = is_code, .db = !is_code };
}

static void make_vcpu(struct vm *vm, int i)
{
	struct kvm_sregs sregs;
	struct { struct kvm_msrs head; struct kvm_msr_entry entry; } msrs = {
		.head.nmsrs = 1, .entry = { .index = MSR_VM_HSAVE_PA, .data = HSAVE * PAGE } };
	int fd = ioctl(vm->fd, KVM_CREATE_VCPU, i);

	must(fd, "KVM_CREATE_VCPU");
	vm->vcpu[i] = fd;
	vm->run[i] = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (vm->run[i] == MAP_FAILED)
		die("struct kvm_run cannot be mapped: %s", strerror(errno));
	must(ioctl(fd, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
	must(ioctl(fd, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs = segment(8, 11, 1);
	sregs.ds = sregs.es = sregs.ss = segment(16, 3, 0);
	sregs.gdt = (struct kvm_dtable){ .base = TRAPS * PAGE + 2048, .limit = 23 };
	sregs.idt = (struct kvm_dtable){ .base = TRAPS * PAGE, .limit = 2047 };
	sregs.cr0 = CR0_ON;
	sregs.cr3 = TOP * PAGE;
	sregs.cr4 = CR4_PAE;
	sregs.efer = EFER_ON | (vm->is_nested ? EFER_SVME : 0);
	must(ioctl(fd, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	if (vm->is_nested)
		must(ioctl(fd, KVM_SET_MSRS, &msrs) - 1, "KVM_SET_MSRS");
}

void make_vm(struct vm *vm, int is_nested)
{
	memset(vm, 0, sizeof(*vm));
	vm->is_nested = is_nested;
	vm->fd = ioctl(kvm, KVM_CREATE_VM, 0);
	must(vm->fd, "KVM_CREATE_VM");
	vm->low = mmap(NULL, (LOW_PAGES + BACKING) * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (vm->low == MAP_FAILED)
		die("no memory for a guest: %s", strerror(errno));
	vm->backing = vm->low + LOW_PAGES * PAGE;
	memcpy(page_at(vm, CODE), guest_code, guest_code_end - guest_code);
	write_tables(vm, TOP, SECOND, THIRD, LEAF, !is_nested);
	write_traps(vm);
	if (is_nested) {
		write_tables(vm, N_TOP, N_SECOND, N_THIRD, N_LEAF, 1);
		write_vmcb(vm);
	}
	for (int i = 0; i < BACKING; i++) {
		const unsigned char code[] = { 0xb0, i, 0xc3 }; // mov $i, %al; ret

		vm->backing[i * PAGE + ID_AT] = i;
		memcpy(vm->backing + i * PAGE + RUN_AT, code, sizeof(code));
	}
	must(set_slot(vm, 0, 0, LOW_PAGES, -LOW_PAGES, 0), "memory of a guest");
	for (int i = 0; i < (is_nested ? 1 : VCPUS); i++)
		make_vcpu(vm, i);
}

void drop_vm(struct vm *vm)
{
	for (int i = 0; i < (vm->is_nested ? 1 : VCPUS); i++) {
		munmap(vm->run[i], run_size);
		close(vm->vcpu[i]);
	}
	close(vm->fd);
	munmap(vm->low, (LOW_PAGES + BACKING) * PAGE);
}

/** KVM_SET_USER_MEMORY_REGION; the pages begin at one of the backing ones. 0 or -errno. */
int set_slot(struct vm *vm, int slot, uint64_t gfn, int pages, int page, int flags)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot, .flags = flags, .guest_phys_addr = gfn * PAGE, .memory_size = pages * PAGE,
		.userspace_addr = (uintptr_t)(vm->backing + page * (long)PAGE) };

	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return -errno;
	if (slot > 0 && slot < SLOTS_MAX)
		vm->slots = pages == 0 ? vm->slots & ~(1u << slot) : vm->slots | 1u << slot;
	return 0;
}

/** Userspace writes an entry of P, before the guest ran. */
void set_entry(struct vm *vm, int index, uint64_t value)
{
	((uint64_t *)page_at(vm, P))[index] = value;
}

uint64_t entry_address(int index)
{
	return P * PAGE + index * 8;
}

/** As after make_vm(), but for the generation: a deletion takes all that KVM knew of the guest. */
void reset_vm(struct vm *vm)
{
	if (vm->slots == 0)
		must(set_slot(vm, 1, RESET_GFN, 1, 0, 0), "reset");
	for (int slot = 1; slot < SLOTS_MAX; slot++)
		if (vm->slots & 1u << slot)
			must(set_slot(vm, slot, 0, 0, 0, 0), "reset");
	memset(page_at(vm, P), 0, PAGE);
	for (int i = 0; i < BACKING; i++)
		vm->backing[i * PAGE + WRITE_AT] = 0;
	vm->written = 0;
}

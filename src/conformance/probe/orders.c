// SPDX-License-Identifier: GPL-2.0-only
// What comes of an order? The vCPU runs until it is done, and all that userspace is told on the way
// is one observation.

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include "probe.h"

#define HANG_SECONDS 30
#define MMIO_ANSWER 0xee

static void ignore(int signal)
{
	(void)signal;
}

/** Ends a KVM_RUN that does not end by itself. */
static void set_alarm(int seconds)
{
	struct sigaction action = { .sa_handler = ignore };
	struct itimerval timer = { .it_value.tv_sec = seconds, .it_interval.tv_sec = seconds ? 1 : 0 };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/** KVM gave up, and may have left an exception that the next order must not get. */
static void forget_exception(struct vm *vm, int i)
{
	struct kvm_vcpu_events events;

	if (ioctl(vm->vcpu[i], KVM_GET_VCPU_EVENTS, &events) < 0)
		return;
	memset(&events.exception, 0, sizeof(events.exception));
	ioctl(vm->vcpu[i], KVM_SET_VCPU_EVENTS, &events);
}

/** Runs the vCPU until the order is done. For RAM, `at` is what the guest had in al. */
static struct seen run_order(struct vm *vm, int i)
{
	struct kvm_run *run = vm->run[i];
	struct seen seen = { 'r', 0 };
	struct kvm_regs regs;
	double end = now() + HANG_SECONDS;

	for (;;) {
		if (ioctl(vm->vcpu[i], KVM_RUN, 0) < 0) {
			if (errno != EINTR && errno != EAGAIN)
				return (struct seen){ 'x', errno };
			if (now() > end)
				return (struct seen){ 'h', 0 };
		} else if (run->exit_reason == KVM_EXIT_MMIO) {
			seen = (struct seen){ 'm', run->mmio.phys_addr / PAGE };
			memset(run->mmio.data, MMIO_ANSWER, sizeof(run->mmio.data));
		} else if (run->exit_reason == KVM_EXIT_IO) {
			if (run->io.port == 0x11)
				return (struct seen){ 'f', 0 };
			break;
		} else if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR) {
			forget_exception(vm, i);
			return (struct seen){ 'e', run->internal.suberror };
		} else
			return (struct seen){ 'x', run->exit_reason };
	}
	ioctl(vm->vcpu[i], KVM_GET_REGS, &regs);
	if (seen.kind == 'r')
		seen.at = regs.rax & 0xff;
	return seen;
}

static void aim(struct vm *vm, int i, uint64_t rip, uint64_t rbx, uint64_t rax)
{
	struct kvm_regs regs = { .rip = rip, .rbx = rbx, .rax = rax, .rflags = 2,
				 .rsp = (STACK + i + 1) * PAGE - 64 };

	must(ioctl(vm->vcpu[i], KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

struct seen do_order(struct vm *vm, int i, enum order order, uint64_t address, uint64_t value)
{
	struct seen seen;

	set_alarm(HANG_SECONDS);
	aim(vm, i, in_code(guest_order[order]), address, value);
	seen = run_order(vm, i);
	set_alarm(0);
	return seen;
}

/** The hypervisor enters its guest, which does the order; what the hypervisor was told. */
static struct seen do_inner(struct vm *vm, enum order order, uint64_t address, uint64_t value)
{
	struct seen seen;
	uint64_t code;

	put64(vm, 0x578, in_code(inner_order[order]));
	put64(vm, 0x5d8, (LAST_STACK + 1) * PAGE - 64);
	put64(vm, 0x5f8, value);
	seen = do_order(vm, 0, ENTER, address, VMCB * PAGE);
	code = get64(vm, 0x70);
	if (seen.kind != 'r' && seen.kind != 'm')
		return seen;
	if (code == 0x400)
		return (struct seen){ 'f', 0 };
	if (code == 0x46) // #UD: KVM could not emulate
		return (struct seen){ 'e', 1 };
	if (code != 0x81)
		return (struct seen){ 'x', code };
	if (seen.kind == 'r')
		seen.at = get64(vm, 0x5f8) & 0xff;
	return seen;
}

/** READ, WRITE or RUN of a page from 2 MiB on. For RAM, `at` is the backing page that was met. */
struct seen access_page(struct vm *vm, int i, enum order order, uint64_t page)
{
	static const int offsets[] = { [READ] = ID_AT, [WRITE] = WRITE_AT, [RUN] = RUN_AT };
	uint64_t address = P_BASE + page * PAGE + (order == RELOAD ? 0 : offsets[order]);
	struct seen seen;

	if (order == WRITE)
		vm->written++;
	if (vm->is_nested)
		seen = do_inner(vm, order, address, vm->written);
	else
		seen = do_order(vm, i, order, address, vm->written);
	if (seen.kind != 'r' || order != WRITE)
		return seen;
	for (int page_of = 0; page_of < BACKING; page_of++)
		if (vm->backing[page_of * PAGE + WRITE_AT] == vm->written)
			return (struct seen){ 'r', page_of };
	return (struct seen){ 'r', 0xff };
}

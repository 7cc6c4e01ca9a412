// SPDX-License-Identifier: GPL-2.0-only
// What the parts of the probe share. The probe is the first and only program of the emulated
// machine: it loads the modules, does what /job says, and tells what it saw over the serial line.

#ifndef PROBE_H
#define PROBE_H

#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE 4096ul

// What lies where in the guest's first pages. Tables of the inner guest's memory come second.
enum { TOP = 1, SECOND, THIRD, LEAF, P, TRAPS, CODE, VMCB, HSAVE, STACK, LAST_STACK,
       N_TOP, N_SECOND, N_THIRD, N_LEAF, LOW_PAGES = 64 };

#define P_BASE 0x200000ul
#define ENTRY 0x67ul // present, writable, user, accessed, dirty
/** Where a page says which one it is, where it is written, and where it can be run. */
#define ID_AT 0x108
#define WRITE_AT 0x110
#define RUN_AT 0x300

// serial.c
void open_line(void);
/** One numbered record with a check sum; cut at the length of a line. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** Says why and ends the machine: no DONE record follows. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void power_off(void) __attribute__((noreturn));
/** Seconds since some start. */
double now(void);
int write_file(const char *path, const char *text);

// vm.c
#define VCPUS 2
#define BACKING 16

struct vm {
	int fd;
	int is_nested;
	int vcpu[VCPUS];
	struct kvm_run *run[VCPUS];
	unsigned char *low;
	unsigned char *backing;
	unsigned char written;
	unsigned int slots; // bit by number, those of the cases
};

enum { RESET_GFN = 0x1f0, SLOTS_MAX = 32 };

/** What the guest may be told to do. */
enum order { READ, WRITE, RUN, STORE, RELOAD, INVLPG, ENTER, ORDERS };

/** How it ended: what the observation is called, with the gfn or the page where it has one. */
struct seen {
	char kind; // r RAM, m MMIO, f fault of the guest, e KVM gives up, h hangs, x shut down
	uint64_t at;
};

void prepare_kvm(void);
void make_vm(struct vm *vm, int is_nested);
void drop_vm(struct vm *vm);
void reset_vm(struct vm *vm);
int set_slot(struct vm *vm, int slot, uint64_t gfn, int pages, int page, int flags);
void set_entry(struct vm *vm, int index, uint64_t value);
uint64_t entry_address(int index);
void *page_at(struct vm *vm, int gfn);
void put64(struct vm *vm, int offset, uint64_t value);
uint64_t get64(struct vm *vm, int offset);
uint64_t in_code(const unsigned char *order);
void must(int result, const char *what);

// orders.c
struct seen access_page(struct vm *vm, int vcpu, enum order order, uint64_t page);
struct seen do_order(struct vm *vm, int vcpu, enum order order, uint64_t address, uint64_t value);

// code.c
extern const unsigned char guest_code[], guest_code_end[];
extern const unsigned char *const guest_order[ORDERS];
extern const unsigned char *const inner_order[ORDERS];
extern const unsigned char guest_fault[];

// cases.c
/** The next case has a VM of its own. */
void forget_vm(void);
void do_case(char *words, int is_traced);

// stress.c
void do_stress(char *words);

// freed.c
void do_freed(char *words);

// run.c
void do_run(char *words);

// trace.c
void start_trace(void);
void mark(const char *format, ...) __attribute__((format(printf, 1, 2)));
void stop_trace(void);
void tell_trace(const char *id);
void tell_log(void);

#endif

// SPDX-License-Identifier: GPL-2.0-only
// What can the guest do? One thing an entry: the address lies in rbx, the value in rax. It ends
// with an OUT to port 0x10; a page fault ends at port 0x11. An inner guest, which its hypervisor
// started, ends with VMMCALL.

#include "probe.h"

__asm__(
	".pushsection .rodata\n"
	".balign 16\n"
	".global guest_code, guest_code_end, guest_fault\n"
	"guest_code:\n"
	".code64\n"
	"guest_read:   movb (%rbx), %al\n  out %al, $0x10\n"
	"guest_write:  movb %al, (%rbx)\n  out %al, $0x10\n"
	"guest_run:    call *%rbx\n        out %al, $0x10\n"
	"guest_store:  movq %rax, (%rbx)\n out %al, $0x10\n"
	"guest_reload: movq %cr3, %rcx\n   movq %rcx, %cr3\n out %al, $0x10\n"
	"guest_invlpg: invlpg (%rbx)\n     out %al, $0x10\n"
	"guest_enter:  vmrun %rax\n        stgi\n out %al, $0x10\n"
	"guest_fault:  out %al, $0x11\n"
	".code32\n"
	"inner_read:   movb (%ebx), %al\n  vmmcall\n"
	"inner_write:  movb %al, (%ebx)\n  vmmcall\n"
	"inner_run:    call *%ebx\n        vmmcall\n"
	"inner_rest:   vmmcall\n"
	".code64\n"
	"guest_code_end:\n"
	".popsection\n");

extern const unsigned char guest_read[], guest_write[], guest_run[], guest_store[];
extern const unsigned char guest_reload[], guest_invlpg[], guest_enter[];
extern const unsigned char inner_read[], inner_write[], inner_run[], inner_rest[];

const unsigned char *const guest_order[ORDERS] = {
	[READ] = guest_read,     [WRITE] = guest_write,   [RUN] = guest_run,     [STORE] = guest_store,
	[RELOAD] = guest_reload, [INVLPG] = guest_invlpg, [ENTER] = guest_enter,
};

const unsigned char *const inner_order[ORDERS] = {
	[READ] = inner_read, [WRITE] = inner_write, [RUN] = inner_run, [RELOAD] = inner_rest,
};

// SPDX-License-Identifier: GPL-2.0-only
// What is a case? A VM that is like new, and operations on it that are done one after the other. Each is a word
// of one letter and hexadecimal numbers; so is what was seen.
//
//   S slot:gfn:pages:page:flags  KVM_SET_USER_MEMORY_REGION; the pages begin at a backing one
//   E index:value                userspace writes an entry of P, before the guest ran
//   P vcpu:index:value           the guest writes an entry of P
//   r w x vcpu:page              the guest reads, writes or runs a page
//   c vcpu                       the guest reloads CR3; a hypervisor enters its guest for nothing
//   i vcpu:page                  INVLPG

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "probe.h"

#define NUMBERS 5
#define SEEN_MAX 3800

static void numbers_of(const char *word, uint64_t numbers[NUMBERS])
{
	char *at = (char *)word + 1;

	for (int i = 0; i < NUMBERS; i++) {
		numbers[i] = strtoull(at, &at, 16);
		if (*at == ':')
			at++;
	}
}

/** A guest that answers nothing any more is of no use to what follows. */
static int is_end(struct seen seen)
{
	return seen.kind == 'x' || seen.kind == 'h';
}

static struct seen do_word(struct vm *vm, const char *word)
{
	uint64_t n[NUMBERS];

	numbers_of(word, n);
	switch (word[0]) {
	case 'S':
		return (struct seen){ 's', -set_slot(vm, n[0], n[1], n[2], n[3], n[4]) };
	case 'E':
		set_entry(vm, n[0], n[1]);
		return (struct seen){ '.', 0 };
	case 'P':
		return do_order(vm, n[0], STORE, entry_address(n[1]), n[2]);
	case 'r':
		return access_page(vm, n[0], READ, n[1]);
	case 'w':
		return access_page(vm, n[0], WRITE, n[1]);
	case 'x':
		return access_page(vm, n[0], RUN, n[1]);
	case 'c':
		return vm->is_nested ? access_page(vm, 0, RELOAD, 0) : do_order(vm, n[0], RELOAD, 0, 0);
	case 'i':
		return do_order(vm, n[0], INVLPG, 0x200000 + n[1] * PAGE, 0);
	}
	die("no operation: %.20s", word);
}

static struct vm kept;
static int is_kept;

void forget_vm(void)
{
	if (is_kept)
		drop_vm(&kept);
	is_kept = 0;
}

/**
 * `plain` or `nested`: the VM of the case before, as if it were new, if it is of that kind. With a
 * `!` it is a new one.
 */
static struct vm *vm_for(const char *kind)
{
	int is_nested = strncmp(kind, "nested", 6) == 0;

	if (is_kept && (strchr(kind, '!') != NULL || kept.is_nested != is_nested))
		forget_vm();
	if (is_kept)
		reset_vm(&kept);
	else
		make_vm(&kept, is_nested);
	is_kept = 1;
	return &kept;
}

/** `id kind operation...`; tells `case id seen...`. */
void do_case(char *words, int is_traced)
{
	static char text[SEEN_MAX + 32];
	char *rest = NULL;
	char *id = strtok_r(words, " ", &rest), *kind = strtok_r(NULL, " ", &rest), *word;
	int length = 0, count = 0;
	struct seen seen = { '.', 0 };
	struct vm *vm;

	if (id == NULL || kind == NULL)
		die("a case has no name");
	vm = vm_for(kind);
	if (is_traced)
		start_trace();
	while ((word = strtok_r(NULL, " ", &rest)) != NULL && length < SEEN_MAX) {
		if (is_traced)
			mark("op %d %s begin", count, word);
		seen = do_word(vm, word);
		if (is_traced)
			mark("op %d %c%lx end", count, seen.kind, (unsigned long)seen.at);
		count++;
		if (strchr("PEci", word[0]) != NULL && seen.kind == 'r')
			seen = (struct seen){ '.', 0 };
		if (seen.kind == '.')
			length += sprintf(text + length, " .");
		else
			length += sprintf(text + length, " %c%lx", seen.kind, (unsigned long)seen.at);
		if (is_end(seen))
			break;
	}
	text[length] = 0;
	if (is_traced)
		stop_trace();
	say("case %s%s", id, text);
	if (is_traced)
		tell_trace(id);
	if (is_end(seen))
		forget_vm();
}

// SPDX-License-Identifier: GPL-2.0-only
// A small file in the manner of the kernel, and patches to it, for tests of this folder. All of it
// is our own: names are the kernel's, the code is not.

export const PATH = 'virt/kvm/kvm_main.c';

export const FILE = `/* A miniature: two increments around a grace period. */
#include <linux/kvm_host.h>

#define MINI_STEP	1
#define MINI_MASK(bits) \\
	((1ull << (bits)) - 1)

struct mini_slots {
	u64 generation;
	int used;
};

static void mini_publish(struct kvm *kvm,
			 struct mini_slots *slots);

static struct mini_slots *install_new_memslots(struct kvm *kvm,
		struct mini_slots *slots)
{
	struct mini_slots *old = kvm->memslots;

	slots->generation = old->generation + MINI_STEP;
	mini_publish(kvm, slots);
	synchronize_srcu_expedited(&kvm->srcu);
	slots->generation++;
	return old;
}
EXPORT_SYMBOL_GPL(install_new_memslots);

static u64 mini_generation(struct kvm *kvm)
{
	return kvm->memslots->generation & MINI_MASK(20);
}
`;

/** Leaves out the second increment, as git would say it. */
export const DIFF = `diff --git a/virt/kvm/kvm_main.c b/virt/kvm/kvm_main.c
index 1111111111aa..2222222222bb 100644
--- a/virt/kvm/kvm_main.c
+++ b/virt/kvm/kvm_main.c
@@ -21,7 +21,6 @@ static struct mini_slots *install_new_memslots(struct kvm *kvm,
 	slots->generation = old->generation + MINI_STEP;
 	mini_publish(kvm, slots);
 	synchronize_srcu_expedited(&kvm->srcu);
-	slots->generation++;
 	return old;
 }
 EXPORT_SYMBOL_GPL(install_new_memslots);
`;

/** The same as a mail of git format-patch. */
export const MAIL = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: A Developer <dev@example.org>
Date: Sun, 22 Nov 2026 10:00:00 +0100
Subject: [PATCH v2 1/2] KVM: Simplify memslot installation
Message-ID: <20261122-1@example.org>

The second increment looks redundant.
From here on there is one.

Fixes: 0123456789ab ("KVM: mini")
Signed-off-by: A Developer <dev@example.org>
---
 virt/kvm/kvm_main.c | 1 -
 1 file changed, 1 deletion(-)

${DIFF}--${' '}
2.39.5

base-commit: 238bd7af021e5a2f1c3f0d9b8d5c4e3f2a1b0c9d
`;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

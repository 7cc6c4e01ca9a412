// SPDX-License-Identifier: GPL-2.0-only
// A miniature of our own in the shape of kernels 3.12 to 3.18: names and types, little else.

#define __KVM_HAVE_READONLY_MEM

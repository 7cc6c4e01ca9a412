// SPDX-License-Identifier: GPL-2.0-only
// A miniature of our own in the shape of kernels 3.12 to 3.18: names and types, little else.

#define PFERR_RSVD_MASK 8
#define ACC_ALL 7
enum { RET_RETRY, RET_EMULATE, RET_INVALID };

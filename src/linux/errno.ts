// SPDX-License-Identifier: GPL-2.0-only
// include/uapi/asm-generic/errno-base.h
export const EIO = 5;
export const ENOMEM = 12;
export const EFAULT = 14;
export const EEXIST = 17;
export const EINVAL = 22;

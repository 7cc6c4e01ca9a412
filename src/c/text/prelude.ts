// SPDX-License-Identifier: GPL-2.0-only
// What does every kernel file use that stands in headers nobody loads? Said here in our own words:
// the integer types, bit helpers, error numbers and error pointers. A tree's own definition of a
// macro wins over these; a profile adds to them.

/** The file name under which the base prelude appears. */
export const PRELUDE_PATH = 'kvm-mutants/prelude.h';

const TYPES = `
typedef signed char s8; typedef unsigned char u8;
typedef short s16; typedef unsigned short u16;
typedef int s32; typedef unsigned int u32;
typedef long long s64; typedef unsigned long long u64;
typedef s8 __s8; typedef u8 __u8; typedef s16 __s16; typedef u16 __u16;
typedef s32 __s32; typedef u32 __u32; typedef s64 __s64; typedef u64 __u64;
typedef u16 __le16; typedef u32 __le32; typedef u64 __le64;
typedef u16 __be16; typedef u32 __be32; typedef u64 __be64;
typedef unsigned int gfp_t; typedef unsigned int fmode_t; typedef long long loff_t;
typedef u64 phys_addr_t; typedef u64 dma_addr_t; typedef int pid_t; typedef unsigned short umode_t;
typedef unsigned long uintptr_t; typedef long intptr_t; typedef long ptrdiff_t;
typedef long ssize_t;
typedef unsigned int uint; typedef unsigned long ulong; typedef unsigned short ushort;
`;

const MACROS = `
#define NULL ((void *)0)
#define true 1
#define false 0
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK(h, l) ((~0UL << (l)) & (~0UL >> (63 - (h))))
#define GENMASK_ULL(h, l) ((~0ULL << (l)) & (~0ULL >> (63 - (h))))
#define BITS_PER_LONG 64
#define BITS_PER_BYTE 8
#define BITS_PER_LONG_LONG 64
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define BITS_TO_LONGS(n) DIV_ROUND_UP(n, 64)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]
#define DECLARE_HASHTABLE(name, bits) struct hlist_head name[1 << (bits)]
#define DECLARE_FLEX_ARRAY(type, name) struct { struct { } __empty_ ## name; type name[]; }
#define __DECLARE_FLEX_ARRAY(type, name) DECLARE_FLEX_ARRAY(type, name)
#define UL(x) (x ## UL)
#define ULL(x) (x ## ULL)
#define _UL(x) (x ## UL)
#define _ULL(x) (x ## ULL)
#define _AC(x, y) (x ## y)
#define _BITUL(x) (1UL << (x))
#define _BITULL(x) (1ULL << (x))
#define U8_MAX ((u8)~0U)
#define S16_MAX ((s16)(0xffffU >> 1))
#define U16_MAX ((u16)~0U)
#define U32_MAX ((u32)~0U)
#define U64_MAX (~0ULL)
#define INT_MAX ((int)(~0U >> 1))
#define INT_MIN (-INT_MAX - 1)
#define UINT_MAX (~0U)
#define LONG_MAX ((long)(~0UL >> 1))
#define LONG_MIN (-LONG_MAX - 1)
#define ULONG_MAX (~0UL)
#define ULLONG_MAX (~0ULL)
#define SHRT_MAX 32767
#define IS_ALIGNED(x, a) (((x) & ((a) - 1)) == 0)
#define MAX_ERRNO 4095
#define IS_ERR_VALUE(x) ((unsigned long)(void *)(x) >= (unsigned long)-MAX_ERRNO)
#define lower_32_bits(n) ((u32)((n) & 0xffffffff))
#define upper_32_bits(n) ((u32)(((n) >> 16) >> 16))
#define offset_in_page(p) ((unsigned long)(p) & ~PAGE_MASK)
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define EXPORT_SYMBOL(x)
#define EXPORT_SYMBOL_GPL(x)
#define EXPORT_SYMBOL_FOR_KVM(x)
#define EXPORT_SYMBOL_FOR_KVM_INTERNAL(x)
#define MODULE_AUTHOR(x)
#define MODULE_LICENSE(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_PARM_DESC(x, y)
#define module_param(x, y, z)
#define module_param_named(x, y, z, w)
#define module_param_cb(x, y, z, w)
#define module_init(x)
#define module_exit(x)
#define GFP_KERNEL 0xcc0
#define GFP_KERNEL_ACCOUNT 0x400cc0
#define GFP_ATOMIC 0x820
#define __GFP_ZERO 0x100
#define __GFP_ACCOUNT 0x400000
#define fallthrough
`;

/** Error numbers that KVM's files return, as every Linux defines them. */
const ERRNO: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  EMFILE: 24,
  ENOSPC: 28,
  ERANGE: 34,
  ENOSYS: 38,
  EHWPOISON: 133,
  EOPNOTSUPP: 95,
  ENOTSUPP: 524,
};

const INLINE = `
static inline void *ERR_PTR(long error) { return (void *)error; }
static inline long PTR_ERR(const void *ptr) { return (long)ptr; }
static inline bool IS_ERR(const void *ptr) { return IS_ERR_VALUE((unsigned long)ptr); }
static inline bool IS_ERR_OR_NULL(const void *ptr) { return !ptr || IS_ERR(ptr); }
static inline int PTR_ERR_OR_ZERO(const void *ptr) { return IS_ERR(ptr) ? PTR_ERR(ptr) : 0; }
`;

/** C of ours that is read before the files of every tree. */
export const PRELUDE = [
  TYPES,
  MACROS,
  ...Object.entries(ERRNO).map(([name, value]) => `#define ${name} ${value}\n`),
  INLINE,
].join('');

// SPDX-License-Identifier: GPL-2.0-only
// What must gcc be told so that it compiles the same C that the translator reads? The prelude, and
// the primitives whose meaning the translator knows by itself, in their sequential form.

import { PRELUDE } from './text/prelude.ts';

const PRIMITIVES = `
typedef _Bool bool;
typedef unsigned long size_t;
#define __packed __attribute__((packed))
#define READ_ONCE(x) (*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))
#define ACCESS_ONCE(x) (*(volatile typeof(x) *)&(x))
#define rcu_assign_pointer(p, v) ((p) = (v))
#define rcu_dereference(p, args...) (p)
#define srcu_dereference(p, args...) (p)
#define likely(x) (!!(x))
#define unlikely(x) (!!(x))
#define WARN_ON(c) (!!(c))
#define WARN_ON_ONCE(c) (!!(c))
#define WARN(c, args...) (!!(c))
#define WARN_ONCE(c, args...) (!!(c))
#define KVM_BUG_ON(c, k) (!!(c))
#define KVM_MMU_WARN_ON(c) 0
#define MMU_WARN_ON(c) 0
#define VM_WARN_ON(c) 0
#define BUG_ON(c) do { if (c) __builtin_trap(); } while (0)
#define BUG() __builtin_trap()
#define BUILD_BUG_ON(c) do { } while (0)
#define offsetof(t, m) __builtin_offsetof(t, m)
#define container_of(p, t, m) ((t *)((char *)(p) - offsetof(t, m)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define min(a, b) ({ typeof((a) + (b)) __a = (a), __b = (b); __a < __b ? __a : __b; })
#define max(a, b) ({ typeof((a) + (b)) __a = (a), __b = (b); __a > __b ? __a : __b; })
#define min_t(t, a, b) ({ t __a = (a), __b = (b); __a < __b ? __a : __b; })
#define max_t(t, a, b) ({ t __a = (a), __b = (b); __a > __b ? __a : __b; })
#define clamp(v, l, h) min(max(v, l), h)
#define swap(a, b) do { typeof(a) __t = (a); (a) = (b); (b) = __t; } while (0)
#define xchg(p, v) ({ typeof(p) __p = (p); typeof(*__p) __o = *__p; *__p = (v); __o; })
#define cmpxchg(p, o, n) ({ typeof(p) __p = (p); typeof(*__p) __w = *__p; \\
  if (__w == (o)) *__p = (n); __w; })
#define array_index_nospec(i, n) ((typeof(i))((unsigned long)(i) < (unsigned long)(n) ? (i) : 0))
`;

/** The primitives alone, for C whose macros have been replaced already. */
export const GCC_PRIMITIVES = PRIMITIVES;

/** C that stands before every text that gcc is given. */
export const GCC_SHIM = `${PRIMITIVES}${PRELUDE}`;

// SPDX-License-Identifier: GPL-2.0-only
// C of ours for what every KVM file uses and what stands in headers that nobody loads: locks,
// lists, atomic variables. Locks are opaque: their meaning is that of src/linux.

export const KERNEL_TYPES = `
typedef struct { union { int counter; long room; }; } atomic_t;
typedef struct { long counter; } atomic_long_t;
typedef struct { long long counter; } atomic64_t;
typedef struct { int counter; } refcount_t;
struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };
struct mutex { unsigned long opaque; };
typedef struct { unsigned long opaque; } spinlock_t;
typedef struct { unsigned long opaque; } rwlock_t;
typedef struct { unsigned long opaque; } raw_spinlock_t;
typedef struct { unsigned long opaque; } seqcount_t;
typedef struct { unsigned long opaque; } seqcount_raw_spinlock_t;
struct srcu_struct { unsigned long opaque; };
struct rw_semaphore { unsigned long opaque; };
struct rcu_head { struct rcu_head *next; void (*func)(struct rcu_head *head); };
struct rcuwait { unsigned long opaque; };
struct swait_queue_head { unsigned long opaque; };
typedef struct { unsigned long opaque; } wait_queue_head_t;
struct work_struct { unsigned long opaque; };
struct delayed_work { unsigned long opaque; };
struct hrtimer { unsigned long opaque; };
struct mmu_notifier { unsigned long opaque; };
struct preempt_notifier { unsigned long opaque; };
struct cpuinfo_x86 {
	u32 extended_cpuid_level;
	u8 x86_phys_bits, x86_virt_bits, x86_cache_bits;
};
struct cpuinfo_x86 boot_cpu_data;
#define PAGE_OFFSET 0xffff880000000000UL
#define __pa(x) ((unsigned long)(x))
#define __va(x) ((void *)(unsigned long)(x))
#define VERIFY_WRITE 1
#define EFER_NX (1 << 11)
#define current ((void *)0)
#define X86_BUG_L1TF 0
#define ALIGN(x, a) (((x) + (a) - 1) & ~((typeof(x))(a) - 1))
enum pg_level { PG_LEVEL_NONE, PG_LEVEL_4K, PG_LEVEL_2M, PG_LEVEL_1G, PG_LEVEL_512G, PG_LEVEL_NUM };
enum x86_intercept_stage { X86_ICPT_PRE_EXCEPT };
`;

/** Bits of an EPT entry, from asm/vmx.h. */
export const EPT_BITS = `#define VMX_EPT_READABLE_MASK 0x1ull
#define VMX_EPT_WRITABLE_MASK 0x2ull
#define VMX_EPT_EXECUTABLE_MASK 0x4ull
#define VMX_EPT_RWX_MASK 0x7ull
#define VMX_EPT_MT_MASK (7ull << 3)
#define VMX_EPT_IPAT_BIT (1ull << 6)
#define VMX_EPT_ACCESS_BIT (1ull << 8)
#define VMX_EPT_DIRTY_BIT (1ull << 9)
#define VMX_EPT_SUPPRESS_VE_BIT (1ull << 63)
#define VMX_EPT_MISCONFIG_WX_VALUE (VMX_EPT_WRITABLE_MASK | VMX_EPT_EXECUTABLE_MASK)
`;

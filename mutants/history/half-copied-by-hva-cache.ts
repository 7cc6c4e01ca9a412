// SPDX-License-Identifier: GPL-2.0-only
// What did KVM do, before fcfbc617547f ("KVM: Check for a bad hva before dropping into the ghc slow
// path"), with two pages of which the second had lost its slot? A range without a slot of its own
// was taken for one that lies on two pages, so that the slow path copied the first half of it. The
// bug is put back as the old order of two questions, and with it the answer of the lookup, which
// was not looked at either ("KVM: Return immediately if __kvm_gfn_to_hva_cache_init() fails").

import type { AnchoredEdit, Regression } from '#mutation/mutant';

const IS_BAD = 'if (kvm_is_error_hva(ghc.hva)) return -EFAULT;';

function editsOf(does: 'read' | 'write'): AnchoredEdit[] {
  const place = `kvm_${does}_guest_offset_cached`;
  const isCross = `if (ghc.memslot === null) return kvm_${does}_guest(kvm, gpa, data, len);`;
  return [
    {
      function: place,
      anchor:
        'if (__kvm_gfn_to_hva_cache_init(slots, ghc, ghc.gpa, ghc.len) !== 0) return -EFAULT;',
      replacement: '__kvm_gfn_to_hva_cache_init(slots, ghc, ghc.gpa, ghc.len);',
    },
    { function: place, anchor: IS_BAD, replacement: isCross },
    { function: place, anchor: isCross, replacement: IS_BAD },
  ];
}

export const regression: Regression = {
  name: 'half-copied-by-hva-cache',
  commit: 'fcfbc617547f',
  subject: 'KVM: Check for a bad hva before dropping into the ghc slow path',
  release: 'v5.6',
  cause: null,
  broke: 'A write that failed had changed the memory of the guest up to the end of a page.',
  eras: ['v5.11', 'v6.12'],
  unfixed: ['v3.16', 'v3.17', 'v3.19'],
  edits: [...editsOf('read'), ...editsOf('write')],
  breaks: ['hva-cache-exact'],
  ownScenarios: ['mapping/a-page-that-kvm-uses-often-is-looked-up-again'],
  shownBy: 'sequence',
};

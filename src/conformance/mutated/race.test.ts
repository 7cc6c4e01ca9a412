// SPDX-License-Identifier: GPL-2.0-only
// Is a trace of two threads told as a table that begins with what the last install
// overtakes?

import { expect, test } from 'vitest';
import { raceOf } from './race.ts';

const at = (cpu: number, time: string, text: string) =>
  `trace seed      init-1       [00${cpu}] .....  ${time}: ${text}`;

const records = [
  at(1, '1.000000', 'swap: (kvm_swap_active_memslots+0x0/0x160 [kvm])'),
  at(1, '1.000100', 'swapend: (kvm_mutants_end+0x0/0x20 [kvm])'),
  at(0, '2.000000', 'kvm_page_fault: vcpu 0 rip 0x7000 address 0x0000000000007000 error_code 0x10'),
  at(0, '2.000010', 'kvm_page_fault: vcpu 0 rip 0x7000 address 0x0000000000110108 error_code 0x4'),
  at(1, '2.000020', 'swap: (kvm_swap_active_memslots+0x0/0x160 [kvm])'),
  at(0, '2.000025', 'noslot: (kvm_mutants_wait_publish+0x0/0x50 [kvm])'),
  at(1, '2.000030', 'published: (kvm_mutants_publish+0x0/0x20 [kvm])'),
  at(0, '2.000040', 'mark_mmio_spte: sptep:0000000012345678 gfn 110 access 7 gen 6'),
  at(1, '2.000050', 'synce: (kvm_swap_active_memslots+0x12c/0x160 [kvm] <- x)'),
  at(1, '2.000060', 'genupd: (kvm_arch_memslots_updated+0x0/0xb0 [kvm]) gen=0x6'),
  at(1, '2.000070', 'swapend: (kvm_mutants_end+0x0/0x20 [kvm])'),
  at(1, '2.000080', 'synce: (x+0x1/0x2 [kvm] <- synchronize_srcu_expedited)'),
  at(0, '2.000090', 'check_mmio_spte: spte 8000000110037 kvm_gen 6 spte-gen 6 valid 1'),
  at(0, '2.000095', 'mark_mmio_spte: sptep:0000000012345678 gfn 110 access 7 gen 6'),
  at(0, '2.000096', 'check_mmio_spte: spte 8000000110037 kvm_gen 6 spte-gen 6 valid 1'),
  at(0, '2.000097', 'mark_mmio_spte: sptep:0000000012345678 gfn 110 access 7 gen 6'),
  'trace other      init-1       [000] .....  3.000000: swap: (x)',
  'DONE',
];

test('the last install and what it overtakes are told, and what is done again once', () => {
  const rows = raceOf({ records, faults: [], others: [] }, 'seed');
  expect(rows.map(({ time, thread, text }) => `${time} ${thread}: ${text}`)).toEqual([
    '0 vCPU: fault at gfn 0x10',
    '10 updater: install begins',
    '15 vCPU: finds no slot',
    '20 updater: the new slots are published',
    '30 vCPU: gfn 0x10 is tagged 0x6',
    '40 updater: synchronize_srcu_expedited() ends',
    '50 updater: the final number is 0x6',
    '60 updater: install is over',
    '80 vCPU: tag 0x6 is valid at 0x6',
    '85 vCPU: gfn 0x10 is tagged 0x6',
  ]);
});

test('without an install there is nothing to tell', () => {
  expect(raceOf({ records: ['DONE'], faults: [], others: [] }, 'seed')).toEqual([]);
});

// SPDX-License-Identifier: GPL-2.0-only
// What did a VM answer, call by call? A system under test that writes down what a guest and
// userspace can tell of it: results of calls, what accesses did, and what lookups found; and what
// single functions answered to who calls them one by one. How an SPTE is encoded and how slots are
// ordered is nobody's business outside, so helpers that tell it leave no trace.

import type { SystemUnderTest, Vm } from '#vocabulary';

/** How answers begin that no guest and no call of userspace gets. */
export const INTERNAL = 'internals.';

/** The same system; each answer of its VMs is added to `trace`. */
export function recorded(system: SystemUnderTest, trace: string[]): SystemUnderTest {
  return { ...system, boot: (gfns) => recordedVm(system.boot(gfns), trace) };
}

function recordedVm(vm: Vm, trace: string[]): Vm {
  const { access, setMemoryRegion, lookup, lookupToWrite, internals } = vm;
  const told = { access, setMemoryRegion, lookup, lookupToWrite };
  return {
    ...vm,
    ...recordedFunctions(told, '', trace),
    internals: recordedFunctions(internals, INTERNAL, trace),
  };
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** An object of functions that do what they did, of such objects, and of values as they are. */
function recordedFunctions<T extends object>(of: T, prefix: string, trace: string[]): T {
  const recordedField = (name: string, value: unknown): unknown => {
    if (typeof value === 'function')
      return recordedFunction(value as AnyFunction, `${prefix}${name}`, trace);
    if (typeof value !== 'object' || value === null) return value;
    return recordedFunctions(value, `${prefix}${name}.`, trace);
  };
  const entries = Object.entries(of).map(([name, value]) => [name, recordedField(name, value)]);
  return Object.fromEntries(entries) as T;
}

function recordedFunction(call: AnyFunction, name: string, trace: string[]): AnyFunction {
  return (...args) => {
    const result = call(...args);
    // What runs other code is told by that code.
    if (args.some((arg) => typeof arg === 'function')) return result;
    if (isOfFunctions(result)) return recordedFunctions(result, `${name}.`, trace);
    trace.push(`${name}(${args.map(textOf).join(', ')}) -> ${textOf(result)}`);
    return result;
  };
}

/** Something that is called later: what it answers is told then. */
function isOfFunctions(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((field) => typeof field === 'function');
}

function textOf(value: unknown): string {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Object.getPrototypeOf(value) !== Object.prototype) return 'vCPU';
  const fields = Object.entries(value).map(([name, field]) => `${name} ${textOf(field)}`);
  return `{ ${fields.join(', ')} }`;
}

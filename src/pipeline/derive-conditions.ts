// Whether the conditions of a rule hold of an event. A field of an array is asked of the element that the rule is about;
// where the rule is about none of that array, it is enough that one element says so, and `not` that none does.

import type { ConditionPlan } from '../pack/plan.ts'
import type { RowCells } from './derive-row.ts'

/** The elements that a rule is about: of an array each, -1 for none. An edge has two ends. */
export interface About {
  array: number
  element: number
  otherArray: number
  otherElement: number
}

export function conditionsHold(cells: RowCells, conditions: readonly ConditionPlan[], about: About): boolean {
  for (const condition of conditions) if (!holds(cells, condition, about)) return false
  return true
}

/** @returns the element of a field's array that a rule is about; -1 when it is about none, 0 for a field of the event */
export function elementOf(array: number, about: About): number {
  if (array < 0) return 0
  if (array === about.array) return about.element
  return array === about.otherArray ? about.otherElement : -1
}

function holds(cells: RowCells, condition: ConditionPlan, about: About): boolean {
  const { field, kind } = condition
  const wanted = kind !== 'not' && kind !== 'missing'
  const element = elementOf(field.array, about)
  if (element >= 0) return says(cells, condition, cells.cellOf(field, element)) === wanted
  for (let i = 0; i < cells.elementCounts[field.array]!; i++)
    if (says(cells, condition, cells.cellOf(field, i))) return wanted
  return !wanted
}

/** Whether the value is what the condition names, whether it asks for that or against it. */
function says(cells: RowCells, { kind, values }: ConditionPlan, cell: number): boolean {
  if (!cells.isPresent(cell)) return false
  if (kind === 'exists' || kind === 'missing') return true
  cells.read(cell)
  const { bytes, start, end } = cells
  for (const value of values) {
    const isLong = kind === 'prefix' ? end - start >= value.length : end - start === value.length
    if (isLong && begins(bytes, start, value)) return true
  }
  return false
}

function begins(bytes: Uint8Array, start: number, value: Uint8Array): boolean {
  for (let i = 0; i < value.length; i++) if (bytes[start + i] !== value[i]) return false
  return true
}

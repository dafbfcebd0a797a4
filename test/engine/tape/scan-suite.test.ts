// JSONTestSuite (Seriot 2016): y_ must be accepted, n_ refused, i_ may be either, so there the runtime is the oracle.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fromUtf8Strict, toUtf8 } from '../../../src/base/bytes.ts'
import { type Code, scanned } from './scanned.ts'

const folder = new URL('../../../../shared/data/json-test-suite/', import.meta.url)
const names = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.json')) : []

describe('JSONTestSuite', () => {
  it.skipIf(names.length === 0)('lies in ../shared/data/json-test-suite', () => {
    expect(names.length).toBeGreaterThan(300)
  })

  it.for(names.filter(name => name.startsWith('y_')))('%s is accepted', name => {
    expect(codeOf(read(name))).toBe('fine')
  })

  it.for(names.filter(name => name.startsWith('n_')))('%s is refused', name => {
    expect(['malformed', 'badEncoding', 'tooDeep']).toContain(codeOf(read(name)))
  })

  it.for(names.filter(name => name.startsWith('i_')))('%s is taken as the runtime takes it', name => {
    const isTooDeep = name === 'i_structure_500_nested_arrays.json'
    expect(codeOf(read(name)) === 'fine').toBe(isTaken(read(name)) && !isTooDeep)
  })
})

function read(name: string): Uint8Array {
  return asField(readFileSync(new URL(encodeURIComponent(name), folder)))
}

/** The suite's value as an event's field, so that scalars and arrays count too. */
function asField(value: Uint8Array): Uint8Array {
  return Buffer.concat([toUtf8('{"value":'), value, toUtf8('}')])
}

function codeOf(event: Uint8Array): Code {
  return scanned(event, 'one', { eventDepthMax: 256 })[0]!.code
}

function isTaken(event: Uint8Array): boolean {
  try {
    JSON.parse(fromUtf8Strict(event)!)
    return true
  } catch {
    return false // which is what was asked
  }
}

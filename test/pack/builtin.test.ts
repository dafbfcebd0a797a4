import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { builtinPacks } from '../../src/pack/builtin.ts'
import { compilePack } from '../../src/pack/compile.ts'
import { parsePack } from '../../src/pack/parse.ts'

const files = readdirSync('packs').filter(name => name.endsWith('.yaml'))

describe('the packs that come with the service', () => {
  it.each(files)('%s is the one that is built in, and compiles', file => {
    const read = parsePack(readFileSync(`packs/${file}`, 'utf8'))
    if ('faults' in read) throw new Error(JSON.stringify(read.faults))
    const builtin = builtinPacks.get(read.pack.pack)
    expect(builtin, 'the packs have changed: run node scripts/packs.mjs').toEqual(read.pack)
    expect(`${read.pack.pack}.yaml`).toBe(file)
    expect(compilePack(builtin!).entities.length).toBeGreaterThan(0)
  })

  it('are these', () => {
    expect([...builtinPacks.keys()]).toEqual(files.map(name => name.replace('.yaml', '')))
  })
})

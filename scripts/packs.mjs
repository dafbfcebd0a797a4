// Writes src/pack/builtin.json from packs/*.yaml, so that every bundle has the packs in it: node scripts/packs.mjs

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'

const packs = readdirSync('packs')
  .filter(name => name.endsWith('.yaml'))
  .sort()
  .map(name => parse(readFileSync(`packs/${name}`, 'utf8')))
writeFileSync('src/pack/builtin.json', `${JSON.stringify(packs, null, 2)}\n`)

import { describe, expect, it } from 'vitest'
import { AutoPack } from '../../../src/pack/auto/auto-pack.ts'
import { exportYaml } from '../../../src/pack/auto/export-yaml.ts'
import { compilePack } from '../../../src/pack/compile.ts'
import { parsePack } from '../../../src/pack/parse.ts'
import { heldOutDomains, knownDomains } from './domains.ts'
import { languages, streamOf } from './streams.ts'
import { watched } from './watched.ts'

describe('exportYaml', () => {
  it('writes a file that reads as the pack that is in use', () => {
    for (const [i, domain] of [...knownDomains, ...heldOutDomains].entries()) {
      const { events } = streamOf(domain, { seed: i + 1, language: languages[i % 4]! })
      const auto = watched(events)
      const parsed = parsePack(exportYaml(auto.explain()))
      expect(parsed, domain.name).toEqual({ pack: auto.pack })
      expect(compilePack(auto.pack).entities.length).toBeGreaterThan(0)
    }
  })

  it('says beside each entity and each edge why it is there', () => {
    const yaml = exportYaml(watched([{ user: 'bob', action: 'login', ip: '1.2.3.4' }]).explain())
    expect(yaml).toContain('# user tells one user from another: its name is that of a thing (user)')
    expect(yaml).toContain('# events with action = login speak of both')
    expect(yaml).toContain('# Made from 1 events.')
  })

  it('keeps names with line breaks and odd signs within their comment', () => {
    const auto = watched([{ 'user\nentities: {}': 'bob', 'a: b #': 'x y', nothing: true }])
    expect(parsePack(exportYaml(auto.explain()))).toEqual({ pack: auto.pack })
  })

  it('exports what has seen nothing', () => {
    const auto = AutoPack.start()
    expect(parsePack(exportYaml(auto.explain()))).toEqual({ pack: auto.pack })
  })
})

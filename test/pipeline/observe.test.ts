import { describe, expect, it } from 'vitest'
import { fromUtf8 } from '../../src/base/bytes.ts'
import { AutoPack } from '../../src/pack/auto/auto-pack.ts'
import { envelopePart, type Observation, valueKind } from '../../src/pack/auto/observation.ts'
import { compilePack } from '../../src/pack/compile.ts'
import { derive } from '../../src/pipeline/derive.ts'
import { observe } from '../../src/pipeline/observe.ts'
import { batchOf } from '../segment/batches.ts'

/** [row, name, value, kind, part] of each cell. */
function cellsOf({ names, row, name, kind, part, values }: Observation): unknown[] {
  return Array.from(row, (at, i) => [
    at,
    names[name[i]!],
    fromUtf8(values.data.subarray(values.offsets[i], values.offsets[i + 1])),
    kind[i],
    part[i],
  ])
}

const { text, integer, number, flag } = valueKind
const { none, id, type, entity } = envelopePart

describe('observe', () => {
  it('reads each value with what it is in JSON and in the envelope', () => {
    const lines = [
      '{"id":"e1","type":"a\\"b","entity_id":"u","n":{"i":12,"f":-0.5,"t":true},"none":null,"empty":""}',
    ]
    expect(cellsOf(observe(batchOf({ lines }), AutoPack.start()))).toEqual([
      [0, 'id', 'e1', text, id],
      [0, 'type', 'a"b', text, type],
      [0, 'entity_id', 'u', text, entity],
      [0, 'n.i', '12', integer, none],
      [0, 'n.f', '-0.5', number, none],
      [0, 'n.t', 'true', flag, none],
    ])
  })

  it('reads the first elements of arrays, of scalars and of objects', () => {
    const lines = ['{"tags":["x","y"],"of":[{"a":{"b":1}},[],null],"much":[1,2,3,4,5,6,7,8,9,10],"no":{}}']
    expect(
      cellsOf(observe(batchOf({ lines }), AutoPack.start())).map(cell => (cell as unknown[]).slice(1, 3)),
    ).toEqual([
      ['tags[]', 'x'],
      ['tags[]', 'y'],
      ['of[].a.b', '1'],
      ...[1, 2, 3, 4, 5, 6, 7, 8].map(value => ['much[]', `${value}`]),
    ])
  })

  it('counts accepted events alone', () => {
    const seen = observe(batchOf({ lines: ['{"a":1}', 'no json', '{"a":2}'] }), AutoPack.start())
    expect([seen.eventCount, seen.rowCount]).toEqual([2, 2])
  })

  it('looks at the same events however they lie in batches, and at fewer when it has seen many', () => {
    const lines = Array.from({ length: 9000 }, (_, i) => `{"user":"u${i % 300}"}`)
    const lookedAt = (batchEvents: number): string[] => {
      const auto = AutoPack.start()
      const looked: string[] = []
      for (let from = 0; from < lines.length; from += batchEvents) {
        const seen = observe(batchOf({ lines: lines.slice(from, from + batchEvents) }), auto)
        looked.push(...cellsOf(seen).map(cell => (cell as string[])[2]!))
        auto.observe(seen)
      }
      return looked
    }
    const byThousand = lookedAt(1000)
    expect(byThousand.length).toBe(4096 + (9000 - 4096) / 16 + 0.5)
    expect(lookedAt(450)).toEqual(byThousand)
  })

  it('looks at an event with a field that it has not seen, however many it has', () => {
    const auto = AutoPack.start()
    const lines = Array.from({ length: 5000 }, () => '{"user":"bob"}')
    auto.observe(observe(batchOf({ lines }), auto))
    const later = observe(batchOf({ lines: ['{"user":"bob"}', '{"user":"bob","host":"h"}'] }), auto)
    expect(later.names).toContain('host')
  })
})

describe('a pack that was made so', () => {
  it('mentions, links and says what the very batch holds that it was made of', () => {
    const batch = batchOf({
      lines: ['{"user":"bob","type":"login","host":"h-1"}', '{"user":"eve","host":"h-1"}'],
    })
    const auto = AutoPack.start()
    auto.observe(observe(batch, auto))
    const { nodes, edges, texts } = derive(compilePack(auto.pack), batch)
    expect([nodes.types, edges.types]).toEqual([
      ['user', 'host'],
      ['login', 'with'],
    ])
    expect([nodes.keys.offsets.length - 1, Array.from(edges.row), texts.offsets.length - 1]).toEqual([
      3,
      [0, 1],
      2,
    ])
  })
})

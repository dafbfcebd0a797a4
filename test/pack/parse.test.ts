import { describe, expect, it } from 'vitest'
import { packBytesMax, packEdgesMax, packEntitiesMax, reservedSections } from '../../src/contract/pack.ts'
import { type PackFault, parsePack } from '../../src/pack/parse.ts'

function faultsOf(source: string): PackFault[] {
  const read = parsePack(source)
  return 'faults' in read ? read.faults : []
}

/** `line:column path: message` */
function told(source: string): string[] {
  return faultsOf(source).map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)
}

describe('a pack that can’t be read', () => {
  it.each<[string, string, string[]]>([
    ['nothing', '', ['1:1 : expected a pack: keys with values, such as `pack: shop`']],
    ['a list', '- a\n', ['1:1 : expected a pack: keys with values, such as `pack: shop`']],
    ['no name', 'text: "{a}"\n', ['1:1 pack: is missing']],
    [
      'a name that is none',
      'pack: My Shop\n',
      ['1:7 pack: lower-case letters, digits, - and _, at most 63, beginning with a letter or digit'],
    ],
    ['a key twice', 'pack: a\npack: b\n', ['2:1 : Map keys must be unique']],
    ['a version of 0', 'pack: a\nversion: 0\n', ['2:10 version: expected a number from 1']],
    [
      'a misspelt section',
      'pack: a\n\nentites:\n  b: { key: c }\n',
      ['3:1 entites: "entites" is not known here; did you mean entities?'],
    ],
    [
      'a misspelt field of an entity, in JSON',
      '{\n "pack": "a",\n "entities": {\n  "b": { "key": "c", "atributes": [] }\n }\n}',
      ['4:22 entities.b.atributes: "atributes" is not known here; did you mean attributes?'],
    ],
    [
      'an entity without a key',
      'pack: a\nentities:\n  b:\n    attributes: [c]\n',
      ['4:5 entities.b.key: is missing'],
    ],
    [
      'an entity whose name is none',
      'pack: a\nentities:\n  Big Game: { key: c }\n',
      [
        '3:3 entities.Big Game: the name "Big Game": expected lower-case letters, digits and _, at most 63, beginning with a letter',
      ],
    ],
    [
      'an edge that is none',
      'pack: a\nedges:\n  - b to c\n',
      ['3:5 edges[0]: expected `entity -edge_type-> entity`, with a blank on both sides of the arrow'],
    ],
    [
      'an edge with a misspelt field',
      'pack: a\nentities: { b: { key: c } }\nedges:\n  - edge: b -to-> b\n    wen: { d: 1 }\n',
      ['5:5 edges[0].wen: "wen" is not known here; did you mean when?'],
    ],
    [
      'a condition that is none',
      'pack: a\nentities:\n  b:\n    key: c\n    when:\n      d: { is: 1 }\n',
      ['6:10 entities.b.when.d: expected a value, a list of values, {exists: true}, {not: …} or {prefix: …}'],
    ],
    [
      'an edge between strangers',
      'pack: a\nentities: { member: { key: c } }\nedges:\n  - membr -likes-> game\n',
      [
        '4:5 edges[0]: there is no entity membr; did you mean member?',
        '4:5 edges[0]: there is no entity game; there are member',
      ],
    ],
    [
      'a template without an end',
      'pack: a\ntext: "{b"\n',
      ['2:7 text: "{" without its other half; write "{{" for one that is meant'],
    ],
    [
      'a path through two arrays',
      'pack: a\nentities:\n  b:\n    key: [c, "d[].e[]"]\n',
      ['4:14 entities.b.key[1]: "d[].e[]" goes through two arrays; one [] is understood'],
    ],
    [
      'a key of nothing but options',
      'pack: a\nentities:\n  b:\n    key: [c?, d?]\n',
      ['4:10 entities.b.key: one part of a key at least must be there: leave its ? out'],
    ],
    [
      'an attribute twice',
      'pack: a\nentities:\n  b:\n    key: c\n    attributes: [d.name, e.name]\n',
      ['5:26 entities.b.attributes[1]: there is an attribute name already; name them apart: {name: field}'],
    ],
    [
      'an entity of two arrays',
      'pack: a\nentities:\n  b: { key: ["c[]", "d[]"] }\n',
      ['3:13 entities.b.key: an entity reads the elements of one array, this one of c and d'],
    ],
    [
      'a weight of an array that is at neither end',
      'pack: a\nentities: { b: { key: c } }\nedges:\n  - edge: b -to-> b\n    weight: d[].e\n',
      ['5:13 edges[0].weight: d has many values, and neither end of the edge is one of its elements'],
    ],
  ])('%s is told by its line', (_, source, faults) => {
    expect(told(source)).toEqual(faults)
  })

  it.each(reservedSections)('may not have %s yet', section => {
    expect(told(`pack: a\n${section}: {}\n`)).toEqual([
      `2:1 ${section}: not yet understood; it is kept free for a later version. Leave it out for now`,
    ])
  })

  it('is bounded: in bytes, entities, edges, and in what aliases may make of it', () => {
    const source = `pack: a\n# ${'x'.repeat(packBytesMax)}`
    expect(told(source)[0]).toContain(`at most ${packBytesMax} bytes`)
    const names = Array.from({ length: packEntitiesMax + 1 }, (_, i) => `  e${i}: { key: k }\n`).join('')
    expect(told(`pack: a\nentities:\n${names}`)[0]).toContain(`at most ${packEntitiesMax}`)
    const edges = '  - b -c-> b\n'.repeat(packEdgesMax + 1)
    expect(told(`pack: a\nentities: { b: { key: k } }\nedges:\n${edges}`)).toHaveLength(1)
    const laughs = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`)
    expect(told(`pack: a\nl0: &l0 [x]\n${laughs.join('\n')}`)[0]).toContain('aliases')
  })

  it('is told of all its faults, in the order of their lines', () => {
    const source = 'version: x\nsinks: []\nedges: [a, b]\n'
    expect(faultsOf(source).map(({ path, line }) => [path, line])).toEqual([
      ['pack', 1],
      ['version', 1],
      ['sinks', 2],
      ['edges[0]', 3],
      ['edges[1]', 3],
    ])
  })
})

describe('a pack', () => {
  it('is the same in YAML and in JSON', () => {
    const yaml = parsePack(
      'pack: a\nentities:\n  b: { key: [c, d?], when: { e: [1, x], f: { exists: true } } }\n',
    )
    const json = parsePack(
      '{\t"pack":"a","entities":{"b":{"key":["c","d?"],"when":{"e":[1,"x"],"f":{"exists":true}}}}}',
    )
    expect(yaml).toEqual(json)
    expect(yaml).toMatchObject({ pack: { pack: 'a' } })
  })
})

import { describe, expect, it } from 'vitest'
import { parseTemplate, templateOf } from '../../src/pack/template.ts'

/** What the pieces say, by the rule that the plan is run by. */
function said(template: string, values: Record<string, string>): string {
  const pieces = parseTemplate(template)
  if (typeof pieces === 'string') throw new Error(pieces)
  const there = pieces.filter(({ field }) => values[field])
  return there
    .map((piece, i) => {
      const before = i === 0 ? piece.beforeFirst : piece.before
      const after = i === there.length - 1 ? piece.afterLast : piece.after
      return before + values[piece.field] + after
    })
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}

describe('a template that is wrong', () => {
  it.each([
    ['plain words', 'expected at least one {field}'],
    ['{a', '"{" without its other half; write "{{" for one that is meant'],
    ['a}', '"}" without its other half; write "}}" for one that is meant'],
    ['{a{b}}', '"{" without its other half; write "{{" for one that is meant'],
    ['{ }', 'empty braces: expected the name of a field in them'],
  ])('%s is told: %s', (template, fault) => {
    expect(parseTemplate(template)).toBe(fault)
  })
})

describe('what an event lacks leaves no trace', () => {
  it.each<[string, Record<string, string>, string]>([
    ['{user} edited {page}: {comment}', { user: 'u', page: 'p', comment: 'c' }, 'u edited p: c'],
    ['{user} edited {page}: {comment}', { user: 'u', page: 'p' }, 'u edited p'],
    ['{user} edited {page}: {comment}', { page: 'p', comment: 'c' }, 'edited p: c'],
    ['{user} edited {page}: {comment}', { comment: 'c' }, 'c'],
    ['{user} edited {page}: {comment}', { user: 'u', comment: 'c' }, 'u c'],
    ['{a} ({b}) {c}', { a: '1', b: '2', c: '3' }, '1 (2) 3'],
    ['{a} ({b}) {c}', { a: '1', c: '3' }, '1 3'],
    ['{a} ({b}) {c}', { a: '1', b: '2' }, '1 (2)'],
    ['{a} ({b}) {c}', { b: '2' }, '(2)'],
    ['Failed: {a} at {b}!', { b: '2' }, 'at 2!'],
    ['Failed: {a} at {b}!', { a: '1' }, 'Failed: 1'],
    ['{a}/{b}', { b: '2' }, '2'],
    ['{{{a}}} {b}', { a: '1', b: '2' }, '{1} 2'],
    ['{a}', {}, ''],
  ])('%s of %j is %j', (template, values, text) => {
    expect(said(template, values)).toBe(text)
  })

  it('of a list of fields, which are joined by a blank', () => {
    expect(templateOf(['a', 'b'])).toEqual(parseTemplate('{a} {b}'))
  })
})

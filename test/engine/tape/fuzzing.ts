// What must hold of a scan whatever the bytes are, checked against the runtime's own JSON and UTF-8 readers.

import { expect } from 'vitest'
import { fromUtf8Strict, toUtf8 } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { sampleEvent } from './sample-json.ts'
import { bounds, type Code, type Scanned, scanned } from './scanned.ts'

export function fuzz(seedFirst: number, seedCount: number): void {
  for (let seed = seedFirst; seed < seedFirst + seedCount; seed++) {
    const random = seededRandom(seed)
    const body = random() < 0.1 ? randomBytes(random) : mutated(random, sampleBody(random))
    const note = `seed ${seed}: ${Buffer.from(body).toString('latin1')}`
    checkLines(body, note)
    checkDocument(body, note)
  }
}

/** Every line that is not blank is one row of its own, and has the code that the runtime's readers give it. */
function checkLines(body: Uint8Array, note: string): void {
  const rows = scanned(body, 'ndjson')
  const lines = linesOf(body)
  expect(rows.length, note).toBe(lines.length)
  rows.forEach((row, i) => {
    const { start, end } = lines[i]!
    if (row.start !== start || row.end !== end) expect([row.start, row.end], note).toEqual([start, end])
    const codes = codesOfText(body.subarray(start, end))
    if (!codes.includes(row.code)) expect.fail(`${row.code} instead of ${codes.join()}, ${note}`)
    checkTokens(row, note)
  })
}

/** Rows lie one behind the other, with nothing but punctuation between; a sound array has a row for each element. */
function checkDocument(body: Uint8Array, note: string): void {
  const rows = scanned(body, 'json')
  const text = fromUtf8Strict(body)
  let at = text?.startsWith('\ufeff') ? 3 : 0
  for (const row of rows) {
    checkTokens(row, note)
    const between = Buffer.from(body.subarray(at, row.start)).toString('latin1')
    const isTail = row.start === body.length - 1 && row.code === 'malformed'
    if (!/^(\xef\xbb\xbf)?[\s,[\]]*$/.test(between) || (row.start < at && !isTail)) {
      expect.fail(`${JSON.stringify(between)} between rows, ${note}`)
    }
    at = row.end
  }
  const value = parsed(text?.replace(/^\ufeff/, ''))
  if (Array.isArray(value)) {
    expect(rows.length, note).toBe(value.length)
    value.forEach((element, i) => {
      const isEvent = typeof element === 'object' && element !== null && !Array.isArray(element)
      if (rows[i]!.code !== 'tooDeep') expect(rows[i]!.code, note).toBe(isEvent ? 'fine' : 'notAnObject')
    })
  } else if (value === undefined) {
    const isBlank = text?.replace(/^\ufeff/, '').trim() === ''
    if (!isBlank && rows.every(({ code }) => code === 'fine')) expect.fail(`nothing refused, ${note}`)
  } else expect(rows.length, note).toBe(1)
}

/** Tokens parse, and lie within their event. */
function checkTokens({ code, tokens, detail, start, end }: Scanned, note: string): void {
  if (code !== 'fine' && tokens.length > 0) expect.fail(`tokens of a refused row, ${note}`)
  if (detail > end - start) expect.fail(`a fault outside of its row, ${note}`)
  for (const [, kind, text] of tokens) {
    const value = kind === 'string' || kind === 'escaped' ? `"${text}"` : text
    if (parsed(value) === undefined) expect.fail(`token ${value}, ${note}`)
  }
}

/** Lines as they are split and trimmed by definition: at \n, without JSON's white space. */
function linesOf(body: Uint8Array): { start: number; end: number }[] {
  const text = Buffer.from(body).toString('latin1')
  const lines: { start: number; end: number }[] = []
  let at = 0
  for (const line of text.split('\n')) {
    const mark = at === 0 && line.startsWith('\xef\xbb\xbf') ? 3 : 0
    const content = line.slice(mark).replace(/^[ \t\r]+/, '')
    const start = at + line.length - content.length
    const end = start + content.replace(/[ \t\r]+$/, '').length
    if (end > start) lines.push({ start, end })
    at += line.length + 1
  }
  return lines
}

/** The codes that a text may have: where it has several faults, the scanner stops at the first. */
function codesOfText(bytes: Uint8Array): Code[] {
  const text = fromUtf8Strict(bytes)
  if (text === undefined) return ['badEncoding', 'malformed', 'tooDeep']
  const isDeep = depthOf(text) > bounds.eventDepthMax
  const value = parsed(text)
  if (value === undefined) return isDeep ? ['malformed', 'tooDeep'] : ['malformed']
  if (isDeep) return ['tooDeep']
  return [typeof value === 'object' && value !== null && !Array.isArray(value) ? 'fine' : 'notAnObject']
}

function depthOf(text: string): number {
  let depth = 0
  let most = 0
  for (const bracket of text.replaceAll(/"(\\.|[^"\\])*"/g, '').replaceAll(/[^[\]{}]/g, '')) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    most = Math.max(most, depth)
  }
  return most
}

/** @returns undefined, which is no JSON value, when the text is not JSON */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the answer to the question
  }
}

function sampleBody(random: () => number): Uint8Array {
  const events = Array.from({ length: 1 + Math.floor(random() * 4) }, () => sampleEvent(random, 3).text)
  if (random() < 0.2) events.push('['.repeat(31 + Math.floor(random() * 4)))
  const mark = random() < 0.1 ? '\ufeff' : ''
  return toUtf8(
    mark + (random() < 0.5 ? events.join(random() < 0.5 ? '\n' : '\r\n\n') : `[${events.join(', ')}]`),
  )
}

const spice = [
  ...toUtf8('{}[]":,\\\n\r\t 0-.eEu+tfn'),
  0,
  0x1f,
  0x7f,
  0x80,
  0xbf,
  0xc0,
  0xc3,
  0xe2,
  0xed,
  0xf0,
  0xf4,
  0xff,
]

/** Up to five bytes changed, put in or taken out, and now and then the end cut off. */
function mutated(random: () => number, body: Uint8Array): Uint8Array {
  const bytes = [...body]
  for (let left = Math.floor(random() * 6); left > 0; left--) {
    const at = Math.floor(random() * (bytes.length + 1))
    const spiced = spice[Math.floor(random() * spice.length)]!
    const choice = random()
    if (choice < 0.4) bytes.splice(at, 1, spiced)
    else if (choice < 0.7) bytes.splice(at, 0, spiced)
    else if (choice < 0.95) bytes.splice(at, 1)
    else bytes.length = at
  }
  return Uint8Array.from(bytes)
}

function randomBytes(random: () => number): Uint8Array {
  const sharp = random() < 0.5
  return Uint8Array.from({ length: Math.floor(random() * 60) }, () =>
    sharp ? spice[Math.floor(random() * spice.length)]! : Math.floor(random() * 256),
  )
}

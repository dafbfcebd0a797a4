// JSON text of any size becomes NDJSON without ever being held: the elements of an array, or values one after
// another, land on a line each. Every byte becomes exactly one byte, so offsets stay true:
//
//     [{"a": [1,         →    ↵{"a": [1,⇥2]}         ↵ a line break, ⇥ a tab
//     2]},{"b":3}]             ↵{"b":3}↵
//
// A line break inside an element becomes a tab: both are blanks between tokens and both are forbidden in strings, so
// what was valid stays valid and what was broken stays broken, for the service to refuse by name.

const space = 0x20
const tab = 0x09
const newline = 0x0a
const carriageReturn = 0x0d
const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

export async function* jsonLines(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const state: State = { inArray: false, depth: 0, inString: false, escaped: false, inScalar: false }
  for await (const chunk of text) yield lineUp(chunk, state)
}

interface State {
  /** within an array at the top, whose elements are the events */
  inArray: boolean
  /** open brackets within the present element */
  depth: number
  inString: boolean
  escaped: boolean
  /** within a top-level value that no bracket ends */
  inScalar: boolean
}

// One loop over all bytes: kept whole for speed.
function lineUp(chunk: Uint8Array, state: State): Uint8Array {
  const out = new Uint8Array(chunk)
  for (let i = 0; i < out.length; i++) {
    const byte = out[i]!
    if (byte === newline) out[i] = tab
    if (state.inString) {
      if (state.escaped) state.escaped = false
      else if (byte === backslash) state.escaped = true
      else if (byte === quote) state.inString = false
      continue
    }
    if (byte === quote) {
      state.inString = true
      state.inScalar = state.depth === 0
    } else if (byte === openBracket || byte === openBrace) {
      if (byte === openBracket && state.depth === 0 && !state.inArray && !state.inScalar) {
        state.inArray = true
        out[i] = newline
      } else state.depth++
    } else if (byte === closeBracket || byte === closeBrace) {
      if (state.depth > 0) state.depth--
      else if (state.inArray) {
        state.inArray = false
        out[i] = newline
      }
      if (state.depth === 0) state.inScalar = false
    } else if (byte === comma && state.depth === 0 && state.inArray) {
      out[i] = newline
    } else if (byte === space || byte === tab || byte === newline || byte === carriageReturn) {
      // Between values at the top, a blank ends a line; `1 2` and `{} {}` are two each.
      if (state.depth === 0 && !state.inArray) {
        out[i] = newline
        state.inScalar = false
      }
    } else state.inScalar = state.depth === 0
  }
  return out
}

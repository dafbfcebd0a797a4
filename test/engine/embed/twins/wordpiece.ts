// WordPiece and static embeddings by their definitions, with a map for the vocabulary and the runtime's own strings.

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const tokensMax = 512
const wordCharsMax = 100

interface Twin {
  vocabulary: Map<string, number>
  dims: number
  codes: Int8Array
  scales: Uint16Array
  /** what becomes of a character: undefined where it parts words */
  fold(char: string): { text: string; isAlone: boolean } | undefined
}

const twins = new WeakMap<Uint8Array, Twin>()

/** @returns rows of the model, −1 for what is unknown */
export function wordPieces(model: Uint8Array, text: string): number[] {
  const twin = twins.get(model) ?? readTwin(model)
  twins.set(model, twin)
  const words: string[] = ['']
  for (const char of text) {
    const folded = twin.fold(char)
    if (!folded) words.push('')
    else if (folded.isAlone) words.push(folded.text, '')
    else words[words.length - 1] += folded.text
  }
  return words.flatMap(word => (word === '' ? [] : piecesOf(twin, word))).slice(0, tokensMax)
}

function piecesOf({ vocabulary }: Twin, word: string): number[] {
  const chars = [...word]
  if (chars.length > wordCharsMax) return [-1]
  const pieces: number[] = []
  for (let start = 0; start < chars.length; ) {
    let end = chars.length
    const piece = () => (start > 0 ? '##' : '') + chars.slice(start, end).join('')
    while (end > start && !vocabulary.has(piece())) end--
    if (end === start) return [-1]
    pieces.push(vocabulary.get(piece())!)
    start = end
  }
  return pieces
}

/** @returns f64[dims] of length 1, or zeros */
export function meaningOf(model: Uint8Array, text: string): number[] {
  const rows = wordPieces(model, text).filter(row => row >= 0)
  const { dims, codes, scales } = twins.get(model)!
  const sums = Array.from({ length: dims }, (_, dim) =>
    rows.reduce((sum, row) => sum + codes[row * dims + dim]! * scales[row]!, 0),
  )
  const length = Math.hypot(...sums)
  return sums.map(sum => (length > 0 ? sum / length : 0))
}

function readTwin(model: Uint8Array): Twin {
  const bytes = model.slice()
  const view = new DataView(bytes.buffer)
  const [dims, tokenCount] = [view.getUint32(16, true), view.getUint32(20, true)]
  const [codes, scales, , starts, pieces, pages, entries, expansions] = Array.from({ length: 8 }, (_, i) =>
    view.getUint32(36 + 4 * i, true),
  ) as [number, number, number, number, number, number, number, number]
  const vocabulary = new Map<string, number>()
  const startOf = (token: number) => pieces + view.getUint32(starts + 4 * token, true)
  for (let token = 0; token < tokenCount; token++)
    vocabulary.set(decoder.decode(bytes.subarray(startOf(token), startOf(token + 1))), token)
  const fold = (char: string) => {
    const point = char.codePointAt(0)!
    if (point >= 0xd800 && point < 0xe000) return { text: '', isAlone: false }
    const page = view.getUint16(pages + 2 * (point >> 7), true)
    const entry = view.getInt32(entries + 4 * (128 * page + (point & 127)), true)
    const [fate, value] = [entry & 7, entry >> 3]
    if (fate === 1) return undefined
    if (fate === 0) return { text: '', isAlone: false }
    const count = fate === 4 ? view.getUint32(expansions + 4 * value, true) : 0
    const several = Array.from({ length: count }, (_, i) =>
      view.getUint32(expansions + 4 * (value + 1 + i), true),
    )
    return { text: String.fromCodePoint(...(fate === 4 ? several : [point + value])), isAlone: fate === 3 }
  }
  return {
    vocabulary,
    dims,
    codes: new Int8Array(bytes.buffer, codes, tokenCount * dims),
    scales: new Uint16Array(bytes.buffer, scales, tokenCount),
    fold,
  }
}

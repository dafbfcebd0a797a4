// The text template of a pack: `{user} edited {page} ({channel}): {comment}`. What an event lacks leaves no trace, and so
// each field takes along the words that are there only for it:
//
//   {user} edited {page} ({channel}): {comment}
//   └─┬──┘└──────┬─────┘ └────┬─────┘ └──┬────┘
//     │          │            │          └ what stands between fields goes with the one that it leads to …
//     │          │            └ … but signs that touch a field are that field's own, in front and behind
//     │          └ " edited " leads to the page
//     └ words before the first field and behind the last are theirs
//
// Where nothing stands before a field, or nothing follows it, the signs that would have parted them go too.

export interface TemplatePiece {
  field: string
  /** what stands before the value, and what of it stays where the piece comes first */
  before: string
  beforeFirst: string
  /** what stands behind the value, and what of it stays where the piece comes last */
  after: string
  afterLast: string
}

const separators = ' \\t\\r\\n,;:|/–—-'
const leadingSeparators = new RegExp(`^[${separators}]+`)
const trailingSeparators = new RegExp(`[${separators}]+$`)
/** @returns the pieces, or what is wrong with the template as a sentence */
export function parseTemplate(template: string): TemplatePiece[] | string {
  const literals: string[] = []
  const fields: string[] = []
  let literal = ''
  let from = 0
  for (const { 0: sign, 1: field, index } of template.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g)) {
    if (sign === '{' || sign === '}')
      return `"${sign}" without its other half; write "${sign}${sign}" for one that is meant`
    if (field?.trim() === '') return 'empty braces: expected the name of a field in them'
    literal += template.slice(from, index)
    from = index + sign.length
    if (field === undefined) literal += sign[0]
    else {
      literals.push(literal)
      fields.push(field.trim())
      literal = ''
    }
  }
  literals.push(literal + template.slice(from))
  return fields.length === 0 ? 'expected at least one {field}' : piecesOf(literals, fields)
}

/** A list of fields is their values, a blank between them. */
export function templateOf(text: string | readonly string[]): TemplatePiece[] | string {
  if (typeof text === 'string') return parseTemplate(text)
  return piecesOf(['', ...text.slice(1).map(() => ' '), ''], text)
}

function piecesOf(literals: readonly string[], fields: readonly string[]): TemplatePiece[] {
  const last = fields.length - 1
  const between = literals.map(splitLiteral)
  return fields.map((field, i) => {
    const before = i === 0 ? literals[0]! : between[i]!.lead
    const after = i === last ? literals.at(-1)! : between[i + 1]!.tail
    return {
      field,
      before,
      beforeFirst: i === 0 ? before : before.replace(leadingSeparators, ''),
      after,
      afterLast: i === last ? after : after.replace(trailingSeparators, ''),
    }
  })
}

/** Signs that touch the field before are its `tail`; all from the first blank on leads to the field behind. */
function splitLiteral(literal: string): { tail: string; lead: string } {
  const blank = literal.search(/\s/)
  return blank < 0
    ? { tail: '', lead: literal }
    : { tail: literal.slice(0, blank), lead: literal.slice(blank) }
}

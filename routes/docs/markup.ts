// HTML that can't be injected into: whatever is put into a template is escaped unless it is markup itself.

export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Piece = Markup | string | number | undefined | readonly Piece[]

export function html(parts: TemplateStringsArray, ...pieces: Piece[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + toText(pieces[i - 1]) + part))
}

/** Prose of the contract: paragraphs, and `code` between backticks. */
export function prose(text: string): Markup[] {
  return text.split('\n\n').map(paragraph => html`<p>${inline(paragraph)}</p>`)
}

/** One line of prose. */
export function inline(text: string): Markup[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
}

function toText(piece: Piece): string {
  if (piece === undefined) return ''
  if (piece instanceof Markup) return piece.text
  if (Array.isArray(piece)) return piece.map(toText).join('')
  return String(piece).replaceAll(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
}

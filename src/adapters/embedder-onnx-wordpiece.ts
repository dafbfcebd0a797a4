// Words as the pieces of a vocabulary (Schuster, Nakajima 2012): the longest piece that the word begins with, then the
// longest that goes on from there. A word that can't be cut up whole is unknown as a whole.

export interface WordPieceVocabulary {
  /** piece → id */
  ids: ReadonlyMap<string, number>
  unknownId: number
  /** before a piece that goes on within a word: `##` */
  prefix: string
  /** characters that a word may have; a longer one is unknown */
  wordCharsMax: number
}

export class WordPieces {
  readonly #vocabulary: WordPieceVocabulary
  /** UTF-16 units of the longest piece, so that no longer one is tried */
  readonly #pieceUnitsMax: number

  constructor(vocabulary: WordPieceVocabulary) {
    this.#vocabulary = vocabulary
    this.#pieceUnitsMax = [...vocabulary.ids.keys()].reduce((most, { length }) => Math.max(most, length), 0)
  }

  /** Adds the ids of a word's pieces to `ids`. */
  cut(word: string, ids: number[]): void {
    const { unknownId, wordCharsMax } = this.#vocabulary
    const firstPiece = ids.length
    // A character takes two units at most, so most words need no counting.
    const isLong = word.length > wordCharsMax && [...word].length > wordCharsMax
    for (let start = 0; start < word.length; ) {
      const piece = isLong ? undefined : this.#longestAt(word, start)
      if (piece === undefined) {
        ids.length = firstPiece
        ids.push(unknownId)
        return
      }
      ids.push(piece.id)
      start = piece.end
    }
  }

  #longestAt(word: string, start: number): { id: number; end: number } | undefined {
    const { ids, prefix } = this.#vocabulary
    const before = start > 0 ? prefix : ''
    for (let end = Math.min(word.length, start + this.#pieceUnitsMax); end > start; end--) {
      const id = ids.get(before + word.slice(start, end))
      if (id !== undefined) return { id, end }
    }
    return undefined
  }
}

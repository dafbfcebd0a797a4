// What events say, and how much of it is new. Most texts follow from the kind of event and its game; whenever fewer
// distinct ones have come than were asked for, an event says something that none has said.

import { mix32, pickOf } from './chance.ts'
import { type EventKind, eventKinds } from './event-kinds.ts'
import {
  chatLines,
  cities,
  type ErrorKind,
  errorKinds,
  popups,
  queries,
  sentenceParts,
  supportLines,
} from './vocabulary.ts'

/** What an event's text is made of, besides its kind and its game. Undefined fields are left out. */
export interface Saying {
  popup: string | undefined
  query: string | undefined
  message: string | undefined
}

export interface Subject {
  kind: EventKind
  /** number of the game, -1 for none */
  game: number
  error: ErrorKind | undefined
}

export class EventTexts {
  readonly #distinct: number
  readonly #random: () => number
  /** games, and none */
  readonly #subjects: number
  /** of each kind, subject and variant: was said before */
  readonly #said: Uint8Array
  #eventCount = 0
  #distinctCount = 0
  #newCount = 0

  /** @param distinct  share of texts that are distinct, as far as that is up to us */
  constructor(distinct: number, gameCount: number, random: () => number) {
    this.#distinct = distinct
    this.#random = random
    this.#subjects = gameCount + 1
    this.#said = new Uint8Array(eventKinds.length * this.#subjects * variantsMax)
  }

  sayingOf(subject: Subject): Saying {
    const isNew = this.#distinctCount < this.#distinct * ++this.#eventCount
    if (isNew) this.#distinctCount++
    return isNew ? this.#sayNew(subject, this.#newCount++) : this.#sayAgain(subject)
  }

  #sayAgain({ kind, game, error }: Subject): Saying {
    const lines = linesOf[kind]
    const variant = error ? errorKinds.indexOf(error) : Math.floor(this.#random() * lines.length)
    const place = (eventKinds.indexOf(kind) * this.#subjects + game + 1) * variantsMax + variant
    if (this.#said[place] === 0) this.#distinctCount++
    this.#said[place] = 1
    return saying(kind, error?.message ?? lines[variant])
  }

  #sayNew({ kind, error }: Subject, serial: number): Saying {
    const reference = mix32(serial + 1).toString(36)
    const count = 2 + (mix32(serial + 2) % 40)
    const said = newLines[kind]({
      reference,
      count,
      sentence: sentenceOf(serial),
      error,
      random: this.#random,
    })
    if (kind !== 'popup') return saying(kind, said)
    return { popup: pickOf(popups, this.#random()), query: undefined, message: said }
  }
}

/** Lines of a kind, and kinds of errors. */
const variantsMax = 32

const linesOf: Record<EventKind, readonly (string | undefined)[]> = {
  login: [undefined],
  logout: [undefined],
  popup: popups,
  deposit: [undefined],
  withdrawal: [undefined],
  open: [undefined],
  bet: [undefined],
  win: [undefined],
  search: queries,
  chat: chatLines,
  support: supportLines,
  api_error: [undefined],
}

function saying(kind: EventKind, said: string | undefined): Saying {
  return {
    popup: kind === 'popup' ? said : undefined,
    query: kind === 'search' ? said : undefined,
    message: kind === 'popup' || kind === 'search' ? undefined : said,
  }
}

interface News {
  /** said once only */
  reference: string
  count: number
  /** said once only */
  sentence: string
  error: ErrorKind | undefined
  random: () => number
}

const newLines: Record<EventKind, (news: News) => string> = {
  login: ({ reference, count, random }) =>
    `signed in from ${pickOf(cities, random())} after ${count} days, visit ${reference}`,
  logout: ({ reference, count }) => `signed out after ${count} minutes, visit ${reference}`,
  popup: ({ reference, count }) => `offer ${reference}, ends in ${count} hours`,
  deposit: ({ reference, count }) => `deposit of ${count * 5}.00 confirmed by the bank, receipt ${reference}`,
  withdrawal: ({ reference, count }) => `withdrawal of ${count * 5}.00 requested, receipt ${reference}`,
  open: ({ reference, count }) => `joined table ${reference} with ${count} players`,
  bet: ({ reference, count }) => `stake of ${count}.50 placed in round ${reference}`,
  win: ({ reference, count }) => `won ${count * 3}.00 in round ${reference}`,
  search: ({ sentence }) => sentence,
  chat: ({ sentence }) => sentence,
  support: ({ sentence }) => sentence,
  api_error: ({ reference, count, error }) =>
    `${error?.message ?? ''} (request ${reference}, ${count * 100} ms)`,
}

/** `last night the wheel stopped turning and nobody told me why, round 12`: no two numbers say the same. */
function sentenceOf(serial: number): string {
  let left = serial
  const words = sentenceParts.map(part => {
    const word = part[left % part.length]!
    left = Math.floor(left / part.length)
    return word
  })
  return left === 0 ? words.join(' ') : `${words.join(' ')}, round ${left}`
}

// What a query asks of the words of a run, in two steps, and what it gets. Open and sealed runs answer alike, and in plain
// data, so that a run can lie in another thread.
//
// First each run tells which of its terms a query can mean and in how many events they are; over all runs together these
// become a plan; then each run scores its texts by the plan. Events are counted, never texts or runs, so that a score does
// not depend on how events lie in runs.

import type { Expansion } from './expansion.ts'
import type { WordsPlan } from './plan.ts'
import type { WordsQuery } from './query.ts'

export interface WordsRun {
  expand(query: WordsQuery): Promise<Expansion>
  score(plan: WordsPlan, ask: Ask): Promise<Scored>
}

export interface Ask {
  /** texts at most */
  limit: number
  /** bit i of these words: text i may be among them; all may where it is missing */
  allow?: Uint32Array
}

/** The best texts: highest score first, of equal ones the lower tie, see `TextFacts`. */
export interface Scored {
  texts: Uint32Array
  scores: Float32Array
}

/** What scores need of each text. */
export interface TextFacts {
  /** its terms */
  lengths: Uint16Array
  /** the upper half of its hash: an order of texts that knows no runs */
  ties: Uint32Array
}

/** A term's texts, rising, and how often each holds it. */
export interface Postings {
  texts: Uint32Array
  counts: Uint16Array
}

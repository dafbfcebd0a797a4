// Somebody who searches: one question after the other, with a pause, until told to stop.

import { expectOk, HttpClient } from './http.ts'

const pauseMs = 20

/** What people ask of a gaming site: by meaning, by words, and by both. */
const questions = [
  'connection lost while opening the game',
  'my money has not arrived',
  'free spins on friday',
  'the dealer was friendly',
  'why was I logged out',
  'bet rejected live-casino',
  'the page turned white during the bonus round',
  'withdrawal pending',
]

export interface Searching {
  /** @returns ms of each answer */
  stop(): Promise<number[]>
}

export function startSearching(url: string): Searching {
  const http = new HttpClient(url)
  const ms: number[] = []
  let isOn = true
  const run = async () => {
    for (let asked = 0; isOn || asked === 0; asked++) {
      const question = { text: questions[asked % questions.length]!, mode: 'hybrid', k: 10 }
      ms.push(expectOk(await http.ask('/v1/search', question), 'POST /v1/search').ms)
      await new Promise(resolve => setTimeout(resolve, pauseMs))
    }
    http.close()
    return ms
  }
  const done = run()
  done.catch(() => {}) // told to whoever stops it
  return {
    stop: () => {
      isOn = false
      return done
    },
  }
}

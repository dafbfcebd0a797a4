// Searching: by what is meant, and by words as people type them.

import { columns } from '../terminal.ts'
import { json, type Stage, shortened } from './stage.ts'

interface SearchAnswer {
  hits: { event_id: string; score: number; text: string }[]
}

const hitsMax = 4
const textChars = 84

/** None of the words needs to be in the text. */
export function askMeaning(stage: Stage): Promise<void> {
  return ask(stage, 'Who could not get into a game?', {
    text: 'players were thrown out while a game was loading',
    mode: 'hybrid',
  })
}

export function askTypo(stage: Stage): Promise<void> {
  return ask(stage, 'And when it is misspelt?', { text: 'withdrawl pendng', mode: 'words', fuzzy: true })
}

async function ask(stage: Stage, question: string, asked: Record<string, unknown>): Promise<void> {
  stage.ask(question, `POST /v1/search ${JSON.stringify(asked)}`)
  const body = { ...asked, k: hitsMax, group_by: 'text' }
  const answer = await json<SearchAnswer>(stage, '/v1/search', {}, body)
  const rows = answer.hits.map(({ score, text, event_id }) => [
    stage.style.yellow(score.toFixed(3)),
    shortened(text, textChars),
    stage.style.dim(event_id),
  ])
  stage.tell(rows.length > 0 ? columns(rows) : ['nothing'])
}

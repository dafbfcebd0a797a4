// Questions about single events and the days that hold them, each asked over HTTP and answered in a few lines.

import { call, Problem, pathOf, type Server } from '../client.ts'
import { Failure } from '../command.ts'
import { countText, timeText } from '../figures.ts'
import { segmentsOf, segmentTable } from '../segments.ts'
import { columns, harmless } from '../terminal.ts'
import { json, type Stage, shortened } from './stage.ts'

interface EventAnswer {
  event_id: string
  event_time: string
  type: string | null
  citation: string
  payload: Record<string, unknown>
}

/** @returns the newest event of the player */
export async function askTimeline(stage: Stage, player: string): Promise<EventAnswer> {
  const query = { entity_id: player, order: 'desc', limit: '5' }
  stage.ask(`What did ${player} do last?`, `GET /v1/events?${new URLSearchParams(query)}`)
  const { events } = await json<{ events: EventAnswer[] }>(stage, '/v1/events', query)
  stage.tell(
    columns(
      events.map(event => [
        timeText(Date.parse(event.event_time)),
        stage.style.cyan(event.type ?? ''),
        detailsOf(event),
      ]),
    ),
  )
  const [newest] = events
  if (!newest) throw new Failure(`${player} has no events, though some were accepted`)
  return newest
}

export async function askOne(stage: Stage, id: string): Promise<void> {
  stage.ask('One of these events, as it came, and how to cite it?', `GET /v1/events/${id}`)
  const { event } = await json<{ event: EventAnswer }>(stage, `/v1/events${pathOf(id)}`)
  stage.tell([harmless(JSON.stringify(event.payload)), stage.style.dim(event.citation)])
}

interface Quarantine {
  counts: { code: string; open: number; resolved: number }[]
  refusals: { refusal_id: string; code: string; message: string; raw: string }[]
}

export async function askRefused(stage: Stage): Promise<Quarantine['refusals']> {
  stage.ask('What was refused, and why?', 'GET /v1/quarantine')
  const { counts, refusals } = await json<Quarantine>(stage, '/v1/quarantine')
  const rows = counts.map(({ code, open }) => {
    const example = refusals.find(refusal => refusal.code === code)
    return [
      stage.style.yellow(code),
      countText(open),
      example ? shortened(example.raw, 44) : '',
      stage.style.dim(example?.message ?? ''),
    ]
  })
  stage.tell(columns(rows, [1]))
  return refusals
}

/** Gives one refused event the time that it lacks, and runs it again. */
export async function askReplay(stage: Stage, refusals: Quarantine['refusals'], time: string): Promise<void> {
  const refusal = refusals.find(({ code }) => code === 'bad_time')
  if (!refusal) throw new Failure('nothing was refused for its time, though five such events were sent')
  stage.ask('Can one be repaired and run again?', 'POST /v1/quarantine/replay')
  const body = { refusal_ids: [refusal.refusal_id], patch: { '@timestamp': time } }
  const answer = await json<{
    accepted: number
    outcomes: { event_id?: string; outcome: string; message?: string }[]
  }>(stage, '/v1/quarantine/replay', {}, body)
  const [outcome] = answer.outcomes
  const { counts } = await json<Quarantine>(stage, '/v1/quarantine', { status: 'all', code: 'bad_time' })
  const left = counts.map(({ open, resolved }) => `${open} open, ${resolved} resolved`).join(', ')
  stage.tell([
    `${stage.style.dim(JSON.stringify(body.patch))} → ${stage.style.green(outcome?.outcome ?? 'nothing')} as ${outcome?.event_id ?? '?'}; bad_time: ${left}`,
  ])
}

export async function askSegments(stage: Stage): Promise<void> {
  stage.ask('What is kept where, and until when?', 'GET /v1/segments')
  stage.tell(segmentTable(await segmentsOf(stage.server), stage.style))
}

/** Drops the oldest day and looks for what was in it. */
export async function askEviction(stage: Stage): Promise<void> {
  const query = { order: 'asc', limit: '1' }
  const { events: before } = await json<{ events: EventAnswer[] }>(stage, '/v1/events', query)
  const [oldest] = before
  const [first] = (await segmentsOf(stage.server)).sort((a, b) => (a.from < b.from ? -1 : 1))
  if (!oldest || !first) throw new Failure('there is no day to drop')
  stage.ask('And when a day is dropped?', `DELETE /v1/segments${pathOf(first.segment_id)}`)
  const startMs = performance.now()
  await call(stage.server, { method: 'DELETE', path: `/v1/segments${pathOf(first.segment_id)}` })
  const ms = Math.max(1, Math.round(performance.now() - startMs))
  const { events: after } = await json<{ events: EventAnswer[] }>(stage, '/v1/events', query)
  const gone = await isGone(stage.server, oldest.event_id)
  stage.tell([
    `${countText(first.event_count)} events gone in ${ms} ms`,
    ...columns([
      [
        `GET /v1/events/${oldest.event_id}`,
        gone ? stage.style.green('404, as if it had never been') : stage.style.red('still there'),
      ],
      [
        'the first event',
        `${timeText(Date.parse(oldest.event_time))} → ${after[0] ? timeText(Date.parse(after[0].event_time)) : 'none'}`,
      ],
    ]),
  ])
  if (!gone) throw new Failure(`${oldest.event_id} is still there after its segment was evicted`)
}

async function isGone(server: Server, id: string): Promise<boolean> {
  try {
    await call(server, { path: `/v1/events${pathOf(id)}` })
    return false
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return true
    throw error
  }
}

/** What an event says beyond who sent it from where. */
function detailsOf({ payload }: EventAnswer): string {
  const words = told.flatMap(name => (typeof payload[name] === 'string' ? `${name} ${payload[name]}` : []))
  return shortened(words.join(', '), 70)
}

const told = ['game', 'stake', 'amount', 'method', 'popup', 'query', 'error', 'message', 'platform']

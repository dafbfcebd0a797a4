// One event as a line of NDJSON: who and when, what about, and what clients add to everything they send. All values are
// strings, as in the raw data of the real site.
//
//   {"@timestamp":…,"eventId":…,"event":… │ the session's fields │ the game's, error's, money's, words │ url … build}\n

import { mix32, pickOf } from './chance.ts'
import type { EventKind } from './event-kinds.ts'
import type { Saying } from './event-texts.ts'
import type { Game } from './games.ts'
import { hex8 } from './gaming-plan.ts'
import type { Session } from './sessions.ts'
import type { ErrorKind } from './vocabulary.ts'

export interface Happening {
  kind: EventKind
  timeMs: number
  /** u32 each: the event's number in its stream scattered, and the same scattered by the stream */
  id: number
  streamId: number
  session: Session
  game: Game | undefined
  error: ErrorKind | undefined
  saying: Saying
}

export function eventLine(happening: Happening): string {
  const { kind, timeMs, id, streamId, session, game, error, saying } = happening
  const trace = mix32(streamId + 1)
  const when = `{"@timestamp":"${new Date(timeMs).toISOString()}","eventId":"${hex8(id)}${hex8(streamId)}","event":"${kind}",`
  const about = `${gameFields(game)}${errorFields(error, trace)}${moneyFields[kind]?.(trace) ?? ''}`
  const words = `${field('popup', saying.popup)}${field('query', saying.query)}${field('message', saying.message)}`
  const path = game ? `/games/${game.category}/${game.uid}` : pathOf[kind]
  return `${when}${session.fields}${about}${words}${pageFields(path, session.at, trace)}${traceFields(id, trace)}}\n`
}

function gameFields(game: Game | undefined): string {
  return game ? `"game":"${game.name}","gameUid":"${game.uid}","category":"${game.category}",` : ''
}

function errorFields(error: ErrorKind | undefined, random: number): string {
  return error ? `"error":"${error.code}","stage":"${error.stage}","status":"${500 + (random & 3)}",` : ''
}

function pageFields(path: string, step: number, trace: number): string {
  return `"url":"https://${site}${path}?ref=${hex8(trace)}&step=${step}","referer":"https://${site}/lobby",`
}

function traceFields(id: number, trace: number): string {
  const [second, third] = [mix32(trace + 2), mix32(trace + 3)]
  const request = `"requestId":"${hex8(mix32(trace))}-${hex8(mix32(trace + 1))}"`
  const traced = `"traceId":"${hex8(trace)}${hex8(id)}${hex8(second)}${hex8(third)}"`
  const client = `"network":"${picked(networks, second)}","screen":"${picked(screens, third)}"`
  return `${request},${traced},"loadMs":"${40 + (trace % 1900)}",${client},"build":"web-2026.1.${trace % 9}"`
}

const site = 'play.lagoon.example'

const moneyFields: Partial<Record<EventKind, (random: number) => string>> = {
  bet: random => `"stake":"${money(random % 2000)}",`,
  win: random => `"amount":"${money(random % 20_000)}",`,
  deposit: random => `"amount":"${money(1000 + (random % 40) * 500)}","method":"${picked(methods, random)}",`,
  withdrawal: random =>
    `"amount":"${money(2000 + (random % 50) * 1000)}","method":"${picked(methods, random)}",`,
}

const pathOf: Record<EventKind, string> = {
  login: '/login',
  logout: '/logout',
  popup: '/lobby',
  deposit: '/cashier/deposit',
  withdrawal: '/cashier/withdraw',
  open: '/games',
  bet: '/games',
  win: '/games',
  search: '/search',
  chat: '/chat',
  support: '/help',
  api_error: '/lobby',
}
const methods = ['card', 'bank', 'wallet', 'pix', 'voucher'] as const
const networks = ['wifi', '5g', '4g', 'cable'] as const
const screens = ['1080x2400', '1170x2532', '1920x1080', '2560x1440', '820x1180'] as const

function picked<T>(list: readonly T[], random: number): T {
  return pickOf(list, random / 2 ** 32)
}

function money(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}

function field(name: string, value: string | undefined): string {
  return value === undefined ? '' : `"${name}":"${value}",`
}

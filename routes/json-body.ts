// A JSON body that is parsed as a whole: what a call asks for, never events, whose bytes must stay as they came.

import type { Context } from 'hono'
import { fromUtf8Strict } from '../src/base/bytes.ts'
import { Refused } from '../src/contract/refused.ts'
import { announcedBytes, readBody } from './body.ts'
import type { Env } from './context.ts'
import { bodyEncoding, bodyFormat } from './media.ts'

interface JsonBody {
  /** what the body is, as the refusal of another type names it: `a replay` */
  what: string
  /** what it should say, told when it is empty */
  hint: string
  /** Asked before the body is read, with what was announced, and, where nothing was, with what came. */
  admit?: (bytes: number) => void
}

/** @throws Refused what is wrong with the body, short of what it says */
export async function readJsonText(c: Context<Env>, { what, ...body }: JsonBody): Promise<string> {
  if (bodyFormat(c.req.header('content-type')) !== 'json') {
    throw new Refused(
      'unsupported_media_type',
      `${what} is asked for in JSON: add -H 'content-type: application/json'`,
    )
  }
  return readText(c, body)
}

/** A body of text, whichever type it is of. @throws Refused */
export async function readText(
  c: Context<Env>,
  { hint, admit = () => undefined }: Omit<JsonBody, 'what'>,
): Promise<string> {
  const { app } = c.var
  const encoding = bodyEncoding(c.req.header('content-encoding'), app.inflate.encodings)
  const announced = announcedBytes(c.req.raw)
  admit(announced ?? 0)
  const hold = app.intake.hold()
  try {
    const onSent = (sentBytes: number) => c.set('bodyBytes', sentBytes)
    const text = fromUtf8Strict(await readBody(app, { request: c.req.raw, encoding, hold, onSent }))
    if (announced === undefined) admit(c.var.bodyBytes)
    if (text === undefined) throw new Refused('bad_request', 'the body is not UTF-8')
    if (text.trim() === '') throw new Refused('empty_body', `the body is empty; ${hint}`)
    return text
  } finally {
    hold.release()
  }
}

/** @param revive  as JSON.parse takes it; what it refuses is passed on */
export function parseJson(text: string, revive?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, revive)
  } catch (thrown) {
    if (thrown instanceof Refused) throw thrown
    throw new Refused(
      'bad_request',
      `the body can't be read as JSON: ${thrown instanceof Error ? thrown.message : thrown}`,
    )
  }
}

// What the demo sends: three days of a gaming site up to the last whole hour, with the faults that real producers have,
// and who in it is worth asking about. The same seed and the same hour give the same bytes.

import { seededRandom } from '../../base/random.ts'
import { dayMs, type GamingOptions, hourMs, plants } from '../../generate/gaming-options.ts'
import { gamingStream } from '../../generate/gaming-stream.ts'
import { plantedTruth } from '../../generate/planted-truth.ts'

export interface Story {
  blocks: Uint8Array[]
  lineCount: number
  /** a member who shares a device with others, and does a lot */
  member: string
  /** another who shares it */
  accomplice: string
  /** a member of a community that neither of them belongs to */
  stranger: string
}

export interface StoryOptions {
  seed: number
  nowMs: number
  eventCount: number
}

const days = 3
const memberCount = 400
/** One in so many lines is sent a second time, as a producer does that missed an answer. */
const duplicateEvery = 211
const brokenTimes = 5

export function storyOf({ seed, nowMs, eventCount }: StoryOptions): Story {
  const options: GamingOptions = {
    seed,
    days,
    members: memberCount,
    rate: eventCount / ((days * dayMs) / 1000),
    distinct: 0.1,
    startMs: Math.floor(nowMs / hourMs) * hourMs - days * dayMs,
    plant: plants,
  }
  const random = seededRandom(seed)
  const breakEvery = Math.floor(eventCount / (brokenTimes + 1))
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  const uses = new Map<string, number>()
  let lineCount = 0
  const blocks: Uint8Array[] = []
  for (const block of gamingStream(options)) {
    const lines = decoder
      .decode(block)
      .slice(0, -1)
      .split('\n')
      .flatMap(line => {
        lineCount++
        const use = useOf(line)
        uses.set(use, (uses.get(use) ?? 0) + 1)
        if (lineCount % breakEvery === 0 && lineCount <= brokenTimes * breakEvery)
          return [withBrokenTime(line)]
        return lineCount % duplicateEvery === 0 ? [line, line] : [line]
      })
    if (blocks.length === 0)
      for (const fault of faults(nowMs)) lines.splice(Math.floor(random() * lines.length), 0, fault)
    blocks.push(encoder.encode(`${lines.join('\n')}\n`))
  }
  const sent = lineCount + Math.floor(lineCount / duplicateEvery) + faults(nowMs).length
  return { blocks, lineCount: sent, ...cast(options, uses) }
}

/** Who did it on which device. */
function useOf(line: string): string {
  const [, member, fingerprint] = /"memberCode":"([^"]+)".*?"fingerprint":"([^"]+)"/.exec(line)!
  return `${member} ${fingerprint}`
}

function withBrokenTime(line: string): string {
  return line.replace(/"@timestamp":"[^"]+"/, '"@timestamp":"yesterday, around noon"')
}

/** What real producers send now and then. */
function faults(nowMs: number): string[] {
  const nextYear = new Date(nowMs + 365 * dayMs).toISOString()
  return [
    '{"eventId":"f-1","event":"chat","memberCode":"M0000001","message":"cut off in the mid',
    '{"eventId":"f-2","event":"bet","memberCode":"M0000001","stake":1,}',
    'INFO 12:00:01 lobby server started',
    '["login","M0000001"]',
    `{"eventId":"f-3","@timestamp":"${nextYear}","event":"deposit","memberCode":"M0000001","message":"time machine"}`,
  ]
}

function cast(
  options: GamingOptions,
  uses: ReadonlyMap<string, number>,
): Pick<Story, 'member' | 'accomplice' | 'stranger'> {
  const { communities, devices } = plantedTruth(options)
  const { fingerprint, members } = devices[0]!
  const usesOf = (member: string) => uses.get(`${member} ${fingerprint}`) ?? 0
  const [member, accomplice] = [...members].sort((one, other) => usesOf(other) - usesOf(one))
  const isNear = (code: string) => code === member || code === accomplice
  const far = communities.find(community => !community.members.some(isNear))!
  const seen = new Set([...uses.keys()].map(use => use.split(' ')[0]!))
  return { member: member!, accomplice: accomplice!, stranger: far.members.find(code => seen.has(code))! }
}

// `alluvium demo`: the whole way once, before one's eyes. It starts the service, feeds it three days of a gaming site,
// asks it what it is for, and leaves it serving.

import { configSchema } from '../../contract/config.ts'
import { type Command, exitCodes, type Input, UsageError } from '../command.ts'
import { countText } from '../figures.ts'
import { sendBlocks } from '../generate/outlet.ts'
import { summaryLines } from '../ingest/summary.ts'
import { operandsExactly } from '../parse.ts'
import { untilStopped } from '../serve.ts'
import { askDevices, askPath } from './ask-graph.ts'
import { askMeaning, askTypo } from './ask-search.ts'
import { freePort, freshFolder } from './place.ts'
import { askEviction, askOne, askRefused, askReplay, askSegments, askTimeline } from './questions.ts'
import { type Stage, stageOn } from './stage.ts'
import { storyOf } from './story.ts'

const defaultPort = 8420
const defaultSeed = 8420
const eventCount = 40_000

export const demo: Command = {
  name: 'demo',
  summary: 'start the service, feed it a made-up gaming site, ask it, and leave it serving',
  about:
    'Data goes to ./data/demo, which is emptied first. The events are made from a seed, so that two runs tell the same story.',
  flags: {
    port: {
      kind: 'text',
      value: 'PORT',
      text: `port to serve on (default ${defaultPort}, or a free one when that is taken)`,
    },
    seed: { kind: 'text', value: 'N', text: `what the events are made from (default ${defaultSeed})` },
    'data-dir': {
      kind: 'text',
      value: 'DIR',
      text: "folder to make the demo's own folder in (default ./data)",
    },
    once: { kind: 'switch', text: 'leave after the answers' },
  },
  examples: [
    { line: 'alluvium demo', text: 'look, then go on playing with it at http://127.0.0.1:8420/docs' },
    { line: 'alluvium demo --once', text: 'look only' },
  ],
  async run(input, io) {
    operandsExactly(input, [])
    const seed = wholeNumber(input, 'seed', defaultSeed)
    const wanted = wholeNumber(input, 'port', defaultPort)
    const port = await freePort(wanted)
    const config = configSchema.parse({
      port,
      data_dir: await freshFolder(input.texts['data-dir'] ?? './data'),
      log_level: 'error',
    })
    // Loaded here, so that no other command pays for the engine.
    const { startNode } = await import('../../runtime/node.ts')
    const running = await startNode(config)
    const stage = stageOn({ url: running.url }, io)
    io.stdout.write(
      `${stage.style.bold('Alluvium')} serves at ${stage.style.cyan(running.url)}, data in ${config.data_dir}\n`,
    )
    if (port !== wanted) stage.tell([`port ${wanted} is taken, so it is on a free one`])
    try {
      await tell(stage, seed)
    } catch (error) {
      await running.stop()
      throw error
    }
    if (input.switches.has('once')) {
      await running.stop()
      return exitCodes.ok
    }
    stage.tell(['', ...howToGoOn(stage)])
    return untilStopped(running, io, config.limits.drain_seconds)
  },
}

async function tell(stage: Stage, seed: number): Promise<void> {
  const nowMs = Date.now()
  const story = storyOf({ seed, nowMs, eventCount })
  stage.ask(
    `Three days of a gaming site, ${countText(story.lineCount)} lines: what became of them?`,
    'POST /v1/events?pack=gaming',
  )
  const done = await sendBlocks(
    story.blocks,
    { name: 'the stream', server: stage.server, query: { source: 'demo', pack: 'gaming', wait: 'indexed' } },
    stage.io,
  )
  stage.tell([
    ...summaryLines(done, stage.style),
    stage.style.dim('late: told more than 2 h after its day had ended, as the earlier of these days had'),
  ])

  await askMeaning(stage)
  await askTypo(stage)
  await askDevices(stage, story.member)
  await askPath(stage, story.accomplice, story.stranger)
  const newest = await askTimeline(stage, story.member)
  await askOne(stage, newest.event_id)
  const refusals = await askRefused(stage)
  await askReplay(stage, refusals, new Date(nowMs).toISOString())
  await askSegments(stage)
  await askEviction(stage)
}

function howToGoOn({ style, server }: Stage): string[] {
  return [
    style.bold('Go on'),
    `curl '${server.url}/v1/events?type=deposit&order=desc&limit=3'`,
    `echo '{"event":"hello","memberCode":"me"}' | curl -H 'content-type: application/x-ndjson' --data-binary @- ${server.url}/v1/events`,
    `${server.url}/docs  ${style.dim('every call, to read and to try')}`,
    '',
    'Ctrl-C ends it.',
  ]
}

function wholeNumber(input: Input, flag: string, fallback: number): number {
  const text = input.texts[flag]
  if (text === undefined) return fallback
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${flag}: expected a whole number, found "${text}"`)
  return Number(text)
}
